"""Which form of an output is printed, of those that a cell gave."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.render import get_mime_priority
from PIL import Image
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook.publish.edition import page_address
from polybook.publish.latex.html_output import has_table, html_nodes, is_active
from polybook.publish.project import project_of

_CLASS = "polybook-moving"
# Best first: drawings before dots, and whatever is typeset before plain text.
_FORMS = (
    "application/pdf",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "image/gif",
    "text/latex",
    "text/html",
    "text/markdown",
    "text/plain",
)
_WIDGET = "application/vnd.jupyter.widget-view+json"
_ACTIVE = (_WIDGET, "application/javascript")
# What Python says of an object that does not say itself what it is.
_NAMELESS = re.compile(r"<[\w.]+(?: object)?(?: at 0x[0-9a-f]+)?>$")
_DISPLAYED = re.compile(
    r"\\(begin|end)\{(align|alignat|equation|eqnarray|flalign|gather|multline)\}"
)
_TABULAR = re.compile(r"\s*(%.*\n\s*)*\\begin\{(tabular|longtable|table|center)")


def setup_output_form(app: Sphinx) -> None:
    """Choose for print, before MyST-NB does."""
    app.add_post_transform(OutputForm)


class OutputForm(SphinxPostTransform):
    """Replaces each output that has several forms by the one that is printed."""

    # MyST-NB, which knows the name of one builder for LaTeX only, chooses at 4.
    default_priority = 3
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Change the page's outputs."""
        forms = self._forms()
        for bundle in list(self.document.findall(_is_bundle)):
            given = {form["mime_type"]: form for form in bundle if form.children}
            chosen, word = self._best(given, forms)
            parent = bundle.parent
            at = parent.index(bundle)
            if word and not (at and _CLASS in parent[at - 1].get("classes", ()) and not chosen):
                chosen = [*chosen, self._note(word, bundle)]
            parent[at : at + 1] = chosen

    def _forms(self) -> list[str]:
        """Return the forms, best first, as the book may have ordered them."""
        name = self.app.builder.name
        ours = [(name, form, place) for place, form in enumerate(_FORMS, 1)]
        others = [
            (name, form, place)
            for builder, form, place in self.config["nb_mime_priority_overrides"]
            if builder in ("*", "latex", name)
        ]
        return get_mime_priority(name, [*ours, *others])

    def _best(
        self, given: dict[str, nodes.Element], forms: list[str]
    ) -> tuple[list[nodes.Node], str]:
        """Return what is printed, and what is said of what cannot be; that may be empty."""
        html = given["text/html"].astext() if "text/html" in given else ""
        active = any(kind in given for kind in _ACTIVE) or bool(html and is_active(html))
        word = _("Interactive on the website.") if active else ""
        if "<video" in html.lower():
            word = _("Animated on the website.")
        plain = given["text/plain"].astext() if "text/plain" in given else ""
        useful = bool(plain.strip()) and not _NAMELESS.match(plain.strip())
        for form in forms:
            if form not in given:
                continue
            content = given[form].children
            if form == "text/html":
                if useful and not has_table(html) and "<img" not in html and "<svg" not in html:
                    continue
                content = html_nodes(html, project_of(self.app).paper.line_share)
            elif form == "text/plain" and not useful:
                continue
            elif form == "text/latex":
                if has_table(html) and _TABULAR.match(given[form].astext()):
                    continue
                content = [_typeset(each) for each in content]
            elif form == "image/gif" and any(map(self._moves, given[form].findall(nodes.image))):
                word = _("Animated on the website.")
            if content:
                return list(content), word
        return [], word

    def _moves(self, image: nodes.image) -> bool:
        """Tell whether a picture has several frames; a broken one is reported elsewhere."""
        try:
            with Image.open(Path(self.app.srcdir, image["uri"])) as picture:
                return bool(getattr(picture, "is_animated", False))
        except OSError:
            return False

    def _note(self, word: str, place: nodes.Element) -> nodes.paragraph:
        """Return the sentence that says so, linked to the page if the website has an address."""
        note = nodes.paragraph(classes=["output", _CLASS])
        book = project_of(self.app).book
        address = page_address(book, self._docname(place)) if book else ""
        note += nodes.reference("", word, refuri=address) if address else nodes.Text(word)
        return note

    def _docname(self, node: nodes.Element) -> str:
        """Return the page of a node; a document for print is made of many."""
        while node is not None and "docname" not in node:
            node = node.parent
        return node["docname"] if node is not None else self.env.docname


def _is_bundle(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def _typeset(node: nodes.Node) -> nodes.Node:
    """Return a formula as it is; what is none, such as a table or a sentence, as plain LaTeX."""
    text = node.astext().strip()
    if not isinstance(node, nodes.math_block):
        return node
    # A number would be one more than the website counts.
    unnumbered = _DISPLAYED.sub(r"\\\1{\2*}", text)
    if unnumbered != text or _DISPLAYED.match(text.replace("*}", "}", 1)):
        node.children = [nodes.Text(unnumbered)]
        node["nowrap"] = node["no-wrap"] = True
        return node
    if _TABULAR.match(text) or re.search(r"(?<!\\)\$", text):
        return nodes.raw("", f"{text}\n", format="latex", classes=["output"])
    return node
