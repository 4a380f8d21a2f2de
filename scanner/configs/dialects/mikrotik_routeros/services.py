"""Services by which the device is managed, who reaches them, what SSH and TLS offer, and the notice at login.

Sources: RouterOS documentation (Services, SSH, Securing your router, Neighbor discovery, MAC server, Note). All
services but ``www-ssl`` listen in releases before 7.20; ``address`` limits one, and so does the chain ``input``.
"""

from __future__ import annotations

from ipaddress import ip_network

from scanner.configs.acl_objects import Network, is_everybody
from scanner.configs.chains.entrances import reached
from scanner.configs.chains.study import ChainStudy
from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.dialects.mikrotik_routeros.menus import NOTHING, RosEntry, RosValue
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, whole

_PORTS = {"telnet": 23, "ftp": 21, "www": 80, "ssh": 22, "www-ssl": 443, "api": 8728, "winbox": 8291, "api-ssl": 8729}
_NAMES = {"www": "http", "www-ssl": "https"}
_OFF = ("www-ssl",)  # in every release, until it is switched on
_LEFT_OFF = (7, 20)  # from here on it is not told which are
_CLEAR = ("telnet", "ftp", "www")
_LOGINS = ("telnet", "ssh", "winbox", "api", "api-ssl")
_BESIDE = {  # menu of a service of its own -> item, property, its default
    "tool bandwidth-server": ("bandwidth-server", "enabled", YES),
    "ip proxy": ("proxy", "enabled", NO),
    "ip socks": ("socks", "enabled", NO),
    "ip upnp": ("upnp", "enabled", NO),
    "ip smb": ("smb", "enabled", NO),
    "ip cloud": ("cloud-ddns", "ddns-enabled", NO),
    "tool romon": ("romon", "enabled", NO),
}


def service_settings(device: RosDevice, sheet: Sheet, study: ChainStudy) -> None:
    """What listens, and for whom."""
    found = {e.text("name"): e for e in device.menu("ip service").entries}
    for name, usual in _PORTS.items():
        entry = found.get(name)
        on = _listens(device, name, entry)
        node = _line(entry, "disabled") if entry else None
        item = _NAMES.get(name, name)
        sheet.put("management", item, "enabled", on, node, present=node is not None)
        told, line = _who(device, study, entry, usual, on)
        if name in _LOGINS:
            sheet.put("line", name, "access_acl", told, line, present=line is not None)
        elif name in _NAMES:
            sheet.put("management", item, "acl", told, line, present=line is not None)
        if name == "telnet":
            sheet.put("line", "telnet", "telnet", on, node, present=node is not None)
    _web(sheet, found.get("www-ssl"), device)
    for path, (item, name, default) in _BESIDE.items():
        value = device.menu(path).whole.of(name)
        told = (YES if value.text in ("yes", "auto") else NO) if value.node else default
        sheet.put("management", item, "enabled", told, value.node, present=value.node is not None)
    _discovery(device, sheet)
    _ssh(device, sheet)
    _notice(device, sheet)


def _line(entry: RosEntry | None, name: str) -> Node | None:
    if entry is None:
        return None
    return entry.of(name).node


def _listens(device: RosDevice, name: str, entry: RosEntry | None) -> str:
    value = entry.of("disabled") if entry else NOTHING
    if value.node is not None:
        return NO if value.is_yes else YES
    if name in _OFF:
        return NO
    return UNKNOWN if name in _CLEAR and device.since(*_LEFT_OFF) is not False else YES


def _who(device: RosDevice, study: ChainStudy, entry: RosEntry | None, usual: int, on: str) -> tuple[str, Node | None]:
    """Who reaches a service: its own addresses, else what the firewall lets in."""
    if on == NO:
        return CLOSED, _line(entry, "disabled")
    limit = entry.of("address") if entry else NOTHING
    told = limited(limit)
    if told == ABSENT:
        port = entry.text("port") if entry else ""
        number = int(port) if whole(port) and int(port) < 65_536 else usual
        told = reached(study, number, "input", versions=versions(device))
        told = filtered(study, told)
    if told == ABSENT and on == UNKNOWN:
        told = UNKNOWN
    return told, limit.node


def filtered(study: ChainStudy, told: str) -> str:
    """Without a chain for what goes to the device everybody gets in."""
    has_chain = any(c.hook == "input" for c in study.ruleset.chains.values())
    return told if has_chain or told != UNKNOWN else ABSENT


def limited(value: RosValue) -> str:
    """What a list of networks limits: address; absent where that is everybody, unknown-default where it is not told."""
    if value.node is None or not value.text:
        return ABSENT
    networks: list[Network] = []
    for word in value.text.split(","):
        try:
            networks.append(ip_network(word.strip(), strict=False))
        except ValueError:
            return UNKNOWN
    open_ = [v for v in (4, 6) if is_everybody([n for n in networks if n.version == v])]
    if 4 in open_:
        return ABSENT
    return "ipv4-only" if open_ else "address"


def versions(device: RosDevice) -> tuple[int, ...]:
    """The versions of IP that it speaks."""
    off = device.menu("ipv6 settings").whole.of("disable-ipv6").is_yes
    spoken = bool(device.entries("ipv6 address", "ipv6 dhcp-client"))
    return (4, 6) if spoken and not off else (4,)


def _web(sheet: Sheet, entry: RosEntry | None, device: RosDevice) -> None:
    if entry is None or _listens(device, "www-ssl", entry) != YES:
        return
    told = entry.of("tls-version")
    oldest = {"only-1.2": "tls1.2", "only-1.3": "tls1.3"}.get(told.text, UNKNOWN)
    sheet.put("management", "https", "version", oldest, told.node, present=oldest != UNKNOWN)


def _discovery(device: RosDevice, sheet: Sheet) -> None:
    """Neighbour discovery (LLDP, CDP, MNDP), which is on wherever nothing limits it; and logins by MAC address."""
    value = device.menu("ip neighbor discovery-settings").whole.of("discover-interface-list")
    on = NO if value.text == "none" else YES
    sheet.put("management", "lldp", "enabled", on, value.node, present=value.node is not None)
    for path, item in (("tool mac-server", "mac-telnet"), ("tool mac-server mac-winbox", "mac-winbox")):
        allowed = device.menu(path).whole.of("allowed-interface-list")
        told = NO if allowed.text == "none" else YES
        sheet.put("management", item, "enabled", told, allowed.node, present=allowed.node is not None)
    device.menu("tool mac-server ping")


def _ssh(device: RosDevice, sheet: Sheet) -> None:
    settings = device.menu("ip ssh").whole
    sheet.missing("management", "ssh", "version", "2")
    clear = settings.of("allow-none-crypto")
    ciphers = settings.of("ciphers")
    if clear.is_yes:
        sheet.put("management", "ssh", "ciphers", "none", clear.node)
    elif ciphers.text and ciphers.text != "auto":
        sheet.put("management", "ssh", "ciphers", ciphers.text, ciphers.node)
    else:
        sheet.missing("management", "ssh", "ciphers", UNKNOWN)
    strong = settings.of("strong-crypto")
    if not strong.is_yes:  # it is what switches MD5 off, as MikroTik documents "ip ssh"
        told = strong.node is not None
        sheet.put("management", "ssh", "macs", "md5" if told else UNKNOWN, strong.node, present=told)
    size = settings.of("host-key-size")
    if whole(size.text):
        sheet.put("management", "ssh", "key_length", size.text, size.node)


def _notice(device: RosDevice, sheet: Sheet) -> None:
    note = device.menu("system note").whole
    text, shown = note.of("note"), note.of("show-at-login")
    on = bool(text.text.strip()) and shown.text != "no"
    node = text.node if on else shown.node or text.node
    sheet.put("management", "device", "banner", "note" if on else ABSENT, node, present=on)
