"""What the sample plant shows beside the verdicts: operations, sessions, settings and how far the evidence reaches."""

from __future__ import annotations

from scanner.results.cabling import CableRow, OccupiedPortRow
from scanner.results.exports import ExportRow
from scanner.results.model import (
    CertificateRow,
    CommandRow,
    Coverage,
    IdentityRow,
    OperationRow,
    ProtocolRow,
    Refusal,
    RuleResult,
    SessionRow,
    SettingRow,
    Severity,
    Strength,
    UnrecognisedRow,
    Verdict,
)
from scanner.results.publications import End, PublicationRow, Seen, StateChange

PCAP = "captures/2026-11-03_cell-switch.pcapng.gz"
SWITCH = "configs/sw-cell-1.cfg"

PLC = End("10.10.1.11", "PLC-FILL-1", "cell-fill", 1.0, ("controller",), "00:1b:1b:aa:00:01")
PACK = End("10.10.2.12", "PLC-PACK-2", "cell-pack", 1.0, ("controller",), "00:80:f4:00:00:12")
HMI = End("10.10.3.57", "HMI-02", "ops", 2.0, ("hmi",), "00:0e:8c:11:22:33")
SCADA = End("10.10.3.5", "SCADA-1", "ops", 2.0, ("scada_server",), "00:50:56:01:02:03")
ENG = End("10.10.3.20", "ENG-1", "ops", 2.0, ("engineering_station",), "00:50:56:01:02:0a")
OUTSIDE = End("203.0.113.80", "203.0.113.80", "", None, (), "203.0.113.80")

FIRST, LAST = "2026-11-03T08:14:07.251Z", "2026-11-03T09:31:13.9Z"
IDENTITIES = (
    IdentityRow("firmware", "V2.9", "s7comm", 3, PCAP, 41),
    IdentityRow("firmware", "2.8", "inventory", 1, "inventory/资产清单.csv", 4, Strength.INVENTORY),
    IdentityRow("order_number", "6ES7 512-1CK01-0AB0", "s7comm", 3, PCAP, 41),
)


def seen(*frames: int, protocol: str = "s7comm") -> Seen:
    return Seen(PCAP, FIRST, LAST, frames, f"ip.addr == 10.10.1.11 && {protocol}")


def operations() -> tuple[OperationRow, ...]:
    return (
        OperationRow(
            verb="program-download",
            changes=True,
            protocol="s7comm",
            function="Request download",
            code="0x1a",
            object="OB1",
            unit="rack 0, slot 1",
            detail={"en": "block OB 1", "zh": "块 OB 1"},
            client=HMI,
            server=PLC,
            transport="tcp",
            port=102,
            vlan=101,
            tunnel="",
            seen_as="request",
            count=3,
            accepted=3,
            refused=0,
            unanswered=0,
            unobserved=0,
            refusals=(),
            allowed=False,
            seen=seen(9001, 9003, 9005),
        ),
        OperationRow(
            verb="write",
            changes=False,
            protocol="modbus",
            function="Write Multiple Registers",
            code="16",
            object="holding register 40-49",
            unit="1",
            detail={},
            client=SCADA,
            server=PLC,
            transport="tcp",
            port=502,
            vlan=-1,
            tunnel="",
            seen_as="request",
            count=148,
            accepted=145,
            refused=3,
            unanswered=0,
            unobserved=0,
            refusals=(Refusal("Illegal Data Address", 3),),
            allowed=True,
            seen=seen(1204, 1212, protocol="modbus"),
        ),
    )


def commands() -> tuple[CommandRow, ...]:
    return (
        CommandRow(HMI, PLC, "program-download", True, ("s7comm",), 3, 3, 0, FIRST, LAST),
        CommandRow(SCADA, PLC, "write", False, ("modbus",), 148, 145, 3, FIRST, LAST),
        CommandRow(ENG, PACK, "stop", True, ("modbus",), 1, 1, 0, FIRST, FIRST),
    )


def sessions() -> tuple[SessionRow, ...]:
    certificate = CertificateRow(
        "CN=update.example.net", "CN=Example CA", "2026-01-01T00:00:00Z", LAST, "RSA", 2048, "sha256", False, True
    )
    return (
        SessionRow(
            protocol="tls",
            client=PACK,
            server=OUTSIDE,
            transport="tcp",
            port=443,
            versions_offered=("TLS 1.2",),
            versions=("TLS 1.2",),
            ciphers_offered=(),
            ciphers=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",),
            server_names=("update.example.net",),
            credentials=(),
            encrypted=True,
            authenticated=None,
            certificate=certificate,
            client_certificate="",
            detail={},
            count=12,
            seen=seen(88, 91, protocol="tls"),
        ),
        SessionRow(
            protocol="http",
            client=HMI,
            server=PACK,
            transport="tcp",
            port=80,
            versions_offered=(),
            versions=("HTTP/1.1",),
            ciphers_offered=(),
            ciphers=(),
            server_names=(),
            credentials=("basic",),
            encrypted=False,
            authenticated=True,
            certificate=None,
            client_certificate="",
            detail={"en": "server lighttpd", "zh": "服务器 lighttpd"},
            count=4,
            seen=seen(700, protocol="http"),
        ),
    )


def settings() -> tuple[SettingRow, ...]:
    line = " transport input telnet ssh"
    return (
        SettingRow(SWITCH, 190, 190, "sw-cell-1", "cisco-ios", "line", "vty 0 4", "telnet", "yes", None, True, line),
    )


def exports() -> tuple[ExportRow, ...]:
    return (
        ExportRow(
            device="00:0e:8c:0a:00:14",
            name="HISTORIAN",
            zone="dmz",
            level=3.5,
            destination="47.110.23.1",
            destination_zone="",
            kind="internet",
            names=("mes.plant.example", "x1.iot-as-mqtt.cn-shanghai.aliyuncs.com"),
            providers=("Alibaba Cloud IoT Platform",),
            protocol="mqtt",
            transport="tcp",
            port=1883,
            opened_by="inside",
            conversations=3,
            bytes_out=1_204_331,
            bytes_in=9_120,
            bytes_out_unseen=0,
            bytes_encrypted=0,
            bytes_clear=1_213_451,
            bytes_unknown=0,
            encrypted_share=0.0,
            industrial=True,
            answered=True,
            allowed=None,
            seen=Seen(
                "cell.pcapng",
                "2026-11-03T08:00:00Z",
                "2026-11-03T09:00:00Z",
                (17,),
                "ip.addr == 47.110.23.1 && tcp.port == 1883",
            ),
            site="Filling",
            data_grade="important",
            export_limited=True,
            export_permitted=False,
            grade_permitted=None,
            export_entries=("data-space",),
            export_bytes_per_day=500_000_000,
            country="CN",
        ),
    )


def publications() -> tuple[PublicationRow, ...]:
    relay = End("00:30:a7:00:00:07", "RELAY-F7", "cell-fill", 1.0, ("ied",), "00:30:a7:00:00:07")
    group = End("01:0c:cd:01:00:07", "01:0c:cd:01:00:07", "", None, (), "01:0c:cd:01:00:07")
    return (
        PublicationRow(
            protocol="goose",
            function="GOOSE",
            object="RELAY_F7LD0/LLN0$GO$gcbTrip",
            data_set="RELAY_F7LD0/LLN0$Trip",
            identifier="RELAY_F7/gcbTrip",
            unit="0x0007",
            publisher=relay,
            target=group,
            transport="ethernet",
            port=0x88B8,
            vlan=7,
            tunnel="",
            other_publishers=("00:50:56:01:02:0a",),
            revisions=(1,),
            simulated=False,
            test=False,
            needs_commissioning=False,
            signed=False,
            count=4_312,
            copies=0,
            late=0,
            first_state=11,
            last_state=12,
            changes=2,
            states=(
                StateChange("2026-11-03T08:20:00.001Z", 9101, 12, 11, 0, "next state", ""),
                StateChange("2026-11-03T08:31:00.5Z", 9377, 11, 12, 64, "set back", ""),
            ),
            states_skipped=0,
            begun_anew=0,
            set_back=1,
            alternations=1,
            gaps=0,
            missing=0,
            repeated=0,
            repetition="2, 4, 8 … 1000 ms",
            shortest_interval=0.002,
            longest_interval=1.204,
            shortest_lifetime=0.004,
            longest_lifetime=2.0,
            expired=1,
            expired_missing=0,
            expired_time="2026-11-03T08:31:00.5Z",
            expired_source="",
            expired_frame=9377,
            ended=None,
            samples=None,
            samples_in_a_round=None,
            sample_rates=(),
            synchronised=(),
            seen=seen(9101, 9102, 9377, protocol="goose"),
        ),
    )


def unrecognised() -> tuple[UnrecognisedRow, ...]:
    return (UnrecognisedRow(HMI, PLC, "tcp", 20_500, -1, "", 2, 412, 20_110, seen(300, protocol="tcp")),)


def protocols() -> tuple[ProtocolRow, ...]:
    return (
        ProtocolRow("modbus", True, 4, 3, 2, 9_120, 812_000, 0),
        ProtocolRow("tls", False, 2, 1, 1, 310, 84_000, 2),
        ProtocolRow("", False, 1, 1, 1, 412, 20_110, 0),
    )


def reach() -> tuple[RuleResult, ...]:
    return (
        RuleResult(
            "capture-insufficient",
            {
                "en": "The capture is too short or too one-sided to judge",
                "zh": "流量采集时间过短或过于单向，不足以判定",
            },
            {"en": "A capture lasts at least ten minutes.", "zh": "流量采集至少持续十分钟。"},
            Severity.LOW,
            Verdict.PASS,
            {"en": "No violation in 2 captures.", "zh": "2 份流量采集中未发现违反。"},
            Coverage(2),
            family="evidence",
        ),
    )


def cables() -> tuple[CableRow, ...]:
    return (
        CableRow("sw-cell-1", "Gi1/0/24", "sw-core", "Gi1/0/1", "both-ends", True, "sw-cell-1.txt", 12),
        CableRow("sw-cell-1", "Gi1/0/7", "AP-CANTEEN", "eth0", "one-end", False, "sw-cell-1.txt", 19),
    )


def occupied_ports() -> tuple[OccupiedPortRow, ...]:
    macs = ("00:0e:8c:0a:00:14", "00:0e:8c:0a:00:15")
    return (
        OccupiedPortRow(
            "sw-cell-1", "Gi1/0/3", "access", ("PLC-1", macs[1]), macs, True, macs[1:], "sw-cell-1.txt", 40
        ),
    )
