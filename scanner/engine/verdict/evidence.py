"""Rows of facts as evidence that a reader can check: frames and a display filter, or file and line."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from scanner.addresses import is_ip, is_mac
from scanner.engine.told import told
from scanner.engine.verdict.recording_files import Files
from scanner.engine.words import counted, duration, iso, shown
from scanner.results.model import Evidence, Text
from scanner.results.rows import Lazy
from scanner.wording import Said, at_row, joined, kept, listed, plain, said, term, verbatim
from scanner.wording.said import OPEN

AT_ONCE = 20  # pieces of evidence that are made together with their finding
_IP_TERMS = {True: "ipv6.addr", False: "ip.addr"}
_JOINS = re.compile(r"\|\||\bor\b|&&|\band\b")
Row = Mapping[str, Any]


def evidence_of(rows: Sequence[Row], table: pl.DataFrame, place: int, files: Files) -> Sequence[Evidence]:
    """The pieces of evidence for a finding's rows, one for each, the most telling first.

    Accepted operations come before refused ones, then what was seen most often, then what was seen first. The same
    rows stand in ``table`` from ``place`` on: where there are many, pieces are made from it when somebody asks.
    """
    order = sorted(range(len(rows)), key=lambda number: _telling(rows[number]))
    if len(rows) <= AT_ONCE:
        return tuple(_evidence(rows[number], files) for number in order)
    places = array("Q", (place + number for number in order))

    def part(start: int, stop: int) -> Iterator[Evidence]:
        wanted = table[places[start:stop].tolist()]
        return (_evidence(row, files) for row in wanted.to_dicts())

    return Lazy(len(rows), part)


def _telling(row: Row) -> tuple[Any, ...]:
    count = row.get("count") or row.get("packets") or 0
    return (
        -(1 if row.get("accepted") else 0),
        -count,
        iso(row.get("first_time")) or "~",
        str(row.get("source", "")),
        row.get("line_start") or row.get("row") or row.get("line") or 0,
        tuple(str(row.get(name, "")) for name in ("client", "server", "function", "object", "device", "item", "value")),
    )


def _evidence(row: Row, files: Files) -> Evidence:
    if "line_start" in row:
        return Evidence(
            row["source"], row["line_start"] or 0, row["line_end"] or 0, row["text"], message=told(_setting(row))
        )
    if "row" in row:
        return Evidence(row["source"], line_start=row["row"] or 0, line_end=row["row"] or 0, message=told(_asset(row)))
    if "line" in row:
        return Evidence(
            row["source"], line_start=row["line"] or 0, line_end=row["line"] or 0, message=told(_policy(row))
        )
    return _captured(row, files)


def _setting(row: Row) -> Said:
    """``line vty 0 4: telnet = yes``; what the file calls it stays as it is."""
    item = row["item"]
    about = item if item.startswith(row["category"]) else f"{row['category']} {item}"
    value = shown("value", row["value"]) if row["value"] else ""
    return said("{about}: {setting} = {value}", about=about, setting=row["setting"], value=value)


def _asset(row: Row) -> Said:
    name = row["name"] or row["hostname"] or row["id"]
    rest = listed(dict.fromkeys((*([name] if name else ()), *row["ips"], *row["macs"])))
    if not rest:
        return at_row(row["row"])
    # the name stands after a colon, so that a row without one is told apart
    return said("{row}: {asset}" if name else "{row}, {asset}", row=at_row(row["row"]), asset=rest)


def _policy(row: Row) -> Said:
    if "conduit" in row:
        return said(
            "conduit {conduit}: {zone} to {other}", conduit=row["conduit"], zone=row["from_zone"], other=row["to_zone"]
        )
    if "zone" in row:
        return said("zone {name}", name=row["zone"])
    return said("role {role}: {member}", role=row["role"], member=row["member"])


def _text(text: str) -> Text:
    return told(text)


def _captured(row: Row, files: Files) -> Evidence:
    capture = row.get("capture") or next(iter(row.get("captures") or ()), "")
    numbers = row.get("frames") or ([row["first_frame"]] if row.get("first_frame") else [])
    source, frames = files.at(capture, numbers)
    return Evidence(
        source=row.get("source") or source,
        frames=frames,
        first_time=iso(row.get("first_time")),
        last_time=iso(row.get("last_time") or row.get("first_time")),
        count=_count(row),
        client=row.get("client", ""),
        server=row.get("server", ""),
        port=row.get("server_port") or 0,
        protocol=row.get("protocol", ""),
        message=_text(_message(row)),
        outcome=_text(_outcome(row)),
        filter=display_filter(row),
    )


def _count(row: Row) -> int:
    for name in ("count", "packets"):
        if row.get(name) is not None:
            return int(row[name])
    return int((row.get("client_packets") or 0) + (row.get("server_packets") or 0))


def _message(row: Row) -> str:
    if "function" in row:
        what = verbatim(row["function"]) if row["function"] else shown("verb", row["verb"])
        unit = _unit(row["unit"]) if row["unit"] else ""
        return joined([what, unit, verbatim(row["object"]), kept(row.get("detail") or "")])
    if "versions" in row:
        return _session(row)
    if "problems" in row:
        share = said("{n} of {total} malformed", n=f"{row['count']:,}", total=f"{row['messages']:,}")
        return joined([share, *map(_problem, row["problems"])])
    return _of_device(row)


def _problem(text: str) -> Said:
    """What a dissector objects to: a sentence without arguments, which a catalogue may have as it is."""
    return kept(text) if OPEN in text else said(text.replace("{", "{{").replace("}", "}}"))


def _of_device(row: Row) -> str:
    """What is said of a device, or of a conversation as such."""
    if "device" in row and "ips" in row:
        who = dict.fromkeys((row["name"] or row["device"], *row["ips"]))
        return joined([*map(verbatim, who), *map(kept, row.get("conflict_details") or ())])
    if "claimants" in row:
        return said("{address}: {claimants}", address=row["ip"], claimants=listed(row["claimants"]))
    if "field" in row:
        field = term(f"field.{row['field']}", row["field"])
        return said("{field}: {value}", field=field, value=row["value"])
    if "transport" in row:
        return _flow(row)
    return joined([verbatim(row.get("mac") or ""), verbatim(row.get("ip") or "")]) or _capture(row)


def _unit(unit: str) -> str:
    """``unit 3``; one that says itself what it is (``slot 2``) stays."""
    english = plain(unit)
    return kept(unit) if english[0].isalpha() and " " in english else said("unit {unit}", unit=kept(unit))


def _session(row: Row) -> str:
    # what asked without any is of no interest beside what was shown
    kinds = [kind for kind in row["credentials"] if kind != "none"] or row["credentials"]
    parts: list[str] = [verbatim(name) for name in (*row["versions"], *row["ciphers"])]
    parts += [said("credentials: {kind}", kind=shown("credentials", kind)) for kind in kinds]
    if row["certificate_subject"]:
        size = row["certificate_key_bits"]
        sentence = "certificate {subject} ({key} {bits} bit)" if size else "certificate {subject} ({key})"
        parts.append(said(sentence, subject=row["certificate_subject"], key=row["certificate_key"], bits=size))
    return joined([*parts, kept(row["detail"] or "")])


def _flow(row: Row) -> str:
    transport, port = row["transport"], row["server_port"]
    where = said("{transport} port {port}", transport=transport, port=port) if port else verbatim(transport)
    count = counted(row["connections"] or 0, "connection")
    if row["tunnel"]:
        count = said(
            "{connections} in {tunnel} tunnel {id}", connections=count, tunnel=row["tunnel"], id=row["tunnel_id"]
        )
    return joined([where, count])


def _capture(row: Row) -> str:
    parts = [counted(row["packets"] or 0, "packet"), duration(row["duration"] or 0.0)]
    return joined([*parts, *map(kept, (row["unread"] or "", *row["limits"], *row["not_understood"]))])


_OUTCOMES = {
    "accepted": "accepted {n}",
    "refused": "refused {n}",
    "unanswered": "unanswered {n}",
    "unobserved": "answer not observed {n}",
}


def _outcome(row: Row) -> str:
    """How often what was asked for was accepted, refused and so on; the reasons are the protocol's own words."""
    reasons = listed(row.get("refusals") or ())
    return joined(
        said("refused {n} ({reasons})", n=row[name], reasons=reasons)
        if reasons and name == "refused"
        else said(sentence, n=row[name])
        for name, sentence in _OUTCOMES.items()
        if row.get(name)
    )


def display_filter(row: Row) -> str:
    """A tshark display filter: the row's own, with the addresses of both ends."""
    own = row.get("filter") or ""
    terms = [t for t in (_address_term(row.get("client", "")), _address_term(row.get("server", ""))) if t]
    terms = [t for t in dict.fromkeys(terms) if t not in own]
    port = row.get("server_port") or 0
    if not own and row.get("transport") in ("tcp", "udp", "sctp") and port:
        own = f"{row['transport']}.port == {port}"
    if own:
        terms.append(f"({own})" if terms and _JOINS.search(own) else own)
    return " && ".join(terms)


def _address_term(address: str) -> str:
    if is_mac(address):
        return f"eth.addr == {address}"
    return f"{_IP_TERMS[':' in address]} == {address}" if is_ip(address) else ""
