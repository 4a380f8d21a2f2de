"""What a device's own tables say of others: which MAC address has which IP address, name, VLAN and port.

Only what somebody configured or the device fixed in its configuration counts; what it says in prose (descriptions)
does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.addresses import address_of, is_group_mac, parse_ip, parse_mac
from scanner.configs.nodes import Node
from scanner.configs.settings import Sheet
from scanner.configs.tree import Tree

ARP = "arp"
MAC_TABLE = "mac-table"
DHCP = "dhcp"
SOURCE_GUARD = "source-guard"
PORT_SECURITY = "port-security"
HOST = "host"
_ETHERNET = "01"  # hardware type in front of the MAC address in a DHCP client identifier (RFC 2132, section 9.14)


def put_binding(
    sheet: Sheet,
    how: str,
    node: Node,
    *,
    ip: str = "",
    mac: str = "",
    name: str = "",
    vlan: str = "",
    interface: str = "",
    table: str = "",
) -> None:
    """The rows of one binding, if it connects two things. table: of which VRF or VPN instance it is."""
    said = {"ip": one_ip(ip), "mac": one_mac(mac), "name": name.strip('"'), "interface": interface}
    if sum(map(bool, said.values())) < 2 or not (said["mac"] or said["ip"]):
        return
    said |= {"vlan": vlan, "table": table}
    item = " ".join(w for w in (how, table, said["name"], said["ip"], said["mac"]) if w)
    sheet.put("binding", item, "how", how, node)
    for setting, value in said.items():
        if value:
            sheet.put("binding", item, setting, value, node)


def put_hosts(tree: Tree, sheet: Sheet, table_word: str) -> None:
    """Names that are given to addresses; ``table_word`` stands before the VRF or VPN instance they hold in."""
    for node, words in tree.given("ip host", "ipv6 host"):
        table, words = in_table(words, table_word)  # noqa: PLW2901
        for ip in filter(one_ip, words[1:]):
            put_binding(sheet, HOST, node, ip=ip, name=words[0], table=table)


def in_table(words: list[str], table_word: str) -> tuple[str, list[str]]:
    """The VRF or VPN instance that the words begin with, empty when they begin with none, and the other words."""
    return (words[1], words[2:]) if words[:1] == [table_word] and len(words) > 1 else ("", words)


def one_ip(text: str) -> str:
    """A host's IP address in its canonical form; empty when the text is none."""
    try:
        ip = parse_ip(text.partition("/")[0])
    except ValueError:
        return ""
    return ip if address_of(ip).host else ""


def one_mac(text: str) -> str:
    """A device's MAC address in its canonical form; empty when the text is none."""
    try:
        mac = parse_mac(text)
    except ValueError:
        return ""
    return "" if is_group_mac(mac) or mac == "00:00:00:00:00:00" else mac


def client_mac(identifier: str) -> str:
    """The MAC address in a DHCP client identifier written in hexadecimal digits; empty when it holds none."""
    digits = identifier.replace(".", "").replace("-", "").replace(":", "")
    return one_mac(digits[2:]) if len(digits) == 14 and digits.startswith(_ETHERNET) else ""


def word_after(words: Sequence[str], word: str) -> str:
    """The word that follows another; empty when it is not there."""
    lower = [w.lower() for w in words]
    at = lower.index(word) + 1 if word in lower else len(words)
    return words[at] if at < len(words) else ""


def port_after(words: Sequence[str], word: str) -> str:
    """The port that follows a word: its kind may stand apart from its number."""
    lower = [w.lower() for w in words]
    if word not in lower:
        return ""
    return port_at(words[lower.index(word) + 1 :])


def port_at(words: Sequence[str]) -> str:
    """The port that the words begin with."""
    if len(words) > 1 and words[0].isalpha() and words[1][0].isdigit():
        return f"{words[0]}{words[1]}"
    return words[0] if words else ""
