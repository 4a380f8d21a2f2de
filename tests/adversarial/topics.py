"""The cases of all topics: each module beside this whose name ends with ``_forms`` is one."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from tests.adversarial.staging import Case


@cache
def every_case() -> list[tuple[str, Case]]:
    """(topic, case), in the order of the topics' names."""
    topics = sorted(path.stem for path in Path(__file__).parent.glob("*_forms.py"))
    modules = {topic.removesuffix("_forms"): importlib.import_module(f"tests.adversarial.{topic}") for topic in topics}
    return [(topic, case) for topic, module in modules.items() for case in module.cases()]


def answered(number: int) -> list[str]:
    """What is wrong with the case of this number, each named."""
    topic, case = every_case()[number]
    return [f"{topic}: {case.name}: {line}" for line in case.wrong()]
