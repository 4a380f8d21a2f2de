"""What the columns of other people's lists mean, by normalised header: in eleven languages, in ``headers.tsv``."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from scanner.assets.device_columns import DeviceColumns, device_columns
from scanner.assets.loose_headers import loosely, one_or_other
from scanner.assets.products import own_meanings
from scanner.assets.spelling import normalise
from scanner.code_tables import name_table


def _aliases() -> dict[str, str]:
    """Normalised header -> field, from the table beside this module."""
    found: dict[str, str] = {}
    for header, field in name_table(__package__, "headers.tsv").items():
        if found.setdefault(normalise(header), field) != field:
            raise ValueError(f"headers.tsv: '{header}' means two fields")
    return found


FIELD_OF: dict[str, str] = _aliases()
_FIELDS = frozenset(FIELD_OF.values())

# headers whose values are Purdue levels only when they look so ("level" may be a protection level: 等保三级)
AMBIGUOUS_LEVELS = {
    normalise(w) for w in ("level", "layer", "ebene", "niveau", "nivel", "层级", "层次", "レベル", "階層")
}

HOST = "host"  # an address or a name
# headers whose values are addresses on a network only when they look so (an address may be a street, or a unit's)
_ANY_ADDRESS = {
    normalise(w)
    for w in (
        "address",
        "addresses",
        "addr",
        "host address",
        "node address",
        "device address",
        "Adresse",
        "Geräteadresse",
    )
    + ("physical address", "ethernet address", "hardware address", HOST)
    + ("地址", "设备地址", "主机地址", "dirección", "indirizzo", "endereço", "adres", "адрес", "アドレス", "주소")
}

IDENTITY = frozenset(("id", "name", "hostname", "profinet_name", "ips", "macs", "serial"))
# Headers that mean less than another of the same field: who made the network card, what a model is one of.
_WEAK = frozenset(("macvendor", "family"))
_NUMBERED = re.compile(r"(.*\D)\d{1,2}")  # "IP address 2"
# "IP-Adresse (X1)", "MAC address PN/IE_1", "eth0 IP": of one interface
_OF_INTERFACE = (
    r"(?:x\d{1,2}(?:p\d{1,2})?|pn/?ie\d?|pn\d?|profinet|eth(?:ernet)?\d{0,2}|(?:w?lan|wan|nic|port)\d{1,2}|mgmt"
    r"|management)"
)
_NAMED = re.compile(rf"(?P<before>.+?){_OF_INTERFACE}|{_OF_INTERFACE}(?P<behind>.+)")
_SEVERAL = frozenset(("ips", "macs", "vlans"))
# "IP address (static)", "LAN IP", "Adr. MAC", "IP地址/网段": words that leave open which of its interfaces it is;
# "Gateway IP" and "IP of the OPC server" are another's.
_WORD = re.compile(r"[a-zß-ɏ]+|\d+|[^\W\da-zß-ɏ_]+")  # of Latin letters, digits or others
_KIND_OF_ADDRESS = {"ip": "ips", "ips": "ips", "ipv": "ips", "mac": "macs", "macs": "macs"}
_ADDRESS = frozenset(
    ("address", "addresses", "addr", "adr", "adresse", "adressen", "adresses", "direccion", "indirizzo")
)
_OWN_ADDRESS = re.compile(
    r"\d+|e?s|v|is|static|fixed|fix|fest|statisch|statique|dhcp|dynamic|dynamisch|current|aktuell|primary|secondary"
    r"|main|additional|first|second|lan|wan|vpn|wlan|wifi|plant|field|control|process|production|terminal|cell|machine|ot|it|ics|scada|dcs|nat|oob|ilo|bmc|idrac|ipmi"
    r"|networking|bus|(anlagen|feld|terminal|system|prozess)(bus|netz)|profinet|ethernet|eth|pn|ie|x|port|nic|interface|if|mgmt"
    r"|management|device|node|host|station|asset|equipment|own|local"
    r"|(地址|网段|设备|主机|管理|静态|固定|动态|内网|外网|生产网|控制网|以太网|网口|网卡|接口|本机|终端|アドレス|設備|機器)+"
)
_ADDRESSES = frozenset(("ips", "macs"))
_NAMES = frozenset(("name", "hostname"))
_INTERFACES = frozenset(  # of an asset in JSON: "interfaces.ip"
    (
        "interfaces",
        "networkinterfaces",
        "networkports",
        "ports",
        "nics",
        "adapters",
        "networkadapters",
        "netinterfaces",
        "ifs",
        "interface",
    )
)
_ASPECTS = frozenset(
    (
        "attributes",
        "customfields",
        "details",
        "general",
        "identification",
        "identity",
        "info",
        "inventory",
        "properties",
    )
)
_PARTS = {  # of an asset, which have names of their own -> the fields that they may tell
    **dict.fromkeys(
        ("hardware", "hw", "硬件"),
        frozenset(("vendor", "model", "type", "serial", "order_number", "hardware_revision")),
    ),
    **dict.fromkeys(
        ("network", "networking", "netzwerk", "网络"), frozenset(("ips", "macs", "vlans", "hostname", "zone"))
    ),
    **dict.fromkeys(("software", "system", "systeminfo", "软件"), frozenset(("os", "firmware", "hostname"))),
}
_SHORT_NAMES = {"ip": "ips", "mac": "macs", "vlan": "vlans", "purdue": "level", "hardware_rev": "hardware_revision"}

_SECRET = re.compile(
    r"passw(or)?d|passwort|kennwort|passphrase|passcode|^pwd$|^pw$|^pin$|secret|geheimnis|community|^psk$|presharedkey|"
    r"(private|api|access|w?lan|wifi|wep|wpa2?|network|recovery|bitlocker|licen[cs]e|product)key|^key$|^pass$|^puk$|"
    r"^token$|authtoken|(wlan|wifi|netzwerk|lizenz|produkt|wiederherstellungs)schluessel|^(zugang|anmelde|login)sdaten$|"
    r"^zugang$|^(anmelde|login)daten$|密码|密碼|口令|密钥|团体字|团体名|"
    r"motsdepasse|motdepasse|^mdp$|contrasena|clave(deacceso|secreta|wifi)|senha|wachtwoord|парол|パスワード|暗証番号|"
    r"비밀번호|암호"
)


@functools.lru_cache(maxsize=4096)
def is_secret(header: str) -> bool:
    """The column holds secrets by its name, or by the last part of its path, and is never kept."""
    return any(_SECRET.search(normalise(part)) for part in (header, header.rpartition(".")[2]))


def is_interfaces(key: str) -> bool:
    """The key under which JSON and YAML have an asset's interfaces."""
    return normalise(key) in _INTERFACES


def is_aspect(key: str) -> bool:
    """The key under which JSON and YAML have what belongs to the asset itself ("hardware", "network")."""
    return normalise(key) in _ASPECTS or normalise(key) in _PARTS


def field_named(word: str) -> str | None:
    """The field that a user's mapping means by a word (``ip`` and ``ips`` alike); None when there is none."""
    word = word.strip()
    return _SHORT_NAMES.get(word, word if word in _FIELDS else None)


class HeaderRow(NamedTuple):
    """Header -> field for every header that is understood, and the devices of which each row holds several."""

    fields: dict[str, str]
    devices: DeviceColumns


def header_row(headers: Iterable[str], columns: Mapping[str, str] | None = None) -> HeaderRow:
    """What the headers mean. ``columns``: the user's own mapping, which wins."""
    headers = [h for h in headers if h and not is_secret(h)]
    mapped = {normalise(k) for k in columns or {}}
    found = _each_alone(headers, columns)
    devices = device_columns([h for h in headers if normalise(h) not in mapped], FIELD_OF, found)
    return HeaderRow({h: f for h, f in found.items() if h not in devices.unclear} | devices.fields, devices)


def fields_of(headers: Iterable[str], columns: Mapping[str, str] | None = None) -> dict[str, str]:
    """Header -> field for every header that is understood. ``columns``: as in ``header_row``."""
    return header_row(headers, columns).fields


def _each_alone(headers: Sequence[str], columns: Mapping[str, str] | None) -> dict[str, str]:
    own = {normalise(k): v for k, v in (columns or {}).items()}
    products = own_meanings({normalise(h) for h in headers})
    table = {**FIELD_OF, **products}

    def field(header: str) -> str | None:
        word = normalise(header)
        if word in own or word in products:
            return own.get(word) or products.get(word)
        outer, dot, inner = header.rpartition(".")
        if dot and is_aspect(outer):
            found = table.get(normalise(inner))
            return found if found in _PARTS.get(normalise(outer), (found,)) else None
        meant = table.get(word) or _one_of_several(header, table) or loosely(header, table)
        return "ips" if not meant and _holds_several(header) else meant

    fields = {h: field(h) for h in headers}
    return {h: f for h, f in fields.items() if f and f != "extra"}


def addresses_by_value(headers: Iterable[str], columns: Mapping[str, str] | None = None) -> list[str]:
    """The headers of addresses of any kind, of which the values say which. ``columns``: as in ``fields_of``."""
    own = {normalise(k) for k in columns or {}}
    return [h for h in headers if _holds_any(h) and normalise(h) not in own]


def named_beside(header: str) -> str:
    """The field of the names that a column holds as well as addresses ("Host", "IP / Hostname"); empty: of none."""
    return "hostname" if normalise(header) == HOST else next(iter(one_or_other(header, FIELD_OF) & _NAMES), "")


def _holds_any(header: str) -> bool:
    return normalise(header) in _ANY_ADDRESS or _holds_several(header)


def _holds_several(header: str) -> bool:
    """Columns such as "IP / MAC address" and "Hostname / IP"."""
    two = one_or_other(header, FIELD_OF)
    return bool(two & _ADDRESSES) and two <= _ADDRESSES | _NAMES


def is_weak(header: str) -> bool:
    """Another column of the same field says more."""
    word = normalise(header)
    return word in _WEAK or (word not in FIELD_OF and loosely(header, FIELD_OF) is not None)


def _one_of_several(header: str, table: Mapping[str, str]) -> str | None:
    """The field of a header with a number, or of what an asset's interfaces have, where an asset has several."""
    outer, dot, inner = header.rpartition(".")
    if dot and is_interfaces(outer):
        found = table.get(normalise(inner))
    else:
        word = normalise(header)
        numbered, named = _NUMBERED.fullmatch(word), _NAMED.fullmatch(word)
        found = table.get(numbered[1]) if numbered else None
        if found is None and named is not None:
            found = table.get(named["before"] or named["behind"])
    return found if found in _SEVERAL else _of_own_address(header)


def _of_own_address(header: str) -> str | None:
    """The field of a header that says IP or MAC among words that only say which of an asset's own it is."""
    words = [normalise(word) for word in _WORD.findall(unicodedata.normalize("NFKC", header).casefold())]
    kinds = {_KIND_OF_ADDRESS[word] for word in words if word in _KIND_OF_ADDRESS}
    rest = (word for word in words if word not in _KIND_OF_ADDRESS and word not in _ADDRESS)
    return kinds.pop() if len(kinds) == 1 and all(map(_OWN_ADDRESS.fullmatch, rest)) else None


def is_inventory_header(headers: Iterable[str], columns: Mapping[str, str] | None = None) -> bool:
    """At least two columns are understood, and one of them tells which asset a row speaks of."""
    fields = [
        field for field in fields_of(headers, columns).values() if field != "state"
    ]  # which all kinds of lists have
    return len(fields) >= 2 and not IDENTITY.isdisjoint(fields)
