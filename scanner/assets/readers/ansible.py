"""Hosts of Ansible: inventories as INI and YAML, and the JSON of ``ansible-inventory --list``.

Source: docs.ansible.com, "How to build your inventory". Groups are kept; which of them are zones a columns file says.
Variables are read as far as they tell who a host is; passwords, keys and vaults are never kept.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from scanner.addresses import is_ip
from scanner.assets.inventory import Inventory, Record, content_of
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _json, _rows, _text
from scanner.assets.text import decode
from scanner.errors import InputError, Problem
from scanner.limits import limits
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_entry, at_line, joined, said, verbatim

_MEANINGS = {
    "host": "name",
    "address": "ips",
    "host name": "hostname",
    "ansible_network_os": "os",
    "ansible_user": "accounts",
    "ansible_port": "extra",
    "port": "extra",
    "ansible_connection": "extra",
    "groups": "extra",
}
_SECRET = re.compile(r"pass|secret|private_key|token|vault|community", re.IGNORECASE)
_SECTION = re.compile(r"\[([^\]:\s]+)(?::(children|vars))?\]\s*(?:[#;].*)?$")
_RANGE = re.compile(r"\[(\w{1,20}):(\w{1,20})(?::(\d{1,9}))?\]")
_VARIABLES = re.compile(r"\bansible_\w+\s*[:=]")
_YAML_KEY = re.compile(r"( *)[\"']?([\w.:\[\]-]+)[\"']?:(?=\s|$)")
_YAML_OTHER = re.compile(r"(?m)^(?:- |[^\s#:-][^:]*$|[^\s#][^:]*:[ ]+[^\s#{])")  # lists, text or values at the margin
_MOST_OF_A_RANGE = 10_000


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is an inventory of Ansible."""
    if "_meta" in _json.top(head):
        return Resemblance(0.95, (said("the keys of ansible-inventory"),))
    try:
        text = decode(head, whole=False).text
    except ValueError:
        return NONE
    if _is_yaml(text):
        return Resemblance(0.95, (said("groups of hosts as YAML"),))
    if _is_ini(text):
        return Resemblance(0.95, (said("groups of hosts as INI"),))
    return NONE


def _is_yaml(text: str) -> bool:
    """Every key at the margin is a group: the keys below it are hosts, children and vars, and one is hosts."""
    keys = [(len(m[1]), m[2]) for line in text.splitlines() if (m := _YAML_KEY.match(line))]
    if not keys or keys[0][0] or _YAML_OTHER.search(text):
        return False
    below: list[str] = []
    indent = 0
    for deep, key in keys:
        if not deep:
            indent = 0
        elif not indent or deep <= indent:
            indent = indent or deep
            below.append(key)
    return bool(below) and set(below) <= {"hosts", "children", "vars"} and any(key == "hosts" for _, key in keys)


def _is_ini(text: str) -> bool:
    """Sections of which one holds hosts with variables of Ansible, or is a list of children or variables."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and line.strip()[0] not in "#;"]
    sections = [match for line in lines if (match := _SECTION.fullmatch(line))]
    return bool(sections) and (_VARIABLES.search(text) is not None or any(m[2] for m in sections))


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The hosts; InputError when there are none."""
    data = content_of(content, name)
    text = _text.decoded(data, name).text.removeprefix("\ufeff")
    if "_meta" in _json.top(data[:65536]):
        found, form = _of_list(_json.load(data, name)[0]), "JSON"
    elif _is_ini(text):
        found, form = _of_ini(text, name), "INI"
    else:
        found, form = _of_yaml(text, name), "YAML"
    hosts = list(found)
    if not any(isinstance(host, Record) for host in hosts):
        raise InputError(name, said("no hosts in it"), remedy=said("name the inventory of Ansible that has them"))
    return _rows.inventory(name, hosts, _MEANINGS, columns, [("format", joined((verbatim("Ansible"), verbatim(form))))])


def _cells(host: str, variables: Mapping[str, Any], groups: list[str]) -> dict[str, Any]:
    where = str(variables.get("ansible_host") or variables.get("ansible_ssh_host") or "")
    address = where or (host if is_ip(host) else "")
    cells: dict[str, Any] = {"host": host}
    if address:
        cells["address" if is_ip(address) else "host name"] = address
    elif "." in host:
        cells["host name"] = host
    rest = {k: v for k, v in variables.items() if k not in {"ansible_host", "ansible_ssh_host"}}
    named = {f"{k} (secret)" if _SECRET.search(k) else k: v for k, v in rest.items()}  # dropped by that name, and said
    return cells | named | {"groups": groups}


def _of_list(data: Any) -> Iterator[Record | Problem]:
    if not isinstance(data, dict):
        return
    meta = data.get("_meta")
    variables = meta.get("hostvars", {}) if isinstance(meta, dict) else {}
    groups: dict[str, list[str]] = {}
    for group, body in data.items():
        for host in body.get("hosts", ()) if isinstance(body, dict) and group != "_meta" else ():
            groups.setdefault(str(host), []).append(group)
    for number, host in enumerate(dict.fromkeys([*groups, *variables]), 1):
        own = variables.get(host)
        yield Record(number, _cells(host, own if isinstance(own, dict) else {}, groups.get(host, [])), at_entry)


def _of_yaml(text: str, name: str) -> Iterator[Record | Problem]:
    document = _text.yaml_document(text, name)
    hosts: dict[str, tuple[int, dict[str, Any], list[str]]] = {}
    for path, group, body in _groups(document.data, (), 0):
        for host, own in (body.get("hosts") or {}).items():
            line = document.position((*path, "hosts", host), key=True).line
            known = hosts.setdefault(str(host), (line, {}, []))
            known[1].update((body.get("vars") or {}) | (own or {}))
            known[2].append(group)
    for host, (line, variables, groups) in hosts.items():
        yield Record(line, _cells(host, variables, groups), at_line)


def _groups(data: Any, path: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], str, dict[str, Any]]]:
    for group, body in data.items() if isinstance(data, dict) and depth < 20 else ():
        if isinstance(body, dict):
            parts = {key: body.get(key) for key in ("hosts", "vars")}
            if all(part is None or isinstance(part, dict) for part in parts.values()):
                yield (*path, group), str(group), body
            yield from _groups(body.get("children"), (*path, group, "children"), depth + 1)


def _of_ini(text: str, name: str) -> Iterator[Record | Problem]:
    hosts: dict[str, tuple[int, dict[str, Any], list[str]]] = {}
    of_groups: dict[str, dict[str, Any]] = {}
    group, kind = "ungrouped", ""
    spare = limits().inventory_rows  # hosts that patterns may mean beyond one a line
    for number, whole in enumerate(text.splitlines(), 1):
        line = whole.strip()
        if not line or line[0] in "#;":
            continue
        if section := _SECTION.fullmatch(line):
            group, kind = section[1], section[2] or ""
        elif kind == "vars":
            key, _, value = line.partition("=")
            of_groups.setdefault(group, {})[key.strip()] = value.strip()
        elif kind != "children":
            try:
                pattern, *given = shlex.split(line, comments=True)
                most = min(_MOST_OF_A_RANGE, spare + 1)
                names = list(islice(_expanded(pattern), most + 1))
            except ValueError as error:
                yield Problem(name, said("line skipped: {reason}", reason=error), at_line(number))
                continue
            spare = max(0, spare + 1 - len(names))
            if len(names) > most:
                yield Problem(name, said("line skipped: {reason}", reason=pattern), at_line(number))
                continue
            for host in names:
                known = hosts.setdefault(host, (number, {}, []))
                known[1].update({key: value for key, mark, value in (word.partition("=") for word in given) if mark})
                known[2].append(group)
    for host, (number, variables, groups) in hosts.items():
        around = {k: v for g in ("all", *groups) for k, v in of_groups.get(g, {}).items()}
        yield Record(number, _cells(host, around | variables, groups), at_line)


def _expanded(pattern: str) -> Iterator[str]:
    """Every host of a pattern such as ``plc-[01:12]``, of which there may be very many; ValueError when it is none."""
    match = _RANGE.search(pattern)
    if match is None:
        yield re.sub(r"(?<=[\w\]]):\d+$", "", pattern) if pattern.count(":") == 1 else pattern
        return
    first, last, step = match[1], match[2], int(match[3] or 1) or 1
    counted = first.isdigit() and last.isdigit()
    if not counted and not len(first) == len(last) == 1:
        raise ValueError(pattern)
    values = range(int(first), int(last) + 1, step) if counted else range(ord(first), ord(last) + 1, step)
    if not values:  # looked for in every host of the ranges before it
        raise ValueError(pattern)
    for value in values:
        text = str(value).zfill(len(first)) if counted else chr(value)
        yield from _expanded(pattern[: match.start()] + text + pattern[match.end() :])


INVENTORY = InventoryFormat("ansible", "Ansible inventory (INI, YAML, JSON)", resemblance, read)
