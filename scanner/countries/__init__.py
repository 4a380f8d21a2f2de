"""In which country an address of the Internet is registered, by a database that the user gives.

None comes with otaudit, and nothing is asked of anybody: a database is a file, CSV or MMDB, of whatever source. It says
where a network is registered, or thought to be, which is not always where its machines stand.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scanner.addresses import address_of
from scanner.bounded import read_up_to
from scanner.countries import mmdb
from scanner.countries.ranges import Wanted, in_ranges
from scanner.errors import InputError, reason
from scanner.wording import said

MAX_DATABASE = 512 << 20  # bytes, as it is or unpacked
_GZIP = b"\x1f\x8b"
CODE = re.compile(r"[A-Z]{2}")  # ISO 3166-1 alpha-2
NOWHERE = frozenset({"ZZ", "XX", "AP", "EU"})  # what such databases write for no country, or for several


@dataclass(frozen=True)
class Database:
    """One database: its file, and what it says of the addresses that were asked for."""

    source: str
    size: int  # bytes
    sha256: str
    countries: Mapping[str, str]  # address -> ISO 3166-1 alpha-2


def read_countries(path: Path, source: str, addresses: Iterable[str]) -> Database:
    """What the database says of public addresses; one that it does not know is left out. InputError."""
    try:
        data = read_up_to(path, MAX_DATABASE)
    except OSError as error:
        raise InputError(source, said("cannot be read: {reason}", reason=reason(error))) from error
    whole = _unpacked(data, source)
    wanted = [address for address in map(address_of, addresses) if address.public]
    found = mmdb.look_up(whole, source, wanted) if mmdb.is_mmdb(whole) else in_ranges(whole, source, Wanted(wanted))
    known = {text: code for text, code in found.items() if CODE.fullmatch(code) and code not in NOWHERE}
    return Database(source, len(data), hashlib.sha256(data).hexdigest(), known)


def _unpacked(data: bytes, source: str) -> bytes:
    """The database without gzip around it."""
    too_large = InputError(source, said("is larger than {size:,} bytes", size=MAX_DATABASE))
    if len(data) > MAX_DATABASE:
        raise too_large
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            whole = file.read(MAX_DATABASE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(source, said("cannot be unpacked")) from error
    if len(whole) > MAX_DATABASE:
        raise too_large
    return whole
