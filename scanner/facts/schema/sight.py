"""Columns that say what was seen of each direction of a conversation."""

from __future__ import annotations

from scanner.facts.schema.columns import Column


def sight() -> tuple[Column, ...]:
    """Columns of what was seen of each direction of a flow, and what is known not to have been seen."""
    return tuple(
        column
        for end in ("client", "server")
        for column in (
            Column(f"{end}_first_time", "time", f"first packet of the {end}"),
            Column(f"{end}_last_time", "time", f"last packet of the {end}"),
            Column(
                f"{end}_missing",
                "int",
                f"payload that the {end} sent, as sequence or acknowledgement numbers prove, and that was not captured",
                "bytes",
            ),
            Column(
                f"{end}_unread",
                "int",
                f"payload of the {end}, missing or captured, in which a message may lie that was not read",
                "bytes",
            ),
            Column(
                f"{end}_encrypted",
                "int",
                f"payload of the {end} in encrypted messages of a protocol that has others, too (SMB 3)",
                "bytes",
            ),
            Column(f"{end}_cut", "int", f"packets of the {end} that the snap length cut"),
            Column(
                f"{end}_contradictory",
                "int",
                f"packets of the {end} that differ from others for the same place in a stream or datagram, so that "
                "nobody can tell which of them the receiver took",
            ),
            Column(
                f"{end}_discarded",
                "int",
                f"packets of the {end} that the receiver cannot have taken (wrong checksum, time to live ran out)",
            ),
            Column(f"{end}_doubt_frame", "int", f"first frame that shows any of this of the {end}"),
        )
    )
