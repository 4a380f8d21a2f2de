"""The HTML page without a browser: self-contained, everything escaped, complete, bounded in size."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

from scanner.catalogues import labels
from scanner.report import format_for, html, write
from scanner.report._html.anchors import Anchors, slug
from scanner.report._html.limits import LIMITS
from scanner.report._html.page import keep_templates
from scanner.report._html.templates import FOLDER, Beside, environment
from scanner.report._html.timeline import timeline
from scanner.results.model import Mapping, OperationRow, Results, Verdict
from scanner.results.serialise import from_json, verdict_digest
from tests.report import sample

VOID = {"meta", "input", "br", "link", "img", "hr"}


class Page(HTMLParser):
    """The elements of a page, its texts, and whether the tags nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if len(dict(attrs)) != len(attrs):
            self.faults.append(f"repeated attribute in {tag}: {attrs}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"script", "style"}:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


SAMPLES: dict[str, Results] = {
    "plant": sample.plant(),
    "hostile": sample.hostile(),
    "empty": sample.empty(),
    "clean": sample.clean_plant(),
    "without policy": sample.without_policy(),
    "two zones": sample.with_zones(2),
    "many zones": sample.with_zones(40),
}


@pytest.fixture(scope="module", params=SAMPLES)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(html.render(SAMPLES[request.param]))


def test_tags_nest_and_ids_are_unique(page: Page) -> None:
    assert page.faults == []
    assert page.open == []
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_links_within_the_page_lead_somewhere(page: Page) -> None:
    ids = {a["id"] for _, a in page.elements if "id" in a}
    for attribute in ("href", "aria-labelledby", "for", "marker-end"):
        for tag, attrs in page.elements:
            value = attrs.get(attribute) or ""
            if attribute == "href" and value and not value.startswith("#"):
                assert re.match("https?://", value), value
                continue
            target = re.sub(r"url\((.*)\)", r"\1", value).removeprefix("#")
            if target:
                assert target in ids, (tag, attribute, value)


def test_nothing_is_loaded(page: Page) -> None:
    assert not {"link", "img", "iframe", "object", "embed", "base", "source", "audio", "video", "image"} & {
        tag for tag, _ in page.elements
    }
    for tag, attrs in page.elements:
        assert "src" not in attrs, tag
        assert "style" not in attrs, "the security policy forbids style attributes"
        assert not [name for name in attrs if name.startswith("on")], tag
        assert attrs.get("http-equiv") in {None, "Content-Security-Policy"}


def test_style_asks_for_nothing() -> None:
    style = FOLDER.joinpath("style.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|@font-face|expression\(", style)


def test_security_policy_allows_only_this_style_and_script() -> None:
    text = html.render(sample.plant())
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert text.index("http-equiv") < text.index("<style>")
    policy = policy.replace("&#39;", "'")
    expected = ["default-src 'none'"]
    for directive, tag in (("style-src", "style"), ("script-src", "script")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        expected.append(f"{directive} 'sha256-{digest}'")
    assert policy.split("; ") == [*expected, "base-uri 'none'", "form-action 'none'"]


def test_hostile_text_in_every_field_stays_text() -> None:
    plain, attacked = Page(html.render(sample.plant())), Page(html.render(sample.hostile()))
    allowed = {name for _, attrs in plain.elements for name in attrs}
    assert {name for _, attrs in attacked.elements for name in attrs} <= allowed
    assert {tag for tag, _ in attacked.elements} <= {tag for tag, _ in plain.elements}
    assert len(attacked.all("script")) == 1
    assert len(attacked.all("style")) == 1
    for attrs in attacked.all("a"):
        assert (attrs["href"] or "").startswith("#"), "no address of the hostile sample may become a link"
    assert "<script>document.title='owned'</script>" in attacked.text
    assert "\x1b" not in attacked.text
    assert r"\x1b[31mred" in attacked.text
    assert "49" not in re.findall(r"<!-- (\{\{ 7\*7 \}\}|49)", attacked.text)


def test_hostile_text_in_few_fields() -> None:
    """All attacks in the fields of four names at a time, so that few hide behind another."""
    plant = sample.plant()
    small = dataclasses.replace(
        plant,
        rules=(plant.rules[0], plant.rules[2], plant.rules[5]),
        devices=plant.devices[:1],
        frameworks=(dataclasses.replace(plant.frameworks[0], requirements=plant.frameworks[0].requirements[6:8]),),
    )
    attack = "".join(sample.HOSTILE)
    names: set[str] = set()
    sample.map_texts(small, lambda path, text: names.add(path) or text)
    allowed = {tag for tag, _ in Page(html.render(plant)).elements}
    assert len(names) > 60
    ordered = sorted(names)
    for few in (ordered[start : start + 4] for start in range(0, len(ordered), 4)):
        changed = sample.map_texts(small, lambda path, text, few=few: attack if path in few else text)
        page = Page(html.render(changed))
        assert page.faults == [], few
        assert {tag for tag, _ in page.elements} <= allowed, few
        assert not [a for _, attrs in page.elements for a in attrs if a.startswith("on")], few


def test_only_web_addresses_become_links() -> None:
    plant = sample.plant()
    references = ("https://example.org/a?b=1&c=2", "javascript:alert(1)", "HTTPS 443", "data:text/html,x", "ISO 27001")
    rule = dataclasses.replace(plant.rules[0], references=references, attack=("T0843", "T0843.001", "javascript:x"))
    page = Page(html.render(dataclasses.replace(plant, rules=(rule,))))
    outside = [a["href"] for a in page.all("a") if not (a["href"] or "").startswith("#")]
    techniques = "https://attack.mitre.org/techniques/"  # the matrix links to others as well
    assert [link for link in outside if not re.fullmatch(rf"{techniques}T\d{{4}}/", link)] == [
        f"{techniques}T0843/001/",
        "https://example.org/a?b=1&c=2",
    ]
    assert f"{techniques}T0843/" in outside
    assert "javascript:alert(1)" in page.text


def test_an_auditor_finds_everything() -> None:
    plant = sample.plant()
    text = Page(html.render(plant)).text
    for record in plant.inputs:
        assert record.sha256 in text
        assert record.source in text
        for detail in record.details.values():
            assert all(said in text for said in detail.values())
    for problem in plant.problems:
        assert all(said in text for said in (*problem.place.values(), *problem.what.values(), *problem.remedy.values()))
    for rule in plant.rules:
        assert rule.rule in text
        for language in ("en", "zh"):
            assert rule.title[language] in text
            assert rule.reason[language] in text
        for finding in rule.findings:
            assert finding.message["en"] in text
            assert all(said in text for said in finding.waiver.values())
            for e in finding.evidence:
                for part in (e.filter, *e.message.values(), *e.outcome.values(), " ".join(e.text.split())):
                    assert part in text
                assert ", ".join(map(str, e.frames)) in text
    for framework in plant.frameworks:
        for requirement in framework.requirements:
            assert requirement.title["zh"] in text
            assert (requirement.requirement in text) == (requirement.confidence != "M")
            if requirement.note:
                assert requirement.note["en"] in text
    for device in plant.devices:
        assert device.name in text
        assert device.mac in text


def test_a_manager_reads_what_to_do_on_the_first_screen() -> None:
    text = Page(html.render(sample.plant())).text
    first = text[: text.index("Checks and findings")]
    assert "5 of 13 checks failed." in first
    assert "13 项检查中有 5 项不符合。" in first
    assert "Urgent: fix critical-severity findings now." in first
    assert "Ask who changed the program" in first
    assert "Not every input could be read completely" in first
    assert "No configuration of the router was given." in first
    assert "2 requirements have no automated check" in first


def test_a_clean_plant_is_not_called_compliant() -> None:
    text = Page(html.render(sample.clean_plant())).text
    assert "No check failed. 2 checks passed on what was observed." in text
    assert "This does not prove that the plant complies." in text


def test_nothing_judged_is_not_good_news() -> None:
    plant = sample.plant()
    only = tuple(r for r in plant.rules if r.verdict in {Verdict.NO_EVIDENCE, Verdict.NOT_APPLICABLE, Verdict.ERROR})
    text = Page(html.render(dataclasses.replace(plant, rules=only))).text
    assert "Nothing could be judged" in text
    assert "No check failed" not in text


def test_nothing_given_is_not_called_complete() -> None:
    text = Page(html.render(sample.empty())).text
    assert "No rule was judged." in text
    assert "had enough evidence" not in text
    assert "No failing check" not in text


def test_an_input_that_could_not_be_opened_is_told_at_once() -> None:
    """It is in the problems alone, since there is nothing to record of it."""
    clean = sample.clean_plant()
    problem = sample.ProblemRow("missing.pcap", {}, {"en": "there is no such file"}, {"en": "check the name"})
    changed = dataclasses.replace(
        clean, problems=(problem,), complete=False, inputs=clean.inputs[:1], frameworks=(), rules=clean.rules
    )
    text = Page(html.render(changed)).text
    first = text[: text.index("Checks and findings")]
    assert "1 problem with the inputs is listed" in first
    assert "Not every input could be read completely" in first
    assert "every input was read completely" not in first
    assert "missing.pcap: there is no such file" in text


def test_unverified_numbers_are_withheld_and_unchecked_ones_marked() -> None:
    text = Page(html.render(sample.plant())).text
    assert "8.9.9.9" not in text
    assert "number not verified, withheld" in text
    assert re.search(r"8\.1\.4\.1 c\).{0,60}clause title unchecked", text)
    assert re.search(r"SR 3\.4.{0,80}sources disagree", text)


def test_the_page_opens_in_the_language_that_was_asked_for() -> None:
    of_the_browser, asked = html.render(sample.clean_plant()), html.render(sample.clean_plant(), "zh")
    assert '<html lang="en">' in of_the_browser
    assert 'data-asked="zh"' in asked
    assert "data-asked" not in of_the_browser.partition("<body")[0]
    for page, language in ((of_the_browser, "en"), (asked, "zh")):
        chosen = re.findall(r'<input type="radio" name="lang" [^>]*value="(\w+)"[^>]* checked>', page)
        assert chosen == [language], "also where scripts are off"


def test_large_results_stay_usable() -> None:
    results = sample.huge(5_000, 4_000)
    html.render(sample.plant())  # the templates are compiled once
    began = time.perf_counter()
    text = html.render(results)
    assert time.perf_counter() - began < 10
    assert len(text.encode("utf-8")) < 8_000_000
    page = Page(text)
    assert page.faults == []
    shown = len([a for a in page.all("dl") if a.get("class") == "piece"])
    assert 100 <= shown <= LIMITS.all_findings + 200
    assert f"and {1000 - LIMITS.findings:,} more findings (all are in the JSON, CSV and XLSX results)" in page.text
    assert "1,000 of 2,000 subjects fail" in page.text
    assert f"{4000 - LIMITS.devices:,} more devices are in the JSON, CSV and XLSX results." in page.text


def test_everything_has_a_permanent_address_and_findings_lead_on() -> None:
    plant = sample.plant()
    page = Page(html.render(plant))
    ids = {a["id"] for _, a in page.elements if "id" in a}
    links = {(a["href"] or "").removeprefix("#") for a in page.all("a")}
    assert {f"rule-{r.rule}" for r in (*plant.rules, *plant.reach)} <= ids
    assert {f"finding-{f.id}" for r in plant.rules for f in r.findings} <= ids & links
    assert {f"zone-{z.zone}" for z in plant.zones} <= ids & links
    assert {f"device-{slug(d.device)}" for d in plant.devices} <= ids & links
    named = {slug(d) for r in plant.rules for f in r.findings for d in f.devices}
    assert named
    assert all(f"device-{d}" in links for d in named), "a finding leads to its devices"
    for framework in plant.frameworks:
        for requirement in framework.requirements:
            assert f"req-{slug(f'{framework.framework}-{requirement.requirement}')}" in ids
    cited = {f"req-{slug(f'{m.framework}-{m.requirement}')}" for r in plant.rules for m in r.mappings} & ids
    assert cited
    assert cited <= links, "a rule leads to its requirements"


def test_an_address_stays_when_other_things_come_and_go() -> None:
    plant = sample.plant()
    fewer = dataclasses.replace(plant, rules=plant.rules[2:], devices=plant.devices[3:], zones=plant.zones[1:])
    stay, all_of_them = (
        {
            a["id"]
            for _, a in Page(html.render(r)).elements
            if re.match("(rule|finding|device|zone|req)-", a.get("id") or "")
        }
        for r in (fewer, plant)
    )
    assert stay < all_of_them


@pytest.mark.parametrize(
    "key", ["a:b", "a b", "a-b", "a~b", "", "规则", "x" * 200, "00:1b:1b:aa:00:01", "00-1b-1b-aa-00-01"]
)
def test_addresses_are_safe_and_never_shared(key: str) -> None:
    anchors = Anchors()
    others = [anchors.add("rule", other) for other in ("a", "00-1b-1b-aa-00-01", "b")]
    made = anchors.add("rule", key)
    assert re.fullmatch(r"rule-[A-Za-z0-9_.()~-]*", made)  # what a fragment may hold (RFC 3986, section 3.5)
    assert len(made) < 100
    assert (made in others) == (key == "00-1b-1b-aa-00-01")
    assert anchors.of("rule", key) == made
    assert anchors.of("device", key) == ""


def test_the_first_screen_gives_three_answers_and_what_the_profile_hides() -> None:
    plant = sample.plant()
    outside = dataclasses.replace(plant.rules[1], rule="left-out", title={"en": "Left out of the profile"})
    text = Page(html.render(dataclasses.replace(plant, outside=(outside,)))).text
    places = [
        text.index(part)
        for part in ("What is wrong", "outside the profile", "What must be confirmed", "How far the evidence reaches")
    ]
    assert places == sorted(places)
    assert places[1] < text.index("Left out of the profile") < places[2]
    confirm = text[places[2] : places[3]]
    review = next(r for r in plant.rules if r.verdict is Verdict.REVIEW)
    assert review.title["en"] in confirm
    assert review.findings[0].message["en"] in confirm
    assert "1 finding waits for a decision." in confirm


def test_the_profile_and_what_rules_were_judged_with_are_told() -> None:
    text = Page(html.render(sample.plant())).text
    profile = text[text.index("107 of 109 selected") :]
    parts = ("port-scan", "600 s", "Longest time without input", "5m", "leaves out 2 checks", "values-forced")
    places = [profile.index(part) for part in parts]
    assert places == sorted(places)
    assert "Longest block, bytes最长块，字节: ：2000 usually 1000" in text
    assert "roles: ：[engineering_station]" in text


def test_waivers_are_listed_with_what_makes_up_for_them() -> None:
    text = Page(html.render(sample.plant())).text
    listed = text[text.index("Covers") :]
    parts = (
        "sw-*",
        "no SSH image",
        "an access list for the jump host alone",
        "until 2027-06-30",
        "2026-12-31",
        "in force",
    )
    places = [listed.index(part) for part in parts]
    assert places == sorted(places)
    assert "whatever fails the rule" in listed


def test_what_was_seen_needs_no_verdict() -> None:
    text = Page(html.render(dataclasses.replace(sample.plant(), rules=(), frameworks=(), reach=()))).text
    for part in (
        "program download程序下载 × 3",
        "write写入 × 148 (3 refused",
        "1 of 1 log-ins show their credentials in clear text.",
        "1 of 1 certificates had expired",
        "CN=update.example.net",
        "tcp 20500",
        "6ES7 512-1CK01-0AB0",
    ):
        assert part in text, part


def test_operations_of_one_kind_close_in_time_are_one_event() -> None:
    first = sample.plant().operations[0]

    def at(second: int, **changes: object) -> OperationRow:
        time = f"2026-11-03T08:{14 + second // 60:02}:{second % 60:02}Z"
        return dataclasses.replace(
            first, count=2, seen=dataclasses.replace(first.seen, first_time=time, last_time=time), **changes
        )

    rows = [at(0), at(30), at(95, verb="stop"), at(80), at(300), at(310, allowed=None), at(320, changes=False)]
    made = timeline(rows)
    assert [(e.verb, e.count, e.state) for e in made.events.shown] == [
        (first.verb, 6, made.events.shown[0].state),
        ("stop", 2, made.events.shown[1].state),
        (first.verb, 2, made.events.shown[2].state),
        (first.verb, 2, "undecided"),
    ]
    assert made.operations == 12
    assert sum(made.states.values()) == made.events.total == 4
    many = timeline([at(n * 90 % 2700, server=dataclasses.replace(first.server, device=str(n))) for n in range(200)])
    assert many.events.total == 200
    assert many.operations == 400
    assert len(many.events.shown) == LIMITS.events
    assert len(many.lanes.shown) + many.lanes.hidden == 200
    assert timeline([dataclasses.replace(first, seen=dataclasses.replace(first.seen, first_time="soon"))]).marks == ()


def test_the_signature_binds_the_verdicts(tmp_path: Path) -> None:
    plant = sample.plant()
    write(plant, tmp_path / "results.json", format_for("results.json"))
    text = html.render(plant)
    assert re.findall('id="digest">([0-9a-f]{64})<', text) == [verdict_digest(plant)]
    read = from_json((tmp_path / "results.json").read_text(encoding="utf-8"), "results.json")
    assert html.render(read) == text, "a report from saved results has the same digest"


def test_long_names_are_cut_and_the_whole_is_there_once() -> None:
    long = "N" * 10_000
    plant = sample.plant()
    old = plant.devices[0]
    device = dataclasses.replace(old, name=long, vendor=long, roles=(long,))
    zone = dataclasses.replace(plant.zones[0], name=long)
    rule = dataclasses.replace(plant.rules[0], title={"en": long})
    page = Page(
        html.render(
            dataclasses.replace(
                plant, site=long, devices=(device, *plant.devices[1:]), zones=(zone, *plant.zones[1:]), rules=(rule,)
            )
        )
    )
    assert page.faults == []
    runs = sorted((len(run) for t in page.texts for run in re.findall("N{50,}", t)), reverse=True)
    assert runs[0] == LIMITS.text
    assert sum(runs) < 40_000
    assert "and 7,000 more characters" in page.text


def test_many_pieces_of_evidence_are_cut_and_say_so() -> None:
    plant = sample.plant()
    finding = dataclasses.replace(plant.rules[0].findings[0], proofs=40)
    rule = dataclasses.replace(plant.rules[0], findings=(finding,))
    assert "… and 39 more places" in Page(html.render(dataclasses.replace(plant, rules=(rule,)))).text


def test_what_stays_manual_in_many_requirements_is_said_once() -> None:
    plant = sample.plant()
    usual, special = {"en": "Procedures stay.", "zh": "制度需检查。"}, {"en": "Look at the doors.", "zh": "查看门。"}
    framework = plant.frameworks[0]
    texts = [usual, special, usual, usual, usual, special] + [usual] * 20
    requirements = tuple(
        dataclasses.replace(r, manual=m) for r, m in zip(framework.requirements, texts, strict=False) if r.verdict
    )
    changed = dataclasses.replace(plant, frameworks=(dataclasses.replace(framework, requirements=requirements),))
    text = Page(html.render(changed)).text
    assert text.count("Procedures stay.") == 1
    assert "(unless said otherwise)" in text
    assert text.count("Look at the doors.") == sum(r.manual == special for r in requirements)


def test_rule_ids_that_cannot_stand_in_an_address_still_have_an_anchor() -> None:
    plant = sample.plant()
    rule = dataclasses.replace(plant.rules[0], rule="规则 1", mappings=(Mapping("no such", "x"),))
    page = Page(html.render(dataclasses.replace(plant, rules=(rule,), frameworks=())))
    assert any(re.fullmatch("rule-1-[0-9a-f]{8}", a.get("id") or "") for _, a in page.elements)


def test_every_fixed_word_is_used() -> None:
    sources = [p.read_text(encoding="utf-8") for p in Path(html.__file__).parents[1].rglob("*.py")]
    sources += [p.read_text(encoding="utf-8") for p in Path(str(FOLDER)).glob("*.html")]
    everything = "\n".join(sources)
    families = (
        "severity.",
        "verdict.",
        "means.",
        "role.",
        "detail.",
        "family.",
        "kind.",
        "level.",
        "state.",
        "nav.",
        "theme.",
        "d.",
        "t.",
        "urgency.",
        "verb.",
        "print.",
        "permission.",
        "protection.",
        "encryption.",
        "grade.",
        "language.",
        "scale.",
        "stage.",
        "confidence",
        "audience.",
        "provide.",
        "category.",
        "credentials.",
        "brief.outcome.",
        "brief.permission.",
        "brief.protection.",
        "field.",
        "input.",
        "list.",
        "value.",
        "standing.",
        "cables.",
        "technique.",
        "tactic.",
        "answered.",
        "answer-state.",
        "answer-evidence.",
        "judge.",
        "remedy.",
        "subject.",
        "waiver.",
        "baseline.state.",
        "diff.",  # of otaudit diff
        "item.",
    )
    spoken = {"internet", "layer2", "multicast", "others"}  # kinds of ends
    unused = [
        key
        for key in labels("en")
        if not key.endswith("_one")
        and not key.startswith(families)
        and f"'{key}'" not in everything
        and f'"{key}"' not in everything
    ]
    assert [k for k in unused if k not in spoken] == []


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_of_text_reach_the_contrast_of_wcag_aa() -> None:
    style = FOLDER.joinpath("style.css").read_text(encoding="utf-8")
    themes = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r"color-scheme:(.*?)\}", style, re.DOTALL)
    ]
    assert len(themes) == 3
    assert themes[1] == themes[2], "the dark theme is the same by system and by choice"
    texts = [
        "text",
        "muted",
        "accent",
        "fail",
        "error",
        "review",
        "no-evidence",
        "waived",
        "pass",
        "not-applicable",
        "manual",
    ]
    for theme in themes:
        for name in texts:
            for ground in ("ground", "panel", "band", "band-odd"):
                assert _contrast(theme[name], theme[ground]) >= 4.5, (name, ground)
        assert _contrast(theme["ground"], theme["accent"]) >= 4.5
        assert _contrast(theme["fail"], theme["hot"]) >= 4.5
    for background, colour in re.findall(r"\.s-\w+ \{ background: (#\w{6}); color: (#\w{3,6})", style):
        whole = colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:])
        assert _contrast(background, whole) >= 4.5


def test_building_keeps_all_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    keep_templates(tmp_path)
    kept = [*(tmp_path / "__pycache__").iterdir()]
    assert len(kept) == len([path for path in FOLDER.iterdir() if path.name.endswith(".html")]) > 20
    monkeypatch.setattr(Environment, "compile", None)  # nothing is compiled that was kept
    made = environment().overlay(bytecode_cache=Beside(tmp_path))
    made.globals.update(w=str)
    assert made.get_template("macros.html").module.icon("a")


def test_compiled_templates_are_kept_and_a_damaged_one_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)

    def rendered() -> str:
        made = environment()
        made.bytecode_cache = Beside(tmp_path)
        made.globals.update(w=str)
        return made.from_string("x").render() + str(made.get_template("macros.html").module.icon("a"))

    first = rendered()
    (kept,) = (tmp_path / "__pycache__").iterdir()
    assert rendered() == first
    for damage in (b"", b"junk", kept.read_bytes()[:60], kept.read_bytes()[:-40]):
        kept.write_bytes(damage)
        assert rendered() == first
