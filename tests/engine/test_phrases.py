"""What otaudit says of its own inside facts is said in Chinese too; what a device or a file says stays."""

from __future__ import annotations

import re

import pytest

from scanner.catalogues import protocol_names as written
from scanner.engine.phrases import VERBS, chinese, in_both, phrase
from scanner.facts.enrich import enrich
from scanner.inputs import find_inputs
from scanner.protocols import protocol_names
from scanner.protocols.base import Verb
from scanner.scan import read_inputs


@pytest.mark.parametrize(
    ("english", "wanted"),
    [
        ("policy line 12", "策略第 12 行"),
        ("inventory says PLC (a (old).csv row 7)", "资产清单写明 PLC（a (old).csv 第 7 行）"),
        ("inventory says PLC (S7) (a.csv row 7)", "资产清单写明 PLC (S7)（a.csv 第 7 行）"),
        ("its MAC address is a virtual one of VRRP", "其 MAC 地址是 VRRP 的虚拟地址"),
        ("forwarded packets of 1 other address(es): 10.0.0.1", "转发了另外 1 个地址的数据包：10.0.0.1"),
        ("end of gtp-u tunnels", "gtp-u 隧道的端点"),
        ("said so itself (lldp, cdp)", "设备自述（lldp, cdp）"),
        ("answered s7comm program-download, s7comm stop", "应答了 S7comm 程序下装、S7comm 停止"),
        ("answered 12 modbus requests, 3 s7comm requests", "应答了 12 次 Modbus 请求、3 次 S7comm 请求"),
        ("answered 12 modbus requests, of controllers only", "仅应答控制器的 12 次 Modbus 请求"),
        ("answered ntp", "应答了 NTP"),
        (
            "asked for s7comm program-upload to 2 device(s); umas start to 1 device(s)",
            "对 2 台设备请求 S7comm 程序上载；对 1 台设备请求 umas 启动",
        ),
        ("identified and configured 3 device(s)", "识别并配置了 3 台设备"),
        ("client of 4 controller(s) or I/O device(s)", "访问 4 台控制器或 I/O 设备的客户端"),
        ("sent spanning tree frames", "发送了生成树帧"),
        ("firmware: listed 2.8, seen 2.9", "固件：清单为 2.8，所见为 2.9"),
        ("list.csv row 4 (mac, address)", "list.csv 第 4 行（MAC 地址、IP 地址）"),
        ("list.csv row 4", "list.csv 第 4 行"),
        ("Service not implemented", "Service not implemented"),
    ],
)  # fmt: skip
def test_phrases(english: str, wanted: str) -> None:
    assert phrase(english) == wanted
    assert in_both(english) == {"en": english, "zh": wanted}


def test_every_verb_has_a_word() -> None:
    assert set(VERBS) == {verb.value for verb in Verb}
    assert chinese("verb", "stop") == "停止"
    assert chinese("value", "absent") == "未配置"
    assert chinese("function", "stop") == "stop", "names of a protocol stay as it has them"


def test_every_protocol_is_written_as_people_write_it() -> None:
    assert tuple(written()) == protocol_names()
    assert chinese("protocol", "s7comm") == "S7comm"
    assert chinese("protocols", "tcp/502") == "tcp/502", "a service that is no protocol"


def test_reasons_and_conflicts_of_a_plant_are_all_known() -> None:
    devices = enrich(read_inputs(list(find_inputs(["fixtures/plants/bottling"], []))).facts)["devices"]
    told = [text.partition(": ")[2] for reasons in devices["role_reasons"].to_list() for text in reasons]
    told += [text for texts in devices["conflict_details"].to_list() for text in texts]
    assert len(told) > 20
    assert [text for text in told if not re.search("[\u4e00-\u9fff]", phrase(text))] == []
