/* Classes and functions that a query names. */

const SHARED = -1;

/** Return the documented symbols that a query names, the nearest first. */
export function symbolsOf(query, symbols, framework) {
  const name = query.trim().replace(/\(.*$/u, "").toLowerCase();
  if (!/^[\w.]*[a-z_][\w.]*$/u.test(name)) return [];
  const parts = name.split(".").filter(Boolean);
  if (!parts.length) return [];
  const rank = ([module, qualified]) => {
    const full = [...module.split("."), ...qualified.split(".")].map((each) => each.toLowerCase());
    const own = qualified.toLowerCase();
    const ends = (list) => list.every((part, at) => part === full.at(at - list.length));
    if (ends(parts)) return 0;
    // The name under which the library is imported, such as d2l, is not the module's.
    if (parts.length > 1 && parts.slice(1).join(".") === own) return 0;
    if (full.at(-1).startsWith(parts.at(-1)) && parts.length === 1) return 1;
    if (own.startsWith(name)) return 1;
    return name.length > 2 && own.includes(name) ? 2 : 3;
  };
  return symbols
    .filter((symbol) => symbol[5] === SHARED || symbol[5] === framework)
    .map((symbol) => [symbol, rank(symbol)])
    .filter(([, order]) => order < 3)
    .sort(
      ([a, first], [b, second]) =>
        first - second || a[1].length - b[1].length || (a[1] < b[1] ? -1 : 1),
    );
}
