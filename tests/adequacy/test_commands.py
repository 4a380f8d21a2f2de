"""Commands of many control protocols are seen in forms that hide them, one over the other; what hides all is told."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from tests.adequacy.page import LOSSY
from tests.adequacy.proving import FORMS, SEEN, SILENT, Violation, commands, told, usual
from tests.twins import (
    ANY_LAYER,
    IP_ONLY,
    Form,
    Record,
    answers_only,
    cut_short,
    ends,
    is_ip,
    midway,
    other_port,
    summed,
)

OFFICE, ROUTER = IPv4Address("10.10.0.66").packed, IPv4Address("10.20.10.1").packed
BEHIND = {"enterprise-to-control-direct"}  # of whose address is another one nobody knows from where it came


def first_cut(all_records: list[Record], keep: float = 0.5) -> list[Record]:
    """Of each connection's first segment with a payload, or datagram, a part; none of it when ``keep`` is 0."""
    seen: set[frozenset[tuple[bytes, int]]] = set()
    found = []
    for seconds, fraction, frame, wire in all_records:
        at = 34 + (4 * (frame[46] >> 4) if frame[23] == 6 else 8) if is_ip(frame) else 0
        size = 14 + int.from_bytes(frame[16:18], "big") - at
        if is_ip(frame) and size > 0 and frozenset(ends(frame)) not in seen:
            seen.add(frozenset(ends(frame)))
            if keep:
                found.append((seconds, fraction, frame[: at + int(size * keep)], wire))
        else:
            found.append((seconds, fraction, frame, wire))
    return found


def translated(all_records: list[Record]) -> list[Record]:
    """The office stands behind the address of a router in the supervision zone."""
    found = []
    for seconds, fraction, frame, wire in all_records:
        if is_ip(frame):
            source, target = (ROUTER if a == OFFICE else a for a in (frame[26:30], frame[30:34]))
            frame = summed(frame[:26] + source + target + frame[34:])  # noqa: PLW2901
        found.append((seconds, fraction, frame, wire))
    return found


HIDING: dict[str, Form] = {
    "first segment cut": first_cut,
    "first segment lost": lambda r: first_cut(r, 0),
    "behind NAT": translated,
    "on another port in two VLAN tags": lambda r: ANY_LAYER["in two VLAN tags"](other_port(r)),
    "on another port in IPv6": lambda r: IP_ONLY["in IPv6"](other_port(r)),
    "on another port, answers in VXLAN": lambda r: ANY_LAYER["in VXLAN"](answers_only(other_port(r))),
    "on another port, cut after 96 bytes": lambda r: cut_short(96)(other_port(r)),
    "on another port, midway": lambda r: midway(other_port(r)),
}
LOSING = {
    *LOSSY,
    "first segment cut",
    "first segment lost",
    *(name for name in HIDING if "answers" in name or "cut" in name),
}
BY_SEGMENT = {"in segments of 3 bytes"}  # frames 1E have no length: each segment is one


def _forms(number: int, violation: Violation) -> list[str]:
    """Two of the forms that apply, others for each violation."""
    every = [*FORMS, *HIDING] if violation.over_ip else [*ANY_LAYER]
    rest = [form for form in every if form not in BY_SEGMENT]
    return [rest[(number * 5 + step) % len(rest)] for step in (0, 13)]


@pytest.mark.parametrize(
    ("violation", "form"),
    [pytest.param(v, form, id=f"{v.name}, {form}") for n, v in enumerate(commands()) for form in _forms(n, v)],
)
def test_a_command_is_seen_or_said_to_be_out_of_sight(violation: Violation, form: str):
    rules = [rule for rule in violation.rules if not (form == "behind NAT" and rule in BEHIND)]
    found = told(violation, {**FORMS, **HIDING}[form], rules)
    assert [rule for rule in rules if found[rule].verdict in SILENT] == []
    if form not in LOSING:
        new = [
            rule for rule in rules if found[rule].verdict in SEEN and found[rule].objections > usual()[rule].objections
        ]
        assert new == rules
