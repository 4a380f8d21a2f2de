"""Routing and redundancy protocols: what each message proves of its sender, in every form; what is none of them."""

from __future__ import annotations

import io
from dataclasses import replace

import polars as pl
import pytest

from fixtures.record import routing as r
from fixtures.record.wire import ipv4
from scanner.capture.read import read_capture
from scanner.facts.build import capture_facts
from scanner.facts.frames import Facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Malformed, Message, Operation, Session
from tests.capture.files import pcap
from tests.capture.frames import ethernet
from tests.protocols.keys import key
from tests.protocols.recordings import CAPTURES

IP = {"ospf": 89, "eigrp": 88, "vrrp": 112, "pim": 103, "igmp": 2}
PORTS = {"hsrp": ("udp", 1985), "rip": ("udp", 520), "bgp": ("tcp", 179), "isis": ("ethernet", 0xFE)}
NOTHING, PASSWORD, DIGEST, SILENT = "none", "password", "digest", ""


def sent(protocol: str, data: bytes, port: int = 0) -> Message:
    transport, at_home = PORTS.get(protocol, (f"ip-{IP.get(protocol)}", 0))
    return Message(data, len(data), True, transport, port or at_home)


def proof(protocol: str, data: bytes, port: int = 0) -> tuple[str, str]:
    """(version, what proves the sender) of the only session of a message."""
    rows = list(protocols()[protocol].dissect(sent(protocol, data, port)))
    (session,) = [row for row in rows if isinstance(row, Session)]
    named = "messages authenticated by" in session.detail
    return session.version, session.credentials or (DIGEST if named else SILENT)


@pytest.mark.parametrize(
    ("protocol", "data", "expected"),
    [
        ("ospf", r.hello(), ("OSPFv2", NOTHING)),
        ("ospf", r.UPDATE, ("OSPFv2", NOTHING)),
        ("ospf", r.hello(1, data=r.SECRET), ("OSPFv2", PASSWORD)),
        ("ospf", r.hello(2, digest=16), ("OSPFv2", DIGEST)),
        ("ospf", r.hello(2, digest=0), ("OSPFv2", NOTHING)),
        ("ospf", r.hello_3(), ("OSPFv3", NOTHING)),
        ("ospf", r.hello_3(signalling=True), ("OSPFv3", NOTHING)),
        ("ospf", r.hello_3(trailer=32), ("OSPFv3", DIGEST)),
        ("ospf", r.hello_3(trailer=64, signalling=True), ("OSPFv3", DIGEST)),
        ("eigrp", r.eigrp(), ("EIGRP", NOTHING)),
        ("eigrp", r.eigrp(proof=2), ("EIGRP", DIGEST)),
        ("eigrp", r.EIGRP_SHA, ("EIGRP", DIGEST)),
        ("eigrp", r.EIGRP_ACK, ("EIGRP", SILENT)),
        ("hsrp", r.hsrp(), ("HSRPv1", PASSWORD)),
        ("hsrp", r.hsrp(b""), ("HSRPv1", NOTHING)),
        ("hsrp", r.hsrp(md5=True), ("HSRPv1", DIGEST)),
        ("hsrp", r.hsrp_2(), ("HSRPv2", NOTHING)),
        ("hsrp", r.hsrp_2(r.TEXT_2), ("HSRPv2", PASSWORD)),
        ("hsrp", r.hsrp_2(r.MD5_2), ("HSRPv2", DIGEST)),
        ("vrrp", r.vrrp(), ("VRRPv2", NOTHING)),
        ("vrrp", r.vrrp(1), ("VRRPv2", PASSWORD)),
        ("vrrp", r.vrrp(2), ("VRRPv2", DIGEST)),
        ("vrrp", r.VRRP_3, ("VRRPv3", NOTHING)),
        ("vrrp", r.CARP, ("CARP", DIGEST)),
        ("rip", r.rip(1), ("RIPv1", NOTHING)),
        ("rip", r.rip(), ("RIPv2", NOTHING)),
        ("rip", r.rip(proof="password"), ("RIPv2", PASSWORD)),
        ("rip", r.rip(proof="digest"), ("RIPv2", DIGEST)),
        ("isis", r.isis(), ("IS-IS", NOTHING)),
        ("isis", r.isis("state"), ("IS-IS", NOTHING)),
        ("isis", r.isis("neighbour"), ("IS-IS", NOTHING)),
        ("isis", r.isis(proof=r.ISIS_TEXT), ("IS-IS", PASSWORD)),
        ("isis", r.isis(proof=r.ISIS_MD5), ("IS-IS", DIGEST)),
        ("isis", r.isis("state", r.ISIS_SHA), ("IS-IS", DIGEST)),
        ("bgp", r.OPEN, ("BGP-4", SILENT)),
        ("pim", r.PIM_HELLO, ("PIMv2", NOTHING)),
    ],
)
def test_what_a_message_proves(protocol, data, expected):
    assert protocols()[protocol].probe(sent(protocol, data))
    assert proof(protocol, data) == expected


@pytest.mark.parametrize(
    ("protocol", "data"),
    [
        *(("eigrp", r.eigrp(proof=2)), ("eigrp", r.EIGRP_SHA), ("hsrp", r.hsrp(md5=True)), ("hsrp", r.hsrp_2(r.MD5_2))),
        *(("isis", r.isis(proof=r.ISIS_MD5)), ("isis", r.isis("state", r.ISIS_SHA))),
        *(("ospf", r.hello_3(trailer=32)), ("ospf", r.hello(2, digest=16))),
    ],
)
def test_a_message_cut_short_is_none_without_proof(protocol, data):
    """The proof may stand in what was not captured."""
    whole, dissector = sent(protocol, data), protocols()[protocol]
    for end in range(len(data)):
        part = replace(whole, data=data[:end])
        if dissector.probe(part):
            (session,) = [row for row in dissector.dissect(part) if isinstance(row, Session)]
            assert not session.credentials
            assert session.unread == ("credentials",) or "messages authenticated by" in session.detail


def test_ripng_has_no_proof():
    assert proof("rip", r.RIPNG, 521) == ("RIPng", NOTHING)


def test_the_default_text_of_hsrp_is_said_and_another_one_is_not():
    said = [
        row.detail
        for data in (r.hsrp(), r.hsrp(b"plant-1"))
        for row in protocols()["hsrp"].dissect(sent("hsrp", data))
        if isinstance(row, Session)
    ]
    assert said == ["its text is the default one", ""]


@pytest.mark.parametrize(
    ("framing", "one", "two"),
    [
        ("ospf", r.hello(), r.hello(1, data=r.SECRET)),
        ("ospf", r.hello_3(), r.hello_3(trailer=32)),
        ("ospf", r.hello_3(signalling=True), r.hello_3(signalling=True, trailer=32)),
        ("eigrp", r.eigrp(), r.eigrp(proof=2)),
        ("hsrp", r.hsrp(), r.hsrp(md5=True)),
        ("hsrp-2", r.hsrp_2(r.TEXT_2), r.hsrp_2(r.MD5_2)),
        ("vrrp", r.vrrp(), r.vrrp(1)),
        ("rip", r.rip(), r.rip(proof="digest")),
        ("isis", r.isis(), r.isis(proof=r.ISIS_MD5)),
    ],
)
def test_one_message_without_proof_is_not_lost_among_those_with_one(framing, one, two):
    assert key(framing, one) != key(framing, two)


@pytest.mark.parametrize(
    ("protocol", "data"),
    [
        ("ospf", r.hello()[:23]),
        ("ospf", b"\2\1" + r.hello()[:2] + r.hello()[4:]),
        ("ospf", b"\4" + r.hello()[1:]),
        ("eigrp", r.eigrp()[:30]),
        ("eigrp", b"\1" + r.eigrp()[1:]),
        ("hsrp", r.hsrp()[:19]),
        ("hsrp", r.hsrp()[:2] + b"\3" + r.hsrp()[3:]),
        ("vrrp", r.vrrp()[:3] + b"\2" + r.vrrp()[4:]),
        ("vrrp", r.VRRP_3[:-1]),
        ("rip", r.rip()[:20]),
        ("rip", r.rip()[:4] + b"\0\3" + r.rip()[6:]),
        ("isis", r.isis()[:20]),
        ("isis", b"\x82" + r.isis()[1:]),
        ("bgp", b"\xfe" + r.OPEN[1:]),
        ("bgp", r.OPEN[:19]),
        ("igmp", r.QUERY[:7]),
        ("igmp", b"\x13" + r.QUERY[1:]),
        ("pim", b"\x10" + r.PIM_HELLO[1:]),
    ],
)
def test_what_is_none(protocol, data):
    assert not protocols()[protocol].probe(sent(protocol, data))
    with pytest.raises(Malformed):
        list(protocols()[protocol].dissect(sent(protocol, data)))


def facts(frames: list[bytes]) -> Facts:
    records = [(number, 0, frame) for number, frame in enumerate(frames)]
    return capture_facts(read_capture(io.BytesIO(pcap(records)), "x.pcap", framing_plan()), protocols())


def test_a_recording_tells_every_router_and_its_proof():
    result = read_capture(CAPTURES / "ospf" / "built.pcap", "built.pcap", framing_plan())
    sessions = capture_facts(result, protocols())["sessions"].sort("client")
    told = dict(zip(sessions["client"], sessions["credentials"].to_list(), strict=True))
    assert told == {
        "10.20.90.1": [NOTHING],
        "10.20.90.2": [PASSWORD],
        "10.20.90.3": [],
        "fe80::1": [NOTHING],
        "fe80::2": [],
        "fe80::3": [NOTHING],
    }


def test_bgp_is_found_on_another_port_and_its_error_is_a_refusal():
    result = read_capture(CAPTURES / "bgp" / "built_port_1179.pcap", "x.pcap", framing_plan())
    operations = capture_facts(result, protocols())["operations"].filter(pl.col("protocol") == "bgp")
    assert operations.filter(function="NOTIFICATION")["refusals"].to_list() == [["Cease 6.2"]]
    assert operations.filter(object="autonomous system 4200000001").height == 1


def recorded(name: str) -> list[bytes]:
    """The frames of a recording."""
    data, at, frames = (CAPTURES / "bgp" / f"{name}.pcap").read_bytes(), 24, []
    while at < len(data):
        size = int.from_bytes(data[at + 8 : at + 12], "little")
        frames.append(data[at + 16 : at + 16 + size])
        at += 16 + size
    return frames


PLAIN, SIGNED = recorded("bird"), recorded("bird_md5")
MD5_OPTION = b"\1\1\x13\x12"
NO_PROOF, UNTOLD = [["none"], []], [[], ["credentials"]]


def authenticated(frame: bytes) -> bytes:
    """The frame with an authentication header between IP and TCP."""
    return ethernet(
        0x0800, ipv4(*(".".join(map(str, frame[at : at + 4])) for at in (26, 30)), 51, b"\6\4" + bytes(22) + frame[34:])
    )


@pytest.mark.parametrize(
    ("frames", "expected", "told"),
    [
        (PLAIN, NO_PROOF, ""),
        (SIGNED, [[], []], "TCP MD5"),
        ([f.replace(MD5_OPTION, b"\1\1\x1d\x12") for f in SIGNED], [[], []], "TCP-AO"),
        ([f for f in SIGNED if f[26:30] == SIGNED[0][26:30]], [[], []], "TCP MD5"),
        ([f for f in PLAIN if f[26:30] == PLAIN[0][26:30]], NO_PROOF, ""),
        ([*SIGNED, *PLAIN], UNTOLD, "only some segments"),
        ([f.replace(MD5_OPTION, b"\1\1\x13\x11") for f in SIGNED], UNTOLD, ""),
        ([f.replace(MD5_OPTION, b"\1\1\x07\0") for f in SIGNED], UNTOLD, ""),
        ([f.replace(MD5_OPTION, b"\0\1\x13\x12") for f in SIGNED], NO_PROOF, ""),
        ([f.replace(MD5_OPTION, b"\1\1\xfd\x12") for f in SIGNED], NO_PROOF, ""),
        ([f.replace(b"\0\xb3", b"\4\x9b") for f in SIGNED], [[], []], "TCP MD5"),
        (list(map(authenticated, PLAIN)), NO_PROOF, ""),
    ],
    ids=[
        *(
            "nothing",
            "md5",
            "ao",
            "one way of md5",
            "one way of nothing",
            "before and behind a key",
            "of no such length",
        ),
        *("a list that breaks off", "behind the end of the list", "another option", "another port", "in ah"),
    ],
)
def test_what_options_of_tcp_prove_of_bgp(frames, expected, told):
    (row,) = facts(frames)["sessions"].filter(protocol="bgp").iter_rows(named=True)
    assert [row["credentials"], row["unread"]] == expected
    assert told in (row["detail"] or "")
    assert bool(told) == bool(row["detail"])
    assert not row["tunnel"] or (row["tunnel"], row["tunnel_client"]) == ("ah", row["client"])


def test_options_that_were_cut_off_prove_nothing_and_lack_nothing():
    """The twin that a short snap length makes of a session with MD5; what is left of it is no message of BGP."""
    for size, signature in ((54, 8), (72, 8), (74, 2)):
        records = [(number, 0, frame[:size], len(frame)) for number, frame in enumerate(SIGNED)]
        result = read_capture(io.BytesIO(pcap(records)), "x.pcap", framing_plan())
        assert result.sights["signatures"].tolist() == [[signature, signature]]


def test_noise_with_the_number_of_a_protocol_is_a_guess():
    noise = [ethernet(0x0800, ipv4("10.20.90.1", "10.20.90.2", number, bytes(range(40)))) for number in IP.values()]
    flows = facts(noise)["flows"]
    assert set(flows["recognised_by"]) == {"port"}


def test_groups_are_told_and_no_more_than_a_few():
    many = b"\x22\0\0\0\0\0\0\x06" + b"".join(b"\4\0\0\0\xef\0\0" + bytes((n,)) for n in range(6))
    (row,) = [row for row in protocols()["igmp"].dissect(sent("igmp", many)) if isinstance(row, Operation)]
    assert row.object == "239.0.0.0, 239.0.0.1, 239.0.0.2, 239.0.0.3 and 2 more"


def test_no_secret_is_told():
    for protocol in (*IP, *PORTS):
        result = read_capture(CAPTURES / protocol / "built.pcap", "x.pcap", framing_plan())
        found = capture_facts(result, protocols())
        for name in ("sessions", "operations", "flows"):
            assert "real-sec" not in found[name].write_json()
            assert "plant-1" not in found[name].write_json()
