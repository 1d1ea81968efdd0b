"""The search index of a website: Pagefind's, over what each framework's readers see.

The text that all readers of a page share is one record of the index, what a framework's panels add
is another: each text is indexed once, and a reader's page is the shared record and the one of the
reader's framework together. The script in the browser joins them (``static/search-worker.js``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from polybook.publish.page_text import SHARED, PageText, Section
from polybook.publish.tokens import tokenise
from polybook.source import BookError, Diagnostic

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
# Pagefind's own interfaces, and the worker that ours replaces.
_UNUSED = (
    "pagefind-component-ui.css",
    "pagefind-component-ui.js",
    "pagefind-highlight.js",
    "pagefind-modular-ui.css",
    "pagefind-modular-ui.js",
    "pagefind-ui.css",
    "pagefind-ui.js",
    "pagefind-worker.js",
)
# Between two blocks of text.
_BREAK = " · "


class SearchError(BookError):
    """Pagefind is missing or has failed."""


def index(
    pages: Sequence[PageText],
    frameworks: Mapping[str, str],
    language: str | None,
    out: Path,
    cache: Path | None = None,
) -> None:
    """Write the search index of a website into the folder ``out``.

    Args:
        pages: The pages, in the order of the book.
        frameworks: The titles of the book's frameworks by name, in order.
        language: Of the book, such as ``en`` or ``zh_CN``.
        out: The folder; made anew.
        cache: Keeps the last index, which is copied if nothing has changed.

    Raises:
        SearchError: Pagefind is missing or has failed.
    """
    key = _key(pages, frameworks, language)
    if cache is not None and _is(cache, key):
        _copy(cache, out)
        return
    stem = stem_language(language)
    with tempfile.TemporaryDirectory(prefix="polybook-search-") as scratch:
        source = Path(scratch) / "pages"
        source.mkdir()
        for number, page in enumerate(pages):
            for name, html in _records(page, list(frameworks), stem):
                (source / f"{number:06}-{name}.html").write_text(html, encoding="utf-8")
        built = Path(scratch) / "built"
        _run(source, built)
        records = _finish(built)
        (built / CATALOGUE).write_text(
            _catalogue(pages, frameworks, records, key), encoding="utf-8"
        )
        if cache is not None:
            _copy(built, cache)
        _copy(built, out)


def stem_language(language: str | None) -> str:
    """Return the language whose word stems the index uses for a book in ``language``."""
    main = (language or "en").replace("_", "-").partition("-")[0].lower()
    return "en" if main in _DENSE else main


def _key(
    pages: Sequence[PageText], frameworks: Mapping[str, str], language: str | None
) -> str:
    digest = hashlib.sha256(json.dumps([_FORM, dict(frameworks), language]).encode())
    for page in pages:
        digest.update(page.dump().encode())
    return digest.hexdigest()


def _is(cache: Path, key: str) -> bool:
    try:
        catalogue = (cache / CATALOGUE).read_text(encoding="utf-8")
    except OSError:
        return False
    # The key stands at the end, which an interrupted copy lacks.
    return catalogue.endswith(f'"key":"{key}"}}\n')


def _copy(source: Path, target: Path) -> None:
    """Make ``target`` a copy of ``source``; its catalogue comes last."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(CATALOGUE))
    shutil.copyfile(source / CATALOGUE, target / CATALOGUE)


def _records(
    page: PageText, frameworks: list[str], language: str
) -> Iterable[tuple[str, str]]:
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
    text = tokenise(_BREAK.join(blocks))
    return f"{opened}{escape(heading)}</b>\n<i>{escape(text)}</i>\n"


def _run(source: Path, out: Path) -> None:
    """Let Pagefind index a folder of records.

    Raises:
        SearchError: It is missing or has failed.
    """
    try:
        from pagefind_bin_extended import get_executable

        program = get_executable()
    except (ImportError, FileNotFoundError):
        raise _failed(
            "Pagefind is not installed", "run: pip install pagefind-bin-extended"
        ) from None
    done = subprocess.run(
        [program, "--site", source, "--output-path", out, "--silent"],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not (out / "pagefind-entry.json").is_file():
        said = " ".join((done.stderr or done.stdout).split())
        raise _failed(f"Pagefind stopped: {said or f'exit status {done.returncode}'}")


def _failed(message: str, suggestion: str | None = None) -> SearchError:
    return SearchError(Diagnostic("_config.yml", 1, 1, "search-failed", message, suggestion))


def _finish(built: Path) -> dict[str, str]:
    """Take away what no page loads, and return the names of the records by Pagefind's.

    Raises:
        SearchError: A file is not whole.
    """
    entry = json.loads((built / "pagefind-entry.json").read_text(encoding="utf-8"))
    languages = entry["languages"].values()
    needed = {f"wasm.{each['wasm'] or 'unknown'}.pagefind" for each in languages}
    for name in _UNUSED:
        (built / name).unlink(missing_ok=True)
    for file in built.glob("wasm.*"):
        if file.name not in needed:
            file.unlink()
    records = {}
    # Pagefind does not wait until the last bytes of its files are written.
    for file in sorted(built.rglob("*.pf_*")):
        try:
            content = gzip.decompress(file.read_bytes())
        except (EOFError, OSError, zlib.error):
            raise _failed(f"Pagefind left {file.name} incomplete", "build once more") from None
        if file.suffix == ".pf_fragment":
            url = json.loads(content.removeprefix(b"pagefind_dcd"))["url"]
            records[file.stem] = url.removeprefix("/").removesuffix(".html")
    return records


def _catalogue(
    pages: Sequence[PageText], frameworks: Mapping[str, str], records: Mapping[str, str], key: str
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
        "key": key,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
