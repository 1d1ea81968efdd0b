"""MathJax in a process of its own: TeX goes in, HTML comes out.

V8 runs threads, which a forked process of Sphinx would not have; so it never
runs in the process that builds. This file is that other process too, started
by its path: it imports nothing of polybook, whose own imports take longer
than the start of V8.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, NamedTuple

SCRIPT = Path(__file__).with_name("mathematics.js")
# Formulas from which on a second process is worth its start, which takes as long as they do.
MANY = 1000
_BATCH = 200
# Without the script's own folder in the path, whose modules have common names.
_COMMAND = (sys.executable, "-P", __file__)
# Young objects, of which a formula makes many, get more room: a fifth less time. What runs too
# seldom for the best compiler is compiled by the middle one: a tenth less.
_V8_FLAGS = ("--single-threaded", "--min-semi-space-size=64", "--maglev")


class Request(NamedTuple):
    """A formula to set.

    Attributes:
        context: The formulas before it that it depends on, such as
            definitions: each as ``[display, tex]`` in JSON.
        tex: Its TeX.
        display: Whether it stands on lines of its own.
        stateful: Whether it is itself part of the context of later ones.
    """

    context: tuple[str, ...]
    tex: str
    display: bool
    stateful: bool


class Typeset(NamedTuple):
    """A formula that has been set.

    Attributes:
        markup: Its HTML; empty if TeX could not read it.
        problem: What is wrong with it, in MathJax's words; empty if nothing is.
    """

    markup: str
    problem: str


class TypesetterError(Exception):
    """MathJax could not be started."""


def distribution() -> Path:
    """Return the folder with MathJax's files.

    Raises:
        TypesetterError: The package that ships them is not installed.
    """
    # Looked for, not imported: it would bring Sphinx along.
    found = find_spec("sphinx-mathjax-offline")
    if found is None or found.origin is None:
        raise TypesetterError("the package sphinx-mathjax-offline is not installed")
    return Path(found.origin).parent / "static" / "mathjax"


class Typesetter:
    """MathJax with the settings of one book; it is started when it is made.

    Attributes:
        style: The whole style sheet of its output.

    Raises:
        TypesetterError: It did not start.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._process = subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.style: str = self._ask(settings)["style"]

    def typeset(self, requests: Sequence[Request]) -> list[Typeset]:
        """Set formulas, those of a page best one after the other."""
        done: list[Typeset] = []
        for start in range(0, len(requests), _BATCH):
            answer = self._ask(requests[start : start + _BATCH])
            done += [Typeset(*each) for each in answer]
        return done

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        if not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.wait()

    def __enter__(self) -> Typesetter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, question: object) -> Any:
        stdin, stdout, stderr = (
            self._process.stdin,
            self._process.stdout,
            self._process.stderr,
        )
        assert stdin and stdout and stderr
        try:
            print(json.dumps(question), file=stdin, flush=True)
            answer = stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            said = stderr.read()
            self.close()
            raise _stopped(said, self._process.returncode)
        return json.loads(answer)


class Batch:
    """Many formulas, being set in processes beside this one, in two if they are worth it.

    No thread waits for them, so that this process may be forked meanwhile.

    Args:
        settings: The book's, as ``mathematics.js`` takes them.
        groups: The formulas of each page.
    """

    def __init__(self, settings: Mapping[str, Any], groups: Sequence[Sequence[Request]]) -> None:
        count = sum(map(len, groups))
        shares = _halves(groups) if count >= MANY and _cores() > 1 else [[*_flat(groups)]]
        self._running = [_Share(settings, share) for share in shares]

    def result(self) -> tuple[str, dict[Request, Typeset]]:
        """Wait, and return the whole style sheet and what has become of each formula.

        Raises:
            TypesetterError: MathJax has failed.
        """
        try:
            done = [each.result() for each in self._running]
        finally:
            self.close()
        return done[0][0], {request: each for _, found in done for request, each in found.items()}

    def close(self) -> None:
        """End the processes that still run."""
        for each in self._running:
            each.close()


class _Share:
    """A process with its part of the formulas; files, not pipes, take whatever is said."""

    def __init__(self, settings: Mapping[str, Any], requests: Sequence[Request]) -> None:
        self._requests = requests
        self._files = ExitStack()
        questions, self._answers, self._errors = (
            self._files.enter_context(TemporaryFile())  # noqa: SIM115
            for _ in range(3)
        )
        batches = (requests[start : start + _BATCH] for start in range(0, len(requests), _BATCH))
        for question in (settings, *batches):
            questions.write(f"{json.dumps(question)}\n".encode())
        questions.seek(0)
        self._process = subprocess.Popen(
            _COMMAND, stdin=questions, stdout=self._answers, stderr=self._errors
        )

    def result(self) -> tuple[str, dict[Request, Typeset]]:
        if self._process.wait():
            raise _stopped(_content(self._errors), self._process.returncode)
        started, *answers = map(json.loads, _content(self._answers).splitlines())
        done = [Typeset(*each) for answer in answers for each in answer]
        return started["style"], dict(zip(self._requests, done, strict=True))

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._files.close()


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _stopped(said: str, status: int) -> TypesetterError:
    """Return the error for a process that has ended, by what it said last, or by how it ended."""
    lines = said.strip().splitlines() or [f"its process ended with {status}"]
    return TypesetterError(f"MathJax stopped: {lines[-1]}")


def _halves(groups: Sequence[Sequence[Request]]) -> list[list[Request]]:
    halves: list[list[Request]] = [[], []]
    for group in sorted(groups, key=len, reverse=True):
        min(halves, key=len).extend(group)
    return halves


def _flat(groups: Iterable[Iterable[Request]]) -> Iterable[Request]:
    return (request for group in groups for request in group)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _sources(folder: Path) -> dict[str, str]:
    """Return the scripts that MathJax may ask for, by their path."""
    patterns = (
        "startup.js",
        "core.js",
        "adaptors/liteDOM.js",
        "input/tex.js",
        "input/tex/extensions/*.js",
        "output/chtml.js",
        "output/chtml/fonts/tex.js",
        "a11y/assistive-mml.js",
    )
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for pattern in patterns
        for path in sorted(folder.glob(pattern))
    }


def _serve(lines: IO[str], out: IO[str]) -> None:
    """Answer the lines of a `Typesetter`: the settings first, then batches of formulas."""
    from py_mini_racer import MiniRacer, init_mini_racer

    init_mini_racer(flags=_V8_FLAGS)
    with MiniRacer() as v8:
        v8.eval(SCRIPT.read_text(encoding="utf-8"))
        call = f"boot({json.dumps(_sources(distribution()))}, {lines.readline()})"
        print(v8.eval(call).get(), file=out, flush=True)
        for line in lines:
            print(v8.eval(f"typeset({line})").get(), file=out, flush=True)


if __name__ == "__main__":
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    try:
        _serve(sys.stdin, sys.stdout)
    except Exception as error:
        # The parent shows the last line to whoever builds the book.
        sys.exit(f"{type(error).__name__}: {error}".splitlines()[0])
