"""Conversations inside the user plane of a mobile network (GTP-U): which end is the device, and which are passed on.

Nothing inside a packet tells a device from whom it talks to. What does: the direction that 5G writes into each packet
(``Conversation.mobile_end``); the ends of the tunnel, neither of which is a device behind it; and signalling.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from scanner.capture.result import Conversation
from scanner.facts.mobile_devices import place

CLIENT, SERVER, EITHER, UNKNOWN = "client", "server", "either", ""
Edge = tuple[str, str]


def inside(c: Conversation) -> bool:
    """It is between addresses in a user plane; the functions below are of such conversations."""
    return c.tunnel == "gtp-u" and c.transport != "ethernet"


def mobile_ends(conversations: Sequence[Conversation], told: Collection[str]) -> list[str]:
    """Of each conversation which end is the mobile device: CLIENT (whatever the server is), SERVER, or UNKNOWN.

    EITHER: signalling told of the server alone; the client is another device, or whom the device talks to.
    told: the places of addresses that signalling gave to devices.
    """
    proved = [_proved(c) for c in conversations]
    devices, others = set(told), set()
    for c, end in zip(conversations, proved, strict=True):
        if end:
            device, other = (c.client, c.server) if end == CLIENT else (c.server, c.client)
            devices.add(place(device))
            others.add(place(other))
    others -= devices
    return [end or _by_others(c, devices, others) for c, end in zip(conversations, proved, strict=True)]


def _proved(c: Conversation) -> str:
    """By what its packets say, or because the other end is the end of the tunnel on its own side (any device can send
    under the address of the far one).
    """
    core_asks, core_answers = c.client == c.tunnel_client, c.server == c.tunnel_server
    if c.mobile_end or core_asks == core_answers:
        return c.mobile_end
    return SERVER if core_asks else CLIENT


def _by_others(c: Conversation, devices: Collection[str], others: Collection[str]) -> str:
    """By what signalling and other conversations say of the two addresses."""
    client, server = place(c.client), place(c.server)
    if client in devices:
        return CLIENT
    if client in others and server not in others:
        return SERVER
    return EITHER if server in devices else UNKNOWN


def relayed(conversations: Sequence[Conversation]) -> list[bool]:
    """Of each conversation whether the sender of its tunnel only passes on what it got through another one: from a user
    plane function to the next (N9), or from serving to packet gateway (S5, S8).
    """
    told: defaultdict[tuple[object, ...], set[Edge]] = defaultdict(set)
    for c in conversations:
        told[_same(c)].add((c.tunnel_client, c.tunnel_server))
    later = {key: _later(edges) for key, edges in told.items() if len(edges) > 1}
    return [(c.tunnel_client, c.tunnel_server) in later.get(_same(c), ()) for c in conversations]


def _same(c: Conversation) -> tuple[object, ...]:
    return c.transport, c.client, c.server, c.server_port


def _later(edges: Collection[Edge]) -> set[Edge]:
    """The tunnels that go on where others end. What goes round in a circle, and what comes behind it, has no beginning
    and passes nothing on.
    """
    onwards, waited_for = defaultdict(list), Counter(receiver for _, receiver in edges)
    for sender, receiver in edges:
        onwards[sender].append(receiver)
    first = [sender for sender in onwards if not waited_for[sender]]
    reached = [*first]
    for sender in reached:  # which grows
        for receiver in onwards[sender]:
            waited_for[receiver] -= 1
            if not waited_for[receiver]:
                reached.append(receiver)
    between = {*reached} - {*first}
    return {edge for edge in edges if edge[0] in between}
