"""Every command with its options, taken from the commands themselves, as a page of ``docs/`` and as a manual page."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

import scanner
from scanner.cli._config import ConfigOption, long_name
from scanner.cli._environment import leaves

PAGE = Path("docs/commands.md")
MANUAL = Path("docs/otaudit.1")

_HEAD = """\
# Commands

Every command with its options, written from the commands by `make docs`. How settings are found, what the exit statuses
mean and examples for continuous integration: [command-line.md](command-line.md). In a configuration file an option has
its long name without the dashes.
"""

_MANUAL_HEAD = r"""
.nh
.SH NAME
otaudit \- evidence\-based compliance scanning of industrial networks
.SH SYNOPSIS
.B otaudit
.I COMMAND
.RI [ OPTION \&.\|.\|.]
.RI [ ARGUMENT \&.\|.\|.]
.SH DESCRIPTION
otaudit reads packet captures, device inventories, device configurations and a zones\-and\-conduits policy, judges them
by rules, and writes reports that say which control fails, for which devices, in which frames and lines. A passing check
is no proof of compliance.
"""

_MANUAL_TAIL = r"""
.SH ENVIRONMENT
An option that is not given is taken from the variable named with it, then from the configuration file, then from its
default. Where an option may be given several times, files in a variable are separated like those in
.BR PATH ,
everything else by blanks.
.TP
.BR LC_ALL ", " LC_MESSAGES ", " LANG
The language, where
.B \-\-language
does not say it.
.TP
.B NO_COLOR
No colours.
.SH FILES
.TP
.I .otaudit.yaml
Settings by command; of the current folder, or of the nearest one above it up to the root of the repository.
.TP
.I .otauditignore
What of a scanned folder is left out, in the syntax of
.BR gitignore (5).
.SH EXIT STATUS
Of
.BR scan ;
other commands say what theirs mean. Where several apply, the first of 2, 1, 3, 0 is the one.
.TP
.B 0
Nothing fails, or must be confirmed, at or above
.BR \-\-fail\-on .
.TP
.B 1
Something does.
.TP
.B 2
Usage, rule, policy or settings are wrong, or an output cannot be written.
.TP
.B 3
An input could not be read completely, or checks depend on a name of the policy that is bound to nothing.
.TP
.B 130
Interrupted.
.TP
.B 141
Nobody reads standard output any more.
.SH EXAMPLES
.nf
otaudit scan capture.pcapng.gz \-i inventory.csv \-z policy.yaml \-o report.html \-o results.json
otaudit scan plant/ \-\-exclude '*.bak' \-\-fail\-on medium \-q \-o results.sarif
tcpdump \-i eth1 \-w \- | otaudit scan \- \-z policy.yaml
otaudit report results.json \-o report.html
.fi
"""


@dataclass(frozen=True)
class Option:
    """One option as it is written, what it does, and its variable."""

    usage: str
    help: str
    variable: str


@dataclass(frozen=True)
class Command:
    """One command. ``blocks``: paragraphs of its help, each with whether its lines are to stay as they are."""

    usage: str
    blocks: tuple[tuple[str, bool], ...]
    options: tuple[Option, ...]


def commands() -> tuple[list[Command], list[Option]]:
    """Every command in alphabetical order, and the options that all of them have."""
    from scanner.cli import main

    found = []
    general: dict[str, Option] = {}
    for ctx in leaves(click.Context(main, info_name="otaudit")):
        options = [p for p in ctx.command.params if isinstance(p, click.Option)]
        shared = {id(o) for o in options if isinstance(o, ConfigOption) or not o.expose_value}
        general |= {long_name(o): _option(o, ctx) for o in options if id(o) in shared}
        own = tuple(_option(o, ctx) for o in options if id(o) not in shared)
        usage = " ".join([ctx.command_path, *ctx.command.collect_usage_pieces(ctx)])
        found.append(Command(usage, tuple(_blocks(ctx.command.help or "")), own))
    return found, list(general.values())


def _option(option: click.Option, ctx: click.Context) -> Option:
    usage, text = option.get_help_record(ctx) or ("", "")
    return Option(usage, " ".join(text.split()), str(option.envvar or ""))


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    for block in inspect.cleandoc(text).split("\n\n"):
        kept = block.startswith("\b\n")
        yield (block.removeprefix("\b\n") if kept else " ".join(block.split())), kept


def page() -> str:
    """The page of ``docs/``."""
    found, general = commands()
    parts = [_HEAD, "## All commands\n\n" + _table(general)]
    for command in found:
        name = command.usage.partition(" [")[0]
        blocks = [f"```\n{text}\n```" if kept else textwrap.fill(text, 120) for text, kept in command.blocks]
        parts.append("\n\n".join([f"## {name}", f"```\n{command.usage}\n```", *blocks]) + "\n")
        if command.options:
            parts.append(_table(command.options))
    return "\n".join(parts)


def _table(options: list[Option] | tuple[Option, ...]) -> str:
    rows = [f"| `{_cell(o.usage)}` | {_cell(o.help)} | `{o.variable}` |" for o in options]
    return "\n".join(["| option | meaning | variable |", "|---|---|---|", *rows]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def manual() -> str:
    """The manual page in roff, for ``man``."""
    found, general = commands()
    lines = [f'.TH OTAUDIT 1 "" "otaudit {scanner.__version__}" "User Commands"', _MANUAL_HEAD.strip("\n")]
    lines.append(".SH OPTIONS OF ALL COMMANDS")
    lines += [line for option in general for line in _roff_option(option)]
    lines.append(".SH COMMANDS")
    for command in found:
        lines.append(f".SS {_roff(command.usage)}")
        for text, kept in command.blocks:
            lines += [".PP", *([".nf", *map(_roff, text.splitlines()), ".fi"] if kept else [_roff(text)])]
        lines += [line for option in command.options for line in _roff_option(option)]
    return "\n".join([*lines, _MANUAL_TAIL.strip("\n")]) + "\n"


def _roff_option(option: Option) -> Iterator[str]:
    yield ".TP"
    yield f".B {_roff(option.usage)}"
    yield _roff(option.help)
    if option.variable:
        yield f"Variable: {_roff(option.variable)}."


def _roff(text: str) -> str:
    """Text as roff prints it: dashes that can be copied, nothing taken for a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text
