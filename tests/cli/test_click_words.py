"""Wrong usage is told in the language of the user, by click too, whatever else is wrong with the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from click.testing import CliRunner, Result

from scanner.catalogues import ENGLISH, Sentences
from scanner.cli import _click_words, main
from scanner.cli._click_words import MODULES, SENTENCES, id_in_catalogue
from scanner.cli._spoken import language

HAN = re.compile("[一-鿿]")
ENGLISH_WORDS = re.compile(r"\b(Error|Usage|Options|Try|for help|Missing|such|Invalid|Did you mean|expected|is not)\b")
WRONG = {
    "no input": ["scan"],
    "unknown option": ["scan", "--langage", "zh", "x"],
    "unknown command": ["skan"],
    "unknown command of a group": ["rules", "lst"],
    "missing argument": ["facts", "show"],
    "missing value": ["scan", "x", "--fail-on"],
    "too much": ["completion", "bash", "zsh"],
    "no choice": ["scan", "x", "--fail-on", "sometimes"],
    "no number": ["scan", "x", "--jobs", "many"],
    "no value for a flag": ["scan", "--quiet=1", "x"],
    "no such limit": ["scan", "x", "--limit", "rows=1"],
    "contrary": ["scan", "x", "-q", "-v"],
    "no such format": ["scan", "x", "--format", "docx"],
    "no such table": ["facts", "query", "x", "flws", "{}"],
    "not a day": ["policy", "confirm", "r.json", "--until", "soon"],
}


def run(arguments: list[str], **variables: str) -> Result:
    given = {"LC_ALL": "C.UTF-8", "OTAUDIT_LANGUAGE": "", **variables}
    return CliRunner(env=given).invoke(main, arguments)


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_wrong_usage_is_told_in_the_language(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    (tmp_path / "r.json").write_text("{}")
    english, chinese = run(arguments), run(arguments, OTAUDIT_LANGUAGE="zh")
    assert english.exit_code == chinese.exit_code == 2
    assert not HAN.search(english.output)
    assert HAN.search(chinese.output.splitlines()[-1])
    assert not ENGLISH_WORDS.search(chinese.output), chinese.output


@pytest.mark.parametrize(
    ("arguments", "variables", "settings", "chinese"),
    [
        (["--language", "zh"], {}, "", True),
        (["--language=zh"], {"OTAUDIT_LANGUAGE": "en"}, "language: en", True),
        (["--language", "zh", "--language", "en"], {}, "", False),
        (["--", "--language", "zh"], {}, "", False),
        ([], {"OTAUDIT_LANGUAGE": "zh"}, "language: en", True),
        ([], {"LC_ALL": "zh_CN.UTF-8"}, "", True),
        ([], {"LC_ALL": "zh_CN.UTF-8"}, "language: en", False),
        ([], {"LC_ALL": "de_DE.UTF-8"}, "language: zh", True),
        (["--language", "xx"], {"LC_ALL": "zh_CN.UTF-8"}, "", True),
    ],
)
def test_the_language_is_that_of_reports(  # noqa: PLR0917 - what stands in the table
    arguments: list[str],
    variables: dict[str, str],
    settings: str,
    chinese: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".otaudit.yaml").write_text(settings)
    result = run(["completion", "tcsh", *arguments], **variables)
    assert result.exit_code == 2
    assert bool(HAN.search(result.output.splitlines()[-1])) is chinese
    assert language() == ENGLISH  # for whoever comes next


def test_headings_of_help_are_in_the_language() -> None:
    assert run(["scan", "--language", "zh", "--help"]).output.startswith("用法：")
    assert "\n选项" in run(["scan", "--language", "zh", "--help"]).output
    assert run(["scan", "--help"]).output.startswith("Usage:")


def test_what_the_user_writes_is_not_translated() -> None:
    assert "没有命令 'Missing command.'" in run(["Missing command."], OTAUDIT_LANGUAGE="zh").output


def test_click_says_these_sentences() -> None:
    said = {
        text
        for module in MODULES
        for _, text, _, _ in extract_from_file("python", str(module.__file__), keywords={"_": None, "ngettext": (1, 2)})
    }
    assert set(SENTENCES) <= said


@pytest.mark.parametrize("sentence", SENTENCES, ids=str)
def test_any_language_says_them_and_keeps_how_values_are_written(
    sentence: str | tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, many = (sentence, sentence) if isinstance(sentence, str) else sentence
    ids = [id_in_catalogue(text).replace("\n", "\\n").replace("\t", "\\t") for text in (one, many)]
    counted = f'msgid_plural "{ids[1]}"\nmsgstr[0] "«{ids[0]}»"\nmsgstr[1] "«{ids[1]}»"\n'
    file = f'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=n != 1;"\n\nmsgid "{ids[0]}"\n'
    made = Sentences(file + (f'msgstr "«{ids[0]}»"\n' if one == many else counted))
    monkeypatch.setattr(_click_words, "sentences", lambda _: made)
    _click_words.take_over()
    click_core = next(module for module in MODULES if module.__name__ == "click.core")
    assert vars(click_core)["_"](one) == f"«{one}»"
    assert vars(click_core)["ngettext"](one, many, 2) == f"«{many}»"
