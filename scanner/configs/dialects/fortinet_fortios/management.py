"""Services by which a FortiGate is managed, the notice at login, and the versions and algorithms of TLS and SSH."""

from __future__ import annotations

from scanner.configs.dialects.fortinet_fortios.access import Access, accesses, knows_interfaces
from scanner.configs.dialects.fortinet_fortios.tables import DISABLE, ENABLE, Device, is_on, setting, value, values
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet

_GRACE = "120"  # seconds for a login over SSH, in every release
_OLD_FLAGS = (  # until FortiOS 7.0: what each lets in
    ("ciphers", "ssh-cbc-cipher", "aes256-cbc"),
    ("macs", "ssh-hmac-md5", "hmac-md5"),
    ("key_exchange", "ssh-kex-sha1", "diffie-hellman-group14-sha1"),
)
_LISTS = (("ciphers", "ssh-enc-algo"), ("macs", "ssh-mac-algo"), ("key_exchange", "ssh-kex-algo"))


def service_settings(device: Device, sheet: Sheet) -> None:
    """What listens for logins, on which interfaces, and the notice."""
    table = device.table("system global")
    found = accesses(device)
    telnet_off = setting(table, "admin-telnet")
    telnet_off = telnet_off if telnet_off and telnet_off.key.endswith(DISABLE) else None
    for service in ("telnet", "ssh", "https"):
        off = telnet_off if service == "telnet" else None
        _service(device, sheet, service, found, off)
    _http(device, sheet, found)
    for access in found:
        if access.services:
            open_ = "telnet" in access.services and telnet_off is None
            at = telnet_off if telnet_off and "telnet" in access.services else access.line
            sheet.put("line", f"interface {access.name}", "telnet", YES if open_ else NO, at)
    if not any(a.services for a in found):
        known = knows_interfaces(device) or telnet_off
        sheet.missing("line", "interfaces", "telnet", NO if known else UNKNOWN, telnet_off)
    tftp = setting(table, "lldp-transmission")
    if tftp:
        sheet.put("management", "lldp", "enabled", YES if tftp.key.endswith(ENABLE) else NO, tftp)
    notices = [key for key in ("pre-login-banner", "post-login-banner") if is_on(table, key)]
    if notices:
        sheet.put("management", "device", "banner", ",".join(notices), setting(table, notices[0]))
    else:
        off = setting(table, "pre-login-banner")
        sheet.put("management", "device", "banner", ABSENT, off or table, present=off is not None)


def _service(device: Device, sheet: Sheet, service: str, found: list[Access], off: Node | None) -> None:
    using = next((a.line for a in found if service in a.services), None)
    if off:
        sheet.put("management", service, "enabled", NO, off)
    elif using:
        sheet.put("management", service, "enabled", YES, using)
    else:
        sheet.missing("management", service, "enabled", NO if knows_interfaces(device) else UNKNOWN)


def _http(device: Device, sheet: Sheet, found: list[Access]) -> None:
    """Management over HTTP: where the device does not only redirect to HTTPS."""
    using = next((a.line for a in found if "http" in a.services), None)
    if using is None:
        sheet.missing("management", "http", "enabled", NO if knows_interfaces(device) else UNKNOWN)
        return
    redirect = setting(device.table("system global"), "admin-https-redirect")
    if redirect:
        on = NO if redirect.key.endswith(ENABLE) else YES
        sheet.put("management", "http", "enabled", on, redirect if on == NO else using)
    else:
        sheet.missing("management", "http", "enabled", NO if device.since(6, 0) else UNKNOWN, using)


def tls_and_ssh_settings(device: Device, sheet: Sheet) -> None:
    """What the servers for management accept."""
    table = device.table("system global")
    versions = values(table, "admin-https-ssl-versions")
    if versions:
        oldest = min(versions).removeprefix("tlsv").replace("-", ".")
        at = setting(table, "admin-https-ssl-versions")
        sheet.put("management", "https", "version", f"tls{oldest}", at)
    else:
        sheet.missing("management", "https", "version", "tls1.2" if device.since(7, 0) else UNKNOWN, table)
    if group := setting(table, "dh-params"):
        sheet.put("management", "https", "key_length", value(table, "dh-params"), group)
    old = setting(table, "admin-ssh-v1")
    version = "1.99" if old and old.key.endswith(ENABLE) else "2"
    sheet.put("management", "ssh", "version", version, old or table, present=old is not None)
    line = setting(table, "admin-ssh-grace-time")
    grace = value(table, "admin-ssh-grace-time", _GRACE)
    sheet.put("management", "ssh", "timeout", grace, line or table, present=line is not None)
    own = device.table("system ssh-config")
    for (name, key), (_, flag, weak) in zip(_LISTS, _OLD_FLAGS, strict=True):
        block = own if setting(own, key) else table
        given = values(block, key)
        switch = setting(table, flag)
        if given:
            sheet.put("management", "ssh", name, ",".join(given), setting(block, key))
        elif switch and switch.key.endswith(ENABLE):
            sheet.put("management", "ssh", name, weak, switch)
        else:
            sheet.missing("management", "ssh", name, UNKNOWN, table)
