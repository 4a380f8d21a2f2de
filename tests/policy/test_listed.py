"""Which names of an inventory several devices bear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.listed import shared_names

_FEW = st.lists(st.sampled_from("abcdef"), max_size=2, unique=True)
_ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["PLC-1", "PLC-2"]),
            "ips": _FEW,
            "macs": _FEW,
            "serial": st.sampled_from(["", "S-001"]),
        }
    ),
    max_size=8,
)


def _devices(entries: Sequence[dict[str, Any]]) -> int:
    """How many they are of, by putting together any two that share something until none do."""
    groups = [{*e["ips"], *(f"mac {m}" for m in e["macs"]), *([e["serial"]] if e["serial"] else [])} for e in entries]
    for one in range(len(groups)):
        for other in range(len(groups)):
            if not groups[one].isdisjoint(groups[other]):
                groups = [
                    g | groups[one] | groups[other] if not g.isdisjoint(groups[one] | groups[other]) else g
                    for g in groups
                ]
    return len(set(map(frozenset, groups)))


@given(_ENTRIES)
def test_a_name_is_shared_when_its_rows_are_of_several_devices(entries: list[dict[str, Any]]) -> None:
    rows = [
        e | {"macs": [f"mac {m}" for m in e["macs"]], "hostname": "", "profinet_name": "", "id": ""}
        for e in entries
        if e["ips"] or e["macs"]
    ]
    shared = shared_names(rows)
    for name in ("PLC-1", "PLC-2"):
        own = [e for e in entries if e["name"] == name and (e["ips"] or e["macs"])]
        assert (name.casefold() in shared) == (_devices(own) > 1)
