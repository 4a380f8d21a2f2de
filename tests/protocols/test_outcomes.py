"""Recorded captures through the kernel: requests joined to their answers, messages told apart from values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture


def capture(name: str) -> tuple:
    return understand_capture(CAPTURES / name)


def operations(name: str) -> list[dict[str, Any]]:
    result, understood = capture(name)
    return [{"protocol": protocol, **columns} for _, protocol, _, columns in operation_rows(result, understood)]


FORBIDDEN = "Function not permitted at this protection level (0xD241)"
# capture, columns that pick one row -> count, accepted, refused, refusals
OUTCOMES = [
    ("s7comm/built.pcap", {"verb": "stop"}, 2, 1, [FORBIDDEN]),
    ("s7comm/built.pcap", {"function": "Delete Block"}, 1, 0, ["Block not found on the module (0xD209)"]),
    ("s7comm/built.pcap", {"function": "Start Upload", "object": "SDB0"}, 1, 0, [FORBIDDEN]),
    ("s7comm/built.pcap", {"object": "MB10 x 4", "code": "0x04"}, 2, 1, ["Address out of range (0x05)"]),
    ("s7comm/built.pcap", {"verb": "read", "object": "DB1.DBX0.3"}, 2, 2, []),
    ("s7comm/built.pcap", {"verb": "authenticate", "code": "5:1"}, 2, 1, ["Wrong password (0xD602)"]),
    ("s7comm/built.pcap", {"protocol": "cotp", "unit": "rack 0 slot 3"}, 1, 0, ["address unknown"]),
    ("s7comm/built.pcap", {"detail": "further part"}, 1, 1, []),
    ("s7comm/port_10102.pcap", {"verb": "read", "code": "0x04"}, 10, 10, []),
    ("iec104/built.pcap", {"object": "IOA 4501"}, 1, 0, ["negative confirmation"]),
    ("iec104/built.pcap", {"code": "102", "object": "IOA 2201"}, 1, 1, []),
    ("iec104/built.pcap", {"code": "102", "object": "IOA 9999"}, 1, 0, ["unknown information object address"]),
    ("iec104/built.pcap", {"code": "63", "detail": "select, activation"}, 1, 1, []),
    ("iec104/built.pcap", {"verb": "restart"}, 1, 1, []),
    ("iec104/built.pcap", {"code": "122", "object": "IOA 7001 file 1"}, 1, 0, ["file not ready"]),
    ("iec104/c104.pcap", {"object": "IOA 4101"}, 2, 0, ["negative confirmation"]),
    ("iec104/c104.pcap", {"object": "IOA 4001", "verb": "operate"}, 2, 2, []),
    ("iec104/c104.pcap", {"function": "STARTDT act"}, 1, 1, []),
    ("modbus/tcp.pcap", {"verb": "write", "object": "holding register 41"}, 5, 5, []),
    ("modbus/tcp.pcap", {"verb": "write", "object": "holding register 900"}, 1, 0, ["Illegal Data Address (2)"]),
    ("modbus/tcp.pcap", {"code": "8:4"}, 1, 0, []),
    ("modbus/port_1502.pcap", {"verb": "read", "code": "3"}, 4, 4, []),
    ("modbus/udp.pcap", {"verb": "write"}, 4, 4, []),
    ("modbus/built.pcap", {"code": "90:0x41"}, 1, 1, []),
    ("modbus/built.pcap", {"code": "90:0x6F"}, 1, 0, ["UMAS error 0x81"]),
    ("modbus/built.pcap", {"verb": "write", "unit": "0"}, 1, 0, []),
]  # fmt: skip


@pytest.mark.parametrize("case", OUTCOMES, ids=[f"{c[0]} {' '.join(c[1].values())}" for c in OUTCOMES])
def test_requests_have_their_outcomes(case):
    name, wanted, count, accepted, refusals = case
    found = [o for o in operations(name) if o["seen_as"] == "request" and wanted.items() <= o.items()]
    (row,) = found
    assert (row["count"], row["accepted"], row["refusals"]) == (count, accepted, refusals)
    assert row["count"] == row["accepted"] + row["refused"] + row["unanswered"]


def test_nothing_of_a_download_is_said_of_the_controller():
    result, understood = capture("s7comm/built.pcap")
    swapped = [columns for _, _, swapped, columns in operation_rows(result, understood) if swapped]
    assert swapped == []


@pytest.mark.parametrize(
    ("name", "protocol", "distinct"),
    [("modbus/port_1502.pcap", "modbus", 6), ("modbus/udp.pcap", "modbus", 4), ("s7comm/port_10102.pcap", "s7comm", 6)],
)
def test_polling_is_a_handful_of_distinct_messages(name, protocol, distinct):
    result, understood = capture(name)
    assert understood.spoken[0][0] == protocol
    assert sum(m.protocol == protocol for m in result.messages) == distinct


@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        ("modbus/http_on_502.pcap", "modbus"),
        ("s7comm/telnet_on_102.pcap", "s7comm"),
        ("iec104/ftp_on_2404.pcap", "iec104"),
        ("iec104/narrow_fields.pcap", "iec104"),
    ],
)
def test_a_port_is_no_proof(name, foreign):
    _, understood = capture(name)
    assert foreign not in {p for spoken in understood.spoken.values() for p in spoken}
