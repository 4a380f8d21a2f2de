"""What a conduit may name besides a protocol: ``any``, or a transport with a port, an EtherType or an IP protocol."""

from __future__ import annotations

import re
from typing import NamedTuple

from scanner.errors import WrongText
from scanner.wording import said

ANY = "any"
_SERVICE = re.compile(
    r"(?P<kind>tcp|udp|sctp|ip|ethertype|ethernet)/(?P<low>0x[0-9a-f]{1,4}|\d{1,5})(?:-(?P<high>\d{1,5}))?"
)
_NAMED = re.compile(
    r"(?!(?:tcp|udp|sctp|ip|ethertype)/)[a-z][\w. -]*/[a-z][\w ./-]*"
)  # Modbus/TCP, EtherNet/IP: words, and no port
_LIMIT = {"tcp": 65535, "udp": 65535, "sctp": 65535, "ip": 255, "ethernet": 65535}
_BARE = ("tcp", "udp", "sctp", "icmp")
BY_NUMBER = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp", 132: "sctp"}  # as the facts name these transports

# What people call protocols, without spaces and punctuation, where it is far from the word that is meant.
OTHER_NAMES = {
    **dict.fromkeys(("ethernetip", "cip", "eip", "cipethernetip", "commonindustrialprotocol"), "enip"),
    **dict.fromkeys(("s7", "siemenss7", "s7communication", "step7", "isotsap"), "s7comm"),
    **dict.fromkeys(("iec608705104", "iec60870104", "608705104", "t104"), "iec104"),
    **dict.fromkeys(("iec608705101", "iec60870101", "608705101"), "iec101"),
    **dict.fromkeys(("iec61850", "61850", "iec61850mms"), "mms"),
    **dict.fromkeys(("iec61850goose", "gse"), "goose"),
    **dict.fromkeys(("sampledvalues", "iec61850sv", "iec6185092"), "sv"),
    **dict.fromkeys(("profinet", "pnio", "profinetio"), "profinet-io"),
    **dict.fromkeys(("opcda", "opcclassic", "opcae", "opchda", "dcom"), "opc-classic"),
    **dict.fromkeys(("cifs", "windowsfilesharing", "smbcifs"), "smb"),
    **dict.fromkeys(("ping", "icmpv4", "icmpv6"), "icmp"),
    **dict.fromkeys(("remotedesktop", "msrdp", "mstsc"), "rdp"),
    **dict.fromkeys(("twincat", "beckhoff", "amsads"), "ads"),
    **dict.fromkeys(("mcprotocol", "melsec", "mitsubishi"), "slmp"),
    **dict.fromkeys(("omron", "omronfins"), "fins"),
    **dict.fromkeys(("ieeec37118", "c37118"), "synchrophasor"),
    **dict.fromkeys(("knx", "eibknx"), "knxnet-ip"),
    **dict.fromkeys(("sqlserver", "mstds"), "tds"),
    **dict.fromkeys(("postgres",), "postgresql"),
    **dict.fromkeys(("ssl",), "tls"),
}

# IT services by the ports that IANA registers them on (service-names-port-numbers), for services that otaudit does not
# recognise by content; a protocol that it does recognise is never judged by these
WELL_KNOWN: dict[str, tuple[tuple[str, int], ...]] = {
    "bgp": (("tcp", 179),),
    "dhcp": (("udp", 67), ("udp", 68)),
    "dns": (("udp", 53), ("tcp", 53)),
    "ftp": (("tcp", 21), ("tcp", 20)),
    "http": (("tcp", 80),),
    "https": (("tcp", 443),),
    "imaps": (("tcp", 993),),
    "kerberos": (("tcp", 88), ("udp", 88)),
    "ldap": (("tcp", 389), ("udp", 389)),
    "ldaps": (("tcp", 636),),
    "mssql": (("tcp", 1433),),
    "mysql": (("tcp", 3306),),
    "netbios": (("udp", 137), ("udp", 138), ("tcp", 139)),
    "ntp": (("udp", 123),),
    "postgresql": (("tcp", 5432),),
    "ptp": (("udp", 319), ("udp", 320), ("ethernet", 0x88F7)),
    "radius": (("udp", 1812), ("udp", 1813)),
    "rdp": (("tcp", 3389), ("udp", 3389)),
    "rpc": (("tcp", 135),),
    "smb": (("tcp", 445),),
    "smtp": (("tcp", 25),),
    "snmp": (("udp", 161), ("udp", 162)),
    "ssh": (("tcp", 22),),
    "syslog": (("udp", 514), ("tcp", 6514)),
    "tacacs": (("tcp", 49),),
    "telnet": (("tcp", 23),),
    "tftp": (("udp", 69),),
    "vnc": (("tcp", 5900),),
}

OVER_TLS = frozenset(("https", "imaps", "ldaps", "syslog"))  # what is seen of them is TLS on their port


class Service(NamedTuple):
    """A transport as the facts name it, and the ports (or EtherTypes) from ``low`` to ``high``."""

    transport: str
    low: int
    high: int

    def __str__(self) -> str:
        if self.transport in _BARE and (self.low, self.high) == (0, 65535):
            return self.transport
        if self.transport == "ethernet":
            return f"ethertype/0x{self.low:04x}"
        if self.transport.startswith("ip-"):
            return self.transport.replace("-", "/")
        return f"{self.transport}/{self.low}" + (f"-{self.high}" if self.high != self.low else "")

    def covers(self, transport: str, port: int) -> bool:
        """Traffic of this transport and port is meant."""
        return transport == self.transport and self.low <= port <= self.high


def parse_service(text: str) -> Service | None:
    """The service; None when the text has another form (a protocol name); WrongText when it cannot be one."""
    word = text.strip().lower()
    if word in _BARE:
        return Service(word, 0, 65535)
    if "/" not in word or _NAMED.fullmatch(word):
        return None
    match = _SERVICE.fullmatch(word)
    if not match:
        remedy = said("expected tcp/502, udp/2222, tcp/5000-5010, ethertype/0x8892, ip/47 or icmp")
        raise WrongText(said("'{value}' is not a protocol or port", value=text), remedy)
    transport = "ethernet" if match["kind"] == "ethertype" else match["kind"]
    low = int(match["low"], 0) if match["low"].startswith("0x") else int(match["low"])
    high = int(match["high"] or low)
    if high < low <= _LIMIT[transport]:
        remedy = said("the lower number comes first: {service}", service=f"{match['kind']}/{high}-{low}")
        raise WrongText(said("'{value}' is not a protocol or port", value=text), remedy)
    if not low <= high <= _LIMIT[transport] or (match["high"] and transport in ("ip", "ethernet")):
        raise WrongText(said("'{value}' is not a protocol or port", value=text), said("its number is out of range"))
    if transport == "ip":
        return Service(BY_NUMBER.get(low, f"ip-{low}"), 0, 65535)
    return Service(transport, low, high)
