"""Lists with a row for a machine or line, and columns for each of its devices: "PLC IP", "PLC model", "HMI IP".

A column is one device's own where its header names a kind of device beside a field. The devices are assets of their
own when two of them have addresses and no address stands without a kind: where one does, "Switch IP" says what the
asset is connected to. Gateways, routers and servers that a row names ("Gateway IP") are no devices of the row, nor is
what was there before or is to come ("Old HMI IP").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from scanner.assets.kinds import asset_type
from scanner.assets.spelling import normalise

_OTHERS = frozenset(("gateway", "router", "server", "unknown"))
_ADDRESSES = frozenset(("ips", "macs"))
_NAMES = frozenset(("name", "hostname", "id"))
_OF_ONE = frozenset(("serial", "profinet_name"))  # of the row as a whole they are no device's
_NOT_THERE = re.compile(
    r"\b(?:old|former|formerly|previous|prev|retired|removed|replaced|spare|reserved?|free|planned|future|new|alte?r?s?"
    r"|ehemalig\w*|neue?r?s?|geplant\w*|ancien\w*|futur\w*|antigu[oa]|nuev[oa]|vecchi[oa]|nuov[oa])\b|[旧原废预新]",
    re.IGNORECASE,
)
_NOTHING: tuple[Any, ...] = (None, "", [], {}, "-", "n/a", "none")
_ONE = (str, int, float)
_LONGEST = 60  # characters of a header that names a device
_BOUNDARY = re.compile(
    r"(?<=[^\W_])(?=[\W_])|(?<=[a-z0-9])(?=[A-Z])|(?<=[\u3040-\u9fff])|(?<=[^\u3040-\u9fff])(?=[\u3040-\u9fff])"
)
_AROUND = re.compile(
    r"^(?:[\W_]|(?:of the|of|der|des|du|de la|de|del|della|di|do|da)\b|[的の])+|(?:[\W_]|[的の])+$", re.IGNORECASE
)


class OneOfRow(NamedTuple):
    """One device of a row: all that is said of it, the cells of its own columns, and what their headers call it."""

    cells: dict[str, Any]
    own: dict[str, Any]
    label: str


@dataclass
class DeviceOfRow:
    """One kind of device that rows have columns for: as the headers call it, and header -> field of its columns."""

    label: str
    fields: dict[str, str] = field(default_factory=dict)
    headers: set[str] = field(default_factory=set)  # those that are not understood, too

    def part(self, cells: Mapping[str, Any], shared: Mapping[str, Any], fields: Mapping[str, str]) -> OneOfRow | None:
        """The device of one row; None where the row has none."""
        own = {h: v for h, v in cells.items() if h in self.headers}
        given = {self.fields.get(h) for h, v in own.items() if v not in _NOTHING}
        if not given - {"type"}:
            return None
        named = not _NAMES.isdisjoint(given)
        rest = {h: v for h, v in shared.items() if not named or fields.get(h) not in _NAMES}
        if not named:
            rest |= {h: f"{v} {self.label}" for h, v in rest.items() if fields.get(h) in _NAMES and isinstance(v, _ONE)}
        return OneOfRow(rest | own, own, self.label)


@dataclass(frozen=True)
class DeviceColumns:
    """The devices of each row. unclear: headers of what is of one device, and nobody knows of which."""

    devices: tuple[DeviceOfRow, ...] = ()
    unclear: frozenset[str] = frozenset()

    @property
    def fields(self) -> dict[str, str]:
        """Header -> field of the columns of all devices."""
        return {header: name for device in self.devices for header, name in device.fields.items()}

    @cached_property
    def _own(self) -> frozenset[str]:
        """The headers of all of them."""
        return frozenset(header for device in self.devices for header in device.headers)

    def parts(self, cells: Mapping[str, Any], fields: Mapping[str, str]) -> Iterator[OneOfRow]:
        """Each device of a row. It is called by the name that the row has, and its kind, where it has no name of its
        own. fields: header -> field of the table.
        """
        shared = {header: value for header, value in cells.items() if header not in self._own}
        for device in self.devices:
            if part := device.part(cells, shared, fields):
                yield part


NO_DEVICES = DeviceColumns()


def device_columns(headers: Iterable[str], known: Mapping[str, str], found: Mapping[str, str]) -> DeviceColumns:
    """The devices that have columns of their own. known: normalised header -> field; found: header -> field of what
    is understood without them.
    """
    headers = list(headers)
    devices: dict[str, DeviceOfRow] = {}
    for header in headers:
        if split := _split(header, known):
            label, name = split
            device = devices.setdefault(normalise(label), DeviceOfRow(label))
            device.fields[header] = name
            device.headers.add(header)
    there = {word: d for word, d in devices.items() if not _ADDRESSES.isdisjoint(d.fields.values())}
    own = {header for device in there.values() for header in device.headers}
    if len(there) < 2 or any(name in _ADDRESSES for header, name in found.items() if header not in own):
        return NO_DEVICES
    for header in headers:
        if named := there.get(normalise(header)):
            named.headers.add(header)
    unclear = frozenset(h for h, name in found.items() if name in _OF_ONE and h not in own)
    return DeviceColumns(tuple(there.values()), unclear)


def _split(header: str, known: Mapping[str, str]) -> tuple[str, str] | None:
    """What a header calls the device, and the field; None when it names none."""
    if len(header) > _LONGEST:
        return None
    for cut in (found.start() for found in _BOUNDARY.finditer(header)):
        before, behind = _AROUND.sub("", header[:cut]), _AROUND.sub("", header[cut:])
        for label, column in ((before, behind), (behind, before)):
            name = known.get(normalise(column))
            if name and asset_type(label) not in _OTHERS and normalise(label) not in known:
                return None if _NOT_THERE.search(label) else (label, name)
    return None
