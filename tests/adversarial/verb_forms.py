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
        seen(
            "reading what may only be written, among writes",
            stream(SCADA, PLC_2, 502, [*wrote(), (1, adu(READ)), (0, adu(VALUES))]),
            CONDUIT,
            edits=listing("write"),
        ),
    ]
