"""Remarks about writers: those whom no conduit lets through, and targets that mean two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from scanner.policy.audit.names import is_role
from scanner.policy.audit.remarks import Remark, RemarkSeverity, Row, Subject, remark
from scanner.policy.cover import covers_members
from scanner.policy.services import ANY, parse_service

_USUAL = {"write", "operate"}


def remarks(subject: Subject) -> Iterator[Remark]:
    """All of them."""
    zones = {zone["zone"] for zone in subject["zones"]}
    for writer in subject["writers"]:
        yield from _ambiguous(subject, writer, zones)
        if zones:
            yield from _stopped(subject, writer, zones)


def _ambiguous(subject: Subject, writer: Row, zones: set[str]) -> Iterator[Remark]:
    for word in writer["targets"]:
        if word in zones and subject.directory.lists(word):
            what = f"target {word} is the id of a zone and the name of a device; the zone is meant"
            yield remark(
                RemarkSeverity.WARNING,
                writer,
                "ambiguous-target",
                what,
                "write the device's address, or rename the zone",
            )


def _stopped(subject: Subject, writer: Row, zones: set[str]) -> Iterator[Remark]:
    """A client and a target of which every conduit between their zones forbids the writing."""
    for client, target in product(writer["clients"], writer["targets"]):
        sources = None if is_role(subject, client) else subject.directory.zones_of(client)
        targets = frozenset([target]) if target in zones else subject.directory.zones_of(target)
        if not sources or not targets or not sources.isdisjoint(targets):
            continue
        between = [c for c in subject["conduits"] if any(_leads(c, s, t) for s, t in product(sources, targets))]
        words, spoken = subject.directory.words(client), writer["protocols"]
        stopped = [verb for verb in writer["verbs"] if not any(_lets(c, words, verb, spoken) for c in between)]
        if len(stopped) == 1 and set(writer["verbs"]) == _USUAL:
            continue  # an entry that does not say which
        if stopped:
            way = f"from zone '{', '.join(sorted(sources))}' to zone '{', '.join(sorted(targets))}'"
            what = f"{client} may {' and '.join(stopped)} {target}, but no conduit {way} lets it"
            remedy = "add it to a conduit, or remove the writer"
            yield remark(RemarkSeverity.WARNING, writer, "writer-without-conduit", what, remedy)


def _leads(conduit: Row, source: str, target: str) -> bool:
    ends = conduit["from_zone"], conduit["to_zone"]
    return ends == (source, target) or (conduit["both_ways"] and ends == (target, source))


def _lets(conduit: Row, words: Iterable[str], verb: str, protocols: Iterable[str]) -> bool:
    """A client who is called by all these words may pass; a conduit that names a port may carry any protocol."""
    if conduit["verbs"] and verb not in conduit["verbs"]:
        return False
    if not any(covers_members(conduit["clients"], [word]) for word in words):
        return False
    protocols = set(protocols)
    ports = any(parse_service(text) is not None for text in conduit["protocols"])
    return not protocols or ports or ANY in conduit["protocols"] or not protocols.isdisjoint(conduit["protocols"])
