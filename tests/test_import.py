"""``polybook import``, as a person types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from resources import BOOKS, Polybook


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BOOKS / "d2lbook-project", tmp_path / "project"))


def test_help_says_what_the_command_does(polybook: Polybook) -> None:
    done = polybook("import", "d2lbook", "--help")
    assert done.returncode == 0
    assert "--dry-run" in done.stdout
    assert "_toc.yml beside the config.ini" in " ".join(done.stdout.split())


def test_a_dry_run_prints_and_writes_nothing(polybook: Polybook, project: Path) -> None:
    before = sorted(project.rglob("*"))
    done = polybook("import", "d2lbook", project, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "title: A Small Project" in done.stdout
    assert "root: index" in done.stdout
    assert "middle/index.md:9:1: warning: there is no page" in done.stderr
    assert "note: config.ini:57: [colab] not carried over: github_repo" in done.stderr
    assert sorted(project.rglob("*")) == before


def test_all_commands_work_on_an_imported_project(polybook: Polybook, project: Path) -> None:
    done = polybook("import", "d2lbook", ".", cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "_config.yml: written\n_toc.yml: written\nbook/preamble/alpha.py: written\n"
    )
    inspected = polybook("inspect", "--format", "json", cwd=project)
    assert inspected.returncode == 0, inspected.stderr
    book = json.loads(inspected.stdout)
    assert book["frameworks"] == ["alpha", "beta"]
    assert len(book["pages"]) == 8
    checked = polybook("check", cwd=project)
    assert checked.returncode == 0, checked.stdout
    built = polybook("library", cwd=project)
    assert built.returncode == 0, built.stderr
    assert "def double(x):" in (project / "d2l/beta.py").read_text(encoding="utf-8")


def test_a_second_import_needs_force(polybook: Polybook, project: Path) -> None:
    assert polybook("import", "d2lbook", project).returncode == 0
    (project / "_toc.yml").write_text("mine\n", encoding="utf-8")
    refused = polybook("import", "d2lbook", project)
    assert refused.returncode == 1
    assert "_toc.yml is there already" in refused.stderr
    assert "--force" in refused.stderr
    assert (project / "_toc.yml").read_text(encoding="utf-8") == "mine\n"
    assert polybook("import", "d2lbook", project, "--force").returncode == 0
    assert "root: index" in (project / "_toc.yml").read_text(encoding="utf-8")


def test_what_is_no_project_is_refused_in_one_line(polybook: Polybook, tmp_path: Path) -> None:
    for folder, words in [
        (tmp_path, "config.ini:1:1: error: config.ini is missing"),
        (tmp_path / "nowhere", "there is no such folder"),
    ]:
        done = polybook("import", "d2lbook", folder)
        assert done.returncode == 1
        assert words in done.stderr
        assert done.stderr.count("error:") == 1
