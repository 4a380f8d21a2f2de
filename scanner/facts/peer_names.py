"""What the ends outside the plant are called, and whose service the names are of.

Names come from answers of name servers and from what clients ask for in TLS, QUIC and HTTP. Both are somebody's word:
they describe an address in reports, and nothing is allowed or excused by one.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from scanner.addresses import is_ip
from scanner.facts.frames import lists
from scanner.facts.schema import PATH
from scanner.providers import ai_providers, cloud_providers, provider_of

MOST_NAMES = 8  # of one conversation
_LONGEST = 253  # characters of a name
_ROW = "_row"


def peer_names(flows: pl.DataFrame, sessions: pl.DataFrame, resolutions: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Of each flow, the names of the end that is outside and the providers that they are of.

    flows: all of them with one end outside, ``outside``. First come the names by which the other end was told of it,
    then those asked for in the conversation, then, where it is known by none, what anybody was told.
    """
    here = pl.when(pl.col("outside") == "server").then("client").otherwise("server")
    far = pl.when(pl.col("outside") == "server").then("server").otherwise("client")
    rows = flows.select(*PATH, "outside", _here=here, _far=far).with_row_index(_ROW)
    resolved = _resolved(resolutions, rows["_far"].unique())
    own = rows.join(resolved, left_on=["_here", "_far"], right_on=["client", "address"]).select(
        _ROW, "name", _rank=pl.lit(0)
    )
    wire = rows.filter(pl.col("outside") == "server").join(_asked(sessions), on=list(PATH), nulls_equal=True)
    named = pl.concat([own, wire.select(_ROW, "name", _rank=pl.lit(1))])
    rest = rows.join(named, on=_ROW, how="anti").join(resolved, left_on="_far", right_on="address")
    named = pl.concat([named, rest.select(_ROW, "name", _rank=pl.lit(2))])
    clean = {name: _clean(name) for name in named["name"].unique()}
    named = named.with_columns(name=pl.col("name").replace_strict(clean, default="", return_dtype=pl.String))
    named = (
        named.filter(pl.col("name") != "")
        .sort(_ROW, "_rank", "name")
        .unique([_ROW, "name"], keep="first", maintain_order=True)
    )
    owner = {name: provider_of(name) for name in named["name"].unique()}
    named = named.with_columns(provider=pl.col("name").replace_strict(owner, default="", return_dtype=pl.String))
    whose = (
        named.filter(pl.col("provider") != "").sort(_ROW, "provider").unique([_ROW, "provider"], maintain_order=True)
    )
    some = named.group_by(_ROW, maintain_order=True).head(MOST_NAMES).sort(_ROW, "_rank", "name")
    names = lists(some, _ROW, "name", flows.height)
    return names.alias("peer_names"), lists(whose, _ROW, "provider", flows.height).alias("providers")


def server_names(flows: pl.DataFrame, sessions: pl.DataFrame, resolutions: pl.DataFrame) -> list[pl.Series]:
    """Of each flow, the names by which its client asked for the server: those of the conversation, else those of which
    a name server told the client that they have the server's address; and the AI services and clouds that they are
    of.
    """
    rows = flows.select(*PATH).with_row_index(_ROW)
    asked = _asked(sessions)
    named = rows.join(asked, on=list(PATH), nulls_equal=True).select(_ROW, "name")
    told = _resolved(resolutions, rows["server"].unique())
    rest = rows.join(named, on=_ROW, how="anti")
    found = rest.join(told, left_on=["client", "server"], right_on=["client", "address"]).select(_ROW, "name")
    every = pl.concat([named, found]).unique().sort(_ROW, "name")
    some = every.group_by(_ROW, maintain_order=True).head(MOST_NAMES)
    return [
        lists(some, _ROW, "name", flows.height).alias("server_names"),
        _whose(every, ai_providers, flows.height).alias("ai_providers"),
        _whose(every, cloud_providers, flows.height).alias("cloud_providers"),
    ]


def _whose(every: pl.DataFrame, of: Callable[[list[str]], list[str]], height: int) -> pl.Series:
    """Of each row, whose its names are."""
    known = {name: of([name]) for name in every["name"].unique()}
    owners = pl.DataFrame(
        [(name, provider) for name, providers in known.items() for provider in providers],
        {"name": pl.String, "provider": pl.String},
        orient="row",
    )
    whose = every.join(owners, on="name").unique([_ROW, "provider"]).sort(_ROW, "provider")
    return lists(whose, _ROW, "provider", height)


def _asked(sessions: pl.DataFrame) -> pl.DataFrame:
    """The names that clients asked for in TLS, QUIC and HTTP, and their conversations."""
    asked = sessions.filter(pl.col("server_names").list.len() > 0)
    return asked.select(*PATH, name="server_names").explode("name")


def _resolved(resolutions: pl.DataFrame, addresses: pl.Series) -> pl.DataFrame:
    """client, address, name: what name servers said of these addresses; aliases are names too."""
    known = resolutions.filter(pl.col("address").is_in(addresses.implode()))
    names = known.select("client", "address", name=pl.concat_list(pl.concat_list("name"), "aliases"))
    return names.explode("name").unique()


def _clean(name: str) -> str:
    """Lower case, without a port; empty for addresses and what is no name."""
    host, colon, port = name.strip().rpartition(":")
    text = (host if colon and port.isdigit() else name).strip().rstrip(".").lower()
    if not text or len(text) > _LONGEST or not text.isprintable():
        return ""
    number = text[-1].isdigit() or ":" in text  # no domain of the Internet ends in a digit
    return "" if number and is_ip(text.strip("[]")) else text
