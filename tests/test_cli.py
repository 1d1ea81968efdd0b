"""The commands on a book that is not ours, as a person types them."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from clusters import Cluster
from resources import Polybook, stored_notebooks

from polybook.cli.system_error import refused_by_system

COMMANDS = [
    "build html",
    "execute",
    "library",
    "notebooks",
    "check",
    "inspect",
    "env",
    "store ls",
    "store verify",
    "store gc",
]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_the_command_does(polybook: Polybook, command: str) -> None:
    done = polybook(*command.split(), "--help")
    assert done.returncode == 0
    assert "--book" in done.stdout
    assert len(done.stdout.split("Options")[0].split()) > 8


def test_inspect_gives_the_parsed_book(polybook: Polybook, tiny_book: Path) -> None:
    done = polybook("inspect", "--format", "json", "--book", tiny_book)
    assert done.returncode == 0, done.stderr
    book = json.loads(done.stdout)
    assert book["frameworks"] == ["alpha", "beta"]
    assert [page["path"] for page in book["pages"]] == [
        "index.md",
        "guide/index.md",
        "guide/numbers.md",
        "guide/shapes.md",
        "guide/myst.md",
        "works.md",
    ]
    numbers = book["pages"][2]
    assert numbers["title"] == "Numbers"
    assert numbers["frameworks"] == ["alpha", "beta"]
    assert numbers["cells"][:2] == [
        {"line": 9, "frameworks": ["alpha", "beta"], "saved": True},
        {"line": 16, "frameworks": ["alpha"], "saved": True},
    ]
    assert numbers["tab_blocks"] == [
        {"line": 35, "frameworks": ["alpha"]},
        {"line": 39, "frameworks": ["beta"]},
    ]
    assert numbers["labels"] == [
        {"name": "sec_numbers", "kind": "section", "line": 2},
        {"name": "eq_double", "kind": "equation", "line": 7},
    ]
    assert {"role": "cite", "target": "Euclid.1956", "line": 4} in numbers["references"]
    assert {
        "framework": "beta",
        "name": "double",
        "kind": "function",
        "page": "guide/numbers.md",
        "line": 25,
        "uses": [],
    } in book["saved"]


def test_inspect_text_is_an_outline(polybook: Polybook, tiny_book: Path) -> None:
    done = polybook("inspect", cwd=tiny_book)
    assert "1.1 Numbers  [guide/numbers.md; 6 cells; alpha, beta]" in done.stdout
    assert "Works  [works.md; 0 cells; text only]" in done.stdout


def test_the_book_may_be_named_before_the_command(polybook: Polybook, tiny_book: Path) -> None:
    assert polybook("--book", tiny_book, "check").returncode == 0


def test_check_finds_nothing_in_a_good_book(polybook: Polybook, tiny_book: Path) -> None:
    done = polybook("check", "--book", tiny_book)
    assert (done.returncode, done.stdout) == (0, "0 errors, 0 warnings\n")


def test_check_reports_in_three_formats(polybook: Polybook, tiny_book: Path) -> None:
    edit(tiny_book / "guide/index.md", ":numref:`sec_shapes`", ":numref:`sec_shape`")
    text = polybook("check", "--book", tiny_book)
    assert text.returncode == 1
    assert (
        "guide/index.md:4:41: error: no label is called 'sec_shape' [undefined-label]"
        in text.stdout
    )
    assert "did you mean 'sec_shapes'?" in text.stdout
    (finding,) = json.loads(polybook("check", "--format", "json", "--book", tiny_book).stdout)
    assert finding == {
        "path": "guide/index.md",
        "line": 4,
        "column": 41,
        "severity": "error",
        "code": "undefined-label",
        "message": "no label is called 'sec_shape'",
        "suggestion": "did you mean 'sec_shapes'?",
    }
    github = polybook("check", "--format", "github", "--book", tiny_book)
    assert github.returncode == 1
    assert github.stdout == (
        "::error file=guide/index.md,line=4,col=41,title=undefined-label::"
        "no label is called 'sec_shape'%0Adid you mean 'sec_shapes'?\n"
    )


def test_check_reports_what_keeps_a_book_from_loading(polybook: Polybook, tiny_book: Path) -> None:
    (tiny_book / "guide/shapes.md").unlink()
    done = polybook("check", "--format", "json", "--book", tiny_book)
    assert done.returncode == 1
    (finding,) = json.loads(done.stdout)
    assert (finding["path"], finding["line"], finding["code"]) == (
        "_toc.yml",
        10,
        "missing-chapter",
    )


def test_library_is_written_and_checked(polybook: Polybook, tiny_book: Path) -> None:
    first = polybook("library", "--check", "--book", tiny_book)
    assert first.returncode == 1
    assert "outdated-library" in first.stderr
    assert not (tiny_book / "tinylib/alpha.py").exists()

    assert polybook("library", "--book", tiny_book).returncode == 0
    assert polybook("library", "--check", "--book", tiny_book).returncode == 0
    alpha = (tiny_book / "tinylib/alpha.py").read_text(encoding="utf-8")
    assert "return x + x" in alpha
    assert "return 2 * x" not in alpha
    assert "return self.side ** 2" in alpha
    assert "NotImplementedError" not in alpha

    edit(tiny_book / "guide/numbers.md", "return x + x", "return x + x + 0")
    stale = polybook("library", "--check", "--book", tiny_book)
    assert stale.returncode == 1
    assert "+    return x + x + 0" in stale.stdout
    assert (tiny_book / "tinylib/alpha.py").read_text(encoding="utf-8") == alpha


def plan(polybook: Polybook, book: Path) -> dict[tuple[str, str], tuple[str, str]]:
    done = polybook("execute", "--plan", "--format", "json", "--book", book)
    assert done.returncode == 0, done.stderr
    return {
        (one["page"], one["framework"]): (one["state"], one["reason"])
        for one in json.loads(done.stdout)
    }


def stale(polybook: Polybook, book: Path) -> list[tuple[str, str]]:
    return [where for where, (state, _) in plan(polybook, book).items() if state != "fresh"]


def test_only_what_changed_runs_again(polybook: Polybook, tiny_book: Path) -> None:
    assert plan(polybook, tiny_book) == {
        ("guide/numbers.md", "alpha"): ("stale", "never executed"),
        ("guide/numbers.md", "beta"): ("stale", "never executed"),
        ("guide/shapes.md", "alpha"): ("stale", "never executed"),
        ("guide/shapes.md", "beta"): ("stale", "never executed"),
    }
    first = polybook("execute", "--book", tiny_book)
    assert first.returncode == 0, first.stderr
    assert "executed 4, fresh 0, failed 0" in first.stdout
    second = polybook("execute", "--book", tiny_book)
    assert "executed 0, fresh 4, failed 0" in second.stdout

    # Prose, comments and formatting change nothing.
    edit(tiny_book / "guide/numbers.md", "Counting is old", "Counting is very old")
    edit(
        tiny_book / "guide/numbers.md",
        "    return x + x",
        "    return (x +\n            x)  # twice",
    )
    assert stale(polybook, tiny_book) == []

    # A cell of one framework makes that notebook stale, and no other.
    edit(tiny_book / "guide/numbers.md", "print('beta says'", "print('beta says:'")
    assert plan(polybook, tiny_book)["guide/numbers.md", "beta"] == ("stale", "cell 4 changed")
    assert stale(polybook, tiny_book) == [("guide/numbers.md", "beta")]
    again = polybook("execute", "--book", tiny_book)
    assert "executed 1, fresh 3, failed 0" in again.stdout

    # A saved function makes stale what uses it, in its framework.
    edit(tiny_book / "guide/numbers.md", "return 2 * x", "return x * 2")
    planned = plan(polybook, tiny_book)
    assert planned["guide/shapes.md", "beta"] == ("stale", "`tiny.double` changed")
    assert planned["guide/shapes.md", "alpha"] == ("fresh", "")


def test_the_plan_says_how_long_it_will_take(polybook: Polybook, tiny_book: Path) -> None:
    def last_line(*options: object) -> str:
        done = polybook("execute", "--plan", *options, "--book", tiny_book)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    assert last_line() == "4 of 4 notebooks would run"
    polybook("execute", "--framework", "alpha", "--book", tiny_book)
    assert last_line() == "2 of 4 notebooks would run"
    edit(tiny_book / "guide/numbers.md", "print('alpha says'", "print('alpha says:'")
    expected = r"3 of 4 notebooks would run, in about \d+ s \(2 of them never ran and are .*\)"
    assert re.fullmatch(expected, last_line("--jobs", 1))


def test_check_tells_stale_and_unknown_apart(polybook: Polybook, tiny_book: Path) -> None:
    def status() -> tuple[int, list[str]]:
        done = polybook("execute", "--check", "--book", tiny_book)
        return done.returncode, done.stdout.splitlines()

    code, lines = status()
    assert (code, len(lines)) == (1, 5)
    polybook("execute", "--book", tiny_book)
    assert status() == (0, ["0 of 4 notebooks would run"])
    # What no machine of this kind can run is neither fresh nor a failure.
    edit(tiny_book / "guide/shapes.md", "# Shapes", "---\naccelerators: 99\n---\n# Shapes")
    code, lines = status()
    assert code == 3
    assert lines[0].startswith(
        "unknown guide/shapes.md (alpha): the alpha notebook cannot run on this machine: "
        "it needs 99 accelerators; this machine has "
    )
    assert lines[-1] == "0 of 4 notebooks would run; 2 cannot run here"


def test_what_cannot_run_here_is_rendered_without_outputs_and_said(
    polybook: Polybook, tiny_book: Path
) -> None:
    edit(tiny_book / "guide/shapes.md", "# Shapes", "---\naccelerators: 99\n---\n# Shapes")
    done = polybook("build", "html", "--book", tiny_book)
    assert done.returncode == 3
    assert "executed 2, fresh 0, failed 0, cannot run here 2" in done.stdout
    assert "guide/shapes.md:1:1: warning: the alpha notebook cannot run on this machine" in (
        done.stderr
    )
    page = (tiny_book / "_build/html/guide/shapes.html").read_text(encoding="utf-8")
    assert "not executed here" in page.lower()
    other = (tiny_book / "_build/html/guide/numbers.html").read_text(encoding="utf-8")
    assert "not executed here" not in other.lower()


def test_execute_one_framework(polybook: Polybook, tiny_book: Path) -> None:
    done = polybook("execute", "--framework", "beta", "--jobs", 1, "--book", tiny_book)
    assert "executed 2, fresh 0, failed 0" in done.stdout
    assert stale(polybook, tiny_book) == [
        ("guide/numbers.md", "alpha"),
        ("guide/shapes.md", "alpha"),
    ]

    unknown = polybook("execute", "--framework", "gamma", "--book", tiny_book)
    assert unknown.returncode == 1
    assert "the book has no framework 'gamma'" in unknown.stderr


def test_a_book_gives_the_same_outputs_wherever_it_runs(
    polybook: Polybook, tiny_book: Path, tmp_path: Path
) -> None:
    """With new kernels, with forked ones, and on a worker that shares no folder with the book.

    What may differ is listed in ``resources.stored_notebooks``.
    """
    (tmp_path / "dask").mkdir()
    made = {}
    with Cluster(tmp_path / "dask") as cluster:
        cluster.add("--no-nanny", threads=2)
        dask = ("--executor", "dask", "--scheduler", cluster.address)
        for words in (("--cold",), ("--warm",), dask):
            shutil.rmtree(tiny_book / "_build", ignore_errors=True)
            done = polybook("execute", *words, "--book", tiny_book)
            assert "executed 4, fresh 0, failed 0" in done.stdout, done.stderr
            assert "note " not in done.stdout
            made[words] = stored_notebooks(tiny_book / "_build/store")
        assert made["--warm",] == made["--cold",]
        assert made[dask] == made["--cold",]
        # Dask's own variable names the scheduler as well; what is stored does not run again.
        rest = ("--executor", "dask", "--book", tiny_book)
        done = polybook("execute", *rest, DASK_SCHEDULER_ADDRESS=cluster.address)
        assert "executed 0, fresh 4, failed 0" in done.stdout
        # Another machine's needs, another machine's word: no accelerator here, none there.
        edit(tiny_book / "guide/shapes.md", "# Shapes\n", "---\naccelerators: 9\n---\n# Shapes\n")
        done = polybook("execute", "--check", *dask, "--book", tiny_book)
        assert done.returncode == 3
        assert f"no worker of {cluster.address} can run the alpha notebook" in done.stdout
        assert "2 cannot run here" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--scheduler", "tcp://127.0.0.1:1"), "the Dask scheduler cannot be reached: "),
        (("--scheduler", "nowhere"), "missing port number in address 'nowhere'"),
        ((), "name one with `--scheduler tcp://HOST:8786` or in DASK_SCHEDULER_ADDRESS"),
    ],
)
def test_a_cluster_out_of_reach_ends_in_one_message(
    polybook: Polybook, tiny_book: Path, words: tuple[str, ...], says: str
) -> None:
    done = polybook(
        *("execute", "--executor", "dask", *words, "--book", tiny_book),
        DASK_SCHEDULER_ADDRESS="",
        DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="500ms",
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert "[unreachable-scheduler]" in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert list((tiny_book / "_build").glob("run-*")) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--scheduler", "tcp://127.0.0.1:1"), "--scheduler: it goes with `--executor dask`"),
        (("--executor", "dask", "--jobs", "2"), "--jobs: a Dask worker itself says how many"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    polybook: Polybook, tiny_book: Path, words: tuple[str, ...], says: str
) -> None:
    done = polybook("execute", *words, "--book", tiny_book)
    assert done.returncode == 2
    assert says in done.stderr


def test_a_framework_stays_cold_where_the_book_says_so(polybook: Polybook, tiny_book: Path) -> None:
    edit(tiny_book / "_config.yml", "title: Beta\n", "title: Beta\n      warm: false\n")
    parent = "__import__('psutil').Process().parent().cmdline()[1].endswith('fork_server.py')"
    for name in ("alpha", "beta"):
        edit(tiny_book / "guide/numbers.md", f"print('{name} says', double(1))", f"print({parent})")
    polybook("execute", "--book", tiny_book)
    forked = [
        "".join(output["text"])
        for file, stored in stored_notebooks(tiny_book / "_build/store").items()
        for cell in stored["cells"]
        for output in cell.get("outputs", ())
        if "numbers" in file.parts and "text" in output
    ]
    assert forked == ["True\n", "False\n"]


def test_a_failing_cell_is_reported_at_its_line_and_the_others_go_on(
    polybook: Polybook, tiny_book: Path
) -> None:
    edit(tiny_book / "guide/numbers.md", "print('alpha says', double(1))", "x = 1\nprint(x / 0)")
    done = polybook("execute", "--book", tiny_book)
    assert done.returncode == 2
    assert "executed 3, fresh 0, failed 1" in done.stdout
    assert "guide/numbers.md:46:1: error: ZeroDivisionError: division by zero" in done.stderr
    assert stale(polybook, tiny_book) == [("guide/numbers.md", "alpha")]


def test_notebooks_are_written_with_their_outputs(polybook: Polybook, tiny_book: Path) -> None:
    polybook("execute", "--framework", "alpha", "--book", tiny_book)
    done = polybook("notebooks", "--book", tiny_book)
    assert done.returncode == 0, done.stderr
    folder = tiny_book / "_build/notebooks"
    alpha = nbformat.read(folder / "alpha/guide/numbers.ipynb", as_version=4)
    nbformat.validate(alpha)
    printed = [cell.outputs for cell in alpha.cells if "alpha says" in cell.source]
    assert printed[0][0]["text"] == "alpha says 2\n"
    beta = nbformat.read(folder / "beta/guide/numbers.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in beta.cells)


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "what"),
    [
        ("_toc.yml", "guide/shapes", "guide/shades", "_toc.yml:10:1", "no chapter guide/shades.md"),
        (
            "guide/numbers.md",
            "#@tab beta\nprint",
            "#@tab betta\nprint",
            "guide/numbers.md:49:1",
            "no framework 'betta'",
        ),
        (
            "guide/numbers.md",
            "Beta multiplies.\n:end_tab:",
            "Beta multiplies.",
            "guide/numbers.md:39:1",
            "not closed before the next cell",
        ),
        (
            "guide/shapes.md",
            ":numref:`sec_numbers`",
            ":numref:`sec_number`",
            "guide/shapes.md:4:",
            "no label is called 'sec_number'",
        ),
        (
            "_config.yml",
            "title: Beta",
            "titel: Beta",
            "_config.yml:11:1",
            "unknown setting 'titel'",
        ),
        ("works.bib", "year      = {1956}", "year      = {1956", "works.bib:", "no BibTeX"),
    ],
)
def test_bad_input_gives_one_message_and_keeps_the_last_good_build(
    polybook: Polybook, tiny_book: Path, file: str, old: str, new: str, where: str, what: str
) -> None:
    page = tiny_book / "_build/html/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("the last good build", encoding="utf-8")
    edit(tiny_book / file, old, new)
    done = polybook("build", "html", "--no-execute", "--book", tiny_book)
    assert done.returncode == 1
    assert done.stderr.count("error:") == 1, done.stderr
    assert where in done.stderr
    assert what in done.stderr
    assert "Traceback" not in done.stderr
    assert page.read_text(encoding="utf-8") == "the last good build"


def test_keep_going_renders_and_extracts_in_spite_of_errors(
    polybook: Polybook, tiny_book: Path
) -> None:
    edit(tiny_book / "guide/shapes.md", ":numref:`sec_numbers`", ":numref:`sec_number`")
    edit(
        tiny_book / "guide/shapes.md",
        "        self.side = side",
        "        self.side = side\n    nobody",
    )
    built = polybook("build", "html", "--no-execute", "--keep-going", "--book", tiny_book)
    assert built.returncode == 1
    assert "no label is called 'sec_number'" in built.stderr
    assert (tiny_book / "_build/html/guide/shapes.html").is_file()
    written = polybook("library", "--keep-going", "--book", tiny_book)
    assert written.returncode == 1
    assert "unresolved-library-name" in written.stderr
    assert "return x + x" in (tiny_book / "tinylib/alpha.py").read_text(encoding="utf-8")


def test_a_cell_that_raises_keeps_the_last_good_build(polybook: Polybook, tiny_book: Path) -> None:
    page = tiny_book / "_build/html/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("the last good build", encoding="utf-8")
    edit(tiny_book / "guide/numbers.md", "print('beta says', double(1))", "raise ValueError('no')")
    done = polybook("build", "html", "--book", tiny_book)
    assert done.returncode == 2
    assert "guide/numbers.md:50:1: error: ValueError: no" in done.stderr
    assert page.read_text(encoding="utf-8") == "the last good build"


def test_a_missing_environment_is_named_with_its_line(polybook: Polybook, tiny_book: Path) -> None:
    edit(
        tiny_book / "_config.yml",
        "library: tinylib.beta",
        "library: tinylib.beta\n      environment: beta.txt",
    )
    missing_file = polybook("check", "--book", tiny_book)
    assert missing_file.returncode == 1
    assert (
        "_config.yml:13:1: error: the environment file beta.txt is missing" in missing_file.stdout
    )

    (tiny_book / "beta.txt").write_text("ipykernel==0\n", encoding="utf-8")
    done = polybook("build", "html", "--book", tiny_book)
    assert done.returncode == 3
    assert "_config.yml:13:1: error: the environment of beta is not there" in done.stderr
    assert "run `polybook env`" in done.stderr
    # The framework that can run has run.
    assert stale(polybook, tiny_book) == [("guide/numbers.md", "beta"), ("guide/shapes.md", "beta")]


def test_a_folder_that_is_no_book(polybook: Polybook, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        done = polybook("check", "--book", folder)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "suggestion"),
    [(errno.ENOSPC, "make room on the disk"), (errno.EACCES, "check who may read and write it")],
)
def test_what_the_system_refuses_is_one_message(number: int, suggestion: str) -> None:
    error = OSError(number, os.strerror(number), str(Path.cwd() / "_build"))
    assert str(refused_by_system(error)) == (
        f"_build:1:1: error: the system refuses: {os.strerror(number)} [refused-by-system]\n"
        f"    {suggestion}"
    )


def test_an_error_of_the_system_that_is_our_own_defect_keeps_its_traceback() -> None:
    assert refused_by_system(FileNotFoundError(errno.ENOENT, "No such file", "x")) is None
