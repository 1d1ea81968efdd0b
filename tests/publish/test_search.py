"""What the search looks in: the words of a text, the text of a page, the files of the index."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from resources import BOOKS
from sphinx import addnodes

from polybook.book import load_book
from polybook.execution.keys import Keys
from polybook.publish.build import build_html
from polybook.publish.page_text import PageText, Section, SymbolText, page_text
from polybook.publish.plain_math import plain_math
from polybook.publish.search import index, stem_language
from polybook.publish.tokens import tokenise


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("A plain sentence, isn't it?", "A plain sentence, isn't it?"),
        # Names are whole and in parts.
        ("self.add_to_class(d2l.Trainer)", "self.` add_` to_` class(` d2l.` Trainer)"),
        ("state-of-the-art", "state-` of-` the-` art"),
        ("def __init__(self):", "def __init__(` self):"),
        # Each character with the next one, whatever a dictionary says.
        ("神经网络。", "神经` 经网` 网络` 络` 。"),
        ("用PyTorch训练", "用` PyTorch` 训练` 练"),
        ("신경망을 학습", "신경` 경망` 망을` 을 학습` 습"),
        # Vowel signs stay with their consonants, also where they join no words.
        ("การเรียน", "กา` าร` รเ` เรี` รีย` ยน` น"),
        ("हिन्दी में", "हिन्दी में"),
        # Letters are the same letters in every width, and a mark in the text is no mark of ours.
        ("Ｔｒａｉｎｅｒ `x`", "Trainer 'x'"),
        ("cafe\u0301", "café"),
    ],
)
def test_text_becomes_tokens(text: str, tokens: str) -> None:
    assert tokenise(text) == tokens


def test_kana_with_and_without_voice_stay_apart() -> None:
    # Without their accents, as Pagefind compares, both would read ha-su.
    assert tokenise("バス") != tokenise("ハス")
    assert tokenise("ﾊﾞｽ") == tokenise("バス")


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\theta_{t+1} \in \mathbb{R}^2", "θ_(t+1) ∈ R²"),
        (r"\{a, b\}", "{a, b}"),
        (r"\mathcal{O}(n^2)", "O(n²)"),
        (r"\frac{\partial L}{\partial w}", "…"),
        (r"x + " * 30, "…"),
    ],
)
def test_formulas_in_excerpts_are_plain_or_left_out(tex: str, text: str) -> None:
    assert plain_math(tex) == text


def panel(framework: str, *children: nodes.Node) -> nodes.Element:
    return nodes.container("", *children, framework=framework)


def section(anchor: str, title: str, *children: nodes.Node) -> nodes.section:
    return nodes.section("", nodes.title("", title), *children, ids=[anchor])


def paragraph(text: str, *children: nodes.Node, **attributes: Any) -> nodes.paragraph:
    return nodes.paragraph("", text, *children, **attributes)


def document(*children: nodes.Node) -> nodes.document:
    from docutils.utils import new_document

    made = new_document("page.md")
    made += list(children)
    return made


def test_a_page_is_read_by_section_and_framework() -> None:
    page = page_text(
        document(
            section(
                "training",
                "Training",
                paragraph("The rate ", nodes.math("", r"\alpha"), nodes.Text(" stays.")),
                nodes.math_block("", r"\frac{a}{b}"),
                section(
                    "loop",
                    "The Loop",
                    panel("alpha", nodes.literal_block("", "a = 1\nb = 2")),
                    panel("beta", paragraph("Beta.")),
                    paragraph("End."),
                ),
            )
        ),
        "guide/training",
        "guide/training.html",
        ["alpha"],
        {"": (2,), "#loop": (2, 1)},
    )
    assert (page.title, page.number, page.frameworks) == ("Training", "2", ("alpha",))
    assert page.sections == (
        Section("training", "Training", "2", 1, "", (("", "The rate α stays."), ("", "…"))),
        Section(
            "loop",
            "The Loop",
            "2.1",
            2,
            "",
            (("alpha", "a = 1 b = 2"), ("beta", "Beta."), ("", "End.")),
        ),
    )
    assert PageText.load(page.dump()) == page


def test_what_is_no_text_of_the_page_is_not_read() -> None:
    page = page_text(
        document(
            section(
                "a",
                "A",
                nodes.comment("", "secret"),
                nodes.compound("", paragraph("Chapter Two"), classes=["toctree-wrapper"]),
                paragraph("Not executed here: Alpha.", classes=["polybook-unexecuted"]),
                nodes.raw("", "<style>p {}</style><td>1</td><td>cell</td>", format="html"),
                nodes.raw("", r"\LaTeX", format="latex"),
            )
        ),
        "a",
        "a.html",
    )
    assert page.sections == (Section("a", "A", "", 1, "", (("", "1 cell"),)),)


def test_a_documented_symbol_is_a_section() -> None:
    signature = addnodes.desc_signature(ids=["api-Trainer"], module="d2l.torch", fullname="Trainer")
    signature += addnodes.desc_name("", "Trainer")
    body = addnodes.desc_content("", paragraph("Fits a model."))
    symbol = addnodes.desc("", signature, body, objtype="class")
    page = page_text(
        document(section("api", "Library", panel("beta", symbol), paragraph("After."))), "api", "a"
    )
    assert page.symbols == (SymbolText("d2l.torch", "Trainer", "class", "api-Trainer", "beta"),)
    texts = {each.anchor: [text for _, text in each.texts] for each in page.sections}
    assert texts == {"api": ["After."], "api-Trainer": ["Trainer", "Fits a model."]}


def small(text: str = "Shared words.") -> PageText:
    texts = (("", text), ("alpha", "tape"), ("beta", "map"))
    symbols = (SymbolText("lib.beta", "Trainer", "class", "t", "beta"),)
    return PageText(
        "one", "one.html", "One", "1", (), (Section("one", "One", "1", 1, "", texts),), symbols
    )


@pytest.fixture
def frameworks() -> dict[str, str]:
    return {"alpha": "Alpha", "beta": "Beta"}


def test_shared_text_is_indexed_once(frameworks: dict[str, str]) -> None:
    files = index([small()], frameworks, "en")
    catalogue = json.loads(files["book.json"])
    texts = {}
    for name, (page, framework) in catalogue["records"].items():
        record = gzip.decompress(files[f"fragment/{name}.pf_fragment"])
        texts[page, framework] = json.loads(record.removeprefix(b"pagefind_dcd"))["content"]
    assert texts == {(0, -1): "1 One Shared words.", (0, 0): "tape", (0, 1): "map"}
    assert catalogue["pages"] == [["one.html", "1", "One", []]]
    assert catalogue["symbols"] == [["lib.beta", "Trainer", "class", 0, "t", 1]]


def test_no_file_is_made_that_no_page_loads(frameworks: dict[str, str]) -> None:
    files = index([small()], frameworks, "zh_CN")
    top = {name for name in files if "/" not in name and not name.endswith(".pf_meta")}
    assert top == {"book.json", "pagefind-entry.json", "pagefind.js", "wasm.en.pagefind"}


def test_the_same_book_gives_the_same_bytes(frameworks: dict[str, str]) -> None:
    pages = [small(f"Words number {number}, and more of them.") for number in range(30)]
    assert index(pages, frameworks, "en") == index(pages, frameworks, "en")


def test_a_changed_page_changes_the_index_of_the_site(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOKS / "korean", tmp_path / "book"))

    def texts() -> list[str]:
        site = build_html(Keys.of(load_book(folder)), pytest.fail).folder
        files = (site / "pagefind/fragment").glob("*.pf_fragment")
        return sorted(gzip.decompress(file.read_bytes()).decode() for file in files)

    before = texts()
    assert texts() == before
    page = folder / "memory.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nAn added zebra.\n", encoding="utf-8")
    after = texts()
    assert len(after) == len(before)
    assert len(set(after) - set(before)) == 1
    assert "zebra" in "".join(after)


@pytest.mark.parametrize(
    ("language", "stem"), [("en", "en"), (None, "en"), ("zh_CN", "en"), ("ko", "en"), ("de", "de")]
)
def test_books_without_spaces_stem_their_latin_words(language: str | None, stem: str) -> None:
    assert stem_language(language) == stem
