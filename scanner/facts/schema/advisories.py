"""Tables of advisories: what makers say of their products, and what of it concerns the plant."""

from __future__ import annotations

from scanner.facts.schema.columns import Column, Table

ADVISORIES = Table(
    "advisories",
    "One row for each product, vulnerability and status in the advisories (CSAF).",
    "advisory",
    (
        Column("source", "str", "file"),
        Column("advisory", "str", "id of the advisory"),
        Column("title", "str", "its title"),
        Column("vulnerability", "str", "CVE number, else the id that the advisory gives it"),
        Column(
            "status",
            "str",
            "known_affected, first_affected, last_affected, known_not_affected, fixed, first_fixed, "
            "under_investigation, recommended or unknown",
        ),
        Column("vendor", "str", "maker"),
        Column("family", "str", "family of products"),
        Column("product", "str", "product"),
        Column("version", "str", "version, or range of versions, as the advisory writes it"),
        Column("exact", "bool", "it names one version and no range"),
        Column("plain", "bool", "nothing but product and version narrows it"),
        Column("order_numbers", "list[str]", "order numbers, with ? and * as the advisory has them"),
        Column("serials", "list[str]", "serial numbers, with ? and * as the advisory has them; empty: every one"),
        Column("cpe", "str", "CPE name"),
        Column("purl", "str", "package URL"),
        Column("score", "float", "highest base score of CVSS"),
        Column("remedy", "str", "what the maker advises for it"),
        Column(
            "remedy_kind", "str", "what that is: vendor_fix, mitigation, workaround, no_fix_planned, none_available"
        ),
    ),
)

KNOWN_EXPLOITED = Table(
    "known_exploited",
    "One row for each vulnerability that is known to be exploited (CISA's catalogue).",
    "advisory",
    (
        Column("source", "str", "file"),
        Column("vulnerability", "str", "CVE number"),
        Column("vendor", "str", "maker"),
        Column("product", "str", "product"),
        Column("name", "str", "what it is called"),
        Column("added", "str", "since when it is in the catalogue, ISO 8601 date"),
        Column("due", "str", "until when it is to be dealt with, ISO 8601 date"),
    ),
)

_ASSET = (
    Column("row", "int", "row in the inventory; null for a device that is in none"),
    Column("device", "str", "id of the device in the table devices; empty if it was not seen"),
    Column("name", "str", "its name"),
    Column("zone", "str", "zone that the policy puts it in"),
    Column("vendor", "str", "maker"),
    Column("model", "str", "product"),
    Column("order_number", "str", "order number"),
    Column("firmware", "list[str]", "every firmware version that is stated for it"),
    Column("firmware_from", "list[str]", "who states them: inventory, or a protocol and where", said=True),
)

EXPOSURES = Table(
    "exposures",
    "One row for each asset, and each advisory and vulnerability that may concern it, and whether it is affected.",
    "advisory",
    (
        Column(
            "source",
            "str",
            "inventory that lists the asset, or its configuration where nothing else does; else the advisory",
        ),
        *_ASSET,
        Column("advisory", "str", "id of the advisory"),
        Column("advisory_file", "str", "its file"),
        Column("title", "str", "its title"),
        Column("vulnerability", "str", "CVE number, else the id that the advisory gives it"),
        Column("score", "float", "highest base score of CVSS"),
        Column("known_exploited", "bool", "it is in a catalogue of exploited vulnerabilities; null if none was given"),
        Column("product", "str", "product of the advisory that decided"),
        Column("versions", "str", "its version or range of versions, as the advisory writes it"),
        Column("matched_by", "str", "order number or name"),
        Column("result", "str", "affected, not-affected or unknown"),
        Column("reason", "str", "why", said=True),
        Column("remedy", "str", "what the maker advises"),
        Column(
            "remedy_kind", "str", "what that is: vendor_fix, mitigation, workaround, no_fix_planned, none_available"
        ),
    ),
    derived=True,
)

LIFE_CYCLES = Table(
    "life_cycles",
    "One row for each product and statement in the documents of makers about the lives of their products (OpenEoX).",
    "advisory",
    (
        Column("source", "str", "file"),
        Column("vendor", "str", "maker"),
        Column("product", "str", "product"),
        Column("hardware_revision", "str", "revision of the hardware that the statement is about; empty: any"),
        Column("version", "str", "version of the software, or range of versions, as it is written; empty: any"),
        Column("exact", "bool", "it names one version and no range"),
        Column("plain", "bool", "nothing but product, revision and version narrows it"),
        Column("order_numbers", "list[str]", "order numbers, with ? and * as the document has them"),
        Column("serials", "list[str]", "serial numbers, with ? and * as the document has them; empty: every one"),
        Column("cpe", "str", "CPE name"),
        Column("purl", "str", "package URL"),
        Column("general_availability", "str", "since when it is to be had, as it is written"),
        Column("end_of_sales", "str", "last day on which it can be ordered, as it is written"),
        Column("end_of_security_support", "str", "last day of security support, as it is written, or tba"),
        Column("end_of_life", "str", "last day of any support, as it is written, or tba"),
        Column("last_updated", "str", "when the statement was changed last, as it is written"),
    ),
)

SUPPORTED_ASSETS = Table(
    "supported_assets",
    "One row for each asset and statement of its maker that may say until when it gets security support.",
    "advisory",
    (
        Column("source", "str", "inventory that lists the asset; else the maker's document"),
        *_ASSET,
        Column("statement_file", "str", "file of the statement"),
        Column("product", "str", "product of the statement"),
        Column("versions", "str", "its version or range of versions, as it is written"),
        Column("matched_by", "str", "order number or name"),
        Column("supported_certainly_until", "time", "last day of security support; null when that is not known"),
        Column(
            "supported_possibly_until",
            "time",
            "last day on which there may be security support; null when that is not known",
        ),
        Column("reason", "str", "why that cannot be told", said=True),
        Column("end_of_security_support", "str", "as it is written, or tba"),
        Column("end_of_life", "str", "as it is written, or tba"),
        Column("general_availability", "str", "as it is written"),
    ),
    derived=True,
)
