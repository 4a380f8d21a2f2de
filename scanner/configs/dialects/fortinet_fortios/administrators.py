"""Accounts of administrators, their rights, from where and for how long they are logged in, and who checks them."""

from __future__ import annotations

import re

from scanner.configs.acl_objects import is_everybody, network
from scanner.configs.dialects.fortinet_fortios.access import LOGINS, accesses, knows_interfaces, local_denials
from scanner.configs.dialects.fortinet_fortios.tables import (
    DISABLE,
    ENABLE,
    Device,
    entries,
    inner,
    is_on,
    setting,
    value,
    values,
)
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, account, put_name, put_rights, whole

_FULL = ("super_admin", "prof_admin")
_GROUPS = re.compile(r"(?:[\w-]*grp|wifi) (\S+)")
_LEAST_GROUPS = 8  # of rights, in every release
_IDLE = 5  # minutes, in every release
_ANYWHERE = ("0.0.0.0", "0.0.0.0/0", "::/0")  # noqa: S104
_HOSTS = range(1, 11)


def administrator_settings(device: Device, sheet: Sheet) -> None:
    """Everything about logins of people and programs."""
    admins = [(name, entry) for _, name, entry in device.entries("system admin")]
    for name, entry in admins:
        _account(device, sheet, name, entry)
    profiles = {name: entry for _, name, entry in device.entries("system accprofile")}
    full = sum(_is_full(value(entry, "accprofile"), profiles) for _, entry in admins)
    put_rights(sheet, len(admins), full, admins[0][1] if admins else None)
    _central(device, sheet, [entry for _, entry in admins])
    _from_where(device, sheet, admins)
    _idle(device, sheet, profiles)


def _remote(entry: Node) -> bool:
    """A server or a certificate proves who it is."""
    return any(is_on(entry, key) for key in ("remote-auth", "peer-auth", "wildcard", "guest-auth"))


def _account(device: Device, sheet: Sheet, name: str, entry: Node) -> None:
    item = f"user {name}"
    password = setting(entry, "password")
    if password and password.secrets:
        account(sheet, item, password, name)
    else:
        put_name(sheet, item, name, entry)
    known = password is not None or _remote(entry)
    sheet.put("account", item, "password", YES if known else NO, password or entry, present=password is not None)
    profile = setting(entry, "accprofile")
    if profile:
        sheet.put("account", item, "privilege", value(entry, "accprofile"), profile)
    factor, line = value(entry, "two-factor", DISABLE), setting(entry, "two-factor")
    everybody = setting(device.table("system global"), "multi-factor-authentication")
    if factor != DISABLE:
        sheet.put("account", item, "second_factor", factor, line)
    elif everybody and everybody.key.endswith(" mandatory"):
        sheet.put("account", item, "second_factor", "mandatory", everybody)
    elif _remote(entry):
        sheet.missing("account", item, "second_factor", UNKNOWN, entry)
    else:
        sheet.put("account", item, "second_factor", ABSENT, line or entry, present=line is not None)


def _is_full(name: str, profiles: dict[str, Node]) -> bool:
    """The profile gives all rights."""
    if name in _FULL and name not in profiles:
        return True
    block = profiles.get(name)
    rights = [found[1] for n in block.children if (found := _GROUPS.fullmatch(n.key))] if block else []
    return name == "super_admin" or (len(rights) >= _LEAST_GROUPS and set(rights) == {"read-write"})


def _central(device: Device, sheet: Sheet, admins: list[Node]) -> None:
    """Whether a server checks logins, and who gets in without it."""
    asked = next((n for a in admins if is_on(a, "remote-auth") and (n := setting(a, "remote-auth"))), None)
    saml = device.table("system saml")
    if asked is None and is_on(saml):
        asked = setting(saml, "status")
    if not admins and asked is None:
        return
    local = [a for a in admins if not _remote(a) or setting(a, "password")]
    sheet.put("account", "aaa", "central", YES if asked else NO, asked, present=asked is not None)
    methods = ["remote"] * bool(asked) + ["local"] * bool(local)
    sheet.put("account", "aaa", "login_methods", ",".join(methods) or "remote", asked or admins[0])
    sheet.put("line", "administrators", "authentication", "aaa" if asked else "local", asked or admins[0])
    if asked:
        sheet.put("account", "aaa", "local_fallback", YES if local else NO, local[0] if local else asked)
        told = device.table("log tacacs+accounting setting")
        if is_on(told):
            sheet.put("account", "aaa", "accounting", YES, setting(told, "status"))


def _from_where(device: Device, sheet: Sheet, admins: list[tuple[str, Node]]) -> None:
    """Trusted hosts of each account that can be used from the network, and of programs."""
    found = accesses(device)
    reached = [a for a in found if a.services & LOGINS]
    guard = local_denials(device)
    six = any(a.ipv6 for a in found)
    for name, entry in admins:
        item = f"administrator {name}"
        barred = set(values(entry, "disallowed-login-methods"))
        if (knows_interfaces(device) and not reached) or {"gui", "ssh", "telnet"} <= barred:
            sheet.missing("line", item, "access_acl", CLOSED, entry)
            continue
        four = _limiting(entry, [f"trusthost{i}" for i in _HOSTS])
        over6 = _limiting(entry, [f"ip6-trusthost{i}" for i in _HOSTS])
        if four and setting(entry, "trusthost1") is None:  # the first is everybody, and some releases look at it alone
            sheet.put("line", item, "access_acl", UNKNOWN, four[0], present=False)
            continue
        _put_hosts(sheet, item, entry, four, over6, six=six, guard=guard)
    for _, name, entry in device.entries("system api-user"):
        hosts = [h for _, h in entries(inner(entry, "trusthost"))]
        four = [n for h in hosts if (n := _limits(h, "ipv4-trusthost"))]
        over6 = [n for h in hosts if (n := _limits(h, "ipv6-trusthost"))]
        _put_hosts(sheet, f"API user {name}", entry, four or over6, over6, six=False, guard=guard)


def _put_hosts(
    sheet: Sheet, item: str, entry: Node, four: list[Node], over6: list[Node], *, six: bool, guard: Node | None
) -> None:
    if four and (over6 or not six):
        sheet.put("line", item, "access_acl", "trusted hosts", four[0])
    elif guard:
        sheet.put("line", item, "access_acl", UNKNOWN, guard, present=False)
    elif four:
        sheet.put("line", item, "access_acl", "ipv4-only", four[0])
    elif over6:
        sheet.put("line", item, "access_acl", "ipv6-only", over6[0])
    else:
        sheet.missing("line", item, "access_acl", ABSENT, entry)


def _limiting(entry: Node, keys: list[str]) -> list[Node]:
    """The lines that name trusted hosts; none where these are everybody together."""
    lines = [line for key in keys if (line := _limits(entry, key))]
    told = [some for key in keys if (some := network(*values(entry, key)[:2]) if values(entry, key) else None)]
    each = [n for some in told for n in some if n.prefixlen]
    return [] if len({n.version for n in each}) == 1 and is_everybody(each) else lines


def _limits(entry: Node, key: str) -> Node | None:
    """The line that names trusted hosts; none where that is everybody."""
    line = setting(entry, key)
    return line if line and value(entry, key) not in _ANYWHERE else None


def _idle(device: Device, sheet: Sheet, profiles: dict[str, Node]) -> None:
    """When sessions end without input."""
    table = device.table("system global")
    line, console = setting(table, "admintimeout"), setting(table, "admin-console-timeout")
    minutes = value(table, "admintimeout", str(_IDLE))
    seconds = int(minutes) * 60 if whole(minutes) else 0
    _put_idle(sheet, "administrators", seconds, line, table)
    terminal = device.table("system console")
    if value(terminal, "login", ENABLE) == DISABLE:
        sheet.put("line", "console", "authentication", CLOSED, setting(terminal, "login"))
        sheet.put("line", "console", "idle_timeout", CLOSED, setting(terminal, "login"))
    else:
        own = value(table, "admin-console-timeout", "0")
        limit = int(own) if whole(own) and own != "0" else seconds
        _put_idle(sheet, "console", limit, console if limit != seconds else line, table)
    for name, entry in profiles.items():
        if is_on(entry, "admintimeout-override"):
            minutes = value(entry, "admintimeout", "10")
            at = setting(entry, "admintimeout") or setting(entry, "admintimeout-override")
            _put_idle(sheet, f"profile {name}", int(minutes) * 60 if whole(minutes) else 0, at, entry)


def _put_idle(sheet: Sheet, item: str, seconds: int, line: Node | None, block: Node | None) -> None:
    text = str(seconds) if seconds else "never"
    sheet.put("line", item, "idle_timeout", text, line or block, number=seconds, present=line is not None)
