"""Whether the chains of certificates that servers sent lead to an authority that the user gave."""

from __future__ import annotations

import base64

import polars as pl

TRUST = ("certificate_trusted", "certificate_distrust")


def trusted(sessions: pl.DataFrame, chains: pl.DataFrame, authorities: pl.DataFrame) -> pl.DataFrame:
    """Of each session whether its chain is trusted, and why not; by the time at which the chain was last sent in its
    capture.
    """
    found: dict[tuple[str, str], tuple[bool | None, str]] = {}
    if authorities.height and chains.height:
        from scanner.trust.chains import Authorities  # loads cryptography

        judge = Authorities(map(base64.b64decode, authorities["certificate"])).judge
        columns = ("capture", "chain", "certificates", "complete", "last_time")
        for capture, chain, certificates, complete, when in chains.select(columns).iter_rows():
            ders = [base64.b64decode(one) for one in certificates]
            found[capture, chain] = judge(ders, when, complete=complete)
    told = [found.get(key, (None, "")) for key in sessions.select("capture", "certificate_chain").iter_rows()]
    return pl.DataFrame(
        {name: [row[at] for row in told] for at, name in enumerate(TRUST)},
        schema={TRUST[0]: pl.Boolean, TRUST[1]: pl.String},
    )
