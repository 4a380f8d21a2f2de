"""Each violation of the proving plant in forms put together of others, in which nothing lacks; some behind decoys."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.adequacy.proving import FILES, Violation, violations
from tests.adequacy.scene import recorded
from tests.adversarial.carrier_forms import CARRIERS
from tests.adversarial.industrial_forms import after
from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, Recorded, not_calm
from tests.adversarial.talk import formed
from tests.twins import EVASIVE, IP_ONLY, Form, Record, in_fragments, in_pieces, other_port, summed

Wrap = Callable[[bytes, int], bytes]


def wrapped(change: Wrap) -> Form:
    """Every frame of IPv4, fragments as well."""

    def form(records: list[Record]) -> list[Record]:
        made = [
            (s, f, change(frame, number) if frame[12:14] == b"\x08\0" else frame)
            for number, (s, f, frame, _) in enumerate(records)
        ]
        return [(s, f, frame, len(frame)) for s, f, frame in made]

    return form


def moved(records: list[Record]) -> list[Record]:
    """On other ports, with right checksums."""
    return [(s, f, summed(frame), wire) for s, f, frame, wire in other_port(records)]


def extended(records: list[Record]) -> list[Record]:
    """In IPv6 with options of two kinds and the header of a fragment that is all of its packet."""
    found = []
    for number, (s, f, frame, _) in enumerate(IP_ONLY["in IPv6"](records)):
        made = frame
        if frame[12:14] == b"\x86\xdd":
            headers = (
                b"\x3c\0\1\4\0\0\0\0" + b"\x2c\0\1\4\0\0\0\0" + frame[20:21] + bytes(3) + number.to_bytes(4, "big")
            )
            inner = headers + frame[54:]
            made = frame[:18] + len(inner).to_bytes(2, "big") + b"\0" + frame[21:54] + inner
        found.append((s, f, made, len(made)))
    return found


TOGETHER: Mapping[str, Form] = {
    "QinQ of PPPoE": after(wrapped(LAYERS["PPPoE"]), wrapped(LAYERS["QinQ"])),
    "PPPoE in a tag, in segments of 7 bytes": after(in_pieces(7), wrapped(LAYERS["MPLS in PPPoE in a tag"])),
    "GUE, in segments of 4 bytes": after(in_pieces(4), wrapped(CARRIERS["GUE"])),
    "Geneve, in fragments": after(in_fragments(32), wrapped(LAYERS["Geneve"])),
    "a register of PIM in IPv6": wrapped(CARRIERS["a register of PIM in IPv6"]),
    "L2TP": wrapped(CARRIERS["L2TP"]),
    "GTP-U, behind decoys": after(EVASIVE["behind decoys with a wrong checksum"], wrapped(LAYERS["GTP-U"])),
}
BEHIND_DECOYS = {
    "with a wrong checksum": after(moved, EVASIVE["behind decoys with a wrong checksum"]),
    "that die on their way": after(moved, EVASIVE["behind decoys that die on their way"]),
    "of a network card that sums": after(other_port, EVASIVE["behind decoys with a wrong checksum"]),
}
COVERED = (
    "a broadcast table of BACnet is changed from the office",
    "the safety controller is commanded",
    "SMB 1 inside the supervision zone",
    "a suite without forward secrecy",
    "a message broker between zones that nobody declared",
    "a program is started on the historian from the office",
    "TLS 1.0 with an expired certificate of 1,024 bits",
    "mail is fetched at the SCADA server",
)


def of(violation: Violation) -> Recorded:
    """Its traffic alone."""
    return lambda: recorded(violation.add)


def cases() -> list[Case]:
    """All."""
    found = []
    forms = list(TOGETHER.items())
    over_ip = [v for v in violations() if v.add and v.over_ip and v.alone]
    for number, violation in enumerate(over_ip):
        for turn in (0, 3):
            title, form = forms[(number + turn) % len(forms)]
            edits = {key: violation.edits[name] for key, name in FILES.items() if name in violation.edits}
            recording = formed(form, of(violation))
            found.append(not_calm(f"{violation.name}, in {title}", recording, *violation.rules, edits=edits))
        if violation.name in COVERED:
            rules = [rule for rule in violation.rules if not rule.startswith("certificate")]
            found += [
                not_calm(f"{violation.name}, on another port behind decoys {name}", formed(form, of(violation)), *rules)
                for name, form in BEHIND_DECOYS.items()
            ]
    return found + [
        not_calm(f"{v.name}, in IPv6 with headers", formed(extended, of(v)), *v.rules) for v in over_ip[:12:3]
    ]
