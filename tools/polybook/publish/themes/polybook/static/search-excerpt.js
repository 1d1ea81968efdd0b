/* What is shown of a page that was found: its sections, with the words around the matches. */
import { isDense, isJoined, readable, tokenise, word } from "./search-tokens.js";

const LENGTH = 26; // words of an excerpt; characters without spaces between count half
const SECTIONS = 3;

/**
 * Return what is shown of a page.
 *
 * @param hit the spans of its matches, each with the id of its record
 * @param page address, number and title of the page
 * @param shared the id of the record that all its readers share
 * @param openRecord reads a record: its tokens, and the headings in it
 */
export async function describe(hit, [url, number, title], shared, openRecord) {
  const headings = new Map();
  const sections = new Map();
  for (const record of new Set([shared, ...hit.spans.map(({ id }) => id)])) {
    const { tokens, anchors } = await openRecord(record);
    for (const { id, text } of anchors) {
      // A framework's record has its own symbols as headings, and those of the page without text.
      if (!headings.has(id)) headings.set(id, { tokens: split(text), places: new Map() });
    }
    const spans = hit.spans.filter(({ id }) => id === record);
    for (const [place, span] of marks(spans, tokens)) {
      const at = anchors.findLastIndex((anchor) => anchor.location <= place);
      const { id = "", location: start = 0, text = "" } = anchors[at] ?? {};
      const from = start + split(text).length;
      const end = anchors[at + 1]?.location ?? tokens.length;
      const empty = { id, phrases: new Map(), parts: new Map(), count: 0 };
      if (!sections.has(id)) sections.set(id, empty);
      const section = sections.get(id);
      section.phrases.set(span.terms, span.weight);
      section.count += 1;
      if (!section.parts.has(record)) {
        section.parts.set(record, { tokens, from, end, places: new Map() });
      }
      if (place >= from) section.parts.get(record).places.set(place, span);
      else headings.get(id)?.places.set(place - start, span);
    }
  }
  const worth = ({ phrases }) => [...phrases.values()].reduce((sum, each) => sum + each, 0);
  const order = [...sections.values()].sort((a, b) => worth(b) - worth(a) || b.count - a.count);
  const [first] = headings.keys();
  return {
    url,
    number,
    title: heading(headings.get(first), tokenise(number).length) ?? [{ text: title }],
    sections: order.slice(0, SECTIONS).map(({ id, parts }) => ({
      anchor: id,
      isPage: !id || id === first,
      heading: heading(headings.get(id)) ?? [],
      excerpt: excerpt([...parts.values()]),
    })),
    more: Math.max(0, order.length - SECTIONS),
  };
}

const split = (text) => text.split(" ").filter(Boolean);

function heading(found, skip = 0) {
  return found && pieces(found.tokens, skip, found.tokens.length, found.places);
}

/** Return the places to mark, each with the span for which it is. */
function marks(spans, tokens) {
  const marked = new Map();
  for (const span of spans.filter(({ weight }) => weight)) {
    const [{ text, dense }] = span.terms;
    // Longer words are found by their beginning, which of a short one says nothing.
    const isWhole = span.terms.length === 1 && !span.isLast && !dense && text.length < 4;
    for (const place of span.places) {
      if (isWhole && word(tokens[place]).toLowerCase() !== text.toLowerCase()) continue;
      for (const term of span.terms) {
        const at = place + term.place - span.terms[0].place;
        for (let more = 0; more < term.width; more += 1) marked.set(at + more, span);
      }
    }
  }
  return marked;
}

/** Return the words around the densest matches of a section, or its first words. */
function excerpt(parts) {
  let best = { inside: -1 };
  for (const { tokens, from, end, places } of parts) {
    const isMostlyDense = tokens.slice(from, end).filter(isDense).length * 2 > end - from;
    const length = isMostlyDense ? LENGTH * 2 : LENGTH;
    const row = [...places.keys()].sort((a, b) => a - b);
    for (const place of row.length ? row : [from]) {
      const near = row.filter((each) => each >= place && each < place + length);
      const found = new Map(near.map((each) => [places.get(each).terms, places.get(each).weight]));
      const worth = [...found.values()].reduce((sum, each) => sum + each, 0);
      const inside = worth + near.length / 100;
      if (inside > best.inside) best = { inside, place, length, tokens, from, end, places };
    }
  }
  const { place, length, tokens, from, end, places } = best;
  if (from >= end) return [];
  let start = Math.max(from, Math.min(place - Math.floor(length / 4), end - length));
  let stop = Math.min(end, start + length);
  // Names stay whole.
  const isInside = (at) => isJoined(tokens[at]) && !isDense(tokens[at]);
  while (start > from && start > place - length && isInside(start - 1)) start -= 1;
  while (stop < end && stop < place + 2 * length && isInside(stop - 1)) stop += 1;
  return [
    ...(start > from ? [{ text: "… " }] : []),
    ...pieces(tokens, start, stop, places),
    ...(stop < end ? [{ text: "…" }] : []),
  ];
}

/** Return tokens as text, cut into pieces that are marked or not. */
function pieces(tokens, start, stop, places) {
  const cut = [];
  for (let at = start; at < stop; at += 1) {
    const text = readable(tokens[at]);
    const bare = isDense(tokens[at]) ? text : word(tokens[at]);
    // Signs around a word are no part of it.
    const begin = places.has(at) && bare ? text.indexOf(bare) : -1;
    if (begin < 0) cut.push({ text });
    else {
      cut.push({ text: text.slice(0, begin) });
      cut.push({ text: bare, isMarked: true });
      cut.push({ text: text.slice(begin + bare.length) });
    }
    if (!isJoined(tokens[at]) && at < tokens.length - 1) cut.push({ text: " " });
  }
  return merge(cut);
}

/** Join neighbours of the same kind, and the marked parts of a name. */
function merge(pieces) {
  const merged = [];
  for (const piece of pieces.filter((each) => each.text)) {
    const last = merged.at(-1);
    const before = merged.at(-2);
    if (last && !last.isMarked === !piece.isMarked) last.text += piece.text;
    else if (piece.isMarked && before?.isMarked && /^[._:-]+$/u.test(last.text)) {
      before.text += last.text + piece.text;
      merged.pop();
    } else merged.push({ ...piece });
  }
  return merged;
}
