"""Which objects of a profile are understood, by their names and by the form of their values.

Sources: HM2 MIBs of Hirschmann (HmEnabledStatus and the enumerations of the objects), RFC 2578 (names of objects), RFC
2579 (RowStatus), RFC 2863 (ifAdminStatus).
"""

from __future__ import annotations

import re

from scanner.configs.understood import misspelt

_SWITCH, _NUMBER, _ROW, _ANY = "[12]", r"[0-9]{1,10}", "[1-6]", ".*"
_ADDRESS = r"(?:[0-9A-Za-z][\w.:-]*|[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){3,15}|:[:0-9A-Fa-f.]+)?"
_READ = {
    "hm2AgentStpBpduGuardMode": _SWITCH,
    "hm2CliLoginBannerAdminStatus": _SWITCH,
    "hm2CliLoginTimeoutSerial": _NUMBER,
    "hm2LogSyslogAdminStatus": _SWITCH,
    "hm2LogSyslogServerIPAddr": _ADDRESS,
    "hm2LogSyslogServerLevelUpto": "[0-7]",
    "hm2LogSyslogServerRowStatus": _ROW,
    "hm2LogSyslogServerTransportType": _SWITCH,
    "hm2NetGatewayIPAddr": _ADDRESS,
    "hm2NetHiDiscoveryMode": _SWITCH,
    "hm2NetHiDiscoveryOperation": _SWITCH,
    "hm2PreLoginBannerAdminStatus": _SWITCH,
    "hm2PwdMgmtLoginAttempts": _NUMBER,
    "hm2PwdMgmtLoginAttemptsTimePeriod": _NUMBER,
    "hm2PwdMgmtMinLength": _NUMBER,
    "hm2PwdMgmtMinLowerCase": _NUMBER,
    "hm2PwdMgmtMinNumericNumbers": _NUMBER,
    "hm2PwdMgmtMinSpecialCharacters": _NUMBER,
    "hm2PwdMgmtMinUpperCase": _NUMBER,
    "hm2RmaOperation": _SWITCH,
    "hm2RmaPrefixLength": r"[0-9]{1,3}",
    "hm2RmaRowStatus": _ROW,
    "hm2RmaSrvHttp": _SWITCH,
    "hm2RmaSrvHttps": _SWITCH,
    "hm2RmaSrvSnmp": _SWITCH,
    "hm2RmaSrvSsh": _SWITCH,
    "hm2RmaSrvTelnet": _SWITCH,
    "hm2SnmpV1AdminStatus": _SWITCH,
    "hm2SnmpV2AdminStatus": _SWITCH,
    "hm2SnmpV3AdminStatus": _SWITCH,
    "hm2SntpClientAdminState": _SWITCH,
    "hm2SntpClientServerAddr": _ADDRESS,
    "hm2SntpClientServerRowStatus": _ROW,
    "hm2SshAdminStatus": _SWITCH,
    "hm2SshSessionTimeout": _NUMBER,
    "hm2TelnetServerAdminStatus": _SWITCH,
    "hm2TelnetServerSessionsTimeOut": _NUMBER,
    "hm2UserAccessRole": r"[0-9]{1,2}",
    "hm2UserName": r"\S.*",
    "hm2UserPassword": _ANY,
    "hm2UserSnmpAuthType": "[0-9]",
    "hm2UserSnmpEncType": "[0-9]",
    "hm2UserStatus": _ROW,
    "hm2WebHttpAdminStatus": _SWITCH,
    "hm2WebHttpsAdminStatus": _SWITCH,
    "hm2WebIntfTimeOut": _NUMBER,
    "ifAdminStatus": "[1-3]",
    "ifIndex": r"\S+",
    "snmpCommunityName": _ANY,
    "snmpCommunityStatus": _ROW,
    "sysName": _ANY,
}
_NUMBERED = re.compile(
    r".*(?:Admin(?:Status|State)|RowStatus|Operation|TimeOut|Timeout|PortNumber|UdpPort|MaxSessions|PrefixLength|Enable|Interval)"
)
_VENDOR = re.compile(r"hm[0-9]?[A-Z]\w*", re.ASCII)
_STANDARD = re.compile(r"[a-z][a-z0-9]*[A-Z0-9]\w*", re.ASCII)  # a word of the MIB before that of the object


def is_known(mib: str, name: str, text: str) -> bool:
    """The object may be one of this MIB, and its value is of the form that it has."""
    if form := _READ.get(name):
        return re.fullmatch(form, text, re.DOTALL) is not None
    vendor = mib.upper().startswith("HM")
    if not (_VENDOR if vendor else _STANDARD).fullmatch(name) or misspelt(name, _READ):
        return False
    return not _NUMBERED.fullmatch(name) or re.fullmatch(r"(?:0x)?[0-9A-Fa-f ]{1,20}", text) is not None
