"""A folder of rules brings a language, and what would spoil a report is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner import catalogues
from scanner.cli import main
from scanner.engine.definitions.together import load_definitions
from scanner.errors import DefinitionError

HEAD = 'msgid ""\nmsgstr ""\n"Language: {tag}\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
ENTRY = 'msgid "no such file or folder"\nmsgstr "{text}"\n'
RULE = Path("rules/hardening/telnet-enabled.yaml")


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test brings another one's language."""
    monkeypatch.setattr(catalogues, "_brought", {})
    yield
    for known in (catalogues.languages, catalogues.sentences, catalogues.labels):
        known.cache_clear()


def folder(place: Path, name: str = "pl.po", *, tag: str = "pl", text: str = "nie ma") -> Path:
    (place / "words").mkdir(parents=True, exist_ok=True)
    (place / "words" / name).write_text(HEAD.format(tag=tag) + ENTRY.format(text=text), encoding="utf-8")
    return place


def test_otaudit_speaks_it(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["scan", "x/y", "--rules", str(folder(tmp_path)), "--language", "pl"])
    assert "x/y: nie ma" in told.output
    assert catalogues.languages() == ("en", "pl", "zh")


def test_rules_have_texts_in_it(tmp_path: Path) -> None:
    shutil.copyfile(RULE, folder(tmp_path) / "one-rule.yaml")
    rule = tmp_path / "one-rule.yaml"
    content = rule.read_text(encoding="utf-8").replace("id: telnet-enabled", "id: one-rule")
    rule.write_text(content.replace("title:\n", "title:\n  pl: Po polsku\n", 1), encoding="utf-8")
    listed = CliRunner().invoke(main, ["rules", "list", "--rules", str(tmp_path), "--language", "pl"])
    assert "Po polsku" in listed.output


@pytest.mark.parametrize(
    ("name", "how", "told"),
    [
        ("zh.po", {"tag": "zh"}, "otaudit has a catalogue of this language"),
        ("Polish.po", {}, "is not called after a language"),
        ("pl.po", {"tag": "pl'><script>"}, "is no tag of a language"),
        ("pl.po", {"text": "nie ma {reason}"}, "'no such file or folder' has no {reason} in English"),
    ],
)
def test_what_would_spoil_a_report_is_told(name: str, how: dict[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_definitions([folder(tmp_path, name, **how)])
    assert told in str(caught.value)
    assert catalogues.languages() == ("en", "zh")


@pytest.mark.parametrize("content", [b"\xff\xfe", b'msgid ""\nmsgstr "Plural-Forms: plural=(;\\n"\n', b"msgid 7\x00"])
def test_what_is_no_catalogue_ends_nothing(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "pl.po").write_bytes(content)
    try:
        load_definitions([tmp_path])
    except DefinitionError as error:
        assert "pl.po" in str(error)  # noqa: PT017 - or it is an empty one


SETTINGS = "scan: {rules: [plant]}\n"


@pytest.mark.parametrize(
    ("settings", "arguments", "variables"),
    [
        (SETTINGS, ["scan", "x/y", "--language", "pl"], {}),
        (SETTINGS, ["--language", "pl", "scan", "x/y"], {}),
        (SETTINGS, ["scan", "x/y"], {"OTAUDIT_LANGUAGE": "pl"}),
        ("language: pl\n" + SETTINGS, ["scan", "x/y"], {}),
        ("language: pl\n" + SETTINGS, ["plan", "x/y"], {}),  # named for another command
        ("scan: {language: pl, rules: plant}\n", ["scan", "x/y"], {}),
        ("", ["scan", "x/y", "--language", "pl"], {"OTAUDIT_SCAN_RULES": "plant"}),
    ],
)
def test_wherever_the_folder_is_named(
    settings: str, arguments: list[str], variables: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path / "plant")
    (tmp_path / ".otaudit.yaml").write_text(settings, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, arguments, env=variables)
    assert "x/y: nie ma" in told.output


@pytest.mark.parametrize(
    ("settings", "arguments"),
    [
        ("scan: {rules: [../elsewhere]}\n", ["scan", "x/y", "--language", "pl"]),  # outside of what it may name
        (SETTINGS, ["scan", ".", "--language", "pl"]),  # a file in what is scanned is not obeyed
        ("scan: {rules: [7, {a: plant}]}\n", ["--language", "pl", "scan", "x/y"]),
        ("rules: {list: {framework: plant}}\n", ["--language", "pl", "scan", "x/y"]),
    ],
)
def test_where_it_may_not_be_named(
    settings: str, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path / "elsewhere")
    folder(tmp_path / "here" / "plant")
    (tmp_path / "here" / ".otaudit.yaml").write_text(settings, encoding="utf-8")
    (tmp_path / "here" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 2
    assert catalogues.languages() == ("en", "zh")


def test_a_report_is_written_in_it(tmp_path: Path) -> None:
    given = folder(tmp_path)
    words = HEAD.format(tag="pl") + 'msgid "cannot be read: {reason}"\nmsgstr "nieczytelny: {reason}"\n'
    (given / "words" / "pl.po").write_text(words, encoding="utf-8")
    told = CliRunner().invoke(main, ["report", "x/y.json", "--rules", str(given), "--language", "pl"])
    assert "x/y.json: nieczytelny" in told.output


def test_a_pack_brings_it(tmp_path: Path) -> None:
    shutil.copytree(folder(tmp_path / "a"), tmp_path / "b" / "plant")
    packed = CliRunner().invoke(
        main, ["rules", "pack", str(tmp_path / "b" / "plant"), "-o", str(tmp_path / "p.zip"), "--version", "1"]
    )
    assert packed.exit_code == 0, packed.output
    told = CliRunner().invoke(main, ["scan", "x/y", "--rules", str(tmp_path / "p.zip"), "--language", "pl"])
    assert "x/y: nie ma" in told.output
