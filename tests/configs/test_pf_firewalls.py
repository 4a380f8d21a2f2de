"""OPNsense and pfSense: what rules amount to, compared with a naive pf, and files that are hostile or cut."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

import pytest

from scanner.configs import reader
from scanner.configs.chains.model import FORWARD
from scanner.configs.pf_firewalls.aside import is_read
from scanner.configs.pf_firewalls.document import FirewallFile, FirewallKind
from scanner.configs.pf_firewalls.filtering import Filtering, read_filtering
from scanner.configs.settings import UNKNOWN
from scanner.configs.xml_tree import parse_xml
from scanner.errors import InputError
from tests.configs.dialect_cases import FIXTURES, read, read_lines

_STORIES = {"opn-cell": "opnsense", "pfs-line": "pfsense"}
_NAMES = ("wan", "lan", "opt1")
_NETS = ("10.1.0.0/24", "10.1.0.0/28", "10.2.0.0/16", "10.3.0.7", "any")
_PORTS = ("", "80", "100-200", "150")


@dataclass(frozen=True)
class _Rule:
    kind: str
    interfaces: str
    floating: bool
    quick: bool
    source: str
    destination: str
    port: str
    but: bool
    disabled: bool

    def xml(self) -> str:
        def end(tag: str, net: str, port: str, *, but: bool) -> str:
            inside = "<any/>" if net == "any" else f"<address>{net}</address>" + "<not/>" * but
            return f"<{tag}>{inside}{f'<port>{port}</port>' if port else ''}</{tag}>"

        return (
            f"<rule><type>{self.kind}</type><interface>{self.interfaces}</interface><ipprotocol>inet</ipprotocol>"
            f"{'<floating>yes</floating><direction>in</direction>' if self.floating else ''}"
            f"{'<quick>yes</quick>' if self.quick else ''}{'<disabled/>' if self.disabled else ''}"
            "<protocol>tcp</protocol>"
            f"{end('source', self.source, '', but=self.but)}"
            f"{end('destination', self.destination, self.port, but=False)}"
            "</rule>"
        )

    def fits(self, packet: tuple[str, str, str, int]) -> bool:
        incoming, source, destination, port = packet
        low, _, high = self.port.partition("-")
        return (
            not self.disabled
            and (not self.interfaces or incoming in self.interfaces.split(","))
            and (self.source == "any" or (ip_address(source) in ip_network(self.source)) is not self.but)
            and (self.destination == "any" or ip_address(destination) in ip_network(self.destination))
            and (not self.port or int(low) <= port <= int(high or low))
        )


def _passes(rules: list[_Rule], packet: tuple[str, str, str, int]) -> bool:
    """As pf: the last that fits decides, or the first that is quick; floating rules stand first."""
    verdict = False
    for rule in (*(r for r in rules if r.floating), *(r for r in rules if not r.floating)):
        if rule.fits(packet):
            verdict = rule.kind == "pass"
            if rule.quick or not rule.floating:
                return verdict
    return verdict


def _filtering(body: str) -> Filtering:
    around = "".join(
        f"<{n}><enable/><if>em{i}</if><ipaddr>10.{i}.0.1</ipaddr><subnet>24</subnet></{n}>"
        for i, n in enumerate(_NAMES)
    )
    data = f"<pfsense><interfaces>{around}</interfaces>{body}</pfsense>".encode()
    tree, root = parse_xml(data, "x", reader.masker("pfsense").mask, is_read)
    return read_filtering(FirewallFile(tree, root, FirewallKind("pfsense", empty_is_on=True)))


@pytest.mark.parametrize("seed", range(40))
def test_rules_let_through_what_pf_does(seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311 - no secret
    rules = []
    for _ in range(pick.randrange(1, 9)):
        floating = pick.random() < 0.5
        names = ",".join(sorted(pick.sample(_NAMES, pick.randrange(0, 3)))) if floating else pick.choice(_NAMES)
        kind, port = pick.choice(("pass", "block", "reject")), pick.choice(_PORTS)
        ends = pick.choice(_NETS), pick.choice(_NETS)
        chances = [pick.random() < chance for chance in (0.5, 0.2, 0.15)]
        rules.append(_Rule(kind, names, floating, chances[0], *ends, port, chances[1], chances[2]))
    filtering = _filtering(f"<filter>{''.join(r.xml() for r in rules)}</filter>")
    found = filtering.passed_on.lets_in(FORWARD, 4)
    assert found is not None
    assert sorted(found[0]) == sorted(found[1]), "all of it is told"
    for _ in range(150):
        incoming = pick.choice(_NAMES)
        ends = [pick.choice(("10.1.0.3", "10.1.0.77", "10.2.9.9", "10.3.0.7", "172.16.0.1")) for _ in range(2)]
        port = pick.choice((80, 81, 100, 150, 200, 201))
        at = filtering.maker.names.span(incoming)[0]
        point = (*(int(ip_address(e)) for e in ends), 6, 40_000, port, 0, at, 0)
        inside = any(all(lo <= x <= hi for x, (lo, hi) in zip(point, b, strict=True)) for b in found[0])
        assert inside is _passes(rules, (incoming, *ends, port)), (rules, incoming, ends, port)


@pytest.mark.parametrize(("story", "name"), _STORIES.items())
def test_a_file_that_is_cut_off_lets_nothing_seem_absent(story: str, name: str) -> None:
    data = (FIXTURES / story / "good.cfg").read_bytes()
    for share in range(1, 10):
        configuration = read(name, data[: len(data) * share // 10])
        assert configuration.problems
        assert {r["value"] for r in configuration.rows if not r["present"]} <= {UNKNOWN}


def test_an_encrypted_backup_is_named() -> None:
    data = b"---- BEGIN config.xml ----\nU2FsdGVkX18K\n---- END config.xml ----\n"
    assert reader.known_system(data) == "OPNsense or pfSense, encrypted"
    with pytest.raises(InputError, match="encrypted"):
        reader.read(data, "x.xml")


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><opnsense><system>&x;</system></opnsense>',
        "<opnsense>" + "<a>" * 100,
        "<pfsense><system><hostname>x</hostname></system></pfsense>",
        "<config><system/></config>",
    ],
)
def test_what_opnsense_refuses(text: str) -> None:
    with pytest.raises(InputError):
        read("opnsense", text.encode())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("opnsense", "<html><opnsense></opnsense></html>"),
        ("opnsense", "see <opnsense> in config.xml"),
        ("pfsense", "<opnsense><system/></opnsense>"),
        ("opnsense", '<?xml version="1.0"?>\n<opnsenses/>'),
    ],
)
def test_what_is_no_such_file(name: str, text: str) -> None:
    assert name not in {d.name for d, found in reader.resembling(text.encode()).ranked if found.score > 0.4}


@pytest.mark.parametrize(
    ("name", "body", "leaves_open"),
    [
        ("pfsense", "<system><wizardry>1</wizardry></system>", "management"),
        ("pfsense", "<system><webgui><protcol>http</protcol></webgui></system>", "management"),
        ("opnsense", "<OPNsense><Wizardry><a>1</a></Wizardry></OPNsense>", "acl"),
        ("pfsense", "<installedpackages><wizardry><a>1</a></wizardry></installedpackages>", "snmp"),
        ("opnsense", "<filter><rule><type>pass</type><wizardry>1</wizardry></rule></filter>", "acl"),
        ("opnsense", "<syslog><wizardry>1</wizardry></syslog>", "logging"),
    ],
)
def test_what_nobody_knows_leaves_open_what_it_may_set(name: str, body: str, leaves_open: str) -> None:
    notes = dict(read_lines(name, body).notes)
    assert leaves_open in notes["leaves open"].split(", ")


@pytest.mark.parametrize("name", ["opnsense", "pfsense"])
def test_a_section_that_nobody_knows_makes_the_file_half_read(name: str) -> None:
    assert read_lines(name, "<wizardry><a>1</a></wizardry>").problems


def test_names_in_names_in_a_circle_end() -> None:
    names = range(60)
    every = " ".join(f"A{n}" for n in names)
    aliases = "".join(
        f"<alias><name>A{i}</name><type>network</type><address>{every} 10.0.{i}.0/24</address></alias>" for i in names
    )
    rules = "".join(
        f"<rule><type>pass</type><interface>lan</interface><source><address>A{i}</address></source><destination><any/></destination></rule>"
        for i in names
    )
    began = time.perf_counter()
    read_lines("pfsense", f"<aliases>{aliases}</aliases><filter>{rules}</filter>")
    assert time.perf_counter() - began < 20


def test_sixty_thousand_lines_take_no_square_of_time() -> None:
    rule = (
        "<rule>\n<type>pass</type>\n<interface>lan</interface>\n<ipprotocol>inet</ipprotocol>\n<protocol>tcp</protocol>\n"
        "<source>\n<address>10.{0}.{1}.7</address>\n</source>\n<destination>\n<address>10.9.{1}.0/24</address>\n"
        "<port>{2}</port>\n</destination>\n<descr>x</descr>\n</rule>\n"
    )
    rules = "".join(rule.format(n % 8, n % 250, n % 60_000 + 1) for n in range(4_200))
    began = time.perf_counter()
    configuration = read_lines("pfsense", f"<filter>\n{rules}</filter>")
    assert time.perf_counter() - began < 90
    assert any(r["value"] == "unknown" for r in configuration.rows), "too many to calculate with are not told"


@pytest.mark.parametrize(("story", "name"), _STORIES.items())
@pytest.mark.parametrize("version", ["good", "bad"])
def test_no_secret_of_the_fixtures_is_kept(story: str, name: str, version: str) -> None:
    told = repr(read(name, (FIXTURES / story / f"{version}.cfg").read_bytes()))
    for secret in (
        "$2y$1",
        "$2b$1",
        "$6$rounds",
        "JBSWY3DP",
        "-words-of-",
        "PRIVATE KEY",
        "bm90IGEg",
        "Pr3ssline",
        "8846f7ea",
        "in the cabinet",
    ):
        assert secret not in told, secret
