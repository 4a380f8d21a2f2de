"""What a row of each table says as evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scanner.engine.words import acl_entry, counted, duration, item, shown
from scanner.wording import Said, at_row, joined, kept, listed, plain, said, term, verbatim

Row = Mapping[str, Any]


def _setting(row: Row) -> Said:
    """``line vty 0 4: telnet = yes``; what the file calls it stays as it is."""
    about: str = item(row["category"], row["item"])
    if not row["item"].startswith(row["category"]):
        about = said("{category} {item}", category=row["category"], item=about)
    value = shown("value", row["value"]) if row["value"] else ""
    return said("{about}: {setting} = {value}", about=about, setting=row["setting"], value=value)


def _permit(row: Row) -> Said:
    """``acl 120 entry 10: permit ip 10.0.0.0/24 any``, as the configuration writes it."""
    return said("{permit}: {line}", permit=acl_entry(row["acl"], row["entry"]), line=row["text"])


def _forwarding(_row: Row) -> Said:
    return said("how the device forwards")


def _proof(row: Row) -> Said:
    """The packet and the lines by which it passes; else the lines that close the way, or what is missing."""
    what = said("{client} -> {server}", client=row["from_zone"], server=row["to_zone"])
    return joined((what, verbatim(row["packet"]), *(row["lines"] or row["missing"])), "; ")


def _asset(row: Row) -> Said:
    name = row["name"] or row["hostname"] or row["id"]
    rest = listed(dict.fromkeys((*([name] if name else ()), *row["ips"], *row["macs"])))
    if not rest:
        return at_row(row["row"])
    # the name stands after a colon, so that a row without one is told apart
    return said("{row}: {asset}" if name else "{row}, {asset}", row=at_row(row["row"]), asset=rest)


def _zone(row: Row) -> Said:
    return said("zone {name}", name=row["zone"])


def _conduit(row: Row) -> Said:
    return said(
        "conduit {conduit}: {zone} to {other}", conduit=row["conduit"], zone=row["from_zone"], other=row["to_zone"]
    )


def _export_entry(row: Row) -> Said:
    if not row["entry"]:
        return said("export: nothing may leave")
    return said("export entry {entry}: to {destinations}", entry=row["entry"], destinations=listed(row["destinations"]))


def _role(row: Row) -> Said:
    return said("role {role}: {member}", role=row["role"], member=row["member"])


def _writer(row: Row) -> Said:
    return said("writers entry {writer}", writer=row["writer"])


def _undecided(row: Row) -> Said:
    return said(
        "{client} to {server} over {protocol}", client=row["client"], server=row["server"], protocol=row["protocol"]
    )


def _window(row: Row) -> Said:
    return said("change window {window}", window=row["window"])


def _waiver(row: Row) -> Said:
    return said("waiver of {rule} until {until}", rule=row["rule"], until=row["until"])


def _decision(row: Row) -> Said:
    return said("decision about {rule}: {decision}", rule=row["rule"], decision=row["decision"])


def _operation(row: Row) -> str:
    what = verbatim(row["function"]) if row["function"] else shown("verb", row.get("verb") or "")
    unit = _unit(row["unit"]) if row["unit"] else ""
    return joined([what, unit, verbatim(row["object"]), kept(row.get("detail") or "")])


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


def _malformed(row: Row) -> str:
    share = said("{n} of {total} malformed", n=f"{row['count'] or 0:,}", total=f"{row['messages'] or 0:,}")
    return joined([share, *map(kept, row["problems"])])


def _state(row: Row) -> str:
    change = said(
        "state {state} after {before}", state=shown("state", row["state"]), before=shown("state", row["previous_state"])
    )
    return joined([verbatim(row["object"]), change])


def _flow(row: Row) -> str:
    transport, port = row["transport"], row["server_port"]
    where = said("{transport} port {port}", transport=transport, port=port) if port else verbatim(transport)
    count = counted(row["connections"] or 0, "connection")
    if row["tunnel"]:
        count = said(
            "{connections} in {tunnel} tunnel {id}", connections=count, tunnel=row["tunnel"], id=row["tunnel_id"]
        )
    return joined([where, count])


def _related(row: Row) -> Said:
    return said("{transport} port {port}", transport=row["to_transport"], port=row["to_port"])


def _resolution(row: Row) -> str:
    return joined([verbatim(row["name"]), verbatim(row["address"])])


def _subscription(row: Row) -> str:
    return joined([verbatim(row["address"]), verbatim(row["network_slice"]), verbatim(row["data_network"])])


def _chain(row: Row) -> Said:
    return said("chain of {n} certificates", n=len(row["certificates"]))


def _authority(row: Row) -> str:
    return joined([verbatim(row["source"]), verbatim(row["subject"])])


def _country(row: Row) -> str:
    return joined([verbatim(row["address"]), verbatim(row["country"])])


def _export(row: Row) -> Said:
    out = f"{row['bytes_out'] or 0:,}"
    return said("{bytes} bytes to {destination}", bytes=out, destination=listed([row["destination"], *row["names"]]))


def _sighting(row: Row) -> str:
    return joined([verbatim(row["mac"]), verbatim(row["ip"])])


def _address(row: Row) -> Said:
    return said("{address}: {claimants}", address=row["ip"], claimants=listed(row["claimants"]))


def _identity(row: Row) -> Said:
    return said("{field}: {value}", field=term(f"field.{row['field']}", row["field"]), value=row["value"])


def _device(row: Row) -> str:
    who = dict.fromkeys((row["name"] or row["device"], *row["ips"]))
    return joined([*map(verbatim, who), *map(kept, row.get("conflict_details") or ())])


def _observation(row: Row) -> str:
    places = (verbatim(row[name] or "") for name in ("zone", "other_zone", "device"))
    return joined([*places, counted(row["packets"] or 0, "packet"), duration(row["seconds"] or 0.0)])


def _file(row: Row) -> str:
    seen = [counted(row["packets"] or 0, "packet"), duration(row["duration"] or 0.0)]
    return joined([*seen, kept(row["unread"] or "")])


def _capture(row: Row) -> str:
    parts = [counted(row["packets"] or 0, "packet"), duration(row["duration"] or 0.0)]
    return joined([*parts, *map(kept, (row["unread"] or "", *row["limits"], *row["not_understood"]))])


def _advisory(row: Row) -> str:
    return joined([verbatim(row["advisory"]), verbatim(row["vulnerability"]), verbatim(row["product"])])


def _exploited(row: Row) -> str:
    return joined([verbatim(row["vulnerability"]), verbatim(row["name"])])


def _exposure(row: Row) -> Said:
    about = said("{advisory} in {file}", advisory=row["advisory"], file=row["advisory_file"])
    details = joined([about, _firmware(row), kept(row["reason"] or "")])
    return said("{asset}: {details}", asset=row["name"], details=details)


def _firmware(row: Row) -> Said:
    """Every version that is said of an asset, and by whom."""
    stated = listed(
        said("{version} ({from})", **{"version": version, "from": kept(who)})
        for version, who in zip(row["firmware"], row["firmware_from"], strict=False)
    )
    return said("firmware {versions}", versions=stated) if stated else said("no firmware version is known")


def _conduit_part(row: Row) -> str:
    seen = said("seen: {what}", what=listed(map(verbatim, row["seen"]))) if row["seen"] else said("not seen")
    return joined([verbatim(row["conduit"]), verbatim(row["part"]), seen])


def _neighbour(row: Row) -> Said:
    return _link(row, row["neighbour"] or row["neighbour_mac"], row["neighbour_port"])


def _station(row: Row) -> Said:
    about = joined([verbatim(row["mac"]), verbatim(row["ip"])])
    return said("{address} behind {port} of {device}", address=about, port=row["port"], device=row["device"])


def _switch_port(row: Row) -> str:
    return joined([verbatim(row["device"]), verbatim(row["port"]), verbatim(row["state"]), verbatim(row["mode"])])


def _cable(row: Row) -> Said:
    return _link(row, row["other_device"], row["other_port"])


def _link(row: Row, *far: str) -> Said:
    other = " ".join(filter(None, far))
    return said("{port} of {device} to {other}", port=row["port"], device=row["device"], other=other)


def _occupied_port(row: Row) -> Said:
    behind = listed(map(verbatim, row["names"]))
    return said("{address} behind {port} of {device}", address=behind, port=row["port"], device=row["device"])


def _located(row: Row) -> str:
    return joined([verbatim(row["mac"]), listed(map(verbatim, row["ports"]))])


def _life_cycle(row: Row) -> str:
    return joined([verbatim(row["product"]), verbatim(row["version"]), verbatim(row["end_of_security_support"])])


def _supported(row: Row) -> Said:
    product = " ".join(filter(None, (row["product"], row["versions"])))
    about = said("{product} in {file}", product=product, file=row["statement_file"])
    until = row["end_of_security_support"]
    ends = said("end of security support {date}", date=until) if until else ""
    details = joined([about, ends, _firmware(row), kept(row["reason"] or "")])
    return said("{asset}: {details}", asset=row["name"], details=details)


def _answer(row: Row) -> Said:
    about = verbatim(f"{row['framework']} {row['requirement']}")
    return joined([about, term(f"answered.{row['verdict']}")]) if row["verdict"] else about


MESSAGES: Mapping[str, Callable[[Row], str]] = {
    "captures": _capture,
    "files": _file,
    "flows": _flow,
    "operations": _operation,
    "sessions": _session,
    "malformed": _malformed,
    "publications": _operation,
    "state_changes": _state,
    "related": _related,
    "resolutions": _resolution,
    "subscriptions": _subscription,
    "countries": _country,
    "certificate_chains": _chain,
    "authorities": _authority,
    "exports": _export,
    "sightings": _sighting,
    "addresses": _address,
    "identities": _identity,
    "observations": _observation,
    "devices": _device,
    "inventory": _asset,
    "advisories": _advisory,
    "known_exploited": _exploited,
    "exposures": _exposure,
    "life_cycles": _life_cycle,
    "neighbours": _neighbour,
    "stations": _station,
    "switch_ports": _switch_port,
    "cables": _cable,
    "occupied_ports": _occupied_port,
    "located_devices": _located,
    "supported_assets": _supported,
    "zones": _zone,
    "conduits": _conduit,
    "conduit_parts": _conduit_part,
    "export_entries": _export_entry,
    "writers": _writer,
    "undecided": _undecided,
    "roles": _role,
    "change_windows": _window,
    "settings": _setting,
    "acl_permits": _permit,
    "forwarding": _forwarding,
    "proofs": _proof,
    "waivers": _waiver,
    "decisions": _decision,
    "answers": _answer,
}
