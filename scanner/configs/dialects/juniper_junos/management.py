"""Services by which the device is managed, who reaches them, the notice at login, and what SSH offers.

Sources: Junos OS User Access and Authentication User Guide ("Remote access overview": every service is off until it is
configured), CLI Reference (ssh, telnet, web-management, netconf, rest, finger, ftp, login message), J-Web User Guide.
"""

from __future__ import annotations

from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.guard import Guard, Limit, guard_of
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.statements.statement import (
    TreeStatement,
    at,
    has,
    inside,
    leaf,
    one,
    place,
    value,
    words,
)

_PORTS = {"ssh": 22, "telnet": 23, "http": 80, "https": 443, "netconf": 830, "rest-http": 3000, "rest-https": 3443} | {
    "grpc": 32767
}
_PLAIN = ("ftp", "finger", "rlogin", "rsh", "xnm-clear-text", "tftp-server")
_NAMES = {"rlogin": "rsh", "tftp-server": "tftp"}
_TWO_ONLY = (11, 4)  # from here on version 2 of SSH alone is offered, unless the configuration says otherwise


def service_settings(device: JunosDevice, sheet: Sheet) -> None:
    """What listens, and for whom."""
    services = device.part("system", "services")
    guard = guard_of(device)
    for name in ("ssh", "telnet"):
        _terminal(sheet, name, at(services, name), guard)
    for name in _PLAIN:
        found = at(services, name)
        item = _NAMES.get(name, name)
        if item == "rsh" and found is None and at(services, "rsh"):
            continue
        if name in ("ftp", "finger") or found is not None:
            sheet.put("management", item, "enabled", YES if found else NO, leaf(found), present=found is not None)
    _web(sheet, services, guard)
    _programs(sheet, services, guard)
    _notice(device, sheet)
    _loading(device, sheet)
    lldp = at(device.part("protocols"), "lldp")
    on = lldp is not None and not has(lldp, "disable") and bool(inside(lldp, "interface"))
    sheet.put("management", "lldp", "enabled", YES if on else NO, leaf(lldp), present=lldp is not None)


def _terminal(sheet: Sheet, name: str, service: TreeStatement | None, guard: Guard) -> None:
    """SSH or Telnet."""
    node = leaf(service)
    listens = service is not None and not has(service, "disable")
    limit = guard.limit(name, _port(service, _PORTS[name])) if listens else Limit(CLOSED)
    on = YES if listens and limit.who != CLOSED else NO
    sheet.put("management", name, "enabled", on, node, present=service is not None)
    if name == "telnet":
        sheet.put("line", "telnet", "telnet", on, node, present=service is not None)
    sheet.put("line", name, "access_acl", limit.who, limit.node or node, present=limit.node is not None)


def _port(service: TreeStatement | None, usual: int) -> int:
    told = value(service, "port")
    return int(told) if whole(told) else usual


def _web(sheet: Sheet, services: TreeStatement | None, guard: Guard) -> None:
    """J-Web and the REST API: with TLS, and without."""
    web, rest = at(services, "web-management"), at(services, "rest")
    control = at(rest, "control", "allowed-sources")
    for item in ("http", "https"):
        jweb, api = at(web, item), at(rest, item)
        found = [(s, f) for s, f in ((item, jweb), (f"rest-{item}", api)) if f is not None]
        limits = [_limit(guard, name, service, item, control) for name, service in found]
        open_ = [limit for limit in limits if limit.who != CLOSED]
        node = leaf(found[0][1]) if found else None
        sheet.put("management", item, "enabled", YES if open_ else NO, node, present=bool(found))
        told = _widest(open_)
        sheet.put("management", item, "acl", told.who, told.node or node, present=told.node is not None)
    on = at(web, "https")
    if on is not None:
        sheet.missing("management", "https", "version", UNKNOWN, leaf(on))
    session = one(web, "session", "idle-timeout")
    if session is not None and whole(session.word):
        seconds = 60 * int(session.word)
        sheet.put("line", "web", "idle_timeout", str(seconds), place(session), number=seconds)


def _limit(guard: Guard, name: str, service: TreeStatement, item: str, control: TreeStatement | None) -> Limit:
    found = guard.limit(item if not name.startswith("rest") else "r2cp", _port(service, _PORTS[name]))
    if name.startswith("rest") and found.who == CLOSED:
        found = Limit(UNKNOWN)  # zones have no name for this API in every release
    if name.startswith("rest") and control is not None and found.who in (ABSENT, "ipv4-only", "ipv6-only"):
        return Limit("allowed-sources", leaf(control))
    return found


def _widest(limits: list[Limit]) -> Limit:
    """Of what is open the least limited."""
    order = (ABSENT, "ipv4-only", "ipv6-only", UNKNOWN)
    for told in order:
        if found := next((limit for limit in limits if limit.who == told), None):
            return found
    return limits[0] if limits else Limit(CLOSED)


def _programs(sheet: Sheet, services: TreeStatement | None, guard: Guard) -> None:
    """NETCONF over SSH, and the REST API as one for programs."""
    netconf = at(services, "netconf", "ssh")
    sheet.put("management", "netconf", "enabled", YES if netconf else NO, leaf(netconf), present=netconf is not None)
    if netconf is not None:
        limit = guard.limit("netconf", _port(netconf, _PORTS["netconf"]))
        _programming(sheet, "netconf", limit, netconf)
    rest = at(services, "rest")
    sheet.put("management", "restconf", "enabled", YES if rest else NO, leaf(rest), present=rest is not None)
    control = at(rest, "control", "allowed-sources")
    for name in ("https", "http"):
        api = at(rest, name)
        if api is not None:
            _programming(sheet, "restconf", _limit(guard, f"rest-{name}", api, name, control), api)
            break
    remote = at(services, "extension-service", "request-response", "grpc")
    if remote is not None:
        sheet.put("management", "grpc", "enabled", YES, leaf(remote))
        for api in filter(None, (at(remote, how) for how in ("clear-text", "ssl"))):
            limit = guard.limit("grpc", _port(api, _PORTS["grpc"]))
            # zones have no name for it
            _programming(sheet, "grpc", Limit(UNKNOWN) if limit.who == CLOSED else limit, api)


def _programming(sheet: Sheet, item: str, limit: Limit, service: TreeStatement) -> None:
    """Who reaches it."""
    told = ABSENT if limit.who in ("ipv4-only", "ipv6-only") else limit.who
    sheet.put("management", item, "acl", told, limit.node or leaf(service), present=limit.node is not None)


def _notice(device: JunosDevice, sheet: Sheet) -> None:
    login = device.part("system", "login")
    found = one(login, "message") or one(login, "announcement")
    kind = "message" if has(login, "message") else "announcement"
    sheet.put("management", "device", "banner", kind if found else ABSENT, place(found), present=found is not None)


def _loading(device: JunosDevice, sheet: Sheet) -> None:
    """What loads a configuration or software from the network at the next start."""
    found = device.part("system", "autoinstallation") or at(device.part("chassis"), "auto-image-upgrade")
    sheet.put(
        "management", "config-network-load", "enabled", YES if found else NO, leaf(found), present=found is not None
    )
    reset = device.part("system", "ports")
    if has(reset, "console", "insecure"):
        sheet.put("management", "password-recovery", "enabled", NO, place(at(reset, "console", "insecure")))


def ssh_settings(device: JunosDevice, sheet: Sheet) -> None:
    """Versions and algorithms of SSH; what is not set depends on the release."""
    ssh = at(device.part("system", "services"), "ssh")
    if ssh is None:
        return
    versions = inside(ssh, "protocol-version")
    if versions:
        told = {s.word for s in versions}
        text = "2" if told == {"v2"} else "1" if told == {"v1"} else "1.99"
        sheet.put("management", "ssh", "version", text, place(versions[-1]))
    else:
        default = {True: "2", False: "1.99", None: UNKNOWN}[device.since(*_TWO_ONLY)]
        sheet.missing("management", "ssh", "version", default, place(ssh))
    for setting, word in (("ciphers", "ciphers"), ("macs", "macs"), ("key_exchange", "key-exchange")):
        given = inside(ssh, word)
        text = ",".join(words(ssh, word)) or UNKNOWN
        sheet.put("management", "ssh", setting, text, place(*given), present=bool(given))
    retry = at(device.part("system", "login"), "retry-options")
    for setting, word in (("timeout", "maximum-time"), ("retries", "tries-before-disconnect")):
        found = one(retry, word)
        default = "120" if setting == "timeout" else UNKNOWN
        text = found.word if found and whole(found.word) else default
        sheet.put("management", "ssh", setting, text, place(found), present=found is not None)
