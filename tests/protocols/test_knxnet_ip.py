"""KNXnet/IP: discovery and identity, tunnels, cEMI services and properties, routing, security, keys."""

from __future__ import annotations

import pytest

from fixtures.record.knxnet_ip import (
    FAMILIES,
    GROUP,
    L_CON,
    L_IND,
    L_REQ,
    NORTH,
    SECURED,
    SOUTH,
    connected,
    endpoint,
    message,
    telegram,
)
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.knxnet_ip._names import SERVICES
from scanner.protocols.knxnet_ip.knxnet_ip import PROTOCOL
from tests.protocols.keys import key, pair
from tests.protocols.recordings import CAPTURES
from tests.protocols.understanding import operation_rows, understand_capture

BUS = 0x1109  # 1.1.9


def rows(raw: bytes, *, side: bool | None = True, transport: str = "udp") -> list:
    found = Message(raw, len(raw), side, transport, 3671)
    assert PROTOCOL.probe(found)
    return list(PROTOCOL.dissect(found))


def tunnelled(apdu: bytes, target: int = BUS, *, code: int = L_REQ, side: bool = True, **more) -> Operation:
    (found,) = rows(connected(0x0420, 1, telegram(code, target, apdu, **more)), side=side)
    return found


def test_a_search_response_is_an_identity():
    found = rows(message(0x0202, endpoint("10.50.0.21", 3671) + NORTH + FAMILIES + SECURED), side=False)
    operation = found[0]
    assert (operation.verb, operation.kind, operation.unit) == (Verb.IDENTIFY, Kind.RESPONSE, "1.1.1")
    assert operation.detail == (
        f"TP1; routing to {GROUP}; services: core 2, device management 2, tunnelling 2, routing 2; "
        "secured: device management 1, tunnelling 1"
    )
    assert found[1:] == [
        Identity("serial", "00fa12345678"),
        Identity("mac", "00:24:6d:01:02:03"),
        Identity("name", "IP Router Nord ä"),
        Identity("ip", "10.50.0.21"),
    ]


def test_a_description_response_tells_the_programming_mode_and_the_manufacturer():
    found = rows(message(0x0204, SOUTH + bytes((8, 8, 0, 0, 0, 0xFE, 0x09, 0x1A)) + b"\x06\xfe\0\x83\1\2"), side=False)
    assert "programming mode" in found[0].detail
    assert found[0].detail.endswith("mask version 0x091A; KNX manufacturer 0x0083")
    assert Identity("name", "IP Interface Süd") in found


def test_an_extended_search_says_what_it_selects():
    (found,) = rows(message(0x020B, endpoint() + bytes((2, 0x81, 6, 4, 1, 2, 6, 7))))
    assert found.detail == "by programming mode, description blocks"


@pytest.mark.parametrize(
    ("cri", "touched", "unit"),
    [
        (bytes((2, 3)), "device management", ""),
        (bytes((4, 4, 2, 0)), "tunnelling, link layer", ""),
        (bytes((6, 4, 0x80, 0, 0x11, 0xFA)), "tunnelling, busmonitor", "1.1.250"),
        (bytes((2, 9)), "type 9", ""),
    ],
)
def test_connect(cri, touched, unit):
    operation, session = rows(message(0x0205, endpoint() * 2 + cri))
    assert (operation.object, operation.unit, operation.kind) == (touched, unit, Kind.REQUEST)
    assert session == Session(version="KNXnet/IP 1.0", credentials="none", encrypted=False)


def test_statuses_refuse():
    (found,) = rows(message(0x0206, b"\0\x24"), side=False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, "E_NO_MORE_CONNECTIONS (0x24)")
    (found,) = rows(message(0x0206, b"\7\0" + endpoint() + bytes((4, 4, 0x11, 0xFA))), side=False)
    assert (found.kind, found.unit) == (Kind.RESPONSE, "1.1.250")
    (found,) = rows(message(0x0208, b"\7\x99"), side=False)
    assert found.refusal == "status (0x99)"
    (found,) = rows(message(0x0421, b"\4\7\0\x29"), side=False)
    assert found.refusal == "E_TUNNELLING_LAYER (0x29)"
    (found,) = rows(message(0x0421, b"\4\7\0\0"), side=False)
    assert found.kind is Kind.NOTICE
    (found,) = rows(message(0x0423, b"\4\7\0\0\x08\xfb"), side=False)
    assert (found.object, found.refusal) == ("interface feature info service", "return code 0xFB")


@pytest.mark.parametrize(
    ("apdu", "verb", "function", "number", "touched"),
    [
        (b"\0\xc0\x11\x09", Verb.CONFIGURE, "A_IndividualAddress_Write", "0x0C0", "address 1.1.9"),
        (b"\1\0", Verb.IDENTIFY, "A_IndividualAddress_Read", "0x100", ""),
        (b"\2\4\x40\x00", Verb.READ, "A_Memory_Read", "0x200", "memory 0x4000 x 4"),
        (b"\2\x84\x40\x00\1\2\3\4", Verb.CONFIGURE, "A_Memory_Write", "0x280", "memory 0x4000 x 4"),
        (b"\2\xc2\x14\x20\x30\1\2\3\4", Verb.CONFIGURE, "A_UserMemory_Write", "0x2C2", "user memory 0x12030 x 4"),
        (b"\1\xfb\4\1\2\3\1\2\3\4", Verb.CONFIGURE, "A_MemoryExtended_Write", "0x1FB", "memory 0x010203 x 4"),
        (b"\3\0", Verb.IDENTIFY, "A_DeviceDescriptor_Read", "0x300", ""),
        (b"\3\x80", Verb.RESTART, "A_Restart", "0x380", ""),
        (b"\3\x81\2\0", Verb.RESTART, "A_Restart (master reset)", "0x381", "erase code 2"),
        (b"\3\xd1\0\xff\xff\xff\xff", Verb.AUTHENTICATE, "A_Authorize_Request", "0x3D1", ""),
        (b"\3\xd3\0\xff\xff\xff\xff", Verb.CONFIGURE, "A_Key_Write", "0x3D3", ""),
        (b"\3\xd5\0\x0b\x10\1", Verb.READ, "A_PropertyValue_Read", "0x3D5", "object 0 property 11 (PID_SERIAL_NUMBER)"),
        (
            b"\3\xd7\0\x36\x10\1\1",
            Verb.CONFIGURE,
            "A_PropertyValue_Write",
            "0x3D7",
            "object 0 property 54 (PID_PROGMODE)",
        ),
        (b"\3\xd7\5\x36\x10\1\1", Verb.CONFIGURE, "A_PropertyValue_Write", "0x3D7", "object 5 property 54"),
        (
            b"\1\xce\0\x11\0\x10\x33\1\0\1\1",
            Verb.CONFIGURE,
            "A_PropertyExtValue_WriteCon",
            "0x1CE",
            "Security 1 property 51 (PID_SECURITY_MODE)",
        ),
        (
            b"\3\xde\x00\xfa\x12\x34\x56\x78\x11\x0a\0\0\0\0",
            Verb.CONFIGURE,
            "A_IndividualAddressSerialNumber_Write",
            "0x3DE",
            "serial number 00fa12345678",
        ),
        (b"\3\xc5\1", Verb.UNKNOWN, "application service 0x3C5", "0x3C5", ""),
    ],
)
def test_application_services(apdu, verb, function, number, touched):
    found = tunnelled(apdu, group=False)
    assert (found.verb, found.function, found.object) == (verb, function, touched)
    assert (found.code, found.unit, found.detail) == (f"0x0420:{number}", "1.1.9", "from 1.1.5")
    assert found.kind is Kind.REQUEST


@pytest.mark.parametrize(
    ("apci", "verb", "function"),
    [(0x00, Verb.READ, "Read"), (0x41, Verb.REPORT, "Response"), (0x81, Verb.WRITE, "Write")],
)
def test_group_services(apci, verb, function):
    found = tunnelled(bytes((0, apci)), 0x0A03, source=0)
    assert (found.verb, found.function) == (verb, f"A_GroupValue_{function}")
    assert (found.object, found.unit, found.detail) == ("group address 1/2/3", "", "")
    assert found.filter == f"cemi.ac == 0x{apci >> 6}"


def test_what_the_bus_says_is_a_report_in_a_tunnel_and_a_write_on_the_group():
    found = tunnelled(b"\0\x81", 0x0A03, code=L_IND, side=False)
    assert (found.verb, found.kind) == (Verb.REPORT, Kind.NOTICE)
    (found,) = rows(message(0x0530, telegram(L_IND, 0x0A03, b"\0\x81")))
    assert (found.verb, found.kind, found.code) == (Verb.WRITE, Kind.NOTICE, "0x0530:0x080")


def test_confirmations_answer():
    assert tunnelled(b"\0\x81", 0x0A03, code=L_CON, side=False).kind is Kind.RESPONSE
    found = tunnelled(b"\0\x81", 0x0A03, code=L_CON, side=False, control=0xBD)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, "L_Data.con: not confirmed on the bus")
    asked = connected(0x0420, 1, telegram(L_REQ, 0x0A03, b"\0\x81", source=0))
    told = connected(0x0420, 9, telegram(L_CON, 0x0A03, b"\0\x81", source=0x11FA))
    other = connected(0x0420, 9, telegram(L_CON, 0x0A03, b"\0\x80", source=0x11FA))
    assert pair("knxnet-ip", asked) == pair("knxnet-ip", told) != pair("knxnet-ip", other)


def test_data_secure_shows_only_that_it_is():
    found = tunnelled(b"\3\xf1\x10" + bytes(20), 0x0A03)
    assert (found.verb, found.object, found.detail) == (
        Verb.UNKNOWN,
        "group address 1/2/3",
        "from 1.1.5, KNX Data Secure",
    )


def test_additional_information_is_passed_over():
    assert tunnelled(b"\0\x81", 0x0A03, extra=b"\4\2\0\1").object == "group address 1/2/3"
    found = tunnelled(b"\0\x81", 0x0A03, extra=b"\7\1\0")
    assert (found.function, found.verb, found.object) == ("L_Data.req", Verb.UNKNOWN, "")


@pytest.mark.parametrize(
    ("tpci", "name"), [(0x80, "T_Connect"), (0x81, "T_Disconnect"), (0xC2, "T_ACK"), (0xC7, "T_NAK")]
)
def test_transport_control(tpci, name):
    found = tunnelled(bytes((tpci,)), group=False)
    assert (found.function, found.verb, found.kind) == (name, Verb.SESSION, Kind.NOTICE)


def managed(text: str, *, side: bool = True) -> list:
    return rows(connected(0x0310, 1, bytes.fromhex(text)), side=side)


def test_properties_of_the_device():
    (found,) = managed("f6000b013c10010a320016")
    assert (found.verb, found.object) == (Verb.CONFIGURE, "KNXnet/IP Parameter 1 property 60 (PID_IP_ADDRESS)")
    assert "10.50" not in str(found)
    (found,) = managed("f5000b015c000105", side=False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, "read only (0x05)")
    (found,) = managed("fa00110138f2", side=False)
    assert found.refusal == "return code 0xF2"
    (found,) = managed("f1")
    assert (found.verb, found.function, found.kind) == (Verb.RESTART, "M_Reset.req", Kind.REQUEST)


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("fb0000010b100100fa12345678", Identity("serial", "00fa12345678")),
        ("fb000b0140100100246d010203", Identity("mac", "00:24:6d:01:02:03")),
        ("fb00000109100105", Identity("firmware", "5")),
        ("fb0000010f10014e3134382f3232000000", Identity("order_number", "N148/22")),
    ],
)
def test_properties_that_identify_the_device(text, identity):
    assert managed(text, side=False)[1:] == [identity]


def test_security():
    operation, session = rows(message(0x0950, b"\0\0" + bytes(60)))
    assert (operation.detail, session) == ("multicast group", Session(version="KNX IP Secure", encrypted=True))
    operation, session = rows(message(0x0953, b"\0\2" + bytes(16)))
    assert (operation.verb, operation.detail, session.credentials) == (Verb.AUTHENTICATE, "user 2", "user-password")
    operation, session = rows(message(0x0954, b"\1\0"), side=False)
    assert (operation.refusal, session.authenticated) == ("STATUS_AUTHENTICATION_FAILED (1)", None)
    operation, session = rows(message(0x0954, b"\0\0"), side=False)
    assert (operation.detail, session.authenticated) == ("STATUS_AUTHENTICATION_SUCCESS (0)", True)


def test_routing_state_and_remote_services():
    (found,) = rows(message(0x0531, bytes((4, 1, 0, 9))))
    assert (found.verb, found.detail) == (Verb.DIAGNOSE, "no KNX bus")
    (found,) = rows(message(0x0743, b"\x08\x02" + bytes(6) + b"\2\0"))
    assert (found.verb, found.detail, found.object) == (
        Verb.RESTART,
        "master reset",
        "MAC address 00:00:00:00:00:00",
    )
    (found,) = rows(message(0x0742, endpoint() + b"\2\1"))
    assert (found.verb, found.object) == (Verb.CONFIGURE, "devices in programming mode")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x06\x20" + message(0x0203, endpoint())[2:], "no KNXnet/IP header"),
        (message(0x0203, endpoint()) + b"\0", "total length"),
        (message(0x0204, NORTH[:-1]), "description block"),
        (message(0x0204, b"\4\1\0\0"), "device information of 4"),
        (connected(0x0420, 1, b"\x99\0"), "message code 0x99"),
        (connected(0x0420, 1, telegram(L_REQ, 1, b"\0")), "without an application service"),
        (connected(0x0310, 1, b"\xfc\0\0"), "cut short"),
    ],
)
def test_what_breaks_the_standard_is_malformed(raw, text):
    with pytest.raises(Malformed, match=text):
        list(PROTOCOL.dissect(Message(raw, len(raw), True, "udp", 3671)))


def test_channels_counters_and_values_are_no_part_of_the_key():
    def of(raw: bytes) -> tuple:
        return key("knxnet-ip", raw)

    one = connected(0x0420, 1, telegram(L_REQ, 0x0A03, b"\0\x81"))
    assert of(one) == of(connected(0x0420, 2, telegram(L_REQ, 0x0A03, b"\0\x80")))
    assert of(one) != of(connected(0x0420, 1, telegram(L_REQ, 0x0A04, b"\0\x81")))
    assert of(one) != of(connected(0x0420, 1, telegram(L_REQ, 0x0A03, b"\0\x41")))
    assert of(message(0x0530, telegram(L_IND, 1, b"\0\x80\1\2"))) == of(
        message(0x0530, telegram(L_IND, 1, b"\0\x80\3\4"))
    )
    numbered = [
        connected(0x0420, n, telegram(L_REQ, BUS, bytes((0x40 | n << 2 | 2, 0x82, 0x40, 0, n)))) for n in (1, 2)
    ]
    assert of(numbered[0]) == of(numbered[1])
    assert of(message(0x0201, endpoint("1.2.3.4", 5))) == of(message(0x0201, endpoint("1.2.3.4", 6)))


def test_every_service_of_the_table_has_a_row():
    for service in SERVICES:
        body = {0x0310: bytes(4) + b"\xf1", 0x0420: bytes(4) + b"\x2b", 0x0530: b"\x2b", 0x0533: b"\x2b"}.get(service)
        body = body or (
            NORTH if service == 0x0204 else endpoint() + NORTH if service in (0x0202, 0x020C) else bytes(32)
        )
        body = b"\2\1" + NORTH if service == 0x0741 else body
        assert rows(message(service, body))[0].function, hex(service)


def operations(name: str) -> list[tuple]:
    path = CAPTURES / "knxnet_ip" / name
    result, understood = understand_capture(path)
    assert not understood.malformed
    return [
        (c["verb"], c["function"], c["object"], c["count"], c["accepted"], c["refused"])
        for _, protocol, _, c in operation_rows(result, understood)
        if protocol == "knxnet-ip"
    ]


@pytest.mark.parametrize("name", ["xknx_udp.pcap", "xknx_tcp.pcap"])
def test_a_recorded_tunnel(name):
    assert [row for row in operations(name) if not row[1].endswith("_ACK")] == [
        ("session", "CONNECT_REQUEST", "tunnelling, link layer", 1, 1, 0),
        ("read", "A_GroupValue_Read", "group address 1/2/3", 1, 1, 0),
        ("write", "A_GroupValue_Write", "group address 1/2/3", 4, 4, 0),
        ("write", "A_GroupValue_Write", "group address 4/0/10", 3, 3, 0),
        ("identify", "A_DeviceDescriptor_Read", "", 1, 1, 0),
        ("read", "A_PropertyValue_Read", "object 0 property 11 (PID_SERIAL_NUMBER)", 1, 1, 0),
        ("configure", "A_Memory_Write", "memory 0x4000 x 2", 1, 1, 0),
        ("restart", "A_Restart", "", 1, 1, 0),
        ("session", "DISCONNECT_REQUEST", "", 1, 1, 0),
    ]


def test_searches_are_answered_by_each_device():
    found = operations("discovery.pcap")
    assert found[0] == ("identify", "SEARCH_REQUEST", "", 1, 2, 0)
    assert found[1] == ("identify", "SEARCH_REQUEST_EXTENDED", "", 1, 2, 0)


def test_a_write_that_the_bus_did_not_confirm_is_refused():
    property_54 = "object 0 property 54 (PID_PROGMODE)"
    assert ("configure", "A_PropertyValue_Write", property_54, 1, 0, 1) in operations("engineering.pcap")


def test_another_port_and_another_protocol():
    assert operations("port_13671.pcap") == [("identify", "DESCRIPTION_REQUEST", "", 1, 1, 0)]
    assert operations("syslog_on_3671.pcap") == []
