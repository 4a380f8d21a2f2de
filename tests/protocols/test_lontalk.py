"""LonTalk over IP: commands and what they touch, values, authentication, the channel; what is and is not in the key."""

from __future__ import annotations

import pytest

from fixtures.record import lontalk as made
from fixtures.record.lontalk import AUTHPDU, SPDU, TPDU, A, B, node, pdu
from scanner.facts.sessions import session_rows
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Sender, Verb
from scanner.protocols.lontalk.lontalk import PROTOCOL
from scanner.wording import plain
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

NODE = node(A, B)


def rows(data: bytes) -> list:
    message = Message(data, len(data), True, "udp", 1628)
    assert PROTOCOL.probe(message)
    return list(PROTOCOL.dissect(message))


def asked(content: bytes, **more) -> Operation:
    return rows(pdu(node(A, B), SPDU, content, head=1, **more))[0]


def operations(name: str) -> list[dict]:
    return [columns for *_, columns in operation_rows(*understand_capture(CAPTURES / "lontalk" / name))]


def session(name: str) -> dict:
    ((_, protocol, columns),) = session_rows(*understand_capture(CAPTURES / "lontalk" / name))
    assert protocol == "lontalk"
    return columns


@pytest.mark.parametrize("name", ["tool.pcap", "port_21628.pcap"])
def test_a_tool_commands(name):
    changes = [
        (o["count"], o["verb"], o["unit"], o["object"], o["detail"].split("; from")[0], o["accepted"], o["refused"])
        for o in operations(name)
        if o["seen_as"] == "request" and o["verb"] not in ("read", "identify", "diagnose", "unknown")
    ]
    here = "from 1/42, domain 01"
    assert changes == [
        (1, "configure", "1/41", "index 7", here, 1, 0),
        (1, "configure", "1/41", "index 2", here, 1, 0),
        (1, "configure", "1/41", "index 0", here, 1, 0),
        (2, "configure", "1/41", "index 0", here, 2, 0),
        (2, "write", "1/41", "memory 0xF000 x 4", "checksums recalculated and reset", 2, 0),
        (
            *(1, "configure", "1/41", "configuration memory 0x0018 x 1"),
            *("configuration checksum recalculated and reset", 1, 0),
        ),
        (1, "write", "1/41", "memory 0x0000 x 4", here, 0, 1),
        (1, "stop", "1/41", "", "application offline", 1, 0),
        (1, "mode-change", "1/41", "", "change state to applicationless", 1, 0),
        (1, "mode-change", "1/41", "", "change state to configured", 1, 0),
        (1, "start", "1/41", "", "application online", 1, 0),
        (1, "configure", "1/41", "", "define network variable", 0, 1),
        (1, "configure", "1/41", "index 2", here, 1, 0),
        (1, "restart", "1/41", "", "application reset", 1, 0),
        (5, "write", "1/41", "network variable 0x010d", here, 5, 0),
        (5, "write", "group 5", "network variable 0x010e", here, 0, 0),
        (5, "write", "subnet 3", "network variable 0x010f", "from 1/42", 0, 0),
        (2, "write", "group 5", "network variable 0x0110", here, 1, 0),
        (1, "configure", "neuron 050112345678", "index 0", "from 1/42, domain 000000000000", 1, 0),
    ]


def test_what_is_read_and_refused():
    found = operations("tool.pcap")
    reads = {o["function"]: o["count"] for o in found if o["seen_as"] == "request" and o["verb"] == "read"}
    assert reads == {
        "Expanded Network Management": 1,  # the key
        "Query Domain": 1,
        "Query Network Variable Configuration": 1,
        "Read Memory": 1,
        "Network Variable Fetch": 1,
        "Network Variable Poll": 2,
        "Query Address": 1,
    }
    assert [o["refusals"] for o in found if o["refusals"]] == [
        ["command failed (0x0E)"],
        ["command failed (0x10)"],
        ["application offline"],
    ]


def test_a_channel_is_managed():
    found = operations("channel.pcap")
    assert [(o["count"], o["verb"], o["function"], o["accepted"], o["refusals"]) for o in found] == [
        (2, "session", "Device Registration", 2, []),
        (1, "configure", "Device Configuration", 0, ["cannot comply"]),
        (2, "read", "Channel Membership Request", 2, []),
        (1, "read", "Channel Routing Request", 1, []),
        (1, "read", "Send List Request", 1, []),
        (1, "read", "Device Configuration Request", 0, []),
        (1, "unknown", "Segment", 0, []),
        (1, "diagnose", "Statistics Request", 1, []),
    ]


@pytest.mark.parametrize(("kind", "about"), [(3, Sender.SENDER), (0x71, Sender.RECEIVER)])
def test_a_device_has_a_name(kind, about):
    found = [r for r in rows(made.registration(kind, "Router North")) if isinstance(r, Identity)]
    assert found == [Identity("name", "Router North", about), Identity("serial", made.NEURON.hex(), about)]


def test_sessions_say_how_they_are_protected():
    both = session("tool.pcap")
    assert (both["encrypted"], both["authenticated"]) == (False, True)
    assert plain(both["detail"]) == "commands without LonTalk authentication; authenticated transactions"
    signed = session("secured.pcap")
    assert (signed["authenticated"], signed.get("detail", "")) == (True, "")
    assert session("channel.pcap")["authenticated"] is False


def test_the_challenge_of_an_authenticated_command_is_seen():
    proofs = [o["function"] for o in operations("tool.pcap") if o["verb"] == "authenticate"]
    assert proofs == ["Challenge", "Challenge Reply", "Challenge"]
    (row, _) = rows(pdu(node(A, B), AUTHPDU, bytes(8), head=0xA5))
    assert (row.function, row.kind) == ("Challenge Reply", Kind.NOTICE)


def test_a_node_says_what_it_is():
    told = [o["detail"] for o in operations("tool.pcap") if o["function"] == "Service Pin Message"]
    assert told == ["neuron 050112345678, program 9000010101040400; to all subnets"]


def test_dns_on_its_port_is_none():
    _, understood = understand_capture(CAPTURES / "lontalk" / "dns_on_1628.pcap")
    assert not any("lontalk" in spoken for spoken in understood.spoken.values())


def test_values_and_counters_make_no_other_message():
    def sent(value: int, **more) -> bytes:
        return pdu(node(A, B), TPDU, made.update(7, bytes((0, value))), head=value, sequence=value, **more)

    assert key("lontalk", sent(1)) == key("lontalk", sent(2))
    assert key("lontalk", sent(1, extended=True)) == key("lontalk", sent(2, extended=True))
    assert key("lontalk", sent(1, secured=True)) == key("lontalk", sent(2, secured=True))
    assert key("lontalk", sent(1)) != key("lontalk", sent(1, secured=True))
    assert key("lontalk", made.registration(3, "A", time=1)) == key("lontalk", made.registration(3, "A", time=2))
    assert key("lontalk", made.registration(3, "A")) != key("lontalk", made.registration(3, "B"))
    assert key("lontalk", made.membership(1)) == key("lontalk", made.membership(2))
    keys = [pdu(node(A, B), SPDU, bytes((0x65, 0, *range(n, n + 6))), head=1) for n in (1, 2)]
    assert key("lontalk", keys[0]) == key("lontalk", keys[1])


@pytest.mark.parametrize("domain", [b"", b"\1", b"\1\2\3", b"\1\2\3\4\5\6"])
@pytest.mark.parametrize("extended", [False, True])
def test_what_is_touched_makes_another_message(domain, extended):
    def stops(head: int, content: bytes = b"\x6c\0", address=NODE) -> tuple:
        return key("lontalk", pdu(address, SPDU, content, head=head, domain=domain, extended=extended))

    assert stops(1) == stops(2)
    others = {
        stops(0x81),  # authenticated
        stops(1, b"\x6c\1"),
        stops(1, b"\x6c\3\3"),
        stops(1, b"\x6c\3\4"),
        stops(1, address=node(A, (1, 40))),
        stops(1, address=made.neuron(A)),
        stops(1, address=made.group(A, 1)),
        stops(1, address=made.broadcast(A)),
    }
    assert len(others - {stops(1)}) == 8


@pytest.mark.parametrize("address", [node(A, B), made.group(A, 5), made.broadcast(A), made.neuron(A)])
def test_an_answer_is_found_by_who_asked(address):
    asks = pdu(address, SPDU, b"\x51", head=1)
    assert pair("lontalk", asks) == pair("lontalk", pdu(node(B, A), SPDU, b"\x31\0", head=0x21)) == b"\x01\xaa"


def test_addresses_and_reminders():
    assert asked(b"\x51").unit == "1/41"
    (row, _) = rows(pdu(made.broadcast(A, 0), SPDU, b"\x61\0", head=1))
    assert (row.unit, row.verb, row.kind) == ("all subnets", Verb.IDENTIFY, Kind.REQUEST)
    (row, _) = rows(pdu(made.group(A, 5), TPDU, b"\x01\x01" + made.update(3, b"\0"), head=0x57))
    assert (row.unit, row.object, row.kind) == ("group 5", "network variable 0x0003", Kind.UNCONFIRMED)


GOOD = pdu(node(A, B), SPDU, b"\x6c\0", head=1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[:19],
        GOOD[:-1],  # the length does not fit
        GOOD[:2] + b"\2" + GOOD[3:],  # version 2
        GOOD[:3] + b"\2" + GOOD[4:],  # no such type
        GOOD[:5] + b"\1" + GOOD[6:],  # another protocol than LonTalk
        pdu(node(A, B), SPDU, b"", head=1),  # nothing asked
        pdu(node(A, B), SPDU, b"\x6c", head=1),  # a mode without a mode
        pdu(node(A, B), SPDU, b"\x6c\3", head=1),
        pdu(node(A, B), SPDU, b"\x6e\0\0\0\1", head=1),
        pdu(node(A, B), SPDU, b"\x51", head=0x31),  # no such kind
        pdu(node(A, B), TPDU, b"\0", head=0x21),  # an acknowledgement with something behind
        pdu(node(A, B), AUTHPDU, bytes(7), head=1),
        pdu(node(A, B), TPDU, b"\x09" + bytes(9), head=0x41),  # a reminder to too many
        made.packet(4, bytes(12) + b"\0\2\0\0" + bytes(12)),  # two members in the room of one
        made.packet(3, bytes(40)),
    ],
)
def test_what_is_none(data):
    message = Message(data, len(data), True, "udp", 1628)
    assert not PROTOCOL.probe(message)
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(message))
