"""How IOS writes a configuration."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.configs.dialects.cisco_ios.commands import WORDS
from scanner.configs.grammar import Grammar, Opaque
from scanner.configs.headers import Unit, in_full, interfaces, lines

_KINDS = (  # of interfaces; "te" is ten gigabit, "fo" forty
    *(
        "gigabitethernet",
        "tengigabitethernet",
        "fastethernet",
        "ethernet",
        "vlan",
        "loopback",
        "port-channel",
        "tunnel",
    ),
    *("twogigabitethernet", "fivegigabitethernet", "twentyfivegige", "fortygigabitethernet", "hundredgige", "serial"),
    *("appgigabitethernet", "bdi", "bvi", "dialer", "cellular", "multilink", "atm", "async", "null", "dot11radio"),
)
_LINE_KINDS = {"console": "con"}


def full_name(name: str, kinds: Sequence[str] = _KINDS) -> str:
    """The name of an interface in lower case, with its kind in full and without blanks."""
    return in_full(name, kinds)


def units(text: str) -> list[Unit]:
    """The ports or lines that the first line of a block means."""
    command, _, rest = text.partition(" ")
    if command.lower() == "line":
        kind, _, numbers = rest.strip().partition(" ")
        return lines("line", f"{_LINE_KINDS.get(kind.lower(), kind)} {numbers}")
    return interfaces(text, "-", full_name)


# Commands that carry traffic, shape or display it, and say nothing that is kept.
_ASIDE = re.compile(
    r"(?:exit(?:-[a-z-]+)?|quit|end)$|(?:\d+ )?remark\b|description |statistics "
    r"|(?:building|current) configuration"
    r"|negotiation |duplex |speed |mdix |media-type |mtu |bandwidth |delay |load-interval |carrier-delay |keepalive"
    r"|mop |logging (?:synchronous|event |console|monitor|facility |origin-id |count$|history |rate-limit |userinfo"
    r"|queue-limit|discriminator |exception|alarm |esm |snmp-trap |file |delimiter )|ntp (?:source |clock-period "
    r"|update-calendar|logging|max-associations |passive)|transport (?:output|preferred) |location |notify$"
    r"|history size|stopbits |length |width |exec prompt|escape-character |monitor"
    r"|hold-queue |tx-ring|mls qos|priority-queue|srr-queue|queue-set|auto qos|service-policy |power inline|udld "
    r"|channel-protocol |lacp |port-channel |snmp trap link|switchport$|no switchport$|encapsulation |clock rate "
    r"|standby |vrrp |glbp |cdp log|cdp timer|cdp holdtime|lldp timer|lldp holdtime"
    r"|ip (?:cef|forward-protocol|classless"
    r"|subnet-zero|domain[ -](?:name|lookup|list)|tcp |icmp |mtu |redirects|unreachables|mroute-cache|route-cache"
    r"|virtual-reassembly|nat (?:inside|outside|pool|translation)|flow |ospf (?:cost|network|priority|hello|dead)"
    r"|multicast-routing|pim |igmp |helper-address|name-server|bgp-community|prefix-list|as-path|community-list"
    r"|policy |local policy|nbar|vrf |sla )"
    r"|ipv6 (?:cef|unicast-routing|enable|nd |mtu |ospf |router |route |multicast-routing|ioam )"
    r"|vrf |rd |route-target |address-family |exit-address-family|router-id |bgp |maximum-paths|redistribute "
    r"|log-adjacency|auto-summary|synchronization|distance |passive-interface |default-information |auto-cost "
    r"|neighbor \S+ (?:activate|description|next-hop-self|soft-reconfiguration|route-map|update-source|send-community"
    r"|route-reflector|timers|weight|prefix-list|maximum-prefix|ebgp-multihop|remote-as|peer-group|default-originate"
    r"|local-as|filter-list|allowas-in|advertisement-interval)"
    r"|match |set |class |class-map |policy-map |route-map |police |shape |bandwidth |fair-queue|random-detect|priority"
    r"|conform-action |exceed-action |violate-action"
    r"|spanning-tree (?:mode|extend|vlan|portfast trunk|cost|port-priority|link-type|loopguard|guard|uplinkfast"
    r"|backbonefast|logging|pathcost|etherchannel|mst|optimize|transmit)|vlan (?:internal|access-map|filter|dot1q)"
    r"|instance |revision |name "
    r"|boot(?:-| )|redundancy|mode |main-cpu|auto-sync |platform |subscriber |diagnostic |virtual-service |multilink "
    r"|control-plane|call-home|contact-email|profile |destination |active$|subscribe-to |license |hw-module |card "
    r"|memory |memory-size |process |scheduler |exception |mmi |parser |file |alias |sdm |system mtu|switch \d"
    r"|service (?:timestamps debug|config|internal|unsupported|compress|sequence|slave|linenumber|nagle|pt-vty"
    r"|counters|alignment|dhcp|prompt|exec|call-home|hide)|errdisable |mac[ -]address-table (?:aging|notification"
    r"|learning)|archive$|log$|notify syslog|hidekeys|path |write-memory|time-period|logging size"
    r"|ip dhcp (?:excluded|pool|database|ping|use|bootp|relay)|network \S+(?: \S+)?$|default-router |dns-server"
    r"|domain-name |lease |option |bootfile |next-server "
    r"|snmp-server (?:location|contact|chassis|enable traps|ifindex|system-shutdown|trap|queue|packetsize|engineid"
    r"|tftp)"
    r"|switchport (?:nonegotiate|trunk encapsulation|trunk pruning|voice|block|protected|priority|port-security )"
    r"|storm-control action|ip arp inspection (?:validate|log|trust|limit|filter)|ip http (?:tls-version|timeout"
    r"|path|max|client|active|session)|ip dhcp snooping (?:information|limit|database|verify|glean|trust)"
    r"|dot1x (?:timeout|max|reauth|guest|critical)|authentication (?:timer|order|priority|event|violation|periodic"
    r"|host-mode|open|control-direction)|macro |track |ip sla|alarm |ptp |cip |profinet |rep |dlr |mrp |prp |hsr "
    r"|voice|dial-peer|gateway|crypto (?:pki|ca|isakmp|ipsec|map|ikev2|key|keyring)|enrollment |subject-name "
    r"|revocation-check |rsakeypair |certificate |fingerprint |usage |serial-number|set peer|set transform"
    r"|server name |address ipv[46] |aaa session-id |(?:lower|upper|special)-case |numeric-count |char-changes "
    r"|login on-|storm-control (?:broadcast|multicast|unicast) level |switchport access vlan |snmp-server view "
    r"|ntp (?:authentication-key |trusted-key |master)|(?:ipv6 )?access-class \S+ out$"
    r"|syslog |notifies |access-list \S+ remark|transport preferred|banner "
    r"|mpls |bfd|isis |net \d|is-type |metric|eigrp |variance |no-summary|tunnel |fabric|interface-range",
    re.IGNORECASE,
)

CERTIFICATE = Opaque(
    re.compile(r"certificate (?:self-signed|ca|rollover|[0-9A-F]+)\b", re.IGNORECASE), re.compile("quit$")
)
KEY_STRING = Opaque(re.compile(r"key-string$", re.IGNORECASE), re.compile(r"quit$|exit$", re.IGNORECASE))

GRAMMAR = Grammar(
    name="hostname",
    negation="no ",
    separator="!",
    end="end",
    header=re.compile(
        r"(?:interface|line|vlan \d|router|class-map|policy-map|route-map|archive|(?:ip|ipv6|mac) access-list"
        r"|radius server|tacacs server|key chain|aaa group server|crypto pki|vrf definition"
        r"|ip dhcp pool|arp access-list)\b",
        re.IGNORECASE,
    ),
    top=re.compile(
        r"(?:no )?(?:hostname|version|service|username|enable|aaa new-model|snmp-server|ntp|access-list|banner|clock"
        r"|logging (?:host|\d|buffered|trap)|ip (?:http|ssh|route|default-gateway|domain|scp|dhcp)|cdp run|lldp run"
        r"|arp (?:vrf \S+ )?\d|mac[ -]address-table|ip host|ip source binding"
        r"|vtp|vstack|spanning-tree (?:mode|extend)|login (?:block|on)|boot-)\b",
        re.IGNORECASE,
    ),
    opaque=(
        Opaque(re.compile(r"banner (?:[a-z-]{3,20})\s+(?P<rest>\S.*)", re.IGNORECASE)),  # any character may end it
        Opaque(
            re.compile(
                r"(?:banner(?: [a-z-]{1,20})?|ip \S+ auth-proxy-banner (?:http|ftp|telnet)"
                r"|aaa authentication (?:banner|fail-message)|(?:vacant|refuse|busy)-message|menu \S+ title)"
                r"\s+(?P<rest>[^\s\w].*)",
                re.IGNORECASE,
            )
        ),
        CERTIFICATE,
        KEY_STRING,
        Opaque(re.compile(r"macro name ", re.IGNORECASE), re.compile("@$")),
        Opaque(re.compile(r"-----BEGIN "), re.compile(r"-----END ")),
    ),
    opaque_words=frozenset(
        (
            "-----begin",
            "aaa",
            "banner",
            "busy-message",
            "certificate",
            "ip",
            "key-string",
            "macro",
            "menu",
            "refuse-message",
            "vacant-message",
        )
    ),
    prompt=re.compile(r"[\w.@/:-]+(?:\([\w-]+\))?[#>]"),
    about=re.compile(r"! Last configuration change at "),
    aside=_ASIDE,
    reset="default ",
    words=WORDS,
    units=units,
)
