"""Help is in the language of the user, whole, and in lines of the terminal's width."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import click.formatting
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from scanner.catalogues import ENGLISH, languages, sentences
from scanner.cli import main
from scanner.cli._click_words import take_over
from scanner.cli._help import paragraphs
from scanner.cli._spoken import speaking
from scanner.columns import columns

TRANSLATED = [language for language in languages() if language != ENGLISH]
HAN = re.compile("[\u4e00-\u9fff]")
ENGLISH_SENTENCE = re.compile(r"[A-Za-z]?[a-z]+(?: [a-z]+){3,}")
NEVER_FIRST = "”’，。、；：！？）"


def every(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner
            yield from every(inner, click.Context(inner, info_name=name, parent=context))


COMMANDS = {
    context.command_path: (command, context)
    for command, context in every(main, click.Context(main, info_name="otaudit"))
}


def texts(command: click.Command) -> Iterator[str]:
    assert command.help
    yield from (text for text, _ in paragraphs(command.help))
    yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)


def page(path: str, language: str) -> str:
    command, context = COMMANDS[path]
    take_over()
    with speaking(language):
        return command.get_help(context)


def test_every_option_says_what_it_does() -> None:
    without = [
        f"{path} {parameter.opts[-1]}"
        for path, (command, _) in COMMANDS.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ]
    assert without == []
    assert len(COMMANDS) > 35


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("path", COMMANDS)
def test_every_text_has_a_translation(path: str, language: str) -> None:
    with speaking(ENGLISH):
        wanted = list(texts(COMMANDS[path][0]))
    assert [text for text in wanted if text not in sentences(language).general] == []


@pytest.mark.parametrize("path", COMMANDS)
def test_a_chinese_page_has_no_english_sentence(path: str) -> None:
    shown = page(path, "zh")
    assert HAN.search(shown)
    typed = re.compile(r"otaudit [^。，；）\n]*|SELECT [^']*|openssl [^，]*")
    assert [found[0] for found in ENGLISH_SENTENCE.finditer(typed.sub("", shown))] == []
    assert ENGLISH_SENTENCE.search(page(path, ENGLISH))


@pytest.mark.parametrize("path", COMMANDS)
def test_lines_have_the_width_of_english_ones_and_do_not_begin_with_a_mark_that_closes(path: str) -> None:
    with speaking("zh"):
        kept = {
            line.strip()
            for text, stays in paragraphs(COMMANDS[path][0].help or "")
            if stays
            for line in text.split("\n")
        }
    for line in page(path, "zh").splitlines():
        assert columns(line) <= 78 or line.strip() in kept, line
        assert line.strip()[:1] not in {*NEVER_FIRST}, line


@given(st.text("汉字ab 、。（）“”-", min_size=1, max_size=200), st.integers(12, 60))
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    take_over()
    shown = click.formatting.wrap_text(text, width, "  ", "  ")
    assert "".join(shown.split()) == "".join(text.split())


def test_paragraphs_whose_lines_stay_do_so_in_chinese() -> None:
    take_over()
    text = "第一段，说明本命令。\n\n\b\n退出状态：0  好\n          1  不好"
    shown = click.formatting.wrap_text(text, 20, "  ", "  ", preserve_paragraphs=True)
    assert shown.endswith("\n\n  退出状态：0  好\n            1  不好")


def test_the_language_may_stand_before_or_after_the_command() -> None:
    def said(*arguments: str, **variables: str) -> str:
        given = {"LC_ALL": "C.UTF-8", "OTAUDIT_LANGUAGE": "", **variables}
        return CliRunner(env=given).invoke(main, arguments).output

    assert "显示此帮助并退出。" in said("--language", "zh", "--help")
    assert "显示此帮助并退出。" in said("--language", "zh", "scan", "--help")
    assert "Show this message and exit." in said("--language", "zh", "scan", "--language", "en", "--help")
    assert "Show this message and exit." in said("scan", "--help")
    wrong = ("report", "missing.json", "-o", "-")
    assert said("--language", "zh", *wrong) == said(*wrong, "--language", "zh") != said(*wrong)
    assert said("--language", "zh", *wrong, OTAUDIT_LANGUAGE="en") == said(*wrong, OTAUDIT_LANGUAGE="zh")
