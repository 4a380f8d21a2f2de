"""What was read when otaudit was built is what reading gives, and counts for nothing where anything has changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.engine.definitions import compiled, frameworks, loader, together

Change = Callable[[Path], object]


@pytest.fixture(name="whole", scope="module")
def _whole() -> together.Definitions:
    return together.read_definitions()


@pytest.fixture(name="packaged")
def _packaged(tmp_path: Path, whole: together.Definitions, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is packaged, built."""
    roots = {"scanner.rules": tmp_path / "rules", "scanner.reports": tmp_path, "scanner": tmp_path / "scanner"}
    shutil.copytree("rules", roots["scanner.rules"])
    shutil.copytree("reports/words", tmp_path / "words")
    readers = ["scanner/engine/definitions", "scanner/configs/dialects"]
    for folder in readers:
        shutil.copytree(folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compiled, "_root", lambda package: str(roots[package]))
    modules = [str(p.relative_to(tmp_path / "scanner")) for f in readers for p in sorted((tmp_path / f).glob("*.py"))]
    monkeypatch.setattr(compiled, "_modules", lambda: modules)
    (tmp_path / "rules" / compiled.NAME).write_bytes(compiled.compiled(whole))
    return tmp_path


@pytest.mark.usefixtures("packaged")
def test_what_is_kept_is_what_reading_gives(whole: together.Definitions) -> None:
    kept = together.load_definitions()
    assert kept is not whole
    assert kept == whole
    assert [rule.read_examples for rule in kept.rules] == [None] * len(whole.rules)
    for mine, theirs in zip(kept.rules, whole.rules, strict=True):
        assert (mine.schema, mine.paths, mine.sees, mine.inputs) == (
            theirs.schema,
            theirs.paths,
            theirs.sees,
            theirs.inputs,
        )


@pytest.mark.usefixtures("packaged")
def test_what_is_kept_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "read_rule", lambda *_, **__: pytest.fail("a rule was read"))
    monkeypatch.setattr(frameworks, "read_framework", lambda *_, **__: pytest.fail("a framework was read"))
    monkeypatch.setattr(together, "_remedies", lambda *_: pytest.fail("remedies were read"))
    assert together.load_definitions().profile("default").chosen


@pytest.mark.usefixtures("packaged")
def test_a_kept_rule_reads_its_file_for_examples_and_for_other_values(whole: together.Definitions) -> None:
    read = {rule.id: rule for rule in whole.rules}
    tuned = next(rule for rule in together.load_definitions().rules if rule.parameters)
    assert tuned.examples
    assert tuned.examples == read[tuned.id].examples
    values = {p.name: type(p.value)(p.at_least) if p.at_least > 0 else p.value for p in tuned.parameters}
    assert tuned.tuned(values) == read[tuned.id].tuned(values)


def test_with_definitions_of_a_user_everything_is_read(
    packaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "known", lambda: pytest.fail("was asked"))
    own = tmp_path / "own" / "hardening"
    own.mkdir(parents=True)
    text = (packaged / "rules/hardening/telnet-enabled.yaml").read_text("utf-8")
    (own / "telnet-of-ours.yaml").write_text(text.replace("id: telnet-enabled", "id: telnet-of-ours"), "utf-8")
    assert "telnet-of-ours" in {rule.id for rule in together.load_definitions([tmp_path / "own"]).rules}


def _longer(name: str) -> Change:
    return lambda at: (at / name).write_bytes((at / name).read_bytes() + b"\n")


@pytest.mark.parametrize(
    "change",
    [
        _longer("rules/hardening/telnet-enabled.yaml"),
        lambda at: (at / "rules/hardening/telnet-enabled.yaml").rename(at / "rules/hardening/telnet.yaml"),
        lambda at: (at / "rules/hardening/telnet-enabled.yaml").rename(at / "rules/tls/telnet-enabled.yaml"),
        lambda at: (at / "rules/hardening/telnet-enabled.yaml").unlink(),
        lambda at: (at / "rules/hardening/another.yaml").write_text("id: another\n"),
        _longer("rules/frameworks/cisa-cpg-2.yaml"),
        _longer("words/zh.po"),
        _longer("words/labels.json"),
        lambda at: (at / "words/de.po").write_text(""),
        _longer("scanner/engine/definitions/loader.py"),
        lambda at: (at / "scanner/engine/definitions/loader.py").unlink(),
        lambda at: (at / "scanner/configs/dialects/another.py").write_text(""),
    ],
)
def test_it_counts_for_nothing_when_anything_has_changed(packaged: Path, change: Change) -> None:
    assert compiled.known() is not None
    change(packaged)
    assert compiled.known() is None


def _data(old: bytes, new: bytes) -> Change:
    def change(at: Path) -> None:
        content = (at / "rules" / compiled.NAME).read_bytes()
        assert old in content
        (at / "rules" / compiled.NAME).write_bytes(content.replace(old, new))

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda at: (at / "rules" / compiled.NAME).unlink(),
        lambda at: (at / "rules" / compiled.NAME).write_bytes(b""),
        lambda at: (at / "rules" / compiled.NAME).write_bytes(b"{}\n{}"),
        lambda at: (at / "rules" / compiled.NAME).write_bytes(b"\xff" * 100),
        _data(b"]]", b"]"),
        _data(b'"no-remote-logging"', b'"ho-remote-logging"'),
        _data(b"\n", b"\n\n"),
        _data(b"scanner.engine.definitions.rules:Rule", b"subprocess:Popen"),
        _data(b"scanner.engine.definitions.rules:Rule", b"scanner.engine.definitions.loader:load_rules"),
        _data(b"scanner.engine.definitions.rules:Rule", b"scanner.engine.definitions.rules:Gone"),
        _data(b"scanner.engine.definitions.rules:Rule", b"scanner.gone:Rule"),
    ],
)
def test_what_is_damaged_or_no_data_counts_for_nothing(packaged: Path, change: Change) -> None:
    change(packaged)
    assert compiled.known() is None


def test_dialects_of_others_may_add_commands_so_nothing_is_kept_beside_them(
    packaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert packaged
    monkeypatch.setattr(type(together.reader.DIALECTS), "foreign", lambda _: {"theirs": object()})
    monkeypatch.setattr(compiled, "known", lambda: pytest.fail("was asked"))
    assert together.load_definitions().rules
