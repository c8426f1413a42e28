"""Small drawing parts in SVG. Times are seconds; positions are pixels of a 640 by 360 picture."""

INK, STEEL, STEEL_2, FLOOR, WALL = "#0c1318", "#74858f", "#46535b", "#2f3b42", "#20303a"
INDIGO, BAMBOO, RATTAN, PLUM, PAPER, SKIN = "#2f70ad", "#43a271", "#c98f35", "#c23a74", "#f3f5f0", "#d9a878"
LEATHER, LEATHER_2 = "#a8742e", "#8a5c1f"


def ease(t: float, start: float, end: float) -> float:
    """0 before `start`, 1 after `end`, smooth between."""
    if t <= start:
        return 0.0
    if t >= end:
        return 1.0
    x = (t - start) / (end - start)
    return x * x * (3 - 2 * x)


def between(a: float, b: float, share: float) -> float:
    return a + (b - a) * share


def group(
    body: str, x: float = 0, y: float = 0, scale: float = 1, turn: float = 0, opacity: float = 1
) -> str:
    if opacity <= 0:
        return ""
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f}) scale({scale:.3f})" '
        f'opacity="{opacity:.2f}">{body}</g>'
    )


def box(x: float, y: float, w: float, h: float, fill: str, r: float = 0, more: str = "") -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{r}" fill="{fill}" {more}/>'


def path(d: str, fill: str = "none", stroke: str = "none", width: float = 0, more: str = "") -> str:
    return (
        f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-linejoin="round" {more}/>'
    )


def disc(x: float, y: float, r: float, fill: str, more: str = "") -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{max(r, 0):.1f}" fill="{fill}" {more}/>'


def text(x: float, y: float, words: str, size: float = 20, fill: str = PAPER) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="middle" '
        f'font-family="DejaVu Sans Mono" font-weight="700">{words}</text>'
    )


def tick(x: float, y: float, share: float, r: float = 15) -> str:
    """A green disc with a tick, growing with `share`."""
    if share <= 0:
        return ""
    mark = path(f"M{-r * 0.45} 0l{r * 0.33} {r * 0.38}l{r * 0.6} {-r * 0.75}", stroke="#fff", width=r * 0.22)
    return group(disc(0, 0, r, BAMBOO) + mark, x, y, share)


def cross(x: float, y: float, share: float, r: float = 15) -> str:
    """A plum disc with a cross, growing with `share`."""
    if share <= 0:
        return ""
    a = r * 0.4
    mark = path(f"M{-a} {-a}l{2 * a} {2 * a}M{a} {-a}l{-2 * a} {2 * a}", stroke="#fff", width=r * 0.22)
    return group(disc(0, 0, r, PLUM) + mark, x, y, share)


def strip(steps: int, done: float) -> str:
    """The woven strip at the foot: one cell per step, solid when it is done."""
    cells = ""
    for index in range(steps):
        x = 24 + index * 34
        cells += box(x, 345, 28, 9, "#34413c", 2)
        cells += box(x, 345, 28 * max(0.0, min(1.0, done - index)), 9, BAMBOO, 2)
        cells += path(f"M{x + 9} 345v9M{x + 19} 345v9", stroke="#0c1318", width=1.2, more='opacity=".45"')
    return cells


GRADIENTS = (
    '<defs><linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop stop-color="#2a3d49"/>'
    '<stop offset="1" stop-color="#0e171d"/></linearGradient>'
    '<linearGradient id="steel" x1="0" y1="0" x2="0" y2="1"><stop stop-color="#93a5af"/>'
    '<stop offset="1" stop-color="#46535b"/></linearGradient>'
    '<radialGradient id="arc"><stop stop-color="#fff"/><stop offset=".1" stop-color="#f3f9ff"/>'
    '<stop offset=".3" stop-color="#bfe0ff" stop-opacity=".7"/><stop offset="1" stop-color="#7db8f0" stop-opacity="0"/>'
    '</radialGradient><radialGradient id="warm"><stop stop-color="#ffd9a0" stop-opacity=".8"/>'
    '<stop offset="1" stop-color="#ff9a3c" stop-opacity="0"/></radialGradient></defs>'
)


def workshop() -> str:
    """Wall with windows, floor, skirting."""
    panes = "".join(box(30 + 66 * i, 34, 56, 66, "#4d7186", 2, 'fill-opacity=".32"') for i in range(3))
    bars = path(
        "M30 67h56M96 67h56M162 67h56M58 34v66M124 34v66M190 34v66", stroke=INK, width=3, more='opacity=".5"'
    )
    tiles = "".join(
        path(f"M{-40 + 90 * i} 360l60-70", stroke=INK, width=1.5, more='opacity=".35"') for i in range(9)
    )
    return (
        box(0, 0, 640, 360, "url(#wall)")
        + panes
        + bars
        + box(0, 288, 640, 72, FLOOR)
        + box(0, 286, 640, 4, "#5b6b74")
        + tiles
    )


def picture(body: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360" viewBox="0 0 640 360">'
        f"{GRADIENTS}{body}</svg>"
    )
