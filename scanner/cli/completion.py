"""``otaudit completion``: what a shell needs to complete commands, options and names."""

from __future__ import annotations

import click

from scanner.cli._command import Command
from scanner.cli._help import SpokenCommand


@click.command(name="completion", cls=SpokenCommand)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash  eval "$(otaudit completion bash)"     in ~/.bashrc
    zsh   eval "$(otaudit completion zsh)"      in ~/.zshrc, after compinit
    fish  otaudit completion fish > ~/.config/fish/completions/otaudit.fish
    """  # noqa: D301 - click looks for the backspace itself
    from click.shell_completion import get_completion_class

    maker = get_completion_class(shell)
    assert maker is not None  # noqa: S101 - one of the choices
    script = maker(ctx.find_root().command, {}, "otaudit", "_OTAUDIT_COMPLETE")
    click.echo(script.source_template % script.source_vars())


COMMAND = Command.of(command)
