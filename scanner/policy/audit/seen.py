"""Remarks on what captures show beside a policy: devices outside all zones, zones and conduits without traffic."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.policy.audit.remarks import Remark, RemarkSeverity, Subject, remark

_NAMED = 5  # devices that one remark names


def remarks(subject: Subject) -> Iterator[Remark]:
    """None without a capture."""
    seen = subject.seen
    if seen is None:
        return
    for conduit in seen.conduits:
        if conduit["used"] is False:
            what = f"no traffic was seen in conduit '{conduit['conduit']}'"
            remedy = "remove it if nobody needs it; a longer capture may show it used"
            yield remark(RemarkSeverity.NOTE, conduit, "unused-conduit", what, remedy)
    for zone in seen.zones:
        if zone["seen"] is False:
            what = f"no device of zone '{zone['zone']}' was seen"
            yield remark(RemarkSeverity.NOTE, zone, "unseen-zone", what, "capture there, or correct its members")
    outside = [d for d in seen.devices if not d["zone"] and not (d["public"] and not d["mac"])]
    if outside and subject["zones"]:
        names = ", ".join(d["name"] for d in outside[:_NAMED])
        more = f" and {len(outside) - _NAMED:,} more" if len(outside) > _NAMED else ""
        said = "1 device seen is" if len(outside) == 1 else f"{len(outside):,} devices seen are"
        what = f"{said} in no zone: {names}{more}"
        yield remark(RemarkSeverity.WARNING, subject["zones"][0], "seen-in-no-zone", what, "add them to zones")
