"""Single cells of an inventory: many values in one cell, addresses, VLANs, levels, and what must never be kept."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any, NamedTuple

from scanner.addresses import is_group_mac, parse_ip, parse_mac
from scanner.assets.unnumbered import has_none, is_how_given
from scanner.errors import WrongText
from scanner.vocabulary import LEVELS
from scanner.wording import Said, said

MAX_CELL = 2000  # characters kept of one cell

_UNKNOWN = frozenset(
    ("-", "--", "---", "n/a", "na", "n.a.", "n/s", "null", "nil", "unknown", "tbd", "?", "k.a.", "/", "\\", ".")
    + ("unbekannt", "未知", "不明", "待定", "#n/a", "#nv", "??", "???", "...", "\N{HORIZONTAL ELLIPSIS}")
    + ("\N{EN DASH}", "\N{EM DASH}", "\N{HORIZONTAL BAR}", "\N{FULLWIDTH HYPHEN-MINUS}", "\N{MINUS SIGN}")
)
_LONGEST_UNKNOWN = 20  # with blanks between
_NOTHING = frozenset(("none", "keine", "无", "没有"))  # an answer where one asks for logging or accounts
_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF))  # that come with copied text
_SPLIT = re.compile(r"[,;|\n\r、，；]+")
_BETWEEN = re.compile(r"\s*[()\[\]]\s*|\s*/(?!\s*\d{1,2}(?:\s|$))\s*")  # not an address and the length of its prefix
_OCTETS = re.compile(r"[0-9a-fA-F]{2}(?: [0-9a-fA-F]{2}){5}")
# X1, eth0, PN/IE_1: by which people say which of a device's interfaces an address is of
OF_INTERFACE = re.compile(
    r"x\d{1,2}(?:p\d{1,2})?|pn/ie(?:_?\d)?|eth(?:ernet)?\d{0,2}|en[ops]?\d\w{0,6}|(?:w?lan|wan|nic|port|if|net|pn)\d{1,2}"
    r"|profinet|mgmt|management|lan|wan|wlan|(?:网口|网卡)\d{1,2}",
    re.IGNORECASE,
)
_SPACED_RANGE = re.compile(r"\s*([-–])\s*(?=[0-9a-fA-F.:]+$)")
_SPACED_PREFIX = re.compile(r"(?<=[0-9a-fA-F])\s*/\s*(\d{1,3})(?![\d.])")  # 10.0.0.5 / 24
_TWO_ADDRESSES = re.compile(r"(?<=\d)/(?=(?!255\.|0\.)(?:\d{1,3}\.){3}\d)")  # 10.0.0.5/10.0.0.6
_FORMULA = re.compile(r"=\s*\"((?:[^\"]|\"\")*)\"")  # by which programs tell Excel that a cell is text
_LEVEL = re.compile(r"(?:purdue\s*)?(?:(?:level|ebene|l|layer)\s*)?([0-5](?:[.,][05])?)(?:\s*\(.*\))?", re.IGNORECASE)
_VLAN = re.compile(r"(?:vlan|vid)?[\s_-]*(\d{1,4})(?:\s*-\s*(\d{1,4}))?", re.IGNORECASE)
_SECRET_IN_TEXT = re.compile(
    r"(?P<word>pass(?:word|wd|phrase|wort|code)|\bpass\b|\bpwd?\b|\bpin\b|kennwort|secret|community|\bpsk\b"
    r"|mot de passe|\bmdp\b|contraseña|密码|口令|团体字|パスワード)"
    r"(?P<mark>\s*(?:[:=：]|\b(?:is|was|ist|war|lautet|heisst|heißt|est|es)\b|为|是|は)\s*)"
    r"(?P<secret>[^\s,;|]+)",
    re.IGNORECASE,
)
# without a mark, where the next word is no word of a language
_SECRET_BESIDE = re.compile(
    r"(?P<word>\b(?:password|passwd|passphrase|passwort|kennwort|community|pwd?|mot de passe|contraseña)\s+)"
    r"(?=[^\s,;|]*\d)[^\s,;|]{4,}",
    re.IGNORECASE,
)
_SECRET_IN_URL = re.compile(r"(?<=://)[^/\s@]+@")
_AFTER_NAME = re.compile(r"\s*(?:[:=：(（]|/(?!.*\\)|->|=>).*", re.DOTALL)
_PREFERRED = ("address", "ip", "name", "display_name", "model", "display", "label", "value", "slug", "id")


def as_text(text: str) -> str:
    """What a cell of a text file shows in a spreadsheet: ``="00042"`` is 00042."""
    match = _FORMULA.fullmatch(text.strip())
    return match[1].replace('""', '"') if match else text


def text_of(value: Any, *, nothing: str = "") -> str:
    """One value as text without secrets; empty for the many ways in which people write that they do not know.

    nothing: what the answer "none" becomes.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return text_of(next((value[k] for k in _PREFERRED if value.get(k) not in (None, "", {})), None))
    if isinstance(value, str) and value.lstrip().startswith('["'):  # as exports write a list into a cell
        value = _json_array(value)
    if isinstance(value, list):
        return ", ".join(t for t in map(text_of, value) if t)
    text = str(value)
    text = (text if text.isascii() else text.translate(_INVISIBLE)).strip().removeprefix("'").strip()
    short = "".join(text.casefold().split()).strip("[]()<>") if len(text) <= _LONGEST_UNKNOWN else ""
    if short in _NOTHING:
        return nothing
    return "" if short in _UNKNOWN else mask(text)[:MAX_CELL]


def mask(text: str) -> str:
    """The text with secrets that it names replaced."""
    text = _SECRET_IN_TEXT.sub(lambda m: f"{m['word']}{m['mark']}***", text)
    text = _SECRET_BESIDE.sub(lambda m: f"{m['word']}***", text)
    return _SECRET_IN_URL.sub("***@", text)


def many(value: Any, split: re.Pattern[str] = _SPLIT, *, nothing: str = "") -> list[str]:
    """The values of a cell: a list, a JSON array written into a cell, or text with separators; each once, in order."""
    if isinstance(value, str) and value.lstrip().startswith("[") and value.rstrip().endswith("]"):
        value = _json_array(value)
    parts = value if isinstance(value, list) else [value]
    texts = [text_of(p) if not isinstance(p, str) else p for p in parts]
    found = (text_of(t, nothing=nothing) for text in texts for t in split.split(text))
    return list(dict.fromkeys(t for t in found if t))


def _json_array(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.strip()[1:-1].replace('"', "")


_WITH_PORT = re.compile(r"((?:\d{1,3}\.){3}\d{1,3}):\d{1,5}")  # 10.0.0.5:502
_PAGE = re.compile(r"https?://(?P<host>(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?(?:/\S*)?", re.IGNORECASE)
_PADDED = re.compile(r"(?<![\d.])\d{3}(?:\.\d{3}){3}(?![\d.])")  # 010.003.001.007, written so to be sorted


def addresses(value: Any) -> tuple[list[str], list[str], list[Said]]:
    """(IP addresses, ranges and networks that are not expanded, reasons why others are refused).

    ``10.0.0.5/24`` is an interface address; ``10.0.0.0/24`` is a network.
    """
    good: list[str] = []
    ranges: list[str] = []
    bad: list[Said] = []
    for text in many(_without_gaps(value), _SPLIT):
        if has_none(text):
            continue
        found, networks, understood = _addresses_in(text)
        ranges += networks
        # Beside words that nobody understands (before, gateway, or) only what comes first is the device's.
        good += found if understood else found[:1]
        if not understood:
            bad.append(said("'{value}' is not the IP address of a device", value=text[:60]))
    return list(dict.fromkeys(good)), ranges, bad


def _addresses_in(text: str) -> tuple[list[str], list[str], bool]:
    """Addresses, ranges, and whether all was understood; no address where a word that is not stands before it."""
    found: list[str] = []
    ranges: list[str] = []
    understood = True
    for each in text.split():
        word = each.strip("()[]").rstrip(":")
        if (
            not word
            or word == "/"
            or is_how_given(each.strip("()[]"))
            or OF_INTERFACE.fullmatch(word)
            or (found and _is_mask(word))
        ):
            continue
        try:
            address = _interface_address(word)
        except ValueError:
            understood = False
            continue
        if address is None:
            ranges.append(word)
        elif understood or found:
            found.append(address)
    return found, ranges, understood


def _interface_address(word: str) -> str | None:
    """An address of a device; None for ranges and networks, ValueError for anything else."""
    if page := _PAGE.fullmatch(word):
        word = page["host"]
    word = _PADDED.sub(lambda found: ".".join(str(int(part)) for part in found[0].split(".")), word)
    if "/" in word:
        interface = ipaddress.ip_interface(word)
        if interface.network.num_addresses > 2 and interface.ip == interface.network.network_address:
            return None
        return str(interface.ip)
    if _is_range(word):
        return None
    with_port = _WITH_PORT.fullmatch(word)
    return _host_address(with_port[1] if with_port else word)


def _is_mask(word: str) -> bool:
    if not word.startswith(("255.", "/255.")):
        return False
    try:
        ipaddress.ip_network(f"0.0.0.0/{word.lstrip('/')}")
    except ValueError:
        return False
    return True


def _host_address(text: str) -> str:
    address = ipaddress.ip_address(parse_ip(text))
    if address.is_multicast or address.is_unspecified or address.is_loopback or _is_mask(str(address)):
        raise ValueError(text)
    return str(address)


def _without_gaps(value: Any) -> Any:
    """Each range, and each address with its prefix, as one word, and every address as one of its own."""
    if not isinstance(value, str):
        return value
    return _TWO_ADDRESSES.sub(" / ", _SPACED_PREFIX.sub(r"/\1", _SPACED_RANGE.sub(r"\1", value)))


def _is_range(text: str) -> bool:
    first, dash, last = text.replace("–", "-").partition("-")
    if not dash:
        return False
    parse_ip(first)
    if not last.isdigit():  # 10.0.0.1-20 is a range too
        parse_ip(last)
    return True


def mac_addresses(value: Any) -> tuple[list[str], list[Said]]:
    """(MAC addresses, reasons why others are refused)."""
    good: list[str] = []
    bad: list[Said] = []
    for text in (word for part in many(value, _SPLIT) for word in _mac_words(part)):
        try:
            mac = parse_mac(text)
        except WrongText as error:
            bad.append(error.what)
            continue
        if is_group_mac(mac) or mac == "00:00:00:00:00:00":
            bad.append(said("'{value}' is not the MAC address of a device", value=text[:40]))
        else:
            good.append(mac)
    return list(dict.fromkeys(good)), bad


def _mac_words(part: str) -> list[str]:
    """One for each MAC address: its octets may stand apart, as on labels."""
    if _OCTETS.fullmatch(part.strip()):
        return [part.strip().replace(" ", ":")]
    words = [word.strip("()[]").rstrip(":") for word in part.split() if word != "/"]
    return [word for word in words if word and not OF_INTERFACE.fullmatch(word)]


class AddressesAndNames(NamedTuple):
    """What a cell holds that has addresses of any kind, or names beside them. ranges: networks, too."""

    ips: list[str]
    macs: list[str]
    names: list[str]
    ranges: list[str]


def addresses_and_names(value: Any) -> AddressesAndNames:
    """Each part of "10.0.0.5 / Filler PLC (00:1b:1b:00:00:11)" as what it is; words beside an address are a name."""
    found = AddressesAndNames([], [], [], [])
    for part in (part for text in many(value, _SPLIT) for part in _BETWEEN.split(text) if part):
        words = part.split() if addresses(part)[2] else [part]
        named = [word for word in words if addresses(word)[2] and mac_addresses(word)[1]]
        if 0 < len(named) < len(words):  # "Filler PLC 10.0.0.5"
            pieces = [*(word for word in words if word not in named), " ".join(named)]
        else:
            pieces = [part]
        for each in pieces:
            ips, ranges, no_ips = addresses(each)
            macs, no_macs = mac_addresses(each) if no_ips else ([], [])
            found.ips.extend(() if no_ips else ips)
            found.macs.extend(() if no_macs else macs)
            found.ranges.extend(() if no_ips else ranges)
            found.names.extend([each] if no_ips and no_macs else ())
    return found


def vlan_ids(value: Any) -> tuple[list[int], list[Said]]:
    """(VLAN identifiers, reasons why others are refused)."""
    good: list[int] = []
    bad: list[Said] = []
    for text in many(value):
        match = _VLAN.fullmatch(text)
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if 1 <= low <= high <= 4094:
            good += range(low, high + 1)
        else:
            bad.append(said("'{value}' is not a VLAN identifier", value=text[:40]))
    return list(dict.fromkeys(good)), bad


def purdue_level(text: str) -> float:
    """The Purdue level 0 to 5 or 3.5; WrongText when the text is none."""
    match = _LEVEL.fullmatch(text.strip())
    level = float(match[1].replace(",", ".")) if match else -1.0
    if level not in LEVELS:
        raise WrongText(said("'{value}' is not a Purdue level", value=text[:40]))
    return level


def account_names(value: Any) -> list[str]:
    """Names of accounts; what follows a name (``admin: admin``, ``admin/admin``, ``admin (default)``) is dropped."""
    names = (_AFTER_NAME.sub("", text).strip() for text in many(value, nothing="none"))
    return list(dict.fromkeys(name for name in names if name))
