"""How far a rule is, how sure its failing is and whose work it makes: ``state``, ``confidence`` and ``audience``."""

from __future__ import annotations

from typing import NamedTuple

from scanner.engine.definitions.files import NURSERY
from scanner.engine.definitions.rules import EVIDENCE_FAMILY, RuleState
from scanner.engine.language.checked_yaml import Collector
from scanner.results.ratings import Audience, Confidence
from scanner.wording import said

KEYS = ("state", "confidence", "audience")
_ENGINEER, _NETWORK, _SECURITY = Audience.CONTROL_ENGINEER, Audience.NETWORK_ENGINEER, Audience.SECURITY_OFFICER
_AUDIENCES: dict[str, tuple[Audience, ...]] = {
    **dict.fromkeys(
        ("operations", "publications", "state_changes", "malformed", "identities", "devices"), (_ENGINEER,)
    ),
    **dict.fromkeys(
        (
            "settings",
            "acl_permits",
            "forwarding",
            "proofs",
            "neighbours",
            "stations",
            "switch_ports",
            "cables",
            "occupied_ports",
            "located_devices",
            "flows",
            "sightings",
            "addresses",
            "resolutions",
            "subscriptions",
            "countries",
            "certificate_chains",
            "authorities",
            "exports",
        ),
        (_NETWORK,),
    ),
    **dict.fromkeys(
        ("conduits", "conduit_parts", "export_entries", "zones", "writers", "undecided", "roles", "change_windows"),
        (_SECURITY,),
    ),
    **dict.fromkeys(("captures", "files", "observations"), (Audience.AUDITOR,)),
    **dict.fromkeys(("advisories", "known_exploited", "exposures"), (_ENGINEER, _SECURITY)),
    **dict.fromkeys(("life_cycles", "supported_assets"), (_ENGINEER, Audience.MANAGER)),
    "sessions": (_ENGINEER, _SECURITY),
    "inventory": (_ENGINEER, Audience.MANAGER),
}
"""By the table that a rule judges, where it does not say itself."""


class RuleStanding(NamedTuple):
    """The three of them."""

    state: RuleState
    confidence: Confidence
    audience: tuple[Audience, ...]


def read_standing(notes: Collector, family: str, table: str, *, counts: bool, in_nursery: bool) -> RuleStanding:
    """What the rule says of itself, else what follows from where it lies and what it looks at.

    counts: it judges by how much there is of something, so the reason may be an innocent one.
    """
    usual = RuleState.NURSERY if in_nursery else RuleState.STABLE
    state = RuleState(notes.word(("state",), tuple(RuleState), usual))
    if in_nursery and state is not RuleState.NURSERY:
        what = said("a rule in a folder '{folder}' is in the nursery", folder=NURSERY)
        notes.note(("state",), what, said("move it out of there, or remove this line"))
    sure = Confidence.MEDIUM if counts else Confidence.HIGH
    if state is RuleState.NURSERY:
        sure = Confidence.LOW
    audience = _AUDIENCES.get(table, (_SECURITY,)) if family != EVIDENCE_FAMILY else (Audience.AUDITOR,)
    return RuleStanding(
        state,
        Confidence(notes.word(("confidence",), tuple(Confidence), sure)),
        tuple(map(Audience, notes.words(("audience",), tuple(Audience)))) or audience,
    )
