"""What looks like a list of assets and is none: by the keys of well-known files, and by what its columns lack.

Lists of users, jobs, packages and cloud objects have names and types, too. A list of assets has, beside the name,
something that only devices have, or says of most entries that they are devices.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from scanner.assets import kinds
from scanner.assets.cells import text_of
from scanner.assets.headers import IDENTITY, fields_of
from scanner.assets.spelling import normalise
from scanner.wording import NOTHING, Said, said

_OF_ONE = frozenset(("ips", "macs", "serial", "hostname", "profinet_name", "id"))
_QUANTITIES = frozenset(
    map(
        normalise,
        (
            "quantity",
            "qty",
            "qty on hand",
            "on hand",
            "amount",
            "pieces",
            "pcs",
            "min stock",
            "stock level",
            "reorder level",
        )
        + ("Menge", "Anzahl", "Stückzahl", "Stück", "Stk", "Bestand", "Lagerbestand", "Mindestbestand")
        + (
            "quantité",
            "qté",
            "stock minimum",
            "cantidad",
            "existencias",
            "stock mínimo",
            "quantità",
            "quantidade",
            "aantal",
        )
        + ("количество", "кол-во", "数量", "库存数量", "库存量", "個数", "在庫数", "수량"),
    )
)
# A list of what a scanner found has a row for each finding: by what each is called, and how it is rated or fixed.
_FINDINGS = frozenset(
    ("pluginid", "pluginname", "nvtname", "nvtoid", "qid", "vulnid", "vulnerabilityid", "findingid")
    + ("vulnerabilityname", "cveid", "漏洞名称", "漏洞编号", "cve编号")
)
_RATINGS = re.compile(
    r"cvss\w*|severity|risk|solution|synopsis|remediation|threat|qod|schweregrad|漏洞等级|风险等级|危险级别"
)
FINDINGS = said("a list of findings, in which one asset may have many rows")
_LOOKED_AT = 50  # entries
_OF_DEVICES = frozenset(("ips", "macs", "serial", "hostname", "profinet_name", "order_number", "firmware"))
_OF_PRODUCTS = frozenset(("vendor", "type", "os", "id", "level", "zone", "criticality"))  # beside a model

# A file's name for itself, and keys of which it has all. At the top of a mapping, or in the first entry of a list.
_FILES: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (name, frozenset(keys.split()))
    for name, keys in (
        ("SONiC config_db.json", "DEVICE_METADATA"),
        ("package.json (npm)", "name version dependencies"),
        ("package.json (npm)", "name version scripts"),
        ("package.json (npm)", "name version devDependencies"),
        ("package-lock.json (npm)", "name lockfileVersion"),
        ("composer.json", "name require"),
        ("Terraform", "terraform_version"),
        ("Kubernetes", "apiVersion kind"),
        ("Docker Compose", "services networks"),
        ("Docker Compose", "services volumes"),
        ("OpenAPI", "openapi"),
        ("Swagger", "swagger"),
        ("GeoJSON", "type features"),
        ("Check Point", "uid meta-info"),
        ("AWS", "LoadBalancerArn"),
        ("AWS", "ResponseMetadata"),
        ("AWS", "OwnerId VpcId"),
        ("AWS", "SubnetId VpcId"),
        ("Azure", "subscriptionId"),
        ("GitLab CI", "stages"),
        ("STIX", "type spec_version objects"),
    )
)


def foreign_file(keys: Iterable[str]) -> str:
    """The well-known kind of file that has these keys and is no list of assets; empty when it is none."""
    given = set(keys)
    return next((name for name, marks in _FILES if marks <= given), "")


def refusal(name: str) -> Said:
    """What is said of such a file."""
    return said("a file of {system}, which is no list of assets", system=name)


def lacking(
    headers: Sequence[str], entries: Iterable[Mapping[str, Any]], columns: Mapping[str, str] | None = None
) -> Said:
    """What a list with these headers lacks to be a list of assets; nothing when it may be one.

    entries: header -> value of its first entries, which are looked at where the headers alone leave it open.
    """
    fields = fields_of(headers, columns)
    known = set(fields.values())
    if len(known) < 2 or IDENTITY.isdisjoint(known):
        return said("its columns name no asset: no name, address, host name or serial number beside something else")
    if are_findings(headers):
        return FINDINGS
    if are_parts(headers, known):
        return said(
            "a list of parts with quantities, in which no address or serial number tells one device from another"
        )
    own = bool(columns) and known != set(fields_of(headers).values())
    if own or not _OF_DEVICES.isdisjoint(known) or ("model" in known and not _OF_PRODUCTS.isdisjoint(known)):
        return NOTHING
    if _are_devices([h for h, field in fields.items() if field in {"type", "roles"}], entries):
        return NOTHING
    return said(
        "a list of names without anything that devices have: an IP or MAC address, host name, serial number, order "
        "number, firmware, model, or a type such as PLC"
    )


def are_findings(headers: Iterable[str]) -> bool:
    """A list of what a scanner for vulnerabilities found."""
    words = set(map(normalise, headers))
    return not words.isdisjoint(_FINDINGS) and any(map(_RATINGS.fullmatch, words))


def are_parts(headers: Iterable[str], fields: Collection[str]) -> bool:
    """A list of how many there are of what: a store of spare parts, an order."""
    return not _OF_ONE.intersection(fields) and not _QUANTITIES.isdisjoint(map(normalise, headers))


def _are_devices(headers: Sequence[str], entries: Iterable[Mapping[str, Any]]) -> bool:
    """Most entries say that they are a kind of device."""
    words = [
        text
        for _, entry in zip(range(_LOOKED_AT), entries, strict=False)
        if (text := next((t for h in headers if (t := text_of(entry.get(h)))), ""))
    ]
    return 2 * sum(kinds.asset_type(word) != "unknown" for word in words) > len(words)
