"""Logging and time.

Source: Arista EOS User Manual, "System logging", "NTP". Messages have date and time; servers get those of level
informational and above; the device gives the time to others only with ``ntp serve``.
"""

from __future__ import annotations

from scanner.configs.dialects.arista_eos.accounts import failures_logged
from scanner.configs.dialects.cisco_ios.logging_and_time import level_and_buffer, log_host, log_servers, time_sources
from scanner.configs.interfaces import addressed, speaks_ipv6
from scanner.configs.nodes import is_on
from scanner.configs.places import put_source
from scanner.configs.settings import ABSENT, UNKNOWN, YES, Sheet
from scanner.configs.tree import Tree


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Log servers, level, buffer, and what is logged of logins and changes."""
    sheet.switch("logging", "device", "enabled", tree.exact("logging on"), default=YES)
    hosts = log_servers(tree, sheet)
    for node in hosts:
        words = node.key.split()
        kind = words[words.index("protocol") + 1] if "protocol" in words[:-1] else "udp"
        sheet.put("logging", f"host {log_host(node)}", "transport", kind, node, present="protocol" in words)
    put_source(sheet, "logging", hosts, addresses(tree), tree.last("logging source-interface"))
    level_and_buffer(tree, sheet, "buffer_messages")
    stamps = tree.last("logging format timestamp")
    sheet.put("logging", "device", "timestamps", "datetime", stamps, present=stamps is not None)
    told, failed = failures_logged(tree)
    sheet.put("logging", "device", "login_failures", told, failed, present=failed is not None)
    accounting = next(
        (n for n in tree.all("aaa accounting commands") if is_on(n) and "none" not in n.key.split()), None
    )
    value = "accounting" if accounting else ABSENT
    sheet.put("logging", "device", "config_changes", value, accounting, present=accounting is not None)


def addresses(tree: Tree) -> list[str]:
    """Interfaces with an address that are up."""
    return [name for name, _ in addressed(tree, "vrf", aside=("management",))]


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Time servers, and who may ask the device."""
    nodes = time_sources(tree, sheet)
    source = tree.last("ntp local-interface", "ntp source")
    put_source(sheet, "time", nodes, addresses(tree), source)
    serve = next((n for n in tree.all("ntp serve") if not n.negated), None)
    if serve:
        guard = tree.last("ntp serve ip access-group")
        value = guard.text.split()[4] if guard and is_on(guard) and len(guard.text.split()) > 4 else ABSENT
        sixth = is_on(tree.last("ntp serve ipv6 access-group")) or not speaks_ipv6(tree)
        value = UNKNOWN if value != ABSENT and not sixth else value
        sheet.put("time", "device", "acl", value, guard or serve, present=value != ABSENT)
