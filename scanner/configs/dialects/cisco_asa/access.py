"""From where the device can be managed, how long a session lasts, and who is asked who it is.

Sources: Cisco ASA Series General Operations CLI Configuration Guide, "Management Access"; command reference (ssh,
telnet, http, console timeout, aaa authentication console). Nobody reaches a service that no line names a network for;
Telnet and SSH sessions end after 5 idle minutes, those at the console never; the console asks for no login.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.configs.acl_objects import Network, is_everybody
from scanner.configs.dialects.cisco_asa.objects import NamedObjects
from scanner.configs.dialects.cisco_asa.system import since
from scanner.configs.nodes import Node, is_on
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree

_SERVICES = ("ssh", "telnet", "http")
_LOCAL = "LOCAL"
_NO_LOGIN_NAMES = (8, 4)  # since then SSH knows no password that is not of a user
_OTHER_WORDS = {  # of lines that name no network
    "ssh": ("timeout", "version", "cipher", "key-exchange", "stricthostkeycheck", "scopy", "stack", "pubkey-chain"),
    "telnet": ("timeout",),
    "http": ("server", "redirect", "authentication-certificate", "connection"),
}


@dataclass
class ManagedFrom:
    """The networks from which a service can be reached. doubt: a line that names one and is not understood."""

    networks: list[Network] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    everybody: Node | None = None  # the line that lets everybody in
    doubt: Node | None = None

    @property
    def node(self) -> Node | None:
        """The line to be shown."""
        return self.everybody or (self.nodes[0] if self.nodes else self.doubt)

    @property
    def limit(self) -> str:
        """Who may reach it, as an access list would say."""
        if self.doubt:
            return UNKNOWN
        if not self.networks:
            return CLOSED
        open_ = {v for v in (4, 6) if is_everybody([n for n in self.networks if n.version == v])}
        if 4 in open_:
            return ABSENT
        return "ipv4-only" if open_ else ",".join(dict.fromkeys(self.words))


def reached(tree: Tree, objects: NamedObjects, service: str) -> ManagedFrom:
    """Lines like ``ssh ADDRESS MASK INTERFACE`` and ``ssh ADDRESS/LENGTH INTERFACE``."""
    found = ManagedFrom()
    for node, words in tree.given(service):
        if not words or words[0].lower() in _OTHER_WORDS[service]:
            continue
        if len(words) == 1 and service == "http":  # a proxy for certificates
            continue
        six = "/" in words[0] or ":" in words[0]
        networks = objects.network(words[:1] if six else words[:2])
        if networks is None or len(words) != (2 if six else 3):
            found.doubt = found.doubt or node
            continue
        node.understood = True
        found.networks += networks
        found.words.append(str(networks[0]))
        found.nodes.append(node)
        if found.everybody is None and is_everybody(networks):
            found.everybody = node
    return found


def access_settings(tree: Tree, sheet: Sheet) -> None:
    """Services for management, their networks, their timeouts and how they ask for a login."""
    objects = NamedObjects(tree)
    web = tree.last("http server enable")
    for service in _SERVICES:
        found = reached(tree, objects, service)
        if service == "http":
            _web(tree, sheet, found, web)
        else:
            _terminal(tree, sheet, service, found)
        if found.doubt:  # a row points there; other settings may stand there as well
            found.doubt.understood = False
    _console(tree, sheet)
    for node, words in tree.given("aaa authentication enable console"):
        sheet.put("line", "enable", "authentication", _asked(words), node)


def _terminal(tree: Tree, sheet: Sheet, service: str, found: ManagedFrom) -> None:
    """SSH or Telnet."""
    node = found.node
    answer = UNKNOWN if found.doubt and not found.nodes else YES if found.nodes else NO
    sheet.put("management", service, "enabled", answer, node, present=node is not None)
    sheet.put("line", service, "access_acl", found.limit, node, present=node is not None)
    if service == "telnet":
        sheet.put("line", service, "telnet", answer, node, present=node is not None)
    _timeout(tree, sheet, service, f"{service} timeout", 5, closed=answer == NO)
    login = tree.last(f"aaa authentication {service} console")
    if answer == NO:
        sheet.put("line", service, "authentication", CLOSED, login, present=False)
    elif is_on(login) and login:
        sheet.put("line", service, "authentication", _asked(login.text.split()[4:]), login)
    else:  # a password for all, which SSH knows no longer: then only users with a key get in
        users = service == "ssh" and since(tree, *_NO_LOGIN_NAMES)
        sheet.missing("line", service, "authentication", "local" if users else "password", login)


def _asked(words: list[str]) -> str:
    return "local" if words[:1] == [_LOCAL] else "aaa"


def _timeout(tree: Tree, sheet: Sheet, item: str, command: str, default: int | None, *, closed: bool) -> None:
    """Minutes until an idle session ends; 0 for never."""
    node = tree.last(command)
    words = node.after(command) if node and not node.negated else []
    if closed:
        sheet.missing("line", item, "idle_timeout", CLOSED, node)
    elif words and whole(words[0]):
        seconds = 60 * int(words[0])
        sheet.put("line", item, "idle_timeout", str(seconds) if seconds else "never", node, number=seconds)
    elif node and words:
        sheet.put("line", item, "idle_timeout", UNKNOWN, node)
    elif default is None:
        sheet.missing("line", item, "idle_timeout", UNKNOWN)
    else:
        seconds = 60 * default
        sheet.missing("line", item, "idle_timeout", str(seconds) if seconds else "never", node, number=seconds)


def _console(tree: Tree, sheet: Sheet) -> None:
    _timeout(tree, sheet, "console", "console timeout", 0, closed=False)
    login = tree.last("aaa authentication serial console")
    if login and not login.negated:
        sheet.put("line", "console", "authentication", _asked(login.text.split()[4:]), login)
    else:
        sheet.missing("line", "console", "authentication", "none", login)


def _web(tree: Tree, sheet: Sheet, found: ManagedFrom, server: Node | None) -> None:
    """The server for ASDM, which speaks TLS alone; without a method it asks for the enable password."""
    on = is_on(server)
    sheet.missing("management", "http", "enabled", NO)
    sheet.missing("management", "http", "acl", CLOSED)
    sheet.put("management", "https", "enabled", YES if on else NO, server, present=server is not None)
    node = found.node or server
    limit = found.limit if on else CLOSED
    sheet.put("management", "https", "acl", limit, node, present=on)
    closed = not on or limit == CLOSED
    _timeout(tree, sheet, "https", "http server idle-timeout", None, closed=closed)
    login = tree.last("aaa authentication http console")
    certificate = tree.last("http authentication-certificate")
    if closed:
        sheet.missing("management", "http", "authentication", CLOSED, server)
    elif login and not login.negated:
        sheet.put("management", "http", "authentication", _asked(login.text.split()[4:]), login)
    else:
        told = UNKNOWN if is_on(certificate) else "enable"
        sheet.missing("management", "http", "authentication", told, server)
