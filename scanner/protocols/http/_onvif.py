"""ONVIF (cameras, recorders, door controllers): which operation a request in SOAP asks of a device.

Written from the ONVIF Core Specification, sections 5 (SOAP 1.2 over HTTP) and 8, and the specifications of its services
(Media, PTZ, Imaging, Recording, Door Control, Access Control). A namespace of ONVIF and the name of the element in
the body of SOAP tell; where the service lies is up to the device.
"""

from __future__ import annotations

import re

from scanner.protocols.base import Verb

_SPACE = b"://www.onvif.org/ver"
_ASKED = re.compile(rb"<(?:[\w.-]{1,32}:)?Body(?:\s[^<>]{0,2000})?>\s{0,200}<(?:[\w.-]{1,32}:)?([A-Z]\w{2,59})[\s/>]")
_VERBS = {
    Verb.RESTART: "SystemReboot",
    Verb.TIME_SYNC: "SetSystemDateAndTime",
    Verb.FIRMWARE_UPDATE: "UpgradeSystemFirmware StartFirmwareUpgrade",
    Verb.CONFIGURE: "RestoreSystem StartSystemRestore EnableAccessPoint DisableAccessPoint",
    Verb.SUBSCRIBE: "Subscribe CreatePullPointSubscription CreatePullPoint",
    Verb.SESSION: "Renew Unsubscribe SetSynchronizationPoint",
    Verb.IDENTIFY: "GetDeviceInformation GetScopes GetServices GetCapabilities GetServiceCapabilities GetHostname",
    Verb.OPERATE: (
        "ContinuousMove AbsoluteMove RelativeMove GeoMove MoveAndStartTracking Move Stop GotoPreset GotoHomePosition "
        "OperatePresetTour SendAuxiliaryCommand SetRelayOutputState SendSerialCommand ExternalAuthorization AccessDoor "
        "LockDoor UnlockDoor DoubleLockDoor BlockDoor LockDownDoor LockDownReleaseDoor LockOpenDoor LockOpenReleaseDoor"
    ),
}
_BY_NAME = {name: verb for verb, names in _VERBS.items() for name in names.split()}
_BY_BEGINNING = (
    ("Get", Verb.READ),
    ("Find", Verb.READ),
    ("PullMessages", Verb.READ),
    *((begun, Verb.CONFIGURE) for begun in ("Set", "Create", "Delete", "Add", "Remove", "Modify", "Load", "Start")),
    *((begun, Verb.CONFIGURE) for begun in ("StopMulticast", "Upload", "Replace", "Swap")),
)
VERBS = frozenset({*_VERBS, *(verb for _, verb in _BY_BEGINNING)})


def asked(body: bytes) -> tuple[str, Verb | None] | None:
    """(operation, its verb where that is known) of a request; None of any other body."""
    named = _ASKED.search(body) if _SPACE in body else None
    if not named:
        return None
    name = named[1].decode("ascii", "replace")
    begun = (verb for beginning, verb in _BY_BEGINNING if name.startswith(beginning))
    return name, _BY_NAME.get(name) or next(begun, None)
