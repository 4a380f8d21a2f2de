"""Whether what goes through conduits that must be encrypted was: proved, readable, or neither.

Proved is a conversation of which all was seen, both ways and from its beginning, and of which each protocol shows
with what it is encrypted. Readable is one of which some was read: by a protocol that does not hide what it says, or
with algorithms that hide nothing. All else is unproved: guessed by a port, not recognised, captured midway, with holes,
one direction alone, with algorithms that anybody breaks or takes part in, or begun in clear.
"""

from __future__ import annotations

import re
from itertools import product

import polars as pl

from scanner.facts.frames import Facts, scattered
from scanner.facts.outside import BARE
from scanner.facts.schema import PATH
from scanner.facts.scope import too_short
from scanner.protocols import protocols
from scanner.protocols.base import OPENING, Verb
from scanner.wording import plain

PROVED, READABLE, UNPROVED = "proved", "readable", "unproved"
COLUMNS = ("encryption", "encrypted_by")
_INTEGRITY_ONLY = r"^TLS_SHA(?:256|384)_SHA(?:256|384)$|^none$"  # RFC 9150; a cipher of SSH
_NO_PROOF = r"_anon_|EXPORT|DES40|_DES_|_RC2_|^SSL"  # anybody is the other end, or finds the key
_AGREED_IN_CLEAR = ("opcua",)  # of whose messages in clear each is an operation, so that no other was sent
_LOG_IN_MAKES_KEYS = ("smb",)  # it is therefore never encrypted itself
_OWN_PROOF = ("macsec",)  # whose messages name no algorithm
_TUNNELS = ("esp", "wireguard", "openvpn")
_POLICY = re.compile(r"(?:security policy|mode) (\w+)")
_PROMISED = ("rdp",)  # whose messages agree on encryption, and are not seen encrypted
_LEAST = 3  # bytes; no message is shorter
_ENDS = ("client", "server")


def encryption(flows: pl.DataFrame, facts: Facts) -> list[pl.Series]:
    """The columns ``encryption`` and ``encrypted_by``; empty for flows that need not be encrypted, or carry nothing.

    flows: with what the policy says of them.
    """
    conduits = facts["conduits"]
    strict = conduits.filter(pl.col("encrypted").fill_null(value=False))
    nothing = [pl.repeat("", flows.height, eager=True, dtype=pl.String()).alias(COLUMNS[0])]
    nothing.append(pl.Series(COLUMNS[1], [[]], pl.List(pl.String)).new_from_index(0, flows.height))
    if not strict.height or not flows.height:
        return nothing
    at = flows.select(_must_be(conduits, strict)).to_series().arg_true()
    if not at.len():
        return nothing
    rows = flows[at].with_row_index("_row")
    each = _states(rows, facts)
    told = rows.select("_row", *_tunnel_columns(rows, flows, facts)).join(
        each.group_by("_row").agg(
            _readable=(pl.col("_state") == READABLE).any(),
            _proved=(pl.col("_state") == PROVED).all(),
            encrypted_by=pl.col("_by").filter(pl.col("_by") != "").unique(maintain_order=True),
        ),
        on="_row",
        how="left",
        maintain_order="left",
    )
    whole = rows.select(_whole=_seen_whole()).to_series()
    found = told.with_columns(whole).select(
        pl.when(pl.col("_readable") & ~pl.col("_in_tunnel"))
        .then(pl.lit(READABLE))
        .when(pl.col("_proved") & pl.col("_whole"))
        .then(pl.lit(PROVED))
        .otherwise(pl.lit(UNPROVED))
        .alias(COLUMNS[0]),
        pl.col(COLUMNS[1]),
    )
    beside = scattered(found, at, flows.height)
    return [beside[COLUMNS[0]].fill_null(""), beside[COLUMNS[1]].fill_null([])]


def _must_be(conduits: pl.DataFrame, strict: pl.DataFrame) -> pl.Expr:
    """A conduit that allows it says so; or one between its zones does, and whether it is of that one is not known."""
    lax = conduits.filter(~pl.col("encrypted").fill_null(value=False))["conduit"]
    ids = strict.filter(~pl.col("conduit").is_in(lax.implode()))["conduit"].unique()
    ways = [(a, b) for a, b in strict.select("from_zone", "to_zone").iter_rows()]
    ways += [(b, a) for a, b in strict.filter("both_ways").select("from_zone", "to_zone").iter_rows()]
    pairs = pl.Series([f"{a}\n{b}" for a, b in ways], dtype=pl.String)
    pair = pl.concat_str("client_zone", pl.lit("\n"), "server_zone")
    unsure = pl.col("allowed").is_null() & (pl.col("conduit") == "") & pair.is_in(pairs.implode())
    sent = pl.sum_horizontal(pl.col(f"{end}_{what}").fill_null(0) for end in _ENDS for what in ("bytes", "missing"))
    must = (pl.col("conduit").is_in(ids.implode()) | unsure) & (sent > 0)
    return (must & ~pl.col("copy").fill_null(value=False)).fill_null(value=False)


def _states(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Of each protocol of each row what it shows (``_state``), and with what (``_by``)."""
    secret = [name for name, known in protocols().items() if known.secured]
    spoken = pl.concat_list("protocol", "protocols").list.unique(maintain_order=True)
    guessed = (pl.col("recognised_by") == "port").fill_null(value=False) | too_short()
    each = rows.select("_row", *PATH, _guessed=guessed, _several=spoken, _spoken=spoken).explode("_spoken")
    key = [*PATH, "protocol"]
    each = each.rename({"_spoken": "protocol"})
    for beside in (_sessions(facts["sessions"], rows), _read(facts["operations"], rows)):
        each = each.join(beside, on=key, how="left", nulls_equal=True, maintain_order="left")
    closed, opened, bare, weak, named, read, password = (
        pl.col(name).fill_null(value=False)
        for name in ("_closed", "_open", "_bare", "_weak", "_named", "_read", "_password")
    )
    secured = pl.col("protocol").is_in(secret)
    beside_secret = pl.col("_several").list.set_intersection(secret).list.len() > 0
    shown = (
        pl.when(secured)
        .then(named | (pl.col("protocol").is_in(_OWN_PROOF) & closed))
        .otherwise(closed & (named | ~pl.col("protocol").is_in(_PROMISED)))
    )
    in_clear = opened | (read & ~closed)
    state = (
        pl.when(pl.col("_guessed") | (pl.col("protocol") == "")).then(pl.lit(UNPROVED))
        .when(bare).then(pl.lit(READABLE))
        .when(in_clear & (read | password)).then(pl.lit(READABLE))
        .when(opened & ~closed & ~beside_secret).then(pl.lit(READABLE))
        .when(~shown | weak | read).then(pl.lit(UNPROVED))
        .when(opened & ~pl.col("protocol").is_in(_AGREED_IN_CLEAR)).then(pl.lit(UNPROVED))
        .otherwise(pl.lit(PROVED))
    )  # fmt: skip
    by = pl.concat_str(
        "protocol",
        *(
            pl.when(words.list.len() > 0).then(pl.lit(sign) + words.list.join(", ")).otherwise(pl.lit(""))
            for sign, words in ((" ", pl.col("_versions").fill_null([])), (": ", pl.col("_ciphers").fill_null([])))
        ),
    )
    return each.select("_row", _state=state, _by=pl.when(pl.col("protocol") != "").then(by).otherwise(pl.lit("")))


def _sessions(sessions: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """What the sessions of the rows say, by conversation and protocol."""
    own = sessions.join(rows.select(PATH).unique(), on=list(PATH), how="semi", nulls_equal=True)
    suites = pl.col("ciphers").list.eval(pl.element().str.contains(f"{BARE}|{_INTEGRITY_ONLY}")).list.any()
    poor = pl.concat_list("ciphers", "versions").list.eval(pl.element().str.contains(_NO_PROOF)).list.any()
    password = (
        pl.col("credentials").list.set_intersection(["password", "user-password", "basic", "bearer"]).list.len() > 0
    )
    return (
        own.with_columns(_policies(own))
        .group_by(*PATH, "protocol", maintain_order=True)
        .agg(
            _closed=pl.col("encrypted").fill_null(value=False).any(),
            _open=(pl.col("in_clear").fill_null(value=False) | ~pl.col("encrypted").fill_null(value=True)).any(),
            _bare=suites.fill_null(value=False).any(),
            _weak=poor.fill_null(value=False).any(),
            _named=(pl.col("ciphers").list.len() > 0).any() & _exchanged(),
            _password=password.fill_null(value=False).any(),
            _versions=pl.col("versions").explode().drop_nulls().unique(maintain_order=True),
            _ciphers=pl.col("ciphers").list.concat("_policies").explode().drop_nulls().unique(maintain_order=True),
        )
    )


def _exchanged() -> pl.Expr:
    """Of SSH, the exchange of keys went beyond the lists of algorithms, which anybody can say before clear text."""
    return (pl.col("host_keys").list.len().fill_null(0) > 0).any() | (pl.col("protocol").first() != "ssh")


def _policies(own: pl.DataFrame) -> pl.Series:
    """The security policies of OPC UA, which name the algorithms, with the modes of the channels."""
    told = own.select(pl.when(pl.col("protocol") == "opcua").then("detail").otherwise(pl.lit(""))).to_series()
    found = [[w for w in _POLICY.findall(plain(text or "")) if w != "None"] for text in told]
    return pl.Series("_policies", found, pl.List(pl.String))


def _read(operations: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Of which conversations and protocols an operation was read that is more than agreeing on a session."""
    agreeing = pl.col("verb").is_in([*OPENING])
    agreeing |= (pl.col("verb") == Verb.AUTHENTICATE) & pl.col("protocol").is_in(_LOG_IN_MAKES_KEYS)
    told = operations.filter((pl.col("recognised_by") != "port").fill_null(value=True) & ~agreeing)
    own = told.join(rows.select(PATH).unique(), on=list(PATH), how="semi", nulls_equal=True)
    return own.select(*PATH, "protocol").unique(maintain_order=True).with_columns(_read=pl.lit(value=True))


def _seen_whole() -> pl.Expr:
    """Both directions from the beginning on, without a hole that a message fits into."""
    holed = [(pl.col(f"{end}_unread").fill_null(0) > _LEAST) for end in _ENDS]
    torn = [pl.col(f"{end}_contradictory").fill_null(0) > 0 for end in _ENDS]
    cut = [pl.col(f"{end}_cut").fill_null(0) > 0 for end in _ENDS]
    unheard = [pl.col(f"{end}_packets").fill_null(0) == 0 for end in _ENDS]
    late = pl.col("midway").fill_null(0) > 0
    return ~pl.any_horizontal(*holed, *torn, *cut, *unheard, late)


def _tunnel_columns(rows: pl.DataFrame, flows: pl.DataFrame, facts: Facts) -> list[pl.Series]:
    """``_in_tunnel``: what was read may go through an encrypted tunnel between gateways before it leaves its zone: one
    was seen with an end in, or before, either zone of the row, and the row lies in none.
    """
    sealed = facts["sessions"].filter(pl.col("encrypted").fill_null(value=False) & pl.col("protocol").is_in(_TUNNELS))
    there = flows.filter(pl.col("protocol").is_in(_TUNNELS)).join(sealed, on=list(PATH), how="semi", nulls_equal=True)
    pairs = set(there.select("client_zone", "server_zone").iter_rows())
    ends = {frozenset(pair) for pair in there.select("client", "server").iter_rows()}

    def may(client_zone: str, server_zone: str) -> bool:
        ways = product((client_zone, ""), (server_zone, ""))
        return any((a, b) in pairs or (b, a) in pairs for a, b in ways)

    looked_at = rows.select("client_zone", "server_zone", "client", "server", "tunnel")
    found = [
        not tunnel and frozenset((client, server)) not in ends and may(own, other)
        for own, other, client, server, tunnel in looked_at.iter_rows()
    ]
    return [pl.Series("_in_tunnel", found, dtype=pl.Boolean)]
