"""What options of TCP say of who sent the messages in it, for protocols whose ends prove themselves by them."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.capture.kernel.decode.packet import SIGNATURES, UNSIGNED_SEGMENT, UNTOLD_SEGMENT
from scanner.protocols.base import Session
from scanner.wording import said


def proved_by(signatures: Iterable[int]) -> Session:
    """signatures: of each end, the bits of all its segments with payload.

    An end that has a key sends no segment without its proof and takes none, so that one without, among others with it,
    is forged or of a connection before: nobody can tell what the ends agree on.
    """
    seen = 0
    for bits in signatures:
        seen |= bits
    named = [name for bit, name in SIGNATURES.items() if seen & bit]
    if not seen or seen & UNTOLD_SEGMENT:
        return Session(unread=("credentials",))
    if not named:
        return Session(credentials="none")
    if seen & UNSIGNED_SEGMENT:
        return Session(unread=("credentials",), detail=said("only some segments prove who sent them"))
    return Session(detail=said("messages authenticated by {name}", name=", ".join(named)))
