"""Services for management, from where they may be used, when sessions end, and the notice at login."""

from __future__ import annotations

from scanner.configs.dialects.hp_procurve.lines import given, text_of, vlan_blocks
from scanner.configs.dialects.hp_procurve.network import version_of
from scanner.configs.dialects.hp_procurve.who_may import who_may
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree

_MINUTE = 60
_SSH_2_ALONE = 15  # the release since which nothing else is spoken
_TELNET_IS_ONE = 16  # since which one line is about IPv4 and IPv6
_FILES_SERVED = 13  # since which TFTP is served unless a line says otherwise
LLDP_SPOKEN = 13  # since which it is on at every port
_LOGIN_SECONDS, _TRIES = 120, 3  # as delivered
_IDLE = ("console idle-timeout", "console inactivity-timer")
_SERIAL = "console idle-timeout serial-usb"
_ALGORITHMS = (("ciphers", "ip ssh cipher"), ("macs", "ip ssh mac"), ("key_exchange", "ip ssh kex"))
_TLS = {"tls1.0": "tls1.0", "tls1.1": "tls1.1", "tls1.2": "tls1.2", "tls1.3": "tls1.3"}


def is_on(tree: Tree, service: str) -> tuple[str, Node | None]:
    """Whether a service listens: yes, no, unknown-default, and the line that says so."""
    if service == "telnet":
        return _telnet(tree)
    if service == "ssh":
        node = _ssh(tree)
        return (UNKNOWN, None) if node is None else (NO if node.negated else YES, node)
    told = [n for n in tree.all("web-management") if _about_web(n, "ssl" if service == "https" else "plaintext")]
    if told:
        return (NO if told[-1].negated else YES), told[-1]
    return (NO, None) if service == "https" else (YES, None)


def _telnet(tree: Tree) -> tuple[str, Node | None]:
    """As delivered it listens. Old releases have a switch of its own for IPv6, which is on as well."""
    node, ipv6 = tree.last("telnet-server"), tree.last("telnet6-server")
    if node is None or not node.negated:
        return YES, node
    if ipv6 is not None and not ipv6.negated:
        return YES, ipv6
    if ipv6 is None and release(version_of(tree)) < _TELNET_IS_ONE and _speaks_ipv6(tree):
        return UNKNOWN, None
    return NO, node


def _speaks_ipv6(tree: Tree) -> bool:
    return any(
        n.key.startswith(("ipv6 enable", "ipv6 address")) and not n.negated
        for _, b in vlan_blocks(tree)
        for n in b.children
    )


def _ssh(tree: Tree) -> Node | None:
    """The line that starts or stops SSH; those about its details do neither."""
    told = [n for n in tree.all("ip ssh") if n.key == "ip ssh" or n.key.startswith("ip ssh listen")]
    return told[-1] if told else None


def _about_web(node: Node, kind: str) -> bool:
    """``web-management ssl``, ``web-management plaintext``; with neither it is about the server without TLS."""
    words = node.key.split()[1:2]
    if words == [kind] or (words in ([], ["listen"]) and kind == "plaintext"):
        node.understood = True
        return True
    return False


def _files(tree: Tree, version: str) -> str:
    """Whether TFTP is served where no line says so; file transfer by SSH switches it off."""
    transfer = tree.last("ip ssh filetransfer")
    if transfer is not None and not transfer.negated:
        return UNKNOWN
    return YES if release(version) >= _FILES_SERVED else UNKNOWN


def service_settings(tree: Tree, sheet: Sheet) -> None:
    """What listens, for whom and for how long."""
    for service in ("telnet", "ssh", "http", "https"):
        told, node = is_on(tree, service)
        sheet.put("management", service, "enabled", told, node, present=node is not None)
        value, at = who_may(tree, "web" if service.startswith("http") else service)
        if told == NO:
            value, at = CLOSED, node
        elif told == UNKNOWN and value == ABSENT:
            value = UNKNOWN
        login = service in ("telnet", "ssh")
        category, setting = ("line", "access_acl") if login else ("management", "acl")
        sheet.put(category, service, setting, value, at or node, present=at is not None)
    told, said_by = is_on(tree, "telnet")
    sheet.put("line", "telnet", "telnet", told, said_by, present=said_by is not None)
    _sessions(tree, sheet)
    _others(tree, sheet)
    banners = [n for kind in ("motd", "exec") for n in tree.all(f"banner {kind}") if not n.negated]
    kind = banners[0].key.split()[1] if banners else ABSENT
    sheet.put("management", "device", "banner", kind, banners[0] if banners else None, present=bool(banners))


def _sessions(tree: Tree, sheet: Sheet) -> None:
    """When sessions end that nobody uses; as delivered never."""
    lines = [n for n in tree.all("console") if n.key.startswith(_IDLE) and not n.key.startswith(_SERIAL)]
    serial = tree.last(_SERIAL)
    every = lines[-1] if lines else None
    for line in lines:
        line.understood = True
    for item in ("console", "telnet", "ssh"):
        if item != "console" and is_on(tree, item)[0] == NO:
            sheet.put("line", item, "idle_timeout", CLOSED, is_on(tree, item)[1])
            continue
        node = serial if item == "console" and serial is not None else every
        seconds = _seconds(node)
        perhaps = item != "console" and is_on(tree, item)[0] == UNKNOWN  # what does not listen needs no end
        if seconds is None or (perhaps and not seconds):
            sheet.put("line", item, "idle_timeout", UNKNOWN, node, present=False)
        else:
            value = str(seconds) if seconds else "never"
            sheet.put("line", item, "idle_timeout", value, node, number=seconds, present=node is not None)
    if YES in (is_on(tree, "http")[0], is_on(tree, "https")[0]):
        web = tree.last("web-management idle-timeout")
        told = text_of(web, "web-management idle-timeout")
        sheet.put("line", "web", "idle_timeout", told if whole(told) else UNKNOWN, web, present=whole(told))
    else:
        sheet.missing("line", "web", "idle_timeout", CLOSED)


def _seconds(node: Node | None) -> int | None:
    """Of ``console idle-timeout 600``, and of ``console inactivity-timer 10``, which counts minutes."""
    if node is None or node.negated:
        return 0
    count = node.key.split()[-1]
    if not whole(count):
        return None
    return int(count) * (_MINUTE if "inactivity-timer" in node.key else 1)


def _others(tree: Tree, sheet: Sheet) -> None:
    """File services, and what takes configurations from others."""
    server = tree.last("tftp server", "tftp-server")
    sheet.switch("management", "tftp", "enabled", server, default=_files(tree, sheet.version))
    usb, run = tree.exact("usb-port"), tree.exact("autorun")
    off = usb if usb is not None and usb.negated else run
    sheet.switch("management", "usb-auto-install", "enabled", off, default=UNKNOWN)
    sheet.switch("management", "config-network-load", "enabled", tree.last("dhcp config-file-update"), default=UNKNOWN)
    spoken = YES if release(sheet.version) >= LLDP_SPOKEN else UNKNOWN
    sheet.switch("management", "lldp", "enabled", tree.exact("lldp run"), default=spoken)


def ssh_settings(tree: Tree, sheet: Sheet) -> None:
    """Versions, algorithms and limits of SSH, and of TLS in front of the web server."""
    told = is_on(tree, "ssh")[0]
    old = tree.last("ip ssh version")
    version = {"1": "1", "1-or-2": "1.99", "2": "2"}.get(text_of(old, "ip ssh version"), UNKNOWN)
    if old is None:
        version = "2" if release(sheet.version) >= _SSH_2_ALONE else UNKNOWN
    sheet.put("management", "ssh", "version", CLOSED if told == NO else version, old, present=old is not None)
    if told != NO:
        _algorithms(tree, sheet)
        wait, tries = tree.last("ip ssh timeout"), tree.last("aaa authentication num-attempts")
        seconds = text_of(wait, "ip ssh timeout") or str(_LOGIN_SECONDS)
        count = text_of(tries, "aaa authentication num-attempts") or str(_TRIES)
        for setting, value, node in (("timeout", seconds, wait), ("retries", count, tries)):
            known = whole(value) and (node is not None or told == YES)
            sheet.put("management", "ssh", setting, value if known else UNKNOWN, node, present=node is not None)
    size = tree.last("ip ssh key-size")
    if size is not None and whole(text_of(size, "ip ssh key-size")):
        sheet.put("management", "ssh", "key_length", text_of(size, "ip ssh key-size"), size)
    if is_on(tree, "https")[0] == NO:
        sheet.put("management", "https", "version", CLOSED, is_on(tree, "https")[1])
        return
    lines = [
        (n, w) for n, w in given(tree.all("tls application"), "tls application") if w[:1] in (["all"], ["web-ssl"])
    ]
    oldest = next((w[w.index("lowest-version") + 1] for _, w in reversed(lines) if "lowest-version" in w[:-1]), "")
    node = lines[-1][0] if lines else None
    sheet.put("management", "https", "version", _TLS.get(oldest, UNKNOWN), node, present=oldest in _TLS)


def _algorithms(tree: Tree, sheet: Sheet) -> None:
    """Those that a line names are offered; which others are depends on the release."""
    for setting, command in _ALGORITHMS:
        named = [(n, w) for n, w in given(tree.all(command), command) if w]
        for node in tree.all(command):
            node.understood = True
        value = ",".join(word for _, words in named for word in words[:1])
        weak = [w for w in value.split(",") if w.endswith(("cbc", "-96")) or "md5" in w or "sha1" in w]
        sheet.put(
            "management", "ssh", setting, value if weak else UNKNOWN, named[0][0] if weak else None, present=bool(weak)
        )


def release(version: str) -> int:
    """16 of ``WC.16.11.0025``."""
    number = version.split(".")[1:2]
    return int(number[0]) if number and whole(number[0]) else 0
