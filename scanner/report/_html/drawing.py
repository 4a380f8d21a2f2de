"""Geometry of the zones-and-conduits map: rows of boxes by Purdue level, links as curves that go round the boxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from scanner.columns import columns
from scanner.report._html.traffic import INTERNET, End, Link, Traffic

WIDTH = 1120
_GUTTER = 150  # left of the boxes, for the level's name
_RIGHT = 26
_BOX_HEIGHT = 58
_BOX_WIDTH = 184
_BOX_GAP = 40  # at least, between boxes, for the lines that pass
_ROW_GAP = 74  # between rows, for the curves
_PER_ROW = 5
_MAX_LINKS = 80
_MARGIN = 16  # between a box and the first line beside it
_LANE = 10  # between two lines side by side
_BADGE = 9  # radius


@dataclass
class Box:
    """One end with its place."""

    end: End
    x: float
    y: float
    row: int
    width: float = _BOX_WIDTH
    height: float = _BOX_HEIGHT

    @property
    def centre(self) -> float:
        """Horizontal centre."""
        return self.x + self.width / 2

    @property
    def label(self) -> list[str]:
        """The name in one or two lines that fit into the box."""
        return _lines(self.end.name[:200], int(self.width / 8.2))


@dataclass
class Band:
    """The stripe of one level. ``key``: level, outside (its box says so), none, groups or addresses."""

    key: str
    level: float | None
    y: float
    height: float


@dataclass
class Line:
    """One link as an SVG path; violating ones carry a number, with its place."""

    link: Link
    path: str
    number: int = 0
    badge: tuple[float, float] = (0.0, 0.0)


@dataclass
class Map:
    """Everything that is drawn."""

    width: int
    height: float
    bands: list[Band] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    hidden: int = 0  # links that are not drawn


def draw(traffic: Traffic) -> Map:
    """The map; its height follows from the number of rows."""
    links = _most_telling(traffic.links)
    rows = _rows(traffic)
    drawing = Map(WIDTH, 0.0, hidden=len(traffic.links) - len(links))
    _place(drawing, rows)
    boxes = {b.end.id: b for b in drawing.boxes}
    ports = _Ports(boxes, links)
    router = _Router(drawing.boxes)
    badges: list[tuple[float, float]] = []
    number = 0
    for n, link in enumerate(links):
        points = router.route(
            boxes[link.source], boxes[link.target], ports.at(n, link.source), ports.at(n, link.target)
        )
        line = Line(link, _path(points))
        if link.state == "violating":
            number += 1
            line.number = number
            line.badge = _badge(points, badges, drawing.boxes)
            badges.append(line.badge)
        drawing.lines.append(line)
    return drawing


def _most_telling(links: Sequence[Link]) -> list[Link]:
    """As many links as can be told apart: of each state its share, so that what is allowed is seen beside the rest."""
    if len(links) <= _MAX_LINKS:
        return list(links)
    bad = [link for link in links if link.state == "violating"][: _MAX_LINKS // 2]
    chosen = {id(link) for link in bad}
    others = sorted((link for link in links if id(link) not in chosen), key=lambda link: -link.connections)
    chosen |= {id(link) for link in others[: _MAX_LINKS - len(bad)]}
    return [link for link in links if id(link) in chosen]


@dataclass
class _Row:
    key: str
    level: float | None
    ends: list[End]


def _band_of(end: End) -> tuple[str, float | None]:
    if end.kind in {"zone", "level"}:
        return ("none", None) if end.level is None else ("level", end.level)
    return ("groups", None) if end.kind not in {"outside", INTERNET} else ("outside", None)


def _rows(traffic: Traffic) -> list[_Row]:
    """Rows from the top; a level with many zones takes several."""
    rows = []
    for (kind, level), members in groupby(traffic.ends, key=_band_of):
        ends = list(members)
        key = "addresses" if traffic.alone and kind == "groups" else kind
        count = -(-len(ends) // _PER_ROW)
        size = -(-len(ends) // count)
        rows += [_Row(key, level, ends[i : i + size]) for i in range(0, len(ends), size)]
    return rows


def _place(drawing: Map, rows: list[_Row]) -> None:
    y = 0.0
    for n, row in enumerate(rows):
        same = n > 0 and (rows[n - 1].key, rows[n - 1].level) == (row.key, row.level)
        height = _BOX_HEIGHT + _ROW_GAP
        if same:
            drawing.bands[-1].height += height
        else:
            drawing.bands.append(Band(row.key, row.level, y, height))
        area = WIDTH - _GUTTER - _RIGHT
        pitch = area / len(row.ends)
        for i, end in enumerate(row.ends):
            width = min(_BOX_WIDTH, pitch - _BOX_GAP)
            x = _GUTTER + pitch * (i + 0.5) - width / 2
            drawing.boxes.append(Box(end, round(x, 1), y + _ROW_GAP / 2, n, round(width, 1)))
        y += height
    drawing.height = y


class _Ports:
    """Where on its box each link begins and ends, spread over the side that faces the partner."""

    def __init__(self, boxes: dict[str, Box], links: Sequence[Link]) -> None:
        sides: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
        for n, link in enumerate(links):
            source, target = boxes[link.source], boxes[link.target]
            sides[link.source, _side(source, target)].append((target.centre, n))
            sides[link.target, _side(target, source)].append((source.centre, n))
        self._at: dict[tuple[int, str], tuple[float, float]] = {}
        for (name, side), uses in sides.items():
            box = boxes[name]
            for i, (_, n) in enumerate(sorted(uses)):
                x = box.x + box.width * (i + 1) / (len(uses) + 1)
                self._at[n, name] = (x, box.y if side == "top" else box.y + box.height)

    def at(self, link: int, name: str) -> tuple[float, float]:
        """The point on the box ``name`` for the link with this index."""
        return self._at[link, name]


def _side(box: Box, partner: Box) -> str:
    return "bottom" if partner.row > box.row else "top"


Point = tuple[float, float]


class _Router:
    """Finds a way that passes the rows in between through the gaps between their boxes."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._rows: dict[int, list[Box]] = defaultdict(list)
        for box in boxes:
            self._rows[box.row].append(box)
        self._used: dict[int, list[float]] = defaultdict(list)

    def route(self, source: Box, target: Box, start: Point, end: Point) -> list[Point]:
        """Points of the line; between the 2nd and 3rd, 4th and 5th ... it is straight, else curved."""
        step = 1 if target.row > source.row else -1
        between = range(source.row + step, target.row, step) if source.row != target.row else range(0)
        points = [start]
        for row in between:
            left = abs(target.row - row) + 1  # rows still to go, so that the line bends evenly
            x = self._pass(row, points[-1][0] + (end[0] - points[-1][0]) / left)
            top, bottom = self._rows[row][0].y, self._rows[row][0].y + _BOX_HEIGHT
            points += [(x, top), (x, bottom)] if step > 0 else [(x, bottom), (x, top)]
        return [*points, end]

    def _pass(self, row: int, wanted: float) -> float:
        """The place nearest to the wanted one that is off the boxes of the row and beside the lines already there."""
        boxes = self._rows[row]
        edges = [_GUTTER - 40.0, *(v for b in boxes for v in (b.x, b.x + b.width)), WIDTH - 4.0]
        places = [
            left + _MARGIN + i * _LANE
            for left, right in zip(edges[::2], edges[1::2], strict=True)
            for i in range(max(int((right - left - 2 * _MARGIN) / _LANE) + 1, 1))
        ]
        used = self._used[row]
        free = [x for x in places if all(abs(x - u) >= _LANE * 0.9 for u in used)] or places
        x = min(free, key=lambda place: (abs(place - wanted), place))
        used.append(x)
        return x


def _cubics(points: list[Point]) -> list[tuple[Point, Point, Point, Point]]:
    """Every piece of the line as a cubic Bézier curve; tangents are vertical."""
    pieces = []
    for i in range(len(points) - 1):
        (x1, y1), (x2, y2) = points[i], points[i + 1]
        if i % 2:  # straight through a gap
            pieces.append(((x1, y1), (x1, y1), (x2, y2), (x2, y2)))
        elif y1 == y2:  # within one row: an arc above it
            rise = min(_ROW_GAP * 0.6, 16 + abs(x2 - x1) * 0.1)
            pieces.append(((x1, y1), (x1, y1 - rise), (x2, y2 - rise), (x2, y2)))
        else:
            middle = (y1 + y2) / 2
            pieces.append(((x1, y1), (x1, middle), (x2, middle), (x2, y2)))
    return pieces


def _path(points: list[Point]) -> str:
    pieces = _cubics(points)
    text = f"M{_number(pieces[0][0][0])} {_number(pieces[0][0][1])}"
    for _, a, b, end in pieces:
        text += "C" + " ".join(_number(v) for point in (a, b, end) for v in point)
    return text


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _badge(points: list[Point], taken: list[Point], boxes: Sequence[Box]) -> Point:
    """A place on the line away from the other numbers and from the boxes; else its middle."""
    pieces = _cubics(points)
    candidates = [_at(piece, t) for t in (0.5, 0.35, 0.65, 0.22, 0.78) for piece in pieces]
    for x, y in candidates:
        free = all(abs(x - a) > _BADGE * 2.2 or abs(y - b) > _BADGE * 2.2 for a, b in taken)
        if free and not any(
            b.x - _BADGE < x < b.x + b.width + _BADGE and b.y - _BADGE < y < b.y + b.height + _BADGE for b in boxes
        ):
            return (round(x, 1), round(y, 1))
    x, y = candidates[0]
    return (round(x, 1), round(y, 1))


def _at(piece: tuple[Point, Point, Point, Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x, y = (sum(w * p[axis] for w, p in zip(weights, piece, strict=True)) for axis in (0, 1))
    return (x, y)


def _lines(text: str, width: int) -> list[str]:
    """The text in at most two lines of so many columns, broken at a blank where there is one; the rest is cut off."""
    text = " ".join(text.split())
    if columns(text) <= width:
        return [text]
    first = _cut(text, width)
    blank = text[: len(first) + 1].rfind(" ")
    if blank > 0:
        first = text[:blank]
    second = text[len(first) :].strip()
    return [first, second if columns(second) <= width else _cut(second, width - 1).rstrip() + "…"]


def _cut(text: str, width: int) -> str:
    """The longest beginning of the text that is no wider than so many columns."""
    used = 0
    for i, character in enumerate(text):
        used += columns(character)
        if used > width:
            return text[:i]
    return text
