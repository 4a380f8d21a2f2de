"""Operations with their outcome: requests joined to the answers that the kernel paired with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.capture.result import FIRST_FRAMES, CaptureResult, Conversation, DistinctMessage
from scanner.facts.understand import Understood
from scanner.protocols.base import Kind, Operation, Verb


@dataclass(slots=True)
class _Tally:
    """One operation row being summed up over the distinct messages that carry it."""

    count: int = 0
    accepted: int = 0
    refused: int = 0
    unanswered: int = 0
    unobserved: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    first_time: int = 0
    last_time: int = 0
    frames: list[int] = field(default_factory=list)

    def see(self, message: DistinctMessage, count: int) -> None:
        self.count += count
        self.first_time = min(self.first_time, message.first_time) if self.frames else message.first_time
        self.last_time = max(self.last_time, message.last_time)
        if self.frames:
            self.frames = sorted({*self.frames, *message.frames})[:FIRST_FRAMES]
        else:
            self.frames = sorted(message.frames)

    def answer(self, refusal: str | None, count: int) -> None:
        if refusal is None:
            self.accepted += count
        else:
            self.refused += count
            self.refusals[refusal] = self.refusals.get(refusal, 0) + count


_Key = tuple[int, str, bool, str, Operation]  # conversation, protocol, swapped ends, seen_as, operation without outcome


def operation_rows(result: CaptureResult, understood: Understood) -> list[tuple[int, str, bool, dict[str, Any]]]:
    """(conversation, protocol, ends swapped, columns) for each distinct operation of the capture.

    The ends are swapped when the conversation's server is the one who asks.
    """
    operations = {index: [row for row in rows if isinstance(row, Operation)] for index, rows in understood.rows.items()}
    answers: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    paired: Counter[int] = Counter()
    for pairing in result.pairings:
        if operations.get(pairing.response):
            answers[pairing.request].append((pairing.response, pairing.count))
            paired[pairing.response] += pairing.count

    tallies: defaultdict[_Key, _Tally] = defaultdict(_Tally)
    for index, found in operations.items():
        message = result.messages[index]
        conversation = result.conversations[message.conversation]
        for position, operation in enumerate(found):
            if operation.kind is Kind.REQUEST:
                tally = tallies[_key(message, operation, "request")]
                tally.see(message, message.count)
                answered = 0
                for response, count in answers[index]:
                    tally.answer(_refusal(operations[response], position, len(found)), count)
                    answered += count
                missing = max(0, message.count - answered)
                if _answers_visible(conversation, message):
                    tally.unanswered += missing
                else:
                    tally.unobserved += missing
            elif operation.kind is Kind.NOTICE:
                tally = tallies[_key(message, operation, "notice")]
                tally.see(message, message.count)
                tally.unobserved += message.count
            elif message.count > paired[index]:
                tally = tallies[_key(message, operation, "response")]
                tally.see(message, message.count - paired[index])
                tally.answer(_refusal(found, position, len(found)), message.count - paired[index])
    return [
        (conversation_index, protocol, swapped, _columns(operation, seen_as, tally))
        for (conversation_index, protocol, swapped, seen_as, operation), tally in tallies.items()
    ]


def _key(message: DistinctMessage, operation: Operation, seen_as: str) -> _Key:
    asks_from_server = seen_as == "request" and not message.from_client and operation.verb is not Verb.SESSION
    if operation.kind is Kind.REQUEST and not operation.refusal:
        return message.conversation, message.protocol, asks_from_server, seen_as, operation
    plain = Operation(
        verb=operation.verb,
        function=operation.function,
        code=operation.code,
        unit=operation.unit,
        object=operation.object,
        detail=operation.detail,
        filter=operation.filter,
    )
    return message.conversation, message.protocol, asks_from_server, seen_as, plain


def _refusal(response: Sequence[Operation], position: int, expected: int) -> str | None:
    """Why the answer refuses the operation at ``position`` of its request; None when it does not.

    An answer with as many rows as the request answers one by one; any other refusal speaks of all.
    """
    rows: Iterable[Operation] = (response[position],) if len(response) == expected else response
    for row in rows:
        if row.kind is Kind.REFUSAL:
            return row.refusal or row.function
    return None


def _answers_visible(conversation: Conversation, message: DistinctMessage) -> bool:
    """Whether the answering side of the conversation was captured at all."""
    packets = conversation.server_packets if message.from_client else conversation.client_packets
    return packets > 0


def _columns(operation: Operation, seen_as: str, tally: _Tally) -> dict[str, Any]:
    return {
        "verb": operation.verb.value,
        "function": operation.function,
        "code": operation.code,
        "unit": operation.unit,
        "object": operation.object,
        "detail": operation.detail,
        "seen_as": seen_as,
        "count": tally.count,
        "accepted": tally.accepted,
        "refused": tally.refused,
        "unanswered": tally.unanswered,
        "unobserved": tally.unobserved,
        "refusals": [f"{reason} ({count})" for reason, count in sorted(tally.refusals.items())],
        "first_time": tally.first_time,
        "last_time": tally.last_time,
        "frames": tally.frames,
        "filter": operation.filter,
    }
