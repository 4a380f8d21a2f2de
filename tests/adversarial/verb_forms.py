"""Conduits that list verbs, and what is done in them that these leave out."""

from __future__ import annotations

from collections.abc import Mapping

from tests.adequacy.proving import Edits
from tests.adversarial.modbus_forms import COIL, READ, SET, VALUES, adu, reads
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, calm, not_calm, seen, unmoved
from tests.adversarial.talk import (
    CONDUIT,
    ENGINEER,
    PLC_1,
    PLC_2,
    SAFETY,
    SCADA,
    Said,
    datagrams,
    each,
    formed,
    played,
    stream,
)
from tests.twins import IP_ONLY, answers_only, cut_short, in_pieces, lossy, midway, requests_only

FILES = "file-read, file-write, file-delete, configure"
WITH_FTP = f"protocols: [modbus, ftp]\n    verbs: [{FILES}, identify"
ENGINEERING = "  - id: engineering-to-cell"
NAMED = "verbs: [identify, read, diagnose, session]"


def listing(*verbs: str) -> Mapping[str, Edits]:
    """The policy with these in place of what SCADA-1 and ENG-1 may do in the cell by Modbus."""
    return {"policy": {NAMED: f"verbs: [{', '.join(verbs)}]" if verbs else "# all"}}


def more(verb: str) -> str:
    """A conduit of Modbus beside the others."""
    one = f"id: more, from: supervision, to: cell, protocols: [tcp/502], verbs: [{verb}], owner: A, reason: B"
    return f"  - {{{one}}}\n{ENGINEERING}"


def wrote(times: int = 4) -> Said:
    """Registers set."""
    return [(1, adu(SET)), (0, adu(SET))] * times


def charging(*verbs: str, more: str = "") -> Mapping[str, Edits]:
    """The policy with a conduit by which PLC-1, a charging station, calls its system, and perhaps another one."""
    conduit = "id: charging, from: cell, to: supervision, protocols: [ocpp, http], owner: A, reason: B"
    listed = f", verbs: [{', '.join(verbs)}]" if verbs else ""
    return {"policy": {ENGINEERING: f"  - {{{conduit}{listed}}}\n{more}{ENGINEERING}"}}


def calling(verb: str) -> Mapping[str, Edits]:
    """The policy with a conduit by which controllers call who asks them by Modbus."""
    conduit = f"id: calling, from: cell, to: supervision, protocols: [modbus], verbs: [{verb}], owner: A, reason: B"
    return {"policy": {ENGINEERING: f"  - {{{conduit}}}\n{ENGINEERING}"}}


def back_to(said: Said) -> Said:
    """Who was called says what the caller would."""
    return [(1 - who, data) for who, data in said]


def called_back() -> list[Case]:
    """Asked by who was called."""
    session = played("ocpp/v16", _10_40_0_31=PLC_1, _10_40_0_5=SCADA)
    told = ("identify", "report", "read", "session")
    done = (*told, "configure", "write", "operate", "mode-change", "file-read", "firmware-update", "restart")
    back = "  - {id: back, from: supervision, to: cell, protocols: [ocpp], owner: A, reason: B}\n"
    other = back.replace("from: supervision, to: cell", "from: supervision, to: dmz")
    home = calling("read")
    return [
        seen("a station is commanded where its conduit lists reports", session, CONDUIT, edits=charging(*told)),
        seen("a station is commanded where its conduit lists commands", session, CONDUIT, edits=charging(*done[4:])),
        seen(
            "a station is commanded, and another conduit lists nothing",
            session,
            CONDUIT,
            edits=charging(*told, more=other),
        ),
        seen("a station is commanded, answers only", formed(answers_only, session), CONDUIT, edits=charging(*told)),
        seen(
            "a station is commanded, in VXLAN", formed(each(LAYERS["VXLAN"]), session), CONDUIT, edits=charging(*told)
        ),
        seen("a station is commanded, in IPv6", formed(IP_ONLY["in IPv6"], session), CONDUIT, edits=charging(*told)),
        not_calm(
            "a station may be commanded, cut after 70 bytes",
            formed(cut_short(70), session),
            CONDUIT,
            edits=charging(*told),
        ),
        not_calm(
            "a station may be commanded, requests only",
            formed(requests_only, session),
            CONDUIT,
            edits=charging(*told),
        ),
        not_calm("a station is asked for what nobody knows", session, CONDUIT, edits=charging(*done)),
        calm("a station is commanded where its conduit lists no verbs", session, CONDUIT, edits=charging()),
        calm(
            "a station is commanded where a conduit back allows it",
            session,
            CONDUIT,
            edits=charging(*told, more=back),
        ),
        calm(
            "a station is commanded where its conduit lists all of it",
            session,
            CONDUIT,
            edits=charging(*done, "unknown-function"),
        ),
        seen("a station calls where no conduit is", session, CONDUIT),
        seen(
            "a controller calls, and is written to", stream(PLC_2, SCADA, 5020, back_to(wrote())), CONDUIT, edits=home
        ),
        seen(
            "a controller calls, and is read where reports are listed",
            stream(PLC_2, SCADA, 502, back_to(reads(adu, 9))),
            CONDUIT,
            edits=calling("report"),
        ),
        calm(
            "a controller calls, and is read", stream(PLC_2, SCADA, 5020, back_to(reads(adu, 9))), CONDUIT, edits=home
        ),
    ]


def cases() -> list[Case]:
    """All."""
    read = stream(SCADA, PLC_2, 502, reads(adu))
    write, safety = stream(SCADA, PLC_2, 502, wrote()), stream(SCADA, SAFETY, 502, [(1, adu(COIL)), (0, adu(COIL))])
    refused = stream(SCADA, PLC_2, 502, [(1, adu(SET)), (0, adu(b"\x86\1"))] * 3)
    among = stream(SCADA, PLC_2, 502, [*reads(adu, 40), (1, adu(SET)), (0, adu(SET)), *reads(adu, 40)])
    unknown = stream(SCADA, PLC_2, 502, [*reads(adu), (1, adu(b"\x65\1")), (0, adu(b"\x65\1"))])
    rows: list[Case] = [
        seen("a read where a conduit lists writes", read, CONDUIT, edits=listing("write")),
        seen("a read where a conduit lists what identifies", read, CONDUIT, edits=listing("identify")),
        seen(
            "a read where two conduits list other verbs",
            read,
            CONDUIT,
            edits={
                "policy": {
                    NAMED: "verbs: [write]",
                    ENGINEERING: more("identify"),
                }
            },
        ),
        seen("a write where a conduit lists reads", write, CONDUIT),
        seen("a write to a safety controller, where a conduit lists reads", safety, CONDUIT),
        seen("a write that is refused", refused, CONDUIT),
        seen("a write among reads", among, CONDUIT),
        seen("a write by a datagram", datagrams(SCADA, PLC_2, 502, wrote()), CONDUIT),
        seen("a write on a port of its own", stream(SCADA, PLC_2, 20502, wrote()), CONDUIT),
        seen("a write in segments of a byte", formed(in_pieces(1), write), CONDUIT),
        seen("a write, requests only", formed(requests_only, write), CONDUIT),
        seen("a write, answers only", formed(answers_only, write), CONDUIT),
        seen("a write in a connection that had begun", formed(midway, write), CONDUIT),
        seen("a write in VXLAN", formed(each(LAYERS["VXLAN"]), write), CONDUIT),
        seen("a write in IPv6", formed(IP_ONLY["in IPv6"], write), CONDUIT),
        seen(
            "a stop and a write by S7 where a conduit lists reads",
            played("s7comm/snap7", _10_20_0_40=ENGINEER, _10_20_0_32=PLC_1),
            CONDUIT,
            edits={
                "policy": {
                    "protocols: [modbus]\n    verbs: [identify": "protocols: [modbus, s7comm]\n    verbs: [identify"
                }
            },
        ),
        not_calm("what a function does that nobody knows", unknown, CONDUIT),
        not_calm("a write, cut after 60 bytes", formed(cut_short(60), write), CONDUIT),
        not_calm(
            "a read where a conduit lists reads, and a third is lost",
            formed(lossy(0.33), stream(SCADA, PLC_2, 502, reads(adu, 40))),
            CONDUIT,
        ),
        calm("a read where a conduit lists reads", read, CONDUIT),
        calm(
            "a read in a connection that had begun", formed(midway, stream(SCADA, PLC_2, 502, reads(adu, 30))), CONDUIT
        ),
        calm("a read where a conduit lists none", read, CONDUIT, edits=listing()),
        calm("a write where a conduit lists none", write, CONDUIT, edits=listing()),
        calm(
            "a read, requests only",
            formed(requests_only, stream(SCADA, PLC_2, 502, reads(adu, 40))),
            CONDUIT,
            edits=listing(),
        ),
        calm(
            "a write where a second conduit lists it",
            write,
            CONDUIT,
            edits={"policy": {ENGINEERING: more("write")}},
        ),
        calm(
            "reads and writes where each is listed",
            stream(SCADA, PLC_2, 502, [*reads(adu), *wrote()]),
            CONDUIT,
            edits=listing("read", "write"),
        ),
        unmoved(
            "a log-in is part of reading files",
            played("ftp/engineer", _10_20_0_10=SCADA, _10_20_0_33=PLC_2),
            CONDUIT,
            edits={"policy": {"protocols: [modbus]\n    verbs: [identify": WITH_FTP}},
        ),
        seen("a write by a device that another conduit names", stream(ENGINEER, PLC_1, 502, wrote()), CONDUIT),
    ]
    return [
        *rows,
        *called_back(),
        seen(
            "reading what may only be written, among writes",
            stream(SCADA, PLC_2, 502, [*wrote(), (1, adu(READ)), (0, adu(VALUES))]),
            CONDUIT,
            edits=listing("write"),
        ),
    ]
