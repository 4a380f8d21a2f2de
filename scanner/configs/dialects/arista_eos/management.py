"""From where and how the device is managed.

Source: Arista EOS User Manual, "Switch Administration" (management ssh, telnet, console, api http-commands, netconf,
restconf, gnmi). SSH is on and Telnet off unless the block says otherwise, the APIs are off;
sessions never end by themselves; the algorithms of SSH and of the API's TLS depend on the release.
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.accounts import login_method
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, unguarded, whole
from scanner.configs.tree import Tree

APIS = ("http-commands", "http", "netconf", "restconf", "gnmi")  # the second: the first cut short
_LISTS = ("ip access-group", "ipv6 access-group")


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """SSH, Telnet, the console, the APIs, and the notice at login."""
    ssh, telnet, console = (tree.last(f"management {service}") for service in ("ssh", "telnet", "console"))
    _terminal(tree, sheet, "ssh", ssh, default=YES)
    _terminal(tree, sheet, "telnet", telnet, default=NO)
    _timeout(sheet, "console", console, closed=False)
    how, node = login_method(tree, "console")
    sheet.put("line", "console", "authentication", how, node, present=node is not None)
    banners = [n for kind in ("login", "motd") for n in tree.all(f"banner {kind}") if not n.negated]
    banner = banners[0] if banners else None
    kind = banner.key.split()[1] if banner else ABSENT
    sheet.put("management", "device", "banner", kind, banner, present=banner is not None)
    sheet.switch("management", "lldp", "enabled", tree.exact("lldp run"), default=YES)
    _web(tree, sheet)
    for item in APIS[2:]:
        block = tree.last(f"management api {item}")
        on = [n for n in block.children if n.is_("transport")] if block else []
        if on:
            sheet.put("management", item, "enabled", YES, on[0])
            given = (n for t in on for n in every(t.children, "ip access-group"))
            guard = next((n for n in given if not n.negated and n.after("ip access-group")), None)
            sheet.put(
                "management",
                item,
                "acl",
                guard.text.split()[2] if guard else ABSENT,
                guard or block,
                present=bool(guard),
            )
        else:
            sheet.missing("management", item, "enabled", NO, block)


def _on(block: Node | None, default: str) -> tuple[str, Node | None]:
    """Whether a service is on in the default routing table, or in any."""
    tables = [block.children, *(v.children for v in every(block.children, "vrf"))] if block else []
    told = [node for nodes in tables if (node := last(nodes, "shutdown"))]
    on = next((n for n in told if n.negated), None)
    if on:
        return YES, on
    off = last(block.children, "shutdown") if block else None
    return (NO, off) if off else (default, None)


def _terminal(tree: Tree, sheet: Sheet, item: str, block: Node | None, *, default: str) -> None:
    """SSH or Telnet."""
    answer, node = _on(block, default)
    at = node or block
    sheet.put("management", item, "enabled", answer, at, present=node is not None)
    closed = answer == NO
    _timeout(sheet, item, block, closed=closed)
    if item == "telnet":
        sheet.put("line", item, "telnet", answer, at, present=node is not None)
    how, method = login_method(tree, "default")
    if closed:
        sheet.missing("line", item, "authentication", CLOSED, block)
        sheet.missing("line", item, "access_acl", CLOSED, block)
        return
    sheet.put("line", item, "authentication", how, method, present=method is not None)
    given = [n for n in block.children if not n.negated] if block else []
    guards, sixth = ([n for n in given if n.is_(c) and n.after(c)] for c in _LISTS)
    elsewhere = [v for v in (every(block.children, "vrf") if block else []) if not v.negated]
    off = last(block.children, "shutdown") if block else None
    served = {f"vrf {' '.join(v.after('vrf'))}" for v in elsewhere} | (set() if is_on(off) else {""})
    open_, open_six = (served - {" ".join(n.text.split()[3:-1]) for n in lists} for lists in (guards, sixth))
    open_six &= _tables_of_ipv6(tree)
    if guards and not open_ and not open_six:
        sheet.put("line", item, "access_acl", guards[-1].text.split()[2], guards[-1])
    elif guards:
        sheet.put("line", item, "access_acl", UNKNOWN if open_ or sixth else "ipv4-only", guards[-1])
    elif sixth:
        sheet.put("line", item, "access_acl", "ipv6-only", sixth[-1])
    else:
        sheet.missing("line", item, "access_acl", ABSENT, block)


def _tables_of_ipv6(tree: Tree) -> set[str]:
    """The routing tables in which the device has an address of IPv6, as lists name them: empty for the default one."""
    blocks = (b.children for b in tree.all("interface") if last(b.children, "ipv6 address", "ipv6 enable"))
    return {
        f"vrf {table.split()[-1]}" if (table := " ".join(n.text for n in every(nodes, "vrf")[-1:])) else ""
        for nodes in blocks
        if is_on(last(nodes, "ipv6 address", "ipv6 enable"))
    }


def _timeout(sheet: Sheet, item: str, block: Node | None, *, closed: bool) -> None:
    node = last(block.children, "idle-timeout") if block else None
    words = node.after("idle-timeout") if node and not node.negated else []
    if closed:
        sheet.missing("line", item, "idle_timeout", CLOSED, block)
    elif words and whole(words[0]):
        seconds = 60 * int(words[0])
        sheet.put("line", item, "idle_timeout", str(seconds) if seconds else "never", node, number=seconds)
    else:
        sheet.missing("line", item, "idle_timeout", "never", node or block, number=0)


def _web(tree: Tree, sheet: Sheet) -> None:
    """The web server of the API: with HTTPS where it is on, with HTTP where that is asked for."""
    block = tree.last(*(f"management api {api}" for api in APIS[:2]))
    nodes = block.children if block else []
    on, node = _on(block, NO)
    for item, default in (("https", YES), ("http", NO)):
        line = next((n for n in reversed(nodes) if _says_protocol(n, item)), None)
        wanted = default if line is None else NO if line.negated else YES
        answer = YES if on == YES and wanted == YES else NO
        at = line if answer == NO and line else node or block
        sheet.put("management", item, "enabled", answer, at, present=block is not None)
        guard, sixth = (_web_guard(nodes, command) for command in _LISTS)
        told = guard.text.split()[2] if guard and answer == YES else unguarded(answer)
        if guard and answer == YES and not sixth and _served(nodes).keys() & _tables_of_ipv6(tree):
            told = "ipv4-only"
        sheet.put("management", item, "acl", told, guard or block, present=guard is not None)


def _served(nodes: list[Node]) -> dict[str, list[Node]]:
    """What is said of each routing table that the API is served in: those that are named, else the default one."""
    named = {f"vrf {' '.join(v.after('vrf'))}": v.children for v in every(nodes, "vrf")}
    return {t: inside for t, inside in named.items() if (off := last(inside, "shutdown")) and off.negated} or {
        "": nodes
    }


def _web_guard(nodes: list[Node], command: str) -> Node | None:
    """The list that limits who reaches the API, where it has one in each routing table that it is served in."""
    guards = [[n for n in every(t, command) if is_on(n) and n.text.split()[2:]] for t in _served(nodes).values()]
    return guards[-1][0] if all(guards) else None


def _says_protocol(node: Node, item: str) -> bool:
    """It is about the protocol as others are served by it: that of the device's own programs is set apart."""
    words = node.key.split()
    return words[:2] == ["protocol", item] and words[2:3] != ["localhost"]


def ssh_settings(tree: Tree, sheet: Sheet) -> None:
    """Algorithms of SSH, which speaks version 2 alone."""
    block = tree.last("management ssh")
    sheet.missing("management", "ssh", "version", "2", block)
    for setting, command in (("ciphers", "cipher"), ("macs", "mac"), ("key_exchange", "key-exchange")):
        sheet.words("management", "ssh", setting, command, default=UNKNOWN, block=block, nodes=_own(block), join=",")
    for profile in tree.all("management security"):
        for inner in every(profile.children, "ssl profile"):
            versions = last(inner.children, "tls versions")
            words = versions.after("tls versions") if versions and is_on(versions) else []
            if versions and words:
                oldest = min(w for w in words if w not in ("add", "remove")) if "remove" not in words else UNKNOWN
                name = f"ssl policy {' '.join(inner.after('ssl profile'))}"
                sheet.put("management", name, "version", f"tls{oldest}" if oldest != UNKNOWN else oldest, versions)


def _own(block: Node | None) -> list[Node]:
    return block.children if block else []
