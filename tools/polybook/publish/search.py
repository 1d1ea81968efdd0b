"""The search index of a website: Pagefind's, over what each framework's readers see.

The text that all readers of a page share is one record of the index, what a framework's panels add
is another: each text is indexed once, and a reader's page is the shared record and the one of the
reader's framework together. The script in the browser joins them (``static/search-worker.js``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from polybook.publish.page_text import SHARED, PageText, Section
from polybook.publish.pagefind import run_pagefind
from polybook.publish.tokens import tokenise

#: The folder of the index in the website.
FOLDER = "pagefind"
#: What the script reads beside Pagefind's files.
CATALOGUE = "book.json"
# Goes up with the form of what is written.
_FORM = 1
# Languages without spaces between words, for which Pagefind has no stemmer and our tokens need no
# dictionary: the Latin words of their books are mostly English.
_DENSE = ("zh", "ja", "ko", "th", "lo", "my", "km")
# By level of heading, as Pagefind would weigh h1 to h6 if they were not ours.
_WEIGHTS = {1: 7, 2: 5, 3: 4}
# What pages load of Pagefind's files beside its program: no interface of its own.
_SERVED = ("pagefind.js", "pagefind-entry.json")
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
        cache: A file that keeps the last index, which serves again if nothing has changed.

    Raises:
        SearchError: Pagefind is missing or has failed.
    """
    key = _key(pages, frameworks, language) if cache else ""
    files = _cached(cache, key)
    if files is None:
        names = list(frameworks)
        stem = stem_language(language)
        records = {
            f"{number}-{name}": html
            for number, page in enumerate(pages)
            for name, html in _records(page, names, stem)
        }
        files = _needed(run_pagefind(records))
        catalogue = _catalogue(pages, frameworks, _record_names(files))
        files[CATALOGUE] = catalogue.encode()
        if cache is not None:
            _keep(cache, key, files)
    return files


def stem_language(language: str | None) -> str:
    """Return the language whose word stems the index uses for a book in ``language``."""
    main = (language or "en").replace("_", "-").partition("-")[0].lower()
    return "en" if main in _DENSE else main


def _key(pages: Sequence[PageText], frameworks: Mapping[str, str], language: str | None) -> str:
    digest = hashlib.sha256(json.dumps([_FORM, dict(frameworks), language]).encode())
    for page in pages:
        digest.update(page.dump().encode())
    return digest.hexdigest()


def _cached(cache: Path | None, key: str) -> dict[str, bytes] | None:
    """Return the files that were kept, if they were made of the same."""
    if cache is None:
        return None
    try:
        with ZipFile(cache) as archive:
            if archive.comment != key.encode():
                return None
            return {name: archive.read(name) for name in archive.namelist()}
    except (OSError, BadZipFile):
        return None


def _keep(cache: Path, key: str, files: Mapping[str, bytes]) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    aside = cache.with_name(f"{cache.name}.{os.getpid()}")
    with ZipFile(aside, "w") as archive:
        archive.comment = key.encode()
        for name, content in files.items():
            archive.writestr(ZipInfo(name), content)
    aside.replace(cache)


def _records(page: PageText, frameworks: list[str], language: str) -> Iterable[tuple[str, str]]:
    """Yield the records of a page: a name for the file and HTML for Pagefind.

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
    """Return those of Pagefind's files that some page loads, by name and in order."""
    languages = json.loads(files["pagefind-entry.json"])["languages"].values()
    program = {f"wasm.{each['wasm'] or 'unknown'}.pagefind" for each in languages}
    return {
        name: files[name]
        for name in sorted(files)
        if name in _SERVED or name in program or name.endswith(_DATA)
    }


def _record_names(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the names under which records were handed to Pagefind, by its own."""
    names = {}
    for name, content in files.items():
        if name.endswith(".pf_fragment"):
            record = json.loads(gzip.decompress(content).removeprefix(b"pagefind_dcd"))
            names[PurePosixPath(name).stem] = record["url"].removeprefix("/")
    return names


def _catalogue(
    pages: Sequence[PageText], frameworks: Mapping[str, str], records: Mapping[str, str]
) -> str:
    """Return the catalogue: all that the script needs before it opens a record.

    Pages are lists of address, number, title and places of frameworks (none for all); symbols of
    module, name, kind, page, anchor and place of the framework (-1 for all); records of page and
    place of the framework (-1 for what all share).
    """
    names = list(frameworks)

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
            name: [int(number), -1 if framework == "s" else int(framework)]
            for name, record in sorted(records.items())
            for number, _, framework in [record.partition("-")]
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
