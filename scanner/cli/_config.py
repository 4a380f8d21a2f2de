"""``.otaudit.yaml``: defaults for options, by command; and where each setting of a command came from.

A file that was found, not named with ``--config``, may have been put there by whoever is audited. It is not obeyed when
it lies in a folder that is scanned, and the paths in it must stay in its folder. A file that is obeyed is named.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from scanner.catalogues import languages
from scanner.cli._errors import explain, tell
from scanner.cli._help import SpokenOption
from scanner.cli._spoken import VARIABLE, Languages, before_command, bring_languages, speak
from scanner.errors import Problem
from scanner.wording import NOTHING, Said, said, verbatim

if TYPE_CHECKING:
    from scanner.yaml_positions import Document

NAME = ".otaudit.yaml"
MAX_BYTES = 1 << 16
_MAX_VALUES = 5000
_REPOSITORIES = (".git", ".hg", ".svn")
_KEY = "scanner.cli.config"
_PATHS = ("FILE", "DIR", "PATH")  # metavars of options that take text


@dataclass
class Settings:
    """What a file sets for one command: values by parameter, and the line of each."""

    source: str
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


class ConfigOption(SpokenOption):
    """``--config``. It is read before all other options, which take their defaults from it.

    general: the options that stand at the top of a file and count for every command.
    """

    def __init__(self, *arguments: Any, general: Sequence[click.Option], **how: Any) -> None:
        super().__init__(*arguments, is_eager=True, expose_value=False, **how)
        self.general = {long_name(option): option for option in general}

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Find the file, knowing from ``opts`` which inputs are on the command line."""
        value, rest = super().handle_parse_result(ctx, opts, args)
        if ctx.resilient_parsing:  # only words are completed
            return value, rest
        from scanner.cli._environment import doubtful_variables

        for line in doubtful_variables(ctx):
            tell(line)
        with explain():
            named = Path(value) if isinstance(value, str) else None
            settings = _settings(ctx, named, opts, self.general)
        chosen = opts.get("language") or before_command(ctx) or os.environ.get(VARIABLE)
        if settings:
            ctx.default_map = {**(ctx.default_map or {}), **settings.values}
            chosen = chosen or settings.values.get("language")
            ctx.meta[_KEY] = settings
        if chosen in languages():
            speak(chosen)
        elif before := before_command(ctx):
            root = ctx.find_root()
            Languages().convert(before, next(p for p in root.command.params if p.name == "language"), root)
        return value, rest


def _settings(
    ctx: click.Context, named: Path | None, opts: Mapping[str, Any], general: Mapping[str, click.Option]
) -> Settings | None:
    path = named or _found(Path.cwd())
    if path is None:
        return None
    if not named:
        if inside := _scanned(ctx, path, opts):
            what = said(
                "is in {folder}, which is read as input, so it is ignored; use --config if it is yours", folder=inside
            )
            tell(Problem(str(path), what))
            return None
        if not (opts.get("quiet") or os.environ.get("OTAUDIT_QUIET")):  # what the file itself says does not count
            tell(said("settings from {path}", path=path))
    return read_settings(path, ctx, general, free=named is not None)


def _found(folder: Path) -> Path | None:
    """The nearest file from the folder up to the root of its repository; outside a repository, in the folder alone."""
    above = [folder, *folder.parents]
    root = next((i for i, f in enumerate(above) if any((f / mark).exists() for mark in _REPOSITORIES)), 0)
    found = next((f / NAME for f in above[: root + 1] if (f / NAME).is_file()), None)
    return Path(os.path.relpath(found, folder)) if found else None


def _scanned(ctx: click.Context, path: Path, opts: Mapping[str, Any]) -> str:
    """The argument of the command that is a folder in which the file lies; empty when there is none."""
    above = path.resolve().parents
    for parameter in ctx.command.params:
        if isinstance(parameter, click.Argument):
            given = opts.get(parameter.name or "")
            for argument in given if isinstance(given, (tuple, list)) else (given,):
                if isinstance(argument, (str, Path)) and Path(argument).resolve() in above:
                    return f"'{argument}'"
    return ""


def read_settings(path: Path, ctx: click.Context, general: Mapping[str, click.Option], *, free: bool) -> Settings:
    """What the file sets for the command of ``ctx``. ``free``: paths may leave its folder.

    DefinitionError with every mistake in it, those in the parts of other commands included.
    """
    from scanner.errors import DefinitionError, InputError, reason
    from scanner.yaml_positions import load

    source = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        problem = InputError(
            source, said("cannot be read: {reason}", reason=reason(error)), remedy=said("check --config")
        ).problem
        raise DefinitionError(problem) from None
    document = load(content, source, max_bytes=MAX_BYTES, max_nodes=_MAX_VALUES)
    problems: list[Problem] = []
    settings = Settings(source)
    words = ctx.command_path.split()[1:]
    reader = _Reader(document, path.resolve().parent, general, problems, free=free)
    bring_languages(reader.folders_of_rules())  # before any is named
    reader.group(ctx.find_root(), (), words, settings)
    if problems:
        raise DefinitionError(*problems)
    return settings


class _Reader:
    """Checks the whole file and takes what concerns one command."""

    def __init__(
        self,
        document: Document,
        folder: Path,
        general: Mapping[str, click.Option],
        problems: list[Any],
        *,
        free: bool,
    ) -> None:
        self.document = document
        self.folder = folder
        self.general = general
        self.problems = problems
        self.free = free

    def group(self, ctx: click.Context, path: tuple[str, ...], words: list[str], settings: Settings) -> None:
        """A mapping of commands. At the top, the general options stand beside them, and count for every command."""
        group = ctx.command
        assert isinstance(group, click.Group)  # noqa: S101 - for the type checker
        general = {} if path else self.general
        commands = group.list_commands(ctx)
        for key, value in self._mapping(path).items():
            here = (*path, key)
            if key in commands:
                inner = group.get_command(ctx, key)
                chosen = words[1:] if words[:1] == [key] else None
                self._command(ctx, inner, here, chosen, settings)
            elif key in general:
                self._value(ctx, general[key], here, value, settings if words else None, weak=True)
            else:
                self._unknown(here, [*commands, *general])

    def folders_of_rules(self) -> list[Path]:
        """Those that the file names for any command, as far as it may."""
        named: list[Any] = []
        inner = [self.document.data]
        while inner:
            for key, value in held.items() if isinstance(held := inner.pop(), dict) else ():
                named += (value if isinstance(value, list) else [value]) if key == "rules" else []
                inner.append(value)
        texts = [text for text in named if isinstance(text, str) and "\0" not in text]
        return [target for text in texts if self._may_name(target := self.folder / text)]

    def _command(
        self,
        ctx: click.Context,
        command: click.Command | None,
        path: tuple[str, ...],
        words: list[str] | None,
        settings: Settings,
    ) -> None:
        """``words``: the rest of the command's path when this is it, None when it is another."""
        if command is None:
            return
        inner = click.Context(command, parent=ctx, info_name=path[-1])
        if isinstance(command, click.Group):
            self.group(inner, path, words or [], settings)
            return
        options = _options(command)
        for key, value in self._mapping(path).items():
            if key in options:
                self._value(inner, options[key], (*path, key), value, settings if words == [] else None)
            else:
                self._unknown((*path, key), options)

    def _mapping(self, path: tuple[str, ...]) -> dict[str, Any]:
        data = self.document.data
        for step in path:
            data = data[step]
        if data is None:
            return {}
        if not isinstance(data, dict):
            self._note(path, said("is not a mapping (key: value)"), said("see docs/command-line.md"))
            return {}
        return data

    def _value(
        self,
        ctx: click.Context,
        option: click.Option,
        path: tuple[str, ...],
        value: Any,
        settings: Settings | None,
        *,
        weak: bool = False,
    ) -> None:
        """Check a value; keep it when ``settings`` are those of the command. ``weak``: unless it has its own."""
        taken = self._taken(ctx, option, path, value)
        name = option.name or ""
        if settings is None or taken is None or (weak and name in settings.values):
            return
        settings.values[name] = taken
        settings.lines[name] = self.document.position(path, key=True).line

    def _taken(self, ctx: click.Context, option: click.Option, path: tuple[str, ...], value: Any) -> Any:
        """The value as the option takes it, None when it is wrong."""
        if option.is_flag:
            if not isinstance(value, bool):
                self._note(path, said("'{value}' is not true or false", value=value))
                return None
            return value
        many = value if isinstance(value, list) else [value]
        if isinstance(value, list) and not option.multiple:
            self._note(path, said("is a list, and the option takes one value"))
            return None
        texts = []
        for number, one in enumerate(many):
            place: tuple[str | int, ...] = (*path, number) if isinstance(value, list) else path
            text = self._text(ctx, option, place, one)
            if text is None:
                return None
            texts.append(text)
        return texts if option.multiple else texts[0]

    def _text(self, ctx: click.Context, option: click.Option, path: tuple[str | int, ...], value: Any) -> str | None:
        if isinstance(value, (dict, list)) or value is None:
            self._note(path, said("is not one value"))
            return None
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if _is_path(option) and text != "-":
            return self._path(path, text)
        try:
            option.type.convert(text, option, ctx)
        except click.UsageError as error:
            self._note(path, verbatim(error.message.rstrip(".")))
            return None
        return text

    def _path(self, path: tuple[str | int, ...], text: str) -> str | None:
        """A path is relative to the file; in a file that was found it must stay in the file's folder."""
        if "\0" in text:
            self._note(path, said("is not a path"))
            return None
        target = self.folder / text
        if not self._may_name(target):
            what = said("'{path}' is outside the folder of this file", path=text)
            self._note(path, what, said("name the file with --config to allow it"))
            return None
        return os.path.relpath(target)

    def _may_name(self, target: Path) -> bool:
        return self.free or target.resolve().is_relative_to(self.folder)

    def _unknown(self, path: tuple[str, ...], known: Mapping[str, Any] | list[str]) -> None:
        from scanner.nearest import expected

        self._note(path, said("unknown key '{key}'", key=path[-1]), expected(path[-1], known), key=True)

    def _note(self, path: tuple[str | int, ...], what: Said, remedy: Said = NOTHING, *, key: bool = False) -> None:
        if not key and path and isinstance(path[-1], str):
            what = said("{key}: {what}", key=path[-1], what=what)
        self.problems.append(self.document.problem(path, what, remedy, key=key))


def _options(command: click.Command) -> dict[str, click.Option]:
    """The options that a file may set, by their long names."""
    return {
        long_name(option): option
        for option in command.params
        if isinstance(option, click.Option) and not isinstance(option, ConfigOption) and long_name(option)
    }


def long_name(option: click.Option) -> str:
    """``fail-on`` of an option ``--fail-on``; empty when it has no long name."""
    return next((name.removeprefix("--") for name in option.opts if name.startswith("--")), "")


def _is_path(option: click.Option) -> bool:
    return isinstance(option.type, click.Path) or option.metavar in _PATHS


def came_from(ctx: click.Context) -> Iterator[Said]:
    """One line for each option that is not at its default: its value, and who gave it."""
    settings = ctx.meta.get(_KEY)
    for option in ctx.command.params:
        source = ctx.get_parameter_source(option.name or "")
        unchanged = source in {None, ParameterSource.DEFAULT} or option.name == "verbose"
        if not isinstance(option, click.Option) or unchanged:
            continue
        if source is ParameterSource.DEFAULT_MAP and isinstance(settings, Settings):
            line = settings.lines.get(option.name or "", 1)
            place = said("{file}, line {line}", file=settings.source, line=line)
        elif source is ParameterSource.ENVIRONMENT:
            place = verbatim(str(option.envvar))
        else:
            place = said("the command line")
        yield said("{setting} from {place}", setting=_shown(option, ctx), place=place)


def _shown(option: click.Option, ctx: click.Context) -> str:
    name = option.name or ""
    value = ctx.params.get(name, ctx.meta.get(f"scanner.cli.general.{name}"))
    if option.is_flag or value is None:
        return f"--{long_name(option)}"
    values = value if isinstance(value, (tuple, list)) else (value,)
    return " ".join(f"--{long_name(option)} {one}" for one in values)
