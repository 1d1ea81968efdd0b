"""The files of an EPUB beside its pages, and the archive that holds them all.

See https://www.w3.org/TR/epub-33/: the same files give the same bytes, whenever they are packed.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import attrs

from polybook.publish.epub.contents import address

TYPES = {
    ".xhtml": "application/xhtml+xml",
    ".css": "text/css",
    ".ncx": "application/x-dtbncx+xml",
    ".png": "image/png",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
NAV, NCX, OPF = "nav.xhtml", "toc.ncx", "content.opf"
COVER_PAGE, COVER = "cover.xhtml", "cover.svg"
_CONTAINER = """\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="content.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
# The first moment that an archive can name, in seconds since 1970.
_EPOCH = 315532800


@attrs.frozen
class Metadata:
    """What a package says of itself.

    Attributes:
        title: With the framework.
        author: Empty if nobody is named.
        language: Such as ``zh-CN``.
        rights: Empty if nothing is said.
        identifier: Unique, the same in every build.
    """

    title: str
    author: str
    language: str
    rights: str
    identifier: str


def identifier(title: str, framework: str) -> str:
    """Return the identifier of the edition of a book for a framework."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"polybook:{title}\n{framework}").urn


def moment() -> time.struct_time:
    """Return the time that a package bears: no clock's."""
    return time.gmtime(max(_EPOCH, int(os.environ.get("SOURCE_DATE_EPOCH") or _EPOCH)))


def package_document(about: Metadata, files: Mapping[str, bytes], spine: Sequence[str]) -> bytes:
    """Return ``content.opf``.

    Args:
        about: What it says of the book.
        files: All others, by their place.
        spine: The pages in the order in which they are read.
    """
    ids = {name: f"file-{number}" for number, name in enumerate(files, 1)}
    items = "".join(
        f'<item id="{ids[name]}" href="{address(name)}"'
        f' media-type="{TYPES[Path(name).suffix.lower()]}"{_properties(name, data)}/>\n'
        for name, data in files.items()
    )
    itemrefs = "".join(f'<itemref idref="{ids[name]}"/>\n' for name in spine)
    optional = "".join(
        f"<dc:{name}>{escape(value)}</dc:{name}>\n"
        for name, value in (("creator", about.author), ("rights", about.rights))
        if value
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"'
        f' xml:lang="{escape(about.language)}" unique-identifier="book">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<dc:identifier id="book">{escape(about.identifier)}</dc:identifier>\n'
        f"<dc:title>{escape(about.title)}</dc:title>\n"
        f"<dc:language>{escape(about.language)}</dc:language>\n{optional}"
        '<meta property="dcterms:modified">'
        f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', moment())}</meta>\n"
        f'<meta name="cover" content="{ids[COVER]}"/>\n</metadata>\n'
        f'<manifest>\n{items}</manifest>\n<spine toc="{ids[NCX]}">\n{itemrefs}</spine>\n'
        "</package>\n"
    ).encode()


def _properties(name: str, data: bytes) -> str:
    """Return what a reading program must know of a file before it opens it."""
    found = {NAV: ["nav"], COVER: ["cover-image"]}.get(name, [])
    if name.endswith(".xhtml"):
        found += [kind for kind, tag in (("mathml", b"<math"), ("svg", b"<svg")) if tag in data]
    return f' properties="{" ".join(found)}"' if found else ""


def write_package(place: Path, files: Mapping[str, bytes], opf: bytes) -> None:
    """Write the archive."""
    every = {"META-INF/container.xml": _CONTAINER.encode(), OPF: opf, **files}
    with ZipFile(place, "w") as archive:
        archive.writestr(_entry("mimetype", ZIP_STORED), b"application/epub+zip")
        for name, data in every.items():
            archive.writestr(_entry(name, ZIP_DEFLATED), data)


def _entry(name: str, method: int) -> ZipInfo:
    entry = ZipInfo(name, moment()[:6])
    entry.compress_type, entry.create_system, entry.external_attr = method, 3, 0o644 << 16
    return entry
