"""When conversations were busy, and what ICMP they carried: columns of the table ``flows``."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import polars as pl

from scanner.capture.result import STRETCH, Conversation

_OLD = {  # RFC 792, 950, 1256
    0: "echo reply",
    3: "unreachable",
    4: "source quench",
    5: "redirect",
    8: "echo request",
    9: "router advertisement",
    10: "router solicitation",
    11: "time exceeded",
    12: "parameter problem",
    13: "timestamp request",
    14: "timestamp reply",
    17: "address mask request",
    18: "address mask reply",
}
_NEW = {  # RFC 4443, 4861, 2710, 3810; the kernel notes errors (types 1 to 4) as the last four
    128: "echo request",
    129: "echo reply",
    130: "group query",
    131: "group report",
    132: "group done",
    133: "router solicitation",
    134: "router advertisement",
    135: "neighbour solicitation",
    136: "neighbour advertisement",
    137: "redirect",
    143: "group report",
    188: "parameter problem",
    189: "unreachable",
    190: "packet too big",
    191: "time exceeded",
}


def icmp_names(kinds: Collection[int], *, version_6: bool) -> list[str]:
    """The kinds of messages in words, each once; those without a name by number."""
    names = _NEW if version_6 else _OLD
    return list(dict.fromkeys(names.get(kind, f"type {kind}") for kind in sorted(kinds)))


def activity(conversations: Sequence[Conversation]) -> dict[str, pl.Series]:
    """The columns ``activity_*``: a list each, empty for conversations that have no series."""
    found = [(row, c.activity) for row, c in enumerate(conversations) if c.activity is not None]
    # as bytes: numpy would look at every field of every array
    stretches = np.frombuffer(b"".join([rows.tobytes() for _, rows in found]), STRETCH)
    owners = np.repeat([row for row, _ in found], [len(rows) for _, rows in found]).astype(np.int64)
    columns = {
        "activity_starts": stretches["start"],
        "activity_width": stretches["end"] - stretches["start"] + 1,
        **{f"activity_{name}": stretches[name] for name in (STRETCH.names or ())[2:]},
    }
    flat = pl.DataFrame({"row": owners, **{name: np.ascontiguousarray(values) for name, values in columns.items()}})
    lists = flat.group_by("row", maintain_order=True).agg(pl.all())
    every = pl.DataFrame({"row": pl.int_range(len(conversations), eager=True)})
    beside = every.join(lists, on="row", how="left", maintain_order="left")
    empty = pl.lit([], pl.List(pl.Int64))
    return {name: beside.select(pl.col(name).fill_null(empty))[name] for name in columns}
