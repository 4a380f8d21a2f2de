"""Service-based interfaces of 5G cores: told by two signs, on any port; roles by answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hpack import Encoder

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.code_tables import rows_table
from scanner.facts.build import capture_facts
from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import Identity, Operation, Session, Verb
from scanner.protocols.http import _http2_frames as frames
from scanner.protocols.http._core_services import asked, registered, role_of
from scanner.protocols.http._http2_reader import Reader
from scanner.protocols.http._rows import request
from scanner.vocabulary import ROLES
from tests.protocols.recordings import CAPTURES
from tests.protocols.test_http2 import ENDS, WHOLE, frame, message

FOLDER = CAPTURES / "http"
BY_AMF = {"user-agent": "AMF"}
FOUND_BY_PROXY = {"3gpp-sbi-discovery-target-nf-type": "UDM"}


def facts(path: Path) -> Facts:
    return capture_facts(read_capture(path, path.name, framing_plan()), protocols())


@pytest.mark.parametrize("name", ["core_services_port_18000.pcap", "core_services_with_tokens.pcap"])
def test_recorded(name):
    found = facts(FOLDER / name)
    services = {s for row in found["sessions"]["core_services"].to_list() for s in row}
    assert services == {
        *("Nnrf_NFManagement", "Nnrf_NFDiscovery", "Nudm_SubscriberDataManagement", "Nsmf_PDUSession"),
        "Nnrf_NFManagement, notification",
    }
    kinds = {c for row in found["sessions"]["credentials"].to_list() for c in row}
    assert kinds == ({"none", "bearer"} if "tokens" in name else {"none"})
    devices = {row["ips"][0]: row["roles"] for row in enrich(found)["devices"].to_dicts()}
    assert {ip: [r for r in roles if r != "server"] for ip, roles in devices.items()} == {
        "10.20.60.9": ["nrf"],
        "10.20.60.4": ["amf"],
        "10.20.60.5": ["smf"],
        "10.20.60.6": ["udm"],
    }


@pytest.mark.parametrize(
    ("path", "fields", "service", "offers", "asks"),
    [
        ("/namf-comm/v1/ue-contexts/imsi-…/x", {"user-agent": "SMF-1 x"}, "Namf_Communication", "amf", "smf"),
        ("/prefix/of/site/nudm-sdm/v2.1/imsi-…/am-data", {}, "Nudm_SubscriberDataManagement", "udm", ""),
        ("/npcf-smpolicycontrol/v1/sm-policies", {"user-agent": "smf"}, "Npcf_SMPolicyControl", "pcf", ""),
        ("/nausf-auth/v1/ue-authentications", {"3gpp-sbi-target-apiroot": "a"}, "Nausf_UEAuthentication", "", ""),
        ("/nudm-uecm/v1/a", FOUND_BY_PROXY | BY_AMF, "Nudm_UEContextManagement", "scp", "amf"),
        ("/namf-comm/v1/x", {"3gpp-sbi-callback": "a"}, "Namf_Communication, notification", "", ""),
        ("/nsmf-pdusession/v1/sm-context-callback/7", {}, "Nsmf_PDUSession, notification", "", ""),
    ],
)  # fmt: skip
def test_addresses(path, fields, service, offers, asks):
    found = asked(path, fields)
    assert found is not None
    assert (found.service, found.offers, found.asks) == (service, offers, asks)


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/nnrf-nfm", "/nnrf-nfm/v1", "/nnrf-nfm/v1/", "/nnrf-nfm/nf-instances", "/nnrf/v1/x", "/n/v1/x"),
        *("/namf-communication/v1/x", "/xnamf-comm/v1/x", "/namf-comm/v0/x", "/api/v1/namf-comm", "/notes/v1/namf"),
    ],
)
def test_other_addresses_are_none(path):
    assert asked(path, BY_AMF) is None


@pytest.mark.parametrize(
    ("path", "agent", "verb"),
    [
        ("/namf-comm/v1/ue-contexts/a", "SMF", Verb.SESSION),
        ("/namf-comm/v1/ue-contexts/a", "curl/8", Verb.FILE_DELETE),
        ("/namf-comm/v1/../../programs/main", "SMF", Verb.FILE_DELETE),
        ("/programs/main", "SMF", Verb.FILE_DELETE),
    ],
)
def test_what_is_deleted_is_no_file_among_functions_of_the_core(path, agent, verb):
    rows = request("HTTP/2", "DELETE", path, {"user-agent": agent}, None)
    assert [row.verb for row in rows if isinstance(row, Operation)] == [verb]


def test_types():
    assert [role_of(t) for t in ("AMF", "UDM-1", "BSF/2", "5G_EIR", "AMFx", "Mozilla/5.0", "", "amf", "CURL")] == [
        *("amf", "udm", "core_function", "core_function", "", "", "", "", "")
    ]
    assert registered(b'{"allowedNfTypes": ["SMF"], "nfType" : "UPF"}') == "upf"
    assert registered(b'{"nfType": "CUSTOM_PLC"}') == registered(b"") == ""


def told(status: str, *fields: tuple[str, str]) -> list:
    """One request to a service and its answer."""
    asks, answers, reader = Encoder(), Encoder(), Reader()
    request = [(":method", "GET"), (":path", "/namf-comm/v1/ue-contexts/a"), (":authority", "x"), *fields]
    sent = (
        (frame(frames.SETTINGS, 0, 0, b""), True),
        (frame(frames.SETTINGS, 0, 0, b""), False),
        (frame(frames.HEADERS, ENDS | WHOLE, 1, asks.encode(request)), True),
        (frame(frames.HEADERS, ENDS | WHOLE, 1, answers.encode([(":status", status)])), False),
    )
    return [row for data, from_client in sent for row in reader.read(message(data, from_client=from_client))]


def service(rows: list) -> set[str]:
    return {row.core_service for row in rows if isinstance(row, Session)} - {""}


def roles(rows: list) -> set[str]:
    return {row.value for row in rows if isinstance(row, Identity) and row.field == "role"}


def test_one_sign_is_none():
    assert service(told("404")) == service(told("403", ("user-agent", "curl/8"))) == set()
    assert service(told("200")) == {"Namf_Communication"}
    assert service(told("503", ("user-agent", "SMF"))) == {"Namf_Communication"}


def test_who_refuses_has_no_role_by_it():
    assert roles(told("404", ("user-agent", "SMF"))) == set()
    assert roles(told("204", ("user-agent", "SMF"))) == {"amf", "smf"}


@pytest.mark.parametrize(("agent", "found"), [("SMF", ["Nudm_UEAuthentication"]), ("curl/8", [])])
def test_http_1(tmp_path, agent, found):
    path = tmp_path / "x.pcap"
    with Wire(path) as wire:
        link = wire.tcp("10.20.60.4", "10.20.60.6", 18080)
        head = f"POST /nudm-ueau/v1/suci-0/auth/generate HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\n"
        link.client(f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        link.server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        link.close()
    (row,) = facts(path)["sessions"].to_dicts()
    assert row["core_services"] == found
    assert row["credentials"] == ["none"]


def test_the_catalogue():
    rows = rows_table("scanner.protocols.http", "core_services.tsv")
    assert rows == sorted(rows)
    assert {role for _, _, role, _ in rows} <= ROLES.keys()
    assert len({name for name, *_ in rows}) == len(rows)
    assert all(asked(f"/{name}/v1/x", {}) for name, *_ in rows)
