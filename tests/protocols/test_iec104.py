"""IEC 60870-5-104: every type both ways of addressing, causes, confirmations, files, and what makes up the key."""

from __future__ import annotations

import struct
from collections import Counter

import pytest

from scanner.protocols.base import Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.iec60870._iec104_names import CAUSES, TYPES
from scanner.protocols.iec60870.iec104 import PROTOCOL
from tests.protocols.keys import case_of, key, pair
from tests.protocols.recordings import CAPTURES, cut_by_length, streams

CODES = {t.name: n for n, t in TYPES.items()}


def apdu(asdu: bytes, sent: int = 0, received: int = 0) -> bytes:
    return struct.pack("<BBHH", 0x68, 4 + len(asdu), sent << 1, received << 1) + asdu


def asdu(
    number: int, cause: int, *objects: tuple[int, bytes], sequence: bool = False, common: int = 47, oa: int = 0
) -> bytes:
    head = struct.pack("<BBBBH", number, len(objects) | (0x80 if sequence else 0), cause, oa, common)
    return head + b"".join(
        (b"" if sequence and n else struct.pack("<I", a)[:3]) + e for n, (a, e) in enumerate(objects)
    )


def row(raw: bytes, side: bool | None = True):
    message = Message(raw, len(raw), side, "tcp", 2404)
    assert PROTOCOL.probe(message)
    (found,) = (r for r in PROTOCOL.dissect(message) if isinstance(r, Operation))
    assert found.verb in PROTOCOL.verbs
    return found


def i_row(*args, side: bool | None = True, **more):
    return row(apdu(asdu(*args, **more)), side)


FIXED = [n for n, t in TYPES.items() if t.size is not None]


@pytest.mark.parametrize("number", FIXED, ids=[TYPES[n].name for n in FIXED])
def test_every_type_fits_its_length_with_addresses_of_its_own_and_in_sequence(number):
    size = TYPES[number].size
    found = i_row(number, 3, (10, bytes(size)), (11, bytes(size)), (20, bytes(size)), side=False)
    assert found.function.startswith(TYPES[number].name)
    assert (found.code, found.unit) == (str(number), "47")
    assert found.object.startswith("IOA 10-11, 20")
    assert found.filter == f"iec60870_asdu.typeid == {number} && iec60870_asdu.causetx == 3"
    found = i_row(number, 3, *[(10, bytes(size))] * 3, sequence=True, side=False)
    assert found.object.startswith("IOA 10-12")
    short = apdu(asdu(number, 3, (10, bytes(size)), (11, bytes(size)))[:-1])
    with pytest.raises(Malformed):
        list(PROTOCOL.dissect(Message(short, len(short), False)))


def test_the_names_of_the_types_are_those_of_the_standard():
    assert (CODES["M_SP_NA_1"], CODES["M_ME_TF_1"], CODES["C_SC_NA_1"], CODES["C_SE_TC_1"]) == (1, 36, 45, 63)
    assert (CODES["C_IC_NA_1"], CODES["C_RP_NA_1"], CODES["P_AC_NA_1"], CODES["F_SC_NB_1"]) == (100, 105, 113, 127)


COMMANDS = [
    ("C_SC_NA_1", b"\x01", Verb.OPERATE, "execute, activation"),
    ("C_SC_NA_1", b"\x81", Verb.OPERATE, "select, activation"),
    ("C_DC_TA_1", b"\x82" + bytes(7), Verb.OPERATE, "select, activation"),
    ("C_RC_NA_1", b"\x02", Verb.OPERATE, "execute, activation"),
    ("C_SE_NA_1", b"\0\0\x80", Verb.OPERATE, "select, activation"),
    ("C_SE_TC_1", bytes(4) + b"\0" + bytes(7), Verb.OPERATE, "execute, activation"),
    ("C_BO_NA_1", bytes(4), Verb.OPERATE, "activation"),
    ("C_IC_NA_1", b"\x14", Verb.READ, "station, activation"),
    ("C_IC_NA_1", b"\x18", Verb.READ, "group 4, activation"),
    ("C_IC_NA_1", b"\x63", Verb.READ, "qualifier 99, activation"),
    ("C_CI_NA_1", b"\x05", Verb.READ, "all counters, activation"),
    ("C_CI_NA_1", b"\x45", Verb.OPERATE, "all counters, freeze, activation"),
    ("C_CI_NA_1", b"\x82", Verb.OPERATE, "counter group 2, freeze and reset, activation"),
    ("C_CS_NA_1", bytes(7), Verb.TIME_SYNC, "activation"),
    ("C_TS_NA_1", b"\xaa\x55", Verb.DIAGNOSE, "activation"),
    ("C_RP_NA_1", b"\x01", Verb.RESTART, "general reset of process, activation"),
    ("C_CD_NA_1", bytes(2), Verb.TIME_SYNC, "activation"),
    ("P_ME_NC_1", bytes(5), Verb.CONFIGURE, "activation"),
    ("P_AC_NA_1", b"\x03", Verb.CONFIGURE, "activation"),
]


@pytest.mark.parametrize("case", COMMANDS, ids=[f"{c[0]} {c[3]}" for c in COMMANDS])
def test_commands_and_their_confirmations(case):
    name, element, verb, detail = case
    asked = i_row(CODES[name], 6, (4500, element))
    assert (asked.kind, asked.verb, asked.detail, asked.object) == (Kind.REQUEST, verb, detail, "IOA 4500")
    confirmed = i_row(CODES[name], 7, (4500, element), side=False)
    assert (confirmed.kind, confirmed.verb, confirmed.refusal) == (Kind.RESPONSE, verb, "")
    refused = i_row(CODES[name], 0x47, (4500, element), side=False)
    assert (refused.kind, refused.verb, refused.refusal) == (Kind.REFUSAL, verb, "negative confirmation")
    ended = i_row(CODES[name], 10, (4500, element), side=False)
    assert (ended.kind, ended.verb) == (Kind.NOTICE, Verb.REPORT)


@pytest.mark.parametrize("cause", [44, 45, 46, 47])
def test_unknown_causes_refuse(cause):
    found = i_row(45, 0x40 | cause, (1, b"\1"), side=False)
    assert (found.kind, found.refusal) == (Kind.REFUSAL, CAUSES[cause])


def test_deactivation_is_asked_and_confirmed():
    assert i_row(45, 8, (1, b"\x81")).detail == "select, deactivation"
    assert i_row(45, 8, (1, b"\x81")).kind is Kind.REQUEST
    assert i_row(45, 9, (1, b"\x81"), side=False).kind is Kind.RESPONSE


def test_a_read_is_answered_by_another_type():
    asked = i_row(102, 5, (2201, b""))
    assert (asked.kind, asked.verb) == (Kind.REQUEST, Verb.READ)
    answered = i_row(13, 5, (2201, bytes(5)), side=False)
    assert (answered.kind, answered.verb) == (Kind.RESPONSE, Verb.READ)
    assert pair("iec104", apdu(asdu(102, 5, (2201, b"")))) == pair("iec104", apdu(asdu(13, 5, (2201, bytes(5)))))


def test_a_read_that_is_returned_as_negative_is_refused():
    refused = i_row(102, 0x45, (2201, b""), side=False)
    assert (refused.kind, refused.refusal) == (Kind.REFUSAL, "negative confirmation")
    assert case_of("iec104", apdu(asdu(102, 0x45, (2201, b"")))).role.name == "RESPONSE"


def test_a_negative_termination_is_said():
    assert i_row(45, 0x4A, (1, b"\1"), side=False).detail == "activation termination, negative"
    assert i_row(45, 10, (1, b"\1"), side=False).detail == "activation termination"


@pytest.mark.parametrize("cause", [1, 2, 3, 11, 12, 20, 36, 37, 41])
def test_reports_are_notices(cause):
    found = i_row(1, cause, (1, b"\1"), side=False)
    assert (found.kind, found.verb, found.detail) == (Kind.NOTICE, Verb.REPORT, CAUSES[cause])


def test_test_bit_originator_and_whole_station():
    assert i_row(100, 0x86, (0, b"\x14"), oa=5).detail == "station, activation, test, originator 5"
    assert i_row(100, 6, (0, b"\x14"), common=65535).unit == "65535"
    assert i_row(100, 6, (0, b"\x14")).object == ""


def test_end_of_initialisation():
    assert i_row(70, 4, (0, b"\2"), side=False).detail == "remote reset, initialized"


def test_many_addresses_stay_readable():
    found = i_row(1, 3, *[(n * 2, b"\0") for n in range(1, 60)], side=False)
    assert found.object == "IOA 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24 and 47 more ranges"


U_FRAMES = [
    ("07", "STARTDT act", Kind.REQUEST),
    ("0b", "STARTDT con", Kind.RESPONSE),
    ("13", "STOPDT act", Kind.REQUEST),
    ("23", "STOPDT con", Kind.RESPONSE),
    ("43", "TESTFR act", Kind.NOTICE),
    ("83", "TESTFR con", Kind.NOTICE),
]


@pytest.mark.parametrize(("octet", "name", "kind"), U_FRAMES)
def test_unnumbered_formats_are_the_session(octet, name, kind):
    found = row(bytes.fromhex(f"6804{octet}000000"))
    assert (found.function, found.kind, found.verb, found.code) == (name, kind, Verb.SESSION, f"0x{octet.upper()}")


def test_supervisory_formats_are_one_whatever_they_acknowledge():
    one, two = bytes.fromhex("680401000400"), bytes.fromhex("68040100fe7f")
    assert row(one).function == "Supervisory Acknowledgement"
    assert key("iec104", one) == key("iec104", two)


FILES = [
    (122, b"\1\0\0\1", True, Kind.REQUEST, Verb.FILE_READ, "select file, file transfer"),
    (120, b"\1\0\x40\0\0\0", False, Kind.RESPONSE, Verb.FILE_READ, "file transfer"),
    (120, b"\1\0\x40\0\0\x80", False, Kind.REFUSAL, Verb.FILE_READ, "file transfer"),
    (121, b"\1\0\1\x40\0\0\x80", False, Kind.REFUSAL, Verb.FILE_READ, "file transfer"),
    (125, b"\1\0\1\4abcd", False, Kind.NOTICE, Verb.FILE_READ, "file transfer"),
    (123, b"\1\0\1\3\0", False, Kind.NOTICE, Verb.FILE_READ, "file transfer"),
    (124, b"\1\0\1\3", True, Kind.NOTICE, Verb.FILE_READ, "file transfer"),
    (120, b"\1\0\x40\0\0\0", True, Kind.REQUEST, Verb.FILE_WRITE, "file transfer"),
    (122, b"\1\0\0\2", False, Kind.RESPONSE, Verb.FILE_WRITE, "call file, file transfer"),
    (125, b"\1\0\1\4abcd", True, Kind.NOTICE, Verb.FILE_WRITE, "file transfer"),
    (123, b"\1\0\1\3\0", True, Kind.REQUEST, Verb.FILE_WRITE, "file transfer"),
    (124, b"\1\0\1\3", False, Kind.REFUSAL, Verb.FILE_WRITE, "file transfer"),
    (122, b"\1\0\0\4", True, Kind.REQUEST, Verb.FILE_DELETE, "delete file, file transfer"),
    (126, bytes(13), False, Kind.RESPONSE, Verb.FILE_READ, "file transfer"),
    (127, bytes(16), True, Kind.REQUEST, Verb.FILE_READ, "file transfer"),
]


@pytest.mark.parametrize("case", FILES)
def test_file_transfer_in_both_directions(case):
    number, element, side, *expected = case
    found = i_row(number, 13, (7000, element), side=side)
    assert [found.kind, found.verb, found.detail] == expected


SEGMENT = b"\xc1"
KEYS_OK = SEGMENT + bytes(6) + b"\x02\x01\x04\0\0"


def security(number: int, body: bytes) -> bytes:
    return apdu(struct.pack("<BBBBH", number, 1, 14, 0, 47) + body)


def session(raw: bytes, side: bool | None = True) -> Session | None:
    found = [r for r in PROTOCOL.dissect(Message(raw, len(raw), side, "tcp", 2404)) if isinstance(r, Session)]
    return found[0] if found else None


def test_security_types_are_authentication_and_have_no_object():
    for number in (81, 82, 84, 86, 90, 95):
        found = row(security(number, SEGMENT + bytes(range(1, 20))))
        assert (found.verb, found.object) == (Verb.AUTHENTICATE, "")


@pytest.mark.parametrize(
    ("number", "body", "side", "proven", "detail"),
    [
        (85, KEYS_OK, False, True, "IEC 62351-5 session keys valid"),
        (85, KEYS_OK, True, None, "IEC 62351-5 session keys valid"),  # nobody else but the station can say so
        (85, KEYS_OK.replace(b"\2\1", b"\2\4"), False, None, "IEC 62351-5 session keys not authenticated"),
        (85, KEYS_OK[:8], False, None, "IEC 62351-5 authentication error"),
        (81, SEGMENT + bytes(12), False, None, "IEC 62351-5 authentication, state of its keys not captured"),
        (82, SEGMENT + bytes(12), True, None, "IEC 62351-5 authentication, state of its keys not captured"),
        (83, SEGMENT + bytes(12), True, None, "IEC 62351-5 authentication, state of its keys not captured"),
        (84, b"\1\0", True, None, "keys of IEC 62351-5 asked for or changed, their state not captured"),
        (87, SEGMENT + bytes(8) + b"\7", False, None, "IEC 62351-5 authorization failed"),
    ],
)
def test_only_the_word_of_the_station_proves_authentication(number, body, side, proven, detail):
    found = session(security(number, body), side)
    answers_for_one = ("authenticated",) if number == 82 else ()
    assert found == Session(encrypted=False, authenticated=proven, detail=detail, read=answers_for_one)


def test_commands_by_themselves_prove_nobody():
    assert session(apdu(asdu(45, 6, (1, b"\1")))) == Session(
        encrypted=False, authenticated=False, detail="commands in clear", unread=("authenticated",)
    )
    assert session(apdu(asdu(45, 7, (1, b"\1"))), False) is None
    assert session(apdu(asdu(100, 6, (0, b"\x14")))) is None


def test_a_command_in_aggressive_mode_is_told():
    command = asdu(45, 6, (4001, b"\x81"))
    found = row(security(83, SEGMENT + command + bytes(22)))
    assert (found.verb, found.kind, found.code) == (Verb.OPERATE, Kind.REQUEST, "45")
    assert (found.object, found.detail) == ("IOA 4001", "select, activation, aggressive mode")
    for cut in (b"\x81" + command, SEGMENT + command[:-1], SEGMENT + bytes(12)):
        assert row(security(83, cut)).verb is Verb.AUTHENTICATE


def test_a_command_in_aggressive_mode_is_answered_like_another():
    whole = security(83, SEGMENT + asdu(45, 6, (4001, b"\x81")) + bytes(22))
    other = security(83, SEGMENT + asdu(45, 6, (4001, b"\x80")) + bytes(range(22)))
    assert key("iec104", whole) == key("iec104", other)
    assert pair("iec104", whole) == pair("iec104", apdu(asdu(45, 7, (4001, b"\x81"))))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("680e0000000001010300", "APDU length"),
        ("68040f000000", "control octet 0x0F"),
        ("680507000000aa", "S- or U-format with data"),
        ("680400000000", "too few"),
        ("6804", "no APCI"),
        ("680a00000000 01 00 03 00 2f00", "0 objects"),
        ("680c00000000 01 01 03 2f00 e903 01", "narrower cause or address fields"),
        ("680f00000000 01 01 03 00 2f00 e90300 01 aa", "does not fit"),
    ],
)
def test_what_breaks_the_standard_is_malformed(raw, words):
    data = bytes.fromhex(raw)
    with pytest.raises(Malformed, match=words):
        list(PROTOCOL.dissect(Message(data, len(data), True, "tcp", 2404)))


def test_away_from_its_port_only_known_types_of_the_right_length_are_believed():
    def probe(raw: bytes, port: int) -> bool:
        return PROTOCOL.probe(Message(raw, len(raw), True, "tcp", port))

    assert probe(apdu(asdu(1, 3, (1, b"\1"))), 12404)
    assert not probe(apdu(asdu(200, 3, (1, b"\1"))), 12404)
    assert not probe(apdu(asdu(1, 3, (1, b"\1\2"))), 12404)
    assert probe(apdu(asdu(200, 3, (1, b"\1"))), 2404)


def test_private_types_are_kept():
    found = i_row(200, 3, (1, b"\1\2"), side=False)
    assert (found.function, found.verb, found.object) == ("Type 200", Verb.UNKNOWN, "IOA 1")


# --- keys -----------------------------------------------------------------------------------------------------------

MONITORED = [n for n in FIXED if TYPES[n].verb is Verb.REPORT and n != 70]


@pytest.mark.parametrize("number", MONITORED, ids=[TYPES[n].name for n in MONITORED])
@pytest.mark.parametrize("cause", [3, 5])
def test_values_and_times_of_reports_are_not_in_the_key_and_addresses_are(number, cause):
    size = TYPES[number].size

    def objects(filling: int, *addresses: int) -> list[tuple[int, bytes]]:
        return [(a, bytes((filling,)) * size) for a in addresses]

    def of(filling: int, *addresses: int, sequence: bool = False, sent: int = 0) -> tuple:
        return key("iec104", apdu(asdu(number, cause, *objects(filling, *addresses), sequence=sequence), sent))

    assert of(0, 10, 20, 30) == of(0x5A, 10, 20, 30, sent=9)
    assert of(0, 10, 20, 30) != of(0, 10, 20, 31)
    assert of(0, 10, 11, 12, sequence=True) == of(0x5A, 10, 11, 12, sequence=True)
    assert of(0, 10, 11, 12, sequence=True) != of(0, 11, 12, 13, sequence=True)


SELECTABLE = [n for n in FIXED if TYPES[n].select]


@pytest.mark.parametrize("number", SELECTABLE, ids=[TYPES[n].name for n in SELECTABLE])
@pytest.mark.parametrize("cause", [6, 7, 0x47, 8])
def test_select_and_execute_differ_and_states_do_not(number, cause):
    kind = TYPES[number]

    def of(value: int, qualifier: int, address: int = 1) -> tuple:
        element = bytearray(bytes((value,)) * kind.size)
        element[kind.qualifier_at] = qualifier
        return key("iec104", apdu(asdu(number, cause, (address, bytes(element)))))

    assert of(0, 0x01) == of(9, 0x00)
    assert of(0, 0x81) == of(9, 0x80)
    assert of(0, 0x81) != of(0, 0x01)
    assert of(0, 0x01) != of(0, 0x01, address=2)


@pytest.mark.parametrize("name", ["C_IC_NA_1", "C_CI_NA_1", "C_RP_NA_1", "P_AC_NA_1"])
def test_qualifiers_of_system_commands_are_meaning(name):
    one, two = (key("iec104", apdu(asdu(CODES[name], 6, (0, q)))) for q in (b"\1", b"\2"))
    assert one != two


def test_cause_common_address_and_negative_bit_are_meaning():
    base = key("iec104", apdu(asdu(45, 7, (1, b"\1"))))
    assert base != key("iec104", apdu(asdu(45, 0x47, (1, b"\1"))))
    assert base != key("iec104", apdu(asdu(45, 7, (1, b"\1"), common=48)))
    assert key("iec104", apdu(asdu(1, 3, (1, b"\1")))) != key("iec104", apdu(asdu(1, 20, (1, b"\1"))))


def test_a_confirmation_pairs_by_type_common_address_and_object():
    asked, confirmed = apdu(asdu(45, 6, (1, b"\1"))), apdu(asdu(45, 7, (1, b"\1")))
    assert pair("iec104", asked) == pair("iec104", confirmed)
    assert pair("iec104", asked) != pair("iec104", apdu(asdu(45, 7, (2, b"\1"))))
    assert pair("iec104", asked) != pair("iec104", apdu(asdu(46, 7, (1, b"\1"))))
    assert pair("iec104", apdu(asdu(45, 10, (1, b"\1")))) == b""  # a termination confirms nothing
    assert case_of("iec104", asked).role.name == "REQUEST"
    assert case_of("iec104", confirmed).role.name == "RESPONSE"


# --- recordings -----------------------------------------------------------------------------------------------------


def recorded(name: str) -> list:
    found = []
    for talk in streams(CAPTURES / "iec104" / name).values():
        for side, data in cut_by_length(talk, 1, 1, 2):
            try:
                rows = PROTOCOL.dissect(Message(data, len(data), side, "tcp", 2404))
                found += [r for r in rows if isinstance(r, Operation)]
            except Malformed as problem:
                found.append(str(problem))
    return found


def test_a_recorded_conversation_of_c104():
    found = recorded("c104.pcap")
    assert not [f for f in found if isinstance(f, str)]
    asked = Counter(r.code for r in found if r.kind is Kind.REQUEST)
    assert asked == {
        "0x07": 1, "100": 2, "101": 1, "103": 1, "107": 1, "102": 1,
        "45": 6, "46": 2, "47": 2, "48": 2, "49": 2, "50": 4, "58": 2,
    }  # fmt: skip
    refused = Counter((r.code, r.unit, r.refusal) for r in found if r.kind is Kind.REFUSAL)
    assert refused[("46", "47", "negative confirmation")] == 2
    assert refused[("100", "99", "unknown common address")] == 1
    assert {r.object for r in found if r.code == "13"} == {"IOA 2201"}


def test_built_exchanges_all_hold():
    found = recorded("built.pcap")
    assert not [f for f in found if isinstance(f, str)]
    assert {r.code for r in found} >= {str(n) for n in FIXED}


def test_narrower_fields_are_told():
    assert set(recorded("narrow_fields.pcap")) == {
        "the length fits narrower cause or address fields, as 5-101 has them: not IEC 60870-5-104"
    }
