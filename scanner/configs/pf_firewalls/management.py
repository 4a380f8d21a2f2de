"""Services by which the device is managed, from where they may be used, and when they end."""

from __future__ import annotations

from scanner.configs.nodes import Node
from scanner.configs.pf_firewalls.document import FirewallFile, child, node_of, value
from scanner.configs.pf_firewalls.filtering import Filtering, listening, ssh_on, ssh_port, web_port
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, whole

_IDLE = "240"  # minutes until the web pages ask for the password again, in every release
_LISTS = (("ciphers", "ciphers"), ("macs", "macs"), ("key_exchange", "kex"))


def service_settings(file: FirewallFile, filtering: Filtering, sheet: Sheet) -> None:
    """The web pages, SSH, and the console."""
    _web(file, filtering, sheet)
    _ssh(file, filtering, sheet)
    _console(file, sheet)
    sheet.missing("line", "device", "telnet", NO)  # there is no such server
    _plug_and_play(file, sheet)
    if file.kind.is_opnsense:
        sheet.missing("management", "device", "banner")  # there is no setting for one
    else:
        notice = file.at("system/login_message")
        shown = notice is not None and notice.given
        sheet.put(
            "management", "device", "banner", "login_message" if shown else ABSENT, node_of(notice), present=shown
        )


def _web(file: FirewallFile, filtering: Filtering, sheet: Sheet) -> None:
    gui = file.at("system/webgui")
    protocol = child(gui, "protocol")
    text = protocol.text.lower() if protocol is not None else ""
    http = {"http": YES, "https": NO}.get(text, UNKNOWN if gui is None or text else YES)
    where = node_of(protocol, gui)
    sheet.put("management", "http", "enabled", http, where, present=protocol is not None)
    other = {YES: NO, NO: YES}.get(http, UNKNOWN)
    sheet.put("management", "https", "enabled", other, where, present=protocol is not None)
    for service, on in (("http", http), ("https", other)):
        if on == NO:
            sheet.put("management", service, "acl", CLOSED, where)
        else:
            told, node = _reached(file, filtering, web_port(file), "system/webgui")
            sheet.put("management", service, "acl", told, node, present=told != UNKNOWN)
    idle = child(gui, "session_timeout")
    minutes = idle.text if idle is not None and whole(idle.text) else _IDLE
    seconds = int(minutes) * 60
    if idle is not None and not idle.given:
        minutes, seconds = _IDLE, int(_IDLE) * 60
    put = str(seconds) if seconds else "never"
    sheet.put("line", "web", "idle_timeout", put, node_of(idle, gui), number=seconds, present=idle is not None)


def _reached(file: FirewallFile, filtering: Filtering, port: str, section: str) -> tuple[str, Node | None]:
    """Who may reach a port, and the line that says so."""
    at = node_of(file.at("filter"))
    if not (whole(port) and int(port) < 65_536):
        return UNKNOWN, at
    told, node = filtering.entrance(int(port), 6, listening(file, section))
    return told, node or at


def _ssh(file: FirewallFile, filtering: Filtering, sheet: Sheet) -> None:
    section, legacy = file.at("system/ssh"), file.at("system/enablesshd")
    at = node_of(child(section, "enabled") or child(section, "enable"), legacy, section)
    on = ssh_on(file)
    sheet.put("management", "ssh", "enabled", YES if on else NO, at, present=bool(on))
    if not on:
        sheet.put("line", "ssh", "access_acl", CLOSED, at)
        sheet.put("line", "ssh", "idle_timeout", CLOSED, at)
        return
    sheet.missing("management", "ssh", "version", "2")
    told, node = _reached(file, filtering, ssh_port(file), "system/ssh")
    sheet.put("line", "ssh", "access_acl", told, node, present=told != UNKNOWN)
    sheet.put("line", "ssh", "authentication", "local", at)
    logout = file.at("system/autologout")
    if logout is not None and whole(logout.text) and logout.text != "0":
        sheet.put("line", "ssh", "idle_timeout", str(int(logout.text) * 60), logout.node)
    else:
        sheet.missing("line", "ssh", "idle_timeout", UNKNOWN)
    for setting, tag in _LISTS if file.kind.is_opnsense else ():
        if text := value(section, tag):
            sheet.put("management", "ssh", setting, text, node_of(child(section, tag)))
        else:
            sheet.missing("management", "ssh", setting, UNKNOWN)


def _console(file: FirewallFile, sheet: Sheet) -> None:
    """Without this element whoever is at the console has all rights."""
    asks = file.at("system/disableconsolemenu")
    told = "local" if asks is not None else "none"
    sheet.put("line", "console", "authentication", told, node_of(asks, file.at("system")), present=asks is not None)


def _plug_and_play(file: FirewallFile, sheet: Sheet) -> None:
    """UPnP and NAT-PMP, by which devices open ports themselves."""
    section = file.at("installedpackages/miniupnpd/config")
    on = child(section, "enable")
    if on is not None and on.given and on.text not in ("0", "off"):
        sheet.put("management", "upnp", "enabled", YES, on.node)
