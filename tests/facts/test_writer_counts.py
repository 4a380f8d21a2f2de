"""How many devices write one object and one server."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import OPERATIONS, SIGHTINGS
from scanner.facts.writer_counts import writer_counts

SERVER = {"server": "10.1.0.1", "protocol": "modbus", "verb": "write", "seen_as": "request", "count": 1, "refused": 0}


def counted(rows: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    return writer_counts(frame(OPERATIONS, rows, derived=True)).rows()


def write(client: str, touched: str = "holding register 5", **more: Any) -> dict[str, Any]:
    return SERVER | {"client": client, "object": touched, "unit": "1"} | more


Range = tuple[str, int, int, bool, str]
RANGES = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.integers(0, 30), st.integers(0, 8), st.booleans(), st.sampled_from(["1", "2"])
    ),
    max_size=25,
)


@given(RANGES)
def test_overlapping_ranges_count_as_comparing_each_with_each_would(given_: list[Range]) -> None:
    rows = [
        write(client, f"coil {low}-{low + size}", unit=unit, refused=int(refused))
        for client, low, size, refused, unit in given_
    ]
    expected = [
        (
            len(
                {
                    client
                    for client, least, more, refused, other in given_
                    if not refused and other == unit and least <= low + size and low <= least + more
                }
            ),
            len({client for client, _, _, refused, _ in given_ if not refused}),
        )
        for _, low, size, _, unit in given_
    ]
    assert counted(rows) == expected


def test_what_is_no_write_has_no_writers() -> None:
    rows = [
        write("10.1.0.5"),
        write("10.1.0.6", verb="read"),
        write("10.1.0.7", seen_as="notice"),
        write("10.1.0.8", ""),
        write("10.1.0.9", refused=1),
        write("10.1.0.10", server="10.1.0.2"),
        write("10.1.0.11", protocol="s7comm"),
    ]
    one = (1, 3)  # 10.1.0.5, .8 and .11 wrote to the server
    assert counted(rows) == [one, (None, None), (None, None), (None, 3), one, (1, 1), one]


def test_devices_count_and_not_their_addresses() -> None:
    """Two addresses of one device are one writer; two addresses behind one router are two."""
    device, router, plc = "d0:8e:79:00:00:02", "54:8a:ba:00:00:04", "00:1b:1b:00:00:01"
    sightings = [
        *({"mac": device, "ip": ip, "vlan": -1, "proof": "arp"} for ip in ("10.1.0.5", "10.1.0.6")),
        {"mac": plc, "ip": "10.1.0.1", "vlan": -1, "proof": "arp"},
        {"mac": router, "ip": "10.1.0.254", "vlan": -1, "proof": "arp"},
        *({"mac": router, "ip": ip, "vlan": -1, "proof": "ip"} for ip in ("10.9.0.7", "10.9.0.8", "10.9.0.9")),
    ]
    rows = [
        *(write(ip, client_mac=device, server_mac=plc, vlan=-1, object="coil 1") for ip in ("10.1.0.5", "10.1.0.6")),
        *(write(ip, client_mac=router, server_mac=plc, vlan=-1, object="coil 2") for ip in ("10.9.0.7", "10.9.0.8")),
    ]
    facts = Facts(
        {
            "sightings": frame(SIGHTINGS, [{"capture": "c", "packets": 5} | s for s in sightings]),
            "operations": frame(OPERATIONS, [{"capture": "c", "transport": "tcp"} | row for row in rows]),
        }
    )
    table = enrich(facts)["operations"].sort("client")
    assert dict(table.select("client", "writers_of_object").rows()) == {
        "10.1.0.5": 1,
        "10.1.0.6": 1,
        "10.9.0.7": 2,
        "10.9.0.8": 2,
    }
    assert set(table["writers_of_server"]) == {3}


def test_many_clients_and_ranges_take_no_more_than_sorting() -> None:
    """A comparison of each with each would be ten thousand million."""
    number = 100_000
    low = pl.int_range(number, eager=True) * 7919 % 60_000
    table = pl.DataFrame({"low": low, "client": pl.int_range(number, eager=True) % 500}).select(
        protocol=pl.lit("modbus"),
        unit=pl.lit("1"),
        object=pl.format("coil {}-{}", "low", pl.col("low") + 100),
        client=pl.format("10.0.0.{}", "client"),
        server=pl.lit("10.1.0.1"),
        client_device=pl.lit(""),
        server_device=pl.lit(""),
        verb=pl.lit("write"),
        seen_as=pl.lit("request"),
        count=pl.lit(1),
        refused=pl.lit(0),
    )
    found = writer_counts(table)
    assert found.height == number
    assert found["writers_of_object"].min() > 1  # type: ignore[operator]
    assert set(found["writers_of_server"]) == {500}
