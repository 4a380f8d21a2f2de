"""What the policy lets leave the plant, and what leaves all the same: by another way, name, protocol, or in pieces."""

from __future__ import annotations

from collections.abc import Mapping

from tests.adversarial.leaving_forms import AMERICA, FAR, SECRET, SERVER_HELLO, hello, record, secure, to
from tests.adversarial.modbus_forms import adu, reads
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.service_forms import answered, question
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import OFFICE_PC, PANEL, SCADA, Said, both, datagrams, each, formed, stream
from tests.twins import Form, answers_only, cut_short, in_pieces, lossy, midway, requests_only

EXPORT, GRADED, VOLUME = "export-not-permitted", "graded-data-leaves", "export-volume-exceeded"
ENTRY = f"destinations: [{FAR}], protocols: [tls], encrypted: true, per_day: 100 kB"
ONLY_SUPERVISION = "zones: [supervision], "
FORMS: Mapping[str, Form] = {
    "in segments of a byte": in_pieces(1),
    "requests only": requests_only,
    "answers only": answers_only,
    "in QinQ": each(LAYERS["QinQ"]),
    "in GTP-U": each(LAYERS["GTP-U"]),
}
PARTS: Mapping[str, Form] = {
    "cut after 60 bytes": cut_short(60),
    "recorded midway": midway,
    "a third lost": lossy(0.33),
}


NOTHING = {"\nconduits:\n": "\nexport: []\nconduits:\n"}
ASKED = b"\x23\0\6\xec" + bytes(44)
TIME = b"\x24\2\6\xec" + bytes(44)


def policy(*entries: str, grade: str = "") -> Mapping[str, Mapping[str, str]]:
    """The plant's policy with export entries; grade: of the cell's data."""
    lines = "".join(f"  - {{id: e{number}, {entry}}}\n" for number, entry in enumerate(entries))
    edits = {"\nconduits:\n": f"\nexport:\n{lines}\nconduits:\n"} if entries else {}
    if grade:
        edits["    name: Cell\n    level: 1\n"] = f"    name: Cell\n    level: 1\n    data_grade: {grade}\n"
    return {"policy": edits}


def times(asked: bytes, often: int, port: int = 123, server: str = FAR) -> Recorded:
    """The panel asks for the time."""
    return datagrams(PANEL, server, port, [(1, asked), (0, TIME)] * often)


def names(name: bytes) -> Recorded:
    """The panel asks for a name."""
    asked = [question(name, number) for number in range(1, 5)]
    return datagrams(PANEL, FAR, 53, [each for one in asked for each in ((1, one), (0, answered(one)))])


def sized(kilobytes: int, port: int = 443, client: str = SCADA) -> Recorded:
    """A session of TLS that carries so much out."""
    body = bytes((n * 73 + 11) & 0xFF for n in range(1000))
    said: Said = [(1, hello("x.example")), (0, SERVER_HELLO + SECRET)]
    return stream(client, FAR, port, [*said, *([(1, b"\x17\3\3\x03\xe8" + body)] * kilobytes), (0, SECRET)])


def ways_out() -> list[Case]:
    """What an entry permits, and what it does not."""
    limited = policy(ONLY_SUPERVISION + ENTRY)
    plain = stream(SCADA, FAR, 502, reads(adu))
    nothing = record(1, b"\3\3") + bytes(40)
    return [
        calm("TLS to where it may go", to("x.example"), EXPORT, edits=limited),
        calm("TLS to where it may go, on 8443", to("x.example", port=8443), EXPORT, edits=limited),
        calm("TLS that the other end opened", stream(FAR, SCADA, 443, secure("scada")), EXPORT, edits=limited),
        calm("what leaves, of which no entry speaks", to("x.example", server=AMERICA), EXPORT, VOLUME),
        calm("what leaves the office", to("x.example", client=OFFICE_PC, server=AMERICA), EXPORT, edits=limited),
        seen("TLS to another address", to("x.example", server=AMERICA), EXPORT, edits=limited),
        seen("TLS to another address that claims a name", to("x.example", server=AMERICA), EXPORT, edits=limited),
        seen("TLS from a zone that may not", to("x.example", client=PANEL), EXPORT, edits=limited),
        seen("Modbus in clear", plain, EXPORT, edits=limited),
        seen("Modbus on the port of TLS", stream(SCADA, FAR, 443, reads(adu)), EXPORT, edits=limited),
        seen("Modbus that the other end opened", stream(FAR, SCADA, 443, reads(adu)), EXPORT, edits=limited),
        seen("datagrams", datagrams(SCADA, FAR, 443, [(1, b"\x91abc" * 40)] * 4), EXPORT, edits=limited),
        seen(
            "TLS to a cloud whose name is permitted and nothing else",  # for review
            to("plant7.azure-devices.net", server=AMERICA),
            EXPORT,
            edits=policy("providers: [Microsoft Azure IoT Hub]"),
        ),
        seen(
            "TLS to another cloud than the entry names",
            to("s3.amazonaws.com", server=AMERICA),
            EXPORT,
            edits=policy("providers: [Microsoft Azure IoT Hub]"),
        ),
        seen("a country without a database", to("x.example"), EXPORT, edits=policy("countries: [US]")),
        *(seen(f"Modbus {name}", formed(form, plain), EXPORT, edits=limited) for name, form in FORMS.items()),
        *(not_calm(f"Modbus {name}", formed(form, plain), EXPORT, edits=limited) for name, form in PARTS.items()),
        *(
            not_calm(f"TLS to another address {name}", formed(form, to("x", server=AMERICA)), EXPORT, edits=limited)
            for name, form in PARTS.items()
        ),
        not_calm("what only begins like TLS", stream(SCADA, FAR, 443, [(1, nothing)]), EXPORT, edits=limited),
    ]


def amounts() -> list[Case]:
    """More than a day allows, and less, of which ten minutes prove nothing."""
    limited = policy(ENTRY)
    two = both(sized(60), sized(60, 8443))
    open_ended = Case("less than a day allows", {VOLUME: frozenset({"no-evidence"})}, sized(60), edits=limited)
    return [
        open_ended,
        seen("more than a day allows", sized(120), VOLUME, edits=limited),
        seen("more than a day allows, in two sessions", two, VOLUME, edits=limited),
        seen(
            "more than a day allows, by two devices",
            both(sized(60), sized(60, 8443, PANEL)),
            VOLUME,
            edits=limited,
        ),
        seen(
            "more than a day allows, of which only the answers were captured",
            formed(answers_only, sized(120)),
            VOLUME,
            edits=limited,
        ),
        unmoved(
            "as much by two devices, each under its own entry",
            both(sized(60), sized(60, 8443, PANEL)),
            VOLUME,
            edits=policy(ONLY_SUPERVISION + ENTRY, ENTRY),
        ),
        unmoved("more, without a limit", sized(120), VOLUME, edits=policy(f"destinations: [{FAR}]")),
        unmoved("more, and no entry", sized(120), VOLUME),
        unmoved("a session captured at two places", both(sized(60), formed(each(LAYERS["QinQ"]), sized(60))), VOLUME),
    ]


def grades() -> list[Case]:
    """Important data that leaves."""
    panel = to("x.example", client=PANEL)
    important = ENTRY + ", data_grade: important"
    return [
        seen("important data for which nobody has said anything", panel, GRADED, edits=policy(grade="important")),
        seen("important data by an entry for general data", panel, GRADED, edits=policy(ENTRY, grade="important")),
        seen("core data by an entry for important data", panel, GRADED, edits=policy(important, grade="core")),
        seen(
            "important data by an entry for another address",
            to("x.example", client=PANEL, server=AMERICA),
            GRADED,
            edits=policy(important, grade="important"),
        ),
        seen("important data fetched", stream(FAR, PANEL, 443, secure("hmi")), GRADED, edits=policy(grade="important")),
        calm("important data as the entry says", panel, GRADED, edits=policy(important, grade="important")),
        calm("general data", panel, GRADED, edits=policy(grade="general")),
        calm("data that nobody graded", panel, GRADED),
        calm("other data beside important data", to("x.example"), GRADED, edits=policy(grade="important")),
    ]


def times_and_names() -> list[Case]:
    """Questions for the time and for names, which the zone's data are not; and what looks like them."""
    important, text = policy(grade="important"), b"pressure 12.1 bar, recipe 7 of order 1337 " * 9
    long = b".".join([b"ab12cd34ef56ab12cd34ef56"] * 8) + b".example"
    forbidden = {"policy": {**important["policy"], **NOTHING}}
    inward = stream(FAR, PANEL, 9000, [(1, text)])
    return [
        calm("the time asked for", times(ASKED, 4), GRADED, edits=important),
        calm("the time asked for in QinQ", formed(each(LAYERS["QinQ"]), times(ASKED, 4)), GRADED, edits=important),
        seen("the time asked for with more than a digest", times(ASKED + text, 4), GRADED, edits=important),
        seen("the time asked for as never a clock did", times(ASKED, 400), GRADED, edits=important),
        seen("data on the port of NTP", times(text, 4), GRADED, edits=important),
        seen("data behind the time", both(times(ASKED, 2), times(b"\0" + text, 2)), GRADED, edits=important),
        seen("the time asked for on another port", times(ASKED, 4, 1123), GRADED, edits=important),
        seen("a name asked for, for a person", names(b"x.example"), GRADED, edits=important),
        seen("data in names", names(long), GRADED, edits=important),
        calm("what comes in alone", inward, GRADED, edits=important),
        seen(
            "what comes in and is answered", stream(FAR, PANEL, 9000, [(1, b"a"), (0, text)]), GRADED, edits=important
        ),
        not_calm("what comes in, answers not captured", formed(requests_only, inward), GRADED, edits=important),
        seen("TLS where nothing may leave", to("x.example"), EXPORT, edits={"policy": NOTHING}),
        seen("the time where nothing may leave", times(ASKED, 4), EXPORT, edits={"policy": NOTHING}),
        calm(
            "the office where nothing may leave", to("x.example", client=OFFICE_PC), EXPORT, edits={"policy": NOTHING}
        ),
        seen("important data where nothing may leave", to("x.example", client=PANEL), GRADED, edits=forbidden),
    ]


def cases() -> list[Case]:
    """All."""
    return [*ways_out(), *amounts(), *grades(), *times_and_names()]
