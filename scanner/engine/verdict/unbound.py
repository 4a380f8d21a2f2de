"""Which subjects of a rule would be judged otherwise if a name of the policy that means nobody meant one of them, or if
who sends from one's address were a stranger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from scanner.assets.doubtful import DoubtfulEnd
from scanner.assets.identity import NAMES
from scanner.engine.definitions.rules import Rule
from scanner.engine.language.modifiers import InZone, Like
from scanner.engine.language.selections import And, Or, Selection, Test, columns_of, tests_of
from scanner.engine.language.zones import companion
from scanner.engine.obstacles import Obstacle
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.facts.worlds import names_of
from scanner.policy.unbound import Unbound
from scanner.results.model import Cause
from scanner.wording import Said, listed, said

_SHOWN = 3  # names in one reason
_CLASSES = ("review", "failing")
Related = Callable[[pl.DataFrame], pl.DataFrame]
Marks = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Dependent:
    """Of each row of the rule's table, whether its verdict depends on names that are bound to nothing or on who sends
    from an address; which names, and which ends of conversations.
    """

    rows: pl.Series
    names: tuple[Unbound, ...] = ()
    ends: tuple[DoubtfulEnd, ...] = ()


def dependent(  # noqa: PLR0917 - the rule, its rows, and how they are judged
    rule: Rule, case: JudgedFacts, table: pl.DataFrame, marks: pl.DataFrame, related: Related, marked: Marks
) -> Dependent:
    """table: the rule's, with all that it adds; marks: of its rows as they are. related, marked: the same of others."""
    rows = pl.Series([False]).new_from_index(0, marks.height)
    names: list[Unbound] = []
    ends: list[DoubtfulEnd] = []
    looked_at = frozenset(_looked_at(rule))
    for world in case.worlds.of(rule.table) if case.worlds else ():
        if looked_at.isdisjoint(world.changed):
            continue
        other = related(world.table)
        measures = [name for name in table.columns if name not in other.columns]
        other = other.hstack(table[world.rows].select(measures)) if measures else other
        there, here = marked(other), marks[world.rows]
        differs = pl.Series([False]).new_from_index(0, here.height)
        for name in _CLASSES:
            differs |= here[name] != there[name]
        if not isinstance(world.meant, Unbound):  # what fails or must be confirmed does so, whoever else sent, too
            differs |= here["subject"] & there["unjudged"] & ~here["unjudged"]
            differs &= ~(here["failing"] | here["review"])
        if not differs.any():
            continue
        rows = rows.scatter(world.rows.filter(differs), True)
        if isinstance(world.meant, Unbound):
            names.append(world.meant)
        else:
            ends += (world.meant[number] for number in differs.arg_true())
    return Dependent(rows, tuple(dict.fromkeys(names)), tuple(dict.fromkeys(ends)))


def obstacles(names: Sequence[Unbound], case: JudgedFacts) -> Iterator[Obstacle]:
    """``ENG-1 is bound to nothing``, ``the inventory gives the name ENG-1 to several devices``."""
    if several := names_of([meant for meant in names if meant.several]):
        shown = listed(several[:_SHOWN], len(several) - _SHOWN)
        yield Obstacle(Cause.UNBOUND, said("the inventory gives several devices the name {name}", name=shown))
    if of_nobody := [meant for meant in names if not meant.several]:
        yield _bound_to_nothing(of_nobody, case)


def _bound_to_nothing(names: Sequence[Unbound], case: JudgedFacts) -> Obstacle:
    """And who says on the wire that he is called so."""
    every = names_of(names)
    if len(every) > 1:
        more = len(every) - _SHOWN
        shown = listed(every[:_SHOWN], more)
        return Obstacle(Cause.UNBOUND, said("{names} are bound to nothing", names=shown))
    claim = _claim(every, case)
    if not claim:
        return Obstacle(Cause.UNBOUND, said("{name} is bound to nothing", name=every[0]))
    sentence = said(
        "{name} is bound to nothing ({address} claims to be it, which anyone can)", name=every[0], address=claim
    )
    return Obstacle(Cause.UNBOUND, sentence)


def strangers(ends: Sequence[DoubtfulEnd], case: JudgedFacts) -> Obstacle:
    """``in one segment frames from 10.20.1.5 come from 02:00:… (frame 3) and 02:11:… (frame 305)``, or, where nobody is
    seen to whom the address is given, ``frames from 10.20.1.5, which is given to 02:00:…, from 02:11:… (frame 3)``.
    """
    several = [end for end in ends if not end.given]
    by_address = list({(end.address, end.macs): end for end in several or ends}.values())
    if not several:
        replaced = [_instead(end, case) for end in by_address[:_SHOWN]]
        sentence = said(
            "frames {addresses}, and whether they are from whom the address means is not known",
            addresses=listed(replaced, len(by_address) - _SHOWN),
        )
        return Obstacle(Cause.SENDER, sentence)
    shown = [_senders(end, case) for end in by_address[:_SHOWN]]
    sentence = said(
        "in one segment frames {addresses}, and whether they are all from whom the address means is not known",
        addresses=listed(shown, len(by_address) - _SHOWN),
    )
    return Obstacle(Cause.SENDER, sentence)


def _senders(end: DoubtfulEnd, case: JudgedFacts) -> Said:
    """``from 10.20.1.5 come from 02:00:… (frame 3) and 02:11:… (frame 305)``."""
    return said("from {address} come from {macs}", address=end.address, macs=_macs(end, case))


def _instead(end: DoubtfulEnd, case: JudgedFacts) -> Said:
    """``from 10.20.1.5, which is given to 02:00:…, come from 02:11:… (frame 3)``."""
    return said(
        "from {address}, which is given to {given}, come from {macs}",
        address=end.address,
        given=listed(end.given[:_SHOWN], len(end.given) - _SHOWN),
        macs=_macs(end, case),
    )


def _macs(end: DoubtfulEnd, case: JudgedFacts) -> Said:
    every = [_sender(end.capture, mac, frame, case) for mac, frame in zip(end.macs, end.frames, strict=True)]
    return listed(every[:_SHOWN], len(every) - _SHOWN)


def _sender(capture: str, mac: str, frame: int, case: JudgedFacts) -> Said | str:
    if not frame:
        return mac
    source, number = case.files.one(capture, frame)
    if case.files.several(capture):
        return said("{mac} (frame {n} of {file})", mac=mac, n=number, file=source)
    return said("{mac} (frame {n})", mac=mac, n=number)


def _claim(names: Sequence[str], case: JudgedFacts) -> str:
    """Address of the first who said on the wire that he is called so."""
    wanted = [name.casefold() for name in names]
    said = case.tables["identities"].filter(
        pl.col("field").is_in(NAMES) & pl.col("value").str.to_lowercase().is_in(wanted)
    )
    found = said.sort("first_time", "ip", "mac", nulls_last=True).head(1).to_dicts()
    return next((row["ip"] or row["mac"] for row in found), "")


def scoped(rule: Rule, case: JudgedFacts) -> list[Unbound]:
    """Names whose roles the rule's scope is about: while they mean nobody, nobody knows that there is no subject."""
    if case.worlds is None or rule.where is None:
        return []
    asked = frozenset(_roles(rule.where))
    return [meant for meant in case.worlds.unbound if not asked.isdisjoint(role for role, _ in meant.roles)]


def _roles(selection: Selection) -> Iterator[str]:
    match selection:
        case Test(column, matches) if column.endswith("roles"):
            for one in matches:
                if isinstance(one, Like) and len(one.pieces) == 1 and isinstance(one.pieces[0], str):
                    yield one.pieces[0]
        case And(parts) | Or(parts):
            for part in parts:
                yield from _roles(part)
        case _:
            return


def _looked_at(rule: Rule) -> Iterator[str]:
    """Columns that the rule's verdict depends on."""
    selections = [rule.where, rule.fail, rule.unknown_when, rule.review.when if rule.review else None]
    for selection in selections:
        if selection is not None:
            yield from columns_of(selection)
            yield from _companions(selection, rule.table)
    yield from rule.leads_from


def _companions(selection: Selection, table: str) -> Iterator[str]:
    """Columns of zones that address tests look at."""
    for test in tests_of(selection):
        if any(isinstance(m, InZone) for m in test.matches):
            yield companion(table, test.column) or test.column
