"""Which end of a conversation in a user plane is the mobile device, and which tunnels only pass on."""

from __future__ import annotations

import pytest

from scanner.capture.result import Conversation
from scanner.facts import user_plane
from scanner.facts.user_plane import mobile_ends, relayed

UE, OTHER_UE, PLANT, CORE, STATION = "10.45.0.7", "10.45.0.8", "10.20.1.5", "10.60.0.1", "10.60.0.2"


def inside(client: str, server: str, near: str = STATION, far: str = CORE, said: str = "") -> Conversation:
    """A conversation in GTP-U between the ends near the client and near the server."""
    ends = {"tunnel_client": near, "tunnel_server": far, "mobile_end": said}
    return Conversation("udp", client, server, 9999, tunnel="gtp-u", **ends)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("conversations", "told", "ends"),
    [
        ([inside(UE, PLANT)], (), [""]),
        ([inside(UE, PLANT, said="client")], (), ["client"]),
        ([inside(PLANT, UE, CORE, STATION, "server")], (), ["server"]),
        ([inside(UE, PLANT)], (UE,), ["client"]),
        ([inside(PLANT, UE, CORE, STATION)], (UE,), ["either"]),
        ([inside(OTHER_UE, UE)], (UE, OTHER_UE), ["client"]),
        ([inside(CORE, UE, CORE, STATION)], (), ["server"]),
        ([inside(UE, CORE)], (), ["client"]),
        ([inside(CORE, PLANT)], (), [""]),  # whoever sends under the address of the far end
        ([inside(UE, PLANT, said="client"), inside(PLANT, OTHER_UE, CORE, STATION)], (), ["client", "server"]),
        ([inside(UE, PLANT, said="client"), inside(UE, OTHER_UE, CORE, STATION)], (), ["client", "client"]),
    ],
)
def test_mobile_ends(conversations: list[Conversation], told: tuple[str, ...], ends: list[str]) -> None:
    assert mobile_ends(conversations, told) == ends


@pytest.mark.parametrize(
    ("tunnels", "again"),
    [
        (["AB"], [False]),
        (["AB", "BC"], [False, True]),
        (["AB", "BC", "CD"], [False, True, True]),
        (["AB", "CB"], [False, False]),
        (["AB", "BC", "CB"], [False, False, False]),  # C sends back what it got
        (["AB", "BA"], [False, False]),
        (["AB", "BC", "CA"], [False, False, False]),
        (["AB", "BC", "DC"], [False, True, False]),
    ],
)
def test_relayed(tunnels: list[str], again: list[bool]) -> None:
    assert relayed([inside(UE, PLANT, near, far) for near, far in tunnels]) == again
    apart = [inside(f"10.45.0.{n}", PLANT, near, far) for n, (near, far) in enumerate(tunnels)]
    assert relayed(apart) == [False] * len(tunnels)


def test_what_is_in_no_user_plane_is_not_looked_at() -> None:
    assert user_plane.inside(inside(UE, PLANT))
    assert not user_plane.inside(Conversation("udp", UE, PLANT, 9999))
    assert not user_plane.inside(Conversation("ethernet", "02:00:00:00:00:01", "02:00:00:00:00:02", 35, tunnel="gtp-u"))
