"""Pictures in forms that TeX can include: drawings stay drawings, animations become stills."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from PIL import Image, UnidentifiedImageError
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms.images import ImageConverter, get_filename_for

from polybook.source import Diagnostic

# Raised when the same picture shall be converted in another way.
_VERSION = b"1"
_LINKED = re.compile(rb"""\bhref\s*=\s*["'](?!data:|#)([^"'#?]+)["']""")
_SECONDS = 120


class PictureError(ValueError):
    """A picture cannot be converted; the message says why."""


def setup_pictures(app: Sphinx) -> None:
    """Convert the pictures of formats that cannot show them as they are."""
    app.add_post_transform(PictureConverter)
    app.connect("config-inited", _leave_imagemagick)


def _leave_imagemagick(app: Sphinx, config: Config) -> None:
    # Jupyter Book would load it for LaTeX; it makes dots of drawings.
    if "jblatex_load_imgconverter" in config:
        config.jblatex_load_imgconverter = False


class PictureConverter(ImageConverter):
    """Converts the pictures of a document, several at a time, each content once."""

    # After data URIs have become files, before an ImageMagick that a book may have loaded itself.
    default_priority = 190
    conversion_rules: ClassVar[list[tuple[str, str]]] = [
        ("image/svg+xml", "application/pdf"),
        *((f"image/{kind}", "image/png") for kind in ("gif", "webp", "avif", "bmp", "tiff")),
    ]

    def is_available(self) -> bool:
        """Return that it is; a program that is missing is reported with the pictures."""
        return self.app.builder.format == "latex"

    def match(self, node: nodes.image) -> bool:
        """Tell whether a picture needs to be converted, without what is remembered of others."""
        # Sphinx remembers the answer for the process, which may build for another builder next.
        type(self).available = self.is_available()
        return super().match(node)

    def apply(self, **kwargs: Any) -> None:
        """Convert all pictures that need it.

        Raises:
            ExtensionError: Some cannot be converted; names each file and what is wrong.
        """
        waiting = [node for node in self.document.findall(nodes.image) if self.match(node)]
        pairs = {source: made for source, made in map(self._pair, waiting)}
        missing = {made: source for source, made in pairs.items() if not made.is_file()}
        if problems := self._convert_all({source: made for made, source in missing.items()}):
            raise ExtensionError("\n".join(map(str, problems)))
        for node in waiting:
            self._replace(node, self._pair(node)[1])

    def _source(self, node: nodes.image) -> tuple[str, str]:
        """Return a picture's path in the book and the form that it shall have."""
        given, wanted = self.get_conversion_rule(node)
        candidates = node["candidates"]
        return candidates.get(given, candidates.get("*", "")), wanted

    def _pair(self, node: nodes.image) -> tuple[Path, Path]:
        """Return the files of a picture as it is and as it shall be."""
        path, wanted = self._source(node)
        source = Path(self.app.srcdir, path)
        # Pages are written in several processes: the name alone tells pictures apart.
        name = f"{source.stem}-{_digest(source)}{source.suffix}"
        return source, Path(self.imagedir, get_filename_for(name, wanted))

    def _replace(self, node: nodes.image, made: Path) -> None:
        path, wanted = self._source(node)
        if "*" in node["candidates"]:
            node["candidates"]["*"] = str(made)
        else:
            node["candidates"][wanted] = str(made)
        node["uri"] = str(made)
        self.env.original_image_uri[str(made)] = path
        self.env.images.add_file(self.env.docname, str(made))

    def _convert_all(self, pairs: dict[Path, Path]) -> list[Diagnostic]:
        """Write the pictures and return what is wrong with them."""
        drawings = [source for source, made in pairs.items() if made.suffix == ".pdf"]
        if drawings and shutil.which("rsvg-convert") is None:
            message = "the program rsvg-convert is missing, which makes PDF of SVG"
            mend = "Install it: sudo apt-get install librsvg2-bin"
            path = self._shown(drawings[0])
            return [Diagnostic(path, 1, 1, "missing-converter", message, mend)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(_problem, pairs, pairs.values())
        return [
            Diagnostic(
                self._shown(source),
                1,
                1,
                "broken-picture",
                f"this picture cannot be converted for print: {problem}",
                "Mend the file, or make it anew with the program that wrote it.",
            )
            for source, problem in zip(pairs, found, strict=True)
            if problem
        ]

    def _shown(self, file: Path) -> str:
        """Return the path of a picture as messages show it, relative to the book."""
        return Path(os.path.relpath(file, self.app.srcdir)).as_posix()


def _digest(source: Path) -> str:
    """Return what tells a picture's content, with that of the files which it shows."""
    content = source.read_bytes()
    digest = hashlib.sha256(_VERSION + content)
    if source.suffix.lower() == ".svg":
        for name in sorted(set(_LINKED.findall(content))):
            linked = source.parent / os.fsdecode(name)
            digest.update(linked.read_bytes() if linked.is_file() else b"")
    return digest.hexdigest()[:32]


def _problem(source: Path, made: Path) -> str:
    """Convert a picture; return what is wrong with it, if anything."""
    try:
        convert_picture(source, made)
    except PictureError as error:
        return str(error)
    return ""


def convert_picture(source: Path, made: Path) -> None:
    """Convert an SVG drawing to PDF, or the first frame of any other picture to PNG.

    The same picture gives the same bytes.

    Raises:
        PictureError: The file is broken.
    """
    made.parent.mkdir(parents=True, exist_ok=True)
    # Another process may want the same picture.
    aside = made.with_name(f".{os.getpid()}-{made.name}")
    write: Callable[[Path, Path], None] = _drawing if made.suffix == ".pdf" else _still
    try:
        write(source, aside)
        aside.replace(made)
    finally:
        aside.unlink(missing_ok=True)


def _drawing(source: Path, made: Path) -> None:
    try:
        done = subprocess.run(
            ["rsvg-convert", "--format", "pdf", "--output", str(made), str(source)],
            # Cairo would write the time of day into the file.
            env={**os.environ, "SOURCE_DATE_EPOCH": "0", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PictureError(f"rsvg-convert had not finished after {_SECONDS} seconds") from None
    if done.returncode:
        said = " ".join(done.stderr.replace(str(source), source.name).split())
        raise PictureError(said or f"rsvg-convert ended with status {done.returncode}")


def _still(source: Path, made: Path) -> None:
    try:
        with Image.open(source) as picture:
            picture.seek(0)
            keep = picture.mode in ("1", "L", "LA", "RGB", "RGBA")
            (picture if keep else picture.convert("RGBA")).save(made, "PNG")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        said = str(error).replace(str(source), source.name)
        raise PictureError(said) from None
