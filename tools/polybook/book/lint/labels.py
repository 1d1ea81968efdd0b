"""References to labels and works, and labels that are taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from polybook.book.book import Book, Page
from polybook.book.lint.finding import finding_at
from polybook.book.numbering import Label
from polybook.source import Diagnostic, Reference
from polybook.source.inline import CITATIONS
from polybook.source.suggestion import did_you_mean

# Pages that Sphinx makes itself and that authors may link to.
BUILT_IN = frozenset({"genindex", "modindex", "search"})
_LABEL_ROLES = ("numref", "ref", "eqref")


def check_references(book: Book, page: Page, works: Collection[str] | None) -> Iterator[Diagnostic]:
    """Report references that lead nowhere; ``works`` is ``None`` if they are not known."""
    labels = book.numbering.labels
    for reference in page.chapter.references:
        span, target = reference.span, reference.target
        if reference.role in CITATIONS:
            if works is not None and target not in works:
                message = f"no work has the key '{target}'"
                mend = did_you_mean(target, works, "the keys are")
                yield finding_at(page, span, "undefined-citation", message, mend)
        elif reference.role in _LABEL_ROLES and target not in BUILT_IN:
            label = book.numbering.find(target)
            if label is None:
                message = f"no label is called '{target}'"
                mend = did_you_mean(target, labels)
                yield finding_at(page, span, "undefined-label", message, mend)
            else:
                yield from _fits(page, reference, label)


def _fits(page: Page, reference: Reference, label: Label) -> Iterator[Diagnostic]:
    """Report a reference whose role cannot show what its label stands for."""
    name, kind, span = label.name, label.target.kind, reference.span
    if reference.role == "eqref" and kind != "equation":
        message, mend = f"'{name}' is a {kind}, not an equation", f"write :numref:`{name}`"
        yield finding_at(page, span, "wrong-reference", message, mend)
    elif reference.role != "eqref" and kind == "equation":
        message, mend = f"'{name}' is an equation", f"write :eqref:`{name}`"
        yield finding_at(page, span, "wrong-reference", message, mend)
    elif reference.role == "numref" and not label.number:
        message = f"the {kind} '{name}' has no number"
        mend = f"write :ref:`{name}`" if kind == "section" else "give it a caption"
        yield finding_at(page, span, "unnumbered-target", message, mend)


def check_duplicates(book: Book, page: Page) -> Iterator[Diagnostic]:
    """Report the page's labels that another object has already."""
    for label in book.numbering.duplicates:
        if label.docname != page.docname:
            continue
        name = label.name.lower()
        first = next(one for key, one in book.numbering.labels.items() if key.lower() == name)
        yield Diagnostic(
            label.path,
            label.target.line,
            1,
            "duplicate-label",
            f"the label '{label.name}' is taken, at {first.path}:{first.target.line}",
            "labels are unique in the whole book, in whatever case they are written",
        )
