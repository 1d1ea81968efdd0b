"""XeLaTeX: as many passes as the references need, then one PDF."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import attrs

from polybook.publish.build import PublishError
from polybook.publish.latex.builder import INDEX_STYLE, MAIN
from polybook.publish.latex.halves import foresee
from polybook.publish.latex.tex import run, run_tex
from polybook.side_process import worth_sharing
from polybook.source import Diagnostic

# What TeX writes for its next pass.
_AUXILIARY = (".aux", ".toc", ".out", ".idx")
# References rest after three; more says that a page number swings.
_MOST_PASSES = 6
_HYPHEN = re.compile(rb"\\sphinxhyphen ?\{\}")
# LaTeX notes how many pages there are, and nothing reads it.
_UNREAD = re.compile(rb"^\\gdef ?\\@abspage@last.*$", re.MULTILINE)
_ERROR = re.compile(r"^(?:\./)?(?P<file>[^\s:][^:\n]*):(?P<line>\d+): (?P<what>.+)", re.MULTILINE)
_OVERFULL = re.compile(r"^Overfull \\hbox \((?P<points>[\d.]+)pt too wide\)", re.MULTILINE)
_UNHYPHENATED = re.compile(r"Hyphen rules for '(?P<language>\w+)' set to \\l@nil")
_MARK = re.compile(r"^%%polybook:(?P<docname>.+):(?P<line>\d+)$")
NEEDED = (
    "sudo apt-get install texlive-xetex texlive-latex-extra texlive-lang-chinese "
    "texlive-lang-japanese texlive-pictures fonts-lmodern fonts-dejavu-core fonts-noto-cjk "
    "librsvg2-bin"
)
"""What brings all that a PDF needs, on Debian."""


@attrs.frozen
class Compiled:
    """A PDF.

    Attributes:
        pdf: The file.
        passes: How many passes of XeLaTeX it took.
        log: What the last of them said.
    """

    pdf: Path
    passes: int
    log: str

    @property
    def overfull(self) -> list[float]:
        """By how many points lines stand out."""
        return [float(found["points"]) for found in _OVERFULL.finditer(self.log)]

    @property
    def unhyphenated(self) -> str:
        """The language, by Babel's name, whose words this TeX cannot break; empty if it can."""
        found = _UNHYPHENATED.search(self.log)
        return found["language"] if found else ""


def require_tex() -> None:
    """Check that TeX is there.

    Raises:
        PublishError: A program is missing.
    """
    missing = [each for each in ("xelatex", "xdvipdfmx", "upmendex") if shutil.which(each) is None]
    if missing:
        message = f"a PDF needs {', '.join(missing)}, which is not installed"
        raise PublishError(
            Diagnostic("_config.yml", 1, 1, "missing-tex", message, f"on Debian: {NEEDED}")
        )


def tex_version() -> str:
    """Return which XeTeX is installed."""
    return run(Path.cwd(), ["xelatex", "--version"]).stdout.decode(errors="replace")


def compile_book(folder: Path, paths: Mapping[str, str], kept: Path) -> Compiled:
    """Compile the edition whose LaTeX lies in ``folder``.

    Args:
        folder: Holds ``book.tex``.
        paths: The chapter's file by the name of its page, for messages.
        kept: A folder that keeps what TeX writes for its next pass until the next build.

    Raises:
        PublishError: TeX found an error, or no end.
    """
    if kept.is_dir():
        shutil.copytree(kept, folder, dirs_exist_ok=True)
    elif worth_sharing(len(paths)):
        foresee(folder, Path(MAIN).stem, _AUXILIARY)
        _sort_index(folder)
    begun = _auxiliaries(folder)
    try:
        passes, log = _run_passes(folder, paths)
    except PublishError:
        if not begun:
            raise
        # What an older edition has left may be what TeX cannot read.
        for file in _auxiliaries(folder):
            file.unlink()
        (folder / "book.ind").unlink(missing_ok=True)
        shutil.rmtree(kept, ignore_errors=True)
        passes, log = _run_passes(folder, paths)
    # Places that no link leads to are kept: the inventory looks for them. The strongest compression
    # takes twice the time for a fiftieth of the size.
    options = ["-q", "-E", "-z", "5", "-C", "0x0010"]
    run(folder, ["xdvipdfmx", *options, "-o", "book.pdf", "book.xdv"])
    kept.mkdir(exist_ok=True)
    for file in [*_auxiliaries(folder), folder / "book.ind"]:
        if file.is_file():
            shutil.copy(file, kept)
    return Compiled(folder / "book.pdf", passes, log)


def _run_passes(folder: Path, paths: Mapping[str, str]) -> tuple[int, str]:
    """Run XeLaTeX until the page numbers rest; return how often, and the last log."""
    before = _digest(folder)
    for passes in range(1, _MOST_PASSES + 1):
        log = _run_tex(folder, paths)
        after = _digest(folder)
        if after == before:
            return passes, log
        before = after
        _sort_index(folder)
    raise PublishError(
        Diagnostic("_config.yml", 1, 1, "tex-failed", "the page numbers find no rest")
    )


def _run_tex(folder: Path, paths: Mapping[str, str]) -> str:
    done = run_tex(folder, MAIN)
    file = folder / "book.log"
    log = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    errors = [_located(folder, paths, found) for found in _ERROR.finditer(log)]
    if errors:
        raise PublishError(*errors[:20])
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip().splitlines()[-1:]
        message = f"XeLaTeX stopped: {' '.join(said)}"
        raise PublishError(Diagnostic("_config.yml", 1, 1, "tex-failed", message))
    return log


def _located(folder: Path, paths: Mapping[str, str], found: re.Match[str]) -> Diagnostic:
    """Return an error of TeX at the author's line."""
    file, number = folder / found["file"], int(found["line"])
    place, line = "_config.yml", 1
    if file.is_file():
        lines = file.read_text(encoding="utf-8", errors="replace").split("\n")[:number]
        for each in reversed(lines):
            if mark := _MARK.match(each):
                place, line = paths.get(mark["docname"], mark["docname"]), int(mark["line"])
                break
    what = found["what"].removeprefix("! ").rstrip(".")
    return Diagnostic(place, line, 1, "tex-error", f"TeX cannot set this: {what}")


def _auxiliaries(folder: Path) -> list[Path]:
    """Return what TeX has written for its next pass."""
    return sorted(each for each in folder.iterdir() if each.suffix in _AUXILIARY)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in _auxiliaries(folder):
        digest.update(_UNREAD.sub(b"", file.read_bytes()))
    return digest.hexdigest()


def _sort_index(folder: Path) -> None:
    index = folder / "book.idx"
    if index.is_file() and index.stat().st_size:
        # TeX writes the same hyphen in two ways, and either would be sorted by the command's name.
        entries = _HYPHEN.sub(b"-", index.read_bytes())
        (folder / "book.entries").write_bytes(entries)
        run(folder, ["upmendex", "-q", "-g", "-s", INDEX_STYLE, "-o", "book.ind", "book.entries"])
