"""How an ASA writes its configuration."""

from __future__ import annotations

import re

from scanner.configs.dialects.cisco_asa.commands import WORDS
from scanner.configs.dialects.cisco_ios.grammar import CERTIFICATE, KEY_STRING, full_name
from scanner.configs.grammar import Grammar
from scanner.configs.headers import Unit, interfaces


def units(text: str) -> list[Unit]:
    """The port that the first line of a block means."""
    return interfaces(text, "-", full_name)


# Commands that carry traffic, shape or display it, and say nothing that is kept.
_ASIDE = re.compile(
    r"(?:exit|quit|end)$|:(?: |$)|cryptochecksum:|description |remark |access-list \S+ (?:line \d+ )?remark"
    r"|access-list (?:alert-interval|deny-flow-max|log-update)|object-group-search |dns |dns-group |names$"
    r"|domain-name |pager |asdm |boot system|ftp mode|mtu |mac-address auto|asp |hw-module |license "
    r"|service-module |lacp |duplex |speed |flowcontrol |media-type |delay |mac-address |channel-group .*mode|nve "
    r"|vni |cts |propagate |policy (?:static|dynamic)|management-only|security-level |nameif |vlan "
    r"|member-interface |bridge-group |zone|zone-member |igmp|multicast|pim|mroute"
    r"|ipv6 (?:nd |address |enable|enforce|route |dhcp|icmp |local )|ipv6-|ip local pool |ip address |ip audit "
    r"|icmp |route |sla |track |frequency |type echo|timeout |num-packets|threshold |nat \(|nat-|global \("
    r"|static \(|xlate |same-security-traffic |failover|monitor-interface |interface-policy|prompt "
    r"|clock summer-time|fragment |sysopt |vpn-|vpdn |vpn load|tunnel-group-map|tunnel-group "
    r"|dynamic-access-policy-record|threat-detection |arp (?:timeout|permit-nonconnected|rate-limit|-inspection)"
    r"|arp-inspection |mac-learn |mac-address-table aging|ethertype|user-identity|call-home|contact-email|profile "
    r"|destination |subscribe-to |class-map |policy-map |service-policy |class |match |inspect |parameters|set "
    r"|police |priority|shape|message-length |tcp-inspection|tcp-map|tcp-options|urgent-flag|check-retransmission"
    r"|reserved-bits|synack-data|window-variation |queue-limit|ttl-|id-|dns-guard|protocol-enforcement|nat-rewrite"
    r"|default$|permit-errors|regex |flow-export |wccp |dhcpd (?!reserve)|dhcprelay |dhcp-"
    r"|crypto (?!ikev[12] policy|ipsec ikev|isakmp policy)|enrollment |subject-name |fqdn |keypair |crl "
    r"|validation|ocsp|revocation-check|proxy-ldc|certificate |id-usage |serial-number$|email |protocol esp "
    r"|group-policy |vpn|dns-server |wins-server |split-|default-domain |address-pool|default-group-policy|webvpn"
    r"|anyconnect|svc |enable |tunnel-group-list|cache$|disable|error-recovery|smart-tunnel|port-forward|url-list"
    r"|customization|homepage |html-content|file-|http-|keep-alive|content-|hidden-shares|dtls|always-on"
    r"|activex-relay|auto-signon|hsts|max-age|include-sub|preload|group-alias|group-url"
    r"|authentication-server-group|accounting-server-group|authorization-|default-|address-|isakmp |peer-id"
    r"|ikev[12] (?!.*policy)|ike-retry|chain|trust-point|split-tunnel|intercept-|msie-|nem |pfs |re-xauth|ip-comp"
    r"|client-|backup-|user-|ip-phone|leap|secure-unit|banner |dhcp-network"
    r"|aaa-server \S+ (?:protocol|\(|deadtime)|accounting-mode|reactivation-mode|max-failed|interim|merge-dacl"
    r"|ad-agent-mode|dynamic-authorization|server-port|authentication-port|accounting-port|server-type"
    r"|ldap-(?!login-password)|sasl-|retry-|kerberos-|nt-auth|sdi-|map-name|map-value|mschapv2|radius-(?!common)"
    r"|acl-netmask|simultaneous|username \S+ attributes|service-type |password-date|memberof"
    r"|service (?:resetinbound|resetoutbound|resetoutside|internal|sw-reset|call-home|telemetry)|quota "
    r"|logging (?:asdm|monitor|console|history|facility|device-id|standby|emblem|debug-trace|ftp|flash"
    r"|mail|from-address|recipient-address|permit-hostdown|queue|rate-limit|hide|savelog|list|asdm-buffer)"
    r"|snmp-server (?:location|contact|enable traps|listen-port|engineid|user-list|cpu|mib|group \S+ v[123])"
    r"|ntp (?:authentication-key|trusted-key)"
    r"|ssl (?:trust-point|client-version|certificate-auth|ecdh-group|cipher)"
    r"|http (?:redirect|server (?:session-timeout|basic-auth|enable))"
    r"|ssh (?:stricthostkeycheck|stack|pubkey-chain|scopy)|server \S+$|telemetry|router-id|log-adj|network "
    r"|redistribute |area \S+ |ospf (?:authentication|message-digest)-key|ssl encryption |distance "
    r"|default-information|auto-cost|timers |auto-summary|version |bgp |neighbor \S+ (?!password)|address-family"
    r"|exit-address-family|synchronization|maximum-paths|ospf (?:cost|priority|hello|dead|network|mtu)"
    r"|hello-interval|hold-time|split-horizon|eigrp |prefix-list|route-map |community-list|as-path|policy-list"
    r"|event |action |output |cluster|priority |local-unit|cluster-interface|health-check|conn-|clacp|site-"
    r"|compression|privilege |smart|feature |throughput |time-range|absolute |periodic |banner|mount|coredump"
    r"|jumbo|tls-proxy|phone-proxy|ctl-|media-termination|scansafe|filter |url-server|url-block|url-cache|dap"
    r"|xlate|management-access|context |allocate|config-url|admin-context|limit-resource|lldp|power-supply"
    r"|app-agent|ip-client|object network|object service|object-group|switchport|cpu |checkheaps|memory|history"
    r"|terminal |aaa (?:mac-exempt|proxy-limit|authentication (?:match|include|exclude|listener|login-history"
    r"|secure-http)|authorization (?:match|include|exclude)|accounting (?:match|include|exclude))|password-policy "
    r"|virtual |established |aggregate-address |passive-interface |name-server |retries |poll-timer "
    r"|expire-entry-timer |dns-to-domain |nat |subscribe-to|active$|security-level$|nameif$|command-alias "
    r"|service (?:tcp|udp|icmp|ip|sctp|esp|ah|gre|\d)|encryption |hash |group |integrity |prf |lifetime "
    r"|authentication (?:pre-share|rsa-sig|crack|eap)|host |subnet |range "
    r"|(?:network|service|port|group|protocol|icmp|security)-object |user ",
    re.IGNORECASE,
)

GRAMMAR = Grammar(
    name="hostname",
    negation="no ",
    separator="!",
    end=": end",
    header=re.compile(
        r"(?:interface|object network|object service|object-group|class-map|policy-map|router"
        r"|group-policy \S+ attributes|username \S+ attributes|tunnel-group \S+ \S+-attributes|aaa-server \S+ \("
        r"|crypto ikev[12] policy|crypto ipsec profile"
        r"|crypto isakmp policy|crypto ipsec ikev2|crypto ca|webvpn|dns server-group|time-range|call-home"
        r"|dynamic-access-policy-record|route-map)\b",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:no )?(?:hostname|enable password|passwd|names?|access-list|access-group|logging|ssh|telnet|http|console"
        r"|ntp|snmp-server|clock|banner|route|timeout|threat-detection|ssl|password-policy|mtu|icmp|asdm|arp|nat \("
        r"|failover|aaa authentication|aaa authorization|aaa accounting|aaa local|ip verify|service-policy|prompt"
        r"|cryptochecksum)\b",
        re.IGNORECASE,
    ),
    opaque=(CERTIFICATE, KEY_STRING),
    opaque_words=frozenset(("certificate", "key-string")),
    prompt=re.compile(r"[\w.@/:-]+(?:\([\w-]+\))?[#>]"),
    about=re.compile(r"(?!)"),
    aside=_ASIDE,
    words=WORDS,
    units=units,
)
