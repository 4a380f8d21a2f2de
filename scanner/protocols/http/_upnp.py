"""Control of UPnP devices (UPnP Device Architecture 2.0, section 3): SOAP over HTTP, whose action a header field names.

Of the standard services those actions are told that change what a gateway lets through or how it is connected
(WANIPConnection:2, WANPPPConnection:1, WANIPv6FirewallControl:1, LANHostConfigManagement:1, DeviceProtection:1), and
those that only ask.
"""

from __future__ import annotations

import re

from scanner.protocols.base import Verb

_ACTION = re.compile(r"urn:[\w.-]{1,60}:service:[\w.-]{1,60}:\d{1,3}#(\w{1,60})")
_CHANGES = (
    *("AddPortMapping", "AddAnyPortMapping", "DeletePortMapping", "DeletePortMappingRange"),
    *("AddPinhole", "UpdatePinhole", "DeletePinhole"),
    *("SetConnectionType", "RequestConnection", "RequestTermination", "ForceTermination", "SetAutoDisconnectTime"),
    *("SetDHCPServerConfigurable", "SetDHCPRelay", "SetSubnetMask", "SetIPRouter", "DeleteIPRouter", "SetDomainName"),
    *("SetAddressRange", "SetReservedAddress", "DeleteReservedAddress", "SetDNSServer", "DeleteDNSServer"),
    *("SetUserLoginPassword", "AddIdentityList", "RemoveIdentity", "AddRolesForIdentity", "RemoveRolesForIdentity"),
)
_IN_BODY = re.compile(rb"<(?:[\w.-]{1,32}:)?(" + "|".join(_CHANGES).encode() + rb")[\s>/]")
_ASKS = ("Get", "Browse", "Search", "List")


def controlled(action: str, body: bytes) -> Verb | None:
    """The verb of an action, from the field SOAPAction and the body, of which some devices follow one and some the
    other; None where it is none of UPnP, or one that is not known.
    """
    named = _ACTION.search(action)
    if not named:
        return None
    if named[1] in _CHANGES or _IN_BODY.search(body):
        return Verb.CONFIGURE
    return Verb.READ if named[1].startswith(_ASKS) else None
