"""The command line: one file for each command, found by this folder and imported only when it is called."""

from __future__ import annotations

import errno
import io
import sys
from collections.abc import Sequence
from typing import Any

import click

from scanner.cli._click_words import take_over
from scanner.cli._command import COMMANDS
from scanner.cli._errors import (
    BROKEN_PIPE,
    INTERNAL,
    INTERRUPTED,
    attach_streams,
    explain,
    forsake_stdout,
    is_of_stdout,
    tell,
    tell_defect,
)
from scanner.cli._folder import folder_group
from scanner.cli._help import option
from scanner.cli._spoken import Languages, foreseen, in_own_words, speaking, usage_error
from scanner.cli._writing import writing
from scanner.wording import said


class _Otaudit(folder_group(COMMANDS)):  # type: ignore[misc]
    """The whole: in which language it speaks, and how it ends when the user or the reader of its output ends it."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **how: Any) -> Any:
        """Read the command line and run it."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a code page (a pipe on Windows) has not every letter
                stream.reconfigure(errors="backslashreplace")
        take_over()
        with speaking(foreseen(sys.argv[1:] if args is None else args)):
            return super().main(args, *more, **how)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. One line and a status of its own for an interrupt and for a defect of otaudit; silence when
        nobody reads any more.
        """
        attach_streams()
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            tell(said("interrupted"))
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            forsake_stdout()
            ctx.exit(BROKEN_PIPE)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # the last boundary: a crash must not look like a finding
            if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:  # wherever a path is first looked at
                what = said("'{path}...' is longer than a path may be", path=str(error.filename)[:60])
                raise usage_error(what) from None
            if is_of_stdout(error):
                forsake_stdout()
                with explain(), writing(in_own_words(said("standard output"))):
                    raise
            from scanner.cli._general import wants_detail

            tell_defect(error, at_length=wants_detail(ctx))
            ctx.exit(INTERNAL)


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    import scanner

    click.echo(f"otaudit {scanner.__version__}")
    if parameter.name == "versions" or ctx.params.get("verbose"):
        from scanner.cli._versions import versions

        with explain():
            for line in versions():
                click.echo(line)
    ctx.exit()


@click.group(cls=_Otaudit, context_settings={"help_option_names": ["-h", "--help"]})
@option("-v", "--verbose", is_flag=True, is_eager=True, help="With --version: those of everything that judges.")
@option("--version", is_flag=True, expose_value=False, callback=_version, help="The version.")
@option("-V", "versions", is_flag=True, expose_value=False, callback=_version, help="--version --verbose")
@option("--language", type=Languages(early=True), help="Of the terminal and of reports; as after a command.")
def main(verbose: bool, language: str | None) -> None:  # noqa: ARG001 - looked for where it is wanted
    """Evidence-based compliance scanning of industrial networks.

    Reads packet captures, device inventories, device configurations and a zones-and-conduits policy, judges them by
    rules, and writes reports that say which control fails, for which devices, in which frames and lines.
    """
    if verbose:
        raise usage_error(
            said("-v goes with --version, or behind the command: {command}", command="otaudit scan -v ...")
        )
