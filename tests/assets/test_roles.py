from __future__ import annotations

import pytest

from scanner.assets.roles import Reason, stated_by_itself
from tests.assets.deeds import Deed, Link, infer


def roles(*operations: Deed, links: tuple[Link, ...] = (), **stated: str) -> dict[str, list[str]]:
    given = {device: [Reason(role, "stated")] for device, role in stated.items()}
    return {device: [r.role for r in found] for device, found in infer(operations, links, given).items()}


def poll(client: str, server: str, protocol: str = "modbus", verb: str = "read", answered: int = 5) -> Deed:
    return Deed(client, server, protocol, verb, answered)


def test_program_services_make_a_controller_and_an_engineering_station() -> None:
    assert roles(poll("e", "p", "s7comm", "program-download")) == {"p": ["controller"], "e": ["engineering_station"]}


def test_an_unanswered_request_shows_nothing_of_the_server() -> None:
    assert roles(poll("e", "p", "s7comm", "program-download", 0)) == {"e": ["engineering_station"]}
    assert roles(poll("h", "p", answered=0)) == {}


def test_clients_of_few_and_of_many() -> None:
    assert roles(poll("h", "a")) == {"a": ["controller"], "h": ["hmi"]}
    assert roles(*(poll("s", p) for p in "abc"))["s"] == ["scada_server"]


def test_plain_data_for_controllers_only_is_an_io_device() -> None:
    found = roles(poll("e", "p", "s7comm"), poll("p", "io"))
    assert (found["p"], found["io"]) == (["controller"], ["io_device"])
    assert roles(poll("e", "p", "s7comm"), poll("p", "io"), poll("e", "io"))["io"] == ["controller"]


def test_a_controller_that_asks_others_is_no_panel() -> None:
    assert roles(poll("h", "p", "s7comm"), poll("p", "q", "s7comm"))["p"] == ["controller"]


def test_identify_and_configure() -> None:
    operations = poll("e", "io", "profinet-dcp", "identify"), poll("e", "io", "profinet-dcp", "configure")
    assert roles(*operations) == {"e": ["engineering_station"]}
    assert roles(*operations, e="controller") == {"e": ["controller"]}, "controllers name their devices at start-up"


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (Link("s", "01:80:c2:00:00:00", "ethernet", 0x42, "", False, False), {"s": ["switch"]}),
        (Link("s", "01:00:0c:cc:cc:cd", "ethernet", 0xAA, "stp", False, False), {"s": ["switch"]}),
        (Link("d", "01:80:c2:00:00:00", "ethernet", 0x88CC, "lldp", False, False), {}),
        (Link("a", "b", "ethernet", 0x88E5, "macsec", False, True), {}),
        (Link("a", "b", "udp", 319, "ptp", False, True), {}),
        (Link("c", "t", "udp", 123, "ntp", False, True), {"t": ["time_server"]}),
        (Link("c", "w", "tcp", 80, "http", False, True), {"w": ["server"]}),
        (Link("c", "w", "tcp", 80, "http", False, False), {}),
        (Link("c", "w", "tcp", 9999, "", False, True), {}),
        (Link("c", "w", "icmp", 0, "icmp", False, True), {}),
    ],
)
def test_conversations(link: Link, found: dict[str, list[str]]) -> None:
    assert roles(links=(link,)) == found


def test_opc_servers_are_not_taken_for_controllers() -> None:
    for protocol in ("opcua", "opc-classic"):
        assert roles(poll("c", "o", protocol)) == {"o": ["opc_server"]}


def test_the_devices_of_a_field_bus_are_not_taken_for_controllers() -> None:
    for protocol in ("profinet-io", "ethercat", "powerlink", "powerlink-v1", "sercos", "cclink-ie"):
        assert roles(poll("c", "d", protocol)) == {}


def test_reasons_are_told() -> None:
    found = infer([poll("h", "p")], (), {})
    assert found["p"] == [Reason("controller", "answered 5 Modbus requests")]
    assert found["h"] == [Reason("hmi", "client of 1 controller or I/O device")]


def test_roles_that_devices_give_themselves() -> None:
    statements = {
        ("switch", "lldp"): 5,
        ("switch", "cdp"): 2,
        ("router", "lldp"): 5,
        ("Communications adapter", "enip"): 9,
    }
    assert stated_by_itself(statements) == [
        Reason("router", "said so itself (LLDP)"),
        Reason("switch", "said so itself (LLDP, CDP)"),
    ]
    assert stated_by_itself({}) == []
