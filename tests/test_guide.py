"""The guide is true: its commands run as printed and print what it says; its pictures and links are there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.walkthrough import ROOT, Outcome, follow, prepare, steps

GUIDE = ROOT / "docs/guide/audit-in-an-hour.md"
RECIPES = ROOT / "docs/guide/your-own-profile-waiver-framework.md"
GUIDES = sorted((ROOT / "docs/guide").glob("*.md"))
IMAGES = ROOT / "docs/guide/images"
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_command_does_what_the_guide_says(tmp_path: Path) -> None:
    prepare(tmp_path)
    outcomes = follow(GUIDE.read_text(encoding="utf-8"), tmp_path)
    assert len(outcomes) > 10
    wrong = [w for o, after in zip(outcomes, [*outcomes[1:], None], strict=True) for w in _differences(o, after)]
    assert not wrong, "\n".join(wrong)


def test_the_recipes_for_a_profile_a_waiver_and_a_framework_are_true(tmp_path: Path) -> None:
    prepare(tmp_path)
    outcomes = follow(RECIPES.read_text(encoding="utf-8"), tmp_path)
    assert len(outcomes) > 10
    wrong = [w for o, after in zip(outcomes, [*outcomes[1:], None], strict=True) for w in _differences(o, after)]
    assert not wrong, "\n".join(wrong)


def _differences(outcome: Outcome, after: Outcome | None) -> list[str]:
    """What an outcome has that the guide does not say."""
    where = f"line {outcome.step.line}: {outcome.step.command}"
    wrong = []
    if outcome.status and not (after and after.step.command == "echo $?"):
        wrong.append(f"{where}\n  ends with {outcome.status}:\n{outcome.printed}")
    place = 0
    for line in filter(None, outcome.step.said):
        wanted = line.removesuffix("...") if line.endswith("...") else f"{line}\n"
        found = f"\n{outcome.printed}".find(f"\n{wanted}", place)
        if found < 0:
            wrong.append(f"{where}\n  does not print, or not here: {line}\n{outcome.printed}")
        else:
            place = found + 1
    return wrong


def test_the_chinese_guide_has_the_same_commands() -> None:
    english, chinese = (p.read_text(encoding="utf-8") for p in (GUIDE, GUIDE.with_suffix(".zh.md")))
    assert _BLOCK.findall(english) == _BLOCK.findall(chinese)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda p: p.name)
def test_commands_that_need_a_network_are_at_least_shell(guide: Path) -> None:
    for block in _SHELL.findall(guide.read_text(encoding="utf-8")):
        subprocess.run(["bash", "-n"], input=block, text=True, check=True)


@pytest.mark.parametrize("page", [*GUIDES, ROOT / "README.md"], ids=lambda p: p.name)
def test_pictures_and_links_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for said, picture in _PICTURE.findall(text):
        assert said, f"{picture} needs a text for those who do not see it"
        assert (page.parent / picture).is_file(), picture
    for target in _LINK.findall(text):
        assert ":" in target or (page.parent / target).exists(), target


def test_pictures_are_small_and_used() -> None:
    used = {Path(p).name for g in [*GUIDES, ROOT / "README.md"] for _, p in _PICTURE.findall(g.read_text("utf-8"))}
    sizes = {p.name: p.stat().st_size for p in IMAGES.glob("*.png")}
    assert set(sizes) == used
    assert max(sizes.values()) < 150_000
    assert sum(sizes.values()) < 1_000_000


def test_what_a_guide_does_not_say_is_found() -> None:
    step = steps("```console\n$ otaudit scan \\\n    x\na\n...\nc\n$ echo $?\n1\n```\n")[0]
    assert (step.command, step.said) == ("otaudit scan \\\n    x", ("a", "...", "c"))
    assert not _differences(Outcome(step, 0, "a\nb\nc\n"), None)
    assert _differences(Outcome(step, 0, "c\na\n"), None)
    assert not _differences(Outcome(steps("```console\n$ x\nabc...\n```\n")[0], 0, "abcd\n"), None)
    assert _differences(Outcome(step, 0, "a\nccc\n"), None)
    assert _differences(Outcome(step, 1, "a\nc\n"), None)
