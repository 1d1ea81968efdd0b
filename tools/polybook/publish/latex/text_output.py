"""What programs write, as plain text: no colours, and no characters that move a cursor."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

# Escape sequences of ECMA-48: of a terminal's window (such as links), of its cursor, others.
_ESCAPE = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
_TAB = 8


def setup_text_output(app: Sphinx) -> None:
    """Let printed pages show plain text where websites show colours."""
    app.add_post_transform(TextOutput)


def plain_output(text: str) -> str:
    r"""Return what a program wrote, without colours, as lines without blanks at their end.

    >>> plain_output("\x1b[31mred\x1b[0m \n")
    'red'
    """
    text = _CONTROL.sub("", _ESCAPE.sub("", text.replace("\r\n", "\n")))
    lines = [line.rstrip() for line in text.expandtabs(_TAB).split("\n")]
    return "\n".join(lines).strip("\n")


class TextOutput(SphinxPostTransform):
    """Replaces the text outputs of cells; their classes tell what they are.

    These are ``stream``, ``stderr``, ``traceback`` and ``text_plain``, each beside ``output``.
    """

    # After the form of each output has been taken.
    default_priority = 6
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Change the page's outputs."""
        for block in list(self.document.findall(nodes.literal_block)):
            if "output" not in block["classes"]:
                continue
            if text := plain_output(block.astext()):
                plain = nodes.literal_block(text, text, **block.attributes)
                plain["language"] = "none"
                plain.source, plain.line = block.source, block.line
                block.replace_self(plain)
            else:
                block.parent.remove(block)
