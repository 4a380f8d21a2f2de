"""The reference of rules, as the page in the documentation and as one for a browser."""

from __future__ import annotations

from pathlib import Path

from scanner.engine.definitions.together import load_definitions
from scanner.engine.reference import PAGE, as_html, page

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    known = load_definitions()
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(known.rules, known.frameworks), "run: make docs"


def test_a_requirement_stands_behind_the_title_of_its_framework() -> None:
    known = load_definitions()
    (rule,) = (rule for rule in known.rules if rule.id == "undeclared-conduit")
    for language in ("en", "zh"):
        lines = page([rule], known.frameworks, language).splitlines()
        titles = {f.title[language] for f in known.frameworks if f.id in {m.framework for m in rule.mappings}}
        assert titles
        assert all(any(line.startswith(f"- {title}: ") for line in lines) for title in titles)


def test_items_that_follow_each_other_are_one_list_and_what_rules_say_is_text() -> None:
    page = as_html("# Rules\n\n- one\n- **two** <b>\n\nWhy: `x'\"`\n\n- three\n")
    body = page[page.index("<h1>") :]
    assert "<ul>\n<li>one</li>\n<li><b>two</b> &lt;b&gt;</li>\n</ul>\n<p>Why: <code>x&#x27;&quot;</code></p>" in body
    assert (body.count("<ul>"), body.count("</ul>")) == (2, 2)
