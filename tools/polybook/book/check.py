"""Book-wide checks: what no single chapter can know."""

from __future__ import annotations

from collections.abc import Iterator

from polybook.book.book import Book, Page, declared_frameworks
from polybook.book.numbering import Label
from polybook.source import BookError, Diagnostic, Reference
from polybook.source.inline import CITATIONS
from polybook.source.suggestion import did_you_mean

# Pages that Sphinx makes itself and that authors may link to.
_BUILT_IN = frozenset({"genindex", "modindex", "search"})
_LABEL_ROLES = ("numref", "ref", "eqref")
_SCHEMES = ("http:", "https:", "data:")


def check(book: Book) -> list[Diagnostic]:
    """Return everything that is wrong in the book, in the order of its pages."""
    found: list[Diagnostic] = []
    try:
        works = frozenset(book.bibliography)
    except BookError as error:
        found += error.diagnostics
        works = None
    for framework in book.config.frameworks:
        if framework.environment and not (book.folder / framework.environment).is_file():
            found.append(
                Diagnostic(
                    "_config.yml",
                    framework.environment_line,
                    1,
                    "missing-file",
                    f"the environment file {framework.environment} is missing",
                    "write the framework's pinned requirements there",
                )
            )
    for page in book.pages:
        in_page = list(page.chapter.diagnostics)
        in_page += _front_matter(book, page)
        in_page += _references(book, page, works)
        in_page += _images(book, page)
        in_page += [
            _duplicate(label, book.numbering.labels)
            for label in book.numbering.duplicates
            if label.docname == page.docname
        ]
        found += sorted(in_page)
    return found


def _front_matter(book: Book, page: Page) -> Iterator[Diagnostic]:
    for name in declared_frameworks(page.chapter) or []:
        if name not in book.config.framework_names:
            yield Diagnostic(
                page.path,
                _line_of_key(page, "frameworks"),
                1,
                "unknown-framework",
                f"the book has no framework '{name}'",
                did_you_mean(name, book.config.framework_names, "its frameworks are"),
            )


def _line_of_key(page: Page, key: str) -> int:
    lines = page.chapter.lines
    for number in range(len(lines)):
        if lines.content(number).startswith(f"{key}:"):
            return number + 1
    return 1


def _references(book: Book, page: Page, works: frozenset[str] | None) -> Iterator[Diagnostic]:
    labels = book.numbering.labels
    for reference in page.chapter.references:
        if reference.role in CITATIONS:
            if works is not None and reference.target not in works:
                yield _at(
                    page,
                    reference,
                    "undefined-citation",
                    f"no work has the key '{reference.target}'",
                    did_you_mean(reference.target, works, "the keys are"),
                )
        elif reference.role in _LABEL_ROLES and reference.target not in _BUILT_IN:
            label = book.numbering.find(reference.target)
            if label is None:
                yield _at(
                    page,
                    reference,
                    "undefined-label",
                    f"no label is called '{reference.target}'",
                    did_you_mean(reference.target, labels),
                )
            else:
                yield from _fits(page, reference, label)


def _fits(page: Page, reference: Reference, label: Label) -> Iterator[Diagnostic]:
    """Report a reference whose role cannot show what its label stands for."""
    name, kind = label.name, label.target.kind
    if reference.role == "eqref" and kind != "equation":
        message, mend = f"'{name}' is a {kind}, not an equation", f"write :numref:`{name}`"
        yield _at(page, reference, "wrong-reference", message, mend)
    elif reference.role != "eqref" and kind == "equation":
        message, mend = f"'{name}' is an equation", f"write :eqref:`{name}`"
        yield _at(page, reference, "wrong-reference", message, mend)
    elif reference.role == "numref" and not label.number:
        message = f"the {kind} '{name}' has no number"
        mend = f"write :ref:`{name}`" if kind == "section" else "give it a caption"
        yield _at(page, reference, "unnumbered-target", message, mend)


def _at(page: Page, reference: Reference, code: str, message: str, suggestion: str) -> Diagnostic:
    column = page.chapter.lines.column_of(reference.span.start) + 1
    return Diagnostic(page.path, reference.line, column, code, message, suggestion)


def _images(book: Book, page: Page) -> Iterator[Diagnostic]:
    here = (book.folder / page.path).parent
    for image in page.chapter.images:
        source = image.source
        if source.startswith(_SCHEMES) or not source:
            continue
        path = book.folder / source[1:] if source.startswith("/") else here / source
        if not path.is_file():
            yield Diagnostic(
                page.path,
                image.line,
                1,
                "missing-image",
                f"there is no file {source}",
                "paths are relative to the chapter's folder",
            )


def _duplicate(label: Label, labels) -> Diagnostic:  # type: ignore[no-untyped-def]
    first = next(other for name, other in labels.items() if name.lower() == label.name.lower())
    return Diagnostic(
        label.path,
        label.target.line,
        1,
        "duplicate-label",
        f"the label '{label.name}' is taken, at {first.path}:{first.target.line}",
        "labels are unique in the whole book, in whatever case they are written",
    )
