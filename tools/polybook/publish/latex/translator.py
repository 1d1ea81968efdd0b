"""Nodes of a page to LaTeX: Sphinx's writer, with the numbers that the website has.

TeX counts nothing: sections, figures, tables, listings and equations are printed with the numbers
of Sphinx's environment, as references to them are. A reference leads to what it names, or is plain
text where the edition has nothing of that name.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.builders.latex.nodes import captioned_literal_block
from sphinx.writers.latex import CR, LaTeXTranslator

from polybook.publish.formula import displayed
from polybook.publish.latex.book_index import INDEX

LEVELS = ("chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph")
"""LaTeX's names of the levels of headings."""

_INNER = {
    "align": (r"\begin{aligned}", r"\end{aligned}"),
    "flalign": (r"\begin{aligned}", r"\end{aligned}"),
    "eqnarray": (r"\begin{array}{rcl}", r"\end{array}"),
    "gather": (r"\begin{gathered}", r"\end{gathered}"),
    "multline": (r"\begin{gathered}", r"\end{gathered}"),
    "alignat": (r"\begin{alignedat}", r"\end{alignedat}"),
}


def anchor_name(docname: str, anchor: str) -> str:
    """Return the name of a place in the PDF, which PDF and TeX read as it is."""
    return re.sub(
        r"[^\w./-]", lambda found: f"+{ord(found[0]):x}", f"{docname}/{anchor}", flags=re.A
    )


class PageTranslator(LaTeXTranslator):
    """Writes one page.

    Args:
        document: The page, resolved.
        builder: The builder of the edition.
        theme: Sphinx's theme of LaTeX documents.
        docname: The page's name.
        depth: How many pages stand above it in the contents.
    """

    def __init__(
        self, document: nodes.document, builder: Any, theme: Any, docname: str, depth: int
    ) -> None:
        super().__init__(document, builder, theme)
        self.highlighter = builder.highlighter
        env = builder.env
        self._depth = depth
        self._docname = docname
        self._sections = env.toc_secnumbers.get(docname, {})
        self._numbers = env.toc_fignumbers.get(docname, {})
        self._titled = False
        self.this_is_the_title = 0
        # The level above the page's title; sections count from there.
        self.sectionlevel = depth - 1

    def visit_document(self, node: nodes.Element) -> None:
        """Begin the page; one without a title is found by its beginning."""
        self.curfilestack.append(self._docname)
        # Footnotes are found by their numbers within a page.
        self.body.append("\\sphinxstepscope\n")
        if not any(isinstance(child, nodes.section) for child in node.children):
            self.body.append(self._beginning(anchor=True))

    def _beginning(self, anchor: bool) -> str:
        """Return the label of the page, and the mark that the PDF's inventory finds."""
        mark = rf"\polybookanchor{{{anchor_name(self._docname, '')}}}"
        return self.hypertarget(":doc", anchor=anchor) + mark

    def visit_section(self, node: nodes.Element) -> None:
        """Go one level down, and say which line of the chapter this is."""
        self.sectionlevel += 1
        self._mark(node)
        self.body.append("\n\n")

    def depart_section(self, node: nodes.Element) -> None:
        """Go back up."""
        self.sectionlevel -= 1

    def _mark(self, node: nodes.Node) -> None:
        """Leave the line of the chapter for messages on what follows."""
        if node.line and not self.in_title and not self.in_caption and not self.table:
            self.body.append(f"\n%%polybook:{self._docname}:{node.line}\n")

    def hypertarget_to(self, node: nodes.Element, anchor: bool = False) -> str:
        """Return the labels of a node, and its entries in the index."""
        return super().hypertarget_to(node, anchor) + str(node.get(INDEX, ""))

    def visit_paragraph(self, node: nodes.Element) -> None:
        """Begin a paragraph; pictures alone stand beside one another while there is room."""
        super().visit_paragraph(node)
        if _has_pictures_alone(node):
            self.body.append(r"{\centering ")

    def depart_paragraph(self, node: nodes.Element) -> None:
        """End the paragraph."""
        if _has_pictures_alone(node):
            self.body.append(r"\par}")
        super().depart_paragraph(node)

    # Numbers

    def visit_title(self, node: nodes.Element) -> None:
        """Write a heading with the number that the website shows."""
        section = node.parent
        if not isinstance(section, nodes.section):
            super().visit_title(node)
            return
        anchor = f"#{section['ids'][0]}" if self._titled and section["ids"] else ""
        number = ".".join(map(str, self._sections.get(anchor) or ()))
        label = self.hypertarget_to(section)
        if not self._titled:
            label += self._beginning(anchor=False)
        self._titled = True
        level = LEVELS[min(self.sectionlevel, len(LEVELS) - 1)]
        self.body.append(rf"\polybookheading{{{level}}}{{{number}}}{{")
        self.context.append("}{" + label + "}" + CR)
        self.in_title = 1

    def _number(self, kind: str, node: nodes.Element) -> str:
        """Return the number of a figure, table, listing or equation; empty without one."""
        numbers = self._numbers.get(kind, {})
        found = next((numbers[name] for name in node["ids"] if name in numbers), ())
        return ".".join(map(str, found))

    def visit_caption(self, node: nodes.Element) -> None:
        """Write a caption with its number."""
        parent = node.parent
        if isinstance(parent, captioned_literal_block):
            number = self._number("code-block", parent)
            self.body.append(rf"\polybooknumber{{literalblock}}{{{number}}}")
        super().visit_caption(node)

    def visit_figure(self, node: nodes.Element) -> None:
        """Begin a figure, which links find by its number."""
        self.body.append(rf"\polybooknumber{{figure}}{{{self._number('figure', node)}}}" + CR)
        super().visit_figure(node)

    def depart_caption(self, node: nodes.Element) -> None:
        """End the caption, and leave a mark that the PDF's inventory finds."""
        super().depart_caption(node)
        self.body.append(self._anchors(node.parent))

    def _anchors(self, node: nodes.Element) -> str:
        """Return marks for what has a number; unlike labels they stay in the PDF."""
        return "".join(
            rf"\polybookanchor{{{anchor_name(self._docname, each)}}}"
            for each in node["ids"]
            if any(each in numbers for numbers in self._numbers.values())
        )

    def visit_table(self, node: nodes.Element) -> None:
        """Begin a table, whose caption takes its number when it is written."""
        self._mark(node)
        super().visit_table(node)

    def depart_table(self, node: nodes.Element) -> None:
        """Write a table."""
        self.body.append(rf"\polybooknumber{{table}}{{{self._number('table', node)}}}" + CR)
        self.body.append(self._anchors(node))
        super().depart_table(node)

    def visit_math_block(self, node: nodes.math_block) -> None:
        """Write a displayed formula as MathJax is given it, with its number as its tag."""
        number = self._number("displaymath", node)
        sep = self.config.math_numsep
        tag = rf"\tag{{{sep.join(number.rsplit('.', 1))}}}" if number else r"\notag"
        label = f"equation:{self._docname}:{node['label']}" if node.get("label") else ""
        anchor = rf"\label{{{self.idescape(label)}}}" if label else ""
        self._mark(node)
        tex, _ = displayed(node.astext(), bool(node.get("nowrap")))
        if node.get("nowrap"):
            self.body.append(f"\n{anchor}{self._anchors(node)}{tex}\n")
        else:
            begin, end = r"\begin{equation*}", r"\end{equation*}"
            for outer in ("align", "gather", "multline", "eqnarray", "flalign", "alignat"):
                # They are displays themselves; inside of one their inner forms take their place.
                for star in ("", "*"):
                    tex = tex.replace(rf"\begin{{{outer}{star}}}", _INNER[outer][0])
                    tex = tex.replace(rf"\end{{{outer}{star}}}", _INNER[outer][1])
            mark = self._anchors(node)
            shown = rf"\polybookdisplay{{{tex.strip()}}}"
            self.body.append(f"\n{begin}{tag}{anchor}{mark}\n{shown}\n{end}\n")
        raise nodes.SkipNode

    def visit_citation(self, node: nodes.Element) -> None:
        """Begin a work of the list, to which citations lead."""
        super().visit_citation(node)
        self.body.append(self.hypertarget_to(node, anchor=True))

    def visit_math_reference(self, node: nodes.Element) -> None:
        """Refer to an equation by its number."""
        domain = self.builder.env.get_domain("math")
        found = domain.equations.get(node["target"])  # type: ignore[attr-defined]
        docname = node["docname"]
        numbers = self.builder.env.toc_fignumbers.get(docname, {}).get("displaymath", {})
        number = numbers.get(f"equation-{nodes.make_id(node['target'])}", ())
        text = ".".join(map(str, number)) or str(found[1] if found else "")
        text = self.config.math_numsep.join(text.rsplit(".", 1))
        shown = (self.config.math_eqref_format or "({number})").format(number=text)
        label = self.idescape(f"equation:{docname}:{node['target']}")
        self.body.append(rf"\hyperref[{label}]{{{self.escape(shown)}}}")
        raise nodes.SkipNode

    def visit_number_reference(self, node: nodes.Element) -> None:
        """Refer to what has a number by the number that the environment knows."""
        self.visit_reference(node)

    def depart_number_reference(self, node: nodes.Element) -> None:
        """End the reference."""
        self.depart_reference(node)


def _has_pictures_alone(node: nodes.Element) -> bool:
    pictures = [each for each in node.children if isinstance(each, nodes.image)]
    return len(pictures) > 1 and not any(
        each.astext().strip() for each in node.children if each not in pictures
    )
