"""SSH by what both ends take: on other ports, in pieces, one direction, lost; and what is offered and not taken."""

from __future__ import annotations

from collections.abc import Mapping

from tests.adversarial.recording_forms import LAYERS
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen
from tests.adversarial.talk import ENGINEER, SCADA, Said, both, each, formed, stream
from tests.protocols.test_ssh import BOTH, ED25519, MODERN, OLD, init, packet, reply, rsa, text
from tests.twins import IP_ONLY, Form, answers_only, cut_short, in_pieces, lossy, midway, requests_only

USED, KEY, OFFERED = "ssh-weak-algorithm-used", "ssh-host-key-short", "ssh-weak-algorithms"
FORMS: Mapping[str, Form] = {
    "in IPv6": IP_ONLY["in IPv6"],
    "in QinQ": each(LAYERS["QinQ"]),
    "in GTP-U": each(LAYERS["GTP-U"]),
    "in VXLAN": each(LAYERS["VXLAN"]),
}
PARTS: Mapping[str, Form] = {
    "in segments of 100 bytes": in_pieces(100),
    "cut after 100 bytes": cut_short(100),
    "recorded midway": midway,
    "a third lost": lossy(0.33),
    "requests only": requests_only,
    "answers only": answers_only,
}
SEALED = bytes((n * 73 + 11) & 0xFF for n in range(256))


def session(client: bytes, server: bytes, blob: bytes = ED25519, port: int = 22) -> Recorded:
    """A log-in from the SCADA server to the engineering station."""
    said: Said = [
        (0, b"SSH-2.0-OpenSSH_9.6\r\n"),
        (1, b"SSH-2.0-OpenSSH_9.6\r\n"),
        (1, client),
        (0, server),
        (1, packet(b"\x1e" + text(bytes(32)))),
        (0, reply(blob) + packet(b"\x15")),
        (1, packet(b"\x15") + SEALED),
        *([(0, SEALED), (1, SEALED)] * 4),
    ]
    return stream(SCADA, ENGINEER, port, said)


def cases() -> list[Case]:
    """All."""
    old, short = session(init(OLD), init(BOTH)), session(init(MODERN), init(BOTH), rsa(1024))
    decoy = both(session(init(MODERN), init(MODERN)), session(init(OLD), init(BOTH), port=2222))
    return [
        *(
            seen(f"an old client on {port}", session(init(OLD), init(BOTH), port=port), USED)
            for port in (22, 2222, 443)
        ),
        *(seen(f"a short key on {p}", session(init(MODERN), init(BOTH), rsa(1024), p), KEY) for p in (22, 2222, 443)),
        *(seen(f"an old client {name}", formed(form, old), USED) for name, form in FORMS.items()),
        *(seen(f"a short key {name}", formed(form, short), KEY) for name, form in FORMS.items()),
        *(not_calm(f"an old client {name}", formed(form, old), USED) for name, form in PARTS.items()),
        *(not_calm(f"a short key {name}", formed(form, short), KEY) for name, form in PARTS.items()),
        seen("an old client beside a modern one", decoy, USED),
        seen("an old server", session(init(BOTH), init(OLD)), USED),
        seen("a short key with a certificate", session(init(MODERN), init(MODERN), CERTIFIED), KEY),
        calm("weak algorithms that are offered and not taken", session(init(BOTH), init(BOTH)), USED, KEY),
        seen("weak algorithms that are offered and not taken, offered", session(init(BOTH), init(BOTH)), OFFERED),
        calm("a key of 4,096 bits", session(init(MODERN), init(MODERN), rsa(4096)), USED, KEY, OFFERED),
        calm("ends that agree on nothing", session(init(OLD), init(MODERN)), KEY),
    ]


CERTIFIED = rsa(1024, b"ssh-rsa-cert-v01@openssh.com", bytes(32))
