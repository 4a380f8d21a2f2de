"""Services of a 5G core by the addresses of requests: which service, and who asks whom.

3GPP TS 29.501 section 4.4.1 ({apiRoot}/<apiName>/<apiVersion>/...), TS 29.500 sections 5.2.2.2 (User-Agent begins with
the type of the requester's network function) and 5.2.3.2 (3gpp-Sbi-Callback, 3gpp-Sbi-Target-apiRoot,
3gpp-Sbi-Discovery-*), TS 29.510 section 6.1.6.3.3 (types of network functions).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.code_tables import rows_table
from scanner.protocols.base import Kind, Operation, Session, Verb
from scanner.wording import said

_PLACE = re.compile(r"(?:^|/)(n[0-9a-z-]{5,30})/v[1-9][0-9]?(?:[.-][\w.-]{1,20})?/([^?#]+)")
_CALLED_BACK = re.compile(r"(?i)notif|callback")
_FORWARDED = "3gpp-sbi-target-apiroot"  # names whom a proxy, SCP or SEPP, passes the request on to
_FOUND_BY_PROXY = "3gpp-sbi-discovery-target-nf-type"  # the proxy, an SCP, finds one
_TYPE = re.compile(r"([A-Z][A-Z0-9_]{2,11}|5G_EIR)(?![A-Za-z0-9_])")
_REGISTERS = re.compile(r"/nnrf-nfm/v[1-9][\w.-]*/nf-instances/[^/]+$")
_OWN_TYPE = re.compile(rb'"nfType"\s{0,8}:\s{0,8}"([A-Z0-9_]{2,16})"')
_SUBSCRIBER = re.compile(rb'"(imsi|msisdn)-[0-9]{5,15}"')  # TS 29.571, section 5.3.2: Supi, Gpsi
_OTHERS = {
    *("BSF", "CHF", "5G_EIR", "NWDAF", "SMSF", "LMF", "GMLC", "UDSF", "UCMF", "HSS", "AF", "DCCF", "MFAF", "ADRF"),
    *("AANF", "NSACF", "MB_SMF", "MB_UPF", "NSSAAF", "EASDF", "ICSCF", "SCSAS", "PANF"),
}
_ROLES = {name: name.lower() for name in ("NRF", "AMF", "SMF", "UPF", "AUSF", "UDM", "UDR", "PCF", "NSSF", "NEF")}
_ROLES |= {name: name.lower() for name in ("SCP", "SEPP")} | dict.fromkeys(_OTHERS, "core_function")
NOTIFIED = ", notification"
_REPOSITORY = "Nnrf_"


@dataclass(slots=True)
class Asked:
    """service: as rules and people know it. offers, asks: roles of whom the request goes to and comes from; empty where
    nothing tells them. certain: something beside the address shows that a core's function asks; else the answer has to.
    registers: its body names the function that sends it.
    """

    service: str
    offers: str
    asks: str
    certain: bool
    registers: bool = False


@functools.cache
def _services() -> dict[str, tuple[str, str]]:
    return {name: (service, role) for name, service, role, _ in rows_table(__package__, "core_services.tsv")}


def asked(path: str, fields: Mapping[str, str]) -> Asked | None:
    """What a request asks of a 5G core; None: it does not. path: without its query; fields: by lower-case name."""
    place = _PLACE.search(path)
    known = _services().get(place[1]) if place else None
    if place is None or known is None:
        return None
    service, role = known
    by = role_of(fields.get("user-agent", ""))
    certain = bool(by) or any(name.startswith("3gpp-sbi-") for name in fields)
    if "3gpp-sbi-callback" in fields or _CALLED_BACK.search(place[2]):
        return Asked(service + NOTIFIED, "", by, certain)
    if _FOUND_BY_PROXY in fields:
        role = "scp"
    elif _FORWARDED in fields:
        role = ""
    return Asked(service, role, by, certain, bool(_REGISTERS.search(path)))


def without_token(service: Asked, fields: Mapping[str, str]) -> Iterator[Session]:
    """A request that carries no access token (TS 29.500, section 6.7.3), to another service than the repository, which
    gives them. Notifications need none.
    """
    gives, told = service.service.startswith(_REPOSITORY), service.service.endswith(NOTIFIED)
    if "authorization" not in fields and not gives and not told:
        yield Session(detail=said("a service of the core is asked without an access token"))


def role_of(text: str) -> str:
    """The role of a network function by its type, with which the text begins; empty for anything else."""
    found = _TYPE.match(text)
    return _ROLES.get(found[1], "") if found else ""


def registered(data: bytes) -> str:
    """The role of the network function that a registration names; empty where it was not kept."""
    found = _OWN_TYPE.search(data)
    return _ROLES.get(found[1].decode(), "") if found else ""


def named(path: str, data: bytes, protocol: str) -> Iterator[Operation]:
    """Who a request is about, by its body, as far as that is a subscriber's permanent identity; not which one.
    protocol: as tshark calls it.
    """
    kinds = dict.fromkeys(found[1].decode() for found in _SUBSCRIBER.finditer(data))
    for kind in kinds:
        place = f"{path}: {kind}-\N{HORIZONTAL ELLIPSIS}"
        yield Operation(Verb.SESSION, "body", Kind.NOTICE, object=place, filter=protocol)
