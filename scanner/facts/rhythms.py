"""What is usual in a conversation and how far it was from it: columns of the table ``flows``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.facts.silences import silences
from scanner.protocols.base import Verb

if TYPE_CHECKING:  # what captures need, which configurations have not
    from scanner.capture.result import CaptureResult
    from scanner.facts.understand import Understood

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
SOON = 30  # seconds within which a standby takes over
FEWEST_MINUTES = 5  # besides the worst that tell what is usual
_NS = 1e9


def rhythm_columns(result: CaptureResult, understood: Understood) -> dict[str, pl.Series | list[list[int]]]:
    """The columns that a capture fills."""
    rows = result.rhythms
    reads = _reads(result, understood)
    compared = np.where(reads[rows["request"]], rows["answers"], 0)
    found = silences(result, reads[:-1])
    return {
        "retransmissions_minute": pl.Series(rows["again_most"].copy()),
        "retransmissions_minute_time": pl.Series(rows["again_most_at"].copy()),
        "answers_compared": known_where(compared, compared > 0),
        "answer_usual": known_where(rows["usual"] / _NS, compared > 0),
        "answer_slowest": known_where(rows["slowest"] / _NS, compared > 0),
        "answer_slowest_time": pl.Series(np.where(compared > 0, rows["slowest_at"], 0)),
        "client_ttls": _both(rows["hops"][:, 0]),
        "server_ttls": _both(rows["hops"][:, 1]),
        "ttl_frame": known_where(rows["other_frame"], rows["other_frame"] > 0),
        "looped": pl.Series(rows["looped"].copy()),
        "looped_frame": known_where(rows["looped_frame"], rows["looped_frame"] > 0),
        "polls": known_where(found.polls, found.polls > 0),
        "silence": known_where(found.lasted / _NS, found.polls > 0),
        "silence_time": pl.Series(found.start),
        "silent": pl.Series(found.who, dtype=pl.String),
    }


def known_where(values: npt.NDArray[np.generic], where: Truths) -> pl.Series:
    """The values as a column, null elsewhere."""
    return pl.Series(np.ascontiguousarray(values)).set(pl.Series(~where), None)


def _both(hops: Numbers) -> list[list[int]]:
    return [[] if not other else [first, other] for first, other in hops.tolist()]


def _reads(result: CaptureResult, understood: Understood) -> Truths:
    """Of each message whether it reads something; the last, which is none, does not."""
    found = np.zeros(len(result.messages) + 1, np.bool_)
    operations = understood.operations
    found[operations.message[operations.where(pl.col("verb") == Verb.READ)]] = True
    return found


def ended_elsewhere(flows: pl.DataFrame) -> pl.Series:
    """Of each flow with a silence, whether it is none: the same two were seen elsewhere later, or another device took
    the place of one of them soon and for long, as a standby does.
    """
    named = flows.select(
        *("capture", "client", "server", "protocol", "first_time", "last_time", "polls", "client_bytes"),
        *("silence", "silence_time"),
    ).with_row_index()
    silent = named.filter((pl.col("silence") > 0) & pl.col("silence_time").is_not_null())
    if not silent.height:
        return pl.Series("silence_ended_elsewhere", [None], pl.Boolean).new_from_index(0, flows.height)
    others = named.filter(pl.col("client_bytes") > 0)
    found = [_moved(silent, others), *(_replaced(silent, others, end) for end in ("client", "server"))]
    row = pl.col("index")
    ended = pl.when(row.is_in(silent["index"].implode())).then(row.is_in(pl.concat(found).implode()))
    return named.select(silence_ended_elsewhere=ended).to_series()


def _moved(silent: pl.DataFrame, others: pl.DataFrame) -> pl.Series:
    """Those whose two ends were seen later in another recording, or began another conversation."""
    pair = ["client", "server"]
    latest = others.group_by(*pair, "capture").agg(begun=pl.col("first_time").max(), ended=pl.col("last_time").max())
    beside = silent.select("index", "capture", *pair, "silence_time").join(latest, on=pair)
    here, late = pl.col("capture") == pl.col("capture_right"), pl.col("silence_time") + pl.duration(seconds=1)
    return beside.filter(pl.when(here).then(pl.col("begun") > late).otherwise(pl.col("ended") > late))["index"]


def _replaced(silent: pl.DataFrame, others: pl.DataFrame, end: str) -> pl.Series:
    """Those in whose place another conversation of this end began soon, which is polled as well and lasted."""

    def spell(time: pl.Expr) -> pl.Expr:  # so that only what is near in time is compared
        return time.dt.epoch("s") // SOON

    begun, key = pl.col("first_time"), [end, "protocol", "spell"]
    lasted = (pl.col("last_time") - begun).dt.total_seconds()
    polled = others.filter(pl.col("polls") > 0).with_columns(spell=spell(begun))
    longest = polled.group_by(key).agg(begun=begun.max(), lasted=lasted.max())
    asked = silent.select("index", end, "protocol", "silence", "silence_time", spell=spell(pl.col("silence_time")))
    asked = pl.concat([asked, asked.with_columns(pl.col("spell") + 1)])
    beside = asked.join(longest, on=key).filter(pl.col("begun") > pl.col("silence_time"))
    return beside.filter(2 * pl.col("lasted") >= pl.col("silence"))["index"]


def times_as_much(flows: pl.DataFrame) -> list[pl.Series]:
    """Of each flow, how many times as long the slowest answers took as usual, and how many times as many segments came
    again in the worst minute as in the others.
    """
    minutes = (pl.col("last_time") - pl.col("first_time")).dt.total_seconds() / 60 - 1
    worst = pl.col("retransmissions_minute")
    others = (pl.col("retransmissions") - worst) / minutes
    many = pl.when((worst > 0) & (minutes >= FEWEST_MINUTES)).then(worst / pl.max_horizontal(others, pl.lit(1.0)))
    slow = pl.when(pl.col("answer_usual") > 0).then(pl.col("answer_slowest") / pl.col("answer_usual"))
    return flows.select(answer_times=slow, retransmissions_times=many).get_columns()
