"""The book of this repository in its own environments: all ways to run it give the same."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from clusters import Cluster
from PIL import Image
from resources import REPOSITORY, Polybook, differences, require, stored_notebooks

from polybook.book import load_book
from polybook.execution.environments import environments_of
from polybook.execution.jobs import jobs
from polybook.execution.keys import Keys

SOURCES = ["_config.yml", "_toc.yml", "book", "chapters", "d2l"]
FRAMEWORKS = ["pytorch", "jax", "tensorflow", "mxnet"]
SHARE = 2 * len(FRAMEWORKS)
"""Each notebook of this many runs again in a framework in one way, the next ones in others: every
section does so in half of the frameworks, which takes minutes where all would take an hour."""


# Where an array lies in memory decides in which order a library adds up its numbers, and so their
# last digits, which no output shows but the coordinates of a plot, in points.
LAST_DIGITS = 0.01
_SVG = "image/svg+xml"
_NAME = re.compile(r"(?<=[#\"])[a-z]*[0-9a-f]{10}(?=[)\"])")
_PIXELS = re.compile(r"data:image/png;base64,([\w+/=\s]+)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def without_plots(notebooks: dict[Path, Any]) -> tuple[dict[Path, Any], list[str], list[float]]:
    """Return what notebooks hold besides plots, and the shapes and coordinates of these."""
    shapes, numbers = [], []
    for notebook in notebooks.values():
        del notebook["record"]["sha256"]
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                if plot := output.get("data", {}).pop(_SVG, None):
                    # Names in it are digests of coordinates, and the same pixels may be
                    # compressed by one library or another, whichever was imported first.
                    text = _NAME.sub("name", "".join(plot))
                    shapes += map(_digest, _PIXELS.findall(text))
                    text = _PIXELS.sub("pixels", text)
                    shapes.append(_NUMBER.sub("number", text))
                    numbers += map(float, _NUMBER.findall(text))
    return notebooks, shapes, numbers


def _digest(png: str) -> str:
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    return hashlib.sha256(repr(image.size).encode() + image.tobytes()).hexdigest()


@pytest.mark.book
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_book_gives_the_same_outputs_wherever_it_runs(
    polybook: Polybook, tmp_path: Path, framework: str
) -> None:
    """What `make html` stored came from warm kernels; cold ones and a cluster's give it again."""
    book = load_book(REPOSITORY)
    environment = environments_of(book)[framework]
    require(environment.is_ready(), f"the {framework} environment, made by `make env`")
    require((REPOSITORY / "_build/html/index.html").is_file(), "the book, built by `make html`")
    pages = [job.page for job in jobs(book, Keys.of(book), framework)]
    stored = stored_notebooks(REPOSITORY / "_build/store")
    (tmp_path / "cluster").mkdir()
    with Cluster(tmp_path / "cluster") as cluster:
        found = str(environment.folder.parent)
        cluster.add("--no-nanny", threads=2, POLYBOOK_ENVIRONMENTS=found)
        dask = ("--executor", "dask", "--scheduler", cluster.address)
        for number, words in enumerate((("--cold",), dask)):
            copy = tmp_path / str(number)
            copy.mkdir()
            for name in (*SOURCES, "_build/store"):
                source = REPOSITORY / name
                (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
            if words != dask:
                (copy / "_build/environments").symlink_to(environment.folder.parent)
            first = FRAMEWORKS.index(framework) + number * len(FRAMEWORKS)
            chosen = pages[first::SHARE]
            forgotten = {
                place: notebook
                for place, notebook in stored.items()
                if notebook["record"]["framework"] == framework
                and notebook["record"]["page"] in chosen
            }
            for place in forgotten:
                (copy / "_build/store" / place).unlink()
            done = polybook("execute", *words, "--framework", framework, "--book", copy)
            assert done.returncode == 0, done.stderr
            assert f"executed {len(chosen)}, fresh {len(pages) - len(chosen)}," in done.stdout
            # What is left to the notebooks would be right as well, but slow.
            assert "note " not in done.stdout
            again = stored_notebooks(copy / "_build/store")
            made = {place: again[place] for place in forgotten if place in again}
            assert {each["record"]["page"] for each in made.values()} == set(chosen)
            texts, shapes, numbers = without_plots(made)
            before = without_plots({place: forgotten[place] for place in made})
            assert differences(texts, before[0]) == []
            assert shapes == before[1]
            assert numbers == pytest.approx(before[2], abs=LAST_DIGITS)
