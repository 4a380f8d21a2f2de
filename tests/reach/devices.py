"""Devices that route between two networks, and what is proved of packets from the one (zone a) to the other (b)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.configs import reader
from scanner.policy.document import parse_policy
from scanner.reach.proofs import ReachState
from scanner.reach.study import Study, study

IOS = """\
version 15.2
hostname CORE
!
ip routing
{top}
interface Vlan10
 ip address 10.0.10.1 255.255.255.0
{ten}
interface Vlan20
 ip address 10.0.20.1 255.255.255.0
{twenty}
ip access-list extended GUARD
{entries}
!
{bottom}
line con 0
!
end
"""
POLICY = """\
otaudit_policy: 1
zones:
  - {id: a, level: 1, members: {subnets: [10.0.10.0/24]}}
  - {id: b, level: 2, members: {subnets: [10.0.20.0/24]}}
conduits: []
"""
VRP = """\
sysname CORE
#
vlan batch 10 20
#
{top}
acl number 3000
{rules}
#
interface Vlanif10
 ip address 10.0.10.1 255.255.255.0
{ten}
#
interface Vlanif20
 ip address 10.0.20.1 255.255.255.0
#
user-interface con 0
user-interface vty 0 4
 authentication-mode aaa
#
return
"""


def ios(*, top: str = "", ten: str = "", twenty: str = "", entries: str = " deny ip any any", bottom: str = "") -> str:
    return IOS.format(top=top, ten=ten, twenty=twenty, entries=entries, bottom=bottom)


def proved(*texts: str, policy: str = POLICY, inventory: Iterable[dict[str, Any]] = ()) -> ReachState:
    """Of packets from a to b."""
    return studied(*texts, policy=policy, inventory=inventory).proofs["a", "b"].state


def studied(*texts: str, policy: str = POLICY, inventory: Iterable[dict[str, Any]] = ()) -> Study:
    """Everything that is proved."""
    routers = []
    for number, text in enumerate(texts):
        name = f"{number}.cfg"
        device = reader.read(text.encode(), name).router
        assert device
        routers.append(device)
    tables = parse_policy(policy, "policy.yaml", ()).tables()
    return study(routers, {**tables, "inventory": list(inventory)}, {})
