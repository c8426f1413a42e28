"""Drawings made of data: pure functions from numbers to SVG.

No styles and no scripts inside: colours are classes of the sheet `hours` or `figures`, sizes are SVG attributes, so
that a strict Content-Security-Policy lets them through. Whatever is spoken stands in `label`; a drawing without a
label is decoration beside its own figures and stays silent.
"""

import math
from collections.abc import Iterable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

CELL = 20
GAP = 2.6
MOST_CELLS = 400
FEW = 6
"""A mat of a few hours keeps the size of its strips: it gets the room of so many."""


def plain(value: float) -> str:
    """A number for an SVG attribute: at most two decimals, no trailing zeros."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    w = plain(width)
    return f"M{plain(x)} {plain(y)}h{w}v{plain(height)}h-{w}z"


def _voice(label: str) -> str:
    return f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'


def _svg(css: str, box: str, label: str, *shapes: str, more: str = "") -> SafeString:
    return mark_safe(f'<svg class="{css}" viewBox="{box}" {_voice(label)}{more}>{"".join(shapes)}</svg>')  # noqa: S308 - built here, label escaped


def _path(css: str, data: str) -> str:
    return f'<path class="{css}" d="{data}"/>' if data else ""


def _strip(index: int, columns: int) -> tuple[float, float, float, float, bool]:
    """Place and size of one strip of the mat, and whether it lies flat: over and under by turns."""
    row, column = divmod(index, columns)
    x, y = column * CELL, row * CELL
    if (row + column) % 2 == 0:
        return x + 0.5, y + GAP, CELL - 1, CELL - 2 * GAP, True
    return x + GAP, y + 0.5, CELL - 2 * GAP, CELL - 1, False


def mat(
    total: float,
    done: float,
    *,
    waiting: float = 0,
    needed: float | None = None,
    columns: int = 20,
    label: str = "",
) -> SafeString:
    """The mat of one course: one strip per hour (学时); the strip being woven is filled by its fraction.

    `done` counts, `waiting` was seen and does not count yet, `needed` is drawn as a dashed line. Beyond 400 hours
    one strip stands for several, so that a page stays light.
    """
    scale = max(1, math.ceil(total / MOST_CELLS))
    total, done, waiting = float(total) / scale, float(done) / scale, float(waiting) / scale
    cells = max(1, math.ceil(total))
    columns = min(columns, cells)
    paths = {"todo": "", "done": "", "wait": ""}
    for index in range(cells):
        x, y, width, height, flat = _strip(index, columns)
        if index + 1 <= done:
            paths["done"] += _rectangle(x, y, width, height)
        elif index < done:
            part = done - index
            paths["todo"] += _rectangle(x, y, width, height)
            paths["done"] += (
                _rectangle(x, y, width * part, height) if flat else _rectangle(x, y, width, height * part)
            )
        elif index < math.ceil(done) + waiting:
            paths["wait"] += _rectangle(x + 1, y + 1, width - 2, height - 2)
        else:
            paths["todo"] += _rectangle(x, y, width, height)
    wide, high = columns * CELL, math.ceil(cells / columns) * CELL
    shapes = [_path(f"mat__{kind}", data) for kind, data in paths.items()]
    if needed:
        shapes.append(_path("mat__need", _need_line(float(needed) / scale, columns, wide)))
    room = max(wide, FEW * CELL)
    return _svg("mat", f"-8 -2 {room + 16} {high + 4}", label, *shapes)


def _need_line(needed: float, columns: int, wide: int) -> str:
    row, rest = divmod(needed, columns)
    y = int(row) * CELL
    if rest == 0:
        return f"M-6 {y}h{wide + 12}"
    x = plain(rest * CELL + 6)
    return f"M-6 {y + CELL}h{x}v-{CELL}h{plain(wide - rest * CELL + 6)}"


def coverage(
    seconds: float,
    spans: Iterable[Sequence],
    *,
    at: float | None = None,
    label: str = "",
    css: str = "coverage__svg",
) -> SafeString:
    """Which seconds of a video counted: spans are (from, to, kind) in seconds; kinds are counted and fast."""
    total = plain(max(seconds, 1))
    shapes = [_path("cv-base", f"M0 0h{total}v20H0z")]
    shapes += [
        _path(f"cv-{kind}", _rectangle(start, 0, end - start, 20))
        for start, end, kind in spans
        if end > start
    ]
    if at is not None:
        shapes.append(_path("cv-at", f"M{plain(at)} -4v28"))
    return _svg(css, f"0 0 {total} 20", label, *shapes, more=' preserveAspectRatio="none"')


def gauge(total: float, parts: Iterable[tuple[str, float]], *, label: str = "") -> SafeString:
    """A sum and what has become of it, from left to right; kinds are paid, commit and this."""
    whole = max(float(total), 1.0)
    x = 0.0
    shapes = [_path("g-base", "M0 0h600v24H0z")]
    for kind, amount in parts:
        width = min(600 * float(amount) / whole, 600 - x)
        if width > 0:
            shapes.append(_path(f"g-{kind}", _rectangle(x, 0, width, 24)))
            x += width
    return _svg("gauge", "0 0 600 24", label, *shapes, more=' preserveAspectRatio="none"')


def spark(values: Iterable[float], *, label: str = "", width: int = 96, height: int = 28) -> SafeString:
    """A trend line with its last point marked. Fewer than two values draw nothing."""
    points = [float(value) for value in values]
    if len(points) < 2:  # noqa: PLR2004 - a line needs two points
        return SafeString("")
    low = min(points)
    span = (max(points) - low) or 1
    placed = [
        (2 + i * (width - 6) / (len(points) - 1), height - 3 - (v - low) / span * (height - 7))
        for i, v in enumerate(points)
    ]
    line = "M" + "L".join(f"{plain(x)} {plain(y)}" for x, y in placed)
    x, y = placed[-1]
    return _svg(
        "spark",
        f"0 0 {width} {height}",
        label,
        _path("spark__area", f"{line}L{plain(x)} {height}L2 {height}z"),
        _path("spark__line", line),
        f'<circle cx="{plain(x)}" cy="{plain(y)}" r="2.5"/>',
    )


def bar(value: float, most: float, *, kind: str = "val") -> SafeString:
    """A silent bar; its figure stands beside it."""
    width = 100 * min(float(value), float(most)) / float(most) if most else 0
    return _svg(
        "bar",
        "0 0 100 8",
        "",
        _path("b-base", "M0 0h100v8H0z"),
        _path(f"b-{kind}", _rectangle(0, 0, width, 8) if width > 0 else ""),
        more=' preserveAspectRatio="none"',
    )


def dayline(done: int, total: int, *, label: str = "") -> SafeString:
    """Days of a notice as blocks: past, today, to come."""
    width = 40
    shapes = []
    for index in range(total):
        kind = "done" if index < done else "now" if index == done else "todo"
        shapes.append(_path(f"dl-{kind}", _rectangle(index * width + 1, 0, width - 2, 12)))
    return _svg(
        "dayline", f"0 0 {max(total, 1) * width} 12", label, *shapes, more=' preserveAspectRatio="none"'
    )


def daybars(days: Iterable[tuple[str, float]], *, label: str = "") -> SafeString:
    """Hours per day, one strip per half hour, at most eight hours high; days are (caption, hours)."""
    shapes = []
    column = 46
    listed = list(days)
    for index, (caption, worked) in enumerate(listed):
        x = index * column + 6
        shapes.append(_path("d-axis", f"M{x} 72h32"))
        strips = min(int(float(worked) * 2), 8)
        shapes.append(_path("d-done", "".join(f"M{x} {68 - k * 8}h32v-6h-32z" for k in range(strips))))
        shapes.append(f'<text x="{x + 16}" y="90" text-anchor="middle">{escape(caption)}</text>')
    return _svg("daybars", f"0 0 {max(len(listed), 1) * column} 96", label, *shapes)
