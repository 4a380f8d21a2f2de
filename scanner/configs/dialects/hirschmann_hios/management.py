"""Services for management, from where they may be used, when they end, SNMP and the notice at login."""

from __future__ import annotations

from scanner.configs.dialects.hirschmann_hios.profile import NOTHING, MibProfile, MibValue, active, on
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, whole

# service -> its switch, the object with its idle time in minutes, its column in the list of restricted access
_SERVICES = (
    ("telnet", "hm2TelnetServerAdminStatus", "hm2TelnetServerSessionsTimeOut", "hm2RmaSrvTelnet"),
    ("ssh", "hm2SshAdminStatus", "hm2SshSessionTimeout", "hm2RmaSrvSsh"),
    ("http", "hm2WebHttpAdminStatus", "", "hm2RmaSrvHttp"),
    ("https", "hm2WebHttpsAdminStatus", "", "hm2RmaSrvHttps"),
)
_LOGINS = ("telnet", "ssh")
# control protocol -> its switch, whether it may write, its column in the list of restricted access
_CONTROL = (
    ("modbus", "hm2ModbusTcpServerAdminStatus", "hm2ModbusTcpServerWriteAccessStatus", "hm2RmaSrvModbusTcp"),
    ("ethernet-ip", "hm2EtherNetIPAdminStatus", "hm2EtherNetIPWriteAccessStatus", "hm2RmaSrvEthernetIP"),
    ("iec61850-mms", "hm2Iec61850MmsServerAdminStatus", "hm2Iec61850MmsServerWriteAccessStatus", "hm2RmaSrvIEC61850"),
)


def service_settings(profile: MibProfile, sheet: Sheet) -> None:
    """What listens, for whom and for how long."""
    for service, switch, idle, column in _SERVICES:
        value = profile.of(switch)
        answer = _answer(value)
        sheet.put("management", service, "enabled", answer, value.node, present=value.node is not None)
        limit, at = _limit(profile, column) if answer != NO else (CLOSED, value)
        category, setting = ("line", "access_acl") if service in _LOGINS else ("management", "acl")
        sheet.put(category, service, setting, limit, at.node, present=at.node is not None)
        if idle and answer == NO:
            sheet.put("line", service, "idle_timeout", CLOSED, value.node)
        elif idle:
            _put_idle(sheet, service, profile.of(idle))
    telnet = profile.of("hm2TelnetServerAdminStatus")
    sheet.put("line", "telnet", "telnet", _answer(telnet), telnet.node, present=telnet.node is not None)
    _put_idle(sheet, "web", profile.of("hm2WebIntfTimeOut"))
    _put_idle(sheet, "console", profile.of("hm2CliLoginTimeoutSerial"))
    _discovery(profile, sheet)
    _banner(profile, sheet)


def control_settings(profile: MibProfile, sheet: Sheet) -> None:
    """Whether control protocols may change the device, of those that stand in the profile.

    What else stands in their MIB is about nothing that is judged.
    """
    for protocol, switch, write, column in _CONTROL:
        operation, access = profile.of(switch), profile.of(write)
        if operation.node is None:
            continue
        told, at = _answer(access), access
        if on(operation) is False:
            told, at = CLOSED, operation
        elif told == YES:
            limit, at = _limit(profile, column)
            told, at = {ABSENT: (YES, access), UNKNOWN: (UNKNOWN, at)}.get(limit, ("restricted", at))
        told = UNKNOWN if on(operation) is None else told
        sheet.put("management", protocol, "write_access", told, at.node or operation.node)
    profile.asking -= {name for row in _CONTROL for name in row[1:3]}


def _answer(value: MibValue) -> str:
    switch = on(value)
    return UNKNOWN if switch is None else YES if switch else NO


def _put_idle(sheet: Sheet, item: str, value: MibValue) -> None:
    if not whole(value.text):
        sheet.missing("line", item, "idle_timeout", UNKNOWN)
        return
    seconds = int(value.text) * 60
    sheet.put("line", item, "idle_timeout", str(seconds) if seconds else "never", value.node, number=seconds)


def _limit(profile: MibProfile, column: str) -> tuple[str, MibValue]:
    """What limits who may use a service: the list of restricted access, where no entry in it lets everybody in."""
    operation = profile.of("hm2RmaOperation")
    if on(operation) is not True:
        return (UNKNOWN if on(operation) is None else ABSENT), operation
    admitted = 0.0  # of all addresses of IPv4
    for entry in profile.entries(column):
        if active(entry, "hm2RmaRowStatus") and on(entry[column]) is not False:
            length = entry.get("hm2RmaPrefixLength", NOTHING)
            if not whole(length.text):
                return UNKNOWN, length
            if length.text == "0":
                return ABSENT, length
            admitted += 0.5 ** min(int(length.text), 32)
    return (UNKNOWN if admitted >= 1 else "restricted access"), operation  # several may be everybody together


def _discovery(profile: MibProfile, sheet: Sheet) -> None:
    """HiDiscovery, by which anybody in the network sets the address of the device unless it only reads."""
    operation, mode = profile.of("hm2NetHiDiscoveryOperation"), profile.of("hm2NetHiDiscoveryMode")
    if on(operation) is False or mode.text == "2":
        answer = NO
    else:
        answer = YES if on(operation) and mode.text == "1" else UNKNOWN
    sheet.put("management", "hidiscovery", "enabled", answer, operation.node, present=operation.node is not None)


def _banner(profile: MibProfile, sheet: Sheet) -> None:
    found = [
        (name, profile.of(switch))
        for name, switch in (
            ("pre-login", "hm2PreLoginBannerAdminStatus"),
            ("cli", "hm2CliLoginBannerAdminStatus"),
        )
    ]
    shown = next(((name, value) for name, value in found if on(value)), None)
    if shown:
        sheet.put("management", "device", "banner", shown[0], shown[1].node)
    elif found[0][1].node is None:
        sheet.missing("management", "device", "banner", UNKNOWN)
    else:
        sheet.put("management", "device", "banner", ABSENT, found[0][1].node)


def snmp_settings(profile: MibProfile, sheet: Sheet) -> None:
    """Versions that the agent answers, and communities."""
    switches = [(v, profile.of(f"hm2SnmpV{n}AdminStatus")) for v, n in (("v1", "1"), ("v2c", "2"), ("v3", "3"))]
    running = [(version, value) for version, value in switches if on(value)]
    known = all(on(value) is not None for _, value in switches)
    if not running:
        answer = NO if known else UNKNOWN
        sheet.put("snmp", "agent", "enabled", answer, switches[0][1].node, present=known)
        return
    sheet.put("snmp", "agent", "enabled", YES, running[0][1].node)
    sheet.put("snmp", "agent", "versions", ",".join(version for version, _ in running), running[0][1].node)
    if not {"v1", "v2c"} & {version for version, _ in running}:
        return
    limit, at = _limit(profile, "hm2RmaSrvSnmp")
    for number, entry in enumerate(profile.entries("snmpCommunityName"), 1):
        node = entry["snmpCommunityName"].node
        if node is None or not node.secrets or not active(entry, "snmpCommunityStatus"):
            continue
        secret, item = node.secrets[0], f"community {number}"
        sheet.put("snmp", item, "access", "unknown", node)
        told = "unknown" if secret.default is None else YES if secret.default else NO
        sheet.put("snmp", item, "default_community", told, node)
        sheet.put("snmp", item, "storage", secret.storage, node)
        sheet.put("snmp", item, "acl", limit, at.node, present=at.node is not None)
