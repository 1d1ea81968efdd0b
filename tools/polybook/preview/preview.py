"""The preview at work: edits come in, pages and what is to be said of them go out.

Everything that touches the book happens in one thread, in the order in which it was asked for.
What readers wait for comes first; what can wait does so until nobody edits.
"""

from __future__ import annotations

import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import attrs

from polybook.execution.event import CellStarted, Event, Failed, Finished, Started
from polybook.execution.failure import Failure
from polybook.execution.runner import Job
from polybook.preview.checks import BookCheck
from polybook.preview.runs import Runs
from polybook.preview.session import Outcome, Session
from polybook.preview.watcher import Watcher
from polybook.publish.project import store_of
from polybook.source import Diagnostic

IDLE = 0.5
"""Seconds without an edit after which the rest of the book is looked at."""

_SLICE = 0.02
"""Seconds for which the thread of the book does what can wait, before it looks for edits."""

Message = dict[str, Any]
Result = TypeVar("Result")
_Place = tuple[str, str]


class Preview:
    """A book that is watched; use it as a context manager.

    Args:
        folder: The book's folder.
        scratch: A fresh folder for all that is made.
        executes: Whether stale notebooks run.
        say: Takes lines for the terminal.
        tell: Sends a message to the windows that show a page, or to all for None; called in
            threads of this object.
        shown: Returns the pages that windows show.
    """

    def __init__(
        self,
        folder: Path,
        scratch: Path,
        executes: bool,
        say: Callable[[str], None],
        tell: Callable[[str | None, Message], None],
        shown: Callable[[], Iterable[str]],
    ) -> None:
        self.folder, self._say, self._send, self._shown = folder.resolve(), say, tell, shown
        self.session = Session(folder, scratch / "pages", executes, say)
        self._executes = executes
        self._scratch = scratch
        self._thread = ThreadPoolExecutor(1, "book")
        self._lock = threading.Lock()
        self._edited: set[str] = set()
        self._began = 0.0
        self._closing = False
        self._stale: dict[str, list[Job]] = {}
        self._states: dict[_Place, str] = {}
        self._failures: dict[_Place, tuple[str, Failure]] = {}
        self._unplanned: list[str] = []
        self._timer: threading.Timer | None = None
        self._check = BookCheck(self.folder, self._checked)
        self.restart = threading.Event()
        """Set when the programs that make the pages have changed."""
        self.on_restart: Callable[[], None] = lambda: None

    def __enter__(self) -> Preview:
        self._runs: Runs | None = None
        if self._executes:
            store = store_of(self.folder / "_build")
            self._runs = Runs(self._scratch / "runs", store, self._heard)
        self._watcher = Watcher(self.folder, lambda: self.session.outside, self._changed)
        self._watcher.__enter__()
        self.ask(self._open)
        return self

    def __exit__(self, *error: object) -> None:
        """End everything that was begun, with its processes."""
        self._closing = True
        self._watcher.__exit__(*error)
        with self._lock:
            if self._timer:
                self._timer.cancel()
        if self._runs:
            self._runs.__exit__(*error)
        self._check.end()
        self._thread.shutdown(cancel_futures=True)
        self.session.close()

    def ask(self, what: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Do something in the thread of the book; if it fails the terminal says so."""
        future = self._thread.submit(what, *arguments)
        future.add_done_callback(self._mourn)
        return future

    def _mourn(self, future: Future[Any]) -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            self._say(f"polybook serve: {type(error).__name__}: {error}")

    # What is shown

    def page(self, docname: str) -> tuple[str, str] | None:
        """Return a page's HTML and its version; only in the thread of the book."""
        html = self.session.html(docname)
        return None if html is None else (html, version(html))

    def status(self, docname: str) -> Message:
        """Return what is to be said of a page; only in the thread of the book."""
        page = self.session.keys.book.page(docname) if self.session.keys else None
        path = page.path if page else ""
        failures = [
            {
                "line": failure.line,
                "framework": self.session.title(framework),
                "summary": failure.summary,
                "traceback": failure.traceback,
            }
            for (name, framework), (_, failure) in sorted(self._failures.items())
            if name == path
        ]
        cells = [
            {**attrs.asdict(each), "state": self._states.get((path, each.framework), "waiting")}
            for each in (self.session.waiting(docname) if self._executes else ())
        ]
        return {
            "kind": "status",
            "trouble": list(self.session.trouble),
            "findings": [attrs.asdict(each) for each in self.session.findings(docname)],
            "failures": failures,
            "cells": cells,
        }

    # Edits

    def _open(self) -> None:
        begun = time.monotonic()
        self.session.open()
        for line in self.session.trouble:
            self._say(line)
        if self.session.is_open:
            self._say(f"{len(self.session.pages)} pages open in {time.monotonic() - begun:.1f} s")
        self._show(Outcome(everything=True, cells=True))
        self._rest()

    def _changed(self, paths: frozenset[str]) -> None:
        with self._lock:
            if not self._edited:
                self._began = time.monotonic()
            self._edited |= paths
        self._check.end()
        if not self._closing:
            self.ask(self._edit)

    def _edit(self) -> None:
        with self._lock:
            paths, self._edited = frozenset(self._edited), set()
        if not paths:
            # An edit that came with the one before.
            return
        if self._is_program(paths):
            self._say("an extension has changed: starting again")
            self.restart.set()
            self.on_restart()
            return
        outcome = self.session.change(paths)
        self._show(outcome)
        seconds = time.monotonic() - self._began
        changed = outcome.pages or outcome.pictures or outcome.everything
        if changed and not self.session.trouble:
            self._say(f"{', '.join(sorted(paths))}: shown after {seconds:.2f} s")
        for line in self.session.trouble:
            self._say(line)
        if changed or self.session.trouble:
            self._rest()

    def _is_program(self, paths: frozenset[str]) -> bool:
        python = {str(self.folder / path) for path in paths if path.endswith(".py")}
        if not python:
            return False
        loaded = (getattr(each, "__file__", None) for each in list(sys.modules.values()))
        return not python.isdisjoint(filter(None, loaded))

    def _show(self, outcome: Outcome) -> None:
        """Tell the windows what is new, those first that show what was edited."""
        shown = sorted(set(self._shown()), key=lambda name: name not in outcome.pages)
        if outcome.pictures:
            self._send(None, {"kind": "pictures", "files": list(outcome.pictures)})
        for docname in shown:
            if outcome.everything:
                self._send(docname, {"kind": "page", "everything": True})
            elif not self.session.is_shown(docname) and (made := self.page(docname)):
                self._send(docname, {"kind": "page", "version": made[1]})
        if outcome.cells:
            self._plan(outcome)
        for docname in shown:
            if docname in outcome.pages:
                self.session.examine(docname)
            self._send(docname, self.status(docname))

    # What can wait

    def _rest(self) -> None:
        """Look at the rest of the book when no edit comes for a while."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            if self._closing:
                return
            self._timer = threading.Timer(IDLE, lambda: self.ask(self._settle))
            self._timer.daemon = True
            self._timer.start()

    def _settle(self) -> None:
        if self._edited:
            return
        if self.session.settle():
            self._show(Outcome())
        self._check.begin()

    def _checked(self, findings: list[Diagnostic]) -> None:
        if not self._closing:
            self.ask(self._take_findings, findings)

    def _take_findings(self, findings: list[Diagnostic]) -> None:
        if self._edited:
            return
        self.session.checked(findings)
        for docname in set(self._shown()):
            self._send(docname, self.status(docname))

    # Runs

    def _plan(self, outcome: Outcome) -> None:
        """Find out what is stale: of the edited pages now, of all when there is time."""
        if not self._runs or not self.session.is_open:
            return
        first = [*outcome.pages, *sorted(set(self._shown()))]
        if outcome.everything or outcome.libraries:
            self._stale.clear()
            others = [page.docname for page in self.session.pages]
            self._unplanned = [name for name in dict.fromkeys([*first, *others])]
            self._plan_on()
        else:
            for docname in outcome.pages:
                self._plan_page(docname)
            self._want()

    def _plan_page(self, docname: str) -> None:
        assert self._runs and self.session.keys
        page = self.session.keys.book.page(docname)
        jobs = self.session.stale(page) if page else []
        self._stale[docname] = [
            job for job in jobs if not self._runs.refuses(self.session.keys, job)
        ]

    def _plan_on(self) -> None:
        """Go on with the plan for a moment, then let others have the thread."""
        end = time.monotonic() + _SLICE
        while self._unplanned and time.monotonic() < end:
            self._plan_page(self._unplanned.pop(0))
        self._want()
        if self._unplanned and not self._closing:
            self.ask(self._plan_on)

    def _want(self) -> None:
        assert self._runs and self.session.keys
        shown = set(self._shown())
        order = sorted(self._stale, key=lambda name: name not in shown)
        jobs = [job for name in order for job in self._stale[name]]
        digests = {(job.page, job.framework): job.key.digest for job in jobs}
        self._failures = {
            place: each for place, each in self._failures.items() if digests.get(place) == each[0]
        }
        for place in list(self._states):
            if place not in digests:
                del self._states[place]
        self._runs.want(self.session.keys, jobs)

    def _heard(self, event: Event) -> None:
        if not self._closing:
            self.ask(self._take, event)

    def _take(self, event: Event) -> None:
        """Take up what a run tells of itself."""
        match event:
            case Started(page=path, framework=name):
                self._states[path, name] = "running"
                self._failures.pop((path, name), None)
            case CellStarted(page=path, framework=name, cell=cell, cells=cells):
                self._states[path, name] = f"running {cell}/{cells}"
            case Failed(page=path, framework=name, failure=failure):
                self._states[path, name] = "failed"
                self._failures[path, name] = self._digest(path, name), failure
                self._say(str(failure.diagnostic))
            case Finished(page=path, framework=name):
                self._states.pop((path, name), None)
                outcome = self.session.executed(path)
                for docname in outcome.pages:
                    self._plan_page(docname)
                self._want()
                self._show(outcome)
                return
            case _:
                return
        docname = path.rpartition(".")[0]
        if docname in set(self._shown()):
            self._send(docname, self.status(docname))

    def _digest(self, path: str, framework: str) -> str:
        for jobs in self._stale.values():
            for job in jobs:
                if (job.page, job.framework) == (path, framework):
                    return job.key.digest
        return ""


def version(html: str) -> str:
    """Return a short text that changes with a page."""
    return f"{zlib.crc32(html.encode()):08x}"
