"""Rows of the facts table ``settings``: what a dialect says, in one vocabulary for all dialects.

The table is entity-attribute-value: one row for one setting of one item. What a configuration does not set has a row
too: the platform's default where it is the same for every version of the platform, ``absent`` where absence itself is
the answer, ``unknown-default`` where the default depends on model and version, so that a rule can refuse to judge it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.configs.forwarding import Router
from scanner.configs.ignored import ignored
from scanner.configs.nodes import Node, last
from scanner.configs.tree import Tree
from scanner.configs.understood import cut_off, doubted, named_in, not_understood, share
from scanner.errors import Problem
from scanner.limits import limits
from scanner.wording import said

ABSENT = "absent"
UNKNOWN = "unknown-default"
YES = "yes"
NO = "no"
MAX_VALUE = 4_096  # characters
LINE_KINDS = {
    "con": "console",
    "console": "console",
    "vty": "vty",
    "aux": "aux",
    "tty": "tty",
}  # as both dialects abbreviate
OPEN_WITHOUT_SERVER = "aaa-else-none"  # nobody is asked when the servers do not answer
LEAVES_OPEN = "leaves open"  # note of a file: the categories of settings that lines of it leave open
EVERYBODY = "everybody"  # there is a list, and it lets everybody in
CLOSED = "closed"  # the line or service accepts nobody, so that its limits do not matter

# (category, setting) -> meaning, with the values it takes. Dialects may use no other; the reference page lists these.
VOCABULARY: dict[tuple[str, str], str] = {
    ("system", "hostname"): "name of the device",
    ("system", "version"): "software version, as printed",
    ("system", "maker"): "who makes the software",
    ("system", "software"): "the software, as its maker calls it, where the release tells which",
    ("system", "model"): "product, where the configuration names it",
    ("system", "changed"): "when and by whom the configuration was last changed, as printed",
    ("system", "complete"): "the last line of a complete configuration was there: yes, no",
    ("system", "vlan_name"): "name of a VLAN",
    ("system", "default_route"): "next hop of a default route or gateway",
    ("system", "mode"): "mode of spanning tree",
    ("system", "bpdu_guard_default"): "BPDU guard on all edge ports: yes, absent",
    ("system", "dhcp_snooping"): "DHCP snooping of a switch with edge ports: yes, no, no-vlan (in none), absent, "
    "unknown-default",
    ("system", "arp_inspection"): "dynamic ARP inspection of a switch with edge ports: VLANs or yes, absent, "
    "unknown-default",
    (
        "system",
        "loop_guard",
    ): "loop guard on trunks of a switch with several and spanning tree, or what does the same: yes (all), "
    "some, absent",
    ("system", "root_guard"): "root guard on some trunk of a switch that is set to be the root: yes, absent",
    ("system", "vlan_database"): "how the list of VLANs is shared (VTP): transparent, off, server, client, "
    "unknown-default",
    ("system", "control_plane_policing"): "traffic to the processor of a device that routes is limited: yes, absent, "
    "unknown-default",
    ("system", "archive"): "configurations are archived: where to, absent",
    ("management", "enabled"): "the service listens: yes, no, unknown-default",
    ("management", "acl"): "access list that limits who may reach the service, absent, everybody (the list lets all "
    "in, or is not there), closed, unknown-default",
    (
        "management",
        "version",
    ): "protocol versions offered, the oldest that a TLS policy allows, closed, unknown-default",
    ("management", "ciphers"): "ciphers offered, comma-separated, unknown-default",
    ("management", "macs"): "integrity algorithms offered, comma-separated, unknown-default",
    ("management", "key_exchange"): "key exchanges offered, comma-separated, unknown-default",
    ("management", "key_length"): "shortest key in bits: of key exchanges of SSH, of the key pair of a certificate, "
    "unknown-default",
    ("management", "timeout"): "seconds a login may take, unknown-default",
    ("management", "retries"): "logins that may fail before the connection is closed, unknown-default",
    ("management", "authentication"): "how the service authenticates: local, aaa, enable (one password for all), ..., "
    "closed, unknown-default",
    (
        "management",
        "write_access",
    ): "a control protocol may change the device's settings without a login: yes, restricted "
    "(who may is limited by address), password, no, closed, unknown-default",
    ("management", "banner"): "a notice is shown before or at login: which, absent",
    ("snmp", "enabled"): "the agent answers: yes, no",
    ("snmp", "versions"): "SNMP versions the agent answers: v1, v2c, v3, unknown-default",
    ("snmp", "access"): "rights of a community: ro, rw, unknown (those of a role)",
    ("snmp", "default_community"): "the community is a well-known one: yes, no, unknown (stored encrypted)",
    ("snmp", "acl"): "access list of a community, group or user, ipv6-only, everybody, absent",
    ("snmp", "view"): "view of a community, everything (it leaves out nothing), absent, unknown-default",
    ("snmp", "storage"): "how the community is stored: plain, cipher, simple, ...",
    ("snmp", "version"): "SNMP version of a trap receiver or group",
    ("snmp", "level"): "SNMPv3 security: noauth, auth, priv, unknown-default",
    ("snmp", "write_view"): "view that a group may write, everything (it leaves out nothing), absent",
    ("snmp", "auth_algorithm"): "SNMPv3 authentication of a user, absent",
    ("snmp", "priv_algorithm"): "SNMPv3 encryption of a user, absent",
    ("account", "storage"): "how a login password is stored: none, plain, type-4 to type-9, simple, cipher, "
    "irreversible-cipher, pix-md5, des-crypt, nt-hash, sha-1, pbkdf2, aes, fixed-key (which all devices have), unknown",
    ("account", "password"): "the account asks for a password: yes, no",
    ("account", "key_storage"): "how a shared key of a server is stored, as storage",
    ("account", "privilege"): "privilege level",
    ("account", "default_name"): "the user name is a vendor's default: yes, no, unknown-default",
    ("account", "default_secret"): "the password is a vendor's default or the user name: yes, no, unknown",
    ("account", "length"): "length of the password: under-8, 8-or-more, unknown",
    ("account", "services"): "services a local user may use, comma-separated, unknown-default",
    ("account", "login_methods"): "how logins are authenticated, in order: tacacs+, radius, group NAME, local, ...",
    ("account", "central"): "logins are authenticated by a server first: yes, no, unknown-default",
    ("account", "local_fallback"): "a local account works when the servers do not answer: yes, no",
    ("account", "accounting"): "servers that authenticate are told of logins or commands: yes, absent",
    ("account", "authorization"): "servers that authenticate say what may be done after a login: how, absent",
    ("account", "second_factor"): "what the account asks for beside the password: fortitoken, email, sms, mandatory, "
    "..., absent, unknown-default (a server asks)",
    ("account", "rights"): "of the local accounts: single (there is one), divided, all-full (all may do everything), "
    "unknown-default",
    ("line", "idle_timeout"): "seconds until an idle session ends (number), never (0), closed",
    ("line", "transport"): "remote access protocols, comma-separated: ssh, telnet, all, none, unknown-default",
    ("line", "telnet"): "Telnet logins are accepted: yes, no, unknown-default",
    ("line", "authentication"): "none, aaa-else-none (no server there), password, local, aaa, unknown-default, closed",
    (
        "line",
        "access_acl",
    ): "access list for incoming connections, ipv4-only or ipv6-only where the other is open, everybody (the list lets "
    "all in), absent, closed",
    ("line", "privilege"): "privilege level that everybody has who logs in there",
    ("line", "all_rights"): "that level is the highest of the system, or may do everything: yes, no",
    ("line", "open"): "an auxiliary line accepts logins: yes, closed",
    ("password-policy", "encryption_service"): "plain passwords are obfuscated in the configuration: yes, no",
    ("password-policy", "min_length"): "minimum password length, absent, unknown-default",
    ("password-policy", "complexity"): "password complexity is enforced: yes, no, absent, unknown-default",
    ("password-policy", "max_age"): "days until a password must be changed, absent, unknown-default",
    ("password-policy", "lockout"): "failed logins lock or delay: what is set, absent, unknown-default",
    ("password-policy", "lockout_attempts"): "failed logins until the lock, absent, unknown-default",
    ("password-policy", "lockout_seconds"): "how long the lock lasts, absent, unknown-default",
    ("logging", "enabled"): "messages are logged at all: yes, no",
    ("logging", "remote_hosts"): "remote log servers, comma-separated (number: how many), absent, unknown-default",
    ("logging", "transport"): "transport to a log server: udp, tcp, tls",
    ("logging", "level"): "lowest severity sent to servers, unknown-default",
    ("logging", "buffer_bytes"): "local log buffer in bytes, where that is its measure; no, absent, unknown-default",
    ("logging", "buffer_messages"): "the same where messages are its measure",
    ("logging", "timestamps"): "timestamps of messages: datetime with options, uptime, absent, unknown-default",
    ("logging", "login_failures"): "failed logins are logged: yes, no, absent, unknown-default",
    ("logging", "config_changes"): "configuration commands are recorded: accounting (on a server), yes (in the log), "
    "no, absent, unknown-default",
    ("logging", "source"): "interface from which messages to servers come, of a device with several addresses, absent",
    ("time", "sources"): "time servers, comma-separated (number: how many), absent, unknown-default",
    ("time", "authentication"): "time servers are authenticated: yes, no",
    ("time", "key"): "a key is used with this time server: yes, no",
    ("time", "place"): "where this time server is: inside, public, unknown (a name that tells nothing)",
    ("time", "acl"): "access list that limits who may ask the device for the time, everybody, absent, closed, "
    "unknown-default",
    ("time", "source"): "interface from which time servers are asked, of a device with several addresses, absent",
    ("time", "timezone"): "time zone, absent",
    ("interface", "kind"): "physical, svi, lag, loopback, tunnel, serial, radio, other",
    (
        "interface",
        "use",
    ): "what a port is for: edge (a device is behind it), trunk, routed, member (of an aggregation), "
    "mirror, down (shut down), spare (up, though nothing is set on it or its description says it is unused), "
    "unknown-default",
    ("interface", "aggregate"): "aggregation that the port is a member of, as the name of its interface",
    ("interface", "mode"): "access, trunk, hybrid, dynamic, routed, ..., unknown-default",
    ("interface", "negotiation"): "trunking is negotiated (DTP) on an edge port or trunk: yes, no, unknown-default",
    ("interface", "access_vlan"): "VLAN of untagged traffic of an edge port, and of an address of the device itself",
    ("interface", "trunk_vlans"): "VLANs allowed on a trunk that is up: list, all, none, unknown-default",
    ("interface", "native_vlan"): "untagged VLAN of a trunk that is up, pruned (the trunk does not carry it), "
    "tagged (it is tagged, too), unknown-default",
    ("interface", "shutdown"): "administratively down: yes, no",
    ("interface", "description"): "description, absent",
    ("interface", "access_control"): "what decides which devices may use an edge port: port-security, dot1x, mab, "
    "dot1x-off (802.1X is not on for the device), dot1x-open (whoever fails gets in too), absent, unknown-default",
    ("interface", "storm_control"): "broadcast or multicast is limited on an edge port: yes, no, absent, "
    "unknown-default",
    ("interface", "bpdu_guard"): "BPDU guard on an edge port: yes, no, absent, unknown-default",
    ("interface", "bpdu_filter"): "spanning tree is silenced on the port: yes, no, unknown-default",
    ("interface", "edge"): "an edge port is one for spanning tree too: yes, absent, unknown-default",
    ("interface", "source_guard"): "source addresses are checked on an edge port: yes, no, absent, unknown-default",
    ("interface", "discovery"): "what tells the device on an edge port about the switch, comma-separated: cdp, lldp, "
    "none, unknown-default",
    ("interface", "mirror_input"): "a port on which traffic is mirrored takes traffic in: yes, no, unknown-default",
    ("interface", "address"): "IP address and prefix length, dhcp, absent",
    ("interface", "acl_in"): "access list on incoming traffic, absent",
    ("interface", "acl_out"): "access list on outgoing traffic, absent",
    ("interface", "source_check"): "source addresses that are forged are dropped where the device routes: urpf, acl, "
    "absent, unknown-default",
    ("interface", "proxy_arp"): "the device answers ARP for others: yes, no, unknown-default",
    ("interface", "directed_broadcast"): "broadcasts into the network behind it are forwarded: yes, no, "
    "unknown-default",
    (
        "routing",
        "authentication",
    ): "what neighbours must prove: keyed (by a digest), plain, absent, closed (it speaks on "
    "no interface), unknown-default",
    ("vpn", "proposals"): "what a tunnel proposes, encryption and integrity, comma-separated, unknown-default",
    ("vpn", "groups"): "Diffie-Hellman groups that a tunnel proposes, comma-separated, none, unknown-default",
    ("vpn", "version"): "version of IKE",
    ("vpn", "mode"): "exchange of IKE version 1: main, aggressive",
    ("binding", "how"): "what binds addresses: arp, mac-table, dhcp, source-guard, port-security, host",
    ("binding", "ip"): "IP address of the device that is bound",
    ("binding", "mac"): "its MAC address",
    ("binding", "name"): "its name",
    ("binding", "vlan"): "its VLAN",
    ("binding", "interface"): "the port or interface behind which it is",
    ("binding", "table"): "VRF or VPN instance of the binding",
    ("acl", "entry"): "one entry in words: permit tcp 10.0.0.0/24 any eq 502",
    ("acl", "action"): "what the entry does: permit, deny",
    ("acl", "protocol"): "protocol that it names: ip, tcp, udp, icmp, ...",
    ("acl", "source"): "addresses that it names: network, address, any, or group NAME",
    ("acl", "destination"): "addresses that it names: network, address, any, or group NAME",
    ("acl", "options"): "what else narrows it: ports, flags; no row where nothing does",
    ("acl", "permits_any"): "the entry permits everything: yes, no, unbound (the list filters nothing), unknown "
    "(the list only selects traffic for something else)",
    (
        "acl",
        "shadowed",
    ): "an earlier entry matches everything that the entry does: which, no, unknown (too many entries)",
    (
        "acl",
        "overruled",
    ): "what matches all that the entry does before it does the opposite: yes, partly (some of it), no, unknown",
    ("acl", "opens"): "how many destination ports a permit opens between its ends (number), unknown; where the list "
    "filters traffic",
    ("acl", "bound"): "where the list is used, mentioned (in a command that is not understood), absent",
    (
        "acl",
        "unmatched",
    ): "what becomes of traffic that no entry matches, where the list filters traffic: deny, permit, unknown",
    ("acl", "denials_logged"): "what the list denies in the end is logged, where it filters traffic: yes, no",
    ("acl", "final"): "last entry: deny-all, permit-all, other, empty",
    ("acl", "default_action"): "what happens to traffic that no entry matches: deny, permit, unknown",
    ("structure", "defined"): "what is used by its name (a route map, a class, a list of methods) exists: yes, no, "
    "unknown (another case of letters)",
    ("structure", "used"): "where it is used, mentioned (in a line that is not known to use it), absent",
    ("acl", "defined"): "a list that is used exists: yes, no, or is empty",
}


@dataclass(frozen=True)
class Configuration:
    """One device configuration as it was read. ``rows`` are rows of the facts table ``settings``."""

    source: str
    device: str
    dialect: str
    version: str
    rows: tuple[dict[str, Any], ...]
    problems: tuple[Problem, ...]
    notes: tuple[tuple[str, str], ...]  # for the provenance: device, dialect, version, lines, encoding
    waivers: tuple[dict[str, Any], ...] = ()  # rows of the facts table ``waivers``: what its comments accept
    refused: tuple[Problem, ...] = ()  # comments that were to accept something and do not; nothing is unread by them
    router: Router | None = None  # the device as packets meet it (``otaudit reach``); None: the dialect cannot tell


@dataclass
class Sheet:
    """The rows of one configuration while a dialect fills them."""

    tree: Tree
    dialect: str
    version: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    dropped: int = 0
    _absent: list[tuple[dict[str, Any], Node]] = field(default_factory=list)  # rows of what is not set, and their block

    def put(
        self,
        category: str,
        item: str,
        setting: str,
        value: str,
        node: Node | None = None,
        *,
        number: float | None = None,
        present: bool = True,
    ) -> None:
        """One row. ``node`` is the line that says so; without it the header of the configuration is pointed at.

        A value of digits is its own number.
        """
        at = node or self.tree.root
        at.understood = True
        if len(self.rows) >= limits().configuration_settings:
            self.dropped += 1
            return
        if number is None and whole(value):
            number = float(value)
        self.rows.append(
            {
                "source": self.tree.source,
                "line_start": at.line,
                "line_end": at.line if at.children else at.end,
                "device": self.tree.name,
                "dialect": self.dialect,
                "category": category,
                "item": item,
                "setting": setting,
                "value": value[:MAX_VALUE],
                "number": None if number is None else float(number),
                "present": present,
                "text": at.text,
            }
        )
        if not present:
            self._absent.append((self.rows[-1], at))

    def missing(
        self,
        category: str,
        item: str,
        setting: str,
        value: str = ABSENT,
        node: Node | None = None,
        *,
        number: float | None = None,
    ) -> None:
        """One row for what is not set: its default, ``absent`` or ``unknown-default``. ``node`` is the block."""
        self.put(category, item, setting, value, node, number=number, present=False)

    def words(
        self,
        category: str,
        item: str,
        setting: str,
        command: str,
        *,
        default: str = ABSENT,
        block: Node | None = None,
        nodes: list[Node] | None = None,
        join: str = " ",
    ) -> None:
        """A setting that is what follows a command; ``default`` when it is negated or not there.

        Looked for in ``nodes`` (the block's by default), at the top without a block.
        """
        inside = nodes if nodes is not None else block.children if block else None
        node = self.tree.last(command) if inside is None else last(inside, command)
        words = node.after(command) if node and not node.negated else []
        if words:
            self.put(category, item, setting, join.join(words), node)
        else:
            self.missing(category, item, setting, default, node or block)

    def switch(
        self, category: str, item: str, setting: str, node: Node | None, *, default: str, block: Node | None = None
    ) -> None:
        """A setting that a command turns on and its negation off. ``block`` is pointed at when neither is there."""
        if node is None:
            self.missing(category, item, setting, default, block)
        else:
            self.put(category, item, setting, NO if node.negated else YES, node)

    def configuration(self, forwarding: Callable[[Tree], Router | None] | None = None) -> Configuration:
        """Everything that was put here.

        forwarding: makes of the tree the device as packets meet it. It is asked last, since the lines that it looks at
        are not thereby understood. None: that is not told.
        """
        tree = self.tree
        problems = list(tree.problems)
        if self.dropped:
            what = said(
                "more than {most:,} settings: {count:,} were left out",
                most=limits().configuration_settings,
                count=self.dropped,
            )
            remedy = said("check that this is the configuration of one device, or set --limit configuration-settings")
            problems.append(Problem(tree.source, what, remedy=remedy))
        unknown = not_understood(tree)
        doubted(self._absent, unknown, tree.root, UNKNOWN)
        if not tree.complete:
            cut_off(self._absent, tree, UNKNOWN)
        named_in(self.rows, unknown)
        waivers, refused = ignored(tree)
        notes = (
            ("device", tree.name),
            ("dialect", self.dialect),
            ("version", self.version),
            ("lines", str(tree.lines)),
            ("encoding", tree.encoding),
            *share(tree, unknown),
            (LEAVES_OPEN, ", ".join(sorted(tree.open))),
        )
        return Configuration(
            tree.source,
            tree.name,
            self.dialect,
            self.version,
            tuple(self.rows),
            tuple(problems),
            tuple(n for n in notes if n[1]),
            tuple(waivers),
            tuple(refused),
            forwarding(tree) if forwarding else None,
        )


def whole(text: str) -> bool:
    """The text is a whole number of a size that a setting can have."""
    return text.isascii() and text.isdecimal() and len(text) <= 10


def in_words(word: str, known: Sequence[str]) -> str:
    """The word that an abbreviation means; empty where it is none of these, or may be several."""
    if word in known:
        return word
    found = [one for one in known if word and one.startswith(word)]
    return found[0] if len(found) == 1 else ""


DEFAULT_NAMES = frozenset(
    ("admin", "administrator", "root", "cisco", "huawei", "guest", "user", "manager", "operator", "test")
)


def account(sheet: Sheet, item: str, node: Node, user: str = "") -> None:
    """The rows that say how the login password on a line is kept."""
    secret = node.secrets[0] if node.secrets else None
    storage = secret.storage if secret else "none"
    known = secret.default if secret else None
    short = secret.short if secret else None
    sheet.put("account", item, "storage", storage, node)
    sheet.put("account", item, "default_secret", _chosen(known, YES, NO), node)
    sheet.put("account", item, "length", _chosen(short, "under-8", "8-or-more"), node)
    if user:
        put_name(sheet, item, user, node)


def put_name(sheet: Sheet, item: str, user: str, node: Node) -> None:
    """Whether the account is called as it is delivered, with or without a password."""
    sheet.put("account", item, "default_name", YES if user.lower() in DEFAULT_NAMES else NO, node)


def put_rights(sheet: Sheet, users: int, full: int, node: Node | None, *, unknown: int = 0) -> None:
    """Whether the local accounts differ in their rights; ``full`` of them have all, of ``unknown`` it is not told."""
    if users:
        told = "single" if users == 1 else "all-full" if full == users else "divided"
        sheet.put("account", "local accounts", "rights", UNKNOWN if unknown and told != "single" else told, node)


def put_software(sheet: Sheet, maker: str, software: str, node: Node | None = None) -> None:
    """Whose system it is: what advisories are about. node: the line that tells the release."""
    sheet.put("system", "device", "maker", maker, node)
    sheet.put("system", "device", "software", software, node)


def unguarded(enabled: str) -> str:
    """What to say of a service without an access list: it matters only when the service listens."""
    return {YES: ABSENT, NO: CLOSED}.get(enabled, UNKNOWN)


def _chosen(fact: bool | None, yes: str, no: str) -> str:
    return "unknown" if fact is None else yes if fact else no
