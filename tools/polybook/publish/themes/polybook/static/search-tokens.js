/* Text to the words of the search index: what polybook.publish.tokens does when it is made. */

const SIGNS =
  "!-/:-@\\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7" +
  "\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff" +
  "\u3000-\u3004\u3008-\u3020\u3030\u30fb\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20" +
  "\uff3b-\uff40\uff5b-\uff65";
const MARKS =
  "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3" +
  "\u3099\u309a";
const DENSE =
  "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ec6\u0ec8-\u0ece\u1000-\u1049\u1050-\u109f\u1780-\u17d3" +
  "\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff" +
  "\u3105-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c" +
  "\uac00-\ud7fb\uf900-\ufaff\u{1b000}-\u{1b16f}\u{20000}-\u{323af}";
const LETTER = `[^\\s${SIGNS}${DENSE}]`;
const BETWEEN = new RegExp(
  `(?<=[${SIGNS}])(?=${LETTER})(?:(?<=${LETTER}[${SIGNS}])(?<!${LETTER}['\u2019])` +
    `|(?<=${LETTER}[${SIGNS}]{2})|(?<=${LETTER}[${SIGNS}]{3}))`,
  "gu",
);
const RUN = new RegExp(`[${DENSE}]+`, "gu");
const UNIT = new RegExp(`[${DENSE}][${MARKS}]*`, "gu");
const BEGINS_DENSE = new RegExp(`^[${DENSE}][${MARKS}]*`, "u");
const AROUND = new RegExp(`^[${SIGNS}]*|[${SIGNS}]*$`, "gu");
const JOINED = "`";
// Kana with a voice mark; see the Python module.
const VOICED = /[\u3041-\u30fe]/gu;
const voiced = (kana) =>
  kana.normalize("NFD").length > 1
    ? String.fromCodePoint(kana.codePointAt(0) - 0x3040 + 0x1b000)
    : kana;
const NARROW = /[\uff66-\uff9f]+/gu;
const WIDE = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/gu;

/** Return the tokens of a text. */
export function tokenise(text) {
  text = text
    .normalize("NFC")
    .replace(NARROW, (kana) => kana.normalize("NFKC"))
    .replace(WIDE, (wide) => String.fromCodePoint(wide.codePointAt(0) - 0xfee0))
    .replaceAll("`", "'")
    .replace(BETWEEN, `${JOINED} `)
    .replace(VOICED, voiced)
    .replace(RUN, (run, at, whole) => {
      const units = run.match(UNIT);
      const pairs = units.map((unit, place) => unit + (units[place + 1] ?? ""));
      const before = at > 0 && !/\s/u.test(whole[at - 1]);
      const after = at + run.length < whole.length && !/\s/u.test(whole[at + run.length]);
      return (before ? `${JOINED} ` : "") + pairs.join(`${JOINED} `) + (after ? `${JOINED} ` : "");
    });
  return text.split(/\s+/u).filter(Boolean);
}

/** Tell whether a token is a pair of characters of a script without spaces. */
export const isDense = (token) => BEGINS_DENSE.test(token);

/** Tell whether no space follows a token. */
export const isJoined = (token) => token.endsWith(JOINED);

/** Return a token as it is read: of a pair the first character. */
export function readable(token) {
  if (isDense(token)) {
    const [unit] = token.match(BEGINS_DENSE);
    return unit.replace(/[\u{1b001}-\u{1b0bf}]/gu, (kana) =>
      String.fromCodePoint(kana.codePointAt(0) - 0x1b000 + 0x3040),
    );
  }
  return isJoined(token) ? token.slice(0, -JOINED.length) : token;
}

/** Return the word of a token without the signs around it; empty if it has none. */
export const word = (token) =>
  (isJoined(token) ? token.slice(0, -JOINED.length) : token).replace(AROUND, "");

/**
 * Take a query apart into phrases: lists of terms, each with its place in a row of tokens.
 *
 * What stands between spaces is a phrase, and so is what stands in quotation marks.
 */
export function phrases(query) {
  const found = [];
  const quotes = '"“”„«»';
  const parts = new RegExp(`[${quotes}]([^${quotes}]+)[${quotes}]|(\\S+)`, "gu");
  for (const [, quoted, plain] of query.matchAll(parts)) {
    const terms = termsOf(tokenise(quoted ?? plain));
    if (terms.length) found.push(terms);
  }
  return found;
}

/** Return the terms to look up for a row of tokens. */
export function termsOf(tokens) {
  const terms = [];
  tokens.forEach((token, place) => {
    const text = word(token);
    if (!text) return;
    const dense = isDense(token);
    // The last character of a run is in the pair before it.
    const units = dense ? text.match(UNIT).length : 1;
    const before = tokens[place - 1];
    const closing = units === 1 && dense && before && isJoined(before) && isDense(before);
    if (closing && word(before).endsWith(text)) return;
    terms.push({ text, place, dense, width: units });
  });
  return terms;
}
