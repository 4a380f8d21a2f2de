"""The section about cables: a drawing for each language, and a table of the ports with what is connected to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.catalogues import languages
from scanner.natural import natural
from scanner.report._html.limits import LIMITS
from scanner.report._order import Cut, cut
from scanner.report._words import cleaned
from scanner.results.cabling import CableRow, OccupiedPortRow
from scanner.results.model import Results

if TYPE_CHECKING:
    from markupsafe import Markup

_SELDOM_SURE = ("one-sided", "contradicted")  # what deserves a look comes first


@dataclass(frozen=True)
class PortView:
    """A port with its links, and who is behind it otherwise."""

    device: str
    port: str
    mode: str
    links: tuple[CableRow, ...]
    behind: OccupiedPortRow | None

    @property
    def doubtful(self) -> bool:
        """Only one end says so, or the ends differ; or nobody lists who is there."""
        return any(link.sure in _SELDOM_SURE or link.known is False for link in self.links)


@dataclass(frozen=True)
class CablesView:
    """drawings: by language; none where there are too many switches for a page."""

    drawings: Mapping[str, Markup]
    ports: Cut[PortView]
    switches: int


def cables(results: Results) -> CablesView | None:
    """Nothing when nobody says anything of cables."""
    if not len(results.cables) and not len(results.occupied_ports):
        return None
    links, ports = cleaned(tuple(results.cables)), cleaned(tuple(results.occupied_ports))
    switches = sorted({row.device for row in links} | {row.device for row in ports}, key=natural)
    views = sorted(_views(links, ports), key=lambda v: (not v.doubtful, natural(v.device), natural(v.port)))
    drawings = _drawings(switches, links, ports) if len(switches) <= LIMITS.drawn_switches else {}
    return CablesView(drawings, cut(views, LIMITS.cabled_ports), len(switches))


def _views(links: tuple[CableRow, ...], ports: tuple[OccupiedPortRow, ...]) -> list[PortView]:
    told: defaultdict[tuple[str, str], list[CableRow]] = defaultdict(list)
    for link in links:
        told[link.device, link.port].append(link)
    behind = {(port.device, port.port): port for port in ports}
    return [
        PortView(*place, behind[place].mode if place in behind else "", tuple(told[place]), behind.get(place))
        for place in dict.fromkeys((*told, *behind))
    ]


def _drawings(
    switches: list[str], links: tuple[CableRow, ...], ports: tuple[OccupiedPortRow, ...]
) -> Mapping[str, Markup]:
    from markupsafe import Markup

    from scanner.topology.model import Cable, CableEnd, CableMap, StationBehind, Sureness, SwitchPort
    from scanner.topology.svg import svg

    cabled = [
        Cable(CableEnd(k.device, k.port), CableEnd(k.other_device, k.other_port), Sureness(k.sure))
        for k in links
        if k.sure in set(map(str, Sureness))
    ]
    places = {(k.device, k.port): SwitchPort(CableEnd(k.device, k.port)) for k in links}
    for row in ports:
        stations = [StationBehind(mac, name=name) for mac, name in zip(row.macs, row.names, strict=False)]
        places[row.device, row.port] = SwitchPort(CableEnd(row.device, row.port), row.mode, stations=stations)
    ordered = sorted(places.values(), key=lambda p: (natural(p.end.device), natural(p.end.port)))
    found = CableMap(tuple(switches), tuple(cabled), tuple(ordered), ())
    return {name: Markup(svg(found, name)) for name in languages()}  # noqa: S704 - it escapes what it draws
