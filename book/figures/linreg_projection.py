"""Draw chapters/img/linreg-projection.svg: least squares as a projection onto a plane.

Run `python book/figures/linreg_projection.py > chapters/img/linreg-projection.svg`.
"""

NAME = "linreg-projection"
INK, GREY, PALE = "#1f2937", "#6b7280", "#e5e7eb"
BLUE, PALE_BLUE, GREEN, AMBER = "#2563eb", "#dbeafe", "#059669", "#b45309"

ORIGIN, FOOT, LABEL = (110, 212), (310, 198), (310, 62)


def arrow(
    end: tuple[int, int], colour: str, start: tuple[int, int] = ORIGIN, dash: str = ""
) -> str:
    """Return a line with a head at its end."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'    <path d="M{start[0]} {start[1]} L{end[0]} {end[1]}" stroke="{colour}"'
        f' color="{colour}" marker-end="url(#{NAME}-{colour[1:]})"{dashes}/>'
    )


def head(colour: str) -> str:
    """Return the marker of the arrows of a colour."""
    return (
        f'    <marker id="{NAME}-{colour[1:]}" viewBox="0 0 10 10" refX="9" refY="5"'
        ' markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">\n'
        f'      <path d="M1 1 L9 5 L1 9" fill="none" stroke="{colour}" stroke-width="1.5"/>\n'
        "    </marker>"
    )


def draw() -> str:
    """Return the text of the figure."""
    x, y = FOOT
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 300" width="480" height="300" role="img" \
aria-labelledby="{NAME}-title {NAME}-desc" font-family="Helvetica, Arial, sans-serif" \
font-size="14" fill="{INK}">
  <title id="{NAME}-title">Least squares as a projection</title>
  <desc id="{NAME}-desc">A plane in space, spanned by two arrows, the columns of the matrix A. \
An arrow y points from their common origin out of the plane. A dashed arrow, the residual, leads \
from the point A theta in the plane to the tip of y and meets the plane at a right angle.</desc>
  <defs>
{chr(10).join(head(colour) for colour in (INK, BLUE, GREEN, AMBER))}
  </defs>
  <rect x="0.75" y="0.75" width="478.5" height="298.5" rx="10" fill="#ffffff" \
stroke="{PALE}" stroke-width="1.5"/>
  <path d="M34 260 L122 152 L466 152 L378 260 Z" fill="{PALE_BLUE}" stroke="{BLUE}" \
stroke-width="1.5"/>
  <g stroke-width="1.5" fill="none">
{arrow((236, 244), GREEN)}
{arrow((206, 172), GREEN)}
{arrow(FOOT, BLUE)}
{arrow(LABEL, INK)}
{arrow(LABEL, AMBER, start=FOOT, dash="5 3")}
    <path d="M{x} {y - 14} L{x - 14} {y - 11.8} V{y + 2.2}" stroke="{GREY}"/>
  </g>
  <circle cx="{ORIGIN[0]}" cy="{ORIGIN[1]}" r="3" fill="{INK}"/>
  <text x="296" y="56" text-anchor="end">label vector <tspan font-weight="bold">y</tspan></text>
  <text x="322" y="122" fill="{AMBER}">residual <tspan font-weight="bold">y</tspan> − \
<tspan font-weight="bold">Aθ</tspan></text>
  <text x="320" y="203" fill="{BLUE}">prediction <tspan font-weight="bold">Aθ</tspan></text>
  <g fill="{GREEN}" font-size="13">
    <text x="244" y="249">a column of <tspan font-weight="bold">A</tspan></text>
    <text x="214" y="172">another</text>
  </g>
  <text x="40" y="284" font-size="13" fill="{GREY}">plane of all predictions that the model can \
make</text>
</svg>
"""


if __name__ == "__main__":
    print(draw(), end="")
