"""The reference of rules as a page for a browser."""

from __future__ import annotations

from scanner.engine.reference import as_html


def test_items_that_follow_each_other_are_one_list_and_what_rules_say_is_text() -> None:
    page = as_html("# Rules\n\n- one\n- **two** <b>\n\nWhy: `x`\n\n- three\n")
    body = page[page.index("<h1>") :]
    assert "<ul>\n<li>one</li>\n<li><b>two</b> &lt;b&gt;</li>\n</ul>\n<p>Why: <code>x</code></p>" in body
    assert (body.count("<ul>"), body.count("</ul>")) == (2, 2)
