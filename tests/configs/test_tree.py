"""The block tree: lines, parents, banners, certificates, encodings, bounds and what it says of damaged files."""

from __future__ import annotations

import time

import pytest

from scanner.configs import tree
from scanner.configs.dialects.cisco_ios.grammar import GRAMMAR as IOS
from scanner.configs.dialects.huawei_vrp.grammar import GRAMMAR as VRP
from scanner.configs.nodes import walk
from scanner.configs.reader import masker
from scanner.configs.tree import Tree, decode, parse
from scanner.errors import InputError
from scanner.limits import InputLimits


def ios(text: str | bytes) -> Tree:
    return parse(text if isinstance(text, bytes) else text.encode(), "sw1.cfg", IOS, masker("cisco-ios").mask)


def vrp(text: str | bytes) -> Tree:
    return parse(text if isinstance(text, bytes) else text.encode(), "sw1.cfg", VRP, masker("huawei-vrp").mask)


def outline(parsed: Tree) -> list[tuple[int, int, tuple[str, ...], str]]:
    return [(n.line, n.end, n.path, n.text) for n in walk(parsed.root) if n is not parsed.root]


def test_blocks_keep_line_numbers_ends_and_parents() -> None:
    text = (
        "hostname a\n!\ninterface Vlan1\n ip address 10.0.0.1 255.0.0.0\n!\narchive\n log config\n"
        "  logging enable\nend\n"
    )
    assert outline(ios(text)) == [
        (1, 1, (), "hostname a"),
        (3, 4, (), "interface Vlan1"),
        (4, 4, ("interface Vlan1",), "ip address 10.0.0.1 255.0.0.0"),
        (6, 8, (), "archive"),
        (7, 8, ("archive",), "log config"),
        (8, 8, ("archive", "log config"), "logging enable"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "hostname a\r\ninterface Vlan1\r\n shutdown\r\nend\r\n",
        "hostname a\ninterface Vlan1\n\tshutdown\nend\n",
        "\ufeffhostname a\ninterface Vlan1\n shutdown\nend\n",
        "hostname a\ninterface Vlan1\n --More-- \x08\x08\x08\x08\x08\x08\x08\x08\x08 shutdown\nend\n",
        "hostname a\ninterface Vlan1\n  ---- More ----\x1b[16D                \x1b[16D shutdown\nend\n",
        "hostname a\ninterface Vlan1   \n   shutdown   \nEND\n",
    ],
    ids=["crlf", "tab", "bom", "pager", "ansi", "spaces"],
)
def test_terminal_residue_changes_nothing(text: str) -> None:
    parsed = ios(text)
    assert [(n.text, n.path) for n in walk(parsed.root)][1:] == [
        ("hostname a", ()),
        ("interface Vlan1", ()),
        ("shutdown", ("interface Vlan1",)),
    ]
    assert parsed.problems == []


def test_negations_are_kept() -> None:
    parsed = ios("hostname a\nno ip http server\nline con 0\n no exec-timeout\nend\n")
    node = parsed.last("ip http server")
    assert node is not None
    assert (node.negated, node.text) == (True, "no ip http server")
    assert [(n.key, n.negated) for n in parsed.all("line")[0].children] == [("exec-timeout", True)]
    undone = vrp("sysname a\nundo http server enable\nreturn\n").last("http server")
    assert undone is not None
    assert undone.negated


def test_the_last_line_wins_and_words_are_whole() -> None:
    parsed = ios("hostname a\nno ip http server\nip http server\nip http server-x\nend\n")
    assert parsed.last("ip http server") is parsed.root.children[2]
    assert len(parsed.all("ip http server")) == 2


@pytest.mark.parametrize(
    ("banner", "last_line"),
    [
        ("banner motd ^C\nline one\n^C", 4),
        ("banner motd #one line#", 2),
        ("banner login \x03\nend\nhostname b\n\x03", 5),
        ("banner ^Cstarts here\nends here ^C", 3),
        ("banner exec %\n!\n#\n%", 5),
        ("aaa authentication banner *\nno access\n*", 4),
    ],
)
def test_a_banner_is_one_command_and_its_text_is_not_kept(banner: str, last_line: int) -> None:
    parsed = ios(f"hostname a\n{banner}\nip http server\nend\n")
    kind = banner.partition(" ")[0]
    assert [n.key.partition(" ")[0] for n in parsed.root.children] == ["hostname", kind, "ip"]
    assert parsed.root.children[1].end == last_line
    assert parsed.root.children[1].text.endswith("<text>")
    assert parsed.complete
    assert parsed.problems == []


def test_a_vrp_header_may_hold_separators_and_return() -> None:
    parsed = vrp('sysname a\nheader login information "\n#\nreturn\nhello "\nstelnet server enable\nreturn\n')
    assert [n.text for n in parsed.root.children] == [
        "sysname a",
        "header login information <text>",
        "stelnet server enable",
    ]


def test_certificates_and_keys_are_not_kept() -> None:
    parsed = ios(
        "hostname a\ncrypto pki certificate chain T\n certificate self-signed 01\n  30820330 20820218\n  A0030201\n"
        "  \tquit\ncrypto key pubkey-chain rsa\n named-key b\n  key-string\n   30820330 30820218\n  quit\n"
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
        "-----END RSA PRIVATE KEY-----\nend\n"
    )
    assert not any("3082" in n.text or "MIIE" in n.text for n in walk(parsed.root))
    assert [n.end for n in parsed.root.children] == [1, 6, 11, 14]
    code = vrp(
        "sysname a\nrsa peer-public-key k\n public-key-code begin\n  3048\n  0241\n public-key-code end\nreturn\n"
    )
    assert [n.text for n in walk(code.root)][1:] == ["sysname a", "rsa peer-public-key k", "public-key-code begin"]


def test_a_banner_without_an_end_hides_nothing() -> None:
    parsed = ios("hostname a\nbanner motd ^C\nline one\nip http server\nend\n")
    assert parsed.last("ip http server") is not None
    assert [p.place for p in parsed.problems] == ["line 2"]
    assert "no end" in parsed.problems[0].what


def test_vrp_separators_close_blocks_and_inner_ones_do_not() -> None:
    parsed = vrp(
        "sysname a\n#\naaa\n authentication-scheme x\n #\n local-user u privilege level 1\n#\nvlan 1\nreturn\n"
    )
    assert [n.text for n in parsed.all("aaa")[0].children] == [
        "authentication-scheme x",
        "local-user u privilege level 1",
    ]
    assert parsed.all("vlan")[0].path == ()


def test_a_session_log_is_read_from_its_prompt_to_its_end() -> None:
    parsed = ios(
        "SW1>enable\nSW1#show running-config\nBuilding configuration...\n\nCurrent configuration : 12 bytes\n!\n"
        "hostname SW1\nend\n\nSW1#show clock\n"
    )
    assert (parsed.name, parsed.complete, parsed.problems) == ("SW1", True, [])
    assert "show" not in " ".join(n.text for n in parsed.root.children)


def test_what_may_be_missing_is_said() -> None:
    cut = ios("hostname a\nip http server\n")
    assert not cut.complete
    assert str(cut.problems[0]).startswith("sw1.cfg: line 3: no final 'end'")
    two = ios("hostname a\nend\nhostname b\nend\n")
    assert [p.place for p in two.problems] == ["line 3"]


@pytest.mark.parametrize("separator", ["!\n", ""])
def test_blocks_are_rebuilt_where_indentation_is_lost(separator: str) -> None:
    parsed = ios(
        f"hostname a\n{separator}interface Vlan1\nshutdown\n{separator}no ip http server\n{separator}line vty 0 4\n"
        f"transport input telnet\nline vty 5 15\ntransport input ssh\n{separator}end\n"
    )
    assert [(n.text, [c.text for c in n.children]) for n in parsed.root.children] == [
        ("hostname a", []),
        ("interface Vlan1", ["shutdown"]),
        ("no ip http server", []),
        ("line vty 0 4", ["transport input telnet"]),
        ("line vty 5 15", ["transport input ssh"]),
    ]
    assert ["indentation is lost" in p.what for p in parsed.problems] == [True]


@pytest.mark.parametrize(
    ("data", "encoding", "name"),
    [
        ("sysname 灌装\nreturn\n".encode(), "utf-8", "灌装"),
        ("sysname 灌装\nreturn\n".encode("gb18030"), "gb18030", "灌装"),
        ("sysname Abf\xfcllung\nreturn\n".encode("latin-1"), "latin-1", "Abf\xfcllung"),
        ("sysname 灌装\nreturn\n".encode("utf-16"), "utf-16", "灌装"),
    ],
)
def test_encodings(data: bytes, encoding: str, name: str) -> None:
    parsed = vrp(data)
    assert (parsed.encoding, parsed.name) == (encoding, name)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"hostname a\n\x00\x01\x02", "binary"),
        (b"", "no configuration command"),
        (b"!\n!\n\n", "no configuration command"),
        (b"x" * (InputLimits.configuration_bytes + 1), "larger than"),
    ],
    ids=["binary", "empty", "comments", "large"],
)
def test_refused_with_one_clear_line(data: bytes, what: str) -> None:
    with pytest.raises(InputError) as error:
        ios(data)
    assert what in error.value.problem.what
    assert error.value.problem.source == "sw1.cfg"
    assert error.value.problem.remedy
    assert "\n" not in str(error.value)


def test_a_binary_file_names_the_byte() -> None:
    with pytest.raises(InputError) as error:
        decode(b"abc\x00", "x")
    assert error.value.problem.place == "byte 3"


def test_bounds_are_said() -> None:
    parsed = ios("hostname a\nalias exec x " + "y" * 10_000 + "\nend\n")
    assert len(parsed.root.children[1].text) == tree.MAX_LINE
    assert "longer than" in parsed.problems[0].what
    many = ios("hostname a\n" + "a\n" * InputLimits.configuration_lines)
    assert any("only the first" in p.what for p in many.problems)


@pytest.mark.parametrize(
    "between",
    [
        "",
        "version 15.2\nno ip http server\n",
        "B#show running-config\nBuilding configuration...\nno ip http server\n",
        "! Last configuration change at 10:00\nno ip http server\n",
    ],
)
def test_another_device_in_the_file_says_nothing_of_the_first(between: str) -> None:
    parsed = ios(f"hostname a\nip http server\nline vty 0 4\n login\n!\n{between}hostname b\nno ip http server\nend\n")
    assert parsed.name == "a"
    assert outline(parsed)[1:] == [
        (2, 2, (), "ip http server"),
        (3, 4, (), "line vty 0 4"),
        (4, 4, ("line vty 0 4",), "login"),
    ]
    assert any("second configuration" in p.what for p in parsed.problems)


@pytest.mark.parametrize(
    ("behind", "told"),
    [
        ("line vty 0 4\n transport input telnet\n", True),
        ("!\n\nip http server\nend\n", True),
        ("a#show ip interface brief\nInterface  IP-Address\n", False),
        ("---- show interfaces ----\ninterface status\n", False),
        ("Connection closed.\n", False),
    ],
)
def test_commands_behind_the_last_line_are_told(behind: str, told: bool) -> None:
    parsed = ios(f"hostname a\nno ip http server\nend\n{behind}")
    assert ["commands behind the last 'end' were not read"] * told == [str(p.what) for p in parsed.problems]


def test_a_name_that_is_said_again_is_no_other_device() -> None:
    parsed = ios("hostname a\nhostname a\nip http server\nend\n")
    assert parsed.problems == []
    assert parsed.last("ip http server")


def test_any_character_ends_a_banner() -> None:
    parsed = ios("hostname a\nbanner motd xNo entry\nline vty 0 4\n transport input ssh\nx\nline con 0\nend\n")
    assert [n.text for n in parsed.root.children] == ["hostname a", "banner motd <text>", "line con 0"]


def test_hostile_shapes_stay_fast() -> None:
    start = time.perf_counter()
    ios("hostname a\n" + "".join(" " * (i % 1000) + "x\n" for i in range(20_000)))
    ios("hostname a\n" + "banner motd ^C\n" * 50_000)
    ios("hostname a\n" + "".join(f"banner motd {chr(33 + i % 15)}\n" for i in range(50_000)))
    ios(
        "hostname a\nkey "
        + "a-" * 2000
        + "\npassword "
        + " " * 4000
        + "x\n"
        + "standby 1 "
        + "authentication " * 250
        + "\n"
    )
    assert time.perf_counter() - start < 10
