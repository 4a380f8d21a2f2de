"""What is fuzzed: everything that reads bytes which a stranger may have written, each with its seeds.

A target takes bytes and may refuse them with the errors it is meant to refuse with; anything else is a finding, and so
is more steps (lines of otaudit that run) than the bytes can explain.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from scanner.errors import DefinitionError, InputError
from scanner.protocols import protocols
from scanner.protocols.base import Malformed, Message
from tests.countries.test_countries import database, mapping, text
from tests.report import sample

FIXTURES = Path(__file__).parents[2] / "fixtures"
MOST_SEEDS = 40  # of one target
STEPS, STEPS_OF_A_BYTE = 60_000, 400  # that no honest input comes near


@dataclass(frozen=True)
class Target:
    """``run`` reads the bytes; ``seeds`` are well-formed ones."""

    name: str
    run: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]

    def call(self, data: bytes) -> None:
        """Read; errors that are meant for bad input are none."""
        with contextlib.suppress(InputError, DefinitionError, Malformed):
            self.run(data)


def targets() -> Mapping[str, Target]:
    """All of them by name."""
    found = [_dissector(name) for name in sorted(protocols())]
    return {target.name: target for target in [*found, *_readers()]}


def _dissector(name: str) -> Target:
    protocol = protocols()[name]

    def run(data: bytes) -> None:
        for message in _shapes(name, data):
            if protocol.probe(message):
                list(protocol.dissect(message))
            elif protocol.proof is not None:
                protocol.proof(message)
            list(protocol.dissect(message))

    return Target(f"protocol-{name}", run, lambda: [m.data for m in _recorded()[name][:MOST_SEEDS]])


def _shapes(name: str, data: bytes) -> list[Message]:
    """The bytes from either side, and as the kept part of a longer message; ends as in the first recording."""
    like = _recorded()[name][0]
    whole = replace(like, data=data, length=len(data))
    return [whole, replace(whole, from_client=not like.from_client), replace(whole, length=len(data) + 9)]


@functools.cache
def _recorded() -> dict[str, list[Message]]:
    from tests.protocols.test_properties import messages

    return messages()


def _readers() -> list[Target]:
    from scanner.advisories import parse_advisories
    from scanner.assets import readers as inventories
    from scanner.configs import reader as configurations
    from scanner.countries import read_countries
    from scanner.exclusions import compile_patterns
    from scanner.facts.saved import ABOUT, load
    from scanner.policy.document import parse_policy
    from scanner.results.serialise import from_json, to_json
    from scanner.yaml_positions import load as load_yaml

    def saved(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / ABOUT).write_bytes(data)
            load(Path(folder))

    def countries(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "x").write_bytes(data)
            read_countries(Path(folder) / "x", "x", ("1.0.0.7", "8.8.8.8", "2606:4700::1"))

    def patterns(data: bytes) -> None:
        compile_patterns(data.decode("utf-8", "surrogateescape").splitlines(), "x", [])

    switches = sorted((FIXTURES / "plants").rglob("*.cfg"))
    policies = sorted((FIXTURES / "plants").rglob("policy.yaml"))
    lists = [b"name,ip,mac\na,10.0.0.1,00:1b:1b:00:00:02\n", *_some(sorted((FIXTURES / "plants").rglob("*.csv")))]
    listed = [b"assets:\n  - {name: a, ip: 10.0.0.1}\n", b'{"assets": [{"name": "a", "ip": "10.0.0.1"}]}']
    manifest = b'{"otaudit_facts": 2, "version": "0.1.0", "site": "", "inputs": [], "defects": [], "tables": {}}'
    return [
        *(_dialect(name, switches) for name, dialect in configurations.DIALECTS.all().items() if dialect.read),
        *(
            Target(
                f"inventory-{name}", partial(form.read, name="x", columns=None), lambda: [*lists, *listed, *_EXPORTS]
            )
            for name, form in inventories.INVENTORIES.all().items()
            if name != "workbook"  # read in a process of its own
        ),
        Target("advisories", lambda data: parse_advisories(data, "x"), lambda: [_ADVISORY]),
        Target("inventory", lambda data: inventories.recognises(data[:65536], data), lambda: [*lists, *listed]),
        Target("configuration", lambda data: configurations.read(data, "x"), lambda: _some(switches)),
        Target("policy", lambda data: parse_policy(data, "x", ()), lambda: _some(policies)),
        Target("yaml", lambda data: load_yaml(data, "x"), lambda: _some(policies)),
        Target("saved-facts", saved, lambda: [manifest]),
        Target("results", lambda data: from_json(data, "x", altered=True), lambda: [to_json(sample.plant()).encode()]),
        Target("countries", countries, lambda: [*_DATABASES]),
        Target("ignore-file", patterns, lambda: [b"*.bak\n/archive/\n**/old/*.cfg\n!keep.cfg\n[a-z]?\n"]),
    ]


_EXPORTS = (
    (
        b'<nmaprun><host><address addr="10.0.0.1" addrtype="ipv4"/><ports><port portid="502" protocol="tcp">'
        b'<script id="modbus-discover" output="x"><elem key="a">b</elem></script></port></ports></host></nmaprun>'
    ),
    (
        b'<RSLogix5000Content><Controller Name="A" ProcessorType="1756-L85E" MajorRev="33"><Modules>'
        b'<Module Name="B" CatalogNumber="1756-EN2T" Vendor="1"/></Modules></Controller></RSLogix5000Content>'
    ),
    (
        b'<CAEXFile><InstanceHierarchy Name="P"><InternalElement Name="PLC"><Attribute Name="IpAddress">'
        b"<Value>10.0.0.1</Value></Attribute></InternalElement></InstanceHierarchy></CAEXFile>"
    ),
    b'{"bomFormat": "CycloneDX", "components": [{"type": "device", "name": "PLC", "version": "1"}]}',
    b'{"count": 1, "results": [{"name": "a", "device_type": {"model": "x", "manufacturer": {"name": "y"}}}]}',
    b"#separator \\x09\n#path\tknown_hosts\n#fields\tts\thost\n1.0\t10.0.0.1\n",
    b"[plcs]\nplc1 ansible_host=10.0.0.1\n[all:children]\nplcs\n",
    b"plc1:\n  hostname: 10.0.0.1\n  platform: ios\n",
    b"10.0.0.1\n10.0.0.2 plc2\n",
)
_DATABASES = (
    b"1.0.0.0,1.0.0.255,AU\n8.8.0.0,8.8.255.255,US\n2606:4700::,2606:4700:ffff::,US\n",
    b'"16777216","16777471","AU","Australia"\r\n',
    b"network,country\n1.0.0.0/24,AU\n2606:4700::/32,US\n",
    database({"1.0.0.0/24": mapping(country=mapping(iso_code=text("AU")))}),
    database({"8.8.0.0/16": text("US")}, bits=28, version=4),
    gzip.compress(b"1.0.0.0\t1.0.0.255\t13335\tAU\tX\n", mtime=0),
)
_ADVISORY = (
    b'{"document": {"csaf_version": "2.0", "title": "t", "tracking": {"id": "A-1"}}, "product_tree": {"branches": ['
    b'{"category": "vendor", "name": "v", "branches": [{"category": "product_name", "name": "p", "branches": ['
    b'{"category": "product_version_range", "name": "<1.2", "product": {"name": "p", "product_id": "1"}}]}]}]},'
    b' "vulnerabilities": [{"cve": "CVE-2026-0001", "product_status": {"known_affected": ["1"]}}]}'
)


def _dialect(name: str, switches: list[Path]) -> Target:
    from scanner.configs.reader import DIALECTS, masker

    read = DIALECTS.all()[name].read
    assert read
    return Target(name, lambda data: read(data, "x", masker(name).mask), lambda: _some(switches))


def _some(paths: list[Path]) -> list[bytes]:
    return [path.read_bytes()[:8192] for path in paths[:MOST_SEEDS]]
