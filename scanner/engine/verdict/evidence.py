"""Rows of facts as evidence that a reader can check: frames and a display filter, or file and line."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from scanner.addresses import is_ip, is_mac
from scanner.engine.phrases import in_both
from scanner.engine.told import in_chinese, told
from scanner.engine.verdict.recording_files import Files
from scanner.engine.words import both, counted, duration, iso, joined, shown
from scanner.results.model import Evidence, Text
from scanner.results.rows import Lazy
from scanner.wording import plain

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
        return Evidence(row["source"], row["line_start"] or 0, row["line_end"] or 0, row["text"], message=_setting(row))
    if "row" in row:
        return Evidence(row["source"], line_start=row["row"] or 0, line_end=row["row"] or 0, message=_asset(row))
    if "line" in row:
        return Evidence(row["source"], line_start=row["line"] or 0, line_end=row["line"] or 0, message=_policy(row))
    return _captured(row, files)


def _setting(row: Row) -> Text:
    item = row["item"]
    about = item if item.startswith(row["category"]) else f"{row['category']} {item}"
    return _named(about, row["setting"], " = ", "value", row["value"])


def _named(about: str, name: str, mark: str, column: str, value: str) -> Text:
    """``line vty 0 4: telnet = yes``; what the file calls it stays as it is."""
    return both(
        f"{about}: {name}{mark}{value}", f"{about}：{name}{mark}{shown(column, value, 'zh') if value else value}"
    )


def _asset(row: Row) -> Text:
    name = row["name"] or row["hostname"] or row["id"]
    rest = ", ".join(dict.fromkeys((*([name] if name else ()), *row["ips"], *row["macs"])))
    # the name stands after a colon, so that a row without one is told apart
    mark = {"en": ": " if name else ", ", "zh": "：" if name else "，"}
    row_number = both(f"row {row['row']}", f"第 {row['row']} 行")
    return {k: f"{t}{mark[k]}{rest}" if rest else t for k, t in row_number.items()}


def _policy(row: Row) -> Text:
    if "conduit" in row:
        ends = row["from_zone"], row["to_zone"]
        return both(
            f"conduit {row['conduit']}: {ends[0]} to {ends[1]}", f"管道 {row['conduit']}：{ends[0]} 至 {ends[1]}"
        )
    if "zone" in row:
        return both(f"zone {row['zone']}", f"区域 {row['zone']}")
    return both(f"role {row['role']}: {row['member']}", f"角色 {row['role']}：{row['member']}")


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
        message=_message(row),
        outcome=_outcome(row),
        filter=display_filter(row),
    )


def _count(row: Row) -> int:
    for name in ("count", "packets"):
        if row.get(name) is not None:
            return int(row[name])
    return int((row.get("client_packets") or 0) + (row.get("server_packets") or 0))


def _message(row: Row) -> Text:
    if "function" in row:
        unit = [_unit(row["unit"])] if row["unit"] else []
        what = _same(row["function"]) if row["function"] else both(row["verb"], shown("verb", row["verb"], "zh"))
        return _listed([what, *unit, *_texts(row["object"]), *_sayings(row.get("detail", ""))])
    if "versions" in row:
        return _session(row)
    if "problems" in row:
        return _malformed(row)
    return _of_device(row)


def _malformed(row: Row) -> Text:
    count, messages = f"{row['count']:,}", f"{row['messages']:,}"
    how_many = both(f"{count} of {messages} malformed", f"{messages} 条报文中 {count} 条畸形")
    listed = _listed([how_many, *_texts(*row["problems"])])
    return both(listed["en"], how_many["zh"])  # what dissectors object to has no Chinese yet


def _of_device(row: Row) -> Text:
    """What is said of a device, or of a conversation as such."""
    if "device" in row and "ips" in row:
        who = dict.fromkeys((row["name"] or row["device"], *row["ips"]))
        return _listed([*_texts(*who), *map(in_both, row.get("conflict_details") or ())])
    if "claimants" in row or "field" in row:
        about = (
            f"{row['ip']}: {', '.join(row['claimants'])}" if "claimants" in row else f"{row['field']}: {row['value']}"
        )
        return _same(about)
    if "transport" in row:
        return _flow(row)
    return _listed(_texts(row.get("mac"), row.get("ip"))) or _capture(row)


def _same(text: str) -> Text:
    return both(text, text)


def _texts(*texts: str | None) -> list[Text]:
    return [_same(text) for text in texts if text]


def _sayings(*texts: str) -> list[Text]:
    """What readers and dissectors say in words."""
    return [told(text) for text in texts if text]


def _unit(unit: str) -> Text:
    """``unit 3``; one that says itself what it is (``slot 2``) stays."""
    english = plain(unit)
    if english[0].isalpha() and " " in english:
        return told(unit)
    return both(f"unit {english}", f"单元 {in_chinese(unit)}")


def _listed(parts: Sequence[Text]) -> Text:
    return joined(parts, ", ", "，") if parts else {}


def _session(row: Row) -> Text:
    # what asked without any is of no interest beside what was shown
    kinds = [kind for kind in row["credentials"] if kind != "none"] or row["credentials"]
    parts = [*_texts(*row["versions"], *row["ciphers"])]
    parts += [both(f"credentials: {k['en']}", f"凭据：{k['zh']}") for k in map(told, kinds)]
    if row["certificate_subject"]:
        key = row["certificate_key"]
        size = row["certificate_key_bits"]
        en, zh = (f" {size} bit", f" {size} 位") if size else ("", "")
        subject = row["certificate_subject"]
        parts.append(both(f"certificate {subject} ({key}{en})", f"证书 {subject}（{key}{zh}）"))
    return _listed([*parts, *_sayings(row["detail"])])


def _flow(row: Row) -> Text:
    transport, port, inside = row["transport"], row["server_port"], row["tunnel"]
    where = both(f"{transport} port {port}", f"{transport} 端口 {port}") if port else _same(transport)
    tunnel = f"{inside} tunnel {row['tunnel_id']}", f"{inside} 隧道 {row['tunnel_id']}"
    count = counted(row["connections"] or 0, "connection")
    if inside:
        count = both(f"{count['en']} in {tunnel[0]}", f"{tunnel[1]} 内 {count['zh']}")
    return _listed([where, count])


def _capture(row: Row) -> Text:
    parts = [counted(row["packets"] or 0, "packet"), duration(row["duration"] or 0.0)]
    return _listed([*parts, *_sayings(row["unread"], *row["limits"], *row["not_understood"])])


_SHARES = (
    ("accepted", "accepted", "接受"),
    ("refused", "refused", "拒绝"),
    ("unanswered", "unanswered", "无应答"),
    ("unobserved", "answer not observed", "未观察到应答"),
)


def _outcome(row: Row) -> Text:
    """How often what was asked for was accepted, refused and so on; the reasons are the protocol's own words."""
    reasons = ", ".join(row.get("refusals") or ())
    parts = []
    for name, en, zh in _SHARES:
        if row.get(name):
            because = (f" ({reasons})", f"（{reasons}）") if reasons and name == "refused" else ("", "")
            parts.append(both(f"{en} {row[name]}{because[0]}", f"{zh} {row[name]}{because[1]}"))
    return _listed(parts)


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
