"""SNMP, where messages are sent, and where the time comes from."""

from __future__ import annotations

from scanner.configs.log_levels import LEVELS
from scanner.configs.pf_firewalls.document import FirewallFile, child, children, node_of, value
from scanner.configs.pf_firewalls.filtering import Filtering
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.snmp_rows import put_community
from scanner.configs.xml_tree import XmlElement

_SNMP, _NTP, _UDP = 161, 123, 17
_WORDS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
_TRANSPORTS = ("udp", "tcp", "tls")
_OWN = ("logall", "system", "auth")  # what of its messages pfSense sends, and what else
_OTHERS = ("filter", "dhcp", "portalauth", "vpn", "dpinger", "apinger", "hostapd", "routing", "resolver", "ppp", "ntpd")
_POOL = "pool.ntp.org"  # pfSense asks several of the addresses that such a name has


def snmp_settings(file: FirewallFile, filtering: Filtering, sheet: Sheet) -> None:
    """The agent, its communities and users."""
    if file.kind.is_opnsense:
        _netsnmp(file, filtering, sheet)
    else:
        _bsnmpd(file, filtering, sheet)


def _bsnmpd(file: FirewallFile, filtering: Filtering, sheet: Sheet) -> None:
    section = file.at("snmpd")
    on = child(section, "enable")
    sheet.put("snmp", "agent", "enabled", YES if on is not None else NO, node_of(on, section), present=on is not None)
    if on is None:
        return
    port = value(section, "pollport", str(_SNMP))
    sheet.put("snmp", "agent", "versions", "v1,v2c", on.node)
    for tag, access in (("rocommunity", "ro"), ("rwcommunity", "rw")):
        community = child(section, tag)
        if community is not None and community.given:
            _community(sheet, filtering, community, access, int(port) if whole(port) else _SNMP)
    trap = child(section, "trapserver")
    if trap is not None and trap.text and child(section, "trapenable") is not None:
        sheet.put("snmp", f"host {trap.text}", "version", "2c", trap.node)


def _community(sheet: Sheet, filtering: Filtering, community: XmlElement, access: str, port: int) -> None:
    item = f"community {access}"
    put_community(sheet, item, community.node, access=access)
    told, node = filtering.entrance(port, _UDP)
    sheet.put("snmp", item, "acl", told, node or community.node, present=told != UNKNOWN)


def _netsnmp(file: FirewallFile, filtering: Filtering, sheet: Sheet) -> None:
    section = file.at("OPNsense/netsnmp/general")
    on = child(section, "enabled")
    answer = on is not None and on.text == "1"
    sheet.put("snmp", "agent", "enabled", YES if answer else NO, node_of(on), present=answer)
    if not answer:
        return
    community = child(section, "community")
    users = [u for u in file.every("OPNsense/netsnmp/user/users/user") if value(u, "enabled", "1") != "0"]
    versions = ["v1", "v2c"] * (community is not None and community.given) + ["v3"] * bool(users)
    if versions:
        sheet.put("snmp", "agent", "versions", ",".join(versions), node_of(community, on))
    if community is not None and community.given:
        _community(sheet, filtering, community, "ro", _SNMP)
    for user in users:
        item = f"user {value(user, 'username')}"
        sheet.put("snmp", item, "level", "priv", user.node)
        sheet.put("snmp", item, "auth_algorithm", "sha", user.node)
        sheet.put("snmp", item, "priv_algorithm", "aes", user.node)


def log_settings(file: FirewallFile, sheet: Sheet) -> None:
    """Servers and transports."""
    servers: dict[str, tuple[str, XmlElement]] = {}
    section = file.at("syslog")
    if child(section, "enable") is not None or (file.kind.is_opnsense and section is not None):
        for tag in ("remoteserver", "remoteserver2", "remoteserver3"):
            server = child(section, tag)
            if server is not None and server.text:
                servers[_host(server.text)] = ("udp", server)
    levels: list[tuple[int, XmlElement]] = []
    for entry in file.every("OPNsense/Syslog/destinations/destination"):
        host = child(entry, "hostname")
        if host is None or not host.text or value(entry, "enabled", "1") == "0":
            continue
        how = value(entry, "transport", "udp").rstrip("46")
        servers[host.text] = (how if how in _TRANSPORTS else UNKNOWN, host)
        if (level := child(entry, "level")) is not None and level.text:
            finest = max((_WORDS.index(w) for w in level.text.split(",") if w in _WORDS), default=-1)
            levels += [(finest, level)] if finest >= 0 else []
    first = next((e for _, e in servers.values()), None)
    sent = _sent(file, section) if first is not None and first.tag.startswith("remoteserver") else YES
    if file.text("OPNsense/Syslog/general/enabled") == "0":  # it starts with the device all the same
        sent = UNKNOWN
    if sent == ABSENT:
        servers, first = {}, section
    told = UNKNOWN if sent == UNKNOWN else ",".join(servers) or ABSENT
    at = node_of(first, section)
    sheet.put("logging", "device", "remote_hosts", told, at, number=len(servers), present=bool(servers))
    for host_name, (transport, element) in servers.items():
        sheet.put("logging", f"host {host_name}", "transport", transport, element.node)
    if servers and levels:
        finest, line = max(levels, key=lambda pair: pair[0])
        sheet.put("logging", "device", "level", LEVELS[finest], line.node)
    sheet.missing("logging", "device", "timestamps", "datetime")
    for name in ("login_failures", "config_changes"):  # there is no switch for these
        sheet.missing("logging", "device", name, YES)


def _sent(file: FirewallFile, section: XmlElement | None) -> str:
    """Whether pfSense sends messages of its own, only some that are about traffic and services, or nothing."""
    if file.kind.is_opnsense or any(child(section, tag) is not None for tag in _OWN):
        return YES
    return UNKNOWN if any(child(section, tag) is not None for tag in _OTHERS) else ABSENT


def _host(text: str) -> str:
    """The server without its port."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.rpartition(":")[0] if text.count(":") == 1 else text


def _sources(file: FirewallFile, servers: list[str], clocks: int) -> int | None:
    """From how many the time is taken; None where that depends on how many addresses the name of a pool has."""
    section = file.at("ntpd")
    shown = value(section, "noselect").split()  # their time is displayed and not used
    pools = value(section, "ispool").split()
    used = [s for s in servers if s not in shown]
    several = [s for s in used if s in pools or s.endswith(_POOL)] if not file.kind.is_opnsense else []
    number = len(used) + clocks
    return None if several and number == 1 else number


def time_settings(file: FirewallFile, filtering: Filtering, sheet: Sheet) -> None:
    """Servers, whether they prove who they are, and whom the device tells the time."""
    line = file.at("system/timeservers")
    section = file.at("ntpd")
    off = value(section, "enable") == "disabled"
    servers = [] if off else list(dict.fromkeys(line.text.split())) if line is not None else []
    reference = [c for tag in ("gps", "pps") for c in children(section, tag) if child(c, "port") is not None]
    if not servers and reference and not off:
        sheet.put("time", "device", "sources", reference[0].tag, reference[0].node, number=1)
    else:
        told = ",".join(servers) or ABSENT
        at = node_of(child(section, "enable") if off else line, line)
        number = _sources(file, servers, len(reference))
        sheet.put("time", "device", "sources", told, at, number=number, present=bool(servers))
    key, switch = child(section, "serverauthkey"), child(section, "serverauth")
    asked = switch is not None and key is not None and key.given
    proved = (YES if switch.text == "yes" else UNKNOWN) if asked and switch is not None else NO
    for name in servers:
        sheet.put("time", f"server {name}", "key", proved, node_of(line))
        sheet.put("time", f"server {name}", "place", place_of(name), node_of(line))
    zone = file.at("system/timezone")
    sheet.put("time", "device", "timezone", zone.text or ABSENT if zone else ABSENT, node_of(zone), present=bool(zone))
    if off or not servers:
        sheet.missing("time", "device", "acl", CLOSED)
        return
    acl, node = filtering.entrance(_NTP, _UDP)
    sheet.put("time", "device", "acl", acl, node or node_of(section, line), present=acl != UNKNOWN)
