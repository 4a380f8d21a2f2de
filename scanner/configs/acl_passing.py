"""What a list lets through, entry by entry: for certain, and perhaps."""

from __future__ import annotations

from typing import NamedTuple

from scanner.configs import acl_packets
from scanner.configs.acl_entries import AclEntry
from scanner.packet_sets import Boxes, difference, intersection, union


class Passing(NamedTuple):
    """So far.

    left, may_be_left: what no entry has matched for certain, and what none may have; passed, may_pass: what was let
    through for certain, and what may have been.
    """

    left: Boxes
    may_be_left: Boxes
    passed: Boxes = ()
    may_pass: Boxes = ()

    @classmethod
    def before(cls, packets: Boxes) -> Passing:
        """Nothing was matched yet."""
        return cls(packets, packets)

    def behind(self, one: AclEntry, version: int) -> Passing:
        """The same behind another entry."""
        entry = acl_packets.entry("", one, version, {})
        passed, may_pass = self.passed, self.may_pass
        if entry.permit:
            passed = union(passed, intersection(self.left, entry.sure))
            if not one.source.startswith("group "):  # one that held everybody would stand as that
                may_pass = union(may_pass, intersection(self.may_be_left, entry.most))
        left = difference(self.left, entry.sure if entry.permit else entry.most)
        return Passing(left, difference(self.may_be_left, entry.sure), passed, may_pass)
