"""An inventory as it was read: rows of the facts table ``inventory``, what was wrong, what became of the columns."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from scanner.addresses import address_of
from scanner.assets import cells, kinds
from scanner.assets.answers_given import ANSWERS, settled
from scanner.assets.device_columns import NO_DEVICES
from scanner.assets.foreign import FINDINGS, are_findings
from scanner.assets.free_addresses import is_free
from scanner.assets.headers import (
    AMBIGUOUS_LEVELS,
    IDENTITY,
    addresses_by_value,
    header_row,
    is_secret,
    is_weak,
    named_beside,
)
from scanner.assets.headings import Headings
from scanner.assets.interface_rows import joined
from scanner.assets.lifecycle import ENDED, life_cycle
from scanner.assets.observed import Tellers
from scanner.assets.problems import Problems
from scanner.assets.spelling import normalise
from scanner.assets.text import is_unreadable, readable
from scanner.bounded import read_up_to
from scanner.errors import InputError, Problem, WrongText, reason
from scanner.limits import limits
from scanner.places import part_of
from scanner.wording import NOTHING, Said, at_row, said

HEAD = 65536  # bytes that a reader wants to see to recognise its format
MAX_COLUMNS = 500

# CISA et al., "Foundations for OT Cybersecurity: Asset Inventory Guidance for Owners and Operators" (August 2025):
# the fourteen high-priority attributes, by our column.
HIGH_PRIORITY = (
    "protocols",
    "criticality",
    "id",
    "type",
    "hostname",
    "ips",
    "logging",
    "macs",
    "vendor",
    "model",
    "os",
    "location",
    "ports",
    "accounts",
)
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63})*")  # RFC 1123, 2.1

Row = dict[str, Any]


@dataclass(frozen=True)
class Inventory:
    """One inventory file.

    used: header -> column of the facts; kept: headers that are only kept in ``extra``; dropped: headers of secrets.
    notes: (key, text) pairs for the report: format, encoding, separator, columns; ``Said`` where otaudit says it.
    """

    source: str
    rows: tuple[Row, ...]  # column -> value; what an asset does not say has no key
    problems: tuple[Problem, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Date:
    """A cell that is a date or a time, in its ISO form."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Unusable:
    """A cell of which the reader knows that it cannot be used, and why."""

    reason: Said


class Record(NamedTuple):
    """One asset before its cells are understood: the number of its row, line or entry, and header -> value.

    Values are what JSON can hold, Date or Unusable. at: says the number in words. kind: what the headers of its columns
    call the asset, where its row holds several.
    """

    row: int
    cells: dict[str, Any]
    at: Callable[[int], Said] = at_row
    kind: str = ""

    @property
    def place(self) -> Said:
        """Where it stands."""
        return self.at(self.row)


def content_of(content: Path | bytes, name: str) -> bytes:
    """The bytes of an input within the size limit; InputError otherwise."""
    most = limits().inventory_bytes
    if isinstance(content, bytes):
        data = content
    else:
        try:
            data = read_up_to(content, most)
        except OSError as error:
            raise InputError(name, said("cannot be read: {reason}", reason=reason(error))) from error
    if len(data) > most:
        what = said("inventory larger than {bytes:,} bytes", bytes=most)
        raise InputError(name, what, remedy=said("split it, or set --limit inventory-bytes"))
    return data


def assemble(
    source: str,
    headers: Iterable[str],
    records: Iterable[Record | Problem],
    notes: Iterable[tuple[str, str]],
    columns: Mapping[str, str] | None,
) -> Inventory:
    """The inventory made of a reader's records. ``columns``: the user's mapping of headers to fields."""
    as_given = list(dict.fromkeys(headers))
    shown = {h: readable(h) for h in as_given if is_unreadable(h)}
    headers = list(dict.fromkeys(shown.get(h, h) for h in as_given))
    known = header_row(headers, columns)
    builder = _Builder(source, headers, known.fields, addresses_by_value(headers, columns), shown)
    builder.devices = known.devices
    if are_findings(headers):
        raise InputError(source, FINDINGS, remedy=said("name a list with a row for each asset"))
    if not headers:
        raise InputError(source, said("no entries"), remedy=said("expected a list of assets"))
    if IDENTITY.isdisjoint(builder.fields.values()):
        some = ", ".join(f"'{h[:30]}'" for h in headers[:8])
        what = said("no column that names an asset among {headers}", headers=some)
        raise InputError(source, what, remedy=said("map the columns with a columns file"))
    most = limits().inventory_rows
    headings = Headings(builder.fields)
    for record in records:
        if isinstance(record, Problem):
            builder.problems.take(record)
        elif len(builder.rows) >= most:
            what = said("more than {most:,} rows; the rest was not read", most=most)
            remedy = said("split it, or set --limit inventory-rows")
            builder.problems.beyond = Problem(source, what, record.place, remedy)
            break
        elif not headings.held(record):
            builder.take(record)
    builder.settle(headings)
    if not builder.rows and not builder.problems.reported():
        builder.problems.add(said("no asset is listed"), NOTHING)
    dropped = tuple(h for h in headers if is_secret(h))
    kept = tuple(h for h in headers if h and h not in builder.fields and h not in dropped)
    return Inventory(
        source,
        tuple(joined(builder.rows, headers)),
        builder.problems.reported(),
        builder.fields,
        kept,
        dropped,
        (*notes, *_column_notes(builder, kept, dropped)),
    )


def _column_notes(builder: _Builder, kept: Iterable[str], dropped: Iterable[str]) -> Iterable[tuple[str, str]]:
    yield "columns used", ", ".join(f"{h} = {f}" for h, f in builder.fields.items())
    if kept:
        yield "columns only kept", ", ".join(kept)
    if dropped:
        yield "columns dropped because they hold secrets", ", ".join(dropped)
    for (header, what), count in sorted(builder.remarks.items()):
        yield f"column {header}", f"{count} {what}"
    for what, count in sorted(builder.left_out.items()):
        yield what, str(count)
    if found := sum(row["observed"] for row in builder.rows):
        yield "found by tools, listed by nobody", str(found)


class _Builder:
    """Understands record after record; one method a kind of field."""

    def __init__(
        self,
        source: str,
        headers: Sequence[str],
        fields: Mapping[str, str],
        by_value: Iterable[str],
        shown: Mapping[str, str],
    ) -> None:
        self.source = source
        self.devices = NO_DEVICES
        self.parts: set[str] = set()  # of rows that hold several
        self.by_value = frozenset(by_value)  # headers of addresses of any kind
        self.fields = {**fields, **dict.fromkeys(by_value, "ips")}
        self.no_model = "model" not in fields.values()
        self.weak = frozenset(filter(is_weak, fields))
        self.shown = shown  # headers with characters that are none -> without these
        self.tellers = Tellers(headers, self.fields)
        self.rows: list[Row] = []
        self.problems = Problems(source)
        for header in shown.values():
            place = said("header '{header}'", header=header)
            self.problems.add(said("{what}, which is left out", what=_NO_TEXT), place)
        self.remarks: Counter[tuple[str, str]] = Counter()
        self.left_out: Counter[str] = Counter()
        self._readers: dict[str, Callable[[_Target, str, Any], None]] = {
            "ips": self._ips,
            "macs": self._macs,
            "vlans": self._vlans,
            "level": self._level,
            "type": self._type,
            "authorized": self._yes_or_no,
            "observed": self._yes_or_no,
            "accounts": self._accounts,
            "roles": self._roles,
            "protocols": self._list,
            "ports": self._list,
            "criticality": self._criticality,
            "lifecycle": self._life_cycle,
            "os": self._system,
            **dict.fromkeys(ANSWERS, self._answer),
        }

    def take(self, record: Record) -> None:
        """One asset, or those of which the row holds several; the same one again is none."""
        if not self.devices.devices:
            self.add(record)
            return
        parts = list(self.devices.parts(record.cells, self.fields))
        if not parts and any(record.cells.values()):
            self.left_out["rows without a device left out"] += 1
        for part in parts:
            key = json.dumps([part.label, part.own], default=str, sort_keys=True)
            if key not in self.parts:
                self.parts.add(key)
                self.add(record._replace(cells=part.cells, kind=part.label))

    def add(self, record: Record) -> None:
        source = part_of(self.source, record.kind) if record.kind else self.source
        target = _Target(record, {"source": source, "row": record.row})
        cells_in_order = sorted(record.cells.items(), key=lambda cell: cell[0] in self.weak)
        for given, value in cells_in_order:
            header = self.shown.get(given, given)
            if value in (None, "", [], {}) or is_secret(header):
                continue
            name = self.fields.get(header)
            if why := _reason_against(value, name):
                target.refuse(header, [why])
            elif name is None:
                _keep(target, header, value)
            elif text := cells.text_of(value, nothing="none" if name in _MAY_BE_NONE else ""):
                self._keep_rest(target, header, value)
                reader = self._readers.get(name)
                if reader:
                    reader(target, header, value)
                else:
                    self._text(target, header, name, text)
        self._finish(target)

    def settle(self, headings: Headings) -> None:
        """Rows that hold a single cell, now that the others are known."""
        known = len(self.rows)
        self.left_out.update({"headings and notes left out": headings.totals} if headings.totals else {})
        for lone, why in headings.settled():
            if why is None:
                self.add(lone.record)
            elif why:
                self.problems.add(why, lone.record.place)
            else:
                self.left_out["headings and notes left out"] += 1
        if len(self.rows) > known:
            self.rows.sort(key=lambda row: row["row"])

    def _keep_rest(self, target: _Target, header: str, value: Any) -> None:
        """Of an object in a cell one value is used; the others are kept under the header, and that is said."""
        objects = [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, dict)]
        if any(sum(part not in (None, "", [], {}) for part in v.values()) > 1 for v in objects):
            _keep(target, header, value)
            self.remarks[header, "objects, of which one value is used and the others only kept"] += 1

    def _finish(self, target: _Target) -> None:
        row = target.row
        if target.record.kind and row.get("type", "unknown") == "unknown":
            row["type"] = kinds.asset_type(target.record.kind)
        for why in target.invalid:
            self.problems.add(why, target.record.place)
        if not any(row.get(name) for name in IDENTITY):
            if len(row) > 2 or target.extra or target.invalid:
                what = said("row skipped: it has no name, address, serial number or other identity")
                self.problems.add(what, target.record.place)
            return
        if is_free(row, target.extra.values()):
            self.left_out["free addresses left out"] += 1
            return
        if self.tellers.unanswered(row, target.record.cells):
            self.left_out["addresses that did not answer left out"] += 1
            return
        row.setdefault("observed", self.tellers.observed(row, target.record.cells))
        row["public_ips"] = [ip for ip in row.get("ips", ()) if address_of(ip).public]
        row["invalid"] = target.invalid
        row["missing"] = [name for name in HIGH_PRIORITY if not _filled(row, name)]
        row["extra"] = json.dumps(target.extra, ensure_ascii=False, sort_keys=True) if target.extra else ""
        self.rows.append(row)

    def _text(self, target: _Target, header: str, name: str, text: str) -> None:
        known = target.row.setdefault(name, text)
        if known != text:
            _keep(target, header, text)

    def _ips(self, target: _Target, header: str, value: Any) -> None:
        good, ranges, bad = cells.addresses(value)
        if header in self.by_value and (bad or not (good or ranges)):
            self._other_addresses(target, header, value)
            return
        target.extend("ips", good)
        if ranges:
            _keep(target, header, ranges)
            self.remarks[header, "rows with ranges or networks, which are kept but not expanded"] += 1
        target.refuse(header, bad)

    def _other_addresses(self, target: _Target, header: str, value: Any) -> None:
        found, field = cells.addresses_and_names(value), named_beside(header)
        known = field == "name" or all(map(_HOST_NAME.fullmatch, found.names))
        if found.ranges or len(found.names) > bool(field) or not known:
            _keep(target, header, value)
            self.remarks[header, "values that are neither IP nor MAC addresses, only kept"] += 1
            return
        target.extend("ips", found.ips)
        target.extend("macs", found.macs)
        for name in found.names:
            self._text(target, header, field, name)

    def _macs(self, target: _Target, header: str, value: Any) -> None:
        good, bad = cells.mac_addresses(value)
        target.extend("macs", good)
        target.refuse(header, bad)

    def _vlans(self, target: _Target, header: str, value: Any) -> None:
        good, bad = cells.vlan_ids(value)
        target.extend("vlans", good)
        target.refuse(header, bad)

    def _level(self, target: _Target, header: str, value: Any) -> None:
        text = cells.text_of(value)
        try:
            target.row.setdefault("level", cells.purdue_level(text))
        except WrongText as error:
            if normalise(header) in AMBIGUOUS_LEVELS or not re.search(r"\d", text):  # "Process Control"
                _keep(target, header, text)
                self.remarks[header, "values that are not Purdue levels, only kept"] += 1
            else:
                target.refuse(header, [error.what])

    def _type(self, target: _Target, header: str, value: Any) -> None:
        text = cells.text_of(value)
        kind = kinds.asset_type(text)
        if self.no_model and (_DESIGNATION if kind == "unknown" else _MODEL_OF_A_KIND).search(text):
            self._text(target, header, "model", text)
            if kind == "unknown":
                return
        if kind == "unknown" or target.row.setdefault("type", kind) != kind:
            _keep(target, header, text)

    def _yes_or_no(self, target: _Target, header: str, value: Any) -> None:
        try:
            target.row.setdefault(self.fields[header], kinds.consent(cells.text_of(value)))
        except WrongText as error:
            target.refuse(header, [error.what])

    def _accounts(self, target: _Target, header: str, value: Any) -> None:  # noqa: ARG002 - one form for all readers
        target.extend("accounts", cells.account_names(value))

    def _list(self, target: _Target, header: str, value: Any) -> None:
        target.extend(self.fields[header], cells.many(value))

    def _roles(self, target: _Target, header: str, value: Any) -> None:
        flag = normalise(header)
        if flag in _ROLE_FLAGS:
            try:
                target.extend("roles", [_ROLE_FLAGS[flag]] if kinds.consent(cells.text_of(value)) else [])
            except WrongText as error:
                target.refuse(header, [error.what])
            return
        target.extend("roles", cells.many(value))

    def _criticality(self, target: _Target, header: str, value: Any) -> None:
        self._text(target, header, "criticality", kinds.criticality(cells.text_of(value)))

    def _life_cycle(self, target: _Target, header: str, value: Any) -> None:
        """Of a state and a date in columns of their own what tells more: that it is over, else until when."""
        text = cells.text_of(value)
        known = target.row.get("lifecycle")
        if known and _stated(text) > _stated(known):
            target.row["lifecycle"] = text
            _keep(target, header, known)
        else:
            self._text(target, header, "lifecycle", text)

    def _system(self, target: _Target, header: str, value: Any) -> None:
        """An operating system and its version may stand in columns of their own."""
        text = cells.text_of(value)
        known = target.row.get("os", "")
        if known and text[:1].isdigit() != known[:1].isdigit():
            name, version = (known, text) if text[:1].isdigit() else (text, known)
            target.row["os"] = name if version in name.split() else f"{name} {version}"
        else:
            self._text(target, header, "os", text)

    def _answer(self, target: _Target, header: str, value: Any) -> None:
        """Yes, no, or in words: "weekly", "2026-01-31", "EPP 12"."""
        text = cells.text_of(value, nothing="none")
        self._text(target, header, self.fields[header], settled(text, self.fields[header]))


def _stated(text: str) -> int:
    """How much a cell tells of a life cycle."""
    told = life_cycle(text)
    return 2 if told.state == ENDED else 1 if told.ends else 0


_DESIGNATION = re.compile(r"[A-Za-z]\w*[- ]?\d{2,}|\d{3,}-\w")  # S7-1515, TP1200, 1756-L71: no kind of device
_MODEL_OF_A_KIND = re.compile(
    r"\b(?!(?:windows|linux|server|win)\b)[A-Za-z]\w*[- ]?\d{3,}", re.IGNORECASE
)  # CPU 1511-1 PN
_NO_TEXT = said("holds a character that is not text (a control character, or bytes of another encoding)")


def _reason_against(value: Any, name: str | None) -> Said:
    """Why a cell cannot be used whatever stands in its column; nothing when it can. ``name``: the field it is for."""
    if isinstance(value, Unusable):
        return value.reason
    if isinstance(value, Date):
        if name in {None, "lifecycle", "backup", "restore_tested"}:
            return NOTHING
        return said("'{value}' is a date, which spreadsheets make of text such as 2.8; enter it as text", value=value)
    if isinstance(value, list):
        return next((why for part in value if (why := _reason_against(part, name))), NOTHING)
    return _NO_TEXT if _holds_unreadable(value, 0) else NOTHING


def _holds_unreadable(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return is_unreadable(value)
    if isinstance(value, dict) and depth < 6:
        return any(is_unreadable(str(k)) or _holds_unreadable(v, depth + 1) for k, v in value.items())
    if isinstance(value, list) and depth < 6:
        return any(_holds_unreadable(v, depth + 1) for v in value)
    return False


_MAY_BE_NONE = frozenset(("accounts", *ANSWERS))  # "none" is an answer there

# columns of monitoring products that say yes or no about one role
_ROLE_FLAGS = {
    "programmingdevice": "engineering_station",
    "engineeringstation": "engineering_station",
    "scannerdevice": "security_monitor",
}


@dataclass(slots=True)
class _Target:
    """The row being filled."""

    record: Record
    row: Row
    extra: dict[str, Any] = field(default_factory=dict)
    invalid: list[Said] = field(default_factory=list)

    def extend(self, name: str, values: Iterable[Any]) -> None:
        merged = dict.fromkeys([*self.row.get(name, ()), *values])
        if merged:
            self.row[name] = list(merged)

    def refuse(self, header: str, reasons: Iterable[Said]) -> None:
        self.invalid += [said("{header}: {reason}", header=header, reason=why) for why in reasons]


def _keep(target: _Target, header: str, value: Any) -> None:
    kept = _without_secrets(value, 0)
    if kept not in (None, "", [], {}):
        target.extra[header] = kept


def _without_secrets(value: Any, depth: int) -> Any:
    """A value that is not understood, as JSON can hold it, short and without secrets."""
    if depth > 5:
        return "..."
    if isinstance(value, dict):
        return {str(k): _without_secrets(v, depth + 1) for k, v in value.items() if not is_secret(str(k))}
    if isinstance(value, list):
        return [_without_secrets(v, depth + 1) for v in value[:50]]
    if isinstance(value, bool | int | float) and abs(value) < 1e15:
        return value
    return cells.text_of(value)


def _filled(row: Row, name: str) -> bool:
    if name == "type":
        return row.get("type", "unknown") != "unknown" or bool(row.get("roles"))
    if name == "hostname":
        named = row.get("hostname") or row.get("profinet_name")
        return bool(named) or _HOST_NAME.fullmatch(row.get("name", "")) is not None
    if name == "os":
        return bool(row.get("os") or row.get("firmware"))
    if name == "location":
        return bool(row.get("location") or row.get("site"))
    return bool(row.get(name))
