"""Distinct messages to facts: acceptance of protocols, outcomes of operations, sessions, identities, defects."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from scanner.capture.columns import Columns
from scanner.capture.result import FIRST_FRAMES, MESSAGE, PAIRING, CaptureInfo, CaptureResult, Conversation, Messages
from scanner.facts.build import capture_facts
from scanner.facts.frames import Facts
from scanner.framing.language import Case, Framing, Whole
from scanner.protocols.base import (
    Identity,
    Kind,
    Malformed,
    Message,
    Operation,
    Protocol,
    Row,
    Sender,
    Session,
    Verb,
)

FRAMING = Framing("toy", Whole())


def dissect(message: Message) -> Iterable[Row]:
    """A protocol of one letter a message: what it is, then what it carries."""
    kind, rest = message.data[:1], message.data[1:].decode()
    match kind:
        case b"q":
            yield Operation(Verb.WRITE, "Ask", object=rest)
        case b"a":
            yield Operation(Verb.WRITE, "Ask", Kind.RESPONSE)
        case b"r":
            yield Operation(Verb.WRITE, "Ask", Kind.REFUSAL, refusal=rest)
        case b"n":
            yield Operation(Verb.REPORT, "Tell", Kind.NOTICE)
        case b"i":
            yield Identity("model", rest)
            yield Identity("vendor", rest, about=Sender.RECEIVER)
        case b"s":
            yield Session(version=rest, credentials="basic")
        case b"v":
            yield Session(version=rest)
        case b"c":
            yield Session(
                certificate_of="server", certificate_subject=rest, certificate_not_after="2001-09-09T01:46:40Z"
            )
        case b"!":
            raise Malformed("broken")
        case b"?":
            raise ZeroDivisionError("ours")


TOY = Protocol(
    "toy", "Toy", FRAMING, (Case("toy"),), lambda m: m.data[:1] != b"x", dissect, frozenset(Verb), "none", secured=False
)


def result(
    *messages: tuple[str, int],
    pairings: Iterable[tuple[int, int, int]] = (),
    by_port: bool = True,
    **conversation: object,
) -> CaptureResult:
    """A capture of one conversation; a message that begins with > comes from the client, with < from the server."""
    data, rows = b"".join(text[1:].encode() for text, _ in messages), Columns(MESSAGE, len(messages))
    size = np.array([len(text) - 1 for text, _ in messages], np.int64)
    rows["from_client"] = [text[0] == ">" for text, _ in messages]
    rows["by_port"], rows["confirmed"] = by_port, True
    rows["content"] = np.arange(len(messages))
    rows["start"], rows["end"], rows["length"] = np.cumsum(size) - size, np.cumsum(size), size
    rows["count"] = [count for _, count in messages]
    rows["first_time"] = 10**18 + np.arange(len(messages))
    rows["last_time"] = rows["first_time"] + 5
    rows["frames"] = (1 + np.cumsum(rows["count"]) - rows["count"])[:, None] + np.arange(FIRST_FRAMES)
    sides = {"client_packets": 9, "server_packets": 9, "client_bytes": 9, "server_bytes": 9} | conversation
    return CaptureResult(
        info=CaptureInfo("toy.pcap", sha256="ab" * 32, packets=9, first_time=10**18, last_time=2 * 10**18),
        conversations=[Conversation("tcp", "10.0.0.1", "10.0.0.2", 99, **sides)],  # type: ignore[arg-type]
        messages=Messages(rows, memoryview(data), ["toy"], ["toy"]),
        pairings=np.array([*pairings], PAIRING).view(np.recarray),
    )


def facts(capture: CaptureResult) -> Facts:
    return capture_facts(capture, {"toy": TOY})


def operations(capture: CaptureResult) -> list[dict[str, object]]:
    return facts(capture)["operations"].to_dicts()


def test_each_request_knows_its_outcome() -> None:
    (row,) = operations(result((">q7", 10), ("<a", 6), ("<rtoo hot", 3), pairings=[(0, 1, 6), (0, 2, 3)]))
    assert (row["count"], row["accepted"], row["refused"], row["unanswered"], row["unobserved"]) == (10, 6, 3, 1, 0)
    assert (row["refusals"], row["refusal_counts"]) == (["too hot"], [3])
    assert (row["client"], row["server"], row["object"], row["seen_as"]) == ("10.0.0.1", "10.0.0.2", "7", "request")


def test_no_answer_is_unobserved_when_the_other_side_was_not_captured() -> None:
    (row,) = operations(result((">q7", 10), server_packets=0, server_bytes=0))
    assert (row["unanswered"], row["unobserved"]) == (0, 10)


def test_an_answer_without_its_request_is_a_row_of_its_own() -> None:
    rows = operations(result(("<a", 4), ("<rno", 1)))
    assert sorted((r["seen_as"], r["accepted"], r["refused"], r["client"]) for r in rows) == [
        ("response", 4, 1, "10.0.0.1"),
    ]


def test_the_one_who_asks_is_the_client_of_the_operation() -> None:
    (row,) = operations(result(("<q7", 1)))
    assert (row["client"], row["server"]) == ("10.0.0.2", "10.0.0.1")


def test_distinct_messages_of_one_operation_are_one_row() -> None:
    (row,) = operations(result((">q7", 1), (">q7", 2)))
    assert (row["count"], row["frames"]) == (3, [1, 2, 3])


def test_a_session_shows_the_frames_that_carry_credentials_before_others() -> None:
    (row,) = facts(result((">v1", 50), (">s1", 1), (">v2", 50)))["sessions"].to_dicts()
    assert row["frames"] == [*range(1, FIRST_FRAMES), 51]


def test_a_notice_has_no_outcome() -> None:
    (row,) = operations(result(("<n", 5)))
    assert (row["seen_as"], row["count"], row["unobserved"], row["client"]) == ("notice", 5, 5, "10.0.0.1")


@pytest.mark.parametrize(
    ("good", "alien", "by_port", "believed"),
    [
        (1, 1, True, "content"),
        (1, 2, True, "port"),
        (9, 1, False, "content"),
        (8, 2, False, "port"),
        (1, 9, False, "port"),
        (0, 9, False, "port"),
        (0, 1, True, "port"),
    ],
)
def test_a_protocol_is_believed_when_messages_bear_it_out(good: int, alien: int, by_port: bool, believed: str) -> None:
    said = [(">q", good)] * bool(good) + [(">x", alien)]
    read = facts(result(*said, by_port=by_port))
    assert read["flows"].select("protocol", "recognised_by").rows() == [("toy" if believed else "", believed)]
    assert read["operations"]["recognised_by"].to_list() == ([believed] if believed and good else [])
    assert read["malformed"].is_empty() == (believed == "content" or not by_port)  # a guess elsewhere accuses nobody


def test_malformed_messages_are_counted() -> None:
    read = facts(result((">q", 9), (">!", 3)))
    assert read["captures"]["malformed_messages"].to_list() == [3]


def test_a_defect_of_a_dissector_is_kept_and_the_rest_goes_on() -> None:
    read = facts(result((">q", 9), (">?", 2)))
    assert [(d.component, d.count) for d in read.defects] == [("toy", 2)]
    assert "ZeroDivisionError" in read.defects[0].what
    assert read["operations"].height == 1


def test_an_identity_was_first_told_when_its_earliest_message_was_whatever_stood_first() -> None:
    capture = result((">iM1", 2), (">iM1", 1), (">iM1", 1))
    capture.messages.rows["first_time"] = [10**18 + 9, 10**18, 10**18 + 5]
    rows = facts(capture)["identities"].filter(field="model")
    assert rows.select("count", "first_frame").rows() == [(4, 3)]
    assert rows["first_time"].cast(int).to_list() == [10**18]


def test_identities_belong_to_sender_or_receiver() -> None:
    read = facts(result(("<iX1", 2)))
    rows = {(r["field"], r["ip"], r["value"], r["count"]) for r in read["identities"].to_dicts()}
    assert rows == {("model", "10.0.0.2", "X1", 2), ("vendor", "10.0.0.1", "X1", 2)}


def test_sessions_merge_and_each_certificate_has_its_row() -> None:
    read = facts(result(("<sT1", 1), ("<sT2", 1), ("<cA", 1), ("<cB", 1)))
    rows = read["sessions"].sort("certificate_subject").to_dicts()
    assert [r["certificate_subject"] for r in rows] == ["A", "B"]
    assert rows[0]["versions"] == ["T1", "T2"]
    assert rows[0]["credentials"] == ["basic"]
    assert rows[0]["certificate_expired"] is True


def test_certificates_are_not_judged_by_a_clock_that_nobody_set() -> None:
    seen = result(("<cA", 1))
    seen.messages.rows["first_time"] = seen.messages.rows["last_time"] = 100 * 10**9
    assert facts(seen)["sessions"]["certificate_expired"].to_list() == [None]


def test_flow_and_capture_columns() -> None:
    read = facts(
        result((">q", 1), server_packets=0, server_bytes=0, client_bytes=7, vlan=5, tunnel="gtp-u", tunnel_id=9)
    )
    (flow,) = read["flows"].to_dicts()
    assert (flow["one_sided"], flow["established"], flow["filter"]) == (True, True, "tcp.port == 99")
    assert (flow["vlan"], flow["tunnel"], flow["tunnel_id"]) == (5, "gtp-u", 9)
    (capture,) = read["captures"].to_dicts()
    assert (capture["capture"], capture["one_sided_share"], capture["complete"]) == ("ab" * 6, 1.0, True)
    assert capture["duration"] == pytest.approx(1e9)


def test_a_capture_without_times_has_none() -> None:
    capture = result((">q", 1))
    capture.info.first_time = capture.info.last_time = 0
    assert facts(capture)["captures"]["first_time"].to_list() == [None]


@pytest.mark.parametrize(
    ("transport", "client", "port", "found"),
    [
        ("tcp", "10.0.0.1", 502, "tcp.port == 502"),
        ("ethernet", "00:1b:1b:00:00:01", 0x8892, "eth.type == 0x8892"),
        ("icmp", "10.0.0.1", 0, "icmp"),
        ("icmp", "2001:db8::1", 0, "icmpv6"),
        ("ip-2", "10.0.0.1", 0, "ip.proto == 2"),
        ("ip-89", "2001:db8::1", 0, "ipv6.nxt == 89"),
    ],
)
def test_every_conversation_has_a_filter_that_finds_it(transport: str, client: str, port: int, found: str) -> None:
    seen = CaptureResult(CaptureInfo("toy.pcap", packets=1), [Conversation(transport, client, "ff02::1", port)])
    (row,) = capture_facts(seen, {}).tables["flows"].to_dicts()
    assert row["filter"] == found
