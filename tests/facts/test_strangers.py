"""Conversations with an end that may be somebody else's than its address says, as if it were a stranger's."""

from __future__ import annotations

from scanner.assets.binding import Sighting
from scanner.assets.contested import Holder
from scanner.facts.enrich import join
from scanner.facts.worlds import Worlds
from tests.assets.test_contested import IP, PLC, SCADA, TWIN, captured, data, every


def test_only_the_end_from_which_two_adapters_send_is_a_stranger() -> None:
    both = [*data(PLC, every(7)), *data(TWIN, every(7, 3))]
    worlds = Worlds(join(captured(both), {}))
    (other,) = worlds.of("flows")
    assert other.table.select("client", "server").rows() == [(IP, "10.1.0.10")]
    assert other.table["client_device"].to_list() == [""]
    assert other.changed == {"client_device"}


def test_where_each_address_is_of_one_adapter_nothing_is_otherwise() -> None:
    worlds = Worlds(join(captured([*data(PLC, every(7)), *data(SCADA, every(7), "10.1.0.10", IP, PLC)]), {}))
    assert not worlds.several
    assert worlds.of("flows") == []


def test_a_holder_whose_packets_have_no_times() -> None:
    row = Sighting(**dict.fromkeys(Sighting._fields))
    holder = Holder("02:00:00:00:00:01", [row])
    assert (holder.first, holder.last, holder.claims, holder.contested) == (0, 0, 0, 0)
