"""Security properties of conversations: the session rows of a protocol's messages, merged field by field."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from typing import Any

import numpy as np

from scanner.capture.result import FIRST_FRAMES, CaptureResult
from scanner.facts.certificate_names import fits_name
from scanner.facts.seen import Together, together
from scanner.facts.statements import by_side
from scanner.facts.understand import Understood
from scanner.protocols import PROTOCOLS
from scanner.protocols.base import Offers, Session
from scanner.recorded_times import believed
from scanner.wording import joined, marked, parts

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
_SHORT = ("RSA", "DSA")  # keys whose size says how strong they are, and which may be too short
MOST_TOOLS_KEPT = 1024  # names of tools in a column of one session; beyond them it is not read to its end
_LISTS = (
    *("versions_offered", "versions", "ciphers_offered", "ciphers", "server_names", "ja4"),
    *("credentials", "core_services"),
    *("tools_offered", "tools_called", "tools_commanding", "tools_writing", "host_keys", "unread"),
)


@dataclass(slots=True)
class _Merged:
    """The sessions of one conversation and protocol, or of one server certificate in it."""

    columns: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(_LISTS, ()))
    count: int = 0
    first_time: int = 0
    last_time: int = 0
    frames: set[int] = field(default_factory=set)
    telling: set[int] = field(default_factory=set)  # of these, those that carry credentials
    lacking: Counter[str] = field(default_factory=Counter)  # how often a column was not read, and never was later
    read: set[str] = field(default_factory=set)  # columns that were not read at first
    log_ins: int = 0  # messages that open a session, and say with what credentials or that it is with none
    details: dict[str, None] = field(default_factory=dict)  # in order, each once

    def see(self, seen: Together) -> None:
        self.first_time = min(self.first_time, seen.first_time) if self.count else seen.first_time
        self.last_time = max(self.last_time, seen.last_time)
        self.count += seen.count
        self.frames.update(seen.frames)

    def shown(self) -> list[int]:
        """The first frames, before others those that carry credentials."""
        return sorted(sorted(self.frames, key=lambda frame: (frame not in self.telling, frame))[:FIRST_FRAMES])

    def add(self, name: str, *values: str) -> None:
        """Append the values that are new to a list column, in the order they were first seen."""
        if any(values):
            self.columns[name] = tuple(dict.fromkeys((*self.columns[name], *(v for v in values if v))))

    def settle(self, name: str, value: bool | None) -> None:
        """Set a truth value that stays true once it was true."""
        if value is not None:
            self.columns[name] = bool(self.columns.get(name)) or value


def session_rows(result: CaptureResult, understood: Understood) -> list[tuple[int, str, dict[str, Any]]]:
    """(conversation, protocol, columns) for each session; one for each server certificate when there are several."""
    plain: defaultdict[tuple[int, str], _Merged] = defaultdict(_Merged)
    certified: defaultdict[tuple[int, str], dict[tuple[str, ...], _Merged]] = defaultdict(dict)
    offers: defaultdict[tuple[int, str], dict[bool, set[Offers]]] = defaultdict(lambda: {True: set(), False: set()})
    for conversation, protocol, from_client, row, seen in by_side(result, understood.others.of(Session)):
        key = conversation, protocol
        if row.offers:
            offers[key][from_client].add(row.offers)
        _merge(row, seen, plain[key], certified[key])
    for key, by_end in offers.items():
        for row in _agreed(key[1], by_end[True], by_end[False]):
            _say(row, plain[key])
    for row, key, seen in _midway(result, understood):
        if plain[key].count:
            _say(row, plain[key])
        else:
            _merge(row, seen, plain[key], certified[key])
    _read_after(plain)
    merged = []
    for (conversation, protocol), common in plain.items():
        certificates = certified[conversation, protocol].values()
        for certificate in certificates or (_Merged(),):
            columns = common.columns | {k: v for k, v in certificate.columns.items() if k not in _LISTS}
            columns = {k: list(v) if k in _LISTS else v for k, v in columns.items()}
            columns["unread"] = [c for c in columns["unread"] if c not in common.read or common.lacking[c] > 0]
            if "certificate_names" in columns:
                columns["certificate_fits_name"] = fits_name(columns)
            columns |= {
                "count": common.count,
                "first_time": common.first_time,
                "last_time": common.last_time,
                "frames": certificate.shown() or common.shown(),
            }
            merged.append((conversation, protocol, columns))
    return merged


def _read_after(plain: Mapping[tuple[int, str], _Merged]) -> None:
    """Where a connection went on in another protocol, that one's messages say with what credentials. Each of them does
    so for one connection.
    """
    others: defaultdict[int, int] = defaultdict(int)
    for (conversation, _), common in plain.items():
        others[conversation] += common.log_ins
    for (conversation, _), common in plain.items():
        found = min(common.lacking["payload"], others[conversation] - common.log_ins)
        if found > 0:
            common.lacking["credentials"] -= found
            common.read.add("credentials")


def _agreed(protocol: str, client: Collection[Offers], server: Collection[Offers]) -> Iterator[Session]:
    """What the ends took of what they offered. Where both offered different things at different times, it is not known
    which belong together.
    """
    known = PROTOCOLS.get(protocol)
    agree = known.agree if known else None
    if agree and min(len(client), len(server)) == 1:
        for ours, theirs in product(sorted(client), sorted(server)):
            yield from agree(ours, theirs)


def _midway(result: CaptureResult, understood: Understood) -> Iterator[tuple[Session, tuple[int, str], Together]]:
    """(what is known, conversation and protocol, the messages) of each session that was captured midway."""
    if not understood.midway:
        return
    known, messages = zip(*understood.midway, strict=True)
    of = np.concatenate(messages)
    sizes = np.array([len(m) for m in messages], np.int64)
    found = together(result.messages, of, np.repeat(np.arange(len(sizes)), sizes), len(sizes))
    first = of[np.cumsum(sizes) - sizes]
    keys = zip(*(result.messages.rows[name][first].tolist() for name in ("conversation", "protocol")), strict=True)
    for row, (conversation, protocol), each in zip(known, keys, found, strict=True):
        yield row, (conversation, result.messages.protocols[protocol]), each


def _merge(row: Session, seen: Together, common: _Merged, certificates: dict[tuple[str, ...], _Merged]) -> None:
    common.see(seen)
    common.lacking.update(dict.fromkeys(row.unread, seen.count))
    common.lacking.subtract(dict.fromkeys(row.read, seen.count))
    common.log_ins += seen.count if row.version and row.credentials else 0
    if row.credentials not in ("", "none"):
        common.telling.update(seen.frames)
    _say(row, common)
    if row.certificate_of == "client":
        common.columns |= _client_certificate(row, seen.last_time, common.columns)
    elif row.certificate_of or row.certificate_subject or row.certificate_key:
        named = row.certificate_subject, row.certificate_issuer, row.certificate_not_after
        identity = (*named, row.certificate_chain)
        certificate = certificates.setdefault(identity, _Merged())
        certificate.see(seen)
        certificate.columns |= _certificate(row, seen.last_time)


def _say(row: Session, common: _Merged) -> None:
    """What the row says beside certificates; saying it again changes nothing."""
    common.add("versions_offered", *row.version_offered)
    common.add("versions", row.version)
    common.add("ciphers_offered", *row.cipher_offered)
    common.add("ciphers", row.cipher)
    common.add("server_names", row.server_name)
    common.add("ja4", row.ja4)
    common.add("credentials", row.credentials)
    common.add("core_services", row.core_service)
    for column, tool in row.tools:
        if len(common.columns[column]) < MOST_TOOLS_KEPT:
            common.add(column, tool)
        else:
            common.add("unread", column)
    common.add("unread", *row.unread)
    common.read.update(row.read)
    if row.host_key:
        common.add("host_keys", f"{row.host_key} {row.host_key_bits}")
        if row.host_key in _SHORT:
            least = common.columns.get("host_key_bits") or row.host_key_bits
            common.columns["host_key_bits"] = min(least, row.host_key_bits)
    common.settle("encrypted", row.encrypted)
    common.settle("in_clear", row.encrypted is False or None)
    common.settle("authenticated", row.authenticated)
    common.settle("unprotected", row.encrypted is False and row.authenticated is False)
    if row.detail:
        common.details |= dict.fromkeys(parts(row.detail))
        common.columns["detail"] = marked(joined(common.details, "; "))


def _certificate(row: Session, seen: int) -> dict[str, Any]:
    not_before, not_after = _time(row.certificate_not_before), _time(row.certificate_not_after)
    outside = None
    if not_after is not None and believed(seen) is not None:
        outside = seen > not_after or (not_before is not None and seen < not_before)
    return {
        "certificate_subject": row.certificate_subject,
        "certificate_issuer": row.certificate_issuer,
        "certificate_not_before": not_before,
        "certificate_not_after": not_after,
        "certificate_key": row.certificate_key,
        "certificate_key_bits": row.certificate_key_bits or None,
        "certificate_signature": row.certificate_signature,
        "certificate_self_signed": row.certificate_self_signed,
        "certificate_names": list(row.certificate_names),
        "certificate_days": None if not_after is None or not_before is None else (not_after - not_before) // _DAY,
        "certificate_expired": outside,
        "certificate_chain": row.certificate_chain,
    }


def _client_certificate(row: Session, seen: int, before: dict[str, Any]) -> dict[str, Any]:
    """Of several clients behind one address the last, but for one that was outside its validity."""
    told = _certificate(row, seen)
    if before.get("client_certificate_expired") and not told["certificate_expired"]:
        return {}
    names = ("subject", "issuer", "not_before", "not_after", "expired")
    return {f"client_certificate_{name}": told[f"certificate_{name}"] for name in names}


_LAST = 9_223_372_036 * _SECOND  # beyond what nanoseconds in 64 bits can say (year 2262): as good as never


def _time(text: str) -> int | None:
    """ISO 8601 to nanoseconds since 1970, held inside what a 64-bit count can say; None when empty."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(-_LAST, min(_LAST, int(moment.timestamp()) * _SECOND))
