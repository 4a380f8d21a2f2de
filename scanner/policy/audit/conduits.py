"""Remarks about conduits: shadowed, too wide, and with clients that are not in the zone they are to come from."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.policy.audit.remarks import Remark, RemarkSeverity, Row, Subject, remark
from scanner.policy.cover import covers
from scanner.policy.services import ANY, parse_service

_MANY_PORTS = 1024  # of one range, from which it is hardly a list of services any more


def remarks(subject: Subject) -> Iterator[Remark]:
    """All of them."""
    yield from _shadowed(subject)
    for conduit in subject["conduits"]:
        yield from _wide(conduit)
        yield from _clients(subject, conduit)


def _shadowed(subject: Subject) -> Iterator[Remark]:
    by_ends: dict[frozenset[str], list[Row]] = {}
    for conduit in subject["conduits"]:
        by_ends.setdefault(frozenset((conduit["from_zone"], conduit["to_zone"])), []).append(conduit)
    for together in by_ends.values():
        for number, conduit in enumerate(together):
            wider = next((o for n, o in enumerate(together) if n != number and _shadows(o, conduit, n < number)), None)
            if wider is not None:
                what = f"conduit '{conduit['conduit']}' allows nothing that '{wider['conduit']}' does not allow already"
                remedy = f"remove it or narrow '{wider['conduit']}' ({wider['source']} line {wider['line']})"
                yield remark(RemarkSeverity.WARNING, conduit, "shadowed-conduit", what, remedy)


def _shadows(wide: Row, narrow: Row, earlier: bool) -> bool:
    """Of two that say the same, the earlier one shadows the later."""
    return covers(wide, narrow) and (earlier or not covers(narrow, wide))


def _wide(conduit: Row) -> Iterator[Remark]:
    for text in conduit["protocols"]:
        service = parse_service(text)
        ports = service.high - service.low + 1 if service and service.transport in ("tcp", "udp", "sctp") else 0
        if text == ANY or ports >= _MANY_PORTS:
            said = "everything" if text == ANY else f"{ports:,} ports"
            what = f"conduit '{conduit['conduit']}' allows {said} ({text})"
            yield remark(
                RemarkSeverity.WARNING, conduit, "wide-conduit", what, "name the protocols or ports that are needed"
            )


def _clients(subject: Subject, conduit: Row) -> Iterator[Remark]:
    ends = {conduit["from_zone"], conduit["to_zone"]} if conduit["both_ways"] else {conduit["from_zone"]}
    for client in conduit["clients"]:
        zones = subject.directory.zones_of(client)
        if zones is not None and zones.isdisjoint(ends):
            where = f"in zone '{', '.join(sorted(zones))}'" if zones else "in no zone"
            named = " or ".join(f"'{end}'" for end in sorted(ends))
            what = f"client {client} of conduit '{conduit['conduit']}' is {where}, not in {named}"
            remedy = "correct the client or the zone it comes from; as it is, the conduit never lets it through"
            yield remark(RemarkSeverity.ERROR, conduit, "client-outside", what, remedy)
