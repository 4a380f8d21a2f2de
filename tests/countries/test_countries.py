"""Countries of addresses, from databases of every form: what is said, what is not known, and what is damaged."""

from __future__ import annotations

import gzip
import ipaddress
import random
import struct
import time

import pytest

from scanner.addresses import address_of
from scanner.countries import mmdb, read_countries
from scanner.errors import InputError

ASKED = ["1.0.0.7", "1.1.1.1", "8.8.8.8", "2606:4700::1", "10.20.1.5", "224.0.0.5"]
KNOWN = {"1.0.0.7": "AU", "8.8.8.8": "US", "2606:4700::1": "US"}

DB_IP = b"1.0.0.0,1.0.0.255,AU\n8.8.0.0,8.8.255.255,US\n2606:4700::,2606:4700:ffff::,US\n1.1.0.0,1.1.255.255,ZZ\n"
DB_IP_CITY = b"1.0.0.0,1.0.0.255,OC,AU,X\n8.8.0.0,8.8.255.255,NA,US,Y\n2606:4700::,2606:4700:ffff::,NA,US,Z\n"
NUMBERS = (
    b'"0","16777215","-","-"\r\n"16777216","16777471","AU","Australia"\r\n'
    b'"134744064","134744319","US","United States"\r\n'
    b'"50543257671486911926274036848023568384","50543257694252880000000000000000000000","US","x"\r\n'
)
MAPPED = (
    b'"281470698520576","281470698520831","AU","a"\n"281470816487424","281470816487679","US","b"\n'
    b'"50543257671486911926274036848023568384","50543257694252880000000000000000000000","US","x"\n'
)
TABS = b"1.0.0.0\t1.0.0.255\t13335\tAU\tX\n8.8.8.0\t8.8.8.255\t15169\tUS\tY\n2606:4700::\t2606:4700:ff::\t1\tUS\tZ\n"
NETWORKS = b"network,country\n1.0.0.0/24,AU\n8.0.0.0/8,CA\n8.8.8.0/24,US\n2606:4700::/32,US\n"


def text(value: str) -> bytes:
    raw = value.encode()
    return bytes((0x40 | len(raw),)) + raw


def number(value: int, kind: int = 6) -> bytes:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes((kind << 5 | len(raw),)) + raw


def mapping(**pairs: bytes) -> bytes:
    return bytes((0xE0 | len(pairs),)) + b"".join(text(key) + value for key, value in pairs.items())


def database(records: dict[str, bytes], bits: int = 24, version: int = 6) -> bytes:
    """A file in which each network has its value."""
    tree: list[list[object]] = [[None, None]]
    section, places = b"", {}
    for network, value in records.items():
        if value not in places:
            places[value] = len(section)
            section += value
        net = ipaddress.ip_network(network)
        width = 32 if net.version == 4 else 128
        path = [0] * (96 if net.version == 4 and version == 6 else 0)
        path += [int(net.network_address) >> width - 1 - n & 1 for n in range(net.prefixlen)]
        node = 0
        for bit in path[:-1]:
            if tree[node][bit] is None:
                tree.append([None, None])
                tree[node][bit] = len(tree) - 1
            node = tree[node][bit]
        tree[node][path[-1]] = ("data", places[value])
    count, out = len(tree), b""
    for node in tree:
        low, high = (count if x is None else x if isinstance(x, int) else count + 16 + x[1] for x in node)
        if bits == 28:
            middle = (low >> 24) << 4 | high >> 24
            out += (low & 0xFFFFFF).to_bytes(3, "big") + bytes((middle,)) + (high & 0xFFFFFF).to_bytes(3, "big")
        else:
            out += low.to_bytes(bits // 8, "big") + high.to_bytes(bits // 8, "big")
    about = mapping(node_count=number(count), record_size=number(bits, 5), ip_version=number(version, 5))
    return out + bytes(16) + section + b"\xab\xcd\xefMaxMind.com" + about


def nested(code: str) -> bytes:
    return mapping(continent=mapping(code=text("XX")), country=mapping(iso_code=text(code)))


def of(data: bytes, tmp_path, asked: list[str] = ASKED) -> dict[str, str]:
    path = tmp_path / "x.db"
    path.write_bytes(data)
    return dict(read_countries(path, "x.db", asked).countries)


@pytest.mark.parametrize("data", [DB_IP, DB_IP_CITY, NUMBERS, MAPPED, TABS, NETWORKS])
def test_ranges(data, tmp_path):
    assert of(data, tmp_path) == KNOWN
    assert of(gzip.compress(data), tmp_path) == KNOWN


@pytest.mark.parametrize("bits", [24, 28, 32])
@pytest.mark.parametrize("form", [nested, lambda c: mapping(country_code=text(c)), lambda c: mapping(country=text(c))])
def test_mmdb(bits, form, tmp_path):
    data = database({"1.0.0.0/24": form("AU"), "8.8.8.0/24": form("us"), "2606:4700::/32": form("US")}, bits)
    assert of(data, tmp_path) == KNOWN
    assert of(gzip.compress(data), tmp_path) == KNOWN


def test_a_database_of_ipv4_alone(tmp_path):
    data = database({"1.0.0.0/24": nested("AU"), "8.8.8.0/24": nested("US")}, version=4)
    assert of(data, tmp_path) == {"1.0.0.7": "AU", "8.8.8.8": "US"}


def test_pointers(tmp_path):
    shared = text("AU")
    data = database({"1.0.0.0/24": shared + mapping(country=b"\x20\x00")})
    count = int.from_bytes(data[:0] or b"\0", "big")
    assert count == 0
    raw = bytearray(data)
    leaf = raw.index(b"\xab\xcd\xefMaxMind.com")
    tree = leaf - len(shared) - len(mapping(country=b"\x20\x00")) - 16
    at = tree - 6
    for place in (at, at + 3):
        value = int.from_bytes(raw[place : place + 3], "big")
        if value == tree // 6 + 16:
            raw[place : place + 3] = (value + len(shared)).to_bytes(3, "big")
    assert of(bytes(raw), tmp_path) == {"1.0.0.7": "AU"}


@pytest.mark.parametrize(
    "value",
    [
        b"\x20\x00",  # points to itself
        b"\xe1" * 60,  # maps in maps
        b"\xff\xff\xff\xff",  # a map of millions
        mapping(country=b"\x1f\x04\xff\xff\xff"),  # an array of millions
        b"\x5f\xff\xff\xff",  # a text longer than the file
        b"\x00\xff",
        b"\x3f\xff\xff\xff\xff",
    ],
)
def test_data_that_would_never_end(value, tmp_path):
    started = time.monotonic()
    with pytest.raises(InputError, match="damaged"):
        of(database({"1.0.0.0/24": value}), tmp_path)
    assert time.monotonic() - started < 2


def test_trees_that_lead_nowhere(tmp_path):
    loop = struct.pack(">I", 0)[1:] * 2 + bytes(16) + b"\xab\xcd\xefMaxMind.com"
    loop += mapping(node_count=number(1), record_size=number(24, 5), ip_version=number(6, 5))
    with pytest.raises(InputError, match="damaged"):
        of(loop, tmp_path)
    for wrong in ({"node_count": number(1 << 30)}, {"record_size": number(25, 5)}, {"ip_version": number(5, 5)}):
        about = {"node_count": number(1), "record_size": number(24, 5), "ip_version": number(6, 5)} | wrong
        with pytest.raises(InputError, match="damaged"):
            of(bytes(22) + b"\xab\xcd\xefMaxMind.com" + mapping(**about), tmp_path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no ranges"),
        (b"name,ip,mac\na,10.0.0.1,b\n", "no ranges"),
        (b"9.0.0.0,1.0.0.0,AU\n", "no ranges"),
        (b"1.0.0.0/33,AU\n1.0.0.0/-1,AU\n99999999999999999999999999999999999999999,1,AU\n", "no ranges"),
        (b"\x1f\x8bjunk", "unpacked"),
        (gzip.compress(DB_IP, mtime=0)[:-10], "unpacked"),
        (b"A" * 100_000, "no ranges"),
    ],
)
def test_what_is_no_database(data, words, tmp_path):
    with pytest.raises(InputError, match=words):
        of(data, tmp_path)


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_countries(tmp_path / "none.csv", "none.csv", ASKED)


def test_any_damage_is_told_or_harmless():
    dice = random.Random(5)  # noqa: S311
    good = database({"1.0.0.0/24": nested("AU"), "8.8.8.0/24": nested("US"), "2606:4700::/32": nested("US")})
    asked = [address_of(text) for text in ASKED[:4]]
    for _ in range(3000):
        raw = bytearray(good)
        for _ in range(dice.randint(1, 6)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        cut = bytes(raw[: dice.randrange(len(raw))]) if dice.random() < 0.2 else bytes(raw)
        if mmdb.is_mmdb(cut):
            try:
                mmdb.look_up(cut, "x", asked)
            except InputError:
                continue


def test_the_narrowest_range_counts(tmp_path):
    data = b"8.8.8.0,8.8.8.255,US\n8.0.0.0,8.255.255.255,CA\n8.8.8.8,8.8.8.8,DE\n"
    assert of(data, tmp_path) == {"8.8.8.8": "DE"}
