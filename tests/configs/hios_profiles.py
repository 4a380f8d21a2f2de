"""Configuration profiles of HiOS, made of tables and scalars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

Objects = Mapping[str, str]
_ADDRESS = "10.0.{}.1"


def profile(*mibs: str) -> str:
    """A whole one."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Config xmlns="urn:xml:ns:mibconf:base:1.0">\n<Header>\n'
        '<Variable name="productId">RSPE35</Variable>\n</Header>\n<MibData>\n'
        + "".join(mibs)
        + "</MibData>\n</Config>\n"
    )


def mib(name: str, *groups: str) -> str:
    return f'<MIB name="{name}">\n{"".join(groups)}</MIB>\n'


def scalars(**objects: str) -> str:
    return f'<Scalar name="group">\n{_attributes(objects)}</Scalar>\n'


def table(start: str, entries: Iterable[Objects]) -> str:
    """start: of the names of its columns."""
    rows = "".join(f"<Entry>\n{_attributes({start + k: v for k, v in e.items()})}</Entry>\n" for e in entries)
    return f'<Table name="{start}Entry">\n{rows}</Table>\n'


def _attributes(objects: Objects) -> str:
    return "".join(f'<Attribute name="{name}">{escape(text)}</Attribute>\n' for name, text in objects.items())


def rule(index: int = 1, acl: int = 1, **columns: str) -> dict[str, str]:
    """A rule of a list of IPv4, with every column that a switch writes."""
    return {
        "Index": str(acl),
        "RuleIndex": str(index),
        "RuleAction": "1",
        "RuleMatchEvery": "2",
        "RuleProtocol": "-1",
        "RuleSrcIpAddress": "0.0.0.0",  # noqa: S104
        "RuleSrcIpMask": "0.0.0.0",  # noqa: S104
        "RuleDestIpAddress": "0.0.0.0",  # noqa: S104
        "RuleDestIpMask": "0.0.0.0",  # noqa: S104
        "RuleSrcL4Port": "0",
        "RuleDestL4Port": "0",
        "RuleIPDSCP": "-1",
        "RuleIpPrecedence": "-1",
        "RuleIpTosMask": "0",
        "RuleRedirectIntf": "",
        "RuleLogging": "2",
        "RuleTimeRangeName": "",
        "RuleStatus": "1",
    } | {f"Rule{name}": text for name, text in columns.items()}


def lists(
    rules: Iterable[Objects], *, on: Iterable[tuple[str, str, str]] = (("1/1", "1", "1"),), vlans: str = ""
) -> str:
    """Lists 1, CELL, and 2, REST, with these rules; on: (interface, direction, list), in their sequence."""
    places = [
        {"Index": port, "Direction": way, "Sequence": str(n), "AclType": "1", "AclId": acl, "Status": "1"}
        for n, (port, way, acl) in enumerate(on, 1)
    ]
    names = [{"Index": "1", "Name": "CELL", "Status": "1"}, {"Index": "2", "Name": "REST", "Status": "1"}]
    return mib(
        "HM2-PLATFORM-QOS-ACL-MIB",
        table("hm2AgentAcl", names),
        table("hm2AgentAcl", rules),
        table("hm2AgentAclIf", places),
        table("hm2AgentAclVlan", [{**places[0], "Index": vlans}]) if vlans else "",
    )


def ports(*names: str, **others: Objects) -> str:
    """Ports that are up. others: what else their entries say."""
    entries = [{"Index": name, "AdminStatus": "1", **others.get(name.replace("/", "_"), {})} for name in names]
    return mib("IF-MIB", table("if", entries))


def vlans(**members: tuple[str, str]) -> str:
    """VLANs as v10=(ports, those without a tag)."""
    entries = [
        {"Index": name[1:], "StaticEgressPorts": egress, "StaticUntaggedPorts": bare, "StaticRowStatus": "1"}
        for name, (egress, bare) in members.items()
    ]
    return mib("Q-BRIDGE-MIB", table("dot1qVlan", entries))


def routing(*vlans: int, on: str = "1", **more: str) -> str:
    """Routing between interfaces of VLANs."""
    entries = [
        {
            "IfIndex": f"vlan/{number}",
            "IpAddress": _ADDRESS.format(number),
            "NetMask": "255.255.255.0",
            "RoutingMode": "1",
        }
        for number in vlans
    ]
    return mib(
        "HM2-PLATFORM-ROUTING-MIB",
        scalars(hm2AgentSwitchIpRoutingMode=on, **more),
        table("hm2AgentSwitchIpInterface", entries),
    )
