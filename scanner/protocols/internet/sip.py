"""SIP: how telephones and intercoms register and call, on any port.

Written from RFC 3261 sections 7, 20 and 22.
"""

from __future__ import annotations

from scanner.protocols.base import Verb
from scanner.protocols.internet._signalling import signalling

PROTOCOL = signalling(
    "sip",
    "SIP",
    b"SIP",
    {
        b"REGISTER": Verb.SESSION,
        b"INVITE": Verb.SESSION,
        b"ACK": Verb.SESSION,
        b"BYE": Verb.SESSION,
        b"CANCEL": Verb.SESSION,
        b"OPTIONS": Verb.IDENTIFY,
        b"SUBSCRIBE": Verb.SUBSCRIBE,
        b"NOTIFY": Verb.REPORT,
        b"PUBLISH": Verb.WRITE,
        b"MESSAGE": Verb.WRITE,
        b"INFO": Verb.WRITE,
        b"REFER": Verb.WRITE,
        b"UPDATE": Verb.SESSION,
        b"PRACK": Verb.SESSION,
    },
    ports={"udp": (5060,), "tcp": (5060,)},
    specification="RFC 3261 sections 7, 20 and 22",
)
