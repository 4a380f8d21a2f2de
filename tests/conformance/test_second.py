"""The second reader and what tells which operations are compared."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from scanner.capture.read import read_capture
from scanner.capture.result import CaptureResult
from scanner.facts.understand import Understood, understand
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import MAY_BE, Verb
from tests.conformance.known import CAPTURES
from tests.conformance.payloads import Piece, _joined
from tests.conformance.second import FOLDER, descriptions, read, theirs
from tests.conformance.spec import operations
from tests.conformance.uncompared import is_compared, looked_at

REASONS = Path(__file__).parent / "uncompared.tsv"
CHANGING = MAY_BE | {Verb.UNKNOWN_FUNCTION}


def understood(name: str) -> tuple[CaptureResult, Understood]:
    result = read_capture(CAPTURES / name, name, framing_plan())
    return result, understand(result, protocols())


def test_descriptions_are_of_protocols_and_say_what_they_are_written_from():
    assert set(descriptions()) <= set(protocols())
    assert all(path.read_text(encoding="utf-8").startswith("source: ") for path in FOLDER.glob("*.yaml"))


def test_bytes_of_a_stream_follow_their_numbers_once_and_stop_at_a_gap():
    segments = [(1, b"abc"), (7, b"gh"), (4, b"def"), (4, b"def"), (2, b"bcdefgh"), (20, b"xyz"), (21, b"yz!")]
    assert list(_joined(segments)) == [(b"abcdefgh", (0, 3)), (b"xyz!", (0, 3))]


def test_messages_are_read_in_turn_and_what_is_none_is_passed_over():
    stop = bytes.fromhex("500000ffff0300080010000210 000001 00".replace(" ", ""))
    refused = bytes.fromhex("d00000ffff03000200 51c0".replace(" ", ""))
    piece = Piece("tcp", "a", "b", 1, 2, b"junk" + stop + refused + stop, (0, 4))
    found = list(read(descriptions()["slmp"], piece, "client"))
    assert found == [("request", "1002:0000"), ("refusal", ""), ("request", "1002:0000")]


@pytest.mark.usefixtures("tshark")
@pytest.mark.parametrize("name", ["slmp/3e.pcap", "codesys_v3/session.pcap", "dlms/dlms_cosem.pcap", "bsap/ip.pcap"])
def test_a_function_that_the_dissector_gets_wrong_is_seen(name):
    result, known = understood(name)
    protocol = result.messages[0].protocol or next(m.protocol for m in result.messages if m.protocol)
    description = descriptions()[protocol]
    ours = Counter[tuple[str, str]]()
    for index, message in enumerate(result.messages):
        for value in description.ours(message, known.rows.get(index, ())):
            ours[value] += message.count
    second = theirs(CAPTURES / name, result, known)[protocol]
    assert ours == second
    assert ours.total() > 20
    (kind, code), count = next((v, c) for v, c in ours.items() if v[1])
    ours[kind, f"{code}?"], ours[kind, code] = count, 0
    assert ours != second


def test_a_comparison_that_counts_bytes_does_not_look_at_the_operation():
    result, known = understood("modbus/tcp.pcap")
    index = next(i for i, m in enumerate(result.messages) if m.protocol == "modbus" and operations(known.rows[i]))
    message, rows = result.messages[index], known.rows[index]
    assert not is_compared(lambda m, _: [("function", str(m.data[7]))], message, rows, 0)
    assert not is_compared(lambda _, r: [("messages", "")] * len(r), message, rows, 0)
    assert is_compared(lambda _, r: [("function", operations(r)[0].code)], message, rows, 0)


def test_operations_that_may_change_a_controller_are_compared_or_it_is_said_why_not():
    """Also: what is said to be not compared is not."""
    found = Counter[tuple[str, str]]()
    for capture in sorted(CAPTURES.rglob("*.pcap")):
        result = read_capture(capture, capture.name, framing_plan())
        for one, count in looked_at(result, understand(result, protocols())).items():
            if not one.compared and one.verb in CHANGING:
                found[one.protocol, one.function] += count
    with REASONS.open(encoding="utf-8", newline="") as lines:
        said = {(row["protocol"], row["function"]): row["why"] for row in csv.DictReader(lines, delimiter="\t")}
    assert all(said.values())
    assert {key for key in found if key not in said and (key[0], "*") not in said} == set()
    assert {key for key in said if key[1] != "*" and key not in found} == set()
    assert {name for name, function in said if function == "*"} <= {name for name, _ in found}
