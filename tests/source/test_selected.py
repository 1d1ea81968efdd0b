"""What a framework's branches do is what the cell itself would do with that framework selected."""

from __future__ import annotations

import gc
import time
from random import Random
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from polybook.source import parse
from polybook.source.selected import names_in, resolve

FRAMEWORKS = ("alpha", "beta")

SIMPLE = [
    *("log(1)", "log('é')", "log(2); log(3)", "log('''4\n  5\n''')", "log((6,\n 7))", "pass"),
    *("# A comment\nlog(8)  # Another", "log(9 if tab.selected('beta') else 10)"),
    *("log(11)\n", "\n\nlog(12)", "log(f'''{13}\n   ''')", "log(1 \\\n  + 13)"),
]
CONDITIONS = [
    *("tab.selected('alpha')", "tab.selected(\"beta\", 'gamma')", "tab.selected()"),
    *("tab.selected(['beta', 'alpha'])", "yes", "no", "1 < 2 < 3"),
]


def condition(draw: Random, depth: int = 2) -> str:
    forms = ["not {}", "({})", "{} and {}", "({} or\n    {})"]
    if depth == 0 or draw.random() < 0.6:
        return draw.choice(CONDITIONS)
    return draw.choice(forms).format(condition(draw, depth - 1), condition(draw, depth - 1))


def block(draw: Random, depth: int, by: str = "") -> str:
    """Return some statements, indented by ``by``."""
    return "\n".join(statement(draw, depth, by) for _ in range(draw.randint(1, 3)))


def statement(draw: Random, depth: int, by: str) -> str:
    kind = draw.randint(0, 5) if depth else 0
    if kind in (0, 1):
        # What stands in a string or goes on is not indented.
        written = draw.choice(SIMPLE)
        return written if written[0] == "\n" and not by else indented(written, by)
    inner = by + draw.choice(["  ", "    ", "\t"])
    if kind == 2:
        return f"{by}for i in range(2):\n{block(draw, depth - 1, inner)}"
    if kind == 3:
        return f"{by}def f():\n{block(draw, depth - 1, inner)}\n{by}f()"
    if kind == 4:
        return f"{by}if ({condition(draw)}): log(14); log(15)"
    lines = []
    for number in range(draw.randint(1, 3)):
        body = block(draw, depth - 1, inner)
        lines.append(f"{by}{'elif' if number else 'if'} ({condition(draw)}):\n{body}")
    if draw.random() < 0.5:
        lines.append(f"{by}# Otherwise\n{by}else:\n{block(draw, depth - 1, inner)}")
    return "\n".join(lines)


def indented(written: str, by: str) -> str:
    if written.startswith(("#", "\n")):
        return "\n".join(by + line for line in written.split("\n"))
    return by + written


programs = st.integers(0, 10**9).map(lambda seed: block(Random(seed), 3))


def trace(code: str, framework: str) -> list[object]:
    said: list[object] = []
    tab = SimpleNamespace(selected=lambda *names: framework in str(names))
    exec(compile(code, "cell", "exec"), {"tab": tab, "log": said.append, "yes": 1, "no": 0})
    return said


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(programs)
def test_each_framework_does_what_the_whole_cell_would_do(code: str) -> None:
    for framework in FRAMEWORKS:
        resolved, lines = resolve(code, framework)
        assert "tab.selected" not in resolved
        assert trace(resolved, framework) == trace(code, framework)
        written = code.split("\n")
        assert list(lines) == sorted(set(lines))
        for line, number in zip(resolved.split("\n"), lines, strict=True):
            # Conditions are written anew, and so are blocks that would be empty.
            anew = "if (" in line or "True" in line or "False" in line or line.strip() == "else:"
            assert anew or line.strip() == "pass" or line.strip() in written[number]


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(programs, st.data())
def test_any_damage_to_a_cell_raises_nothing(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code)))
    code = code[:at] + data.draw(st.text(max_size=4) | st.just("\n%magic\n")) + code[at + 1 :]
    text = "```{.python .input}\n#@tab all\n" + code.replace("\r", "") + "\n```\n"
    for cell in parse(text, frameworks=FRAMEWORKS).cells:
        for framework in FRAMEWORKS:
            cell.source(framework)


def test_long_cells_take_time_in_proportion_to_their_length() -> None:
    hard = [
        "```\n{.python .input}\n" * 200,
        "```\n{.python .input " + ".input " * 5000 + "\n",
        "#@tab" + " " * 20000 + "!\n",
        "#hide_" * 5000,
        "x = '''\n" * 2000,
        "if tab.selected('alpha'):\n    x\n\n" * 500,
        "é; tab.selected('alpha');" * 1000,
        "if a:\n  x\n" + "elif tab.selected('alpha'):\n  x\n" * 400,
    ]
    for piece in hard:
        short, long = (min(_seconds(piece * times) for _ in range(3)) for times in (1, 4))
        assert long < 12 * short + 0.5, piece[:20]


def _seconds(code: str) -> float:
    """Return how long a cell takes, without what freeing the memory of earlier tests takes."""
    gc.disable()
    try:
        start = time.process_time()
        for cell in parse(
            f"```{{.python .input}}\n#@tab all\n{code}\n```\n", frameworks=FRAMEWORKS
        ).cells:
            cell.source("beta")
        return time.process_time() - start
    finally:
        gc.enable()


def test_names_stand_at_their_places() -> None:
    found = [(one.name, one.line, one.column) for one in names_in("x\ntab.selected(['a'],\n'b')")]
    assert found == [("a", 1, 14), ("b", 2, 0)]
