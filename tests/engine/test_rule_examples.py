"""The examples of every packaged rule hold."""

from __future__ import annotations

from functools import cache

import pytest

from scanner.cli.rules import test as command
from scanner.engine import examples
from scanner.engine.definitions.loader import load_rules
from scanner.engine.definitions.rules import Rule


@cache
def rules() -> dict[str, Rule]:
    return {r.id: r for r in load_rules()}


def cases(*, from_files: bool) -> list[tuple[str, int]]:
    found = ((name, i, example) for name, rule in rules().items() for i, example in enumerate(rule.examples))
    return [(name, i) for name, i, example in found if example.from_files is from_files]


@pytest.mark.parametrize(("name", "index"), cases(from_files=True), ids=str)
def test_examples_of_files(name: str, index: int) -> None:
    example = rules()[name].examples[index]
    result = examples.run_example(rules()[name], example, command.read_example)
    assert result.verdict is example.verdict, f"{example.place} {example.name}: {result.reason['en']}"


@pytest.mark.parametrize(("name", "index"), cases(from_files=False), ids=str)
def test_examples_of_facts(name: str, index: int) -> None:
    example = rules()[name].examples[index]
    result = examples.run_example(rules()[name], example)
    assert result.verdict is example.verdict, f"{example.place} {example.name}: {result.reason['en']}"
