"""Which dialect a configuration is of: by its content alone, by each dialect on its own, and nothing is guessed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scanner.configs import reader
from scanner.configs.reader import DIALECTS
from scanner.errors import InputError
from scanner.resemblance import CLEAR, SURE
from tests.configs.dialect_cases import FIXTURES, READ, cases

SAMPLES = [(name, sample.encode()) for name in DIALECTS.all() for sample in cases(name)["samples"]]
OTHERS = {
    "csv": b"name,ip,vendor,hostname\nplc1,10.0.0.1,Siemens,line vty 0 4\n",
    "yaml": b"site: x\nzones:\n  - id: a\nhostname: line vty 0 4\nsnmp-server: yes\nversion: 15.2\n",
    "json": b'{"hostname": "a",\n"version": "15.2",\n"line vty 0 4": 1}\n',
    "json list": b'[\n{"hostname": "a"}]\nhostname a\nversion 15.2\nip http server\nline vty 0 4\n',
    "xml": b"<config version='1'>\nhostname a\nversion 15.2\nline vty 0 4\nip http server\n</config>\n",
    "prose": b"The hostname of the switch\nis changed on line vty 0 4.\nversion 15.2 and snmp-server too\n",
    "log": b"Mar  1 00:00:01 sw1 %SYS-5-CONFIG_I: hostname a\n",
    "binary": b"hostname a\nversion 15.2\nip http server\nline vty 0 4\n\x00\x00\n",
    "empty": b"",
    "Raisecom": b"!ROS Version 5.2.1\n!command in view_mode\nhostname RC\nuser name raisecom password md5 x\n"
    b"snmp-server community x view internet ro\ninterface port 1\n switchport access vlan 10\nend\n",
    "Maipu": b"hostname MP\nenable password 0 abc\nline vty 0 15\n login local\n exit\nservice telnet\n"
    b"ip http server\n",
}


@pytest.mark.parametrize(("name", "sample"), SAMPLES, ids=lambda value: value if isinstance(value, str) else "")
def test_samples_resemble_their_dialect_and_clearly_no_other(name: str, sample: bytes) -> None:
    forms = (sample, sample.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + sample, sample.decode().encode("utf-16"))
    for form in (*forms, sample + b"\x00"):  # as some systems save it
        choice = reader.resembling(form)
        assert choice.best is not None
        assert choice.best.name == name
        assert choice.ranked[0][1].reasons
        assert reader.recognises(form) is (name in READ)


@pytest.mark.parametrize("name", READ)
def test_samples_are_read(name: str) -> None:
    for sample in cases(name)["samples"]:
        assert reader.read(sample.encode(), "x").dialect == name
        assert reader.read(sample.encode() + b"\x00", "x").dialect == name


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("*/*.cfg")), ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_fixtures_clearly_resemble_one_dialect(file: Path) -> None:
    scores = sorted((found.score for _, found in reader.resembling(file.read_bytes()).ranked), reverse=True)
    assert scores[0] >= SURE
    assert len(scores) == 1 or scores[0] - scores[1] >= CLEAR


@pytest.mark.parametrize(("name", "sample"), [s for s in SAMPLES if s[0] not in READ], ids=lambda v: str(v)[:20])
def test_what_is_known_and_not_read_is_said(name: str, sample: bytes) -> None:
    with pytest.raises(InputError) as error:
        reader.read(sample, "config.txt")
    assert error.value.problem.what == f"a configuration of {DIALECTS.all()[name].title}, which is not supported"
    assert ", ".join(READ) in error.value.problem.remedy


@pytest.mark.parametrize("kind", OTHERS)
def test_others_are_not_claimed(kind: str) -> None:
    assert not reader.recognises(OTHERS[kind])
    assert not reader.known_system(OTHERS[kind])
    with pytest.raises(InputError) as error:
        reader.read(OTHERS[kind], "config.txt")
    assert error.value.problem.what == "not recognised as a device configuration"


def test_two_systems_in_one_file_are_a_tie_that_is_told() -> None:
    names = ("cisco-ios", "huawei-vrp")  # neither sample has what only its system writes
    both = b"".join(cases(name)["samples"][0].encode() for name in names)
    assert reader.resembling(both).best is None
    assert reader.recognises(both), "it is an input that cannot be used, and not something else"
    with pytest.raises(InputError) as error:
        reader.read(both, "config.txt")
    titles = [DIALECTS.all()[name].title for name in names]
    assert all(title in error.value.problem.what for title in titles)
    assert error.value.problem.remedy == "give each device a file of its own"


def test_reading_needs_no_heavy_library() -> None:
    code = (
        "import sys; from scanner.configs import reader; reader.DIALECTS.all();"
        "print(sorted({'polars', 'numpy', 'scapy', 'yaml', 'scanner.capture.read'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_list_of_assets_is_no_configuration() -> None:
    assert not reader.recognises(b"name;ip\nplc;10.0.0.1\n")
