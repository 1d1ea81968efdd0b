"""A made book of many pages, in polybook's dialect and for plain Jupyter Book with static tabs.

Its pages have the statistics of a real book of this kind: about 16 kB of Markdown, fourteen cells
for four frameworks, 38 formulas in the text and six displayed ones, figures, citations, and
references to other pages. Both versions say the same: where polybook joins cells and stored
outputs, the plain version has tabs with listings.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_output

from polybook.book import load_book
from polybook.execution import Keys, Record, Store
from polybook.execution.jobs import jobs

FRAMEWORKS = ("one", "two", "three", "four")
PER_CHAPTER, WORKS, PLOTS = 10, 60, 8
_SYLLABLES = (
    *("ta", "re", "mi", "so", "lo", "ven", "dar", "ist", "um", "gra", "pel"),
    *("on", "ki", "sha", "mor", "nel", "ti", "bra", "cus", "ed", "al"),
)
_SYMBOLS = ("x", "y", "w", "b", "h", "z", "\\theta", "\\lambda", "\\mathbf{X}", "\\mathbf{w}")


class Dialect(ABC):
    """How a page says what is not plain Markdown."""

    @abstractmethod
    def label(self, name: str, heading: str) -> str:
        """Return a labelled heading."""

    @abstractmethod
    def section(self, name: str) -> str:
        """Return a reference to a section by its number."""

    @abstractmethod
    def cite(self, key: str) -> str:
        """Return a citation."""

    @abstractmethod
    def equation(self, name: str, tex: str) -> str:
        """Return a displayed formula with a label."""

    @abstractmethod
    def eqref(self, name: str) -> str:
        """Return a reference to a formula."""

    @abstractmethod
    def figure(self, name: str, picture: str, caption: str) -> str:
        """Return a figure."""

    @abstractmethod
    def tabs(self, cells: Sequence[tuple[str, str]], remarks: Sequence[str]) -> str:
        """Return a cell, as code and output, and a remark for each framework."""

    @abstractmethod
    def shared(self, code: str, output: str, plot: str) -> str:
        """Return a cell for all frameworks, perhaps with a picture in its output."""


class D2l(Dialect):
    """The dialect of the d2l books; outputs come from the store."""

    def label(self, name: str, heading: str) -> str:
        return f"{heading}\n:label:`{name}`"

    def section(self, name: str) -> str:
        return f":numref:`{name}`"

    def cite(self, key: str) -> str:
        return f":cite:`{key}`"

    def equation(self, name: str, tex: str) -> str:
        return f"$${tex}$$\n:eqlabel:`{name}`"

    def eqref(self, name: str) -> str:
        return f":eqref:`{name}`"

    def figure(self, name: str, picture: str, caption: str) -> str:
        return f"![{caption}]({picture})\n:label:`{name}`"

    def tabs(self, cells: Sequence[tuple[str, str]], remarks: Sequence[str]) -> str:
        blocks = [
            f":begin_tab:`{name}`\n{remark}\n:end_tab:"
            for name, remark in zip(FRAMEWORKS, remarks, strict=True)
        ]
        fences = [
            f"```{{.python .input}}\n#@tab {name}\n{code}\n```"
            for name, (code, _) in zip(FRAMEWORKS, cells, strict=True)
        ]
        return "\n\n".join([*blocks, *fences])

    def shared(self, code: str, output: str, plot: str) -> str:
        return f"```{{.python .input}}\n#@tab all\n{code}\n```"


class Plain(Dialect):
    """MyST with sphinx-design's tabs; outputs are listings."""

    def label(self, name: str, heading: str) -> str:
        return f"({name})=\n{heading}"

    def section(self, name: str) -> str:
        return f"{{numref}}`{name}`"

    def cite(self, key: str) -> str:
        return f"{{cite}}`{key}`"

    def equation(self, name: str, tex: str) -> str:
        return f"$${tex}$$ ({name})"

    def eqref(self, name: str) -> str:
        return f"{{eq}}`{name}`"

    def figure(self, name: str, picture: str, caption: str) -> str:
        return f"```{{figure}} {picture}\n:name: {name}\n\n{caption}\n```"

    def tabs(self, cells: Sequence[tuple[str, str]], remarks: Sequence[str]) -> str:
        items = [
            f"::::{{tab-item}} {name}\n:sync: {name}\n\n{remark}\n\n{_listing(code, output)}\n::::"
            for name, (code, output), remark in zip(FRAMEWORKS, cells, remarks, strict=True)
        ]
        return ":::::{tab-set}\n" + "\n\n".join(items) + "\n:::::"

    def shared(self, code: str, output: str, plot: str) -> str:
        picture = f"\n\n![]({plot})" if plot else ""
        return _listing(code, output) + picture


def _listing(code: str, output: str) -> str:
    return f"```python\n{code}\n```" + (f"\n\n```text\n{output}\n```" if output else "")


class _Hand:
    """Draws words, formulas and programs; the same number draws the same."""

    def __init__(self, number: int) -> None:
        self.draw = random.Random(number)
        self.number = number

    def word(self) -> str:
        # As in any language, few words are frequent and many are rare.
        made = random.Random(int(self.draw.paretovariate(0.6)) % 4000)
        return "".join(made.choices(_SYLLABLES, k=made.choice((1, 2, 2, 3))))

    def words(self, count: int) -> str:
        return " ".join(self.word() for _ in range(count))

    def symbols(self) -> list[str]:
        return self.draw.choices(_SYMBOLS, k=3)

    def inline(self) -> str:
        (a, b, c), n = self.symbols(), self.draw.randrange(1, 10)
        forms = (a, a, f"{a}_{n}", f"{a} \\in \\mathbb{{R}}^{{{n}}}", f"{a} + {b}_{n} {c}")
        return self.draw.choice(forms)

    def displayed(self) -> str:
        (a, b, c), n = self.symbols(), self.draw.randrange(1, 100)
        return (
            f"\\frac{{\\partial {a}}}{{\\partial {b}}} = \\sum_{{i=1}}^{{{n}}} \\left( {c}_i - "
            f"\\exp({a}_i^\\top {b}) \\right)^2 + \\frac{{{n}}}{{2}} \\|{c}\\|^2"
        )

    def paragraph(self, sentences: int = 6) -> str:
        said = []
        for _ in range(sentences):
            text = self.words(self.draw.randrange(9, 16)).capitalize()
            if self.draw.random() < 0.33:
                text += f" ${self.inline()}$ {self.words(2)}"
            said.append(f"{text}.")
        return " ".join(said)

    def code(self, lines: int = 7) -> str:
        names = [f"{self.word()}_{self.draw.randrange(10)}" for _ in range(lines)]
        made = [f"{name} = list(range({at}))  # {self.words(2)}" for at, name in enumerate(names)]
        if self.number:
            # Only what an earlier page has defined.
            used = symbol(self.draw.randrange(self.number))
            made.append(f"lib.{used}({names[0]}, {names[-1]})")
        return "\n".join(made)


def symbol(number: int) -> str:
    """Return the name of what page ``number`` adds to the library."""
    return f"made_{number}"


def page(number: int, pages: int, write: Dialect) -> str:
    """Return the text of a page."""
    hand = _Hand(number)
    title = write.label(f"sec_{number}", f"# {hand.words(3).capitalize()}")
    parts = [title, hand.paragraph(6), hand.paragraph()]
    parts.append(write.shared("from lib import " + FRAMEWORKS[0] + " as lib", "", ""))
    for at in range(5):
        place = f"{number}_{at}"
        parts += [f"## {hand.words(3).capitalize()}", hand.paragraph()]
        target, key = hand.draw.randrange(pages), f"work{hand.draw.randrange(WORKS)}"
        parts.append(f"{hand.paragraph(2)} See {write.section(f'sec_{target}')} {write.cite(key)}.")
        parts.append(write.equation(f"eq_{place}", hand.displayed()))
        parts.append(f"By {write.eqref(f'eq_{place}')} {hand.paragraph(3)}")
        if at in (1, 3):
            parts += [f"### {hand.words(2).capitalize()}", hand.paragraph()]
            picture = f"img/figure{number % PLOTS}.svg"
            parts.append(write.figure(f"fig_{place}", picture, hand.paragraph(1)))
        if at in (0, 2):
            cells = [(hand.code(), hand.words(6)) for _ in FRAMEWORKS]
            parts.append(write.tabs(cells, [hand.paragraph(1) for _ in FRAMEWORKS]))
        else:
            plot = f"img/plot{number % PLOTS}.svg" if at == 4 else ""
            parts.append(write.shared(hand.code(), hand.words(6), plot))
        parts.append(hand.paragraph(3))
    saved = f"def {symbol(number)}(x, y):  #@save\n    return [x, y]"
    parts += [write.shared(saved, "", ""), write.shared(hand.code(), hand.words(6), "")]
    parts += ["## Summary", hand.paragraph(4), "## Exercises"]
    parts += [f"{at}. {hand.paragraph(1)}" for at in range(1, 6)]
    return "\n\n".join(parts) + "\n"


def outputs(number: int, pages: int, framework: str) -> list[list[NotebookNode]]:
    """Return the outputs of each cell of a page."""
    kept = _Kept(framework)
    page(number, pages, kept)
    return kept.outputs


class _Kept(D2l):
    """Keeps the outputs that a framework's cells have."""

    def __init__(self, framework: str) -> None:
        self.at = FRAMEWORKS.index(framework)
        self.outputs: list[list[NotebookNode]] = []

    def _keep(self, output: str, plot: str) -> None:
        shown = [new_output("stream", text=f"{output}\n")] if output else []
        if plot:
            drawn = {"image/svg+xml": picture(plot), "text/plain": "<Figure>"}
            shown.append(new_output("display_data", data=drawn))
        self.outputs.append(shown)

    def tabs(self, cells: Sequence[tuple[str, str]], remarks: Sequence[str]) -> str:
        self._keep(cells[self.at][1], "")
        return super().tabs(cells, remarks)

    def shared(self, code: str, output: str, plot: str) -> str:
        self._keep(output, plot)
        return super().shared(code, output, plot)


def picture(name: str) -> str:
    """Return a drawing of a hundred points as SVG, another for each name."""
    draw = random.Random(name)
    points = " ".join(f"{3 * x},{draw.randrange(10, 190)}" for x in range(100))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200" viewBox="0 0 300 200">'
        f'<polyline fill="none" stroke="teal" points="{points}"/></svg>\n'
    )


def write_book(folder: Path, pages: int, write: Dialect) -> None:
    """Write a book of ``pages`` numbered pages below chapters of ten."""
    (folder / "img").mkdir(parents=True)
    for kind in ("figure", "plot"):
        for at in range(PLOTS):
            (folder / f"img/{kind}{at}.svg").write_text(picture(f"img/{kind}{at}.svg"))
    works = "".join(
        f"@article{{work{at},\n  author = {{Maker, {chr(65 + at % 26)}.}},\n"
        f"  title = {{Work {at}}},\n  journal = {{Made}},\n  year = {{{1950 + at}}}\n}}\n"
        for at in range(WORKS)
    )
    (folder / "works.bib").write_text(works)
    for number in range(pages):
        (folder / f"page{number}.md").write_text(page(number, pages, write))
    (folder / "index.md").write_text("# A made book\n\nIt has many pages.\n")
    (folder / "references.md").write_text("# References\n\n```{bibliography}\n```\n")
    chapters = [
        {
            "file": f"page{first}",
            "sections": [
                {"file": f"page{number}"}
                for number in range(first + 1, min(first + PER_CHAPTER, pages))
            ],
        }
        for first in range(0, pages, PER_CHAPTER)
    ]
    parts = [
        {"caption": "Made", "numbered": True, "chapters": chapters},
        {"caption": "Back matter", "chapters": [{"file": "references"}]},
    ]
    toc = {"format": "jb-book", "root": "index", "parts": parts}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False))
    config = {
        "title": "A made book",
        "author": "The makers",
        "only_build_toc_files": True,
        "execute": {"execute_notebooks": "off"},
        "parse": {"myst_enable_extensions": ["amsmath", "colon_fence", "dollarmath"]},
        "sphinx": {
            "extra_extensions": ["sphinxcontrib.bibtex"],
            "config": {"bibtex_bibfiles": ["works.bib"], "language": "en"},
        },
        "html": {"use_multitoc_numbering": True},
    }
    if isinstance(write, D2l):
        named = {
            name: {"title": name.capitalize(), "library": f"lib.{name}"} for name in FRAMEWORKS
        }
        config["polybook"] = {"frameworks": named}
    (folder / "_config.yml").write_text(yaml.safe_dump(config, sort_keys=False))


def store_outputs(folder: Path, pages: int) -> None:
    """Put the outputs of a book in the d2l dialect into its store, as if it had been executed."""
    book = load_book(folder)
    store = Store(book.build / "store")
    for job in jobs(book, Keys.of(book)):
        number = int(job.page.removeprefix("page").removesuffix(".md"))
        every = outputs(number, pages, job.framework)
        cells = [cell for cell in job.notebook.cells if cell.cell_type == "code"]
        for cell, shown in zip(cells, every, strict=True):
            cell.outputs = shown
        store.put(job.notebook, Record(job.page, job.framework, job.key, 1.0, 1, {}, "3.11"))
