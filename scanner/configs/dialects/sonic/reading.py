"""SONiC: what is saved, as settings."""

from __future__ import annotations

from functools import cached_property

from scanner.configs.areas import Topic, read_topics
from scanner.configs.dialects.sonic.access_lists import SonicLists, list_settings, read_lists, source_settings
from scanner.configs.dialects.sonic.accounts import account_settings, password_policy
from scanner.configs.dialects.sonic.forwarding import forwarding
from scanner.configs.dialects.sonic.logging_and_time import log_settings, time_settings
from scanner.configs.dialects.sonic.management import service_settings
from scanner.configs.dialects.sonic.network import binding_settings, routing_settings, system_settings
from scanner.configs.dialects.sonic.ports import port_settings
from scanner.configs.dialects.sonic.snmp import snmp_settings
from scanner.configs.dialects.sonic.tables import ConfigDb, is_kept, set_aside, table_of
from scanner.configs.json_tree import parse_json
from scanner.configs.open_guards import Guards, tell_open_guards
from scanner.configs.secrets import Mask
from scanner.configs.settings import UNKNOWN, Configuration, Sheet
from scanner.configs.understood import doubt_absence, doubt_the_rest
from scanner.errors import Problem
from scanner.wording import said

_NAME = "sonic"


class _Device(ConfigDb):
    """A configuration and its access lists."""

    @cached_property
    def lists(self) -> SonicLists:
        return read_lists(self)


_TOPICS: tuple[Topic[_Device], ...] = (  # with the categories of settings that they tell
    (system_settings, ("system",)),
    (lambda db, sheet: list_settings(db.lists, sheet), ("acl", "line", "management", "snmp", "time", "interface")),
    (lambda db, sheet: service_settings(db, db.lists, sheet), ("management", "line")),
    (lambda db, sheet: snmp_settings(db, db.lists, sheet), ("snmp",)),
    (account_settings, ("account", "line")),
    (password_policy, ("password-policy",)),
    (log_settings, ("logging",)),
    (lambda db, sheet: time_settings(db, db.lists, sheet), ("time",)),
    (lambda db, sheet: port_settings(db, db.lists, sheet), ("interface", "system")),
    (lambda db, sheet: source_settings(db.lists, sheet), ("interface",)),
    (routing_settings, ("routing",)),
    (binding_settings, ("binding",)),
)


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a config_db.json; InputError when it is no text, or no such file."""
    tree, top = parse_json(data, name, mask, is_kept)
    device = _Device(tree, top)
    sheet = Sheet(tree, _NAME)
    if device.entry("DEVICE_METADATA", "localhost") is None or not device.has("PORT"):
        if tree.complete:
            what = said("no table of the device or of its ports: this is a part of a configuration")
            remedy = said("export the whole configuration; what seems absent may be in the missing part")
            tree.problems.append(Problem(name, what, remedy=remedy))
        tree.complete = False
    areas = read_topics(_TOPICS, device, sheet)
    tell_open_guards(sheet, device.lists.all, Guards())
    set_aside(device)
    if not tree.complete:
        doubt_absence(sheet.rows, [()], UNKNOWN)
    doubt_the_rest(tree, lambda node: areas.get(table_of(node), ()))
    return sheet.configuration(lambda _: forwarding(device, device.lists))
