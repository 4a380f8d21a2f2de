"""Every plug-in keeps the contract of its kind; one of somebody else that does not costs nothing but itself."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scanner import plugins
from scanner.assets.readers import INVENTORIES
from scanner.cli import _plugin_reference, main
from scanner.cli._command import COMMANDS
from scanner.cli._plugins import installed, kinds
from scanner.cli.policy import POLICY_COMMANDS
from scanner.configs import reader as configurations
from scanner.configs.reader import DIALECTS
from scanner.configs.remedies import read_remedies
from scanner.errors import InputError
from scanner.plugins import BrokenPlugin, PluginKind
from scanner.protocols import PROTOCOLS
from scanner.report import REPORTS
from tests.packaged import rules

ROOT = Path(__file__).parents[1]
EVERY = [(kind, name) for kind in (*kinds(), POLICY_COMMANDS) for name in kind.own()]
Install = Callable[..., None]


@pytest.mark.parametrize(("kind", "name"), EVERY, ids=lambda value: getattr(value, "word", value))
def test_every_plugin_keeps_its_contract(kind: PluginKind[Any], name: str) -> None:
    plugin = kind.get(name)
    assert list(plugins.faults(kind, plugin, name)) == []
    assert kind.fits is None or list(kind.fits(plugin, {})) == [] or kind is REPORTS
    assert (ROOT / kind.package.replace(".", "/")).is_dir()


def test_there_are_plugins_of_every_kind_and_the_page_lists_them() -> None:
    assert [kind.word for kind in kinds()] == ["protocol", "inventory", "dialect", "report", "command"]
    page = (ROOT / _plugin_reference.PAGE).read_text(encoding="utf-8")
    assert page == _plugin_reference.page(), "run: make docs"
    for kind in kinds():
        assert kind.own()
        assert all(f"| `{name}` |" in page for name in kind.own())


def test_every_remedy_of_a_dialect_is_named_by_a_rule_and_rules_name_no_system() -> None:
    known = configurations.remedies()
    titles = {text for commands in known.values() for c in commands for text in c.systems.values()}
    named = set()
    for rule in rules().values():
        lines = (ROOT / rule.source).read_text(encoding="utf-8")
        written, _, rest = lines.partition("\nremediation:")[2].partition("\nexamples:")
        assert rest, rule.id
        assert not any(title in written for title in titles), rule.id
        named |= {line.removeprefix("remedy: ") for line in written.splitlines() if line.startswith("remedy: ")}
    assert named == known.keys()


def test_the_commands_of_every_dialect_reach_the_remediation() -> None:
    rule = rules()["telnet-enabled"]
    for dialect in DIALECTS.all().values():
        if dialect.remedies and (commands := read_remedies(dialect.remedies).get("replace-telnet")):
            for language, text in rule.remediation.items():
                assert commands.text[language] in text


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Makes modules, and entry points to what is in them."""
    points: list[EntryPoint] = []
    modules: list[str] = []
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(plugins, "entry_points", lambda *, group: [point for point in points if point.group == group])

    def made(kind: PluginKind[Any], name: str, code: str, module: str = "") -> None:
        module = module or f"theirs_{len(points)}"
        if code:
            (tmp_path / f"{module}.py").write_text(textwrap.dedent(code), encoding="utf-8")
            modules.append(module)
        points.append(EntryPoint(name, f"{module}:{kind.constant}", kind.group))
        forget()

    yield made
    points.clear()
    for module in modules:
        sys.modules.pop(module, None)
    forget()


def forget() -> None:
    plugins.forget()
    configurations.masker.cache_clear()
    configurations.remedies.cache_clear()


DIALECT = """
    from scanner.configs.dialect import Dialect
    from scanner.configs.settings import Configuration, Sheet
    from scanner.configs.telltales import Telltales

    def read(data, source, mask):
        {read}

    DIALECT = Dialect({name!r}, "Theirs", {resemblance}, {more})
"""
MARKED = 'Telltales(marks={"its mark": "theirs: "}).resemblance'


def dialect(name: str = "theirs", read: str = "raise ValueError('no')", more: str = "read", how: str = MARKED) -> str:
    return DIALECT.format(name=name, read=read, more=more, resemblance=how)


PROTOCOL = """
    from dataclasses import replace
    from scanner.protocols.modbus.modbus import PROTOCOL as modbus
    PROTOCOL = replace(modbus, name="theirs", cases=(), {more})
"""

BROKEN = {
    "no module": (DIALECTS, "theirs", "", "cannot be loaded: ModuleNotFoundError"),
    "ends": (DIALECTS, "theirs", "raise SystemExit(0)", "cannot be loaded: SystemExit"),
    "fails": (DIALECTS, "theirs", "1 / 0", "cannot be loaded: ZeroDivisionError"),
    "no constant": (DIALECTS, "theirs", "x = 1", "cannot be loaded: AttributeError"),
    "another thing": (DIALECTS, "theirs", "DIALECT = 'x'", "is a str where a Dialect is expected"),
    "no function": (DIALECTS, "theirs", dialect(more="'x'"), "Dialect.read: is a str where"),
    "arity": (DIALECTS, "theirs", dialect(how="lambda: 1"), "Dialect.resemblance: does not take 1 arguments"),
    "field": (DIALECTS, "theirs", dialect(more="read, surprise=1"), "unexpected keyword argument 'surprise'"),
    "other name": (DIALECTS, "theirs", dialect("ours"), "Dialect.name: is 'ours', but its file or entry point is"),
    "no name": (DIALECTS, "Theirs!", dialect("Theirs!"), "Dialect.name: 'Theirs!' is not a valid name"),
    "taken": (DIALECTS, "cisco-ios", dialect("cisco-ios"), "otaudit has a dialect 'cisco-ios' of its own"),
    "placeholder": (DIALECTS, "cisco-ios-xr", dialect("cisco-ios-xr", more="None"), "has a dialect 'cisco-ios-xr'"),
    "remedies": (
        DIALECTS,
        "theirs",
        dialect(more="read, remedies=__import__('pathlib').Path('no.yaml')"),
        "Dialect.remedies: there is no file no.yaml",
    ),
    "remedies of nothing": (
        DIALECTS,
        "theirs",
        dialect(more="read, remedies=__import__('pathlib').Path(__file__)"),
        "Dialect.remedies: ",
    ),
    "framing": (
        PROTOCOLS,
        "theirs",
        PROTOCOL.format(more="framing=replace(modbus.framing, ports=(1, 2))"),
        "Protocol.framing: another framing is called",
    ),
    "specification": (PROTOCOLS, "theirs", PROTOCOL.format(more="specification=' '"), "Protocol.specification: is emp"),
    "cases": (
        PROTOCOLS,
        "theirs",
        PROTOCOL.replace("cases=(), ", "").format(more=""),
        "Protocol.cases: belong to another protocol, 'modbus'; give each case protocol='theirs'",
    ),
    "extension": (
        REPORTS,
        "theirs",
        "from scanner.report import ReportFormat\nREPORT = ReportFormat('theirs', 'T', '.html', str)",
        "ReportFormat.extension: '.html' is that of another format; choose another one",
    ),
    "no extension": (
        REPORTS,
        "theirs",
        "from scanner.report import ReportFormat\nREPORT = ReportFormat('theirs', 'T', 'html', str)",
        "ReportFormat.extension: 'html' is not a file extension",
    ),
    "inventory": (
        INVENTORIES,
        "theirs",
        "from scanner.assets.reader import InventoryFormat\nINVENTORY = InventoryFormat('theirs', '', str, str)",
        "InventoryFormat.",
    ),
    "command": (
        COMMANDS,
        "theirs",
        "from scanner.cli._command import Command\nCOMMAND = Command('theirs', 'x', len)",
        "Command.run: is a builtin_function_or_method where",
    ),
}


@pytest.mark.parametrize(("kind", "name", "code", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_told_and_costs_only_itself(
    install: Install, kind: PluginKind[Any], name: str, code: str, told: str
) -> None:
    before = [*kind.own()]
    install(kind, name, code)
    assert list(kind.all()) == before
    (problem,) = kind.broken()
    assert told in str(problem)
    assert f"{kind.word} plug-in {name}" in str(problem)
    assert problem.remedy
    assert any(told in line for line in installed())


def test_two_packages_with_one_name(install: Install) -> None:
    install(DIALECTS, "theirs", dialect(), "theirs_a")
    install(DIALECTS, "theirs", dialect(), "theirs_b")
    assert "theirs" in DIALECTS.all()
    (problem,) = DIALECTS.broken()
    assert "another package has a dialect 'theirs' too" in str(problem)


def test_a_dialect_of_others_takes_the_place_of_a_system_that_is_only_known(install: Install) -> None:
    install(DIALECTS, "cisco-ios-xr", dialect("cisco-ios-xr"))
    assert DIALECTS.broken() == ()
    found = DIALECTS.get("cisco-ios-xr")
    assert found
    assert (found.title, list(DIALECTS.foreign())) == ("Theirs", ["cisco-ios-xr"])


GOOD = (
    "from scanner.configs.tree import parse; from scanner.configs.dialects.cisco_ios.grammar import GRAMMAR;"
    " return Sheet(parse(data, source, GRAMMAR, mask), 'theirs').configuration()"
)


def test_a_dialect_of_others_reads_and_its_secrets_are_masked(install: Install) -> None:
    install(DIALECTS, "theirs", dialect(read=GOOD))
    text = b"theirs: 1\nhostname a\npassword Zq12345\nend\n"
    found = configurations.read(text, "x")
    assert found.dialect == "theirs"
    assert "Zq12345" not in repr(found)


def test_one_that_fails_at_a_file_is_blamed_and_the_others_go_on(install: Install) -> None:
    install(DIALECTS, "theirs", dialect(), "theirs_a")
    install(DIALECTS, "worse", dialect("worse", how="lambda head: 1 / 0"), "theirs_b")
    install(DIALECTS, "worst", dialect("worst", how="lambda head: 'much'"), "theirs_c")
    ios = (ROOT / "fixtures/configs/ie3300/good.cfg").read_bytes()
    assert configurations.read(ios, "x").dialect == "cisco-ios"
    with pytest.raises(InputError) as error:
        configurations.read(b"theirs: 1\nhostname a\n", "sw.cfg")
    assert "sw.cfg: the dialect plug-in theirs failed on it: ValueError: no" in str(error.value)
    assert "update or remove that package" in str(error.value)


def test_a_scan_without_a_plugin_that_is_installed_is_incomplete(install: Install) -> None:
    install(DIALECTS, "theirs", "1 / 0")
    done = CliRunner().invoke(main, ["scan", str(ROOT / "fixtures/configs/ie3300/good.cfg"), "--fail-on", "never"])
    assert "dialect plug-in theirs: not used: it cannot be loaded: ZeroDivisionError" in done.output
    assert done.exit_code == 3, done.output


def test_a_command_of_others_runs_and_a_broken_one_is_told_in_the_help(install: Install) -> None:
    install(
        COMMANDS,
        "theirs",
        """
        import click
        from scanner.cli._command import Command

        @click.command(name="theirs")
        def run():
            "Says hello."
            click.echo("hello")

        COMMAND = Command.of(run)
        """,
    )
    install(COMMANDS, "worse", "1 / 0")
    assert CliRunner().invoke(main, ["theirs"]).stdout == "hello\n"
    shown = CliRunner().invoke(main, ["--help"]).output
    assert "Says hello." in shown
    assert "command plug-in worse: not used" in shown


def test_a_broken_plugin_of_our_own_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    import scanner.report.json as module

    monkeypatch.delattr(module, "REPORT")
    plugins.forget()
    with pytest.raises(BrokenPlugin, match=r"scanner\.report\.json has no REPORT; add REPORT = ReportFormat"):
        REPORTS.all()
    monkeypatch.undo()
    plugins.forget()
