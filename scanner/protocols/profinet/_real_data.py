"""What a PROFINET device has found out of its ports: who is at the other end, and its part in a ring (MRP).

Written from IEC 61158-6-10 section 5.2 (PDPortDataReal, PDInterfaceMrpDataReal, PDPortMrpDataReal, MrpRingStateData).
The device answers so when it is asked; nothing proves that it speaks the truth.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from scanner.protocols.base import Kind, Malformed, Operation, Verb
from scanner.protocols.common.text import readable
from scanner.protocols.profinet._blocks import Address, Block, blocks, place, word
from scanner.wording import Said, joined, said, verbatim

MULTIPLE, PORT_REAL, RING_REAL, RING_PORT_REAL, _RING_STATE = 0x0400, 0x020F, 0x0212, 0x0215, 0x0219
RECORDS = {0x802A: PORT_REAL, 0x8050: RING_REAL, 0x8054: RING_PORT_REAL}  # records that hold one such block
_ROLES = {
    0: said("takes part in no ring"),
    1: said("client of the ring"),
    2: said("manager of the ring"),
    3: said("automanager of the ring"),
}
_STATES = {0: said("ring open"), 1: said("ring closed")}
_ANY_DOMAIN = b"\xff" * 16


def found_out(record: bytes, asked: Address) -> Iterator[Operation]:
    """A row for each port with its peers, and for each ring, as far as the record was kept."""
    where = (asked.slot, asked.subslot)
    for block in _whole(record, 0):
        if block.type == MULTIPLE and len(block.data) >= 16:
            inside = (word(block.data, 12), word(block.data, 14))
            for inner in _whole(block.data, 16):
                yield from _row(inner, *inside)
        else:
            yield from _row(block, *where)


def _whole(data: bytes, at: int) -> Iterator[Block]:
    """The blocks that were kept whole."""
    try:
        for block in blocks(data, at):
            if len(block.data) < 4 + word(block.data, 2):
                return
            yield block
    except Malformed:
        return


def _row(block: Block, slot: int, subslot: int) -> Iterator[Operation]:
    if block.type == PORT_REAL and block.data[4:5] == b"\1" and len(block.data) > 13:
        yield from _port(block.data)
    elif block.type == RING_REAL and block.data[4:5] == b"\1":
        yield from _ring(block.data, slot, subslot)
    elif block.type == RING_PORT_REAL and block.data[4:6] == b"\1\0" and len(block.data) >= 24:
        yield _notice(
            "PDPortMrpDataReal", block.type, place(0, slot, subslot), _domain(block.data[8:24]), said("ring port")
        )


def _notice(function: str, kind: int, where: Said, thing: str, detail: Said) -> Operation:
    return Operation(
        Verb.IDENTIFY,
        function,
        Kind.NOTICE,
        f"0x{kind:04X}",
        where,
        thing,
        detail,
        filter=f"pn_io.block_type == 0x{kind:04x}",
    )


def _port(data: bytes) -> Iterator[Operation]:
    """One row for each peer; a port without one says so."""
    slot, subslot = word(data, 8), word(data, 10)
    own, at = _text(data, 12)
    count = data[at] if at < len(data) else 0
    at += 1 + -(at + 1) % 4
    peers = []
    for _ in range(count):
        port, at = _text(data, at)
        station, at = _text(data, at)
        at += -at % 4 + 12  # line delay, MAC address of the peer's port, padding
        if at > len(data) or not station:
            break
        peers.append(said("next to port {port} of {name}", port=port, name=station))
    for words in peers or [said("next to nobody")] if len(peers) == count else peers:
        yield _notice("PDPortDataReal", PORT_REAL, place(0, slot, subslot), f"port {own}", words)


def _ring(data: bytes, slot: int, subslot: int) -> Iterator[Operation]:
    """Version 1.0 and 1.1; of several rings (1.2) the structure is another."""
    if data[5] > 1 or len(data) < 28:
        return
    domain, role = data[8:24], word(data, 24)
    name, at = _text(data, 28 if data[5] else 26)
    at += 0 if data[5] else 2  # version 1.0 has the protocol's version behind the name
    states = [word(b.data, 6) for b in _whole(data, at + -at % 4) if b.type == _RING_STATE and len(b.data) >= 8]
    words = (
        _ROLES.get(role) or said("role {n}", n=role),
        *(_STATES[state] for state in states if state in _STATES),
        verbatim(f'"{name}"') if name else "",
    )
    yield _notice("PDInterfaceMrpDataReal", RING_REAL, place(0, slot, subslot), _domain(domain), joined(words))


def _domain(raw: bytes) -> str:
    return "default domain" if raw == _ANY_DOMAIN else f"domain {uuid.UUID(bytes=raw)}"


def _text(data: bytes, at: int) -> tuple[str, int]:
    """A text with its length in front, and where it ends; empty where it is not whole."""
    size = data[at] if at < len(data) else 0
    end = at + 1 + size
    return (readable(data[at + 1 : end], 240) if end <= len(data) else ""), end
