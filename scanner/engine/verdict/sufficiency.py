"""Whether the inputs suffice to believe silence: a pass or a "not applicable" must be earned.

The limits are in docs/evidence.md with their reasons.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.engine.definitions.rules import Rule
from scanner.engine.language.selections import possible_words
from scanner.engine.obstacles import Obstacle
from scanner.engine.verdict import places
from scanner.engine.verdict.encrypted_messages import in_encrypted_messages
from scanner.engine.verdict.judged_facts import Captured, JudgedFacts
from scanner.engine.verdict.unheard import unheard
from scanner.engine.words import first_of, input_name, share
from scanner.facts.schema import EXPOSURES
from scanner.results.model import Cause
from scanner.wording import said

ABSENCE_SECONDS = 60.0  # of capture, before "there is none here" is believed, unless the rule says otherwise
MOST_NOT_UNDERSTOOD = 0.5  # of packets
_SHOWN = 3  # entries of an inventory and devices that are named


def somewhere(rule: Rule, case: JudgedFacts, wanted: float) -> list[Obstacle]:
    """Why silence is not believed of the places that the rule is about: they were to be seen for ``wanted`` seconds."""
    if "capture" not in rule.needs or not case.captured.packets:
        return []
    return places.obstacles(places.shortfalls(rule, case, wanted), case, wanted)


def nowhere(rule: Rule, case: JudgedFacts, *, absence: bool) -> list[Obstacle]:
    """Why silence is not believed anywhere: doubts that have no place, and hold for all zones.

    absence: no subject was found at all, so the inputs must show that there can be none.
    """
    authority = not rule.review or all(map(case.facts.has, rule.review.authority))
    found = [
        Obstacle(
            Cause.UNREAD,
            said("{file} ({input}) was not read completely", file=source, input=input_name(kind)),
        )
        for kind in rule.needs
        if kind != "capture"
        for source in case.incomplete(kind)
    ]
    if "configuration" in rule.needs:
        found += _of_configurations(rule, case)
    if rule.table == EXPOSURES.name:
        found += case.once(f"sufficiency: concerned {absence}", lambda: list(_of_concerned(case, absence=absence)))
    if "capture" in rule.needs and (absence or rule.table != "captures"):  # captures are no less subjects when bad
        found += _of_captures(case.captured)
        found += case.sight.doubts(rule, authority=authority)
        found += in_encrypted_messages(rule, case, authority=authority)
        found += unheard(rule, case)
    return found


def _of_configurations(rule: Rule, case: JudgedFacts) -> Iterator[Obstacle]:
    """Lines that are not understood, where they may be about what the rule judges."""
    for source, categories in case.left_open():
        selects = rule.table == "settings" and rule.where
        touched = possible_words(rule.where, "category", categories) if selects and rule.where else categories
        if touched:
            what = said(
                "{file} has lines about {categories} that are not understood",
                file=source,
                categories=", ".join(sorted(touched)),
            )
            yield Obstacle(Cause.UNREAD, what)


def _of_concerned(case: JudgedFacts, *, absence: bool) -> Iterator[Obstacle]:
    """Assets that an advisory may be about, for all that anybody says of them. absence: no row says so of any asset."""
    from scanner.facts.concerned import not_excluded, unidentified  # which only advisories need

    if absence and not case.tables["advisories"].height:
        yield Obstacle(Cause.NOTHING_SEEN, said("no advisory names a product"))
    elif absence and not case.tables["inventory"].height:
        yield Obstacle(Cause.NOTHING_SEEN, said("the inventory is empty"))
    elif absence and (others := not_excluded(case.tables)):
        which = first_of(others[:_SHOWN], len(others) - len(others[:_SHOWN]), "inventory")
        what = "too little is known of their kind, maker and model to exclude that an advisory is about them: {which}"
        yield Obstacle(Cause.UNJUDGED, said(what, which=which))
    elif rows := unidentified(case.tables):
        which = first_of(rows[:_SHOWN], len(rows) - len(rows[:_SHOWN]), "devices")
        yield Obstacle(
            Cause.UNJUDGED,
            said("neither model nor order number is known, so an advisory may be about them: {which}", which=which),
        )


def seconds_wanted(rule: Rule, *, absence: bool, minimum_duration: float) -> float:
    """For how long each place that the rule is about must have been seen.

    minimum_duration: what the profile asks for, in seconds.
    """
    own = rule.minimum.duration
    return max(minimum_duration, (ABSENCE_SECONDS if absence else 0.0) if own is None else own)


def _of_captures(captured: Captured) -> Iterator[Obstacle]:
    if not captured.packets:
        yield Obstacle(Cause.NO_PACKETS, said("the captures hold no packets"))
        return
    for unread in captured.unread:
        yield Obstacle(Cause.UNREAD, said("a capture was not read completely ({what})", what=unread))
    if captured.not_understood_share > MOST_NOT_UNDERSTOOD:
        seen = share(captured.not_understood_share)
        yield Obstacle(Cause.NOT_UNDERSTOOD, said("{share} of the packets could not be decoded", share=seen))
