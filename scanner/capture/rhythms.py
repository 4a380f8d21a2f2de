"""What is usual in each conversation, and what was furthest from it, as the kernel has noted it, with times as they
certainly are at most or at least.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scanner.capture.result import ANSWER_CLASSES, ANSWER_FINEST, ANSWER_GROUP, RHYTHM

Tables = dict[str, Any]
Numbers = Any  # an array of numpy

_MINUTE = 60_000_000_000
_FEWEST_GROUPS = 8  # that tell what is usual


def rhythms(tables: Tables, place: Numbers, turned: Numbers, size: int, messages: Numbers) -> Any:
    """Rows of RHYTHM, one for each of ``size`` conversations. A row of the kernel goes to its ``place``, -1 to none;
    ``turned``: its client is the server. messages: where each of the kernel's went.
    """
    found = np.zeros(size, RHYTHM)
    found["request"] = -1
    rows = tables["rhythms"]
    telling = (rows["again_most"] > 0) | (rows["looped"] > 0) | (rows["client_other"] > 0) | (rows["server_other"] > 0)
    for row in np.flatnonzero((place >= 0) & telling).tolist():
        _add(found[place[row]], rows[row], turned=bool(turned[row]))
    _compare(found, rows["delays"], place, tables["delays"], messages)
    return found


def _add(into: Any, row: Any, *, turned: bool) -> None:
    if row["again_most"] > into["again_most"]:
        into["again_most"], into["again_most_at"] = row["again_most"], int(row["again_most_at"]) * _MINUTE
    into["looped"] += row["looped"]
    into["looped_frame"] = into["looped_frame"] or row["looped_frame"]
    for end, name in enumerate(("server", "client") if turned else ("client", "server")):
        if row[f"{name}_other"]:
            into["hops"][end] = row[f"{name}_hops"], row[f"{name}_other"]
            into["other_frame"] = row["other_frame"]


def _compare(found: Any, lanes: Numbers, place: Numbers, delays: tuple[Any, Numbers], messages: Numbers) -> None:
    """Fill what is known of answers: of rows of the kernel that went to one place, the one with the most of them."""
    known, groups = delays
    several = (groups.sum(axis=1) >= _FEWEST_GROUPS)[lanes]
    rows = np.flatnonzero((place >= 0) & (lanes > 0) & several)
    rows = rows[np.argsort(known["answers"][lanes[rows]], kind="stable")]  # of equal places the last one stays
    into, lane = place[rows], lanes[rows]
    so_far = np.cumsum(groups[lane].astype(np.int64), axis=1)
    usual = np.minimum(np.argmax(2 * so_far >= so_far[:, -1:], axis=1), ANSWER_CLASSES - 1)
    slowest = known["slowest"][lane].astype(np.int64)
    found["answers"][into] = so_far[:, -1] * ANSWER_GROUP
    found["request"][into] = messages[known["request"][lane]]
    found["usual"][into] = 1 << ANSWER_FINEST + usual
    found["slowest"][into] = np.where(slowest > 0, 1 << ANSWER_FINEST + np.maximum(slowest, 1) - 1, 0)
    found["slowest_at"][into] = known["slowest_at"][lane]
