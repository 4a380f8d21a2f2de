from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.engine.language import message_template as templates
from scanner.engine.verdict.evidence import AT_ONCE, display_filter
from scanner.engine.verdict.findings import finding_id
from scanner.results.model import Evidence, Finding, RuleResult
from scanner.results.rows import glances
from scanner.wording.spoken import spoken
from tests.engine.engine_cases import capture, case, changed, judged, rule
from tests.wording.in_both import both, in_full

BAD = {
    "capture": "c0ffee",
    "verb": "write",
    "client": "10.0.0.5",
    "server": "10.0.1.5",
    "server_port": 502,
    "transport": "tcp",
    "protocol": "modbus",
    "function": "Write Multiple Registers",
    "unit": "1",
    "object": "holding register 40-49",
    "filter": "modbus.func_code == 16",
    "count": 3,
    "accepted": 3,
    "refused": 0,
    "unanswered": 0,
    "unobserved": 0,
    "allowed": False,
    "client_device": "00:00:00:00:00:05",
    "server_device": "00:00:00:00:01:05",
    "first_time": datetime(2026, 1, 1, 8, 0, 1, 500, tzinfo=UTC),
    "last_time": datetime(2026, 1, 1, 8, 30, tzinfo=UTC),
    "frames": [7, 9],
}
PLAIN = rule()


def found(*rows: dict[str, Any], **parts: str) -> tuple[Finding, ...]:
    given_rule = rule(changed(*parts.items())) if parts else PLAIN
    return judged(given_rule, case(operations=list(rows))).findings


def with_message(en: str, *rows: dict[str, Any]) -> str:
    text = changed(("{client} wrote to {server} {count} times", en))
    return judged(rule(text), case(operations=list(rows))).findings[0].message["en"]


def test_what_is_known_of_a_finding_without_making_it() -> None:
    """Of rows refused, answered and of several devices, over a part and over all."""
    ends = [{"client": f"10.0.0.{n % 40}", "client_device": f"d{n % 7}" if n % 5 else ""} for n in range(200)]
    refused = [{"refusals": ["x"] if n % 3 else [], "refused": 3, "accepted": int(n % 2 > 0)} for n in range(200)]
    made = judged(PLAIN, case(operations=[BAD | a | b for a, b in zip(ends, refused, strict=True)])).findings
    for some in (made, made[3:17]):
        assert [(o.status, o.severity, o.subject, o.devices) for o in glances(some)] == [
            (f.status, f.severity, f.subject, f.devices) for f in some
        ]
    assert len({f.severity for f in made}) == 2


def test_one_finding_for_each_group_with_counts_added_up() -> None:
    others = [BAD | {"object": "coil 1", "count": 1000}, BAD | {"client": "10.0.0.10"}, BAD | {"client": "10.0.0.9"}]
    first, second, third = found(BAD, *others)
    assert first.subject == {"client": "10.0.0.5", "server": "10.0.1.5"}
    assert both(first.message) == {
        "en": "10.0.0.5 wrote to 10.0.1.5 1,003 times",
        "zh": "10.0.0.5 向 10.0.1.5 写入 1,003 次",
    }
    assert first.proofs == 2
    assert [f.subject["client"] for f in (second, third)] == ["10.0.0.9", "10.0.0.10"], "numbers sort as numbers"
    assert first.devices == ("00:00:00:00:00:05", "00:00:00:00:01:05")


def test_bytes_that_are_missing_are_added_up() -> None:
    text = changed(
        ("  table: operations\n  where: {verb: write}", "  table: captures"),
        ("fail: {allowed: false}", "fail: {complete: false}"),
        ("group_by: [client, server]", "group_by: [complete]"),
        ("{client} wrote to {server} {count} times", "{lost_bytes} lost, {skipped_bytes} skipped, {gaps} gaps"),
        ("{client} 向 {server} 写入 {count} 次", "{lost_bytes} lost, {skipped_bytes} skipped, {gaps} gaps"),
        ("{operations: [{verb: write, allowed: false}]}", "{captures: []}"),
        ("{operations: [{verb: write, allowed: true}]}", "{captures: []}"),
        ("{operations: [{verb: read}]}", "{captures: []}"),
    )
    cut = {"complete": False, "lost_bytes": 700, "skipped_bytes": 40, "gaps": 5}
    rows = [capture(**cut), capture(capture="decaf", source="other.pcap", **cut)]
    finding = judged(rule(text), case(captures=rows)).findings[0]
    assert finding.message["en"] == "1,400 lost, 80 skipped, 10 gaps"


def test_devices_with_most_packets_come_first() -> None:
    text = changed(
        ("  table: operations\n  where: {verb: write}", "  table: devices"),
        ("fail: {allowed: false}", "fail: {packets|gte: 1}"),
        ("group_by: [client, server]", "group_by: [zone]"),
        ("{client} wrote to {server} {count} times", "{subjects} rows"),
        ("{client} 向 {server} 写入 {count} 次", "{subjects} rows"),
        ("{operations: [{verb: write, allowed: false}]}", "{devices: []}"),
        ("{operations: [{verb: write, allowed: true}]}", "{devices: []}"),
        ("{operations: [{verb: read}]}", "{devices: []}"),
    )
    rows = [{"device": f"plc{number}", "zone": "cell", "packets": number} for number in (1, 3, 2)]
    finding = judged(rule(text), case(devices=rows)).findings[0]
    assert [e.count for e in finding.evidence] == [3, 2, 1]


def test_a_number_of_any_length_stops_no_rule() -> None:
    long = "9" * 5000
    rows = [BAD | {"client": name} for name in (f"plc{long}", "plc10", "plc9", "plc٣")]
    clients = [f.subject["client"] for f in found(*rows)]
    assert clients[-1] == "plc٣"
    assert clients[:2] == ["plc9", "plc10"]


def test_evidence_can_be_looked_up() -> None:
    assert tuple(map(in_full, found(BAD)[0].evidence)) == (
        Evidence(
            source="plant.pcap",
            frames=(7, 9),
            first_time="2026-01-01T08:00:01.000500Z",
            last_time="2026-01-01T08:30:00Z",
            count=3,
            client="10.0.0.5",
            server="10.0.1.5",
            port=502,
            protocol="modbus",
            message={
                "en": "Write Multiple Registers, unit 1, holding register 40-49",
                "zh": "Write Multiple Registers，单元 1，holding register 40-49",
            },
            outcome={"en": "accepted 3", "zh": "接受 3"},
            filter="ip.addr == 10.0.0.5 && ip.addr == 10.0.1.5 && modbus.func_code == 16",
        ),
    )


def test_the_outcome_is_told_in_full() -> None:
    mixed = BAD | {"accepted": 1, "refused": 3, "unanswered": 2, "unobserved": 4}
    mixed |= {"refusals": ["Illegal Data"], "refusal_counts": [3]}
    outcome = found(mixed)[0].evidence[0].outcome
    assert outcome["en"] == "accepted 1, refused 3 (Illegal Data (3)), unanswered 2, answer not observed 4"
    assert both(outcome)["zh"] == "接受 1，拒绝 3（Illegal Data (3)），无应答 2，未观察到应答 4"


def test_the_most_telling_evidence_comes_first_and_none_is_left_out() -> None:
    refused = BAD | {"object": "refused", "accepted": 0, "refused": 900, "count": 900}
    rows = [BAD | {"function": f"Write {i}", "count": i, "accepted": i} for i in range(1, 30)]
    finding = found(refused, *rows)[0]
    assert len(rows) > AT_ONCE, "more than what is made with the finding"
    assert len(finding.evidence) == finding.proofs == 30
    assert [e.count for e in finding.evidence] == [*range(29, 0, -1), 900]
    assert [e.count for e in finding.evidence[28:]] == [1, 900]
    few = found(refused, *rows[:3])[0]
    assert [e.count for e in few.evidence] == [3, 2, 1, 900], "what was accepted weighs more"


def test_what_differs_only_in_what_it_touches_is_one_piece_of_evidence() -> None:
    refused = [BAD | {"object": f"coil {i}", "accepted": 0, "refused": 2, "count": 2} for i in range(20)]
    rows = [BAD | {"object": f"register {i}", "count": i, "accepted": i, "frames": [i]} for i in range(1, 30)]
    other = BAD | {"object": "register 7", "function": "Mask Write Register", "count": 1, "accepted": 1}
    (finding,) = found(*refused, *rows, other)
    assert finding.proofs == 3
    assert [(e.count, "accepted" in str(e.outcome)) for e in finding.evidence] == [(435, True), (1, True), (40, False)]
    first, _, last = finding.evidence
    assert first.frames == (1, 2, 3, 4, 5)
    assert "register 1-29 (29)" in str(first.message["en"])
    assert "coil 0-19 (20)" in str(last.message["en"])
    (few,) = found(*rows[:16])
    assert len(few.evidence) == 16


def test_many_units_with_few_objects_each_are_one_piece_of_evidence() -> None:
    rows = [BAD | {"unit": str(unit), "object": f"register {i}"} for unit in range(1, 21) for i in range(2)]
    (finding,) = found(*rows)
    (only,) = finding.evidence
    assert "unit 1-20 (20), register 0-1 (2)" in str(only.message["en"])


@pytest.mark.parametrize("number", [0, 5, 19, 20, 22])
def test_pieces_made_later_are_those_of_their_rows(number: int) -> None:
    alone = [BAD | {"function": f"Write {i}", "count": 100 - i, "frames": [i + 1]} for i in range(25)]
    rows = [BAD | {"object": f"register {i}", "count": 1, "accepted": 90} for i in range(30)]
    evidence = found(*alone, *rows)[0].evidence
    assert len(evidence) == 26
    assert f"Write {number}" in str(evidence[number + (100 - number < 30)].message["en"])


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (
            {"client": "10.0.0.1", "server": "10.0.0.2", "filter": "s7comm"},
            "ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2 && s7comm",
        ),
        (
            {"client": "fd00::1", "server": "fd00::2", "filter": "tls"},
            "ipv6.addr == fd00::1 && ipv6.addr == fd00::2 && tls",
        ),
        (
            {"client": "00:1b:1b:00:00:01", "server": "00:1b:1b:00:00:02", "filter": "pn_dcp"},
            "eth.addr == 00:1b:1b:00:00:01 && eth.addr == 00:1b:1b:00:00:02 && pn_dcp",
        ),
        (
            {"client": "10.0.0.1", "server": "10.0.0.2", "filter": "a || b"},
            "ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2 && (a || b)",
        ),
        ({"client": "10.0.0.1", "server": "10.0.0.1", "filter": ""}, "ip.addr == 10.0.0.1"),
        (
            {"client": "10.0.0.1", "server": "10.0.0.2", "transport": "tcp", "server_port": 80},
            "ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2 && tcp.port == 80",
        ),
        ({"filter": "eth.addr == 00:1b:1b:00:00:01"}, "eth.addr == 00:1b:1b:00:00:01"),
        ({}, ""),
    ],
)
def test_display_filters(row: dict[str, Any], wanted: str) -> None:
    assert display_filter(row) == wanted


def test_a_finding_that_was_always_refused_says_so_and_keeps_the_rules_severity() -> None:
    refused = BAD | {"accepted": 0, "refused": 3, "refusals": ["Illegal Function"]}
    result = judged(PLAIN, case(operations=[refused]))
    assert result.severity == "high"
    assert result.findings[0].message["en"].endswith("so this finding is one step lower: medium.")
    assert both(result.findings[0].message)["zh"].endswith("降低一级：中。")
    for other in (BAD, refused | {"unanswered": 1}, refused | {"unobserved": 1}):
        assert "one step lower" not in found(refused, other)[0].message["en"]


def test_messages_list_distinct_values() -> None:
    rows = [BAD | {"object": f"DB{i}", "unit": str(i % 2)} for i in range(7)]
    assert with_message("{object} of {unit}", *rows) == "DB0, DB1, DB2, DB3, DB4 and 2 more of 0, 1"
    assert with_message("{subjects} rows, {accepted} accepted", *rows) == "7 rows, 21 accepted"
    rows = [BAD | {"detail": detail} for detail in ("", "wildcard, retained", "signed")]
    assert with_message("{detail}", *rows) == "wildcard, retained; signed", "the unknown says nothing beside the known"


@pytest.mark.parametrize(
    ("template", "columns", "wanted"),
    [
        ("{client_name}", {}, "unknown"),
        ("{client_zone} to {server_zone}", {"server_zone": "cell"}, "no zone to cell"),
        ("{client_level}", {"client_level": 3.5}, "3.5"),
        ("{client_level}", {"client_level": 2.0}, "2"),
        ("{client_roles}", {"client_roles": ["engineering_station", "hmi"]}, "engineering station, HMI"),
        ("{client_roles}", {"client_roles": []}, "unknown"),
        ("{client_listed}", {"client_listed": False}, "no"),
        ("{count:command/commands}", {"count": 1}, "1 command"),
        ("{count:command/commands}", {"count": 1200}, "1,200 commands"),
        ("sent[ to unit {unit}][: {object}]", {"unit": "", "object": "DB1"}, "sent: DB1"),
        ("sent[, {refused} refused][, {client} again]", {"refused": 0}, "sent, 10.0.0.5 again"),
        ("{client}[ of {client}]", {}, "10.0.0.5"),
        ("{transport}[/{server_port}]", {"transport": "ethernet", "server_port": 0x88B8}, "ethernet/0x88b8"),
        ("{transport}[/{server_port}]", {"transport": "icmp", "server_port": 0}, "icmp"),
        ("{first_time}", {}, "2026-01-01 08:00:01 UTC"),
        ("{{{client}}}", {}, "{10.0.0.5}"),
        ("{client}", {"client": "{server}"}, "{server}"),
    ],
)
def test_values_in_messages(template: str, columns: dict[str, Any], wanted: str) -> None:
    assert with_message(template, BAD | columns) == wanted


def test_ids_stay_the_same_when_only_the_capture_changes() -> None:
    again = BAD | {"capture": "another", "frames": [99], "count": 70, "first_time": None}
    assert found(BAD)[0].id == found(again)[0].id
    assert found(BAD)[0].id != found(BAD | {"client": "10.0.0.6"})[0].id
    assert finding_id("a", {"x": "1", "y": "2"}) == finding_id("a", {"y": "2", "x": "1"})
    assert finding_id("a", {"x": "1"}) != finding_id("b", {"x": "1"})


@settings(deadline=None)  # the machine may be busy
@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    rows = [BAD | {"object": f"DB{i // 2}", "client": f"10.0.0.{i % 3}", "count": i} for i in range(6)]
    assert found(*(rows[i] for i in order)) == found(*rows)


def test_no_finding_is_left_out_and_each_is_made_when_it_is_asked_for() -> None:
    rows = [BAD | {"client": f"10.1.{i // 250}.{i % 250}"} for i in range(5_000)]
    result = judged(PLAIN, case(operations=rows))
    assert len(result.findings) == result.coverage.failing == result.coverage.failing_findings == 5_000
    assert result.findings[3_777].subject["client"] == "10.1.15.27"
    assert [f.subject["client"] for f in result.findings][3_777] == "10.1.15.27"


def small_rule(table: str, needs: str, fail: str, example: str) -> RuleResult | Any:
    text = changed(
        ("table: operations\n  where: {verb: write}", f"table: {table}"),
        ("needs: [capture, policy]", f"needs: [{needs}]"),
        ("fail: {allowed: false}", f"fail: {fail}"),
        ("group_by: [client, server]\n", ""),
        ("{client} wrote to {server} {count} times", "{count}"),
        ("{client} 向 {server} 写入 {count} 次", "{count}"),
        ("operations: [{verb: write, allowed: false}]", f"{table}: [{example}]"),
        ("operations: [{verb: write, allowed: true}]", f"{table}: [{example}]"),
        ("operations: [{verb: read}]", f"{table}: []"),
    )
    return rule(text)


def text(english: str, chinese: str) -> dict[str, str]:
    return {"en": english, "zh": chinese}


@pytest.mark.parametrize(
    ("table", "needs", "fail", "row", "wanted"),
    [
        (
            "settings",
            "configuration",
            "{value: 'on'}",
            {"source": "sw1.cfg", "line_start": 12, "line_end": 13, "device": "sw1", "category": "management",
             "item": "telnet", "setting": "enabled", "value": "on", "text": "transport input telnet"},
            Evidence("sw1.cfg", 12, 13, "transport input telnet",
                     message=text("management telnet: enabled = on", "management telnet：enabled = on")),
        ),
        (
            "inventory",
            "inventory",
            "{name: PLC}",
            {"source": "assets.csv", "row": 7, "name": "PLC", "ips": ["10.0.0.1"], "macs": ["00:1b:1b:00:00:01"]},
            Evidence("assets.csv", 7, 7, message=text("row 7: PLC, 10.0.0.1, 00:1b:1b:00:00:01",
                                                         "第 7 行：PLC、10.0.0.1、00:1b:1b:00:00:01")),
        ),
        (
            "conduits",
            "zones",
            "{owner: null}",
            {"source": "policy.yaml", "line": 30, "conduit": "a-b", "from_zone": "a", "to_zone": "b"},
            Evidence("policy.yaml", 30, 30, message=text("conduit a-b: a to b", "管道 a-b：a 至 b")),
        ),
        (
            "zones",
            "zones",
            "{sl_t: null}",
            {"source": "policy.yaml", "line": 3, "zone": "cell"},
            Evidence("policy.yaml", 3, 3, message=text("zone cell", "区域 cell")),
        ),
        (
            "roles",
            "policy",
            "{member: a}",
            {"source": "policy.yaml", "line": 4, "role": "hmi", "member": "a"},
            Evidence("policy.yaml", 4, 4, message=text("role hmi: a", "角色 hmi：a")),
        ),
        (
            "devices",
            "capture",
            "{listed: false}",
            {"device": "00:1b:1b:00:00:01", "name": "PLC", "ips": ["10.0.0.1"], "listed": False, "packets": 5,
             "captures": ["c0ffee"], "frames": [3], "filter": "eth.addr == 00:1b:1b:00:00:01"},
            Evidence("plant.pcap", frames=(3,), count=5, message=text("PLC, 10.0.0.1", "PLC，10.0.0.1"),
                     filter="eth.addr == 00:1b:1b:00:00:01"),
        ),
        (
            "flows",
            "capture",
            "{allowed: false}",
            {"capture": "c0ffee", "client": "10.0.0.1", "server": "10.0.0.2", "transport": "udp", "server_port": 53,
             "connections": 2, "client_packets": 3, "server_packets": 4, "tunnel": "gtp-u", "tunnel_id": 77,
             "filter": "udp.port == 53", "allowed": False, "frames": [1]},
            Evidence("plant.pcap", frames=(1,), count=7, client="10.0.0.1", server="10.0.0.2", port=53,
                     message=text("udp port 53, 2 connections in gtp-u tunnel 77",
                                  "udp 端口 53，gtp-u 隧道 77 内 2 个连接"),
                     filter="ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2 && udp.port == 53"),
        ),
        (
            "sessions",
            "capture",
            "{certificate_expired: true}",
            {"capture": "c0ffee", "client": "10.0.0.1", "server": "10.0.0.2", "server_port": 443, "protocol": "tls",
             "versions": ["TLS 1.0"], "ciphers": ["TLS_RSA_WITH_RC4_128_SHA"], "credentials": ["basic"],
             "certificate_subject": "CN=plc", "certificate_key": "RSA", "certificate_key_bits": 1024,
             "certificate_expired": True, "filter": "tls", "count": 2},
            Evidence("plant.pcap", count=2, client="10.0.0.1", server="10.0.0.2", port=443, protocol="tls",
                     message=text(
                         "TLS 1.0, TLS_RSA_WITH_RC4_128_SHA, credentials: basic, certificate CN=plc (RSA 1024 bit)",
                         "TLS 1.0，TLS_RSA_WITH_RC4_128_SHA，凭据：basic，证书 CN=plc（RSA 1024 位）"),
                     filter="ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2 && tls"),
        ),
        (
            "identities",
            "capture",
            "{field: vendor}",
            {"capture": "c0ffee", "mac": "00:1b:1b:00:00:01", "field": "vendor", "value": "Acme", "count": 4,
             "first_frame": 8, "protocol": "modbus"},
            Evidence("plant.pcap", frames=(8,), count=4, protocol="modbus",
                     message=text("vendor: Acme", "厂商：Acme")),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_evidence_of_every_table(table: str, needs: str, fail: str, row: dict[str, Any], wanted: Evidence) -> None:
    result = judged(small_rule(table, needs, fail, "{}"), case(**{table: [row]}))
    assert result.verdict == "fail"
    assert tuple(map(in_full, result.findings[0].evidence)) == (wanted,)


def test_evidence_of_a_capture() -> None:
    given_rule = small_rule("captures", "capture", "{complete: false}", "{complete: false}")
    bad = capture(complete=False, unread="cut short", limits=["flows: 3"], not_understood=["CAN: 2"])
    evidence = judged(given_rule, case(captures=[bad])).findings[0].evidence[0]
    assert evidence.source == "plant.pcap"
    assert evidence.message["en"] == "1,000 packets, 1 h, cut short, flows: 3, CAN: 2"
    assert both(evidence.message)["zh"] == "1,000 个数据包，1 小时，cut short，flows: 3，CAN: 2"


@pytest.mark.parametrize(
    "text",
    [
        "{a..b}",
        "{a[0]}",
        "[a",
        "a]",
        "[a[b]]",
        "{a[}]",
        "{a:>1}",
        "{a:one}",
        "{0}",
        "{}",
        "{a:>10}",
        "{a!r}",
        "{",
        "}",
        "{a",
    ],
)
def test_templates_hold_plain_names_only(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        templates.fields(text)


@settings(deadline=None)  # the machine may be busy
@given(st.text(alphabet="{}[]ab:/. ", max_size=12))
def test_any_template_is_filled_or_refused(text: str) -> None:
    try:
        names = templates.fields(text)
    except ValueError:
        return
    spoken(templates.fill(text, dict.fromkeys(names, "{value}")), "zh")


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("{a} ({b}) x", {"a": "PLC", "b": "10.0.0.1"}, "PLC (10.0.0.1) x"),
        ("{a} ({b}) x", {"a": "10.0.0.1", "b": "10.0.0.1"}, "10.0.0.1 x"),
        ("{a}（{b}）向 {c}（{d}）", {"a": "1", "b": "1", "c": "2", "d": "2"}, "1 向 2"),
        ("{a} ({b}, {c})", {"a": "1", "b": "1", "c": "3"}, "1 (1, 3)"),
        ("{a}（{b}）的 {c}", {"a": "1", "b": "1", "c": "2"}, "1 的 2"),
        (
            "{a}（{b}）的 {c} 指令（{d}） {e} 次",
            {"a": "x", "b": "y", "c": "停止", "d": "z", "e": "1"},
            "x（y）的停止指令（z）1 次",
        ),
        ("第 {a} 行", {"a": "未知"}, "第未知行"),
    ],
)
def test_a_name_that_is_the_address_is_said_once(template: str, values: dict[str, str], text: str) -> None:
    assert spoken(templates.fill(template, values), "zh") == text
