"""A d2lbook project as a book: ``config.ini`` and toc blocks in, YAML files out.

The chapters stay untouched. Frameworks are the project's tabs. A project
without tabs is a book in one language and gets one framework: that of its
only ``[library-...]`` section, else ``python``. It needs one even if nothing is
executed, since a book without frameworks is plain MyST and no dialect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from glob import glob
from pathlib import Path, PurePosixPath
from typing import Any

import attrs

from polybook.book.config import BUILD_FOLDER, CONFIG_FILE
from polybook.book.d2lbook_library import aliases, preamble, title
from polybook.book.d2lbook_notes import left_behind, sphinx_settings
from polybook.book.d2lbook_toc import Contents, bibliographies, read_contents
from polybook.book.ini_file import IniFile
from polybook.book.toc import TOC_FILE
from polybook.book.yaml_file import yaml_text
from polybook.source import BookError, Chapter, Diagnostic

INI_FILE = "config.ini"
PREAMBLES = "book/preamble"
_SOLE_FRAMEWORK = "python"
_NAME = re.compile(r"^[a-z][a-z0-9_-]*$")
_HEAD = "# Written by `polybook import d2lbook`; from now on edit it here.\n"
_MYST_EXTENSIONS = ["amsmath", "colon_fence", "dollarmath", "linkify", "smartquotes"]
# Where Sphinx has several variants of a language and the project names none.
_LANGUAGES = {"zh": "zh_CN", "pt": "pt_BR"}


@attrs.frozen
class Import:
    """What an import makes.

    Attributes:
        folder: Folder of the project.
        files: Text of the files to write, by path relative to ``folder``.
        warnings: What is wrong in the project and was left out.
        notes: What the project says and a book cannot.
    """

    folder: Path
    files: Mapping[str, str]
    warnings: tuple[Diagnostic, ...]
    notes: tuple[str, ...]

    def write(self, force: bool = False) -> None:
        """Write the files.

        Raises:
            BookError: One is there already and ``force`` is not given; then
                nothing is written.
        """
        there = [name for name in self.files if (self.folder / name).exists()]
        if there and not force:
            suggestion = "`--force` overwrites it, `--dry-run` shows what would be written"
            raise BookError(
                *(
                    Diagnostic(name, 1, 1, "existing-file", f"{name} is there already", suggestion)
                    for name in there
                )
            )
        for name, text in self.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def import_d2lbook(folder: Path) -> Import:
    """Read the d2lbook project in ``folder``; writes nothing.

    Raises:
        BookError: ``config.ini`` is missing or malformed, or the root page is
            missing.
    """
    file = IniFile(folder, INI_FILE, "a d2lbook project holds config.ini and its root page")
    return _Reader(folder, file).read()


class _Reader:
    def __init__(self, folder: Path, file: IniFile) -> None:
        self.folder, self.file = folder, file
        self.warnings: list[Diagnostic] = []
        self.preambles: dict[str, str] = {}

    def read(self) -> Import:
        file = self.file
        frameworks = self._framework_names()
        excluded = self._matching("exclusions") | self._matching("non-notebooks")
        contents = read_contents(self.folder, self._root(), excluded)
        config = self._config(frameworks, contents)
        notes = left_behind(file, [f"library-{name}" for name in frameworks])
        every = self._matching("notebooks", "**/*.md") - excluded
        if unlisted := sorted(every - set(contents.files)):
            notes.append(f"in no toc block, so not in the book: {_shortened(unlisted)}")
        files = {
            CONFIG_FILE: _HEAD + yaml_text(config),
            TOC_FILE: _HEAD + yaml_text(contents.toc),
            **self.preambles,
        }
        return Import(self.folder, files, (*contents.warnings, *self.warnings), tuple(notes))

    def _framework_names(self) -> tuple[str, ...]:
        tabs = tuple(dict.fromkeys(tab.lower() for tab in self.file.words("build", "tabs")))
        if not tabs:
            found = [name for name in self.file.sections if name.startswith("library-")]
            tabs = (found[0].removeprefix("library-"),) if len(found) == 1 else (_SOLE_FRAMEWORK,)
        for tab in tabs:
            if not _NAME.match(tab) or tab == "all":
                message = f"'{tab}' cannot name a framework"
                suggestion = "use lower-case letters, digits, - and _; 'all' means every framework"
                line = self.file.line("build", "tabs")
                raise self.file.error("invalid-config", message, suggestion, line)
        return tabs

    def _root(self) -> str:
        root = self.file.get("build", "index", "index").removesuffix(".md") + ".md"
        if not (self.folder / root).is_file():
            raise self.file.error(
                "missing-chapter",
                f"the root page {root} is missing",
                "it holds the toc blocks; [build] index names it",
                self.file.line("build", "index"),
            )
        return root

    def _matching(self, key: str, default: str = "") -> set[str]:
        """Return the files that the patterns under ``key`` match, but for what was built."""
        patterns = self.file.words("build", key) or tuple(filter(None, [default]))
        built = (f"{BUILD_FOLDER}/", self.file.get("build", "output_dir", BUILD_FOLDER) + "/")
        found = {
            Path(path).as_posix()
            for pattern in patterns
            for path in glob(pattern, root_dir=self.folder, recursive=True)
        }
        return {path for path in found if not path.startswith(built)}

    def _config(self, frameworks: tuple[str, ...], contents: Contents) -> dict[str, Any]:
        get = self.file.get
        language = get("project", "lang")
        works = self._works(contents)
        extensions = ["sphinxcontrib.bibtex"] if works else []
        config = {
            "title": get("project", "title") or contents.chapters[0].title,
            "author": get("project", "author", "The contributors"),
            "copyright": get("project", "copyright"),
            "logo": self._existing("html", "html_logo"),
            "only_build_toc_files": True,
            "exclude_patterns": [BUILD_FOLDER, *self.file.words("build", "exclusions")],
            "polybook": {
                "frameworks": {
                    name: self._framework(name, contents.chapters) for name in frameworks
                }
            },
            "execute": {"execute_notebooks": "off"},
            "parse": {"myst_enable_extensions": _MYST_EXTENSIONS},
            "html": _without_empty({"favicon": self._existing("html", "favicon")}),
            "sphinx": {
                "extra_extensions": [*extensions, "polybook.publish"],
                "config": _without_empty(
                    {
                        "language": _LANGUAGES.get(language, language),
                        "release": get("project", "release"),
                        "bibtex_bibfiles": works,
                        # Of bare addresses only those with a scheme, as docutils does.
                        "myst_linkify_fuzzy_links": False,
                        **sphinx_settings(self.file),
                    }
                ),
            },
        }
        return _without_empty(config)

    def _framework(self, name: str, chapters: Iterable[Chapter]) -> dict[str, Any]:
        section = f"library-{name}"
        library = self.file.get(section, "lib_file")
        return _without_empty(
            {
                "title": title(name, chapters),
                "library": self._module(section, library),
                "preamble": self._preamble(name, section, library),
                "aliases": aliases(self.file, section),
            }
        )

    def _module(self, section: str, library: str) -> str:
        path = PurePosixPath(library)
        parts = (*path.parts[:-1], path.stem)
        if path.suffix == ".py" and all(part.isidentifier() for part in parts):
            return ".".join(parts)
        if library:
            message = f"'{library}' is no module that can be imported; the library is left out"
            self._warn(section, "lib_file", "invalid-config", message)
        return ""

    def _preamble(self, name: str, section: str, library: str) -> str:
        place = f"{PREAMBLES}/{name}.py"
        head = preamble(self.folder / library) if library else None
        if head:
            self.preambles[place] = head + "\n"
            return place
        if head is None and (self.folder / place).is_file():
            # Written by an earlier import; the library is ours since.
            return place
        if head is None and library and (self.folder / library).is_file():
            message = f"{library} has no line '#### WARNING ####'; nothing of it is kept"
            self._warn(section, "lib_file", "no-preamble", message)
        return ""

    def _works(self, contents: Contents) -> list[str]:
        named = [name for chapter in contents.chapters for name in bibliographies(chapter)]
        configured = self._existing("pdf", "bibfile")
        found = [name for name in named if (self.folder / name).is_file()]
        return list(dict.fromkeys([configured, *found] if configured else found))

    def _existing(self, section: str, key: str) -> str:
        """Return the path under ``key`` if the file exists."""
        path = self.file.get(section, key)
        if path and not (self.folder / path).is_file():
            message = f"there is no file {path}; '{key}' is left out"
            self._warn(section, key, "missing-file", message)
            return ""
        return path.removeprefix("./")

    def _warn(self, section: str, key: str, code: str, message: str) -> None:
        line = self.file.line(section, key)
        self.warnings.append(Diagnostic(self.file.name, line, 1, code, message, severity="warning"))


def _shortened(names: list[str], shown: int = 10) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", [], {}, None)}
