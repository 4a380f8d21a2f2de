"""The device itself: name, version, model, routes, and what guards its processor."""

from __future__ import annotations

from scanner.configs.nodes import Node, is_on
from scanner.configs.settings import ABSENT, NO, YES, Sheet, put_software, whole
from scanner.configs.tree import Tree

_DEFAULT_ROUTES = ("0.0.0.0", "0")  # noqa: S104 - no address to bind to
_CHANGED = "written by"


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, version, model, default routes."""
    named = tree.last("hostname")
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    release = tree.last("asa version")
    if release and (words := release.after("asa version")):
        sheet.version = words[0]
    sheet.put("system", "device", "version", sheet.version or ABSENT, release, present=release is not None)
    put_software(sheet, "Cisco", "Adaptive Security Appliance (ASA) Software", release)
    for node in tree.all(":"):
        text = node.text.lstrip(": ")
        if text.lower().startswith("hardware:"):
            sheet.put("system", "device", "model", text.partition(":")[2].split(",")[0].strip() or ABSENT, node)
        elif text.lower().startswith(_CHANGED):
            sheet.put("system", "device", "changed", text, node)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    for node, words in tree.given("route"):
        if len(words) > 3 and words[1] in _DEFAULT_ROUTES and words[2] in _DEFAULT_ROUTES:
            sheet.put("system", f"{words[0]} device", "default_route", words[3], node)
    _archive(tree, sheet)
    guard = next((n for n, words in tree.given("access-group") if "control-plane" in words[4:]), None)
    if guard:  # without one only the hosts that "ssh", "http" and the like name are answered
        sheet.put("system", "device", "control_plane_policing", YES, guard)
    reset = tree.exact("service password-recovery")
    sheet.switch("management", "password-recovery", "enabled", reset, default=YES)


def _archive(tree: Tree, sheet: Sheet) -> None:
    """An applet that copies the configuration away."""
    for block in tree.all("event manager applet"):
        for node in block.children if is_on(block) else ():
            url = next((w for w in node.text.strip('"').split() if "://" in w or w.endswith(":")), "")
            if node.is_("action") and url and ("copy" in node.key or "backup" in node.key):
                node.understood = True
                sheet.put("system", "device", "archive", url.strip('"'), node)
                return
    sheet.missing("system", "device", "archive")


def release_of(tree: Tree) -> tuple[int, int] | None:
    """The release in the first line: 9.16(4) as 9 and 16; None where it does not stand there."""
    node = tree.last("asa version")
    words = node.after("asa version") if node else []
    major, _, rest = (words[0] if words else "").partition(".")
    minor = rest.partition("(")[0]
    return (int(major), int(minor)) if whole(major) and whole(minor) else None


def since(tree: Tree, major: int, minor: int) -> bool | None:
    """The release is this one or a later one; None where that cannot be told."""
    release = release_of(tree)
    return None if release is None else release >= (major, minor)


def by_release(tree: Tree, changes: tuple[tuple[tuple[int, int], str], ...], unknown: str) -> str:
    """The default of the release, of those that hold from a release on, the latest first."""
    release = release_of(tree)
    if release is None:
        return unknown
    return next((value for first, value in changes if release >= first), unknown)


def named_node(tree: Tree, command: str) -> Node | None:
    """The last command, where it is not negated."""
    node = tree.last(command)
    return node if is_on(node) else None
