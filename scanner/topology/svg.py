"""The map as a drawing: a card for each switch with what is behind its ports, and lines between the cards.

No script, no font of its own, nothing from elsewhere; the same map is always the same drawing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from scanner.columns import columns
from scanner.natural import natural
from scanner.topology.model import Cable, CableMap, Sureness, SwitchPort
from scanner.topology.text import announced_text
from scanner.wording import said
from scanner.wording.spoken import spoken

MOST_LINES = 26  # of a card; more ports are counted
MOST_OF_A_PORT = 3  # devices that are named; more are counted
_WIDE, _LINE, _HEAD, _PAD = 300, 17, 26, 10
_BETWEEN_X, _BETWEEN_Y, _MARGIN = 90, 100, 30
_ACROSS = 5  # cards in one row
_LONGEST = 40  # characters of a line
_COLOURS = {
    Sureness.BOTH_ENDS: ("#1a6b3c", ""),
    Sureness.ONE_END: ("#33508a", ""),
    Sureness.ONE_SIDED: ("#b26a00", "7 4"),
    Sureness.CONTRADICTED: ("#b3261e", "3 3"),
    Sureness.ANNOUNCED: ("#6a3d9a", "2 5"),
    Sureness.LEARNED: ("#666666", "2 3"),
}
_MEANING = {
    Sureness.BOTH_ENDS: said("both ends name each other"),
    Sureness.ONE_END: said("one end names the other, of which nothing was given"),
    Sureness.ONE_SIDED: said("one end names the other, which does not name it"),
    Sureness.CONTRADICTED: said("the other end names another neighbour"),
    Sureness.ANNOUNCED: said("a device says so on the wire"),
}


@dataclass
class _Card:
    name: str
    lines: list[str]
    x: int = 0
    y: int = 0

    @property
    def tall(self) -> int:
        return _HEAD + _LINE * len(self.lines) + _PAD


def svg(found: CableMap, language: str = "en") -> str:
    """The whole drawing."""
    between = _between(found)
    cards = _placed(found, between, language)
    used = {link.sure for link in found.links}
    legend = [(_COLOURS[sure], spoken(meaning, language)) for sure, meaning in _MEANING.items() if sure in used]
    wide = max([*(card.x + _WIDE for card in cards.values()), *(_length(text) for _, text in legend), 400]) + _MARGIN
    below = max((card.y + card.tall for card in cards.values()), default=60) + _MARGIN
    tall = below + _LINE * len(legend) + _PAD
    title = spoken(
        said("Cables: {switches} switches, {links} links", switches=len(found.switches), links=len(between)), language
    )
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}"'
            f' role="img" aria-label={quoteattr(title)} font-family="sans-serif" font-size="12">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{wide}" height="{tall}" fill="#fff"/>',
        *_cables(between, cards),
        *(part for card in cards.values() for part in _drawn(card)),
        *_legend(legend, below),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _between(found: CableMap) -> list[Cable]:
    """Links that are drawn as lines: of switches, of devices that speak of their ports on the wire, and of neighbours
    that several of them name.
    """
    switches = {*found.switches, *(one.end.device for one in found.announcements)}
    named: defaultdict[str, set[str]] = defaultdict(set)
    for link in found.links:
        named[link.other.device].add(link.one.device)
    return [
        link
        for link in found.links
        if link.one.device != link.other.device
        and (link.other.device in switches or len(named[link.other.device]) > 1)
        and link.sure is not Sureness.LEARNED
    ]


def _placed(found: CableMap, between: Sequence[Cable], language: str) -> dict[str, _Card]:
    """Cards in rows, those with the most cables on top, and below each row what is connected to it."""
    near: defaultdict[str, set[str]] = defaultdict(set)
    for link in between:
        near[link.one.device].add(link.other.device)
        near[link.other.device].add(link.one.device)
    ends = (end.device for link in between for end in (link.one, link.other))
    names = list(dict.fromkeys((*found.switches, *ends, *(one.end.device for one in found.announcements))))
    ports: defaultdict[str, list[SwitchPort]] = defaultdict(list)
    for port in found.ports:
        ports[port.end.device].append(port)
    heard, words = _heard(found.links), _words(found, language)
    cards: dict[str, _Card] = {}
    y = _MARGIN
    for row in _rows(names, near):
        for number, name in enumerate(row):
            card = _Card(
                name,
                _lines(ports[name], heard, words.get(name, ()), language),
                _MARGIN + number * (_WIDE + _BETWEEN_X),
                y,
            )
            cards[name] = card
        y += max(cards[name].tall for name in row) + _BETWEEN_Y
    return cards


def _rows(names: Sequence[str], near: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """Breadth first from the device with the most neighbours, each part of the network after the other."""
    left = dict.fromkeys(sorted(names, key=lambda n: (-len(near.get(n, ())), natural(n))))
    alone = [name for name in left if not near.get(name)]
    for name in alone:
        del left[name]
    while left:
        layer = [next(iter(left))]
        while layer:
            for name in layer:
                left.pop(name, None)
            for at in range(0, len(layer), _ACROSS):
                yield layer[at : at + _ACROSS]
            below = dict.fromkeys(other for name in layer for other in sorted(near[name], key=natural) if other in left)
            layer = list(below)
    for at in range(0, len(alone), _ACROSS):
        yield alone[at : at + _ACROSS]


def _heard(links: Sequence[Cable]) -> dict[tuple[str, str], list[str]]:
    """(device, port) -> the other ends of its links."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for link in links:
        if link.sure in (Sureness.LEARNED, Sureness.ANNOUNCED):
            continue
        found[link.one.device, link.one.port].append(f"{link.other.device} {link.other.port}".strip())
        if link.sure is Sureness.BOTH_ENDS:
            found[link.other.device, link.other.port].append(f"{link.one.device} {link.one.port}".strip())
    return found


def _words(found: CableMap, language: str) -> dict[str, list[str]]:
    """What each device says of its ports on the wire; of those that only name themselves nothing is drawn."""
    words: defaultdict[str, list[str]] = defaultdict(list)
    for one in found.announcements:
        if text := spoken(announced_text(one), language):
            words[one.end.device].append(f"{one.end.port} {text}".strip())
    return {device: list(dict.fromkeys(lines)) for device, lines in words.items()}


def _lines(
    ports: Sequence[SwitchPort], heard: Mapping[tuple[str, str], list[str]], words: Sequence[str], language: str
) -> list[str]:
    """A line for each port with something behind it, and for what is said of ports on the wire."""
    linked, lines = [], []
    for port in ports:
        others = list(dict.fromkeys(heard.get((port.end.device, port.end.port), ())))
        names = [s.name or " ".join((*s.ips[:1], s.mac)) for s in port.stations]
        if others:
            linked.append(f"{port.end.port} ↔ {', '.join(others[:MOST_OF_A_PORT])}")
        elif len(names) > MOST_OF_A_PORT:
            count = spoken(said("{port}: {n} devices", port=port.end.port, n=len(names)), language)
            lines.append(f"{count} ({names[0]} …)")
        elif names:
            lines.append(f"{port.end.port}: {', '.join(names)}")
    lines = [*linked, *lines, *words]
    if len(lines) > MOST_LINES:
        more = said("{n} more ports", n=len(lines) - MOST_LINES + 1)
        lines = [*lines[: MOST_LINES - 1], spoken(more, language)]
    return lines


def _drawn(card: _Card) -> Iterator[str]:
    yield f'<g transform="translate({card.x} {card.y})">'
    yield f'<rect width="{_WIDE}" height="{card.tall}" rx="6" fill="#f6f8fb" stroke="#33508a"/>'
    yield f'<text x="{_PAD}" y="18" font-weight="bold">{_cut(card.name)}</text>'
    for number, line in enumerate(card.lines):
        yield f'<text x="{_PAD}" y="{_HEAD + _LINE * number + 12}">{_cut(line)}</text>'
    yield "</g>"


def _cables(links: Sequence[Cable], cards: Mapping[str, _Card]) -> Iterator[str]:
    """Lines from card to card; several between the same two lie beside each other."""
    many: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for link in links:
        one, other = cards[link.one.device], cards[link.other.device]
        pair = tuple(sorted((one.name, other.name)))
        aside, many[pair] = many[pair] * 12, many[pair] + 1
        if one.y > other.y or (one.y == other.y and one.x > other.x):
            one, other = other, one
        level = one.y == other.y
        x1, y1 = (one.x + _WIDE, one.y + _HEAD + aside) if level else (one.x + _WIDE // 2 + aside, one.y + one.tall)
        x2, y2 = (other.x, other.y + _HEAD + aside) if level else (other.x + _WIDE // 2 + aside, other.y)
        if level and other.x - one.x > _WIDE + _BETWEEN_X:  # over what stands between them
            x1, y1, x2, y2 = one.x + _WIDE // 2, one.y, other.x + _WIDE // 2, other.y
            path = f"M{x1} {y1} C{x1} {y1 - 60 - aside} {x2} {y2 - 60 - aside} {x2} {y2}"
        else:
            path = f"M{x1} {y1} L{x2} {y2}"
        colour, dashes = _COLOURS[link.sure]
        told = escape(_plain(f"{link.one.device} {link.one.port} – {link.other.device} {link.other.port}"))
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}><title>{told}</title></path>'


def _length(text: str) -> int:
    """How far a line of the legend reaches to the right, about."""
    return _MARGIN + 36 + 7 * columns(text)


def _legend(lines: Iterable[tuple[tuple[str, str], str]], top: int) -> Iterator[str]:
    """A line for each kind of cable there is: colours and dashes, and what they mean."""
    for y, ((colour, dashes), text) in zip(count(top, _LINE), lines):
        yield (
            f'<line x1="{_MARGIN}" y1="{y}" x2="{_MARGIN + 30}" y2="{y}" stroke="{colour}" stroke-width="2"'
            + (f' stroke-dasharray="{dashes}"/>' if dashes else "/>")
        )
        yield f'<text x="{_MARGIN + 36}" y="{y + 4}">{escape(text)}</text>'


def _cut(text: str) -> str:
    plain = _plain(text)
    return escape(plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…")


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)
