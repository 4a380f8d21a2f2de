"""Log-ins of many protocols, each recorded in ways that nobody chose; and those that protect what they prove."""

from __future__ import annotations

from collections.abc import Mapping

from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen, unmoved
from tests.adversarial.talk import ENGINEER, PASSWORD, SCADA, each, formed, played
from tests.twins import IP_ONLY, Form, answers_only, cut_short, in_pieces, lossy, midway, other_port, requests_only

OFFICE = ("10.20.10.21", "10.20.10.80")  # of the log-ins that are built
DEVICE = ("10.20.0.10", "10.20.0.40")
IN_CLEAR: Mapping[str, tuple[str, str]] = {
    "ldap/built": OFFICE,
    "pop3/built": OFFICE,
    "imap/built": OFFICE,
    "smtp/built": OFFICE,
    "rtsp/built": OFFICE,
    "redis/built": OFFICE,
    "postgresql/built": OFFICE,
    "mysql/built": OFFICE,
    "tds/clear": ("10.20.50.10", "10.20.50.20"),
    "telnet/login": ("10.20.0.10", "10.20.0.35"),
    "rlogin/built": OFFICE,
    "ftp/engineer": ("10.20.0.10", "10.20.0.33"),
    "http/credentials": ("10.20.0.10", "10.20.0.34"),
    "http/http2_credentials": ("10.20.0.10", "10.20.0.34"),
    "mqtt/v311_user": ("10.20.0.71", "10.20.0.20"),
    "mongodb/plain": ("10.20.50.10", "10.20.50.21"),
    "stomp/built": OFFICE,
    "nats/built": OFFICE,
    "socks/built": OFFICE,
    "sip/built": OFFICE,
}
IN_BYTES = "in segments of a byte"
WHOLE: Mapping[str, Form] = {
    IN_BYTES: in_pieces(1),
    **{f"in {name}": each(LAYERS[name]) for name in ("VXLAN", "PPPoE", "GRE with key and sequence", "MPLS", "GTP-U")},
    "in QinQ": each(LAYERS["QinQ"]),
    "in IPv6": IP_ONLY["in IPv6"],
    "in VXLAN in GTP-U": each(LAYERS["VXLAN in GTP-U"]),
}
PART: Mapping[str, Form] = {
    "requests only": requests_only,
    "answers only": answers_only,
    "cut after 60 bytes": cut_short(60),
    "a fifth lost": lossy(0.2),
    "recorded midway": midway,
    "on another port": other_port,
    "in VXLAN, cut after 120 bytes": lambda records: cut_short(120)(each(LAYERS["VXLAN"])(records)),
    "answers only, in segments of 5 bytes": lambda records: answers_only(in_pieces(5)(records)),
}
UPGRADED = ("tds/encrypted", "tds/tls_1_2", "ftp/auth_tls")  # by TLS within the protocol, whose first bytes may be few
PROTECTED: Mapping[str, tuple[str, str]] = {
    "tds/encrypted": ("10.20.50.10", "10.20.50.20"),
    "tds/windows": ("10.20.50.10", "10.20.50.20"),
    "tds/tls_1_2": ("10.20.50.10", "10.20.50.20"),
    "ftp/auth_tls": ("10.20.0.10", "10.20.0.33"),
    "mongodb/scram": ("10.20.50.10", "10.20.50.21"),
    "mqtt/v311": ("10.20.0.71", "10.20.0.20"),
    "tls/tls12_self_signed_odd_port": ("10.20.0.10", "10.20.0.20"),
    "ssh/paramiko": ("10.20.0.10", "10.20.0.40"),
}


def between(name: str, ends: tuple[str, str]) -> Recorded:
    """The fixture between two hosts of the supervision."""
    client, server = ends
    return played(name, **{client: SCADA, server: ENGINEER})


def _turns(names: Mapping[str, Form], number: int, many: int) -> list[tuple[str, Form]]:
    """Some of the forms, others for each number."""
    forms = list(names.items())
    return [forms[(number * many + at) % len(forms)] for at in range(many)]


def cases(every: bool = False) -> list[Case]:
    """All."""
    found = []
    for number, (name, ends) in enumerate(IN_CLEAR.items()):
        whole = between(name, ends)
        for form, change in WHOLE.items() if every else _turns(WHOLE, number, 1):
            found.append(seen(f"{name} {form}", formed(change, whole), PASSWORD))
        for form, change in PART.items() if every else _turns(PART, number, 1):
            found.append(not_calm(f"{name} {form}", formed(change, whole), PASSWORD))
    for number, (name, ends) in enumerate(PROTECTED.items()):
        whole = between(name, ends)
        for form, change in WHOLE.items() if every else _turns(WHOLE, number, 1):
            said = unmoved if name in UPGRADED and form == IN_BYTES else calm
            found.append(said(f"{name} {form}", formed(change, whole), PASSWORD))
        for form, change in PART.items() if every else _turns(PART, number, 1):
            found.append(unmoved(f"{name} {form}", formed(change, whole), PASSWORD))
    typed = between("telnet/login", IN_CLEAR["telnet/login"])
    return [
        *found,
        seen("typed in segments of 2 bytes", formed(in_pieces(2), typed), PASSWORD),
        *(
            not_calm(f"typed in segments of {size} bytes", formed(in_pieces(size), typed), PASSWORD)
            for size in (3, 4, 5)
        ),
    ]
