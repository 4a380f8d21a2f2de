"""``OTAUDIT_*``: a variable for every option, and a word about those that are none."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click

from scanner.wording import Said, said

PREFIX = "OTAUDIT_"
_CLOSE = 0.85  # how like a variable of otaudit another must be to be taken for a mistyped one


def leaves(ctx: click.Context) -> Iterator[click.Context]:
    """A context for every command below the group of ``ctx``, in alphabetical order."""
    group = ctx.command
    if not isinstance(group, click.Group):
        yield ctx
        return
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None:
            yield from leaves(click.Context(command, parent=ctx, info_name=name))


def doubtful_variables(ctx: click.Context) -> Iterator[Said]:
    """A line for each variable of the environment that looks like one of otaudit's and is none."""
    given = [name for name in os.environ if name.startswith(PREFIX)]
    if not given:
        return
    import difflib

    root = ctx.find_root()
    known: set[str] = set()
    for leaf in leaves(click.Context(root.command, info_name="otaudit")):
        known |= {str(option.envvar) for option in leaf.command.params if option.envvar}
    for name in sorted(set(given) - known):
        near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=_CLOSE)
        if near:
            yield said(
                "{name} is no variable of otaudit, so it is ignored; did you mean {near}?", name=name, near=near[0]
            )
