"""The options that every command has: how much is said, in which language, and where settings come from."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from scanner.cli._config import ConfigOption, came_from, long_name
from scanner.cli._errors import tell
from scanner.cli._help import SpokenOption
from scanner.cli._spoken import OPTION, Languages, before_command, of_locale, speak, usage_error
from scanner.wording import Said, said

if TYPE_CHECKING:
    from scanner.limits import Ceilings

_KEY = "scanner.cli.general"
_STRENGTH = {ParameterSource.COMMANDLINE: 3, ParameterSource.ENVIRONMENT: 2, ParameterSource.DEFAULT_MAP: 1}


@dataclass(frozen=True)
class General:
    """How the user wants to be spoken to. asked: he named the language himself; it may be that of the locale."""

    quiet: bool = False
    verbose: bool = False
    progress: bool = True
    language: str = "en"
    asked: bool = False

    def detail(self, text: Said) -> None:
        """A line on standard error when more than usual is wanted."""
        if self.verbose:
            tell(text)


def general() -> General:
    """What the command that runs was told; the usual outside a command."""
    context = click.get_current_context(silent=True)
    found = context.meta.get(_KEY) if context else None
    return found if isinstance(found, General) else General()


def wants_detail(context: click.Context) -> bool:
    """The command that was called below ``context`` was told to say more than usual."""
    found = context.meta.get(_KEY)
    return isinstance(found, General) and found.verbose


def add_general(command: click.Command, *path: str) -> click.Command:
    """Give the command, or every command of a group that holds its own, the general options, and a variable for each
    of its own, after its path: OTAUDIT_SCAN_FAIL_ON. Done once.
    """
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            add_general(inner, *path, name)
        return command
    if not any(isinstance(parameter, ConfigOption) for parameter in command.params):
        for option in command.params:
            if isinstance(option, click.Option) and option.envvar is None and long_name(option):
                option.envvar = "_".join(["OTAUDIT", *path, long_name(option)]).upper().replace("-", "_")
        taken = {name for parameter in command.params for name in parameter.opts}
        command.params += [option for option in _options() if taken.isdisjoint(option.opts)]
        command.callback = _speaking(command.callback)
    return command


def _options() -> list[click.Option]:
    """Their variables carry no command's name: OTAUDIT_QUIET."""
    options = [
        _option("quiet", ["-q", "--quiet"], is_flag=True, help="Say nothing but what is wrong; no summary."),
        _option("verbose", ["-v", "--verbose"], is_flag=True, help="Say what is done, and where settings come from."),
        _option("no_progress", ["--no-progress"], is_flag=True, help="No progress bars on a terminal."),
        _option(
            "language",
            [OPTION],
            type=Languages(),
            help="Of the terminal and of reports.  [default: from LC_ALL, LC_MESSAGES, LANG]",
        ),
        _option(
            "limit",
            ["--limit"],
            multiple=True,
            metavar="NAME=VALUE",
            help="Move a ceiling: inventory-rows=1000000 (docs/limits.md has them all).",
        ),
    ]
    return [
        *options,
        ConfigOption(
            ["--config"],
            general=options,
            envvar="OTAUDIT_CONFIG",
            metavar="FILE",
            type=click.Path(),
            help="Settings.  [default: .otaudit.yaml here or above, in a repository]",
        ),
    ]


def _option(name: str, declarations: list[str], **how: Any) -> click.Option:
    variable = f"OTAUDIT_{name.upper()}"
    return SpokenOption(declarations, envvar=variable, expose_value=False, callback=_keep, **how)


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    context.meta[f"{_KEY}.{parameter.name}"] = value
    return value


def _speaking(callback: Callable[..., Any] | None) -> Callable[..., Any]:
    """The command's function, with the general options understood before it runs."""

    @functools.wraps(callback or (lambda: None))
    def wrapped(*arguments: Any, **options: Any) -> Any:
        context = click.get_current_context()
        context.meta[_KEY] = _resolved(context)
        speak(general().language)
        for line in came_from(context):
            general().detail(line)
        if not callback:
            return None
        given = context.meta.get(f"{_KEY}.limit")
        if not given:
            return callback(*arguments, **options)
        from scanner.limits import using

        with using(_ceilings(given)):
            return callback(*arguments, **options)

    return wrapped


def _ceilings(given: Sequence[str]) -> Ceilings:
    from scanner.limits import parse

    try:
        return parse(given)
    except ValueError as error:
        raise usage_error(error.args[0]) from None


def _resolved(context: click.Context) -> General:
    quiet, verbose, no_progress, language = (
        context.meta.get(f"{_KEY}.{name}") for name in ("quiet", "verbose", "no_progress", "language")
    )
    if quiet and verbose:
        strengths = [_strength(context, name) for name in ("quiet", "verbose")]
        if strengths[0] == strengths[1]:
            raise usage_error(said("--quiet and --verbose are contrary; give one of them"))
        quiet, verbose = strengths[0] > strengths[1], strengths[1] > strengths[0]
    if context.get_parameter_source("language") is not ParameterSource.COMMANDLINE:
        language = before_command(context) or language
    return General(bool(quiet), bool(verbose), not (quiet or no_progress), language or of_locale(), bool(language))


def _strength(context: click.Context, name: str) -> int:
    source = context.get_parameter_source(name)
    return _STRENGTH.get(source, 0) if source else 0
