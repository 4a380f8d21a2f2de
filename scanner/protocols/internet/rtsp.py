"""RTSP: how cameras are asked for their pictures, on any port.

Written from RFC 2326 and RFC 7826 (sections on methods and on authentication).
"""

from __future__ import annotations

from scanner.protocols.base import Verb
from scanner.protocols.internet._signalling import signalling

PROTOCOL = signalling(
    "rtsp",
    "RTSP",
    b"RTSP",
    {
        b"OPTIONS": Verb.IDENTIFY,
        b"DESCRIBE": Verb.READ,
        b"SETUP": Verb.SESSION,
        b"PLAY": Verb.SUBSCRIBE,
        b"PAUSE": Verb.SESSION,
        b"TEARDOWN": Verb.SESSION,
        b"ANNOUNCE": Verb.WRITE,
        b"RECORD": Verb.WRITE,
        b"GET_PARAMETER": Verb.READ,
        b"SET_PARAMETER": Verb.WRITE,
    },
    ports={"tcp": (554, 8554), "udp": ()},
    specification="RFC 2326 sections 10 and 14, RFC 7826 sections 13 and 19",
)
