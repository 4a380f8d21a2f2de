"""Settings as another dialect, another form of a line or another person writes them, each beside what is well."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.adversarial.staging import Case, not_calm, seen, unmoved

CONFIGS = Path(__file__).parents[2] / "fixtures" / "configs"
TELNET, SNMP_OLD, SNMP_WEAK, HTTP = (
    "telnet-enabled",
    "snmp-old-version-enabled",
    "snmp-weak-community",
    "http-management-enabled",
)
OPEN_ACL, FORBIDDEN = "acl-permits-everything", "acl-permits-what-policy-forbids"
TIMEOUT, NEGOTIATES, NATIVE = "session-timeout-missing", "trunk-negotiation-enabled", "trunk-native-vlan-default"
LOCKOUT, KEY, PUBLIC_TIME = "login-lockout-missing", "time-source-without-key", "time-source-public"
STORAGE, DEFAULT, NO_LOG = "weak-password-storage", "default-password", "no-remote-logging"


# --- IOS --------------------------------------------------------------------------------------------------------------

_VTY = " access-class MGMT-HOSTS in\n exec-timeout 10 0\n transport input ssh\n"
_ENTRY = " 10 permit tcp host 10.20.10.10 10.20.1.0 0.0.0.255 eq 502\n"
_ACCESS = " switchport access vlan 20\n switchport mode access\n"
_LOCKS = "login block-for 300 attempts 4 within 60\n"
_TRUNK = " switchport trunk native vlan 999\n switchport trunk allowed vlan 20,99\n"
_USER = "username emergency privilege 15 secret 9 $9$aNoThErSaLtxxx$QmFzZTY0IGV4YW1wbGUgbm90IGEgcmVhbCBoYXNoIQ"

_IOS_BAD: Mapping[str, tuple[str, str, str]] = {
    "Telnet beside SSH": (TELNET, _VTY, _VTY.replace("input ssh", "input telnet ssh")),
    "every way in": (TELNET, _VTY, _VTY.replace("input ssh", "input all")),
    "Telnet on the last lines": (TELNET, " transport input none\n", " transport input telnet\n"),
    "a community": (
        SNMP_OLD,
        "snmp-server group",
        "snmp-server community n0t-Guessed RO MGMT-HOSTS\nsnmp-server group",
    ),
    "a well-known community": (
        SNMP_WEAK,
        "snmp-server group",
        "snmp-server community public RO MGMT-HOSTS\nsnmp-server group",
    ),
    "a group of version 2": (SNMP_OLD, "snmp-server group", "snmp-server group OLD v2c\nsnmp-server group"),
    "everything by masks": (OPEN_ACL, _ENTRY, " 10 permit ip 0.0.0.0 255.255.255.255 0.0.0.0 255.255.255.255\n"),
    "everything by halves": (
        OPEN_ACL,
        _ENTRY,
        " 10 permit ip 0.0.0.0 127.255.255.255 any\n 11 permit ip 128.0.0.0 127.255.255.255 any\n",
    ),
    "the office by a wildcard": (FORBIDDEN, _ENTRY, " 10 permit tcp 10.10.0.0 0.0.0.255 10.20.1.0 0.0.0.255 eq 502\n"),
    "the office by one host": (FORBIDDEN, _ENTRY, " 10 permit udp host 10.10.0.5 host 10.20.1.12\n"),
    "no time-out": (TIMEOUT, _VTY, _VTY.replace("exec-timeout 10 0", "exec-timeout 0 0")),
    "HTTP": (HTTP, "no ip http server", "ip http server"),
    "no lock": (LOCKOUT, _LOCKS, ""),
    "a key of nobody": (KEY, "ntp server 10.20.10.42 key 1 prefer", "ntp server 10.20.10.42 prefer"),
    "the Internet's time": (PUBLIC_TIME, "ntp server 10.20.10.42 key 1 prefer", "ntp server 192.53.103.108 key 1"),
    "a password of type 7": (STORAGE, _USER, "username emergency privilege 15 password 7 0822455D0A16544541"),
    "a password as the name": (DEFAULT, _USER, "username emergency privilege 15 password 0 emergency"),
    "a dynamic port": (NEGOTIATES, _ACCESS, " switchport access vlan 20\n switchport mode dynamic desirable\n"),
    "the native VLAN 1": (NATIVE, _TRUNK, " switchport trunk native vlan 1\n switchport trunk allowed vlan 1,20,99\n"),
    "no native VLAN": (NATIVE, _TRUNK, ""),
}
_IOS_WELL: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "no way in": ((TELNET, TIMEOUT), _VTY, _VTY.replace("input ssh", "input none")),
    "Telnet in a banner": ((TELNET, HTTP), "Authorised personnel only.", "transport input telnet\nip http server\n"),
    "Telnet in a description": ((TELNET,), " description PLC-1\n", " description transport input telnet\n"),
    "a remark that permits": ((OPEN_ACL, FORBIDDEN), _ENTRY, _ENTRY + " 11 remark permit ip any any\n"),
    "a denial of everything first": (
        (FORBIDDEN,),
        _ENTRY,
        _ENTRY + " 12 deny ip any any\n 13 permit tcp 10.10.0.0 0.0.0.255 any\n",
    ),
    "a community that is taken back": (
        (SNMP_OLD, SNMP_WEAK),
        "snmp-server group",
        "no snmp-server community public\nsnmp-server group",
    ),
    "seconds of a time-out": ((TIMEOUT,), _VTY, _VTY.replace("exec-timeout 10 0", "exec-timeout 0 45")),
    "a native VLAN 1 that the trunk leaves out": ((NATIVE,), _TRUNK, _TRUNK.replace("vlan 999", "vlan 1")),
    "another order of locks": ((LOCKOUT,), _LOCKS, "login block-for 600 attempts 3 within 120\n"),
    "a server by IPv6 with a key": (
        (PUBLIC_TIME, KEY),
        "ntp server 10.20.10.42 key 1 prefer",
        "ntp server fd00::42 key 1",
    ),
}


def _of_ios() -> list[Case]:
    bad, well = _IOS_BAD.items(), _IOS_WELL.items()
    return [
        *(seen(f"IOS: {name}", list, rule, edits={"switch": {old: new}}) for name, (rule, old, new) in bad),
        *(unmoved(f"IOS: {name}", list, *rules, edits={"switch": {old: new}}) for name, (rules, old, new) in well),
        *(
            seen(f"IOS: CR LF, {name}", list, rule, files=_in_windows(_ios().replace(old, new, 1)))
            for name, (rule, old, new) in list(bad)[::4]
        ),
        unmoved("IOS: CR LF", list, TELNET, SNMP_OLD, OPEN_ACL, files=_in_windows(_ios())),
    ]


def _in_windows(text: str) -> Mapping[str, bytes]:
    return {"b.cfg": text.replace("\n", "\r\n").encode()}


def _ios() -> str:
    text = (Path(__file__).parents[1] / "adequacy" / "plant" / "switch.cfg").read_text(encoding="utf-8")
    return text.replace("hostname CELL-SW1", "hostname CELL-SW2").replace("10.20.10.2 ", "10.20.10.3 ")


# --- other dialects ---------------------------------------------------------------------------------------------------

_OTHERS: Mapping[str, tuple[str, str, str, str]] = {
    "EOS: Telnet": (
        "eos7050",
        TELNET,
        "!\nhostname PLANT-CORE1\n",
        "!\nhostname PLANT-CORE1\n!\nmanagement telnet\n   no shutdown\n!\n",
    ),
    "EOS: a community": (
        "eos7050",
        SNMP_OLD,
        "snmp-server contact",
        "snmp-server community n0t-Guessed ro MGMT\nsnmp-server contact",
    ),
    "EOS: public": (
        "eos7050",
        SNMP_WEAK,
        "snmp-server contact",
        "snmp-server community public ro\nsnmp-server contact",
    ),
    "EOS: a plain secret": (
        "eos7050",
        STORAGE,
        "username view1",
        "username x privilege 15 secret 0 plant\nusername view1",
    ),
    "EOS: time without a key": ("eos7050", KEY, "10.99.0.11 prefer key 1", "10.99.0.11 prefer"),
    "VRP: Telnet": ("s5735", TELNET, " protocol inbound ssh\n", " protocol inbound all\n"),
    "VRP: version 2": (
        "s5735",
        SNMP_OLD,
        "undo snmp-agent sys-info version v1 v2c\n",
        "snmp-agent sys-info version v2c\n",
    ),
    "VRP: the Web in clear": ("s5735", HTTP, "undo http server enable\n", "http server enable\n"),
    "VRP: all versions": (
        "s5735",
        SNMP_OLD,
        "snmp-agent sys-info version v3\nundo snmp-agent sys-info version v1 v2c\n",
        "snmp-agent sys-info version all\n",
    ),
    "Comware: Telnet": ("s5130", TELNET, " protocol inbound ssh\n", " protocol inbound telnet\n"),
    "Comware: the Web in clear": ("s5130", HTTP, " undo ip http enable\n", " ip http enable\n"),
    "Comware: version 2": (
        "s5130",
        SNMP_OLD,
        " snmp-agent sys-info version v3\n",
        " snmp-agent sys-info version v2c v3\n",
    ),
    "ProCurve: Telnet": ("hp2930f", TELNET, "no telnet-server\n", "telnet-server\n"),
    "ProCurve: a community": ("hp2930f", SNMP_OLD, "snmpv3 only\n", 'snmp-server community "n0t-Guessed" operator\n'),
    "NX-OS: Telnet": ("nexus9300", TELNET, "no feature telnet\n", "feature telnet\n"),
    "NX-OS: a community": (
        "nexus9300",
        SNMP_OLD,
        "snmp-server user nms",
        "snmp-server community n0t-Guessed group network-operator\nsnmp-server user nms",
    ),
    "NX-OS: no lock": ("nexus9300", LOCKOUT, "login block-for 300 attempts 5 within 120\n", ""),
    "PAN-OS: Telnet": ("pa440", TELNET, "service disable-telnet yes", "service disable-telnet no"),
    "PAN-OS: the Web in clear": ("pa440", HTTP, "service disable-http yes", "service disable-http no"),
    "FortiOS: no time-out": ("fgt60f", TIMEOUT, "set admintimeout 10", "set admintimeout 480"),
    "Junos: Telnet": ("ex4300", TELNET, "    services {\n", "    services {\n        telnet;\n"),
    "Junos: the Web in clear": (
        "ex4300",
        HTTP,
        "    services {\n",
        "    services {\n        web-management {\n            http;\n        }\n",
    ),
    "Junos: no time-out": ("srx345", TIMEOUT, "            idle-timeout 10;\n", ""),
    "RouterOS: SNMP": (
        "rb5009",
        SNMP_WEAK,
        "/system clock\n",
        "/snmp community\nadd addresses=::/0 name=public\n/system clock\n",
    ),
}
_SERVERS = {  # what lets in whom the lines let in
    "VRP: Telnet": ("telnet server disable\n", "telnet server enable\n"),
    "Comware: Telnet": (" undo telnet server enable\n", " telnet server enable\n"),
}
_MAY_NOT_KNOW = {"FortiOS: no time-out"}  # it is long


def _of_others() -> list[Case]:
    found = []
    for name, (folder, rule, old, new) in _OTHERS.items():
        text = (CONFIGS / folder / "good.cfg").read_text(encoding="utf-8")
        assert old in text, name
        bad = text.replace(old, new, 1).replace(*_SERVERS.get(name, ("", "")), 1)
        found.append((not_calm if name in _MAY_NOT_KNOW else seen)(name, list, rule, files={"other.cfg": bad.encode()}))
        if name in _SERVERS:
            closed = text.replace(old, new, 1).encode()
            found.append(unmoved(f"{name}: its server is off", list, rule, files={"other.cfg": closed}))
        if rule not in {LOCKOUT, KEY}:
            found.append(unmoved(f"{name}: not there", list, rule, files={"other.cfg": text.encode()}))
    return found


def cases() -> list[Case]:
    return [*_of_ios(), *_of_others()]
