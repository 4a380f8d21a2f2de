"""What was read when otaudit was built is what reading gives, and counts for nothing where anything has changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.engine.definitions import compiled, files, frameworks, loader, together
from scanner.errors import DefinitionError

Change = Callable[[Path], object]
_READERS = ("scanner/engine/definitions", "scanner/configs/dialects")


@pytest.fixture(name="whole", scope="module")
def _whole() -> together.Definitions:
    return together.read_definitions()


@pytest.fixture(name="built", scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory, whole: together.Definitions) -> Path:
    """A copy of what is packaged, built."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree("rules", folder / "rules")
    shutil.copytree("reports/words", folder / "words")
    for readers in _READERS:
        shutil.copytree(readers, folder / readers, ignore=shutil.ignore_patterns("__pycache__"))
    with pytest.MonkeyPatch.context() as patch:
        _reading_from(folder, patch)
        (folder / "rules" / compiled.NAME).write_bytes(compiled.compiled(whole))
    return folder


@pytest.fixture(name="packaged")
def _packaged(tmp_path: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same for one test, which may change it."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    _reading_from(tmp_path, monkeypatch)
    return tmp_path


def _reading_from(folder: Path, patch: pytest.MonkeyPatch) -> None:
    roots = {"scanner.rules": folder / "rules", "scanner.reports": folder, "scanner": folder / "scanner"}
    patch.setattr(compiled, "_root", lambda package: str(roots[package]))
    modules = [str(p.relative_to(folder / "scanner")) for f in _READERS for p in sorted((folder / f).glob("*.py"))]
    patch.setattr(compiled, "_modules", lambda: modules)


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


def test_rules_of_a_user_leave_what_is_packaged_as_it_is(
    packaged: Path, tmp_path: Path, whole: together.Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = _own(packaged, tmp_path, "telnet-of-ours")
    read = together.read_definitions(files.own([mine]))
    monkeypatch.setattr(together, "read_definitions", lambda *_: pytest.fail("everything was read"))
    found = together.load_definitions([mine])
    assert found == read
    assert {rule.id for rule in found.rules} - {rule.id for rule in whole.rules} == {"telnet-of-ours"}
    with pytest.raises(DefinitionError, match="also defined in"):
        together.load_definitions([_own(packaged, tmp_path / "more", "telnet-enabled")])


def test_with_remedies_of_a_user_everything_is_read(
    packaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "known", lambda: pytest.fail("was asked"))
    mine = _own(packaged, tmp_path, "telnet-of-ours")
    (mine / "remedies").mkdir()
    (mine / "remedies" / "ours.yaml").write_text("{}", "utf-8")
    with pytest.raises(DefinitionError, match="holds no remedies"):
        together.load_definitions([mine])


def _own(packaged: Path, folder: Path, name: str) -> Path:
    """A folder of a user with a rule of this name."""
    own = folder / "own"
    (own / "hardening").mkdir(parents=True)
    text = (packaged / "rules/hardening/telnet-enabled.yaml").read_text("utf-8")
    (own / "hardening" / f"{name}.yaml").write_text(text.replace("id: telnet-enabled", f"id: {name}"), "utf-8")
    return own


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
