"""Charts as SVG, written by hand: groups of bars, and lines of growth."""

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

COLORS = {
    "backdesk": "#0b6e4f",
    "postgraphile": "#8c6bb1",
    "yoga": "#d95f8d",
    "seaography": "#3182bd",
    "bare": "#8a8a8a",
    "database": "#c9c9c9",
}
FONT = "font-family='system-ui, sans-serif' font-size='11' fill='#222'"
BAR, GAP, HEIGHT, TOP, LEFT = 26, 24, 160, 44, 12.0


@dataclass(frozen=True)
class Group:
    """Bars that stand together: their name, and for each server its parts, the lowest first."""

    name: str
    bars: dict[str, list[float]]


def chart(title: str, groups: list[Group], *, each_on_its_own: bool = True) -> str:
    """Groups of bars side by side, each server in its colour; `each_on_its_own` scales each group by its highest bar."""
    highest = max((sum(parts) for group in groups for parts in group.bars.values()), default=1.0)
    body, left = [], LEFT
    for group in groups:
        own = max(sum(parts) for parts in group.bars.values())
        scale = HEIGHT / ((own if each_on_its_own else highest) or 1.0)
        width = BAR * len(group.bars)
        middle = left + width / 2
        body.append(_text(middle, TOP + HEIGHT + 16, group.name))
        body.append(f"<line x1='{left}' x2='{left + width}' y1='{TOP + HEIGHT}' y2='{TOP + HEIGHT}' stroke='#999'/>")
        for place, (server, parts) in enumerate(group.bars.items()):
            body.extend(_bar(left + place * BAR, server, parts, scale))
        left += width + GAP
    servers = list(dict.fromkeys(server for group in groups for server in group.bars))
    legend = [_legend(place, server) for place, server in enumerate(servers)]
    whole = max(left, LEFT + 100 * len(servers))
    return "\n".join(
        [
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {whole:.0f} {TOP + HEIGHT + 46}' width='{whole:.0f}'>",
            "<rect width='100%' height='100%' fill='white'/>",
            f"<text x='{LEFT}' y='18' font-weight='bold' {FONT}>{escape(title)}</text>",
            *body,
            *legend,
            "</svg>\n",
        ]
    )


def _bar(left: float, server: str, parts: list[float], scale: float) -> list[str]:
    """A bar: the parts above the lowest are paler."""
    drawn, top = [], float(TOP + HEIGHT)
    for place, part in enumerate(parts):
        top -= part * scale
        paler = " fill-opacity='0.45'" if place else ""
        drawn.append(
            f"<rect x='{left + 2:.1f}' y='{top:.1f}' width='{BAR - 4}' height='{part * scale:.1f}' "
            f"fill='{COLORS[server]}'{paler}/>"
        )
    return [*drawn, _text(left + BAR / 2, top - 3, figure(sum(parts)), size=8)]


def _legend(place: int, server: str) -> str:
    left, top = LEFT + 100 * place, TOP + HEIGHT + 28
    mark = f"<rect x='{left}' y='{top}' width='10' height='10' fill='{COLORS[server]}'/>"
    return f"{mark}<text x='{left + 14}' y='{top + 9}' {FONT}>{escape(server)}</text>"


def _text(middle: float, bottom: float, text: str, size: int = 11) -> str:
    font = FONT.replace("'11'", f"'{size}'")
    return f"<text x='{middle:.1f}' y='{bottom:.1f}' text-anchor='middle' {font}>{escape(text)}</text>"


@dataclass(frozen=True)
class Line:
    """A line: its name, its colour, and its points from left to right."""

    name: str
    color: str
    points: list[tuple[float, float]]


def lines(title: str, drawn: list[Line]) -> str:
    """Lines over two logarithmic axes, with what their last points are."""
    every = [point for line in drawn for point in line.points if min(point) > 0]
    if not every:
        return ""
    first, last = (edge([log10(x) for x, _ in every]) for edge in (min, max))
    low, high = floor(min(log10(y) for _, y in every)), ceil(max(log10(y) for _, y in every))
    width, height, bottom = 420.0, 2.0 * HEIGHT, TOP + 2.0 * HEIGHT

    def place(x: float, y: float) -> tuple[float, float]:
        across = (log10(x) - first) / ((last - first) or 1.0)
        return LEFT + 40 + across * width, bottom - (log10(y) - low) / ((high - low) or 1) * height

    body = []
    for power in range(low, high + 1):
        left, level = place(10**first, 10**power)
        body.append(f"<line x1='{left}' x2='{left + width}' y1='{level:.1f}' y2='{level:.1f}' stroke='#ddd'/>")
        body.append(_text(left - 20, level + 4, f"{10.0**power:g}"))
    for x in sorted({x for x, _ in every}):
        body.append(_text(place(x, 10**low)[0], bottom + 16, f"{x:,.0f}"))
    for number, line in enumerate(drawn):
        points = [place(x, y) for x, y in line.points if min(x, y) > 0]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        body.append(f"<polyline points='{path}' fill='none' stroke='{line.color}' stroke-width='2'/>")
        body.extend(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='{line.color}'/>" for x, y in points)
        level = TOP + 16 * number
        says = f"{line.name}: {figure(line.points[-1][1])}" if line.points else line.name
        left = LEFT + 40 + width + 24
        body.append(f"<rect x='{left}' y='{level}' width='10' height='10' fill='{line.color}'/>")
        body.append(f"<text x='{left + 14}' y='{level + 9}' {FONT}>{escape(says)}</text>")
    whole = LEFT + 40 + width + 380
    return "\n".join(
        [
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {whole:.0f} {bottom + 30:.0f}' width='{whole:.0f}'>",
            "<rect width='100%' height='100%' fill='white'/>",
            f"<text x='{LEFT}' y='18' font-weight='bold' {FONT}>{escape(title)}</text>",
            *body,
            "</svg>\n",
        ]
    )


def figure(value: float) -> str:
    """A number with as many digits as mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
