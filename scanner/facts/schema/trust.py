"""The tables of certificates: the chains that servers sent, and the authorities that a user trusts."""

from __future__ import annotations

from scanner.facts.schema.columns import Column, Table

CERTIFICATE_CHAINS = Table(
    "certificate_chains",
    "One row for each list of certificates that a server sent by TLS or DTLS and that was not encrypted; sessions name "
    "it (``certificate_chain``).",
    "capture",
    (
        Column("capture", "str", "id of the capture"),
        Column("chain", "str", "id: the same for the same certificates in the same order"),
        Column("certificates", "list[str]", "the certificates in DER and Base64, the server's own first; at most 10"),
        Column("complete", "bool", "these are all that were sent"),
        Column("first_time", "time", "when it was first sent"),
        Column("last_time", "time", "when it was last sent"),
    ),
)

AUTHORITIES = Table(
    "authorities",
    "One row for each certificate of an authority in a file that the user gave (``otaudit scan --trust``).",
    "capture",
    (
        Column("source", "str", "the file"),
        Column("subject", "str", "whose it is"),
        Column("certificate", "str", "the certificate in DER and Base64"),
    ),
)
