"""The workflow for GitHub runs nothing that a fork proposes, and types commands that there are."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from resources import REPOSITORY, Polybook

FILE = REPOSITORY / ".github/workflows/book.yml"
WORKFLOW = yaml.safe_load(FILE.read_text(encoding="utf-8"))
# What ends the words of a command in a shell.
END = re.compile(r"\|\||&&|[;|&<>]|$")


def commands(job: str, program: str) -> list[list[str]]:
    """Return the words that a job types after the name of a program, for each time it does."""
    found = []
    for step in WORKFLOW["jobs"][job]["steps"]:
        for line in step.get("run", "").splitlines():
            for typed in re.finditer(rf"(?:^|[\s/]){program}\s(.*)", line):
                found.append(shlex.split(END.split(typed[1])[0]))
    return found


def of_polybook() -> list[list[str]]:
    return [words for job in WORKFLOW["jobs"] for words in commands(job, "polybook")]


def jobs_of(event: str) -> list[str]:
    condition = f"github.event_name == '{event}'"
    return [name for name, job in WORKFLOW["jobs"].items() if job["if"] == condition]


def test_there_is_a_job_for_what_is_proposed_and_one_for_what_is_merged() -> None:
    # YAML reads the key `on` as true.
    assert WORKFLOW[True] == {"pull_request": None, "push": {"branches": ["main"]}}
    assert (jobs_of("pull_request"), jobs_of("push")) == (["proposed"], ["main"])
    assert set(WORKFLOW["jobs"]) == {"proposed", "main"}


@pytest.mark.parametrize("words", of_polybook(), ids=" ".join)
def test_each_command_exists_with_its_options(polybook: Polybook, words: list[str]) -> None:
    names = [word for word in words if re.fullmatch(r"[a-z]+", word)]
    options = [word for word in words if word.startswith("--")]
    if "--format" in options:
        names.remove("github")
    said = polybook(*names, "--help")
    assert said.returncode == 0, said.stderr
    assert f"polybook {' '.join(names)} [OPTIONS]\n" in said.stdout
    for option in options:
        assert re.search(rf"^  (.*/ )?{option}\b", said.stdout, re.MULTILINE), option


def test_a_proposal_is_rendered_and_never_executed() -> None:
    typed = commands("proposed", "polybook")
    assert {"check", "execute", "build"} <= {words[0] for words in typed}
    for words in typed:
        if words[0] == "execute":
            assert {"--plan", "--check"} & set(words), words
        elif words[0] == "build":
            assert "--no-execute" in words, words
        else:
            assert words[0] == "check", words
    # Other targets of make run the book or what the proposal has of the toolchain.
    assert commands("proposed", "make") == [["-C", "main", ".venv/.ready"]]


def test_the_steps_of_a_proposal_render_it_without_running_its_cells(
    write_book: Callable[..., Path], tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    cell = f"```{{.python .input}}\nopen({str(ran)!r}, 'w').close()\n```"
    book = write_book({"one.md": f"# One\n\n{cell}\n"})
    main, proposed = tmp_path / "main", tmp_path / "proposed"
    shutil.copytree(book, proposed, ignore=shutil.ignore_patterns("proposed"))
    command = main / ".venv/bin/polybook"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m polybook "$@"\n')
    command.chmod(0o755)
    (main / "_config.yml").write_text((book / "_config.yml").read_text())
    # Whatever a proposal says here does not count.
    (proposed / "_config.yml").write_text("sphinx: {extra_extensions: [mischief]}\n")
    said = []
    for step in WORKFLOW["jobs"]["proposed"]["steps"]:
        if "run" in step and not step["run"].startswith("make "):
            done = subprocess.run(
                ["bash", "-e", "-c", step["run"]],
                cwd=tmp_path / step.get("working-directory", ""),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            said.append(done.stdout)
    assert "::notice::some notebooks run when this is merged" in "".join(said)
    assert (proposed / "_build/html/one.html").is_file()
    assert not ran.exists()


def test_a_proposal_brings_neither_toolchain_nor_configuration() -> None:
    steps: list[dict[str, Any]] = WORKFLOW["jobs"]["proposed"]["steps"]
    base = "${{ github.event.pull_request.base.sha }}"
    checkouts = [step["with"] for step in steps if "checkout" in step.get("uses", "")]
    assert [(each["path"], each.get("ref")) for each in checkouts] == [
        ("main", base),
        ("proposed", None),
    ]
    scripts = [step["run"] for step in steps if "run" in step]
    configured = next(at for at, script in enumerate(scripts) if "_config.yml" in script)
    assert scripts[configured].split()[-2:] == ["main/_config.yml", "proposed/_config.yml"]
    for script in scripts[: configured + 1]:
        assert "polybook" not in script
    for script in scripts:
        assert re.findall(r"(\S*)bin/\w+", script) in ([], ["../main/.venv/"])


def test_a_proposal_sees_no_secret_and_writes_nothing() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "permissions" not in WORKFLOW["jobs"]["proposed"]
    proposed = str(WORKFLOW["jobs"]["proposed"])
    for word in ("secrets", "POLYBOOK_STORE", "environment:"):
        assert word not in proposed
    every = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
    checkouts = [step for step in every if "checkout" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    # A title or a branch's name, put into a script, is a program.
    assert not any("${{" in step.get("run", "") for step in every)


def test_what_is_merged_runs_and_is_shared_with_a_signature() -> None:
    assert ["execute"] in commands("main", "polybook")
    (step,) = [each for each in WORKFLOW["jobs"]["main"]["steps"] if "env" in each]
    assert step["env"]["STORE_KEY"] == "${{ secrets.POLYBOOK_STORE_KEY }}"
    assert 'export POLYBOOK_STORE_KEY="$RUNNER_TEMP/store-key"' in step["run"]
    assert "POLYBOOK_STORE_WRITE=true" in step["run"]
