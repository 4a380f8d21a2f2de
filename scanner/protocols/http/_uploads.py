"""Which HTTP requests send firmware or files, by the path and the kind of the body; the body itself is not looked at.

Media types by the IANA registry, and the private ones that devices and browsers use for images and archives.
"""

from __future__ import annotations

import re

from scanner.protocols.base import Verb

_SENDING = ("POST", "PUT", "PATCH")
_FIRMWARE_PATHS = re.compile(
    r"(?i)firm-?ware|(^|[/_.-])fw[_-]?(up|load|flash|image|file|write)|(^|[/_.-])(sys|sw|system|software|os)[_-]?up(date|grade)"
    r"|(^|[/_.-])upgrade|flash[_-]?(rom|image|fw|write)|boot-?load|(^|[/_.-])ota([/_.-]|$)|固件"
)
_ABOUT_FIRMWARE = re.compile(r"(?i)check|status|state|version|info|list|progress|history|notes|available|reboot")
_FILE_BODIES = re.compile(
    r"application/(octet-stream|zip|gzip|(vnd[.]|x-)?[\w.-]*(firmware|binary|executable|elf|tar|g?zip|bzip2?|xz|7z|rar|compressed))"
)
_FILE_NAMES = re.compile(r"/[^/]+\.[A-Za-z][A-Za-z0-9]{1,7}$")
_FILE_PATHS = re.compile(
    r"(?i)upload|import|restore|(^|[/_.-])(files?|images?|backup|config\w*|project|program|recipe)s?([/_.-]|$)"
)


def sent(method: str, path: str, kind: str) -> Verb | None:
    """The verb of a request that sends a file; None for every other.

    path: as it is shown. kind: the media type of the body, empty when it has none.
    """
    if method not in _SENDING:
        return None
    body = kind.lower()
    if _FIRMWARE_PATHS.search(path) and not _ABOUT_FIRMWARE.search(path):
        return Verb.FIRMWARE_UPDATE
    if _FILE_BODIES.match(body) or (method == "PUT" and not body and _FILE_NAMES.search(path)):
        return Verb.FILE_WRITE
    return Verb.FILE_WRITE if body.startswith("multipart/form-data") and _FILE_PATHS.search(path) else None
