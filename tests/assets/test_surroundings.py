from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from scanner.addresses import is_mac
from scanner.assets.surroundings import TALKS, conversations

MACS, IPS = ("", "02:00:00:00:00:01", "02:00:00:00:00:02"), ("10.0.0.1", "10.0.0.2", "2001:db8::1")
SERVICES = (("udp", 1985), ("tcp", 1985), ("ip-112", 0), ("ip-112", None), ("tcp", 502))
TALK = st.tuples(
    st.sampled_from((*IPS, MACS[1])),
    st.sampled_from(MACS),
    st.sampled_from(IPS),
    st.sampled_from(MACS),
    st.sampled_from(SERVICES),
)


Talked = tuple[str, str, str, str, tuple[str, int]]


@given(st.lists(TALK, max_size=12))
def test_who_says_hello_who_asks_and_who_talks_with_whom(
    talks: list[tuple[str, str, str, str, tuple[str, int]]],
) -> None:
    hellos, asking, peers = conversations(
        pl.DataFrame([(*ends, *service) for *ends, service in talks], schema=TALKS, orient="row")
    )
    met: dict[tuple[str, str], set[tuple[str, str]]] = {}
    says: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    for client, client_mac, server, server_mac, (transport, port) in talks:
        if client_mac and not is_mac(client):
            says[(transport, port or 0) in {("udp", 1985), ("ip-112", 0)}].add((client_mac, client))
            if server_mac and client_mac != server_mac:
                met.setdefault((client_mac, client), set()).add((server_mac, server))
                met.setdefault((server_mac, server), set()).add((client_mac, client))
    assert (hellos, asking) == (says[True], says[False])
    assert {pair: set(peers[pair]) for pair in peers} == met
    assert ("02:00:00:00:00:09", "10.0.0.9") not in peers
