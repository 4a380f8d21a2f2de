"""WS-Management (DMTF DSP0226) as Windows Remote Management speaks it (MS-WSMV): shells, commands and WMI over HTTP.

A request is told by the media type of its encrypted body (MS-WSMV section 2.2.9.1), or by SOAP with an action of one
of the namespaces below; where bodies are not there, by SOAP to where Windows listens.
"""

from __future__ import annotations

import re

from scanner.wording import said, verbatim

_ENCRYPTED = re.compile(r"(?i)application/http-(spnego|kerberos|credssp)-session-encrypted")
_SOAP = re.compile(r"(?i)application/soap\+xml|text/xml")
_ACTION = re.compile(rb"Action[^<>]{0,200}>\s{0,40}([\x21-\x7e]{1,300}?)\s{0,40}</")
_IDENTIFY = re.compile(rb"<(?:[\w.-]{1,32}:)?Identify[\s>/][^<]{0,300}")
_IDENTITY = b"wsmanidentity.xsd"
_SPACES = (b"/wbem/wsman/1/", *(b"schemas.xmlsoap.org/ws/2004/09/%s/" % one for one in (b"transfer", b"enumeration")))
_WSMAN = b"/wbem/wsman/1"  # somewhere in every request: its namespace, or that of its resource
_PATHS = re.compile(r"(?i)^/wsman(-anon/identify|-prompt)?/?$")
NAME = "WS-Management"


def managed(path: str, kind: str, body: bytes, *, whole: bool) -> str:
    """What a request does, for its detail; empty where it is none of WS-Management. kind: its media type."""
    if _ENCRYPTED.search(kind):
        return said("{protocol}, encrypted", protocol=verbatim(NAME))
    if not _SOAP.search(kind):
        return ""
    body = body.replace(b"\0", b"")  # of UTF-16, whose words are ASCII
    action = _ACTION.search(body)
    if _IDENTIFY.search(body) and _IDENTITY in body:
        return verbatim(f"{NAME}: Identify")
    if action and _WSMAN in body and any(space in action[1] for space in _SPACES):
        return verbatim(f"{NAME}: {action[1].rpartition(b'/')[2].decode('ascii')}")
    if _PATHS.search(path) and (not body or not whole or _WSMAN in body):
        return said("{protocol}, unread", protocol=verbatim(NAME))
    return ""
