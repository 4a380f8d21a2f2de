"""The file of a new rule: one that works, claims nothing, and says what is to be filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Start(NamedTuple):
    """What a rule on a table can begin with, as YAML."""

    needs: str
    where: str
    fail: str
    group_by: str
    message: str  # names of columns
    failing: str
    passing: str
    other: str
    unknown: str = ""


STARTS: Mapping[str, Start] = {
    "settings": Start(
        "configuration",
        "{category: line, setting: telnet}",
        "{value: 'yes'}",
        "[device, item]",
        "{device}, {item}",
        "{device: sw1, category: line, item: vty 0 4, setting: telnet, value: 'yes'}",
        "{device: sw1, category: line, item: vty 0 4, setting: telnet, value: 'no'}",
        "{device: sw1, category: system, item: device, setting: hostname, value: sw1}",
        "{value: unknown-default}  # which default it has depends on a release that nobody states",
    ),
    "operations": Start(
        "capture",
        "{protocol: modbus, verb: write}",
        '{client|startswith: "10.20."}',
        "[client, server]",
        "{client_name}, {server_name}",
        "{protocol: modbus, verb: write, client: 10.20.0.10, server: 10.20.0.31, count: 2}",
        "{protocol: modbus, verb: write, client: 10.10.0.7, server: 10.20.0.31, count: 2}",
        "{protocol: modbus, verb: read, client: 10.20.0.10, server: 10.20.0.31, count: 2}",
    ),
    "flows": Start(
        "capture",
        "{established: true, industrial: true}",
        "{server_port: 2502}",
        "[client, server, server_port]",
        "{client_name}, {server_name}, {server_port}",
        "{protocol: modbus, industrial: true, established: true, server: 10.20.0.31, server_port: 2502}",
        "{protocol: modbus, industrial: true, established: true, server: 10.20.0.31, server_port: 502}",
        "{protocol: http, industrial: false, established: true, server: 10.20.0.31, server_port: 80}",
    ),
    "sessions": Start(
        "capture",
        "{protocol: tls}",
        "{versions: TLS 1.0}",
        "[client, server, server_port]",
        "{server_name}, {versions}",
        "{protocol: tls, client: 10.20.0.10, server: 10.20.0.31, server_port: 443, versions: [TLS 1.0]}",
        "{protocol: tls, client: 10.20.0.10, server: 10.20.0.31, server_port: 443, versions: [TLS 1.3]}",
        "{protocol: http, client: 10.20.0.10, server: 10.20.0.31, server_port: 80}",
    ),
    "inventory": Start(
        "inventory",
        "{type: plc}",
        "{owner: null}",
        "[source, name]",
        "{name}",
        "{source: list.csv, row: 2, name: PLC-1, type: plc}",
        "{source: list.csv, row: 2, name: PLC-1, type: plc, owner: Maintenance}",
        "{source: list.csv, row: 2, name: SW-1, type: switch}",
    ),
}
_TEXTS: Mapping[str, Mapping[str, str]] = {
    "title": {"en": "To do: what is wrong, in a line", "zh": "待填写：一行说明问题"},
    "description": {"en": "To do: what must hold.", "zh": "待填写：应满足的要求。"},
    "message": {"en": "To do: what was seen of {columns}", "zh": "待填写：{columns} 的情况"},
    "rationale": {"en": "To do: why it matters.", "zh": "待填写：为何重要。"},
    "remediation": {"en": "To do: what to do, on any system.", "zh": "待填写：处理措施。"},
}


def skeleton(name: str, table: str, languages: tuple[str, ...], schema: str) -> str:
    """The file's text. schema: the comment by which an editor knows the form."""
    start = STARTS[table]
    unknown = start.unknown and f"unknown_when: {start.unknown}\n"

    def text(key: str) -> str:
        """In each language, on a line of its own."""
        told = (f'{name}: "{_TEXTS[key][name]}"' for name in languages)
        return f"{key}: {{{', '.join(told)}}}".replace("{columns}", start.message)

    return f"""\
{schema}
id: {name}
{text("title")}
{text("description")}
severity: low
state: nursery  # shown apart, counting nowhere: remove it when the rule is proven
needs: [{start.needs}]
subjects:
  table: {table}
  where: {start.where}
fail: {start.fail}
{unknown}group_by: {start.group_by}
{text("message")}
{text("rationale")}
{text("remediation")}
examples:
  fail:
    - name: to do, what must fail
      facts: {{{table}: [{start.failing}]}}
  pass:
    - name: to do, what must pass
      facts: {{{table}: [{start.passing}]}}
  not-applicable:
    - name: to do, where it does not apply
      facts: {{{table}: [{start.other}]}}
"""
