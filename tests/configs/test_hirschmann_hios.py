"""Configuration profiles of HiOS that are cut off, hostile, or say less than they should."""

from __future__ import annotations

import pytest

from scanner.configs import reader
from scanner.configs.dialects.hirschmann_hios import reading as hirschmann_hios
from scanner.configs.dialects.hirschmann_hios.profile import parse
from scanner.configs.reader import masker
from scanner.configs.settings import Configuration, Sheet
from scanner.errors import InputError
from tests.configs.dialect_cases import FIXTURES, read
from tests.configs.hios_profiles import mib, profile, scalars, table

NAME = "hirschmann-hios"
GOOD, BAD = ((FIXTURES / "brs50" / f"{story}.cfg").read_text(encoding="utf-8") for story in ("good", "bad"))


def value(configuration: Configuration, *key: str) -> str | None:
    rows = [r for r in configuration.rows if (r["category"], r["item"], r["setting"]) == key]
    return str(rows[0]["value"]) if rows else None


def test_a_profile_that_is_cut_off_is_told() -> None:
    found = read(NAME, GOOD[: len(GOOD) // 2].encode())
    assert value(found, "system", "device", "complete") == "no"
    assert [p.what for p in found.problems] == ["the configuration ends before it is whole, or is no XML"]
    assert value(found, "logging", "device", "remote_hosts") == "unknown-default"


@pytest.mark.parametrize(
    "declared", ['<!DOCTYPE a [<!ENTITY b "c">]>', '<!DOCTYPE a SYSTEM "http://example.com/a.dtd">', "<!DOCTYPE a>"]
)
def test_no_document_type_is_accepted(declared: str) -> None:
    with pytest.raises(InputError, match="document type"):
        read(NAME, GOOD.replace("<Config ", f"{declared}\n<Config ", 1).encode())


def test_what_is_nested_deeply_is_refused() -> None:
    deep = "<Config xmlns='urn:xml:ns:mibconf:base:1.0'>" + "<MIB name='A-MIB'>" * 10_000
    with pytest.raises(InputError, match="nested"):
        read(NAME, deep.encode())


def test_passwords_and_communities_are_nowhere() -> None:
    found = repr(read(NAME, GOOD.encode()))
    assert "SW52ZW50ZWQ" not in found
    assert "SW52ZW50ZWR" not in found
    assert "Filling-4-read" not in found


def test_another_name_space_is_not_claimed() -> None:
    assert not reader.recognises(GOOD.replace("urn:xml:ns:mibconf:base:1.0", "urn:another").encode())


def test_an_address_in_hexadecimal_digits_is_one() -> None:
    assert value(read(NAME, GOOD.encode()), "logging", "device", "remote_hosts") == "10.40.99.34"


def test_objects_of_an_unknown_mib_are_not_understood() -> None:
    other = GOOD.replace('<MIB name="HM2-L2REDUNDANCY-MIB">', '<MIB name="wizardry">')
    assert "not understood" in dict(read(NAME, other.encode()).notes)
    assert "not understood" not in dict(read(NAME, GOOD.encode()).notes)


def test_a_disabled_account_is_none() -> None:
    found = read(
        NAME, GOOD.replace('<Attribute name="hm2UserStatus">1<', '<Attribute name="hm2UserStatus">2<').encode()
    )
    assert value(found, "account", "local accounts", "rights") is None


@pytest.mark.parametrize(
    "line",
    [
        '<Attribute name="frobnicate">3</Attribute>',
        '<Attribute name="hm2SshAdminStatuz">1</Attribute>',
        '<Attribute name="hm2WebIntfTimeOut">-99999999999999999999</Attribute>',
        '<Attribute name="hm2SshAdminStatus"></Attribute>',
        '<Attribute name="hm2SshAdminStatus">abc é</Attribute>',
        '<Attribut name="hm2SshAdminStatus">1</Attribut>',
    ],
)
def test_objects_that_nobody_knows_and_values_of_another_form_leave_open_what_seems_absent(line: str) -> None:
    start = '        <Attribute name="hm2SshAdminStatus">'
    assert read(NAME, GOOD.encode()).problems == ()
    found = read(NAME, GOOD.replace(start, f"{line}\n{start}").encode())
    assert found.problems == ()
    assert dict(found.notes)["leaves open"] == "account, line, management, snmp"
    assert "100 %" not in dict(found.notes)["understood"]


def test_an_object_that_is_missing_may_be_one_that_nobody_knows() -> None:
    wrong = GOOD.replace("hm2PwdMgmtMinLength", "hm2PwdMgmtMinLengtz").replace(
        "hm2SntpClientAdminState", "hm2SntpClientAdminStats"
    )
    left_open = dict(read(NAME, wrong.encode()).notes)["leaves open"].split(", ")
    assert {"password-policy", "time"} <= set(left_open)


def test_a_group_of_objects_that_is_not_read_leaves_everything_open() -> None:
    more = (
        '<MIB name="FROB-NICATE"><Scalar name="x"><Attribute name="frobnicate">3</Attribute></Scalar></MIB>\n</MibData>'
    )
    found = read(NAME, GOOD.replace("</MibData>", more).encode())
    assert [p.what.startswith("not understood: ") for p in found.problems] == [True]


def test_every_topic_tells_settings_of_the_categories_that_it_names() -> None:
    for story in (GOOD, BAD):
        profile = parse(story.encode(), "x", masker(NAME).mask)
        for topic, categories in hirschmann_hios._TOPICS:
            sheet = Sheet(profile.tree, NAME)
            topic(profile, sheet)
            assert {r["category"] for r in sheet.rows} <= set(categories), topic.__name__


@pytest.mark.parametrize(
    "line",
    [
        '<Attribute name="hm2AgentStpPortState">1</Attribute>',
        '<Attribute name="hm2SshHostKeyLength">2048</Attribute>',
        '<Attribute name="hm2LogSyslogServerIPAddr"></Attribute>',
    ],
)
def test_objects_that_are_not_read_leave_nothing_open(line: str) -> None:
    start = '        <Attribute name="hm2SshAdminStatus">'
    assert read(NAME, GOOD.replace(start, f"{line}\n{start}").encode()).problems == ()


def test_what_is_not_read_cannot_be_told() -> None:
    found = read(NAME, GOOD.encode())
    assert value(found, "interface", "1/1", "trunk_vlans") == "unknown-default"
    assert value(found, "interface", "1/1", "native_vlan") == "unknown-default"


@pytest.mark.parametrize(("mode", "told"), [("1", "no"), ("2", "unknown-default")])
def test_where_no_spanning_tree_runs_none_is_told_of_ports(mode: str, told: str) -> None:
    vlans = {"dot1qVlanIndex": "20", "dot1qVlanStaticEgressPorts": "1/1", "dot1qVlanStaticUntaggedPorts": "1/1"}
    tables = (
        table("", [vlans]),
        table("", [{"ifIndex": "1/1", "ifAdminStatus": "1"}]),
        table("", [{"ifIndex": "1/1", "hm2AgentStpCstPortBpduFilter": "2"}]),
    )
    text = profile(mib("HM2-TEST-MIB", scalars(hm2AgentStpAdminMode=mode), *tables))
    assert value(read(NAME, text.encode()), "interface", "1/1", "bpdu_filter") == told
