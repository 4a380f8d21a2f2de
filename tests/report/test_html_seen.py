"""The page says what would help, who decided, what is published, and what little inputs show."""

from __future__ import annotations

import dataclasses
import re

import pytest

from scanner.catalogues import languages
from scanner.report import html, text
from scanner.report._html.limits import LIMITS
from scanner.results.model import Cause, Doubt, Results, TrafficRow, Verdict
from scanner.results.publications import End, PublicationRow, Seen, StateChange
from tests.report import sample
from tests.report.sample_waiting import bare_capture, doubted


def plain(results: Results) -> str:
    """The page's text in English."""
    page = re.sub(r"<(style|script|title)\b.*?</\1>", "", html.render(results), flags=re.DOTALL)
    page = re.sub(r"<(span|i) lang=zh>.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def causes(results: Results) -> list[str]:
    """Under No evidence: the inside of each cause."""
    group = re.search(r'id="group-no-evidence".*?</section>', html.render(results), re.DOTALL)
    return group[0].split('<details class="cause">')[1:] if group else []


def test_the_page_and_the_terminal_say_the_same_of_each_cause() -> None:
    page, terminal = plain(bare_capture()), " ".join(text.render(bare_capture()).split())
    for sentence in (
        "24 checks need device configurations: name the files",
        "19 checks need a zones-and-conduits policy: draft one with otaudit policy learn",
        "60 checks need a longer capture: only 6.0 s of traffic was captured (at least 1 min is needed); only 6.0 s of",
    ):
        assert sentence in terminal
        assert page.count(sentence) == 2, "in the summary, and over the checks"
    assert "a policy that declares zones" not in page
    assert len(causes(bare_capture())) == 3


def test_a_check_that_needs_several_things_has_one_card_and_is_named_under_each() -> None:
    (rule,) = doubted(1, Cause.POLICY, "no policy")
    rule = dataclasses.replace(rule, doubts=(*rule.doubts, Doubt(Cause.INVENTORY, {"en": "no inventory"})))
    results = dataclasses.replace(bare_capture(), rules=(rule,))
    link = "It would help these checks as well"
    assert sum("1 check needs" in cause for cause in causes(results)) == 2
    assert sum(link in cause for cause in causes(results)) == 1
    assert (
        len(re.findall(r'<details class="rule', html.render(dataclasses.replace(results, reach=(), outside=())))) == 1
    )
    assert "is counted under each" in plain(results)
    assert "is counted under each" not in plain(bare_capture())


def test_what_must_be_confirmed_is_named_by_what_would_decide_it() -> None:
    review = next(r for r in sample.plant().rules if r.verdict is Verdict.REVIEW)
    review = dataclasses.replace(review, doubts=(Doubt(Cause.POLICY, {"en": "no policy"}),))
    rules = (review, *doubted(LIMITS.also + 2, Cause.POLICY, "no policy"))
    results = dataclasses.replace(bare_capture(), rules=rules)
    (cause,) = causes(results)
    assert f"{LIMITS.also + 3} checks need a zones-and-conduits policy" in cause
    assert re.search(rf'class="also">.*href="#rule-{review.rule}"', cause)


def test_a_rule_says_how_many_somebody_allowed() -> None:
    plant = sample.plant()
    rule = next(r for r in plant.rules if r.verdict is Verdict.PASS)
    decided = dataclasses.replace(rule, coverage=dataclasses.replace(rule.coverage, confirmed=1_204))
    assert "1,204 confirmed as allowed" in plain(dataclasses.replace(plant, rules=(decided,)))
    assert "confirmed as allowed" not in plain(dataclasses.replace(plant, rules=(rule,)))


def test_configurations_alone_show_their_settings_and_say_once_that_there_is_no_traffic() -> None:
    plant = sample.plant()
    bare = dataclasses.replace(
        plant,
        operations=(),
        commands=(),
        sessions=(),
        unrecognised=(),
        protocols=(),
        traffic=(),
        devices=(),
        publications=(),
    )
    page = plain(bare)
    assert page.count("No capture was given, or it shows no traffic that could be decoded.") == 1
    assert "Log-ins and credentials" not in page
    assert f"Settings of device configurations {len(plant.settings)}" in page


@pytest.mark.parametrize("other", ["10.1.1.9", "10.9.9.9"])
def test_addresses_of_one_network_are_drawn_one_by_one(other: str) -> None:
    rows = (TrafficRow("10.1.1.7", other, ("modbus",), 3, 40, 900, None),)
    page = plain(dataclasses.replace(sample.plant(), zones=(), traffic=rows))
    alone = other.startswith("10.1.1.")
    assert ("each is drawn by itself" in page) is alone
    assert ("10.1.1.0/24" in page) is not alone
    assert "Modbus" in page


def published(**given: object) -> PublicationRow:
    """A publication that was seen; every other field as of one that behaves."""
    end = End("02:00:00:00:61:01", "IED-1", "", None, (), "02:00:00:00:61:01")
    row = PublicationRow(
        protocol="goose",
        function="GOOSE",
        object="PRESS1/LLN0$GO$trip",
        data_set="",
        identifier="",
        unit="APPID 0x0001",
        publisher=end,
        target=dataclasses.replace(end, address="01:0c:cd:01:00:01", name="", device=""),
        transport="ethernet",
        port=0x88B8,
        vlan=-1,
        tunnel="",
        other_publishers=(),
        revisions=(),
        simulated=False,
        test=False,
        needs_commissioning=False,
        signed=False,
        count=40,
        copies=0,
        late=0,
        first_state=1,
        last_state=1,
        changes=0,
        states=(),
        states_skipped=0,
        begun_anew=0,
        set_back=0,
        alternations=0,
        gaps=0,
        missing=0,
        repeated=0,
        repetition="",
        shortest_interval=None,
        longest_interval=None,
        shortest_lifetime=None,
        longest_lifetime=None,
        expired=0,
        expired_missing=0,
        expired_time="",
        expired_source="",
        expired_frame=None,
        ended=None,
        samples=None,
        samples_in_a_round=None,
        sample_rates=(),
        synchronised=(),
        seen=Seen("bay.pcap", "2026-11-03T08:00:00Z", "2026-11-03T08:01:00Z", (1,), ""),
    )
    return dataclasses.replace(row, **given)


CHANGE = StateChange("2026-11-03T08:00:07Z", 69, 9, 8, 0, "next state", "")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "never exceeded"),
        ({"expired": 3, "expired_time": "2026-11-03T08:00:09Z", "expired_frame": 71}, "exceeded 3 times"),
        ({"expired": 1, "expired_time": "2026-11-03T08:00:09Z", "expired_frame": 71}, "08:00:09 UTC · frame 71"),
        ({"expired_missing": 2}, "exceeded 2 times where messages are missing"),
        ({"ended": 38.541}, "silent for the last 38.54 s"),
        ({"changes": 1, "states": (CHANGE,), "last_state": 9}, "last: state 9 · 2026-11-03 08:00:07 UTC · frame 69"),
        ({"changes": 4_000, "states": (CHANGE,), "last_state": 4_001}, "4,000last: state 4,001"),
        ({"other_publishers": tuple("abcde")}, "published as well by a, b, c, and 2 more"),
        ({"test": True, "simulated": True}, "marked as simulation"),
        ({"object": "<script>x</script>"}, "&lt;script&gt;x&lt;/script&gt;"),
    ],
)
def test_a_publication_tells_its_publisher_changes_and_lateness(given: dict[str, object], told: str) -> None:
    page = plain(dataclasses.replace(sample.plant(), publications=(published(**given),)))
    assert told in page
    assert ("never exceeded" in page) is not bool({"expired", "ended"} & set(given))


def test_one_message_says_nothing_of_lateness() -> None:
    assert "never exceeded" not in plain(dataclasses.replace(sample.plant(), publications=(published(count=1),)))


def test_many_publications_are_cut_and_what_needs_a_look_is_kept() -> None:
    rows = [published(object=f"A{n}") for n in range(500)]
    rows[77] = published(object="spoofed", other_publishers=("02:00:00:00:61:66",))
    page = plain(dataclasses.replace(sample.plant(), publications=tuple(rows)))
    assert "spoofed" in page
    assert f"… and {500 - LIMITS.publications} more (all are in the JSON, CSV and XLSX results)" in page


def test_where_nothing_is_published_nothing_is_said_of_it() -> None:
    assert "GOOSE and Sampled Values" not in plain(dataclasses.replace(sample.plant(), publications=()))


def test_what_leaves_the_plant_is_shown_with_its_share_and_counted_where_it_is_not() -> None:
    row = sample.plant().exports[0]
    many = tuple(
        dataclasses.replace(row, destination=f"203.0.113.{n}", names=(), bytes_out=1000, encrypted_share=0.999)
        for n in range(LIMITS.exports + 3)
    )
    page = plain(dataclasses.replace(sample.plant(), exports=many))
    assert "15,000 bytes out in all" in page
    assert "99 %" in page
    assert "203.0.113.11" in page
    assert "203.0.113.12" not in page
    assert "and 3 more" in page
    assert "What leaves the plant" not in plain(dataclasses.replace(sample.plant(), exports=()))


def test_names_of_destinations_are_text() -> None:
    row = dataclasses.replace(sample.plant().exports[0], names=("<script>alert(1)</script>",), providers=("<b>x</b>",))
    page = html.render(dataclasses.replace(sample.plant(), exports=(row,)))
    assert "<script>alert(1)" not in page
    assert "<b>x</b>" not in page


def test_cables_are_drawn_and_listed_what_deserves_a_look_first() -> None:
    page = html.render(sample.plant())
    section = page[page.index('id="cables"') : page.index('id="settings"')]
    assert section.count("<svg xmlns") == len(languages())
    table = section[section.index("<tbody>") :]
    assert table.index("AP-CANTEEN") < table.index("PLC-1")
    assert "listed nowhere" in table
    assert "in no capture" in table


def test_without_outputs_of_switches_there_is_no_section_about_cables() -> None:
    page = html.render(dataclasses.replace(sample.plant(), cables=(), occupied_ports=()))
    assert 'id="cables"' not in page


def test_many_cables_are_counted_and_of_many_switches_no_drawing_is_made() -> None:
    (row, *_) = sample.plant().cables
    number = max(LIMITS.cabled_ports, LIMITS.drawn_switches) + 3
    many = tuple(dataclasses.replace(row, device=f"sw-{n}") for n in range(number))
    page = html.render(dataclasses.replace(sample.plant(), cables=many, occupied_ports=()))
    section = page[page.index('id="cables"') : page.index('id="settings"')]
    assert "<svg xmlns" not in section
    assert f"and {number - LIMITS.cabled_ports} more" in section


def test_names_of_neighbours_are_text() -> None:
    row = dataclasses.replace(sample.plant().cables[0], other_device="<script>alert(1)</script>", sure="new-kind")
    port = dataclasses.replace(sample.plant().occupied_ports[0], names=("<b>x</b>",), unseen=())
    page = html.render(dataclasses.replace(sample.plant(), cables=(row,), occupied_ports=(port,)))
    assert "<script>alert(1)" not in page
    assert "<b>x</b>" not in page
