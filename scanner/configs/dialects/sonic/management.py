"""Services by which the switch is managed, from where they may be used, and when they end.

Source: SSH_SERVER, SERIAL_CONSOLE, BANNER_MESSAGE, FEATURE, GNMI, TELEMETRY and RESTAPI YANG models, hostcfgd. SSH
cannot be switched off, and there is no Telnet. What is not set is at the default of the release, of which no row tells.
"""

from __future__ import annotations

from scanner.configs.dialects.sonic.access_lists import SonicLists
from scanner.configs.dialects.sonic.tables import ConfigDb, TableEntry, is_true
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole

_LISTS = (("ciphers", "ciphers"), ("macs", "macs"), ("key_exchange", "kex_algorithms"))
_NUMBERS = (("timeout", "login_timeout", "120"), ("retries", "authentication_retries", "6"))
_SSH = "22"
_INTERFACES = (("restconf", "mgmt-framework"), ("gnmi", "gnmi"), ("telemetry", "telemetry"), ("restapi", "restapi"))


def service_settings(db: ConfigDb, lists: SonicLists, sheet: Sheet) -> None:
    """SSH, the console, the programming interfaces, LLDP, and the notice at login."""
    policy = db.entry("SSH_SERVER", "POLICIES")
    _ssh(sheet, policy, lists)
    _idle(sheet, "ssh", policy)
    _idle(sheet, "console", db.entry("SERIAL_CONSOLE", "POLICIES"))
    sheet.missing("management", "telnet", "enabled", NO)
    sheet.missing("line", "device", "telnet", NO)
    for service, feature in _INTERFACES:
        state, node = db.feature(feature)
        on = {"enabled": YES, "disabled": NO}.get(state, UNKNOWN)
        sheet.put("management", service, "enabled", on, node, present=bool(state))
        if on != NO:
            acl, at = lists.guard(feature)
            acl = UNKNOWN if on == UNKNOWN and acl == ABSENT else acl
            sheet.put("management", service, "acl", acl, at or node, present=acl not in (UNKNOWN, ABSENT))
    state, node = db.feature("lldp")
    on = {"enabled": YES, "disabled": NO}.get(state, UNKNOWN)
    sheet.put("management", "lldp", "enabled", on, node, present=bool(state))
    _banner(sheet, db.entry("BANNER_MESSAGE", "global"))


def _ssh(sheet: Sheet, policy: TableEntry | None, lists: SonicLists) -> None:
    node = policy.node if policy is not None else None
    sheet.missing("management", "ssh", "enabled", YES, node)
    sheet.missing("management", "ssh", "version", "2", node)
    for setting, field in _LISTS:
        told = policy.listed(field) if policy is not None else []
        if policy is not None and told:
            sheet.put("management", "ssh", setting, ",".join(told), policy.line(field))
        else:
            sheet.missing("management", "ssh", setting, UNKNOWN, node)
    for setting, field, usual in _NUMBERS:
        text = policy.of(field) if policy is not None else ""
        at = policy.line(field) if policy is not None else None
        sheet.put("management", "ssh", setting, text if whole(text) else usual, at, present=whole(text))
    ports = policy.listed("ports") if policy is not None else []
    answers = [lists.guard("SSH", port) for port in ports or [_SSH]]
    order = (ABSENT, UNKNOWN)  # one open port is enough
    acl, at = next((a for want in order for a in answers if a[0] == want), answers[0])
    sheet.put("line", "ssh", "access_acl", acl, at or node, present=acl not in (ABSENT, UNKNOWN))


def _idle(sheet: Sheet, line: str, policy: TableEntry | None) -> None:
    """When a session ends in which nothing happens: minutes, 0 for never."""
    text = policy.of("inactivity_timeout") if policy is not None else ""
    if policy is None or not whole(text):
        sheet.missing("line", line, "idle_timeout", UNKNOWN, policy.node if policy is not None else None)
        return
    seconds = int(text) * 60
    sheet.put(
        "line",
        line,
        "idle_timeout",
        str(seconds) if seconds else "never",
        policy.line("inactivity_timeout"),
        number=seconds,
    )


def _banner(sheet: Sheet, banner: TableEntry | None) -> None:
    """The notice; without one of its own the switch shows that of the image, which no configuration tells."""
    if banner is None or not is_true(banner.of("state", "disabled")):
        sheet.missing("management", "device", "banner", UNKNOWN, banner.line("state") if banner is not None else None)
        return
    for kind in ("login", "motd"):
        shown = banner.at(kind)
        if shown is not None and shown.given:
            sheet.put("management", "device", "banner", kind, shown.node)
            return
    sheet.put("management", "device", "banner", ABSENT, banner.line("state"))
