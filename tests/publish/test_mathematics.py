"""Formulas are typeset in the build: what readers get, and what a later build need not do again."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from markdown_it.utils import read_fixture_file
from playwright.sync_api import Browser, Route
from resources import Polybook, serve

from polybook.publish import typesetter, typesetting
from polybook.publish.formula import Formula, page_requests
from polybook.publish.formula_style import characters, rules_for, style_sheet
from polybook.publish.typesetter import Batch, Typeset, Typesetter, TypesetterError, distribution
from polybook.publish.typesetting import Typesetting

FIXTURES = Path(__file__).parent / "fixtures/formulas.md"
SETTINGS = {
    "tex": {"macros": {"RR": r"\mathbb{R}", "norm": [r"\|#1\|", 1]}},
    "chtml": {"fontURL": "fonts"},
    "load": [],
}


@pytest.fixture(scope="module")
def mathjax() -> Iterator[Typesetter]:
    with Typesetter(SETTINGS) as running:
        yield running


def seen(result: Typeset) -> str:
    """Return a formula's MathML, or what is wrong with it."""
    found = re.search("<math.*</math>", result.markup)
    return result.problem or (found[0] if found else "")


@pytest.mark.parametrize(
    ("page", "expected"),
    [pytest.param(page, shown, id=title) for _, title, page, shown in read_fixture_file(FIXTURES)],
)
def test_formulas_of_a_page(mathjax: Typesetter, page: str, expected: str) -> None:
    formulas = [(line.strip("$"), line.startswith("$$")) for line in page.splitlines()]
    results = mathjax.typeset(page_requests(formulas, numbered=False))
    assert [seen(result) for result in results] == expected.splitlines()


def test_mathjax_counts_equations_where_the_book_wants_it() -> None:
    pages = [[(r"\begin{equation}a\end{equation}", True)] * 2]
    with Typesetter({**SETTINGS, "tex": {"tags": "ams"}}) as mathjax:
        first, second = mathjax.typeset(page_requests(pages[0], numbered=True))
    assert "<mtext>(1)</mtext>" in first.markup
    assert "<mtext>(2)</mtext>" in second.markup


def test_a_package_that_mathjax_lacks_stops_it() -> None:
    with pytest.raises(TypesetterError, match=r"MathJax has no /input/tex/extensions/nothing\.js$"):
        Typesetter({**SETTINGS, "load": ["[tex]/nothing"]})


def test_a_process_that_is_killed_is_reported() -> None:
    with Typesetter(SETTINGS) as mathjax:
        mathjax._process.kill()
        with pytest.raises(TypesetterError, match=f"ended with {-signal.SIGKILL}"):
            mathjax.typeset(page_requests([("x", False)], numbered=False))


def test_pages_do_not_share_definitions_in_any_order(mathjax: Typesetter) -> None:
    one = page_requests([(r"\def\q{1}", False), (r"\q", False)], numbered=False)
    two = page_requests([(r"\def\q{2}", False), (r"\q", False)], numbered=False)
    plain = page_requests([(r"\q", False)], numbered=False)
    results = mathjax.typeset([one[1], plain[0], two[1], one[1]])
    assert [seen(result) for result in results] == [
        "<math><mn>1</mn></math>",
        r"Undefined control sequence \q",
        "<math><mn>2</mn></math>",
        "<math><mn>1</mn></math>",
    ]


def test_two_processes_give_what_one_gives(
    mathjax: Typesetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = [page_requests([(f"x_{i}", False), (f"y^{i}", True)], False) for i in range(3)]
    monkeypatch.setattr(typesetter, "MANY", 2)
    monkeypatch.setattr(typesetter, "_cores", lambda: 2)
    style, found = Batch(SETTINGS, groups).result()
    assert style == mathjax.style
    every = [request for group in groups for request in group]
    assert [found[each] for each in every] == mathjax.typeset(every)


def test_the_style_sheet_has_the_characters_of_the_book_and_no_others(mathjax: Typesetter) -> None:
    requests = page_requests([(r"x \{", False)], numbered=False)
    used = characters(result.markup for result in mathjax.typeset(requests))
    sheet = style_sheet(mathjax.style, used, distribution() / "output/chtml/fonts/woff-v2", 1, True)
    assert "mjx-c.mjx-c1D465.TEX-I::before{" in sheet  # x
    assert 'content:"{"' in sheet
    assert "mjx-c1D466" not in sheet  # y
    assert 'mjx-container [size="s"]{font-size:70.7%}' in sheet
    assert 'url("fonts/MathJax_Main-Regular.woff")' in sheet
    assert sheet.count("font-display:swap") == sheet.count("@font-face")
    assert rules_for(mathjax.style, used) in sheet


BOOK: dict[str, list[Formula]] = {"one": [("x", False), ("y", True)], "two": [("x", False)]}


def test_the_second_build_starts_no_mathjax(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "formulas.json"
    first = Typesetting(SETTINGS, BOOK, file)
    monkeypatch.setattr(typesetting, "Batch", lambda *_: pytest.fail("MathJax is started"))
    second = Typesetting(SETTINGS, BOOK, file)
    assert second.look_up(("y", True), "one", 1) == first.look_up(("y", True), "one", 1)
    assert second.style == first.style
    assert second.used == first.used


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"mjx-c", b"mjx-d", 1),
        lambda content: b"",
        lambda content: b"\xff\n{}",
    ],
)
def test_a_damaged_store_is_made_anew(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "formulas.json"
    Typesetting(SETTINGS, BOOK, file)
    sound = file.read_bytes()
    file.write_bytes(damage(sound))
    Typesetting(SETTINGS, BOOK, file)
    assert file.read_bytes() == sound


def test_other_settings_make_formulas_anew(tmp_path: Path) -> None:
    file = tmp_path / "formulas.json"
    pages = {"one": [(r"\RR", False)]}
    for letter in "RS":
        settings = {**SETTINGS, "tex": {"macros": {"RR": letter}}}
        result = Typesetting(settings, pages, file).look_up((r"\RR", False), "one", 0)
        assert seen(result) == f"<math><mi>{letter}</mi></math>"


def test_formulas_that_left_the_book_leave_the_store(tmp_path: Path) -> None:
    file, fresh = tmp_path / "formulas.json", tmp_path / "fresh.json"
    Typesetting(SETTINGS, BOOK, file)
    Typesetting(SETTINGS, {"two": BOOK["two"]}, file)
    Typesetting(SETTINGS, {"two": BOOK["two"]}, fresh)
    assert file.read_bytes() == fresh.read_bytes()


def test_a_formula_that_was_not_collected_brings_its_style(tmp_path: Path) -> None:
    late = Typesetting(SETTINGS, BOOK, tmp_path / "formulas.json")
    result = late.look_up(("z", False), "elsewhere", None)
    late.close()
    assert "<math><mi>z</mi></math>" in result.markup
    assert "<style>mjx-c.mjx-c1D467.TEX-I::before{" in result.markup


PAGE = r"""# On $\sigma$-algebras
:label:`sec_sigma`

$\newcommand{\measure}{\mu}$ A paragraph that goes on
to its second line with $\frac{1$ and $\unknown + 1$.

$$\measure(A) = \sum_i 1$$
:eqlabel:`eq_measure`

The mean is $0.1 (1 + 2 + 3 + 4) + 0.2 \cdot 5 + 0.4 \cdot 6 + 0.5 \cdot 7 + 0.6 \cdot 8 = 12.7$,
more than $2 + 2 = 4$.

$$
\begin{aligned}
a &= b \\
c &= d
\end{aligned}
$$

$$a = b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v + w$$
"""

OTHER = r"""# Other

See :numref:`sec_sigma` and :eqref:`eq_measure`; here $\measure$ is not defined.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, polybook: Polybook) -> tuple[Path, str]:
    """Return the website of a small book with formulas, and what its build said."""
    folder = tmp_path_factory.mktemp("formulas")
    (folder / "_config.yml").write_text(
        "title: Formulas\npolybook:\n  frameworks:\n    alpha: {}\n", encoding="utf-8"
    )
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: index\noptions: {numbered: true}\n"
        "chapters: [{file: page}, {file: other}]\n",
        encoding="utf-8",
    )
    (folder / "index.md").write_text("# Formulas\n\nText.\n", encoding="utf-8")
    (folder / "page.md").write_text(PAGE, encoding="utf-8")
    (folder / "other.md").write_text(OTHER, encoding="utf-8")
    done = polybook("build", "html", "--book", folder)
    assert done.returncode == 0, done.stderr
    return folder / "_build/html", done.stderr


def opened(site: Path, name: str) -> Tag:
    return BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def test_tex_that_cannot_be_read_is_told_with_its_line(site: tuple[Path, str]) -> None:
    folder, said = site
    told = re.findall(r"(\w+\.md:\d+): \w+: (.*)", said)
    assert sorted(told, reverse=True) == [
        ("page.md:5", r"Undefined control sequence \unknown: \unknown + 1 [unreadable-formula]"),
        ("page.md:5", r"Missing close brace: \frac{1 [unreadable-formula]"),
        ("other.md:3", r"Undefined control sequence \measure: \measure [unreadable-formula]"),
    ]
    [error] = opened(folder, "page").select(".math-error")
    assert error.text == r"\frac{1"
    assert error["title"] == "Missing close brace"


def test_an_equation_keeps_its_number_and_its_anchor(site: tuple[Path, str]) -> None:
    folder, _ = site
    equation = opened(folder, "page").select_one("#equation-eq-measure")
    assert equation.select_one(".eqno").text.startswith("(1.1)")
    assert equation.select_one("mjx-container math")
    assert not equation.select_one("mjx-container").select(".eqno")
    link = opened(folder, "other").find("a", string="(1.1)")
    assert link["href"] == "page.html#equation-eq-measure"


def test_formulas_in_titles_are_typeset_wherever_titles_stand(site: tuple[Path, str]) -> None:
    folder, _ = site
    for name in ("index", "page", "other"):
        page = opened(folder, name)
        assert r"\(" not in page.text
        assert page.select("nav mjx-container")
        assert page.select('link[href*="_static/mathematics.css"]')
    assert "σ" in opened(folder, "page").title.text


def test_no_page_asks_for_mathjax(site: tuple[Path, str]) -> None:
    folder, _ = site
    assert not list(folder.rglob("*mathjax*.js")) + list(folder.rglob("tex-*.js"))
    for name in ("index", "page", "other"):
        sources = [script.get("src", "") for script in opened(folder, name).select("script")]
        assert not [source for source in sources if "mathjax" in source.lower()]
    preloaded = opened(folder, "page").select('link[as="font"][href*="mathematics"]')
    assert [link["href"] for link in preloaded] == [
        "_static/mathematics/MathJax_Main-Regular.woff",
        "_static/mathematics/MathJax_Math-Italic.woff",
    ]
    assert all((folder / link["href"]).is_file() for link in preloaded)


def test_a_book_with_its_own_mathjax_keeps_it(
    write_book: Callable[..., Path], polybook: Polybook
) -> None:
    config = (
        "title: Own\npolybook:\n  frameworks:\n    alpha: {}\n"
        "sphinx:\n  config:\n    mathjax_path: own/mathjax.js\n"
    )
    book = write_book({"index.md": "# Own\n\n$x$\n"}, config=config)
    done = polybook("build", "html", "--book", book)
    assert (done.returncode, done.stderr) == (0, "")
    page = opened(book / "_build/html", "index")
    assert page.select_one("span.math").text == r"\(x\)"
    assert page.select('script[src*="own/mathjax.js"]')


@pytest.fixture(scope="module")
def address(site: tuple[Path, str]) -> Iterator[str]:
    with serve(site[0]) as address:
        yield address


@pytest.mark.browser
def test_formulas_are_seen_with_scripts_off(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/page.html")
        for formula in page.locator("article mjx-math:not(:empty)").all():
            assert formula.is_visible()


@pytest.mark.browser
def test_nothing_moves_when_the_fonts_come(browser: Browser, address: str) -> None:
    held: list[Route] = []
    free: list[bool] = []
    boxes = "every => every.map(each => JSON.stringify(each.getBoundingClientRect()))"
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/*.woff", lambda route: route.continue_() if free else held.append(route))
        page.goto(f"{address}/page.html", wait_until="domcontentloaded")
        page.wait_for_function("document.fonts.status == 'loading'")
        before = page.eval_on_selector_all("article *", boxes)
        assert held
        free.append(True)
        for route in held:
            route.continue_()
        page.evaluate("document.fonts.ready.then(() => null)")
        assert page.evaluate("document.fonts.check('16px MJXTEX-I')")
        assert page.eval_on_selector_all("article *", boxes) == before


@pytest.mark.browser
def test_assistive_technology_gets_mathml_alone(reader, address: str) -> None:
    reader.open(f"{address}/page.html")
    formulas = reader.page.locator("article").get_by_role("math")
    assert formulas.count() == reader.page.locator("article mjx-container").count()
    assert (formulas.last.text_content() or "").startswith("a=b+c")
    assert not reader.page.locator("mjx-math:not([aria-hidden=true])").count()


@pytest.mark.browser
def test_a_wide_formula_scrolls_by_itself_on_a_phone(phone, address: str) -> None:
    phone.open(f"{address}/page.html")
    wide = phone.page.locator("article mjx-container").last
    assert wide.evaluate("it => it.scrollWidth > it.clientWidth")
    wide.evaluate("it => it.scrollTo(50, 0)")
    assert wide.evaluate("it => it.scrollLeft") == 50
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_a_long_formula_in_a_line_breaks_after_its_signs(phone, address: str) -> None:
    phone.page.set_viewport_size({"width": 320, "height": 800})
    phone.open(f"{address}/page.html")
    paragraph = phone.page.locator("p", has_text="The mean is")
    lines = "it => new Set([...it.children].map(part => part.getBoundingClientRect().bottom)).size"
    long, short = paragraph.locator("mjx-math").all()
    assert phone.width() <= 320
    assert long.evaluate(lines) > 1
    assert short.evaluate("it => it.getClientRects().length") == 1
    # A line ends with a sign and its formula's punctuation does not begin one.
    ends = long.evaluate(
        """it => [...it.children].filter((part, i, all) => all[i + 1]
          && all[i + 1].getBoundingClientRect().left < part.getBoundingClientRect().left)
          .map(part => part.tagName)"""
    )
    assert set(ends) <= {"MJX-MO", "WBR"}
    assert paragraph.locator(".unbroken").first.evaluate(
        """it => { const range = document.createRange(); range.selectNode(it.lastChild);
          const comma = range.getBoundingClientRect();
          const last = it.querySelector("mjx-math").lastChild.getBoundingClientRect();
          return comma.left >= last.right && comma.top < last.bottom }"""
    )
