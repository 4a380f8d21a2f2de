"""The page in a real browser: no complaint, no request, both languages, themes, filters, paper, phones, no script."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from scanner.catalogues import labels
from scanner.inputs import find_inputs
from scanner.report import html
from scanner.results.model import Results
from scanner.scan import judge_scan, read_inputs
from tests.conftest import require_tool
from tests.report import sample
from tests.report.browser import Page, chromium

SAMPLES: dict[str, Results] = {
    "plant": sample.plant(),
    "hostile": sample.hostile(),
    "empty": sample.empty(),
    "clean": sample.clean_plant(),
    "without-policy": sample.without_policy(),
    "zones": sample.with_zones(15),
}

VISIBLE = "document.querySelectorAll('#findings .rule:not([hidden])').length"
ALL_TABS = "document.querySelectorAll('.tab').forEach(t => t.classList.add('current'))"
TABS = ("summary", "seen", "findings", "zones", "map", "devices", "frameworks", "examined")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages")
    for name, results in SAMPLES.items():
        (path / f"{name}.html").write_text(html.render(results), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with chromium(require_tool("chromium")) as page:
        yield page


@pytest.fixture
def page(browser: Page, folder: Path) -> Page:
    """The plant's report, fresh, in English, at 1440 pixels."""
    browser.view(1440)
    browser.language("en-US")
    browser.open(folder / "plant.html")
    browser.run("localStorage.clear()")
    browser.open(folder / "plant.html")
    return browser


def shown(page: Page, selector: str) -> str:
    """The text that a reader sees, without what the style hides."""
    return " ".join(page.run(f"document.querySelector({selector!r}).innerText").split())


def type_into(page: Page, field: str, text: str) -> None:
    page.run(
        f"(() => {{ const i = document.getElementById({field!r}); i.value = {text!r};"
        " i.dispatchEvent(new Event('input', {bubbles: true})); return new Promise(r => setTimeout(r, 250)); })()"
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_to_complain_about_and_nothing_asked_for(browser: Page, folder: Path, name: str) -> None:
    browser.view(1440)
    browser.open(folder / f"{name}.html")
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    browser.run("document.querySelector('#lang-zh').click()")
    assert browser.complaints == []
    assert browser.requests == [(folder / f"{name}.html").as_uri()]
    assert browser.run("document.title").startswith("otaudit")
    browser.run("document.querySelector('#lang-en').click()")


def test_the_security_policy_is_in_force(page: Page) -> None:
    page.run(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title=1\"><p style=color:red>')"
    )
    page.run(
        "document.body.appendChild(Object.assign(document.createElement('script'), {textContent: 'document.title=2'}))"
    )
    page.run("new Promise(r => setTimeout(r, 100))")
    assert page.run("document.title").startswith("otaudit")
    assert sum("Content Security Policy" in c for c in page.complaints) >= 3


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_never_wider_than_the_window(browser: Page, folder: Path, name: str, language: str) -> None:
    browser.view(1440)
    browser.open(folder / f"{name}.html")
    browser.run(f"document.getElementById('lang-{language}').click()")
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    browser.run(ALL_TABS)
    browser.run("document.documentElement.classList.add('measure')")
    for width in (1440, 768, 390, 320):
        browser.view(width)
        assert browser.run("innerWidth") == width
        assert browser.run("document.documentElement.scrollWidth") <= width
        wide = browser.run(
            "[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll, .vh, svg') && "
            "e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + '.' + e.className)"
        )
        assert wide == []
    browser.run("document.getElementById('lang-en').click()")


@pytest.mark.parametrize(
    ("preferred", "tag", "says"),
    [("en-US", "en", "checks failed"), ("zh-CN", "zh-Hans", "项不符合"), ("de-DE", "en", "checks failed")],
)
def test_the_browsers_language_is_taken(page: Page, folder: Path, preferred: str, tag: str, says: str) -> None:
    page.language(preferred)
    page.open(folder / "plant.html")
    assert page.run("document.documentElement.lang") == tag
    assert says in shown(page, ".headline")


def test_the_language_can_be_changed_and_is_remembered(page: Page, folder: Path) -> None:
    page.run("document.getElementById('lang-zh').click()")
    assert page.run("document.documentElement.lang") == "zh-Hans"
    text = shown(page, "main")
    assert "13 项检查中有 5 项不符合。" in text
    assert "checks failed" not in text
    assert "Verdict because" not in text
    assert page.run("document.querySelector('svg.zones title').textContent") != ""
    page.open(folder / "plant.html")
    assert page.run("document.documentElement.lang") == "zh-Hans"


def test_tooltips_of_the_map_follow_the_language(page: Page) -> None:
    first = "document.querySelector('.flow title').textContent"
    assert "Not allowed by the policy" in page.run(first)
    page.run("document.getElementById('lang-zh').click()")
    assert "策略不允许" in page.run(first)


def test_a_browser_that_keeps_nothing_still_works(page: Page, folder: Path) -> None:
    refuse = (
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    script = page.call("Page.addScriptToEvaluateOnNewDocument", source=refuse)["identifier"]
    page.open(folder / "plant.html")
    with pytest.raises(RuntimeError, match="SecurityError"):
        page.run("localStorage.length")
    page.run("document.getElementById('lang-zh').click()")
    assert page.run("document.documentElement.lang") == "zh-Hans"
    assert page.complaints == []
    page.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script)


@pytest.mark.parametrize(
    ("scheme", "choice", "dark"),
    [("light", "auto", False), ("dark", "auto", True), ("dark", "light", False), ("light", "dark", True)],
)
def test_themes(page: Page, folder: Path, scheme: str, choice: str, dark: bool) -> None:
    page.view(1440, scheme=scheme)
    page.open(folder / "plant.html")
    page.run(f"document.querySelector('input[name=theme][value={choice}]').click()")
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(20, 25, 29)" if dark else "rgb(255, 255, 255)")


def test_without_script_both_languages_can_be_read(page: Page, folder: Path) -> None:
    page.view(1440, script=False)
    page.open(folder / "plant.html")
    assert page.run("document.documentElement.classList.contains('js')") is False
    text = shown(page, "main")
    assert "5 of 13 checks failed." in text
    assert "项不符合" not in text
    assert page.run("getComputedStyle(document.getElementById('filters')).display") == "none"
    page.run("document.getElementById('lang-zh').click()")
    text = shown(page, "main")
    assert "13 项检查中有 5 项不符合。" in text
    assert "checks failed" not in text
    page.view(1440)


@pytest.mark.parametrize(
    ("clicks", "count"),
    [
        ([], 13),
        (["v=fail"], 5),
        (["v=fail", "v=pass"], 7),
        (["v=fail", "s=high"], 1),
        (["s=critical"], 3),
        (["f=FRAMEWORK"], 3),
        (["f=FRAMEWORK", "v=pass"], 1),
        (["v=not-applicable", "s=low"], 0),
    ],
)
def test_filter(page: Page, clicks: list[str], count: int) -> None:
    for click in clicks:
        name, value = click.replace("FRAMEWORK", sample.plant().frameworks[2].framework).split("=")
        page.run(f"document.querySelector('#filters input[name={name}][value=\"{value}\"]').click()")
    assert page.run(VISIBLE) == count
    assert page.run("document.querySelector('#shown b').textContent") == str(count)
    assert page.run("document.getElementById('none').hidden") is (count > 0)
    page.run("document.querySelector('#filters button[type=reset]').click()")
    page.run("new Promise(r => setTimeout(r, 50))")
    assert page.run(VISIBLE) == 13


def test_filter_by_text_goes_down_to_the_finding(page: Page) -> None:
    type_into(page, "q", "203.0.113.80")
    assert page.run(VISIBLE) == 1
    assert page.run("document.querySelectorAll('.rule:not([hidden]) .findings > li:not([hidden])').length") == 1
    type_into(page, "q", "")
    assert page.run(VISIBLE) == 13
    assert page.run("document.querySelectorAll('.findings > li[hidden]').length") == 0


def test_a_link_to_a_hidden_check_shows_it(page: Page) -> None:
    page.run("document.querySelector('#filters input[value=pass]').click()")
    page.run("location.hash = '#rule-cry-certificate-expired'")
    page.run("new Promise(r => setTimeout(r, 100))")
    assert page.run("document.getElementById('rule-cry-certificate-expired').open") is True
    assert page.run("document.getElementById('rule-cry-certificate-expired').hidden") is False


def test_devices_are_searched_and_sorted(page: Page) -> None:
    rows = "[...document.querySelectorAll('#device-table tbody tr:not([hidden]) th')].map(e => e.textContent)"
    type_into(page, "dq", "siemens")
    assert page.run(rows) == ["HMI-02", "PLC-FILL-1", "RIO-3"]
    type_into(page, "dq", "")
    head = "document.querySelector('#device-table th[data-key=KEY] button').click()"
    page.run(head.replace("KEY", "packets"))
    assert page.run(rows)[:3] == ["PLC-FILL-1", "SCADA-1", "5G-GW-1"]
    assert page.run("document.querySelector('#device-table th[aria-sort]').getAttribute('aria-sort')") == "descending"
    page.run(head.replace("KEY", "packets"))
    assert page.run(rows)[-1] == "PLC-FILL-1"
    page.run(head.replace("KEY", "name"))
    assert page.run(rows)[:2] == ["3c:52:82:00:00:14", "5G-GW-1"]


def test_a_display_filter_is_copied(page: Page) -> None:
    page.run(
        "window.copied = ''; navigator.clipboard.writeText = t => { window.copied = t; return Promise.resolve(); }"
    )
    page.run("location.hash = '#finding-' + document.querySelector('.findings > li').id.slice(8)")
    page.run("new Promise(r => setTimeout(r, 100))")
    page.run("document.querySelector('.copyable .copy').click()")
    assert page.run("window.copied") == sample.plant().rules[0].findings[0].evidence[0].filter
    page.run("new Promise(r => setTimeout(r, 50))")
    assert page.run("document.querySelector('.copyable .copy').innerText") == "Copied"


@pytest.mark.parametrize(
    ("language", "says", "says_not"),
    [("en", "How far the evidence reaches", "证据覆盖"), ("zh", "证据覆盖", "How far")],
)
def test_on_paper(page: Page, tmp_path: Path, language: str, says: str, says_not: str) -> None:
    require_tool("pdftotext")
    page.view(1440, scheme="dark")
    page.run(f"document.getElementById('lang-{language}').click()")
    page.pdf(tmp_path / "report.pdf")
    done = subprocess.run(["pdftotext", "-raw", tmp_path / "report.pdf", "-"], check=True, capture_output=True)
    text = "".join(done.stdout.decode("utf-8").split())
    assert "".join(says.split()) in text
    assert "".join(says_not.split()) not in text
    for rule in sample.plant().rules:
        assert rule.rule in text
    assert "c-ops-fill" not in text, "the table of all traffic is an appendix"
    assert page.run("document.querySelectorAll('details.rule[open]').length") == 0, "folded again after printing"
    info = subprocess.run(["pdfinfo", tmp_path / "report.pdf"], check=True, capture_output=True, text=True).stdout
    assert "A4" in info
    assert 3 < int(info.split("Pages:")[1].split()[0]) < 10


def test_on_paper_the_ground_is_white(page: Page) -> None:
    page.call("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    page.run("document.querySelector('input[name=theme][value=dark]').click()")
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.run("getComputedStyle(document.querySelector('.top')).display") == "none"
    page.call("Emulation.setEmulatedMedia", media="")


def test_every_control_can_be_reached_by_keyboard_and_has_a_name(page: Page) -> None:
    page.run(ALL_TABS)
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "link", "radio", "checkbox", "searchbox", "DisclosureTriangle", "region", "navigation"}
    named = [n for n in nodes if n.get("role", {}).get("value") in roles and not n.get("ignored")]
    assert len(named) > 60
    nameless = [n["role"]["value"] for n in named if not n.get("name", {}).get("value", "").strip()]
    assert nameless == []
    landmarks = {n["role"]["value"] for n in nodes if not n.get("ignored")}
    assert {"banner", "navigation", "main", "contentinfo"} <= landmarks
    page.run("document.querySelector('.skip').focus()")
    assert page.run("document.querySelector('.skip').getBoundingClientRect().left") >= 0


def test_headings_do_not_skip_a_level(page: Page) -> None:
    levels = page.run("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_a_large_report_works(browser: Page, tmp_path: Path) -> None:
    (tmp_path / "huge.html").write_text(html.render(sample.huge()), encoding="utf-8")
    browser.view(1440)
    browser.open(tmp_path / "huge.html")
    assert browser.complaints == []
    browser.run("document.getElementById('lang-zh').click()")
    browser.run("document.querySelector('#filters input[value=fail]').click()")
    browser.run("document.querySelectorAll('#device-table thead button')[0].click()")
    assert browser.run("document.documentElement.lang").startswith("zh")
    assert browser.complaints == []
    browser.run("document.getElementById('lang-en').click()")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the demo plant."""
    scan = read_inputs(list(find_inputs(["fixtures/plants/bottling"], [])), jobs=1)
    results = judge_scan(scan, profile="default", started=datetime(2026, 1, 1, tzinfo=UTC), clock=0.0)
    path = tmp_path_factory.mktemp("demo") / "demo.html"
    path.write_text(html.render(results), encoding="utf-8")
    return path


SCREEN, MOST_SCREENS, MOST_PAGES = 900, 12, 19


def test_the_demo_plant_is_read_in_few_screens(browser: Page, demo: Path) -> None:
    assert demo.stat().st_size < 1_750_000
    browser.view(1440, SCREEN)
    for tab in ("", *TABS):
        browser.open(demo, f"#{tab}" if tab else "")
        assert browser.run("document.querySelectorAll('.tab.current').length") == 1
        assert browser.run(f"getComputedStyle(document.getElementById('{tab or 'summary'}')).display") == "block"
        assert browser.run("document.documentElement.scrollHeight") <= SCREEN * MOST_SCREENS, tab
    cut_off = "const t = document.getElementById('device-table'); t.scrollWidth > t.parentElement.clientWidth"
    browser.open(demo, "#devices")
    assert browser.run(f"(() => {{ {cut_off.replace('; t.', '; return t.')} }})()") is False, "no column is cut off"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_demo_plant_is_printed_on_few_pages(browser: Page, demo: Path, tmp_path: Path, language: str) -> None:
    require_tool("pdftotext")
    browser.view(1440)
    browser.open(demo)
    browser.run(f"document.getElementById('lang-{language}').click()")
    pages = {}
    for choice in ("report", "summary", "all"):
        browser.run(f"document.getElementById('print-{choice}').click()")
        browser.pdf(tmp_path / f"{choice}.pdf")
        done = subprocess.run(["pdftotext", tmp_path / f"{choice}.pdf", "-"], check=True, capture_output=True)
        pages[choice] = done.stdout.decode("utf-8").rstrip("\f").split("\f")
    browser.run("document.getElementById('lang-en').click()")
    assert len(pages["report"]) <= MOST_PAGES
    assert len(pages["summary"]) == 1
    assert len(pages["all"]) > len(pages["report"])
    text = "\n".join(pages["report"])
    for words in ("sign.signature", "contents", "answer.wrong", "answer.confirm", "answer.reach"):
        assert labels(language)[words] in text, words
    assert f"1 / {len(pages['report'])}" in pages["report"][0], "pages are numbered"
    assert len(re.findall("[0-9a-f]{64}", text.replace("\n", ""))) >= 6, "digests of the inputs and the results"


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(
    ("fragment", "tab"),
    [
        ("", "summary"),
        ("#findings", "findings"),
        ("#rule-seg-undeclared-conduit", "findings"),
        ("#device-00-1b-1b-aa-00-01", "devices"),
        ("#zone-cell-fill", "zones"),
        ("#sign-off", "examined"),
        ("#no-such-thing", "summary"),
    ],
)
def test_an_address_opens_the_section_that_holds_it(
    page: Page, folder: Path, script: bool, fragment: str, tab: str
) -> None:
    page.view(1440, script=script)
    page.open(folder / "plant.html", fragment)
    visible = page.run("[...document.querySelectorAll('.tab')].filter(t => t.offsetHeight).map(t => t.id)")
    assert visible == [tab]
    if fragment == "#zone-cell-fill" and script:
        assert page.run("document.querySelector('#zone-cell-fill').open")
    page.view(1440)


def test_filters_are_in_the_address_and_are_restored(page: Page, folder: Path) -> None:
    page.open(folder / "plant.html", "#findings")
    page.run("document.querySelector('#filters input[value=fail]').click()")
    page.run("document.querySelector('#filters input[value=review]').click()")
    type_into(page, "q", "plc-fill-1")
    count = page.run(VISIBLE)
    fragment = page.run("location.hash")
    assert fragment == "#findings?v=fail%2Creview&q=plc-fill-1"
    assert 0 < count < 6
    page.open(folder / "plant.html", fragment)
    assert page.run(VISIBLE) == count
    assert page.run("document.getElementById('q').value") == "plc-fill-1"
    page.run("document.querySelector('#filters button[type=reset]').click()")
    page.run("new Promise(r => setTimeout(r, 50))")
    assert page.run("location.hash") == "#findings"
    page.open(folder / "plant.html", "#devices?q=siemens&sort=-packets")
    assert page.run("document.querySelectorAll('#device-table tbody tr:not([hidden])').length") == 3
    assert page.run("document.querySelector('#device-table th[aria-sort]').dataset.key") == "packets"
    assert page.run("document.querySelector('#device-table th[aria-sort]').getAttribute('aria-sort')") == "descending"


# links within a sentence or a list of names are excepted, and so are those that stand far enough apart
TOO_SMALL = """[...document.querySelectorAll('a, button, summary, label:has(input)')].filter(e => {
  const r = e.getBoundingClientRect(), s = getComputedStyle(e);
  if (!r.width || s.position === 'absolute' || e.closest('svg')) return false;
  const listed = e.closest('.checks, .chips, .named, .violating, .matrix th, nav');
  return (listed || s.display !== 'inline') && (r.height < 23.5 || r.width < 10);
}).map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [1440, 390])
def test_targets_are_large_enough(browser: Page, demo: Path, width: int) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 pixels, but for links within a sentence."""
    browser.view(width)
    for tab in TABS:
        browser.open(demo, f"#{tab}")
        browser.run("document.querySelectorAll('.tab.current details').forEach(d => d.open = true)")
        assert browser.run(TOO_SMALL) == [], tab


def test_names_of_ten_thousand_letters_do_not_stretch_the_page(browser: Page, tmp_path: Path) -> None:
    long = "N" * 10_000
    plant = sample.plant()
    changed = dataclasses.replace(
        plant,
        site=long,
        devices=tuple(dataclasses.replace(d, name=long) for d in plant.devices),
        zones=tuple(dataclasses.replace(z, name=long) for z in plant.zones),
        rules=tuple(dataclasses.replace(r, title={"en": long}) for r in plant.rules),
    )
    (tmp_path / "long.html").write_text(html.render(changed), encoding="utf-8")
    browser.view(1440)
    browser.open(tmp_path / "long.html")
    for tab in TABS:
        browser.run(f"location.hash = '#{tab}'")
        browser.run("new Promise(r => setTimeout(r, 60))")
        assert browser.run("document.documentElement.scrollHeight") < SCREEN * MOST_SCREENS, tab
        assert browser.run("document.documentElement.scrollWidth") <= 1440, tab
        tall = "Math.max(0, ...[...document.querySelectorAll('.tab.current th')].map(e => e.offsetHeight))"
        assert browser.run(tall) < 400, tab
