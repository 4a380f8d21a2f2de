"""``otaudit answers import``: answers that other tools hold, as a file of answers."""  # noqa: N999 - the command's name

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain, tell
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import own_rules
from scanner.cli._spoken import bad_value
from scanner.cli.answers._written import STDOUT, write_new

if TYPE_CHECKING:
    from scanner.answers.foreign import Foreign

_LISTED = 20  # of what could not be mapped


@click.command(name="import", cls=SpokenCommand)
@click.argument("file", metavar="FILE", type=click.Path())
@option("-o", "--output", default=STDOUT, show_default=True, metavar="FILE", help="New file; - for stdout.")
@option("--zone", metavar="ID", help="The only zone that the answers are about.")
@option("--by", metavar="NAME", help="Who answered, where the file does not say.")
@option("--on", metavar="DATE", help="The day of the answers, where the file does not say.")
@own_rules
def command(  # noqa: PLR0917 - one for each option
    file: str, output: str, zone: str | None, by: str | None, on: str | None, rules: tuple[Path, ...]
) -> None:
    """Make a file of answers of a STIG checklist (CKL or CKLB), or of an assessment that CSET exported as JSON.

    Checks of a STIG are mapped to NIST SP 800-53 by their CCIs. What is open is not met, or partly met beside what is
    not a finding. A control is met once each of its CCIs was reviewed and none is open; otherwise the verdict stays
    empty, with what is known as a remark. Answers of CSET are mapped by the number of the requirement.

    \b
    Exit status: 0  written; what could not be mapped is told
                 2  the file is none of these, or the output exists
    """  # noqa: D301 - click looks for the backspace itself
    _check_day(on)
    with explain():
        from scanner.answers.foreign import read_foreign, summary
        from scanner.bounded import read_up_to
        from scanner.engine.definitions.together import load_definitions
        from scanner.errors import DefinitionError, InputError, Problem, reason
        from scanner.limits import limits
        from scanner.wording import said

        frameworks = load_definitions(rules).frameworks
        known = {f.id: f.requirements for f in frameworks if not f.overlay_of}
        try:
            content = read_up_to(Path(file), limits().inventory_bytes)
            if len(content) > limits().inventory_bytes:
                raise DefinitionError(Problem(file, said("is too large"), remedy=said("split it")))
            foreign = read_foreign(content, file, known)
        except OSError as error:
            raise DefinitionError(Problem(file, said("cannot be read: {reason}", reason=reason(error)))) from None
        except InputError as error:
            raise DefinitionError(error.problem) from None
        write_new(output, _text(foreign, zone or "", by or foreign.answered_by, on or foreign.answered_on))
        for name in list(foreign.unmapped)[:_LISTED]:
            tell(said("not mapped: {name}", name=name))
        tell(summary(foreign))


def _check_day(text: str | None) -> None:
    """No file is written that ``answers check`` refuses."""
    from scanner.wording import said

    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError:
        raise bad_value(said("'{text}' is not a date; write it as 2027-03-31", text=text), "--on") from None


def _text(foreign: Foreign, zone: str, by: str, on: str) -> str:
    from scanner.policy.yaml_text import scalar

    lines = ["otaudit_answers: 1"]
    lines += [
        f"answered_by: {scalar(by)}" if by else "answered_by:",
        f"answered_on: {scalar(on)}" if on else "answered_on:",
    ]
    lines.append("answers:" if foreign.answers else "answers: []")
    for answer in foreign.answers:
        lines += [f"  - framework: {scalar(answer.framework)}", f"    requirement: {scalar(answer.requirement)}"]
        lines += [f"    zone: {scalar(zone)}"] if zone else []
        lines += [f"    verdict: {answer.verdict}".rstrip()]
        lines += [f"    remark: {scalar(answer.remark)}"] if answer.remark else []
    return "\n".join(lines) + "\n"


COMMAND = Command.of(command)
