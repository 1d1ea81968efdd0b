"""Formulas as a line of plain text, for places that cannot typeset: excerpts of the search."""

from __future__ import annotations

import re

#: Stands where a formula has no plain form.
LEFT_OUT = "…"
_LONGEST = 40

# Commands and what they show, in turn.
_TABLE = r"""
alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta θ iota ι kappa κ
lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω
Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω
ell ℓ infty ∞ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ forall ∀ exists ∃ top ⊤ prime ′
times × cdot · pm ± odot ⊙ otimes ⊗ circ ∘ ast ∗ cup ∪ cap ∩
leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ sim ∼ propto ∝ ll ≪ gg ≫ equiv ≡
in ∈ notin ∉ subset ⊂ subseteq ⊆ to → rightarrow → mapsto ↦ leftarrow ← gets ←
ldots … dots … cdots … mid | vert | | ‖ Vert ‖ % % _ _ & & # # $ $
log log ln ln exp exp sin sin cos cos tan tan tanh tanh max max min min arg arg argmax argmax
argmin argmin det det dim dim sup sup inf inf lim lim Pr Pr
"""
_ENTRIES = _TABLE.split()
_SPACES = (",", ";", ":", " ", "quad", "qquad")
# They change how their neighbours look, and show nothing themselves.
_UNSEEN = (
    *("!", "left", "right", "big", "Big", "bigl", "bigr", "limits"),
    *("displaystyle", "textstyle", "rm", "bf", "it", "cal"),
)
_SYMBOLS = {
    **dict(zip(_ENTRIES[::2], _ENTRIES[1::2], strict=True)),
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_UNSEEN, ""),
    # Braces that are shown must outlive those that only group.
    "{": "\0",
    "}": "\1",
}
# Commands of which only the argument is text.
_STYLES = re.compile(
    r"\\(?:mathbf|mathrm|mathit|mathcal|mathbb|mathsf|mathfrak|boldsymbol|bm|text|textrm|textbf"
    r"|operatorname\*?|hat|bar|tilde|vec|dot|overline|underline|mathop)\s*(?=[{\\A-Za-z0-9])"
)
_COMMAND = re.compile(r"\\([A-Za-z]+|.)\s?", re.DOTALL)
_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# A sum or the like as an index is put in brackets.
_INDEX = re.compile(r"([_^])\{([^{}]*[-+*/,= ][^{}]*)\}")
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
        shown = _SYMBOLS[name]
        return shown + (" " if spaced and shown.strip() else "")

    text = _POWER.sub(lambda found: (found[1] or found[2]).translate(_DIGITS), text)
    text = _INDEX.sub(r"\1(\2)", text)
    text = _COMMAND.sub(symbol, text)
    text = re.sub(r"[{}]", "", text).replace("\0", "{").replace("\1", "}")
    text = " ".join(text.replace("~", " ").split())
    if unknown or not text or len(text) > _LONGEST or "&" in text:
        return LEFT_OUT
    return text
