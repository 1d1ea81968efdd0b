/*
 * The search behind the interface, in a thread of its own.
 *
 * Pagefind finds the records that have a word, with the places of the word and a score. What is
 * done here: a reader's page is the record that all readers share and the one of the reader's
 * framework; a page is found if it has every phrase of the query, a phrase being words in a row.
 */
import { describe } from "./search-excerpt.js";
import { symbolsOf } from "./search-symbols.js";
import { isDense, phrases, termsOf, tokenise, word } from "./search-tokens.js";

const SHARED = -1;
const SIGNATURE = "pagefind_dcd";
const QUOTED = /["“”„«»]/u;
const SYMBOLS = 5;

let pagefind;
let catalogue;
let language;
let home;
// By term, where it stands.
const looked = new Map();
// By id, what was read of a record.
const opened = new Map();
// By page, the record that all readers share.
const shared = new Map();

/** Load Pagefind and the catalogue from the folder of the index. */
async function open(folder, lang) {
  language = lang;
  home = folder;
  const entry = fetch(`${folder}book.json`);
  pagefind = await import(`${folder}pagefind.js`);
  // Not the language of the page: that would let Pagefind cut what is cut already.
  await pagefind.options({ basePath: folder });
  await pagefind.init();
  const answer = await entry;
  if (!answer.ok) throw new Error(`${answer.status}`);
  catalogue = await answer.json();
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
  if (!opened.has(id)) opened.set(id, read(`${home}fragment/${id}.pf_fragment`));
  return opened.get(id);
}

/**
 * Read a record from its file: packed JSON behind a signature.
 *
 * Pagefind hands out records that it has found; the headings of a page are also needed where only
 * the record of a framework was found, and asking Pagefind for all records makes it load all words.
 */
async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}: ${address}`);
  const packed = await answer.blob();
  const [first] = new Uint8Array(await packed.slice(0, 1).arrayBuffer());
  const isPacked = first === 0x1f; // some servers unpack
  const stream = packed.stream();
  const plain = isPacked ? stream.pipeThrough(new DecompressionStream("gzip")) : stream;
  const text = await new Response(plain).text();
  const { content, anchors } = JSON.parse(text.slice(SIGNATURE.length));
  anchors.sort((a, b) => a.location - b.location);
  return { tokens: content.split(" "), anchors };
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
  query.forEach(({ terms, pages, weight }, at) => {
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
        const isLast = at === query.length - 1;
        hit.spans.push({ record, id: entries[0].id, places, terms, weight, isLast });
        hits.set(page, hit);
        found = true;
      }
      if (found) hits.get(page).phrases += 1;
    }
  });
  return hits;
}

/** Return the phrases of which a sentence without spaces, or joined words, consist. */
function loosen(query) {
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
      if (isDense(tokens[0] ?? "")) words.push(termsOf(tokens));
      else words.push(...termsOf(tokens).map((term) => [{ ...term, place: 0 }]));
    }
  }
  // A character alone says little.
  return words.filter(
    ([first, ...others]) => first && (!first.dense || others.length || first.width > 1),
  );
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

/** Find the pages of each framework: with all phrases, else with all words, else with some. */
async function findPages(query, everyone) {
  const atLeast = (looked, wanted) =>
    everyone.map((at) => {
      const hits = [...match(looked, at)];
      const least = wanted(hits.map(([, hit]) => hit.phrases));
      return new Map(hits.filter(([, hit]) => hit.phrases >= least));
    });
  const isEmpty = (found) => found.every((hits) => !hits.size);

  const asked = phrases(query);
  let looked = await lookUpAll(asked);
  let found = atLeast(looked, () => asked.length);
  // What stands in quotation marks is meant as it is.
  if (!isEmpty(found) || QUOTED.test(query)) return { found, isPartial: false };
  const words = loosen(query);
  looked = await lookUpAll(words);
  found = atLeast(looked, () => words.length);
  // Part of a name is another name.
  const isName = asked.length < 2 && !words.some(([first]) => first.dense);
  if (!isEmpty(found) || isName || words.length < 2) return { found, isPartial: false };
  // At least a third of the words, and nearly as many as any page has.
  const nearly = (counts) => Math.max(Math.ceil(words.length / 3), Math.max(0, ...counts) - 1);
  found = atLeast(looked, nearly);
  return { found, isPartial: !isEmpty(found) };
}

/** Answer a query: the pages of a framework, and how many others have. */
async function search(query, framework) {
  const asked = Math.max(
    0,
    catalogue.frameworks.findIndex(([name]) => name === framework),
  );
  const everyone = catalogue.frameworks.length ? catalogue.frameworks.map((_, at) => at) : [0];
  const { found, isPartial } = await findPages(query, everyone);
  const mine = found[asked];
  const symbols = everyone.map((at) => symbolsOf(query, catalogue.symbols, at));
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
      hits
        .slice(from, from + data.count)
        .map((hit) => describe(hit, catalogue.pages[hit.page], shared.get(hit.page), openRecord)),
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
