"""One configuration in the forms in which people have files: what is read is the same, or what is missing is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.configs import reader
from tests.configs.dialect_cases import FIXTURES

FILES = sorted([*FIXTURES.glob("*/*.cfg"), *FIXTURES.glob("*/*.set")])
PAGED = {"asa5516", "eos7050", "ie3300", "nexus9300", "s5130", "s5735", "s5760", "stratix5700"}
PAGE = 24  # lines


def read(data: bytes) -> list[tuple[str, str, str, str]]:
    return [(r["category"], r["item"], r["setting"], r["value"]) for r in reader.read(data, "x.cfg").rows]


def paged(prompt: str) -> Callable[[bytes], bytes]:
    """Every page begins behind the prompt of a pager."""

    def form(data: bytes) -> bytes:
        lines = data.decode().split("\n")
        return "\n".join((prompt if n and not n % PAGE else "") + line for n, line in enumerate(lines)).encode()

    return form


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "CR LF": lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "CR CR LF": lambda data: data.replace(b"\n", b"\r\r\n"),
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "UTF-16, big end first": lambda data: b"\xfe\xff" + data.decode().encode("utf-16-be"),
    "NUL behind": lambda data: data + b"\0\0\0",
    "blanks that break no line": lambda data: data.replace(b"\n ", b"\n\xc2\xa0"),
    "blanks behind": lambda data: data.replace(b"\n", b"   \n"),
}
PAGERS = {
    "overwritten by a carriage return": paged(" --More-- \r         \r"),
    "overwritten by backspaces": paged(f" --More-- {chr(8) * 9}{' ' * 8}{chr(8) * 9}"),
    "overwritten by a cursor": paged(f"  ---- More ----\x1b[42D{' ' * 42}\x1b[42D"),
    "a line of its own": paged(" --More-- \n"),
    "with blanks": paged(f" --More-- {' ' * 8}"),
    "with many blanks": paged(f"  ---- More ----{' ' * 42}"),
    "with what is left of cursor movements": paged(f"  ---- More ----[42D{' ' * 42}[42D"),
    "of ASA with blanks": paged(f"<--- More --->{' ' * 14}"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}-{f.name}")
def test_encoding_and_line_ends_change_nothing(file: Path, form: str) -> None:
    data = file.read_bytes()
    assert read(FORMS[form](data)) == read(data)


@pytest.mark.parametrize("form", PAGERS)
@pytest.mark.parametrize("file", [f for f in FILES if f.parent.name in PAGED], ids=lambda f: str(f)[-20:])
def test_prompts_of_pagers_change_nothing(file: Path, form: str) -> None:
    if form == "of ASA with blanks" and file.parent.name != "asa5516":
        pytest.skip("only ASA writes it")
    data = file.read_bytes()
    assert read(PAGERS[form](data)) == read(data)


@pytest.mark.parametrize("cursor", ["\x1b[24;1H\x1b[2K\x1b[24;1H\x1b[1;24r\x1b[24;1H", "\r"])
def test_the_pager_of_procurve_changes_nothing(cursor: str) -> None:
    data = (FIXTURES / "hp2930f" / "good.cfg").read_bytes()
    asked = "-- MORE --, next page: Space, next line: Enter, quit: Control-C"
    assert read(paged(asked + cursor)(data)) == read(data)


@pytest.mark.parametrize("system", sorted(PAGED | {"ex4300", "fgt60f", "rb5009"}))
def test_a_second_configuration_is_told(system: str) -> None:
    good, bad = (FIXTURES / system / f"{name}.cfg" for name in ("good", "bad"))
    found = reader.read(bad.read_bytes() + good.read_bytes(), "x.cfg")
    assert "a second configuration begins here and was not read" in [str(p.what) for p in found.problems]


@pytest.mark.parametrize("last", [b"\nCOMMIT\n", b"\n# Generated"])
def test_saved_tables_are_to_go_on_behind_their_header(last: bytes) -> None:
    """A file of iptables ends between two tables: their headers and ends tell."""
    data = (FIXTURES / "cellfw-iptables" / "good.cfg").read_bytes()
    assert ("system", "device", "complete", "no") in read(data[: data.rindex(last) + len(last)])


ASKED = {
    "ex4300": ("admin@ex4300> ", "show configuration | no-more"),
    "srx345": ("admin@srx> ", "show configuration | display set | no-more"),
    "fgt60f": ("FGT60F # ", "show full-configuration"),
    "rb5009": ("[admin@rtr] > ", "/export"),
    "pa440": ("admin@fw# ", "show"),
    "s5130": ("<S1>", "display current-configuration"),
    "s5735": ("<S1>", "display current-configuration"),
    "lynx210": ("lynx:/#> ", "show running-config"),
    "rs30": ("(Hirschmann Railswitch) #", "show running-config"),
    "grs1040": ("(GRS1042)#", "show running-config"),
    "brs50": ("!*(BRS50)#", "show running-config xml"),
    "as4630": ("admin@sonic:~$ ", "show runningconfiguration all"),
    "cellfw-iptables": ("root@fw:~# ", "iptables-save"),
    "cellfw-nftables": ("[root@fw ~]# ", "nft list ruleset"),
    "opn-cell": ("root@opn:~ # ", "cat /conf/config.xml"),
    "pfs-line": ("[2.7.2-RELEASE][root@pfs]/root: ", "cat /conf/config.xml"),
}


@pytest.mark.parametrize("left", ["{0}", "{0}exit", "{0}\n{0}", "\n{0}logout\n", "[edit]\n{0}"])
@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}-{f.name}")
def test_what_was_asked_in_a_terminal_changes_nothing(file: Path, left: str) -> None:
    prompt, command = ASKED.get(file.parent.name, ("SW1#", "show running-config"))
    if "edit" in left and file.parent.name not in ("pa440", "ex4300"):
        pytest.skip("no such mode")
    data = file.read_bytes()
    assert read(f"{prompt}{command}\n".encode() + data + b"\n" + left.format(prompt).encode()) == read(data)
    assert read(data + b"\n" + left.format(prompt).encode()) == read(data)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}-{f.name}")
def test_wide_text_without_its_mark_is_read(file: Path, codec: str) -> None:
    data = file.read_bytes()
    wide = data.decode("utf-8").encode(codec)
    assert reader.recognises(wide[: reader.HEAD])
    for text in (wide, wide + b"\0\0", wide + b"\0"):
        assert read(text) == read(data)


@pytest.mark.parametrize("margin", [b" ", b"    ", b"\t", b"\t  "])
@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}-{f.name}")
def test_a_margin_of_all_lines_changes_nothing(file: Path, margin: bytes) -> None:
    data = file.read_bytes()
    pasted = b"".join(margin + line if line.strip() else line for line in data.splitlines(keepends=True))
    assert reader.recognises(pasted[: reader.HEAD])
    assert read(pasted) == read(data)


def test_what_is_no_text_stays_none() -> None:
    for data in (b"h\0\0\0o\0\0\0s\0\0\0t\0\0\0" * 40, bytes(range(256)) * 8, b"hostname a\0\0b\n" * 20):
        assert not reader.recognises(data)


def test_what_seems_absent_may_be_in_another_block_where_indentation_is_lost() -> None:
    data = (FIXTURES / "ie3300" / "good.cfg").read_bytes()
    flat = read(b"\n".join(line.lstrip() for line in data.split(b"\n")))
    told = {row[2]: row[3] for row in flat if row[0] == "password-policy"}
    assert "absent" not in told.values()
    assert "absent" in {row[3] for row in read((FIXTURES / "ie3300" / "bad.cfg").read_bytes())}
