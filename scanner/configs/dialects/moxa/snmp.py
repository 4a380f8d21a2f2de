"""SNMP: versions that the agent answers, communities with their rights, users of version 3, receivers of traps."""

from __future__ import annotations

import re

from scanner.configs.dialects.moxa.lines import text_of
from scanner.configs.dialects.moxa.management import limit
from scanner.configs.dialects.moxa.words import words_of
from scanner.configs.nodes import Node
from scanner.configs.secrets import MASK
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.snmp_rows import put_community
from scanner.configs.tree import Tree

_VERSION = "snmp-server version"
_VERSIONS = re.compile(r"(?:v1|v2c|v3)(?:[-,/ ]+(?:v1|v2c|v3))*")
_OLD = ("v1", "v2c")
_RIGHTS = {"ro": "ro", "read-only": "ro", "rw": "rw", "read-write": "rw"}
_NONE = "no-access"
_ALGORITHMS = {"no-auth": ABSENT, "md5": "md5", "sha": "sha", "sha1": "sha", "sha256": "sha256", "sha512": "sha512"}
_CIPHERS = {"no-priv": ABSENT, "des": "des", "aes": "aes", "aes128": "aes128", "aes256": "aes256"}
_MODES = {"trap-v1": "1", "trap-v2c": "2c", "inform": "2c", "inform-v2c": "2c", "trap-v3": "3", "inform-v3": "3"}


def snmp_settings(tree: Tree, sheet: Sheet) -> None:
    """The agent with what it answers."""
    node = tree.last(_VERSION)
    told = text_of(node, _VERSION).lower()
    _receivers(tree, sheet)
    if told == "disable":
        sheet.put("snmp", "agent", "enabled", NO, node)
        return
    versions = list(dict.fromkeys(re.findall(r"v\d\w*", told))) if _VERSIONS.fullmatch(told) else []
    sheet.put("snmp", "agent", "enabled", YES if versions else UNKNOWN, node, present=bool(versions))
    sheet.put("snmp", "agent", "versions", ",".join(versions) or UNKNOWN, node, present=bool(versions))
    if not versions or not {*_OLD}.isdisjoint(versions):
        _communities(tree, sheet)
    if not versions or "v3" in versions:
        _users(tree, sheet, versions)


def _communities(tree: Tree, sheet: Sheet) -> None:
    """One that no line names is that of delivery. One without access lets nobody do anything."""
    value, at = limit(tree)
    lines = [n for n in tree.all("snmp-server community") if not n.negated and n.secrets]
    for number, node in enumerate(lines, 1):
        words = node.key.split()[2:]
        rights = [word for word in words if word != MASK]
        if rights == [_NONE]:
            continue
        item = f"community {number}"
        access = _RIGHTS.get(rights[0], "unknown") if len(rights) == 1 and len(words) == 2 else "unknown"
        put_community(sheet, item, node, access=access)
        sheet.put("snmp", item, "acl", value, at or node, present=value != UNKNOWN)
    if not lines:
        sheet.missing("snmp", "community of delivery", "default_community", "unknown")


def _users(tree: Tree, sheet: Sheet, versions: list[str]) -> None:
    """``snmp-server user admin auth sha priv aes KEY``; of those that no line names nothing is told."""
    found: dict[str, Node] = {}
    for node in tree.all("snmp-server user"):
        named = words_of(node.text)[2:3]
        if named and not node.negated:
            found[named[0].strip('"')] = node
    for name, node in found.items():
        words = [word.lower() for word in words_of(node.text)[3:]]
        auth = _ALGORITHMS.get(_behind(words, "auth"), UNKNOWN)
        priv = _CIPHERS.get(_behind(words, "priv"), UNKNOWN) if "priv" in words else ABSENT
        item = f"user {name}"
        sheet.put("snmp", item, "auth_algorithm", auth, node, present=auth not in (ABSENT, UNKNOWN))
        sheet.put("snmp", item, "priv_algorithm", priv, node, present=priv not in (ABSENT, UNKNOWN))
        level = "noauth" if auth == ABSENT else UNKNOWN if auth == UNKNOWN else "auth" if priv == ABSENT else "priv"
        sheet.put("snmp", item, "level", level, node, present=level != UNKNOWN)
    if not found and versions:
        sheet.missing("snmp", "user of delivery", "level", UNKNOWN)


def _behind(words: list[str], word: str) -> str:
    return words[words.index(word) + 1] if word in words[:-1] else ""


def _receivers(tree: Tree, sheet: Sheet) -> None:
    """Receivers, and the version of the messages to all of them: the last line that says one."""
    modes = [n for command in ("trap-mode", "trap-v3", "inform-v3") for n in tree.all(f"snmp-server {command}")]
    last = max(modes, key=lambda n: n.line, default=None)
    words = last.key.split()[1:] if last is not None and not last.negated else []
    mode = words[1] if words[:1] == ["trap-mode"] and len(words) > 1 else "".join(words[:1])
    version = _MODES.get(mode, UNKNOWN)
    hosts = {words[0]: node for node, words in tree.given("snmp-server host") if words}
    for host, node in hosts.items():
        at = last if version != UNKNOWN else None
        sheet.put("snmp", f"host {host}", "version", version, at or node, present=at is not None)
