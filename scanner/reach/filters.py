"""What passes a filter: at most this, and for certain at least that."""

from __future__ import annotations

from collections.abc import Callable

from scanner.configs.forwarding import Filter, Place
from scanner.packet_sets import Boxes, OnePacket, difference, intersection, union
from scanner.wording import Said, said

Note = Callable[[Said, Place], None]
_DENIED = said("an entry denies")
_UNDEFINED = said("a filter is named but not defined, or not by itself")
_DISORDERED = said("the device orders the entries of a filter itself")
_REST_UNTOLD = said("what becomes of packets that no entry matches is not told")


def may_pass(one: Filter, boxes: Boxes, closes: Note, doubts: Note) -> Boxes:
    """The packets that the filter may let through.

    closes: told of the lines that drop some of them. doubts: of what keeps the answer from being certain.
    """
    if not one.defined:
        doubts(_UNDEFINED, one.place)
        return boxes
    if not one.ordered:
        doubts(_DISORDERED, one.place)
        return boxes
    passed: Boxes = ()
    left = boxes
    for entry in one.entries:
        hit = intersection(left, entry.most)
        if not hit:
            continue
        if entry.doubt:
            doubts(entry.doubt, entry.place)
        if entry.permit is not False:
            passed = union(passed, hit)
        elif entry.sure and intersection(left, entry.sure):
            closes(_DENIED, entry.place)
        if entry.permit is not None:
            left = difference(left, entry.sure)
        if not left:
            return passed
    if one.permits_rest is False:
        closes(said("no entry of list {name} matches", name=one.name), one.place)
        return passed
    if one.permits_rest is None:
        doubts(_REST_UNTOLD, one.place)
    return union(passed, left)


def sure_to_pass(one: Filter, boxes: Boxes) -> Boxes:
    """The packets that the filter lets through for certain.

    What may be permitted by an entry but need not be goes on, since a later one may settle it either way.
    """
    if not one.defined or not one.ordered:
        return ()
    passed: Boxes = ()
    left = boxes
    for entry in one.entries:
        if entry.permit:
            hit = intersection(left, entry.sure)
            passed = union(passed, hit)
            left = difference(left, entry.sure)
        else:
            left = difference(left, entry.most)
        if not left:
            return passed
    return union(passed, left) if one.permits_rest else passed


def deciding(one: Filter, packet: OnePacket) -> Place:
    """The line that lets a packet through which certainly passes."""
    for entry in one.entries:
        if entry.permit and any(packet.within(box) for box in entry.sure):
            return entry.place
    return one.place
