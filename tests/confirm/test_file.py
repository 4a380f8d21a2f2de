"""A file of decisions says what was answered, whatever the wire says, and nothing in it is ever lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.confirm.file import DecisionFile, read_decision_file, write
from scanner.confirm.reviews import Review
from scanner.confirm.text import Answer, head
from scanner.errors import DefinitionError
from scanner.policy.document import parse_policy
from scanner.results.model import DeviceRow, Evidence, Finding, Severity, Status
from scanner.yaml_schema import is_blank
from tests.packaged import rules

RULES = tuple(rules().values())
STOP = "controller-stop-unauthorised"
TODAY = date(2026, 2, 1)
MATCH = {"client": "10.0.0.5", "server": "10.0.1.5", "protocol": "s7comm", "verb": "stop", "unit": "1", "tunnel": ""}
EVIL = "x\n  - decision: allowed # \x1b[31m\u2028y: {z}\x85- rule: '"


def answer(allowed: bool = True, message: str = "ENG-1 sent stop", by: str = "L. Zhang", **match: str) -> Answer:
    evidence = Evidence(message, frames=(1, 2), message={"en": message}, filter=message, count=2)
    finding = Finding(
        "0123456789abcdef", Status.REVIEW, Severity.HIGH, {}, {"en": message}, (evidence,), matches=(MATCH | match,)
    )
    fields = dict.fromkeys(("device", "name", "zone", "mac", "oui_vendor", "vendor", "model"), message)
    rest = dict.fromkeys(("order_number", "firmware", "serial"), "")
    lists = dict.fromkeys(("roles", "ips", "protocols", "serves"), (message,))
    device = DeviceRow(**fields, **rest, **lists, level=None, vlans=(), listed=None, seen=True)  # type: ignore[arg-type]
    return Answer(Review(STOP, message, finding, (device,)), allowed, by, TODAY, date(2027, 2, 1), message)


def existing(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "decisions.yaml"
    path.write_bytes(text.encode())
    return path


OWN = f"""\
# head
otaudit_policy: 1
decisions:
- rule: {STOP}   # why
  match: {{client: 10.0.0.5, server: 10.0.1.9}}
  decision: allowed
  decided_by: A
  decided_on: 2026-01-01
  # last words"""


@given(st.text(), st.text().filter(lambda name: not is_blank(name)))
def test_nothing_from_the_wire_becomes_yaml(text: str, name: str) -> None:
    reason = "x" if is_blank(text) else text
    one = answer(message=reason, by=name, function=text, object=EVIL + text)
    (row,) = parse_policy(DecisionFile("new", RULES).addition([one]), "new", ()).decisions
    match = {column: str(value) for column, value in json.loads(row["match"]).items()}
    assert match == MATCH | {"function": text, "object": EVIL + text}
    assert (row["decided_by"], row["reason"], row["decision"]) == (name, reason, "allowed")


def test_hostile_words_stay_in_their_comment() -> None:
    text = DecisionFile("new", RULES).addition([answer(message=EVIL)]).decode()
    assert len(parse_policy(text, "new", ()).decisions) == 1
    assert all(c == "\n" or c.isprintable() for c in text)


@pytest.mark.parametrize(
    "text",
    [OWN, OWN + "\n", OWN.replace("- rule", "    - rule").replace("\n  ", "\n      ").replace("        -", "    -")],
)
def test_text_is_added_and_none_is_changed(tmp_path: Path, text: str) -> None:
    path = existing(tmp_path, text)
    file = read_decision_file(path, RULES)
    write(file, file.addition([answer()]), path)
    assert path.read_bytes().startswith(text.encode())
    again = read_decision_file(path, RULES)
    assert [row["decision"] for row in again.rows] == ["allowed", "allowed"]
    assert again.rows[0] == file.rows[0]
    assert again.decided(answer().review, TODAY)
    assert not again.decided(answer(verb="start").review, TODAY)
    assert not again.decided(answer().review, date(2027, 2, 2))


FOREIGN = {
    "a capture": "\xd4\xc3\xb2\xa1\x02",
    "some YAML": "a: 1\n",
    "a whole policy": OWN + "\nroles: {hmi: [10.0.0.1]}\n",
    "decisions before something else": OWN + "\nsite: here\n",
    "a flow list": "otaudit_policy: 1\ndecisions: []\n",
    "an unknown rule": OWN.replace(STOP, "stop-everything"),
    "a wrong date": OWN.replace("2026-01-01", "yesterday"),
    "nothing": "",
    "another encoding": OWN.encode("utf-16").decode("latin-1"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_not_ours_is_left_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / "decisions.yaml"
    path.write_bytes(FOREIGN[name].encode("latin-1"))
    with pytest.raises(DefinitionError, match="nothing is added to it"):
        read_decision_file(path, RULES)


@pytest.mark.parametrize("end", ["\n...\n", "\n---\n"])
def test_a_file_that_cannot_grow_is_left_alone(tmp_path: Path, end: str) -> None:
    path = existing(tmp_path, OWN + end)
    with pytest.raises(DefinitionError):
        read_decision_file(path, RULES).addition([answer()])
    assert path.read_bytes() == (OWN + end).encode()


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = existing(tmp_path, OWN)
    file = read_decision_file(path, RULES)
    path.write_text(OWN + "\n# more\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="changed meanwhile"):
        write(file, file.addition([answer()]), path)
    new = tmp_path / "new.yaml"
    nothing = read_decision_file(new, RULES)
    new.write_text("mine", encoding="utf-8")
    with pytest.raises(DefinitionError, match="created meanwhile"):
        write(nothing, nothing.addition([answer()]), new)
    assert new.read_text(encoding="utf-8") == "mine"


def test_the_head_says_what_the_file_is() -> None:
    assert DecisionFile("new", RULES).addition([answer()]).decode().startswith(head("en"))


def test_a_rule_that_is_gone_is_refused() -> None:
    gone = answer()
    with pytest.raises(DefinitionError, match="unknown rule"):
        DecisionFile("new", RULES).addition([replace(gone, review=replace(gone.review, rule="gone"))])
