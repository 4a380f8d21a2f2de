"""Services for management, from where they may be used, when they end, and the notice at login.

Which services a device is delivered with depends on the release.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.configs.dialects.hirschmann_hios_commands.lines import answer, is_on, options, put_idle
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree

_SERVICES = (("telnet", "telnet server"), ("ssh", "ssh server"), ("http", "http server"), ("https", "https server"))
# control protocol -> its command, and whether it may write where no line says so, in every release
_CONTROL = (
    ("modbus", "modbus-tcp", True),
    ("ethernet-ip", "ethernet-ip", False),
    ("iec61850-mms", "iec61850-mms", False),
)
_IDLE = {"telnet": "telnet timeout", "ssh": "ssh timeout"}
_LOGINS = ("telnet", "ssh")
_MINUTES = 5  # of an idle session, in all releases
_ACCESS = "network management access"
_SWITCHES = ("enable", "disable")


@dataclass
class AccessEntry:
    """One entry of the list of restricted access. active: None where nothing says so."""

    node: Node | None
    length: str = "0"
    active: bool | None = None
    services: dict[str, bool] | None = None

    def admits_everybody_to(self, service: str) -> bool | None:
        """Every address may use the service by this entry; None where that cannot be told."""
        if self.active is False or (self.services or {}).get(service) is False:
            return False
        if not whole(self.length):
            return None
        if self.length != "0":
            return False
        return True if self.active else None

    def share_for(self, service: str) -> float:
        """How much of all addresses of IPv4 may use the service by this entry."""
        closed = self.active is False or (self.services or {}).get(service) is False
        return 0.0 if closed or not whole(self.length) else 0.5 ** min(int(self.length), 32)


def restricted(tree: Tree) -> dict[str, AccessEntry]:
    """The entries, as the lines leave them one after another; a device is delivered with one that admits everybody."""
    entries = {"1": AccessEntry(None, active=True)}
    for node in tree.all(_ACCESS):
        words = node.after(_ACCESS)
        if node.negated or len(words) < 2 or words[0].lower() not in ("add", "modify", "delete", "status"):
            continue
        action, number = words[0].lower(), words[1]
        if action == "delete":
            entries.pop(number, None)
            continue
        entry = entries.setdefault(number, AccessEntry(node))
        if action == "add":
            entries[number] = entry = AccessEntry(node)
        elif action == "status":
            entry.active = words[-1].lower() == "enable"
            continue
        entry.node = node
        given = options(words[2:])
        entry.length = _length(given, entry.length)
        told = {service: value == "enable" for service, value in given.items() if value.lower() in _SWITCHES}
        entry.services = (entry.services or {}) | told
    return entries


def _length(given: dict[str, str], before: str) -> str:
    mask = given.get("mask")
    return before if mask is None else mask.removeprefix("/")


def who_may(entries: dict[str, AccessEntry], operation: Node | None, service: str) -> tuple[str, Node | None]:
    """What limits who may use a service: the list of restricted access, where no entry in it lets everybody in."""
    told = is_on(operation)
    if not told:
        return (UNKNOWN if told is None else ABSENT), operation
    unsure, admitted = False, 0.0
    for entry in entries.values():
        admits = entry.admits_everybody_to(service)
        if admits:
            return ABSENT, entry.node or operation
        unsure = unsure or admits is None
        admitted += entry.share_for(service)
    unsure = unsure or admitted >= 1  # several networks may be everybody together
    return (UNKNOWN if unsure else "restricted access"), operation


def limit(tree: Tree, service: str) -> tuple[str, Node | None]:
    """The same of this configuration."""
    return who_may(restricted(tree), tree.last(f"{_ACCESS} operation"), service)


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """What listens, for whom and for how long."""
    for service, command in _SERVICES:
        node = tree.last(command)
        told = answer(node)
        sheet.put("management", service, "enabled", told, node, present=node is not None)
        value, at = limit(tree, service) if told != NO else (CLOSED, node)
        category, setting = ("line", "access_acl") if service in _LOGINS else ("management", "acl")
        sheet.put(category, service, setting, value, at, present=at is not None)
        if service in _IDLE and told == NO:
            sheet.put("line", service, "idle_timeout", CLOSED, node)
        elif service in _IDLE:
            put_idle(sheet, service, tree.last(_IDLE[service]), _IDLE[service], _MINUTES)
    telnet = tree.last("telnet server")
    sheet.put("line", "telnet", "telnet", answer(telnet), telnet, present=telnet is not None)
    web = f"{_ACCESS} web timeout"
    put_idle(sheet, "web", tree.last(web), web, _MINUTES)
    put_idle(sheet, "console", tree.last("cli serial-timeout"), "cli serial-timeout", _MINUTES)
    _discovery(tree, sheet)
    _banner(tree, sheet)


def control_settings(tree: Tree, sheet: Sheet) -> None:
    """Whether control protocols may change the device. Restricted access names some of them in some releases alone."""
    restricts = is_on(tree.last(f"{_ACCESS} operation"))
    for protocol, command, writes in _CONTROL:
        operation, access = tree.last(f"{command} operation"), tree.last(f"{command} write-access")
        if operation is None and access is None:
            continue
        told = answer(access, YES if writes else NO)
        if not is_on(operation):
            told = CLOSED
        elif told == YES and restricts:
            told = UNKNOWN
        at = access if told in (YES, NO) and access is not None else operation or access
        sheet.put("management", protocol, "write_access", told, at, present=at is not None)


def _discovery(tree: Tree, sheet: Sheet) -> None:
    """HiDiscovery, by which anybody in the network sets the address of the device unless it only reads."""
    operation, mode = tree.last("network hidiscovery operation"), tree.last("network hidiscovery mode")
    reads = mode is not None and not mode.negated and mode.key.endswith("read-only")
    writes = mode is not None and mode.key.endswith("read-write")
    off = is_on(operation) is False or reads
    told = NO if off else YES if is_on(operation) and writes else UNKNOWN
    at = operation if is_on(operation) is False else mode or operation
    sheet.put("management", "hidiscovery", "enabled", told, at, present=at is not None)


def _banner(tree: Tree, sheet: Sheet) -> None:
    commands = (("pre-login", "system pre-login-banner operation"), ("cli", "cli banner operation"))
    shown = [(name, node) for name, command in commands if is_on(node := tree.last(command))]
    if shown:
        sheet.put("management", "device", "banner", *shown[0])
        return
    sheet.missing("management", "device", "banner")
