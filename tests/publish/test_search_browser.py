"""What a reader finds, in Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import attrs
import pytest
from playwright.sync_api import Locator, Page

from polybook.publish.tokens import tokenise

pytestmark = pytest.mark.browser


@attrs.define
class Searcher:
    """A reader who searches."""

    page: Page

    def open(self, address: str) -> Searcher:
        self.page.goto(address, wait_until="networkidle")
        self.page.keyboard.press("/")
        self.page.locator(".search-dialog[open]").wait_for()
        return self

    def ask(self, query: str) -> Searcher:
        self.page.locator(".search-input").fill(query)
        self.page.locator("[role=listbox][aria-busy=false]").wait_for(state="attached")
        return self

    def titles(self) -> list[str]:
        """Return the pages that are listed, with their numbers."""
        return [text.strip() for text in self.page.locator(".search-title").all_inner_texts()]

    def marks(self) -> list[str]:
        """Return what is marked in the excerpts."""
        return self.page.locator(".search-excerpt mark").all_inner_texts()

    def text(self) -> str:
        return " ".join(self.page.locator(".search-list").inner_text().split())

    def symbols(self) -> list[str]:
        return self.page.locator(".search-symbol code").all_inner_texts()

    def status(self) -> str:
        return self.page.locator(".search-status").inner_text()

    def option(self, text: str) -> Locator:
        return self.page.locator(".search-option", has_text=text).first


@pytest.fixture
def english(reader, unexecuted_site: Callable[[str], str]) -> Searcher:
    return Searcher(reader.page).open(f"{unexecuted_site('english')}/training.html")


def test_nothing_is_loaded_before_the_search_is_opened(
    reader, unexecuted_site: Callable[[str], str]
) -> None:
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    reader.open(f"{unexecuted_site('english')}/training.html")
    before = [path for path in asked if "search" in path or "pagefind" in path]
    assert before == ["/_static/search.js"]
    reader.page.locator("[data-search-open]").click()
    Searcher(reader.page).ask("layer")
    assert "/pagefind/wasm.en.pagefind" in asked


def test_words_are_found_by_their_stems(english: Searcher) -> None:
    expected = {
        # Words of one stem.
        "optimizing": "1 Training Models",
        "university": "1 Training Models",
        "generalization": "1 Training Models",
        "stacked": "2 Layers",
        "cafe": "1 Training Models",
        "state of the art": "2 Layers",
        "bold tall": "2 Layers",
        '"slide over"': "2 Layers",
    }
    assert {query: english.ask(query).titles() for query in expected} == {
        query: [title] for query, title in expected.items()
    }


def test_what_no_page_has_is_not_found(english: Searcher) -> None:
    for query in ("xylophone", '"over slide"', "torch.foobar"):
        assert english.ask(query).titles() == []
        assert english.status() == f"Nothing found for “{query}” in Alpha."


def test_names_of_the_code_are_found_whole_and_in_parts(english: Searcher) -> None:
    expected = {
        "lib.Trainer": "lib.Trainer",
        "Trainer": "Trainer",
        "add_to_class": "add_to_class",
        "to_class": "to_class",
        "torch.arange": "torch.arange",
        "arange": "arange",
        "torch.arange(12)": "torch.arange",
        "nn.Linear": "nn.Linear",
        "alphalib.nn": "alphalib.nn",
        "Linear": "Linear",
        "__init__": "init",
        "max_epochs": "max_epochs",
        "self.max_ep": "self.max_epochs",
    }
    for query, marked in expected.items():
        assert "1 Training Models" in english.ask(query).titles(), query
        assert marked in english.marks(), query


def test_a_symbol_comes_before_the_pages_that_use_it(english: Searcher) -> None:
    assert english.ask("lib.Trainer").symbols() == ["Trainer"]
    assert english.ask("Trainer").symbols() == ["Trainer", "Trainer.fit"]
    assert english.ask("fit").symbols() == ["Trainer.fit"]
    english.option("Trainer.fit").click()
    english.page.wait_for_url("**/api.html#api-alpha-Trainer.fit")


def test_symbols_are_sections_of_the_page_that_documents_them(english: Searcher) -> None:
    english.ask("Trainer")
    library = english.page.get_by_role("group", name="The Library")
    assert library.locator(".search-heading").all_inner_texts() == ["Trainer", "Trainer.fit"]


def test_readers_find_what_their_framework_shows(english: Searcher) -> None:
    assert english.ask("tape").titles() == ["1 Training Models"]
    # In the panels of Beta, and on its own page.
    for query, more in [
        ("transforms functions instead", "1 more result for Beta"),
        ("transforms functions", "2 more results for Beta"),
        ("vmap", "1 more result for Beta"),
    ]:
        assert english.ask(query).titles() == []
        assert english.page.get_by_role("button", name=more).is_visible()
    assert english.ask("Schedule").symbols() == []
    english.page.get_by_role("button", name=re.compile("more results? for Beta")).click()
    english.page.locator(".search-symbol").first.wait_for()
    assert english.symbols() == ["Schedule"]
    assert english.page.get_by_role("button", name="Back to Alpha").is_visible()


def test_another_frameworks_result_opens_in_that_framework(english: Searcher) -> None:
    english.ask("vmap")
    english.page.get_by_role("button", name="1 more result for Beta").click()
    english.option("Vectorized Maps").click()
    english.page.wait_for_url("**/only-beta.html?framework=beta")
    assert english.page.locator("html").get_attribute("data-framework") == "beta"


def test_a_switched_framework_searches_anew(english: Searcher) -> None:
    english.ask("tape")
    english.page.keyboard.press("Escape")
    english.page.locator("#framework").select_option("beta")
    english.page.keyboard.press("Control+k")
    english.ask("tape")
    assert english.titles() == []
    assert english.ask("vmap").titles() == ["3 Vectorized Maps"]


def test_results_are_grouped_by_page_and_lead_to_sections(english: Searcher) -> None:
    english.ask("Trainer")
    group = english.page.get_by_role("group", name="1 Training Models")
    assert group.locator(".search-heading").all_inner_texts() == ["1.1 The Trainer"]
    group.get_by_role("option", name="1.1 The Trainer").click()
    english.page.wait_for_url("**/training.html#the-trainer")
    assert not english.page.locator(".search-dialog[open]").count()


def test_excerpts_show_formulas_in_plain_text(english: Searcher) -> None:
    english.ask("parameters rate")
    assert "the parameters θ_(t+1) by gradients; the rate α stays fixed" in english.text()
    assert not re.search(r"[\\$`{}]|frac", english.text())


def test_pages_with_some_of_the_words_stand_in_for_all(english: Searcher) -> None:
    english.ask("kernels never yodel over images")
    assert english.titles()[0] == "2 Layers"
    assert english.status().startswith("No page has all of these words.")


def test_a_short_word_marks_no_longer_ones(english: Searcher) -> None:
    english.ask("do we optimize it")
    assert {mark.lower() for mark in english.marks()} <= {"we", "optimize", "its"}


def test_the_keyboard_is_enough(english: Searcher) -> None:
    page = english.page
    english.ask("layer")
    box = page.get_by_role("combobox", name="Search the book")
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    active = box.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    assert page.locator("[role=option][aria-selected=true]").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/layers.html")
    page.keyboard.press("Control+k")
    page.locator(".search-dialog[open]").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator(".search-dialog[open]").count()


def test_a_slash_in_a_field_is_a_slash(reader, unexecuted_site: Callable[[str], str]) -> None:
    reader.open(f"{unexecuted_site('english')}/search.html")
    reader.page.locator(".search-input").press_sequentially("a/b")
    assert reader.page.locator(".search-input").input_value() == "a/b"
    assert not reader.page.locator(".search-dialog[open]").count()


def test_the_page_of_the_search_reads_the_address(
    reader, unexecuted_site: Callable[[str], str]
) -> None:
    reader.open(f"{unexecuted_site('english')}/search.html?q=kernels")
    searcher = Searcher(reader.page)
    searcher.page.locator(".search-title").first.wait_for()
    assert searcher.titles() == ["2 Layers"]
    searcher.ask("tape")
    assert reader.page.url.endswith("/search.html?q=tape")


def test_without_scripts_the_page_of_the_search_says_what_is_missing(
    browser, unexecuted_site: Callable[[str], str]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{unexecuted_site('english')}/search.html?q=layer")
    assert page.locator("noscript p", has_text="Searching needs JavaScript").is_visible()
    context.close()


def test_a_folder_of_files_says_that_it_needs_a_server(browser, built_book) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto((built_book / "_build/html/guide/numbers.html").as_uri())
    page.locator("[data-search-open]").click()
    page.wait_for_url("**/search.html")
    assert page.get_by_text("python -m http.server").is_visible()
    context.close()


def test_a_phone_gives_the_search_its_screen(phone, unexecuted_site: Callable[[str], str]) -> None:
    phone.open(f"{unexecuted_site('english')}/training.html")
    phone.page.locator("[data-search-open]").click()
    Searcher(phone.page).ask("Trainer")
    box = phone.page.locator(".search-dialog").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 800)
    assert phone.width() <= 390
    assert phone.page.get_by_role("button", name="Close").is_visible()


TEXTS = [
    "Use d2l.Trainer, add_to_class(Trainer) and __init__(self); state-of-the-art don’t x=1.",
    "我们使用PyTorch训练神经网络，效果很好。第２章",
    "ガベージコレクションは、Pythonのメモリ管理。ﾊﾞｽ ヴァイオリン か\u3099",
    "신경망을 학습하는 방법 \u1112\u1161\u11ab",
    'การเรียนรู้เชิงลึก हिन्दी में résumé e\u0301 `code` C++ f(x)[0][\'key\'] """Return"""',
    "a, b... (c) — d/e/f 3.14 #@save 👋 𠮷野家",
]


def test_the_browser_cuts_text_as_the_index_does(
    reader, unexecuted_site: Callable[[str], str]
) -> None:
    reader.open(unexecuted_site("english"))
    cut = reader.page.evaluate(
        "async (texts) => {"
        " const { tokenise } = await import('/_static/search-tokens.js');"
        " return texts.map((text) => tokenise(text).join(' ')); }",
        TEXTS,
    )
    assert json.dumps(cut) == json.dumps([tokenise(text) for text in TEXTS])


# Query: the page that has it, and what is marked there.
SENTENCES = {
    "chinese": {
        "神经网络": ("1 神经网络", "神经网络"),
        "梯度下降": ("1 神经网络", "梯度下降"),
        "经网": ("1 神经网络", "经网"),
        "我们使用随机梯度下降来训练神经网络": ("1 神经网络", "我们使用随机梯度下降来训练神经网络"),
        "Trainer类": ("1 神经网络", "Trainer类"),
        "在Alpha中": ("1 神经网络", "在Alpha中"),
        "d2l.Trainer": ("1 神经网络", "d2l.Trainer"),
        "权重衰减 验证": ("1 神经网络", "权重衰减"),
        # Words of a sentence that stands nowhere as it is.
        "神经网络的训练": ("1 神经网络", "训练神经网络"),
        "人工": ("2 循环网络与记忆", "人工"),
        "工人": ("2 循环网络与记忆", "工人"),
    },
    "japanese": {
        "ニューラルネットワーク": ("1 ニューラルネットワーク", "ニューラルネットワーク"),
        "ネットワーク": ("1 ニューラルネットワーク", "ネットワーク"),
        "確率的勾配降下法": ("1 ニューラルネットワーク", "確率的勾配降下法"),
        "学習率が大きすぎる": ("1 ニューラルネットワーク", "学習率が大きすぎる"),
        "d2l.Trainerを呼び出す": ("1 ニューラルネットワーク", "d2l.Trainerを呼び出す"),
        # Pagefind and browsers cut these apart in different ways.
        "ガベージコレクション": ("2 メモリの管理", "ガベージコレクション"),
        "リポジトリ": ("2 メモリの管理", "リポジトリ"),
        "新幹線": ("2 メモリの管理", "新幹線"),
        "京都": ("2 メモリの管理", "京都"),
        "ﾊﾞｽ": ("2 メモリの管理", "バス"),
    },
    "korean": {
        "신경망을 학습": ("1 신경망", "신경망을"),
        "하강법": ("1 신경망", "하강법"),
        "훈련이 시작": ("1 신경망", "훈련이"),
        "Trainer를": ("1 신경망", "Trainer를"),
        "번역": ("2 순환 신경망과 기억", "번역"),
        # Words that others write apart, and half of a syllable that is still being typed.
        "장단기 기억": ("2 순환 신경망과 기억", "장단기기억"),
        "기계버": ("2 순환 신경망과 기억", "기계번"),
    },
}
NOWHERE = {"chinese": ["火箭", "络网"], "japanese": ["ガス"], "korean": ["우주선"]}


@pytest.mark.parametrize("book", SENTENCES)
def test_any_part_of_a_sentence_is_found(
    reader, unexecuted_site: Callable[[str], str], book: str
) -> None:
    searcher = Searcher(reader.page).open(f"{unexecuted_site(book)}/networks.html")
    for query, (title, marked) in SENTENCES[book].items():
        assert searcher.ask(query).titles() == [title], query
        assert marked in searcher.marks(), query
    for query in NOWHERE[book]:
        assert searcher.ask(query).titles() == [], query


def test_the_interface_speaks_the_language_of_the_book(
    reader, unexecuted_site: Callable[[str], str]
) -> None:
    searcher = Searcher(reader.page).open(f"{unexecuted_site('chinese')}/networks.html")
    assert searcher.ask("运行器").status() == "在 Alpha 中没有找到“运行器”。"
    assert searcher.page.get_by_role("button", name="Beta 还有 1 条结果").is_visible()
