"""What lies inside tunnels: packets by their innermost ends and transport, for each kind of outermost tunnel.

tshark says of a frame which protocols lie in each other; otaudit's conversations say in which tunnel they were seen.
The packets that ICMP errors quote are nobody's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from scanner.capture.result import Conversation
from tests.conformance import oracle
from tests.conformance.spec import Frame, Value

TUNNELS = {  # tshark's layer -> otaudit's name
    "gtp": "gtp-u",
    "gtpprime": "gtp-u",  # of version 0
    "gre": "gre",
    "vxlan": "vxlan",
    "geneve": "geneve",
    "etherip": "etherip",
    "l2tp": "l2tp",
    "erspan": "erspan",
    "pppoes": "pppoe",
    "mpls": "mpls",
    "capwap.data": "capwap",
}
TRANSPORTS = {"tcp", "udp", "sctp"}
NETWORKS, QUOTING = {"ip", "ipv6"}, {"icmp", "icmpv6"}


def theirs(frame: Frame) -> Iterable[Value]:
    """One value of a packet whose innermost IP lies in a tunnel."""
    layers = oracle.layers(dict(frame))
    tunnel = next((at for at, layer in enumerate(layers) if layer in TUNNELS), None)
    if tunnel is None:
        return
    name = layers[tunnel + 1] if layers[tunnel + 1 : tunnel + 2] == ["erspan"] else layers[tunnel]
    end = next((at for at, layer in enumerate(layers) if layer in QUOTING and at > tunnel), len(layers))
    last = max((at for at in range(tunnel, end) if layers[at] in NETWORKS), default=None)
    if last is None:
        return
    kind, number = layers[last], layers[:last].count(layers[last])
    sources, targets = frame.get(f"{kind}.src", ()), frame.get(f"{kind}.dst", ())
    if number >= len(sources):  # a header that is broken
        return
    ends = sorted((sources[number], targets[number]))
    transport = next((layer for layer in layers[last:end] if layer in TRANSPORTS), "other")
    yield f"inside {TUNNELS[name]}", f"{' - '.join(ends)} {transport}"


def ours(conversations: Iterable[Conversation]) -> Counter[Value]:
    """The same of otaudit's conversations, copies seen at another place included, but each by its outermost tunnel."""
    found: Counter[Value] = Counter()
    every = list(conversations)
    for one in every:
        if one.copy_of >= 0 and every[one.copy_of].first_frame == one.first_frame:  # a tunnel in its tunnel
            continue
        inner, outer = sorted((one.client, one.server)), sorted((one.tunnel_client, one.tunnel_server))
        own = inner == outer and one.transport.startswith("ip-")  # what keeps the tunnel up
        if one.tunnel in TUNNELS.values() and one.transport != "ethernet" and not own:
            ends = " - ".join(inner)
            transport = one.transport if one.transport in TRANSPORTS else "other"
            found[f"inside {one.tunnel}", f"{ends} {transport}"] += one.client_packets + one.server_packets
    return found
