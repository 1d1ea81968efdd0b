"""Formulas as a line of plain text, for places that cannot typeset: excerpts of the search."""

from __future__ import annotations

import re

#: Stands where a formula has no plain form.
LEFT_OUT = "…"
_LONGEST = 40

_GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau"
        " upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split(),
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ",
        strict=True,
    )
)
_SYMBOLS = {
    **_GREEK,
    **{"varepsilon": "ε", "vartheta": "θ", "varphi": "φ", "ell": "ℓ", "infty": "∞"},
    **{"times": "×", "cdot": "·", "pm": "±", "odot": "⊙", "otimes": "⊗", "circ": "∘", "ast": "∗"},
    **{"leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈"},
    **{"sim": "∼", "propto": "∝", "ll": "≪", "gg": "≫", "equiv": "≡", "in": "∈", "notin": "∉"},
    **{"subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩", "to": "→", "rightarrow": "→"},
    **{"mapsto": "↦", "leftarrow": "←", "gets": "←", "partial": "∂", "nabla": "∇", "sum": "∑"},
    **{"prod": "∏", "int": "∫", "forall": "∀", "exists": "∃", "top": "⊤", "prime": "′"},
    **{"ldots": "…", "dots": "…", "cdots": "…", "mid": "|", "vert": "|", "|": "‖", "Vert": "‖"},
    **{"{": "{", "}": "}", "%": "%", "_": "_", "&": "&", "#": "#", "$": "$"},
    **{",": " ", ";": " ", ":": " ", " ": " ", "!": "", "quad": " ", "qquad": " "},
    **{"left": "", "right": "", "big": "", "Big": "", "bigl": "", "bigr": "", "limits": ""},
    **dict.fromkeys("displaystyle textstyle rm bf it cal".split(), ""),
    **{name: name for name in "log ln exp sin cos tan tanh max min arg det dim sup inf lim".split()},
    **{"argmax": "argmax", "argmin": "argmin", "Pr": "Pr"},
}
# Commands of which only the argument is text.
_STYLES = re.compile(
    r"\\(?:mathbf|mathrm|mathit|mathcal|mathbb|mathsf|mathfrak|boldsymbol|bm|text|textrm|textbf"
    r"|operatorname\*?|hat|bar|tilde|vec|dot|overline|underline|mathop)\s*(?=[{\\A-Za-z0-9])"
)
_COMMAND = re.compile(r"\\([A-Za-z]+|.)\s?", re.DOTALL)
_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_POWER = re.compile(r"\^(?:\{(\d+)\}|(\d))")


def plain_math(tex: str) -> str:
    """Return a short formula as plain text, and ``…`` for any other.

    >>> plain_math(r"\\mathbf{x} \\in \\mathbb{R}^2")
    'x ∈ R²'
    >>> plain_math(r"\\frac{a}{b}")
    '…'
    """
    text = _STYLES.sub("", tex.strip().strip("$"))
    unknown = False

    def symbol(command: re.Match[str]) -> str:
        nonlocal unknown
        name = command[1]
        if name not in _SYMBOLS:
            unknown = True
            return ""
        spaced = command[0][-1:].isspace() and len(name) > 1
        # Braces that are shown must outlive those that only group.
        shown = {"{": "\0", "}": "\1"}.get(name, _SYMBOLS[name])
        return shown + (" " if spaced and shown.strip() else "")

    text = _POWER.sub(lambda found: (found[1] or found[2]).translate(_DIGITS), text)
    text = _COMMAND.sub(symbol, text)
    text = re.sub(r"[{}]", "", text).replace("\0", "{").replace("\1", "}")
    text = " ".join(text.replace("~", " ").split())
    if unknown or not text or len(text) > _LONGEST or "&" in text:
        return LEFT_OUT
    return text
