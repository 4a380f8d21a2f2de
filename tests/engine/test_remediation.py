"""What to do is said with the commands of the systems whose configurations were read, and of all where none was."""

from __future__ import annotations

from dataclasses import replace

from scanner.configs.remedies import Commands
from tests.packaged import rules

RULE = replace(
    rules()["telnet-enabled"],
    advice={"en": "Switch it off."},
    remediation={"en": "all of them"},
    commands=(
        Commands({"en": "A"}, {"en": '"a"'}, "a-os"),
        Commands({"en": "B"}, {"en": '"b"'}, "b-os"),
        Commands({"en": "Ours"}, {"en": '"c"'}),
    ),
)


def test_of_the_systems_that_were_read() -> None:
    assert RULE.remediation_on({"b-os"}) == {"en": 'Switch it off. B: "b". Ours: "c".'}


def test_of_all_systems_where_no_configuration_was_read() -> None:
    assert RULE.remediation_on(()) == {"en": "all of them"}


def test_a_rule_without_commands_says_what_it_says() -> None:
    assert replace(RULE, commands=()).remediation_on({"a-os"}) == {"en": "all of them"}


def test_a_rule_about_outputs_names_the_systems_whose_configurations_were_read() -> None:
    about_outputs = replace(RULE, needs=("output",))
    assert about_outputs.remediation_on(()) == {"en": "Switch it off."}
    assert about_outputs.remediation_on({"b-os"}) == {"en": 'Switch it off. B: "b". Ours: "c".'}
