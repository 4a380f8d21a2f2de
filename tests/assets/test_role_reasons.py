"""What otaudit says of devices is said in every language; what a device, a file or a person says stays as it is."""

from __future__ import annotations

import re

import pytest

from scanner.assets.roles import Reason, in_words, stated_by_itself
from scanner.catalogues import protocol_names as written
from scanner.engine.words import listing
from scanner.facts.enrich import enrich
from scanner.inputs import find_inputs
from scanner.protocols import protocol_names
from scanner.protocols.base import Verb
from scanner.scan import read_inputs
from scanner.wording import Said, argument, said, term
from scanner.wording.spoken import spoken
from tests.assets.deeds import Deed, Link, infer
from tests.wording.in_both import both

CHINESE = re.compile("[\u4e00-\u9fff]")
DOWNLOAD = Deed("eng", "plc", "s7comm", Verb.PROGRAM_DOWNLOAD, 1)
READ = Deed("hmi", "plc", "modbus", Verb.READ, 12)


@pytest.mark.parametrize(
    ("operations", "device", "english", "chinese"),
    [
        ([DOWNLOAD], "plc", "answered S7comm program download", "应答了 S7comm 程序下载"),
        (
            [DOWNLOAD, DOWNLOAD._replace(server="plc-2"), Deed("eng", "plc", "umas", Verb.MODE_CHANGE, 1)],
            "eng",
            "asked for S7comm program download to 2 devices, umas mode change to 1 device",
            "对 2 台设备请求 S7comm 程序下载、对 1 台设备请求 umas 模式切换",
        ),
        ([READ], "plc", "answered 12 Modbus requests", "应答了 12 次 Modbus 请求"),
        ([READ._replace(answered=1)], "plc", "answered 1 Modbus request", "应答了 1 次 Modbus 请求"),
        ([READ], "hmi", "client of 1 controller or I/O device", "访问 1 台控制器或 I/O 设备的客户端"),
    ],
)
def test_what_devices_did(operations: list[Deed], device: str, english: str, chinese: str) -> None:
    (reason,) = infer(operations, (), {})[device]
    assert both(reason.why) == {"en": english, "zh": chinese}


def test_what_their_conversations_show() -> None:
    ntp = Link("a", "b", "udp", 123, "ntp", industrial=False, answered=True)
    assert both(infer((), [ntp], {})["b"][0].why) == {"en": "answered NTP", "zh": "应答了 NTP"}


def test_what_they_say_themselves() -> None:
    (reason,) = stated_by_itself({("switch", "lldp"): 2, ("switch", "cdp"): 1})
    assert both(reason.why) == {"en": "said so itself (LLDP, CDP)", "zh": "设备自述（LLDP、CDP）"}


FORGED = ("HMI, policy line 3", "a (b row 3).csv", "answered ntp", "firmware: listed 1, seen 2", "{why}")


@pytest.mark.parametrize("name", FORGED)
def test_a_name_that_reads_like_a_sentence_stays_as_it_is(name: str) -> None:
    place = said("{file} row {n}", file=name, n=3)
    reason = in_words(
        Reason("hmi", said("inventory says {type} ({place})", type=term(f"role.{name}", name), place=place))
    )
    assert reason == f"hmi: inventory says {name} ({name} row 3)"
    assert spoken(argument(reason.marked, "why"), "zh") == f"资产清单写明 {name}（{name} 第 3 行）"
    assert listing("client_name", [name]) == name
    for column in ("client_name", "zone", "client_roles", "function", "value"):
        assert both(listing(column, [name])) == {"en": name, "zh": name}
    row = said("{file} row {n}", file=name, n=3).marked
    assert both(listing("inventory_row", [row])) == {"en": f"{name} row 3", "zh": f"{name} 第 3 行"}


def test_every_verb_has_a_word() -> None:
    for verb in Verb:
        assert isinstance(term(f"verb.{verb}"), Said), verb
    assert both(listing("verb", ["stop"])) == {"en": "stop", "zh": "停止"}
    assert both(listing("value", ["absent"])) == {"en": "not configured", "zh": "未配置"}
    assert both(listing("function", ["stop"])) == {"en": "stop", "zh": "stop"}, (
        "names of a protocol stay as it has them"
    )


def test_every_protocol_is_written_as_people_write_it() -> None:
    assert tuple(written()) == protocol_names()
    assert listing("protocol", ["s7comm"]) == "S7comm"
    assert listing("protocols", ["tcp/502"]) == "tcp/502", "a service that is no protocol"


def test_reasons_and_conflicts_of_a_plant_are_all_known() -> None:
    devices = enrich(read_inputs(list(find_inputs(["fixtures/plants/bottling"], []))).facts)["devices"]
    texts = [text for texts in devices["role_reasons"].to_list() for text in texts]
    texts += [text for texts in devices["conflict_details"].to_list() for text in texts]
    assert len(texts) > 20
    assert [text for text in texts if not CHINESE.search(spoken(text, "zh"))] == []
