"""Whatever is killed and whatever fails, the store is whole and the next build does the rest."""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs
import pytest
from faults import PHASES, Moment, Polybook, Ran
from resources import stored_notebooks, write_files

from polybook.execution import DamagedError, Store
from polybook.execution.record import object_path, read_record, require_whole
from polybook.execution.store import stored_bytes
from polybook.execution.upkeep import verify

# Each framework has a fork server of its own, for their notebooks import different things.
FRAMEWORKS = {"alpha": "attr", "beta": "psutil", "gamma": "yaml"}
PAGES = ("one", "two")
CONFIG = """\
title: Faults
polybook:
  frameworks:
    alpha: {title: Alpha}
    beta: {title: Beta}
    gamma: {title: Gamma}
"""
PAGE = """\
# Page PAGE

```{.python .input}
#@tab NAME
import os, MODULE
witness = os.open(os.environ["FAULTS_WITNESS"], os.O_WRONLY | os.O_APPEND)
_ = os.write(witness, b"PAGE/NAME\\n")
```

```{.python .input}
#@tab NAME
print("the outputs of PAGE with NAME", *range(100))
```
"""


def page(name: str) -> str:
    """Return a chapter whose notebooks write to a file when they run."""
    return "\n".join(
        PAGE.replace("PAGE", name).replace("NAME", framework).replace("MODULE", module)
        for framework, module in FRAMEWORKS.items()
    )


NOTEBOOKS = {f"{page}/{framework}" for page in PAGES for framework in FRAMEWORKS}


@attrs.define
class Stage:
    """A book and its store.

    Attributes:
        polybook: Types commands.
        undisturbed: What undisturbed builds put into the store.
        one: The moments of such a build of one framework.
        damaged: How many damaged files were found.
        orphans: How many processes outlived their builds.
    """

    polybook: Polybook
    undisturbed: dict[Path, Any] = attrs.field(factory=dict)
    one: list[Moment] = attrs.field(factory=list)
    damaged: int = 0
    orphans: int = 0

    @property
    def store(self) -> Path:
        return self.polybook.book / "_build/store"

    def clear(self) -> None:
        """Remove the store and what is remembered."""
        for folder in (self.store, self.store.with_name("memory")):
            shutil.rmtree(folder, ignore_errors=True)

    def files(self) -> dict[str, tuple[Path, Path]]:
        """Return the record and the object of each notebook that the undisturbed build stored."""
        found = {}
        for place, stored in self.undisturbed.items():
            _, framework, page, _ = place.parts
            sha256 = stored["record"]["sha256"]
            found[f"{page}/{framework}"] = self.store / place, self.store / object_path(sha256)
        return found

    def whole(self) -> dict[str, tuple[int, int]]:
        """Return the notebooks that are whole, with all in which one that is made anew differs."""
        found = {}
        for file in (self.store / "records").rglob("*.json"):
            with suppress(DamagedError):
                record = read_record(file.read_bytes())
                require_whole(stored_bytes(self.store / object_path(record.sha256)), record)
                status = file.stat()
                name = f"{record.page.removesuffix('.md')}/{record.framework}"
                found[name] = status.st_mtime_ns, status.st_ino
        return found

    def build(self, *words: str, **faults: Any) -> Ran:
        """Execute, and check what must hold whatever befalls a build."""
        before = self.whole()
        ran = self.polybook.run("execute", *words, **faults)
        after = self.whole()
        findings = verify(Store(self.store)).findings
        self.damaged += sum(finding.severity == "error" for finding in findings)
        self.orphans += len(ran.orphans)
        assert self.damaged == 0, findings
        assert ran.orphans == []
        # Nothing is run that is there, nothing twice, and nothing that is there is touched.
        assert len(ran.notebooks) == len(set(ran.notebooks))
        assert not set(ran.notebooks) & set(before)
        assert before.items() <= after.items()
        assert set(after) <= {*before, *ran.notebooks}
        if ran.status >= 0:
            chosen = [name for name in FRAMEWORKS if name in words] or FRAMEWORKS
            wanted = {each for each in NOTEBOOKS if each.partition("/")[2] in chosen}
            fresh, new = len(wanted & set(before)), len(set(after) - set(before))
            failed = len(wanted) - fresh - new
            assert ran.status == (2 if failed else 0), ran.output
            if "refused-by-system" not in ran.output:
                assert f"executed {new}, fresh {fresh}, failed {failed} in" in ran.output
        return ran

    def complete(self) -> None:
        """Execute undisturbed: exactly what is missing runs."""
        missing = NOTEBOOKS - set(self.whole())
        ran = self.build()
        assert (ran.status, set(ran.notebooks)) == (0, missing), ran.output
        assert stored_notebooks(self.store) == self.undisturbed
        # Killed builds leave a folder each, which the next one removes.
        assert list(self.store.parent.glob("run-*/")) == []


@contextmanager
def on_stage(folder: Path) -> Iterator[Stage]:
    """Write the book into a folder, and build it undisturbed."""
    chapters = "".join(f"  - file: {name}\n" for name in PAGES)
    pages = {f"{name}.md": page(name) for name in PAGES}
    toc = f"format: jb-book\nroot: index\nchapters:\n{chapters}"
    files = {"_config.yml": CONFIG, "_toc.yml": toc, "index.md": "# Faults\n", **pages}
    write_files(folder / "book", files)
    stage = Stage(Polybook(folder / "book", folder))
    try:
        stage.one = stage.build("--framework", "alpha").moments
        stage.build()
        assert set(stage.whole()) == NOTEBOOKS
        stage.undisturbed = stored_notebooks(stage.store)
        yield stage
    finally:
        stage.polybook.close()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with on_stage(tmp_path_factory.mktemp("faults")) as stage:
        yield stage


KILLS = {"kernel": 34, "worker": 33, "build": 34}
"""In each of two lanes, which run at the same time and wait for kernels in turn."""


@attrs.define
class Lane:
    """A stage on which builds are killed one after the other."""

    stage: Stage
    killed: Counter[str] = attrs.field(factory=Counter)
    moments: Counter[str] = attrs.field(factory=Counter)
    builds: int = 0

    def run(self, seed: int) -> None:
        """Kill until ``KILLS`` is reached, and complete."""
        stage, killed = self.stage, self.killed
        chance = random.Random(seed)

        def kill(victim: str, missing: int) -> dict[str, Any]:
            # One notebook alone is stored when its kernel has ended.
            last = None if victim == "build" or missing == 2 else -1
            phase = chance.choice(PHASES[victim != "build" : last])
            length = sum(moment.phase == phase for moment in stage.one) * missing // 2
            # A kernel or worker dies as soon as there is one from that moment on.
            number = chance.randint(1, length if victim == "build" else length // 2)
            return {"victim": victim, "phase": phase, "number": number, "choice": chance.random()}

        stage.clear()
        while left := [victim for victim in KILLS if killed[victim] < KILLS[victim]]:
            missing = [each.partition("/")[2] for each in sorted(NOTEBOOKS - set(stage.whole()))]
            framework, victim = chance.choice(missing), chance.choice(left)
            words = ["--framework", framework]
            if victim == "build" and chance.random() < 0.15:
                words.append("--cold")
            both = missing.count(framework)
            kills = [kill(victim, both)]
            if victim == "kernel" and len(missing) > 2:
                # One build bears the deaths of many kernels.
                words = []
                kills = [kill(victim, 2) for _ in missing[1:]]
            ran = stage.build(*words, kills=kills)
            assert ran.status != -9 or ran.killed[-1]["victim"] == "build"
            self.builds += 1
            killed.update(each["victim"] for each in ran.killed)
            self.moments.update(f"{each['victim']} {each['phase']}" for each in ran.killed)
            if len(stage.whole()) == len(NOTEBOOKS) or chance.random() < 0.1:
                stage.complete()
                stage.clear()
        stage.complete()


def test_a_killed_kernel_worker_or_build_costs_its_own_work_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        folders = [tmp_path / name for name in ("left", "right")]
        stages = list(pool.map(stack.enter_context, map(on_stage, folders)))
        lanes = [Lane(stage) for stage in stages]
        list(pool.map(Lane.run, lanes, (1, 2)))
    killed = sum((lane.killed for lane in lanes), Counter())
    moments = sum((lane.moments for lane in lanes), Counter())
    with capsys.disabled():
        print(
            f"\nkills: {', '.join(f'{killed[victim]} {victim}' for victim in KILLS)} "
            f"in {sum(lane.builds for lane in lanes)} builds; moments: "
            f"{', '.join(f'{count} {name}' for name, count in sorted(moments.items()))}; "
            f"damaged objects found {sum(stage.damaged for stage in stages)}; "
            f"orphans {sum(stage.orphans for stage in stages)}"
        )
    assert sum(killed.values()) >= 200
    assert {f"build {phase}" for phase in PHASES} <= set(moments)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES], ids=["full", "denied"])
def test_a_disk_that_is_full_or_closed_from_any_moment_on_is_reported(
    stage: Stage, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    places = sorted({(each.event, each.site) for each in stage.one if each.writes})
    # The store, its lock, what is written aside, its renaming; the run's own folders and files.
    assert len(places) >= 12
    stage.clear()
    for event, site in places:
        stage.clear()
        ran = stage.build(
            "--framework", "alpha", error={"event": event, "site": site, "errno": number}
        )
        assert ran.status == 2, (event, site, ran.output)
        assert os.strerror(number) in ran.output
        assert "Traceback" not in ran.output, (event, site, ran.output)
        assert stage.whole() == {}
    with capsys.disabled():
        print(f"\n{os.strerror(number)}: at {len(places)} places; damaged {stage.damaged}")
    stage.complete()


@pytest.mark.parametrize("seed", range(3))
def test_exactly_what_was_truncated_is_reported_and_made_again(stage: Stage, seed: int) -> None:
    stage.complete()
    chance = random.Random(seed)
    chosen = chance.sample(sorted(NOTEBOOKS), 3)
    for name, kind in zip(chosen, (0, 1, chance.randint(0, 1)), strict=True):
        file = stage.files()[name][kind]
        os.truncate(file, chance.randrange(file.stat().st_size))
    assert set(stage.whole()) == NOTEBOOKS - set(chosen)
    verified = stage.polybook.run("store", "verify")
    assert (verified.status, "3 notebooks whole, 3 damaged" in verified.output) == (1, True)
    ran = stage.build()
    assert set(ran.notebooks) == set(chosen)
    assert ran.output.count("outputs count as missing") == len(chosen)
    assert stored_notebooks(stage.store) == stage.undisturbed


@pytest.mark.parametrize("kind", [0, 1], ids=["record", "notebook"])
def test_what_may_not_be_read_is_reported_and_made_again(stage: Stage, kind: int) -> None:
    stage.complete()
    file = stage.files()["one/beta"][kind]
    error = {"path": str(file), "errno": errno.EACCES}
    ran = stage.polybook.run("execute", error=error)
    assert (ran.status, ran.notebooks) == (0, ["one/beta"]), ran.output
    assert "it cannot be read: Permission denied" in ran.output
    assert stored_notebooks(stage.store) == stage.undisturbed


YEARS = 10 * 365 * 86400.0


@pytest.mark.parametrize("offset", [-YEARS, YEARS], ids=["past", "future"])
def test_a_wrong_clock_that_jumps_changes_nothing(stage: Stage, offset: float) -> None:
    stage.complete()
    for file in stage.store.rglob("*"):
        when = file.stat().st_mtime + offset
        os.utime(file, (when, when))
    ran = stage.build(clock=(0, 0))
    assert ran.notebooks == []
    collected = stage.polybook.run("store", "gc", "--keep", "0", clock=(-offset, 1))
    assert "freed 0 B" in collected.output
    for file in stage.files()["two/gamma"]:
        file.unlink()
    assert stage.build(clock=(offset, 2)).notebooks == ["two/gamma"]
    assert stored_notebooks(stage.store) == stage.undisturbed


def test_the_store_verifies_after_all_of_it(stage: Stage) -> None:
    stage.complete()
    ran = stage.polybook.run("store", "verify")
    assert (ran.status, "6 notebooks whole, 0 damaged" in ran.output) == (0, True), ran.output
