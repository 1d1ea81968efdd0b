"""The search index of a website: Pagefind's, over what each framework's readers see.

The text that all readers of a page share is one record of the index, what a framework's panels add
is another: each text is indexed once, and a reader's page is the shared record and the one of the
reader's framework together. The script in the browser joins them (``static/search-worker.js``).

Pagefind indexes pages in shards, of which those of unchanged pages are kept; the site has the index
that Pagefind would make of all pages at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from polybook.programs import program_state
from polybook.publish.page_text import SHARED, PageText, Section
from polybook.publish.pagefind import pagefind_version, run_pagefind
from polybook.publish.search_index import KNOWN_FORMS, joined
from polybook.publish.shard import (
    ENTRY,
    Shard,
    ShardStore,
    parted,
    program_files,
    record_name,
    taken_apart,
    unpacked,
)
from polybook.publish.tokens import tokenise

#: The folder of the index in the website.
FOLDER = "pagefind"
#: What the script reads beside Pagefind's files.
CATALOGUE = "book.json"
# Languages without spaces between words, for which Pagefind has no stemmer and our tokens need no
# dictionary: the Latin words of their books are mostly English.
_DENSE = ("zh", "ja", "ko", "th", "lo", "my", "km")
# By level of heading, as Pagefind would weigh h1 to h6 if they were not ours.
_WEIGHTS = {1: 7, 2: 5, 3: 4}
# What pages load of Pagefind's files beside its program.
_DATA = (".pf_meta", ".pf_index", ".pf_fragment")
# Between two blocks of text.
_BREAK = " · "


def index(
    pages: Sequence[PageText],
    frameworks: Mapping[str, str],
    language: str | None,
    cache: Path | None = None,
) -> dict[str, bytes]:
    """Return the files of a website's search by their names in the folder `FOLDER`.

    Args:
        pages: The pages, in the order of the book.
        frameworks: The titles of the book's frameworks by name, in order.
        language: Of the book, such as ``en`` or ``zh_CN``.
        cache: A folder that keeps the parts of the last index, of which those of unchanged pages
            serve again.

    Raises:
        SearchError: Pagefind is missing or has failed.
    """
    names = list(frameworks)
    stem = stem_language(language)
    version = pagefind_version()
    if version in KNOWN_FORMS and pages:
        shards = _shards(parted(pages), names, stem, version, cache)
        files, records = joined(shards)
    else:
        (made,) = run_pagefind([_records(pages, names, stem)])
        files, records = _needed(made), _record_names(made)
    catalogue = _catalogue(pages, frameworks, records)
    files[CATALOGUE] = catalogue.encode()
    return dict(sorted(files.items()))


def _shards(
    groups: Sequence[Sequence[PageText]],
    frameworks: list[str],
    stem: str,
    version: str,
    cache: Path | None,
) -> list[Shard]:
    """Return the shards of groups of pages: those that were kept, the others anew."""
    store = ShardStore(cache) if cache else None
    keys = [_key(group, frameworks, stem, version) for group in groups]
    found = [store.get(key) if store else None for key in keys]
    missing = [at for at, shard in enumerate(found) if shard is None]
    if missing:
        indexes = [_records(groups[at], frameworks, stem) for at in missing]
        for at, files in zip(missing, run_pagefind(indexes), strict=True):
            made = found[at] = taken_apart(files)
            if store:
                store.put(keys[at], made)
    if store:
        store.keep_only(keys)
    return [shard for shard in found if shard]


def stem_language(language: str | None) -> str:
    """Return the language whose word stems the index uses for a book in ``language``."""
    main = (language or "en").replace("_", "-").partition("-")[0].lower()
    return "en" if main in _DENSE else main


def _key(pages: Sequence[PageText], frameworks: list[str], stem: str, version: str) -> str:
    """Return what tells a shard from others: all of which its records are made."""
    digest = hashlib.sha256(json.dumps([program_state(), version, frameworks, stem]).encode())
    for page in pages:
        digest.update(page.dump().encode())
    return digest.hexdigest()


def _records(pages: Iterable[PageText], frameworks: list[str], stem: str) -> dict[str, str]:
    """Return the records of pages: HTML for Pagefind by the name of the page and the record."""
    return {
        f"{name}/{quote(page.docname)}": html
        for page in pages
        for name, html in _page_records(page, frameworks, stem)
    }


def _page_records(
    page: PageText, frameworks: list[str], language: str
) -> Iterable[tuple[str, str]]:
    """Yield the records of a page: a name and HTML for Pagefind.

    The name is the framework's place among those of the book, or ``s`` for what all share.
    """
    for name in (SHARED, *frameworks):
        parts = [part for section in page.sections if (part := _part(section, name))]
        if parts or name == SHARED:
            title = f"{page.number} {page.title}".strip() if name == SHARED else ""
            yield (
                "s" if name == SHARED else str(frameworks.index(name)),
                f'<html lang="{language}"><head><title>{escape(tokenise(title))}</title></head>'
                f"<body data-pagefind-body>{''.join(parts)}</body></html>",
            )


def _part(section: Section, framework: str) -> str:
    """Return what a section adds to a record; nothing if it has nothing of its framework."""
    blocks = [text for name, text in section.texts if name == framework]
    mine = section.framework == framework
    if not blocks and not mine:
        return ""
    heading = tokenise(f"{section.number} {section.heading}") if mine else ""
    weight = _WEIGHTS.get(section.level, 3)
    anchor = escape(section.anchor)
    opened = f'<b id="{anchor}" data-pagefind-weight="{weight}">' if anchor else "<b>"
    text = _BREAK.join(map(tokenise, blocks))
    return f"{opened}{escape(heading)}</b>\n<i>{escape(text, quote=False)}</i>\n"


def _needed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those of Pagefind's files that some page loads."""
    data = {name: content for name, content in files.items() if name.endswith(_DATA)}
    return {**data, **program_files(files), ENTRY: files[ENTRY]}


def _record_names(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the names under which records were handed to Pagefind, by its own."""
    return {
        PurePosixPath(name).stem: record_name(unpacked(content))
        for name, content in files.items()
        if name.endswith(".pf_fragment")
    }


def _catalogue(
    pages: Sequence[PageText], frameworks: Mapping[str, str], records: Mapping[str, str]
) -> str:
    """Return the catalogue: all that the script needs before it opens a record.

    Pages are lists of address, number, title and places of frameworks (none for all); symbols of
    module, name, kind, page, anchor and place of the framework (-1 for all); records of page and
    place of the framework (-1 for what all share).
    """
    names = list(frameworks)
    numbers = {page.docname: number for number, page in enumerate(pages)}

    def place(name: str) -> int:
        return names.index(name) if name in names else -1

    content = {
        "frameworks": [[name, title] for name, title in frameworks.items()],
        "pages": [
            [page.url, page.number, page.title, [place(name) for name in page.frameworks]]
            for page in pages
        ],
        "symbols": [
            [each.module, each.name, each.kind, number, each.anchor, place(each.framework)]
            for number, page in enumerate(pages)
            for each in page.symbols
        ],
        "records": {
            name: [numbers[docname], -1 if framework == "s" else int(framework)]
            for name, record in sorted(records.items())
            for framework, _, docname in [record.partition("/")]
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
