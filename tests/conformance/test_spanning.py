"""The capture that the figures of loss are taken from."""

from __future__ import annotations

import pytest

from tests.conformance import spanning
from tests.conformance.compare import compare
from tests.conformance.loss import thinned

CONNECTIONS = 6
MESSAGES = 2 * spanning.POLLS * CONNECTIONS


@pytest.mark.usefixtures("tshark")
def test_messages_that_span_segments_are_read_by_both_and_otaudit_keeps_more_of_them(tmp_path):
    whole, part = tmp_path / "whole.pcap", tmp_path / "part.pcap"
    spanning.build(whole, CONNECTIONS)
    (one,) = (c for c in compare(whole, "whole") if c.protocol == "modbus")
    assert not one.differences()
    assert sum(n for (table, _), n in one.ours.items() if table == "function code") == MESSAGES
    assert thinned(whole, part, 0.05)
    (one,) = (c for c in compare(part, "part") if c.protocol == "modbus")
    ours, theirs = (
        sum(n for (table, _), n in side.items() if table == "function code") for side in (one.ours, one.theirs)
    )
    assert MESSAGES > ours >= theirs > 0
