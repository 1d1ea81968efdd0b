"""How long it takes to say what would run: `python -m benchmarks.planning`.

A made book has 250 chapters for four frameworks, so 1,000 notebooks, and a library of 500 symbols
that use each other. All outputs are in the store; then one symbol changes. Prints the seconds for
extracting the libraries, for all keys and for looking them up, by the clock and of the processor.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbformat.v4 import new_output

from polybook.book import Book, load_book
from polybook.execution import Change, Job, Keys, LocalExecutor, Record, Store, plan, this_machine
from polybook.execution.explanation import explain
from polybook.execution.jobs import jobs
from polybook.lasting import lasting

FRAMEWORKS = ("one", "two", "three", "four")
CHAPTERS, SYMBOLS = 250, 500


def write_book(folder: Path) -> None:
    """Write the made book."""
    choose = random.Random(1)
    names = [f"f{number}" for number in range(SYMBOLS)]
    frameworks = "".join(f"    {name}:\n      library: lib.{name}\n" for name in FRAMEWORKS)
    (folder / "_config.yml").write_text(f"polybook:\n  frameworks:\n{frameworks}")
    entries = []
    for number in range(CHAPTERS):
        mine = names[number * SYMBOLS // CHAPTERS : (number + 1) * SYMBOLS // CHAPTERS]
        cells = [
            f"#@tab {name}\nfrom lib import {name} as lib\nlib.{choose.choice(names)}()"
            for name in FRAMEWORKS
        ]
        for name in mine:
            used = choose.sample(names, 2)
            cells.append(
                f"#@tab all\ndef {name}(x=1):  #@save\n    return lib.{used[0]}({used[1]})"
            )
        for _ in range(6):
            calls = "\n".join(f"y = lib.{choose.choice(names)}(y)" for _ in range(4))
            cells.append(f"#@tab all\ny = {number}\n{calls}\nprint(y)")
        fences = "\n".join(f"Prose.\n\n```{{.python .input}}\n{cell}\n```\n" for cell in cells)
        (folder / f"c{number}.md").write_text(f"# Chapter {number}\n\n{fences}")
        entries.append(f"  - file: c{number}\n")
    (folder / "index.md").write_text("# Made\n")
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{''.join(entries)}")


def store_all(book: Book, store: Store, every: list[Job]) -> None:
    """Put outputs of every notebook into ``store``."""
    for job in every:
        for cell in job.notebook.cells:
            cell.outputs = [new_output("stream", text="1\n" * 20)]
        store.put(job.notebook, Record(job.page, job.framework, job.key, 1.0, 1, {}, "3.11"))


def planned(book: Book, store: Store) -> None:
    """Plan as `polybook execute --plan` does, and print what took how long."""
    with lasting():
        with timed("extract the libraries and their graphs"):
            keys = Keys.of(book)
        with timed("compute all keys"):
            every = jobs(book, keys)
    pages = {page.path: page for page in book.pages}

    def say(job: Job, change: Change) -> str:
        return explain(keys, pages[job.page], job.framework, change)

    executor = LocalExecutor(
        book=book.folder,
        environments=keys.environments,
        library=book.folder,
        scratch=book.folder,
        machine=this_machine(),
    )
    with timed("look them up and explain"):
        found = plan(every, store=store, executor=executor, explain=say)
    stale = [one for one in found if one.state != "fresh"]
    print(f"{len(stale)} of {len(found)} stale", *(one.reason for one in stale[:1]))


def read(folder: Path) -> Book:
    """Return the book, as a command reads it."""
    with lasting():
        return load_book(folder)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long the body takes."""
    clock, cpu = time.perf_counter(), time.process_time()
    yield
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    print(f"{what:45}{clock:8.2f} s {cpu:8.2f} s of the processor")


def main() -> None:
    """Make the book, fill its store, and plan twice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_book(folder)
        with timed("parse the chapters"):
            book = read(folder)
        store = Store(folder / "store")
        store_all(book, store, jobs(book, Keys.of(book)))
        print("nothing changed:")
        planned(read(folder), store)
        chapter = folder / f"c{CHAPTERS // 2}.md"
        chapter.write_text(chapter.read_text().replace("    return lib", "    return 0 + lib", 1))
        print("one symbol changed:")
        planned(read(folder), store)


if __name__ == "__main__":
    main()
