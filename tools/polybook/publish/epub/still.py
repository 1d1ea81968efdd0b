"""What moves or lies elsewhere, in a form that stands still: EPUB has no scripts and no network."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook.publish.edition import page_address
from polybook.publish.formats import is_epub
from polybook.publish.project import project_of

# In the order in which they are preferred.
_STILL = (
    "text/html",
    "image/svg+xml",
    "image/png",
    "image/gif",
    "image/jpeg",
    "text/markdown",
    "text/latex",
    "text/plain",
)
_MOVING = re.compile(r"<(script|iframe|video|audio|object|embed|canvas|button|form)\b", re.I)
# Pages that an EPUB does not have.
_ELSEWHERE = {"genindex", "modindex", "py-modindex", "search"}


class StillTransform(SphinxPostTransform):
    """Chooses a still form of each output, and links to what lies elsewhere."""

    # Before MyST-NB chooses, which knows its own builders alone.
    default_priority = 3

    def run(self, **kwargs: Any) -> None:
        """Change the page."""
        if not is_epub(self.app.builder):
            return
        for node in list(self.document.findall(nodes.container)):
            if node.get("nb_element") == "mime_bundle":
                self._choose(node)
        for image in list(self.document.findall(nodes.image)):
            if "://" in image["uri"]:
                words = image.get("alt") or image["uri"]
                _put(image, nodes.reference("", words, refuri=image["uri"]))
        for reference in list(self.document.findall(addnodes.pending_xref)):
            if reference.get("reftarget") in _ELSEWHERE:
                reference.replace_self(reference.children)

    def _choose(self, bundle: nodes.container) -> None:
        forms = {each["mime_type"]: each for each in bundle.children}
        still = [name for name in _STILL if name in forms and not _moves(name, forms[name])]
        chosen: list[nodes.Node] = [forms[still[0]]] if still else []
        if any(name not in still for name in forms) and (link := self._link()):
            chosen.append(link)
        parent, at = bundle.parent, bundle.parent.index(bundle)
        parent.remove(bundle)
        for place, node in enumerate(chosen):
            parent.insert(at + place, node)

    def _link(self) -> nodes.paragraph | None:
        """Return a link to the page on the website, where the output is whole."""
        book = project_of(self.app).book
        address = page_address(book, self.env.docname) if book else ""
        if not address:
            return None
        words = _("It stands on the website.")
        return nodes.paragraph(
            "", "", nodes.reference("", words, refuri=address), classes=["elsewhere"]
        )


def _moves(name: str, form: nodes.Node) -> bool:
    return name == "text/html" and bool(_MOVING.search(form.astext()))


def _put(old: nodes.Element, new: nodes.reference) -> None:
    """Replace an image, which may stand in a link or between blocks, by text that is a link."""
    if isinstance(old.parent, nodes.reference):
        old.replace_self(nodes.Text(new.astext()))
    elif isinstance(old.parent, nodes.TextElement):
        old.replace_self(new)
    else:
        old.replace_self(nodes.paragraph("", "", new))
