"""The kinds of members that a zone has: the key in the policy, and what one is called."""

from __future__ import annotations

from scanner.wording import said

MEMBERS = {
    "subnets": said("network"),
    "vlans": said("VLAN"),
    "macs": said("MAC address"),
    "devices": said("device"),
    "slices": said("slice"),
    "dnns": said("data network"),
    "teids": said("tunnel"),
}
