"""Tables and keys that are understood and say nothing that is kept.

Source: FortiOS CLI references 5.2 to 7.6. In the tables that rules judge only keys that are known are set aside, so
that one that nobody knows leaves open what seems absent; whatever stands in the others cannot set any of it. A name
that is one letter away from one that is read is not known, whatever it begins with.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from scanner.code_tables import rows_table
from scanner.configs.dialects.fortinet_fortios.tables import Device
from scanner.configs.nodes import Node
from scanner.configs.understood import misspelt

_TABLES = frozenset(path for (path,) in rows_table(__package__, "aside.tsv"))
# Keys of the tables that rules judge: beginnings of what carries, displays or tunes something else.
_GLOBAL = (
    r"admin-(?:ble|concurrent|forticloud|host|hsts|https-pki|https-ssl-(?:banned|cipher)|login-max|port|sport|server-cert"
    r"|reset|restrict|scp|ssh-(?:password|port)|telnet-port|maintainer|access-vdom)|airplane|alias|allow-|anti-replay|arp-max|asymroute"
    r"|auth-|auto(?:run|-auth)|av-|bat|bfd|block-|br-fdb|cert-|cfg-|check-|cli-audit|cloud-|clt-|cmdbsvr|compliance|cpu-"
    r"|csr-|daily-|default-service|delay-|device-|disk-|dnsproxy|dp-|dst|early-|edit-|endpoint|explicit-proxy|extender"
    r"|faz-|failtime|fds-|fec|fgd-|forti|fortilink|ftm|fwpolicy|geoip|gui-|gtpu|ha-|honor|http|hyper|igmp|interface-subnet"
    r"|internal-|internet-|interval|ip-(?:conflict|fragment|src)|ips-|ipsec-|ipv6-|irq|ike-|language|ldap|legacy"
    r"|lldp-reception|log-|login-timestamp|long-|loglocaldeny|management-|max-|memory|miglog|mdns|ndp-|np6|npu|num-|nuid|optimize|per-user|phase1|pmtu"
    r"|policy-auth|policy-object|private-data|proxy|purdue|qu|radius|reboot|refresh|registration|remoteauth|reset"
    r"|restart|revision|rt-dump|sc[ap]n?|security-rating|send-|sflow|show-back|single-vdom|slbc|snat|socket|special-file|speedtest|split|ssd"
    r"|ssh-hostkey|ssh-(?:hmac|mac-weak|kex|cbc)|ssl|sslvpn|strict|strong-crypto|switch-|sys-|syslog|tcp-|tftp|tp-|traffic|two-factor"
    r"|udp-|url-filter|usb|user-|vdom|vip|virtual-|vpn-|wad|webcache|webproxy|wifi|wimax|wireless|device-identification"
    r"|fips|hw-switch|ips-affinity|lcd|optimize|timezone-option|unauth|ngfw|upgrade"
)
_INTERFACE = (
    r"ac-name|aggregate|algorithm|alias|ap-discover|arpforward|atm|auth-|auto-auth|bandwidth|bfd|broadcast-forticlient"
    r"|captive|client-options|cli-conn|color|dedicated|default(?:gw|-purdue)|detect|device-|devindex|dhcp|disc-|disconnect"
    r"|distance|dns-|drop-|duplicate|egress|eap|endpoint|estimated|explicit|external|fail-|fec|fort|forward|fp-|gateway"
    r"|gi-gk|gwdetect|ha-priority|icmp|ident|idle|ike-saml|inbandwidth|include|ingress|interconnect|interface|internal|ips-sniffer"
    r"|ipmac|ipun|ip-managed|ip6|l2|lacp|lag|lcp|learned|link|listen|lldp|load|macaddr|mac$|managed|management-ip|max-|measured"
    r"|mediatype|member|min-|mirror|monitor|mode|mtu|mux|ndiscforward|netbios|netflow|nd-|np-|npu|nst|outbandwidth|padt|password"
    r"|peer|phy|ping|poe|polling|pppoe|pptp|preserve|priority|primary|probe|proxy|ra-|reachable|redundant|remote|replacemsg"
    r"|retrans|ring|role|sample|scan|secondary|secur|send-|service|sflow|shaping|snmp-index|speed|spillover|split|stp|stpforward"
    r"|subst|sw-|swc|switch|system-id|tagging|tcp-mss|threshold|trunk|trust|trust-ip|type|username|unn|vdom|vindex|virtual|vlan"
    r"|vrf|vrip|vrrp|wccp|weight|wifi|wins|ip-unnumbered|autonomous|onlink|prefix|valid|preferred|rdnss|dnssl|upstream|delegated"
    r"|unique-|cli-|default-life|interface-identifier|category|tags|src-check|l2forward|reassembly|sdw|stp-edge|status|vrid|adv"
)
_POLICY = (
    r"action|intf|srcintf|dstintf|srcaddr|dstaddr|service|anti-replay|app|auth-|auto-asic|av-|best-route|block|capt|casb|central|color|comment|custom-log|decrypt|delay|devices"
    r"|diameter|diffserv|disclaimer|dlp|dns|dsri|dynamic|email|endpoint|file|firewall-session|fixedport|fsso|ftp|geo|global-label"
    r"|gtp|http|icap|ident|inbound|inspection|internet-service6|intr|ippool|ips|label|learning|log|match|mms|name|nat|network"
    r"|np-|ntlm|outbound|passive|pcp|per-ip|permit|policy|pool|port-|profile|radius|rapid|redirect|replacemsg|reputation|rsso"
    r"|rtp|schedule|sctp|send-|session-ttl|sgt|spam|ssh|ssl|tags|tcp|telemetry|timeout|tos|traffic|transparent|uuid|utm"
    r"|video|virtual|vlan|voip|vpntunnel|waf|wanopt|wccp|web|wsso|ztna|scan-botnet|natip|tunnel|identity|ha-mgmt|virtual-patch"
    r"|tagging|category|application|app-|url-|enforce"
)
_ADMIN = (
    r"accprofile-|allow-|comments|dashboard|email|first|force|forti|guest|gui|hidden|history|is-admin|last|login-|openai"
    r"|password-expire|peer|radius|remote-group|schedule|sms|ssh-|trusthost|ip6-trusthost|two-factor|vdom|wildcard|columns|widget"
    r"|tab-id|name|width|height|x-pos|y-pos|type|column|top-n|layout|status|refresh|sort|report|interface|visual|fortiview|tr-"
    r"|permanent|scope|time|id|color|device|region|csf|title|timeframe|view|show|fabric|resource|history-duration|ips|filters?"
    r"|key|value|vdom-override|api-key|cors|peer-auth|max|line|aggregate|favorites|log-view|feed|industry"
)
_LOGS = (
    r"access|conn|certificate|custom|facility|format|fallback|fgt-|field|filter|forward|free-style|gtp|hmac|ips-archive|interface"
    r"|ha-|local|max|monitor|multicast|netscan|override|port|preshared|priority|serial|severity|sniffer|source-ip|ssh|ssl|ssl-min"
    r"|synctime|time|traffic|tls|upload|use-|virus|voip|web|ztna|anomaly|antivirus|app|attack|categ|debug|deep|dlp|dns|email|event"
    r"|file|http|casb|wan|wireless|ddos|exclude|include|mode|encrypt|enc-|reliable|alert|brief|daemon|expolicy|faz|fwpolicy|log-"
    r"|neighbor|resolve|rest-api|user-anon|anonym|long-live|extended|zone|syslog|type|name|value|format"
    r"|endpoint|fortiextender|connector|cifs|compliance|router|vpn|wifi|user|sdwan|system|security|switch|rest|poll|admin|radius"
)
_SERVERS = (
    *("syslogd", "syslogd2", "syslogd3", "syslogd4"),
    *("fortianalyzer", "fortianalyzer2", "fortianalyzer3", "fortianalyzer-cloud"),
)
_KINDS = ("setting", "filter", "override-setting", "override-filter")
_KEYS: tuple[tuple[str, str], ...] = (  # table, what is set aside in it and below it
    ("system global", _GLOBAL),
    ("system interface", _INTERFACE),
    ("system admin", _ADMIN),
    ("system api-user", _ADMIN),
    ("system settings", r".*"),
    (
        "system password-policy",
        r"change-|reuse|min-|minimum|expire|apply|must|password-history|min-change|login-lockout",
    ),
    ("system auto-install", r"default-(?:config|image)-file"),
    (
        "system central-management",
        r"allow|enc|fmg|ca-cert|local-cert|mode|schedule|serial|server|include|interface|vdom|type|use|fortigate|port",
    ),
    ("system ntp", r"sync|source|key|ntp|interface|ip-type|authentication|server|type"),
    ("system saml", r".*"),
    ("system console", r"baud|login|output|fortiexplorer|mode"),
    ("system snmp sysinfo", r"contact|description|engine|location|trap-|append|non-mgmt"),
    ("system snmp community", r"events|hosts?|ip|ha-|interface|source|query-v|trap-v|vdoms|mib-view|host-type|id"),
    ("system snmp user", r"events|ha-|mib|notify|priv|auth|quer|source|trap|vdoms|interface"),
    ("system snmp mib-view", r".*"),
    ("log setting", _LOGS),
    ("log eventfilter", _LOGS),
    *((f"log {name} {kind}", _LOGS) for name in _SERVERS for kind in _KINDS),
    *((f"firewall {name}", _POLICY) for name in ("policy", "policy6", "consolidated policy", "security-policy")),
    *((f"firewall {name}", _POLICY) for name in ("local-in-policy", "local-in-policy6")),
    ("vpn ipsec phase1", r".*"),
    ("vpn ipsec phase1-interface", r".*"),
    ("vpn ipsec phase2", r".*"),
    ("vpn ipsec phase2-interface", r".*"),
)
_JUDGED = {path: re.compile(rf"(?:{keys})", re.IGNORECASE) for path, keys in _KEYS}
_READ_KEYS = (  # of all tables
    "accprofile action admin-console-timeout admin-https-redirect admin-https-ssl-versions "
    "admin-lockout-duration admin-lockout-threshold admin-ssh-grace-time admin-ssh-v1 admin-telnet "
    "admintimeout admintimeout-override alias allowaccess alt-server apply-to asymroute auth-mode "
    "auth-options auth-proto auth-pwd authentication auto-install-config auto-install-image broadcast-forward "
    "dedicated-to description device dh-params dhgrp disallowed-login-methods domain dst dstaddr dstintf "
    "dynamic-gateway enc-algorithm end-ip event exclude expire expire-day expire-status fmg fqdn "
    "fwpolicy-implicit-log gateway guest-auth host-type hostname ike-version interface intf ip ip6 "
    "ip6-address ip6-allowaccess ip6-mode ip6-trusthost1 ip6-trusthost10 ip6-trusthost2 ip6-trusthost3 "
    "ip6-trusthost4 ip6-trusthost5 ip6-trusthost6 ip6-trusthost7 ip6-trusthost8 ip6-trusthost9 iprange "
    "ips-sniffer-mode ipunnumbered ipv4-trusthost ipv6 ipv6-trusthost key lldp-transmission login logtraffic "
    "mac management-ip mappedip member min-length min-lower-case-letter min-non-alphanumeric min-number "
    "min-upper-case-letter minimum-length mode multi-factor-authentication must-contain name neighbor-group "
    "ngfw-mode ntpsync opmode passphrase password peer-auth pfs post-login-banner pre-login-banner priv-proto "
    "priv-pwd proposal protocol protocol-number psksecret query-v1-status query-v2c-status reliable "
    "remote-auth sae-password schedule script secondary-key secondary-secret secret security-level server "
    "server-mode service service-negate severity source-ip src-check srcaddr srcintf ssh-cbc-cipher "
    "ssh-enc-algo ssh-hmac-md5 ssh-kex-algo ssh-kex-sha1 ssh-mac-algo start-ip status subnet system "
    "tcp-portrange timezone trap-v1-status trap-v2c-status trusthost1 trusthost10 trusthost2 trusthost3 "
    "trusthost4 trusthost5 trusthost6 trusthost7 trusthost8 trusthost9 two-factor type udp-portrange vdom "
    "vlanid wildcard"
)
_READ_INSIDE = (  # tables in entries
    "anomaly area dns-entry hosts hosts6 interface ipv6 neighbor neighbor-group network ntpserver "
    "ospf-interface port reserved-address secondaryip trusthost"
)
_READ, _INSIDE = frozenset(_READ_KEYS.split()), frozenset(_READ_INSIDE.split())
_VERBS = ("config", "edit", "set", "append", "select", "unselect", "clear")
_LONGEST = 3  # words of a path that name a table


def set_aside(device: Device) -> None:
    """Mark as understood what says nothing that is kept."""
    for path, block in _tables(device.tree.root):
        words = path.split()
        starts = [" ".join(words[:n]) for n in range(len(words), 0, -1)][-_LONGEST:]
        judged = _JUDGED.get(path)
        if (judged is None and not _TABLES.intersection(starts)) or misspelt(path, device.asked):
            continue
        _mark(block, judged, read=path in device.asked)


def _mark(node: Node, judged: re.Pattern[str] | None, *, read: bool) -> None:
    if read and _is_misspelt(node.key):
        return
    opens = node.key.startswith(("edit ", "config "))
    known = judged is None or opens or judged.match(node.key) or (read and node.key.partition(" ")[0] in _READ)
    if known and _is_command(node):
        node.understood = True
    for child in node.children:
        _mark(child, judged, read=read)


@functools.lru_cache(maxsize=4_096)
def _is_misspelt(key: str) -> bool:
    """The key, or the table in an entry, is one letter away from one that is read."""
    first, _, rest = key.partition(" ")
    return misspelt(rest, _INSIDE) if first == "config" else first != "edit" and misspelt(first, _READ)


def _tables(root: Node) -> Iterator[tuple[str, Node]]:
    for node in root.children:
        if node.key in ("config global", "config vdom"):
            node.understood = True
            for inside in node.children:
                if inside.key.startswith("edit "):
                    inside.understood = True
                    yield from ((n.key.removeprefix("config "), n) for n in inside.children)
                else:
                    yield inside.key.removeprefix("config "), inside
        elif node.key.startswith("config "):
            yield node.key.removeprefix("config "), node


def _is_command(node: Node) -> bool:
    """It is a command at all, and no stray text."""
    return node.negated or node.text.split(" ", 1)[0].lower() in _VERBS
