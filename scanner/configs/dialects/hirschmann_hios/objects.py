"""Which objects of a profile are understood, by their names and by the form of their values.

Sources: HM2 MIBs of Hirschmann (HmEnabledStatus and the enumerations of the objects), RFC 2578 (names of objects), RFC
2579 (RowStatus), RFC 2863 (ifAdminStatus).
"""

from __future__ import annotations

import re

from scanner.configs.understood import misspelt

_SWITCH, _NUMBER, _ROW, _ANY, _SIGNED = "[12]", r"[0-9]{1,10}", "[1-6]", ".*", "-?[0-9]{1,10}"
_ADDRESS = r"(?:[0-9A-Za-z][\w.:-]*|[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){3,15}|:[:0-9A-Fa-f.]+)?"
_READ = {
    "dot1qPvid": _NUMBER,
    "dot1qVlanIndex": _NUMBER,
    "dot1qVlanStaticEgressPorts": _ANY,
    "dot1qVlanStaticUntaggedPorts": _ANY,
    "dot1xAuthAuthControlledPortControl": "[1-4]",
    "dot1xPaeSystemAuthControl": _SWITCH,
    "hm2AgentAclIfAclId": _NUMBER,
    "hm2AgentAclIfAclType": "[1-3]",
    "hm2AgentAclIfDirection": _SWITCH,
    "hm2AgentAclIfIndex": _ANY,
    "hm2AgentAclIfSequence": _NUMBER,
    "hm2AgentAclIfStatus": _ROW,
    "hm2AgentAclIndex": _NUMBER,
    "hm2AgentAclMacIndex": _NUMBER,
    "hm2AgentAclMacName": _ANY,
    "hm2AgentAclMacRuleAction": _SWITCH,
    "hm2AgentAclMacRuleIndex": _NUMBER,
    "hm2AgentAclMacRuleStatus": _ROW,
    "hm2AgentAclName": _ANY,
    "hm2AgentAclRuleAction": _SWITCH,
    "hm2AgentAclRuleDestIpAddress": _ADDRESS,
    "hm2AgentAclRuleDestIpMask": _ADDRESS,
    "hm2AgentAclRuleDestL4Port": _SIGNED,
    "hm2AgentAclRuleDestL4PortRangeEnd": _SIGNED,
    "hm2AgentAclRuleDestL4PortRangeStart": _SIGNED,
    "hm2AgentAclRuleDstL4PortOperator": "[0-3]",
    "hm2AgentAclRuleIndex": _NUMBER,
    "hm2AgentAclRuleLogging": _SWITCH,
    "hm2AgentAclRuleMatchEvery": _SWITCH,
    "hm2AgentAclRuleProtocol": _SIGNED,
    "hm2AgentAclRuleSrcIpAddress": _ADDRESS,
    "hm2AgentAclRuleSrcIpMask": _ADDRESS,
    "hm2AgentAclRuleSrcL4Port": _SIGNED,
    "hm2AgentAclRuleSrcL4PortOperator": "[0-3]",
    "hm2AgentAclRuleSrcL4PortRangeEnd": _SIGNED,
    "hm2AgentAclRuleSrcL4PortRangeStart": _SIGNED,
    "hm2AgentAclRuleStatus": _ROW,
    "hm2AgentAclStatus": _ROW,
    "hm2AgentAclVlanAclId": _NUMBER,
    "hm2AgentAclVlanAclType": "[1-3]",
    "hm2AgentAclVlanDirection": _SWITCH,
    "hm2AgentAclVlanIndex": _NUMBER,
    "hm2AgentAclVlanSequence": _NUMBER,
    "hm2AgentAclVlanStatus": _ROW,
    "hm2AgentDaiVlanDynArpInspEnable": _SWITCH,
    "hm2AgentDhcpSnoopingAdminMode": _SWITCH,
    "hm2AgentDhcpSnoopingVlanEnable": _SWITCH,
    "hm2AgentGlobalPortSecurityMode": _SWITCH,
    "hm2AgentIpsgIfVerifySource": _SWITCH,
    "hm2AgentPortSecurityMode": _SWITCH,
    "hm2AgentStpAdminMode": _SWITCH,
    "hm2AgentStpBpduGuardMode": _SWITCH,
    "hm2AgentStpCstPortAutoEdge": _SWITCH,
    "hm2AgentStpCstPortBpduFilter": _SWITCH,
    "hm2AgentStpCstPortEdge": _SWITCH,
    "hm2AgentSwitchIpInterfaceIfIndex": _ANY,
    "hm2AgentSwitchIpInterfaceIpAddress": _ADDRESS,
    "hm2AgentSwitchIpInterfaceNetMask": _ADDRESS,
    "hm2AgentSwitchIpInterfaceRoutingMode": _SWITCH,
    "hm2AgentSwitchIpRoutingMode": _SWITCH,
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
    "hm2NetVlanID": _NUMBER,
    "hm2NtpClientAdminState": _SWITCH,
    "hm2NtpClientOperatingMode": _SWITCH,
    "hm2NtpClientServerAddress": _ADDRESS,
    "hm2NtpClientServerRowStatus": _ROW,
    "hm2NtpServerAdminState": _SWITCH,
    "hm2PreLoginBannerAdminStatus": _SWITCH,
    "hm2PtpEnable": _SWITCH,
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
    "hm2SntpClientOperatingMode": _SWITCH,
    "hm2SntpClientServerAddr": _ADDRESS,
    "hm2SntpClientServerRowStatus": _ROW,
    "hm2SntpServerAdminState": _SWITCH,
    "hm2SshAdminStatus": _SWITCH,
    "hm2SshSessionTimeout": _NUMBER,
    "hm2TelnetServerAdminStatus": _SWITCH,
    "hm2TelnetServerSessionsTimeOut": _NUMBER,
    "hm2TrafficMgmtIfIngressStormCtlBcastMode": _SWITCH,
    "hm2TrafficMgmtIfIngressStormCtlMcastMode": _SWITCH,
    "hm2UserAccessRole": r"[0-9]{1,2}",
    "hm2UserApplicationListAuthListName": _ANY,
    "hm2UserApplicationListName": r"\S.*",
    "hm2UserApplicationListStatus": _ROW,
    "hm2UserAuthListName": r"\S.*",
    "hm2UserAuthListPolicy1": r"[0-9]{1,3}",
    "hm2UserAuthListPolicy2": r"[0-9]{1,3}",
    "hm2UserAuthListPolicy3": r"[0-9]{1,3}",
    "hm2UserAuthListPolicy4": r"[0-9]{1,3}",
    "hm2UserAuthListPolicy5": r"[0-9]{1,3}",
    "hm2UserAuthListStatus": _ROW,
    "hm2UserName": r"\S.*",
    "hm2UserPassword": _ANY,
    "hm2UserPwdPolicyChk": _SWITCH,
    "hm2UserSnmpAuthType": "[0-9]",
    "hm2UserSnmpEncType": "[0-9]",
    "hm2UserStatus": _ROW,
    "hm2WebHttpAdminStatus": _SWITCH,
    "hm2WebHttpsAdminStatus": _SWITCH,
    "hm2WebIntfTimeOut": _NUMBER,
    "ifAdminStatus": "[1-3]",
    "ifAlias": _ANY,
    "ifIndex": r"\S+",
    "lldpPortConfigAdminStatus": "[1-4]",
    "snmpCommunityName": _ANY,
    "snmpCommunityStatus": _ROW,
    "sysName": _ANY,
}
TEXTS = frozenset(
    (
        *("sysName", "ifAlias", "hm2AgentAclName", "hm2AgentAclMacName", "hm2UserName", "hm2UserAuthListName"),
        *("hm2UserApplicationListName", "hm2UserApplicationListAuthListName"),
    )
)
# In tables and MIBs of their own, which models without the function do not have.
_APART = re.compile(
    r"hm2AgentAcl|hm2AgentSwitchIp|hm2AgentStpCst|hm2Agent(?:Global)?PortSecurity|hm2Agent(?:Dot1x|Dai|Ipsg|DhcpSnooping)"
    r"|hm2AgentPortMirror|hm2TrafficMgmt|hm2Mrp|hm2Srm|dot1|dot3|lldp|hm2Ntp|hm2Ptp|hm2SntpServer|hm2SntpClientOperatingMode"
)
_NUMBERED = re.compile(
    r".*(?:Admin(?:Status|State)|RowStatus|Operation|TimeOut|Timeout|PortNumber|UdpPort|MaxSessions|PrefixLength|Enable|Interval)"
)
_OCTETS = re.compile(r"[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2})+ ?")
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


def as_text(text: str) -> str:
    """What a text says: profiles spell some texts in octets (``4e 4f 52 44``)."""
    if not _OCTETS.fullmatch(text):
        return text
    spelt = bytes.fromhex(text).rstrip(b"\x00")
    return spelt.decode("ascii") if spelt.isascii() and spelt.decode("ascii").isprintable() else text


def stands_apart(name: str) -> bool:
    """Where a profile does not have the object, no object of another MIB stands for it."""
    return _APART.match(name) is not None
