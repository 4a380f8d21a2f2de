"""Services by which the device is managed, who reaches them, the notice at login, and what TLS and SSH offer.

Sources: PAN-OS Administrator's Guide ("Device > Setup > Management, Services, Interfaces", "Configure SSH Key Exchange
and Ciphers", "Configure an SSL/TLS Service Profile"), CLI Reference. SSH is version 2 in every release.
"""

from __future__ import annotations

from scanner.configs.dialects.paloalto_panos.access import LOGINS, PanosAccess, accesses
from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, one, place, value, words

_IDLE = 60  # minutes, in every release
_TLS = {"tls1-0": "tls1.0", "tls1-1": "tls1.1", "tls1-2": "tls1.2", "tls1-3": "tls1.3"}
_LISTS = (("ciphers", "ciphers"), ("macs", "mac"), ("key_exchange", "kex"))


def service_settings(device: PanosDevice, sheet: Sheet) -> None:
    """What listens for logins, where, and for whom; when sessions end; and the notice."""
    found = accesses(device)
    for name in LOGINS:
        told, node = _anywhere(found, name)
        sheet.put("management", name, "enabled", told, node, present=node is not None)
    for access in found:
        told, node = access.on["telnet"]
        sheet.put("line", access.name, "telnet", told, node or access.line, present=node is not None)
        _limit(sheet, access)
    if not found:
        sheet.missing("line", "management interface", "telnet", UNKNOWN)
        sheet.missing("line", "management interface", "access_acl", UNKNOWN)
    _idle(device, sheet)
    _notice(device, sheet)
    lldp = one(device.part("network", "lldp"), "enable")
    on = lldp is not None and lldp.word == "yes"
    sheet.put("management", "lldp", "enabled", YES if on else NO, place(lldp), present=lldp is not None)


def _anywhere(found: list[PanosAccess], name: str) -> tuple[str, Node | None]:
    """Whether some way offers the service."""
    told = [a.on[name] for a in found]
    for wanted in (YES, UNKNOWN, NO):
        line = next(((t, n) for t, n in told if t == wanted), None)
        if line is not None:
            return line
    return UNKNOWN, None


def _limit(sheet: Sheet, access: PanosAccess) -> None:
    """Which addresses may log in there."""
    on = access.logs_in()
    if on == NO:
        told = CLOSED
    elif on == UNKNOWN and access.who == ABSENT:
        told = UNKNOWN
    else:
        told = access.who
    sheet.put("line", access.name, "access_acl", told, access.line, present=access.line is not None)


def _idle(device: PanosDevice, sheet: Sheet) -> None:
    limit = one(device.part("deviceconfig", "setting"), "management", "idle-timeout")
    minutes = limit.word if limit else str(_IDLE)
    if not whole(minutes):
        sheet.put("line", "administrators", "idle_timeout", UNKNOWN, place(limit))
        return
    seconds = 60 * int(minutes)
    text = str(seconds) if seconds else "never"
    sheet.put("line", "administrators", "idle_timeout", text, place(limit), number=seconds, present=limit is not None)


def _notice(device: PanosDevice, sheet: Sheet) -> None:
    system = device.part("deviceconfig", "system")
    banner = one(system, "login-banner")
    message = one(system, "motd-and-banner", "message")
    shown = value(system, "motd-and-banner", "motd-enable") == "yes"
    if banner is not None and banner.word.strip():
        sheet.put("management", "device", "banner", "login-banner", place(banner))
    elif message is not None and shown:
        sheet.put("management", "device", "banner", "message of the day", place(message))
    else:
        sheet.missing("management", "device", "banner", ABSENT, place(message))


def tls_and_ssh_settings(device: PanosDevice, sheet: Sheet) -> None:
    """Versions and algorithms; what is not set depends on the release."""
    system = device.part("deviceconfig", "system")
    _tls(device, sheet, one(system, "ssl-tls-service-profile"))
    sheet.missing("management", "ssh", "version", "2")
    ssh = at(system, "ssh")
    named = value(ssh, "mgmt", "server-profile") or value(ssh, "profiles", "mgmt-profiles", "active")
    profile = at(ssh, "profiles", "mgmt-profiles", "server-profiles", named) if named else None
    for setting, word in _LISTS:
        given = at(profile, word) if profile is not None else at(ssh, word, "mgmt")
        told = ",".join(words(given)) if given is not None else ""
        sheet.put("management", "ssh", setting, told or UNKNOWN, leaf(given), present=bool(told))
    key = at(profile, "default-hostkey", "key-type") or at(ssh, "default-hostkey", "mgmt", "key-type")
    size = one(key, "RSA")
    if size is not None and whole(size.word):
        sheet.put("management", "ssh", "key_length", size.word, place(size))


def _tls(device: PanosDevice, sheet: Sheet, named: TreeStatement | None) -> None:
    profiles = [p for s in device.shared("ssl-tls-service-profile") for p in inside(s)]
    if named is None:
        sheet.missing("management", "https", "version", UNKNOWN)
        return
    profile = next((p for p in profiles if p.word == named.word), None)
    oldest = one(profile, "protocol-settings", "min-version")
    has(profile, "protocol-settings", "max-version")
    told = _TLS.get(oldest.word, UNKNOWN) if oldest is not None else UNKNOWN
    sheet.put("management", "https", "version", told, place(oldest, named), present=oldest is not None)
