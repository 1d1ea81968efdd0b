"""Where a long book's pages fall, from its two halves, which TeX sets at the same time.

The first pass over a book only finds page numbers for the next one. TeX uses one core, and nothing
in a book's second half depends on its first but where the counts begin: so they begin far out of
the way, and are told by that, and set right, in what TeX leaves. A full pass follows in any case,
and shows whether all of it is right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from polybook.publish.latex.tex import run_tex

CHAPTER = "%%polybook:chapter\n"
"""Line of ``book.tex`` in front of each chapter with a number."""

_MIDDLE = "polybook counts"
# What the kernel, hyperref and Sphinx count through a book, by TeX's name; all else begins anew
# with a chapter.
_COUNTS = (r"\c@page", r"\Hy@linkcounter", r"\c@Item", r"\c@sphinxscope")
_FAR = [1_100_000_000 + 100_000_000 * at for at in range(len(_COUNTS))]
_FAR_NUMBER = re.compile(r"(?<!\d)1[1-4]0\d{7}(?!\d)")
_INPUT = re.compile(r"^\\input\{(.+)\}$", re.MULTILINE)
_FRONT = "\\frontmatter\n"
# As the contents do where they stand: they collect what they will show.
_CONTENTS = "\\newwrite\\tf@toc\\immediate\\openout\\tf@toc\\jobname.toc\n"
_BEGINNING = f"\\polybookmainmatter\\makeatletter\n{_CONTENTS}"
_BEGUN = "\\global\\advance\\c@page1\n\\makeatother\n"
_LAST_PAGE = re.compile(r"^\\gdef ?\\@abspage@last.*\n?", re.MULTILINE)


@attrs.frozen
class Halves:
    """The two halves of a book, each a file that TeX can set."""

    first: str
    second: str


def halves_of(folder: Path, book: str) -> Halves | None:
    """Return the halves of the book ``book.tex``; None if it has no two chapters.

    Args:
        folder: Holds the pages.
        book: What ``book.tex`` says.
    """
    head, *chapters = book.split(CHAPTER)
    if len(chapters) < 2:
        return None
    sizes = [_size(folder, each) for each in (head, *chapters)]
    behind = min(range(1, len(chapters)), key=lambda at: abs(2 * sum(sizes[: at + 1]) - sum(sizes)))
    counts = ",".join(rf"\the{each}" for each in _COUNTS)
    told = f"\\cleardoublepage\\makeatletter\n\\typeout{{{_MIDDLE} {counts}}}\n\\end{{document}}\n"
    begin = [f"\\global{count}={far}\n" for count, far in zip(_COUNTS, _FAR, strict=True)]
    preamble = head.partition(_FRONT)[0]
    return Halves(
        "".join([head, *chapters[:behind], told]),
        "".join([preamble, _BEGINNING, *begin, _BEGUN, *chapters[behind:]]),
    )


def foresee(folder: Path, name: str, suffixes: Sequence[str]) -> None:
    """Leave in ``folder`` what a first pass over the book there would leave, if it can be told.

    Args:
        folder: Holds the book's LaTeX.
        name: Of the book's file, without its suffix.
        suffixes: Those of the files that TeX writes for its next pass.
    """
    halves = halves_of(folder, (folder / f"{name}.tex").read_text(encoding="utf-8"))
    if halves is None:
        return
    texts = {f"{name}-{half}": text for half, text in attrs.asdict(halves).items()}
    for half, text in texts.items():
        (folder / f"{half}.tex").write_text(text, encoding="utf-8")
    try:
        with ThreadPoolExecutor(len(texts)) as pool:
            list(pool.map(lambda half: run_tex(folder, f"{half}.tex"), texts))
        counts = _counts(folder / f"{name}-first.log")
        for suffix in suffixes if counts else ():
            first, second = (folder / f"{half}{suffix}" for half in texts)
            if first.is_file() and second.is_file():
                joined = _joined(first.read_text("utf-8"), second.read_text("utf-8"), counts)
                (folder / f"{name}{suffix}").write_text(joined, encoding="utf-8")
    except (OSError, UnicodeError):
        # Whatever befell TeX befalls it again in the full pass, where it is reported.
        return
    finally:
        # No others: a picture may have such a name too.
        for half in texts:
            for suffix in (".tex", ".log", ".xdv", *suffixes):
                (folder / f"{half}{suffix}").unlink(missing_ok=True)


def _size(folder: Path, chapter: str) -> int:
    return sum((folder / f"{name}.tex").stat().st_size for name in _INPUT.findall(chapter))


def _counts(log: Path) -> list[int]:
    """Return what was counted in the first half; empty if TeX did not come to its end."""
    found = re.search(rf"^{_MIDDLE} ([\d,]+)$", log.read_text("utf-8", "replace"), re.MULTILINE)
    return [int(each) for each in found[1].split(",")] if found else []


def _joined(first: str, second: str, counts: Sequence[int]) -> str:
    """Return what TeX would have left of both halves together."""

    def near(found: re.Match[str]) -> str:
        number = int(found[0])
        at = max(at for at, far in enumerate(_FAR) if far <= number)
        # The page that comes next is counted already.
        return str(number - _FAR[at] + counts[at] - (at == 0))

    begun, rest = _LAST_PAGE.sub("", first).splitlines(True), second.splitlines(True)
    pairs = enumerate(zip(begun, rest, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), 0)
    return "".join([*begun, *(_FAR_NUMBER.sub(near, line) for line in rest[same:])])
