"""Twenty plants of different size and layout."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from tests.learn.plants import READ, Host, Plant, bus_cell, cell, hosts, noise, outer, stray, supervise


def subnets(
    plant: Plant, cells: int, *, routed: bool = False, vlans: bool = False, stations: int = 4
) -> tuple[list[Host], list[Host]]:
    """A subnet for each cell and one for supervision."""
    controllers = [
        cell(
            plant,
            f"cell{n}",
            hosts(f"10.20.{n}"),
            stations=plant.random.randint(2, stations),
            routed=routed,
            vlan=100 + n if vlans else -1,
        )
        for n in range(1, cells + 1)
    ]
    return controllers, supervise(
        plant, "super", hosts("10.20.100"), controllers, routed=routed, vlan=200 if vlans else -1
    )


def small(plant: Plant) -> None:
    subnets(plant, 2)


def medium(plant: Plant) -> None:
    controllers, _ = subnets(plant, 8, vlans=True)
    noise(plant, controllers[0])


def large(plant: Plant) -> None:
    subnets(plant, 40, stations=9)


def routed(plant: Plant) -> None:
    """Nothing but IP addresses: the capture was taken behind the router."""
    controllers, _ = subnets(plant, 6, routed=True)
    stray(plant, controllers)


def whole(plant: Plant) -> None:
    """All levels: cells, supervision, a DMZ with historian and web server, two office networks."""
    controllers, (scada, *_) = subnets(plant, 5, vlans=True)
    historian, web = (plant.host(f"10.20.150.{n}", "dmz", vlan=150) for n in (10, 11))
    for controller in controllers:
        plant.talk(historian, controller, "opcua", READ)
    plant.talk(web, historian, "tls", {"session": 3})
    plant.talk(scada, web, "tls", {"session": 3})
    outer(plant, ["10.10.1", "10.10.2"], 12, [web, historian])


def behind_dmz(plant: Plant) -> None:
    """The DMZ touches no controller; the office touches nothing but the DMZ."""
    _, (scada, *_) = subnets(plant, 4)
    replica = plant.host("10.20.150.10", "dmz")
    plant.talk(replica, scada, "opcua", READ)
    outer(plant, ["10.10.1"], 20, [replica])


def flat(plant: Plant) -> None:
    """One subnet, cells told apart by their traffic only."""
    place = iter(hosts("192.168.1"))
    controllers = [cell(plant, f"cell{n}", place, stations=plant.random.randint(3, 6)) for n in range(5)]
    supervise(plant, "super", place, controllers)


def flat_interlocked(plant: Plant) -> None:
    """The same, and each controller reads from the next; a stranger scans."""
    place = iter(hosts("192.168.1"))
    controllers = [cell(plant, f"cell{n}", place, stations=5) for n in range(7)]
    for left, right in pairwise(controllers):
        plant.talk(left, right, "s7comm", READ)
    supervise(plant, "super", place, controllers)
    noise(plant, controllers[0])
    stray(plant, controllers)


def flat_vlans(plant: Plant) -> None:
    """One subnet, a VLAN for each cell."""
    place = iter(hosts("172.16.5"))
    controllers = [cell(plant, f"cell{n}", place, vlan=10 + n, stations=plant.random.randint(1, 5)) for n in range(6)]
    supervise(plant, "super", place, controllers, vlan=99)


def flat_pairs(plant: Plant) -> None:
    """Many cells of a controller and its I/O and panel, in one subnet."""
    place = iter(hosts("192.168.7", 2))
    controllers = [cell(plant, f"cell{n}", place, stations=2) for n in range(30)]
    supervise(plant, "super", place, controllers)


def two_networks_a_cell(plant: Plant) -> None:
    """Controllers and panels in one subnet, their I/O in another."""
    controllers = [
        cell(
            plant, f"cell{n}", hosts(f"10.20.{n}"), field_place=hosts(f"10.30.{n}"), stations=plant.random.randint(2, 5)
        )
        for n in range(1, 7)
    ]
    supervise(plant, "super", hosts("10.20.100"), controllers)


def wide_networks(plant: Plant) -> None:
    """Each cell has a /22: devices of two /24 talk to each other without a router."""
    controllers = [
        cell(plant, f"cell{n}", hosts(f"10.{n}.4"), field_place=hosts(f"10.{n}.5"), stations=4) for n in range(1, 5)
    ]
    plant.rows["flows"] = [
        row
        | (
            {"client_mac": _mac(plant, row["client"])}
            if row["client"].split(".")[:2] == row["server"].split(".")[:2]
            else {}
        )
        for row in plant.rows["flows"]
    ]
    supervise(plant, "super", hosts("10.9.0"), controllers)


def _mac(plant: Plant, ip: str) -> str:
    return next(row["mac"] for row in plant.rows["sightings"] if row["ip"] == ip)


def ipv6(plant: Plant) -> None:
    controllers = [cell(plant, f"cell{n}", hosts(f"2001:db8:0:{n:x}"), stations=3) for n in range(1, 6)]
    supervise(plant, "super", hosts("2001:db8:0:64"), controllers)


def dual_stack(plant: Plant) -> None:
    """Every device has an IPv4 and an IPv6 address."""
    controllers = []
    for n in range(1, 4):
        controller = plant.host(f"10.20.{n}.11", f"cell{n}", ip6=f"2001:db8:0:{n:x}::11")
        for m in range(3):
            station = plant.host(f"10.20.{n}.{20 + m}", f"cell{n}", ip6=f"2001:db8:0:{n:x}::{20 + m:x}")
            plant.talk(controller, station, "modbus", {"read": 90_000, "write": 900}, packets=90_000)
        controllers.append(controller)
    supervise(plant, "super", hosts("10.20.100"), controllers)


def buses(plant: Plant) -> None:
    """PROFINET cells of which only the frames of layer 2 are seen, on one untagged wire."""
    for n in range(6):
        bus_cell(plant, f"cell{n}", plant.random.randint(2, 8))


def buses_in_one_vlan(plant: Plant) -> None:
    for n in range(4):
        bus_cell(plant, f"cell{n}", plant.random.randint(3, 6), vlan=7)


def buses_supervised(plant: Plant) -> None:
    """PROFINET below, S7comm from above."""
    controllers = [bus_cell(plant, f"cell{n}", 4, vlan=10 + n, ip=f"10.20.{n}.11") for n in range(1, 6)]
    supervise(plant, "super", hosts("10.20.100"), controllers, vlan=200)


def nat(plant: Plant) -> None:
    """Cells behind address translation, each one address; supervisors write as no panel is seen."""
    controllers = []
    for n in range(1, 7):
        gateway = plant.host(f"10.20.{n}.1", f"cell{n}", routed=True)
        controllers.append(gateway)
    scada = plant.host("10.20.100.10", "super")
    for controller in controllers:
        plant.talk(scada, controller, "modbus", {"read": 1000, "write": 20})


def attacked(plant: Plant) -> None:
    """All levels and a scanner, a beacon, a stop, remote access; the zones are as without them."""
    whole(plant)
    controllers = [Host(f"10.20.{n}.11", "", "") for n in range(1, 6)]
    stranger = stray(plant, controllers, "10.10.1.66")
    target = Host("10.20.1.11", _mac(plant, "10.20.1.11"), "cell1", 101)
    plant.talk(stranger, target, "s7comm", {"stop": 2}, span=(0.5, 0.5), packets=12, meant=False)
    plant.talk(Host("10.10.1.20", "", "office", -1, True), target, "rdp", span=(0.5, 0.6), packets=900, meant=False)
    plant.talk(target, Host("203.0.114.9", "", "", -1, True), "tls", {"session": 900}, meant=False)


def listed(plant: Plant) -> None:
    """The inventory puts two subnets in one zone, and one subnet in two."""
    zones = {"10.20.1": "line", "10.20.2": "line", "10.20.3": ""}
    controllers = []
    for subnet, zone in zones.items():
        for half in (0, 1):
            name = zone or f"half{half}"
            controller = plant.host(f"{subnet}.{11 + 100 * half}", name)
            station = plant.host(f"{subnet}.{12 + 100 * half}", name)
            plant.talk(controller, station, "modbus", {"read": 900, "write": 90})
            for host, kind in ((controller, "plc"), (station, "io_device")):
                plant.list(host, zone=name, type=kind, level=1.0, name=f"D-{host.ip}")
            controllers.append(controller)
    made = supervise(plant, "super", hosts("10.20.100"), controllers)
    for host, kind in zip(made, ("scada_server", "scada_server", "engineering_station"), strict=True):
        plant.list(host, zone="super", type=kind, level=3.0, name=f"S-{host.ip}")


PLANTS: tuple[Callable[[Plant], None], ...] = (
    *(small, medium, large, routed, whole, behind_dmz, flat, flat_interlocked, flat_vlans, flat_pairs),
    *(two_networks_a_cell, wide_networks, ipv6, dual_stack, buses, buses_in_one_vlan, buses_supervised, nat),
    *(attacked, listed),
)
