/*
 * The search behind the interface, in a thread of its own.
 *
 * Pagefind finds the records that have a word, with the places of the word and a score. What is
 * done here: a reader's page is the record that all readers share and the one of the reader's
 * framework; a page is found if it has every phrase of the query, a phrase being words in a row.
 */
import { isDense, isJoined, phrases, readable, termsOf, tokenise, word } from "./search-tokens.js";

const SHARED = -1;
const EXCERPT = 26;
const SECTIONS = 3;
const SYMBOLS = 5;

let pagefind;
let catalogue;
let language;
// By term, where it stands.
const looked = new Map();
// By id, Pagefind's records, and what was read of them.
let records;
const opened = new Map();
// By page, the record that all readers share.
const shared = new Map();

/** Load Pagefind and the catalogue from the folder of the index. */
async function open(folder, lang) {
  language = lang;
  const entry = fetch(`${folder}book.json`);
  pagefind = await import(`${folder}pagefind.js`);
  // Not the language of the page: that would let Pagefind cut what is cut already.
  await pagefind.options({ basePath: folder });
  await pagefind.init();
  const answer = await entry;
  if (!answer.ok) throw new Error(`${answer.status}`);
  catalogue = await answer.json();
  records = new Map((await pagefind.search(null)).results.map((each) => [each.id, each]));
  for (const [id, [page, framework]] of Object.entries(catalogue.records)) {
    if (framework === SHARED) shared.set(page, id);
  }
}

/** Return where a term stands: by page, by framework, the record with its score and places. */
function lookUp(term) {
  if (!looked.has(term.text)) {
    if (looked.size > 500) looked.clear();
    looked.set(term.text, find(term));
  }
  return looked.get(term.text);
}

async function find(term) {
  const pages = new Map();
  const answer = await pagefind.search(term.text);
  const results = answer.results;
  if (!results.length || (await isStray(term, results[0]))) return pages;
  for (const result of results) {
    const { id, score, words: places } = result;
    const [page, framework] = catalogue.records[id];
    if (!pages.has(page)) pages.set(page, new Map());
    pages.get(page).set(framework, { id, score, places });
  }
  return pages;
}

/** Tell whether Pagefind, which knows no such word, has taken a shorter one for it. */
async function isStray(term, result) {
  if (!result.words.length) return false;
  const { tokens } = await openRecord(result.id);
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const stands = plain(word(tokens[result.words[0]] ?? ""));
  const asked = plain(term.text);
  if (term.dense) return !stands.startsWith(asked);
  if (stands.includes(asked)) return false;
  const letters = Math.max(Math.min(3, asked.length), Math.floor(asked.length * 0.4));
  return !stands.includes(asked.slice(0, letters)) || stands.length * 2 < asked.length;
}

/** Return the text of a record as tokens, with the headings in it. */
function openRecord(id) {
  if (!opened.has(id)) {
    const read = records.get(id).data();
    opened.set(
      id,
      read.then(({ content, anchors }) => ({
        tokens: content.split(" "),
        anchors: [...anchors].sort((a, b) => a.location - b.location),
      })),
    );
  }
  return opened.get(id);
}

const isFor = (framework, frameworks) => !frameworks.length || frameworks.includes(framework);

/** Return the places at which the terms of a phrase stand in a row. */
function rows(terms, entries) {
  const first = entries[0].places;
  if (terms.length === 1) return first;
  const others = entries.slice(1).map((entry) => new Set(entry.places));
  return first.filter((place) =>
    others.every((places, at) => places.has(place + terms[at + 1].place - terms[0].place)),
  );
}

/** Return the pages with phrases for a framework: how many, the score, and where they stand. */
function match(query, framework) {
  const hits = new Map();
  query.forEach(({ terms, pages, weight }) => {
    const [least] = [...pages].sort((a, b) => a.size - b.size);
    for (const page of least.keys()) {
      if (!isFor(framework, catalogue.pages[page][3])) continue;
      let found = false;
      for (const record of new Set([SHARED, framework])) {
        const entries = pages.map((each) => each.get(page)?.get(record));
        if (entries.some((entry) => !entry)) continue;
        const places = rows(terms, entries);
        // A word of the title has no place of its own to show, but is found.
        if (!places.length && (terms.length > 1 || entries[0].places.length)) continue;
        const hit = hits.get(page) ?? { page, phrases: 0, score: 0, spans: [] };
        const score = entries.reduce((sum, entry) => sum + entry.score, 0);
        hit.score += terms.length > 1 ? score * (1 + Math.log1p(places.length) / 2) : score;
        hit.spans.push({ record, id: entries[0].id, places, terms, weight });
        hits.set(page, hit);
        found = true;
      }
      if (found) hits.get(page).phrases += 1;
    }
  });
  return hits;
}

/** Return the phrases of which a sentence without spaces, or joined words, consist. */
function loosen(terms, query) {
  const words = [];
  const segmenter = Intl.Segmenter && new Intl.Segmenter(language, { granularity: "word" });
  for (const text of query.split(/\s+/u).filter(Boolean)) {
    const pieces = segmenter
      ? [...segmenter.segment(text)].filter((each) => each.isWordLike).map((each) => each.segment)
      : [text];
    // The segmenters of browsers cut katakana that they do not know into single letters.
    const joined = [];
    let kana = false;
    for (const piece of pieces) {
      const isKana = /^[\u30a0-\u30ff]+$/u.test(piece);
      if (isKana && kana) joined[joined.length - 1] += piece;
      else joined.push(piece);
      kana = isKana;
    }
    for (const piece of joined) {
      const tokens = tokenise(piece);
      if (isDense(tokens[0] ?? "")) {
        // One hiragana alone is grammar.
        if (!/^[\u3041-\u309f]$/u.test(piece)) words.push(termsOf(tokens));
      } else {
        for (const term of termsOf(tokens)) words.push([{ ...term, place: 0 }]);
      }
    }
  }
  return words.filter((each) => each.length);
}

/** Look phrases up: the pages of each term, and how much the phrase tells. */
const lookUpAll = (groups) =>
  Promise.all(
    groups.map(async (terms) => {
      const pages = await Promise.all(terms.map(lookUp));
      const count = Math.min(...pages.map((each) => each.size));
      const all = catalogue.pages.length;
      // Such as "the" in a sentence: it stands everywhere, and marking it would hide the rest.
      const [{ text, dense }] = terms;
      const isCommon =
        groups.length > 2 && terms.length === 1 && !dense && text.length < 5 && count * 2 > all;
      return { terms, pages, weight: isCommon ? 0 : Math.log(1 + all / (count || 1)) };
    }),
  );

/** Answer a query: the pages of a framework, and how many others have. */
async function search(query, framework) {
  const asked = Math.max(
    0,
    catalogue.frameworks.findIndex(([name]) => name === framework),
  );
  const everyone = catalogue.frameworks.length ? catalogue.frameworks.map((_, at) => at) : [0];
  let groups = phrases(query);
  let found = new Map();
  let isPartial = false;
  const all = (looked, wanted) =>
    everyone.map((at) => {
      const hits = match(looked, at);
      return new Map([...hits].filter(([, hit]) => hit.phrases >= wanted(hits)));
    });
  if (groups.length) {
    found = all(await lookUpAll(groups), () => groups.length);
    if (found.every((hits) => !hits.size)) {
      groups = loosen(groups, query);
      const looked = await lookUpAll(groups);
      found = all(looked, () => groups.length);
      if (found.every((hits) => !hits.size) && groups.length > 1) {
        isPartial = true;
        // The pages that have the most of the words, and at least a third of them.
        found = all(looked, (hits) =>
          Math.max(Math.ceil(groups.length / 3), ...[...hits.values()].map((h) => h.phrases - 1)),
        );
        isPartial = found.some((hits) => hits.size);
      }
    }
  } else {
    found = everyone.map(() => new Map());
  }
  const mine = found[asked];
  const symbols = everyone.map((at) => symbolsOf(query, at));
  const known = new Set(symbols[asked].map(([symbol]) => symbol[1]));
  const others = catalogue.frameworks
    .map(([name, title], at) => ({
      name,
      title,
      count:
        [...found[at].keys()].filter((page) => !mine.has(page)).length +
        symbols[at].filter(([symbol]) => !known.has(symbol[1])).length,
    }))
    .filter((each, at) => at !== asked && each.count);
  const hits = [...mine.values()].sort(
    (a, b) => b.phrases - a.phrases || b.score - a.score || a.page - b.page,
  );
  return { hits, isPartial, others, asked, symbols: symbols[asked].slice(0, SYMBOLS) };
}

/** Return the documented symbols that a query names, the nearest first. */
function symbolsOf(query, framework) {
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
  return catalogue.symbols
    .filter((symbol) => symbol[5] === SHARED || symbol[5] === framework)
    .map((symbol) => [symbol, rank(symbol)])
    .filter(([, order]) => order < 3)
    .sort(
      ([a, first], [b, second]) =>
        first - second || a[1].length - b[1].length || (a[1] < b[1] ? -1 : 1),
    );
}

/** Return what is shown of a page: its sections with excerpts. */
async function describe(hit, framework) {
  const [url, number, title] = catalogue.pages[hit.page];
  const sections = new Map();
  const headings = await headingsOf(hit.page);
  for (const record of [SHARED, framework]) {
    const spans = hit.spans.filter((span) => span.record === record);
    if (!spans.length) continue;
    const { tokens, anchors } = await openRecord(spans[0].id);
    for (const [place, span] of marks(spans)) {
      const at = anchors.findLastIndex((anchor) => anchor.location <= place);
      const { id = "", location: start = 0 } = anchors[at] ?? {};
      const end = anchors[at + 1]?.location ?? tokens.length;
      if (!sections.has(id)) sections.set(id, { id, phrases: new Map(), parts: new Map(), count: 0 });
      const section = sections.get(id);
      section.phrases.set(span.terms, span.weight);
      section.count += 1;
      if (!section.parts.has(record)) {
        const heading = anchors[at]?.text.split(" ").filter(Boolean).length ?? 0;
        section.parts.set(record, { tokens, from: start + heading, end, places: new Map() });
      }
      section.parts.get(record).places.set(place, span);
    }
  }
  const worth = ({ phrases: found }) => [...found.values()].reduce((sum, each) => sum + each, 0);
  const order = [...sections.values()].sort((a, b) => worth(b) - worth(a) || b.count - a.count);
  return {
    url,
    number,
    title,
    sections: order.slice(0, SECTIONS).map(({ id, parts }) => ({
      anchor: id,
      isPage: !id || id === [...headings.keys()][0],
      heading: headings.get(id) ?? "",
      excerpt: excerpt([...parts.values()]),
    })),
    more: Math.max(0, order.length - SECTIONS),
  };
}

/** Return the places to mark, each with the span for which it is. */
function marks(spans) {
  const marked = new Map();
  for (const span of spans.filter(({ weight }) => weight)) {
    for (const place of span.places) {
      for (const term of span.terms) {
        const at = place + term.place - span.terms[0].place;
        for (let more = 0; more < term.width; more += 1) marked.set(at + more, span);
      }
    }
  }
  return marked;
}

/** Return the headings of a page by their anchors. */
async function headingsOf(page) {
  const { anchors } = await openRecord(shared.get(page));
  return new Map(
    anchors.map(({ id, text }) => [
      id,
      text
        .split(" ")
        .map((token) => readable(token) + (isJoined(token) ? "" : " "))
        .join("")
        .trim(),
    ]),
  );
}

/** Return the words around the densest matches of a section, cut into marked and other pieces. */
function excerpt(parts) {
  let best = { inside: 0 };
  for (const { tokens, from, end, places } of parts) {
    const isMostlyDense = tokens.slice(from, end).filter(isDense).length * 2 > end - from;
    const length = isMostlyDense ? EXCERPT * 2 : EXCERPT;
    const row = [...places.keys()].filter((place) => place >= from).sort((a, b) => a - b);
    for (const place of row) {
      const near = row.filter((each) => each >= place && each < place + length);
      const found = new Map(near.map((each) => [places.get(each).terms, places.get(each).weight]));
      const worth = [...found.values()].reduce((sum, each) => sum + each, 0);
      const inside = worth + near.length / 100;
      if (inside > best.inside) best = { inside, place, length, tokens, from, end, places };
    }
  }
  if (!best.inside) return [];
  const { place, length, tokens, from, end, places } = best;
  let start = Math.max(from, Math.min(place - Math.floor(length / 4), end - length));
  let stop = Math.min(end, start + length);
  // Names stay whole.
  const isInside = (at) => isJoined(tokens[at]) && !isDense(tokens[at]);
  while (start > from && start > place - length && isInside(start - 1)) start -= 1;
  while (stop < end && stop < place + 2 * length && isInside(stop - 1)) stop += 1;
  const pieces = start > from ? [{ text: "… ", isMarked: false }] : [];
  for (let at = start; at < stop; at += 1) {
    const token = tokens[at];
    const text = readable(token);
    const bare = isDense(token) ? text : word(token);
    // Signs around a word are no part of it.
    const cut = places.has(at) && bare ? text.indexOf(bare) : -1;
    if (cut < 0) pieces.push({ text, isMarked: false });
    else {
      pieces.push({ text: text.slice(0, cut), isMarked: false });
      pieces.push({ text: bare, isMarked: true });
      pieces.push({ text: text.slice(cut + bare.length), isMarked: false });
    }
    if (!isJoined(token)) pieces.push({ text: " ", isMarked: false });
  }
  if (stop < end) pieces.push({ text: "…", isMarked: false });
  return merge(pieces);
}

/** Join neighbours of the same kind, and the marked parts of a name. */
function merge(pieces) {
  const merged = [];
  for (const piece of pieces.filter((each) => each.text)) {
    const last = merged.at(-1);
    const before = merged.at(-2);
    if (last && last.isMarked === piece.isMarked) last.text += piece.text;
    else if (piece.isMarked && before?.isMarked && /^[._:-]+$/u.test(last.text)) {
      before.text += last.text + piece.text;
      merged.pop();
    } else merged.push({ ...piece });
  }
  return merged;
}

function nameOf(framework) {
  const [name, title] = catalogue.frameworks[framework] ?? [];
  return name && { name, title };
}

let latest = 0;
let answer = null;

onmessage = async ({ data }) => {
  try {
    if (data.open) {
      await open(data.open, data.language);
      postMessage({ ready: true });
      return;
    }
    if (data.query !== undefined) {
      latest = data.id;
      const found = await search(data.query, data.framework);
      if (latest !== data.id) return;
      answer = found;
    }
    if (!answer) return;
    const { hits, asked } = answer;
    const from = data.from ?? 0;
    const shown = await Promise.all(
      hits.slice(from, from + data.count).map((hit) => describe(hit, asked)),
    );
    if (latest !== data.id) return;
    postMessage({
      id: data.id,
      from,
      pages: shown,
      total: hits.length,
      isPartial: answer.isPartial,
      framework: nameOf(asked),
      others: answer.others,
      symbols: answer.symbols.map(([symbol]) => {
        const [module, name, kind, page, anchor] = symbol;
        return { module, name, kind, url: catalogue.pages[page][0], anchor };
      }),
    });
  } catch (error) {
    postMessage({ id: data.id, failed: String(error) });
  }
};
