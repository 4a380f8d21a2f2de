"""What vendors' systems are called and which commands they take stands in dialects and remedies, not in rules."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from scanner.configs.reader import DIALECTS
from scanner.configs.remedies import by_name

VENDORS = re.compile(
    r"\b(Cisco|Huawei|H3C|Comware|Ruijie|RGOS|Aruba|AOS-CX|HPE?|ProCurve|Arista|Dell|FTOS|Forti\w+|Brocade|NetIron|BDCOM"
    r"|Allied Telesis|AlliedWare|ICStaX|Edgecore|Accton|SmartByte|DCN|SNR|Perle|Broadcom|FASTPATH"
    r"|Juniper|Junos|MikroTik|Siemens|Rockwell|Allen-Bradley|Schneider|Hirschmann|Moxa"
    r"|Lantronix|Phoenix|Yokogawa|Emerson"
    r"|Mitsubishi|Omron|Beckhoff|ABB|Honeywell|IOS|VRP|NX-OS|EOS|ASA|Stratix)\b|思科|华为|新华三|锐捷|西门子|施耐德|罗克韦尔"
)
# rules about protocols that one vendor's devices alone speak, which people know by its name
OF_THEIR_PROTOCOLS = {"engineering-protocol-foreign", "serial-server-password-disclosed"}
TEXTS = ("title", "description", "message", "rationale", "remediation")


def rules() -> dict[str, dict[str, Any]]:
    files = (file for file in Path("rules").glob("*/*.yaml") if file.parent.name not in {"frameworks", "profiles"})
    return {file.stem: yaml.load(file.read_bytes(), yaml.CSafeLoader) for file in files}


RULES = rules()


def said(rule: dict[str, Any]) -> str:
    return " ".join(" ".join(text for name in TEXTS for text in rule[name].values()).split())


def commands() -> set[str]:
    """The first two words of each command that the remedies of dialects have, after a ``no``."""
    remedies = by_name(DIALECTS.all().values())
    texts = [one.text["en"] for every in remedies.values() for one in every]
    quoted = (command.split() for text in texts for command in re.findall(r'"([^"]+)"', text))
    return {
        " ".join(words[: 3 if words[0] == "no" else 2]) for words in quoted if len(words) > 1 and words[0].islower()
    }


def test_no_vendor_is_named() -> None:
    named = {
        name: sorted(set(VENDORS.findall(said(rule)))) for name, rule in RULES.items() if VENDORS.search(said(rule))
    }
    assert {name: vendors for name, vendors in named.items() if name not in OF_THEIR_PROTOCOLS} == {}
    assert set(OF_THEIR_PROTOCOLS) <= set(named)
    assert len(RULES) > 250


def test_no_command_is_named() -> None:
    known = commands()
    assert len(known) > 50
    words = re.compile("|".join(rf"(?<![\w-]){re.escape(command)}(?![\w-])" for command in sorted(known)))
    found = {name: words.search(said(rule)) for name, rule in RULES.items()}
    assert {name: match[0] for name, match in found.items() if match} == {}


def test_no_rule_chooses_by_dialect() -> None:
    conditions = ("subjects", "fail", "unknown_when", "gather", "correlate")
    choosing = [name for name, rule in RULES.items() if any("'dialect" in repr(rule.get(key)) for key in conditions)]
    assert choosing == []
