"""The colours of code in the theme, on a light and on a dark ground.

Every colour has a contrast of at least 4.5 to 1 with its ground (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from typing import ClassVar

from pygments.formatters import HtmlFormatter
from pygments.style import Style
from pygments.token import (
    Comment,
    Error,
    Generic,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    _TokenType,
)


def _styles(
    text: str, quiet: str, keyword: str, name: str, string: str, number: str, error: str
) -> dict[_TokenType, str]:
    return {
        Text: text,
        Punctuation: text,
        Operator: text,
        Operator.Word: keyword,
        Comment: f"italic {quiet}",
        Comment.Preproc: f"noitalic {keyword}",
        Keyword: keyword,
        Keyword.Constant: number,
        Name: text,
        Name.Builtin: name,
        Name.Builtin.Pseudo: f"italic {text}",
        Name.Class: f"bold {name}",
        Name.Function: name,
        Name.Decorator: name,
        Name.Exception: name,
        Name.Tag: keyword,
        Name.Attribute: name,
        String: string,
        String.Doc: f"italic {string}",
        String.Escape: number,
        Number: number,
        Generic.Heading: f"bold {text}",
        Generic.Subheading: f"bold {text}",
        Generic.Deleted: error,
        Generic.Inserted: string,
        Generic.Error: error,
        Generic.Traceback: error,
        Generic.Emph: "italic",
        Generic.Strong: "bold",
        Generic.Prompt: quiet,
        Generic.Output: text,
        Error: error,
    }


class Light(Style):
    """Ink on paper."""

    name = "polybook-light"
    background_color = "#f6f5f1"
    styles: ClassVar = _styles(
        "#24292f", "#63676e", "#8a1f6a", "#1b559e", "#2d6130", "#8f4300", "#b3261e"
    )


class Dark(Style):
    """The same, at night."""

    name = "polybook-dark"
    background_color = "#1d2127"
    styles: ClassVar = _styles(
        "#dfe2e7", "#99a1ad", "#e29ad0", "#8ebcf5", "#a3cf9c", "#eeb27e", "#ff9d94"
    )


def dark_styles(style: type[Style]) -> str:
    """Return the style sheet of code where the reader has chosen the dark theme."""
    formatter = HtmlFormatter(style=style, nobackground=True)
    return formatter.get_style_defs('html[data-theme="dark"] .highlight') + "\n"
