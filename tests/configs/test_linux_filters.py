"""Files that are no rulesets, rulesets that are not whole, and ones that are made to be slow."""

from __future__ import annotations

import time

import pytest

from scanner.configs import reader
from tests.configs.dialect_cases import read

NFT = "table inet f {\n chain i {\n  type filter hook input priority 0; policy drop;\n  tcp dport 22 accept\n }\n}\n"
SAVED = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n"


@pytest.mark.parametrize(
    "text",
    [
        "#!/bin/sh\n# iptables rules\niptables -A INPUT -j ACCEPT\n",
        "#!/bin/sh\ncat > /etc/iptables/rules.v4 <<EOF\n" + SAVED + "EOF\n",
        "#!/bin/bash\nnft -f - <<EOF\n" + NFT + "EOF\n",
        "Mar  3 10:00:00 fw kernel: iptables denied: IN=eth0 OUT= SRC=10.0.0.1 DST=10.0.0.2 PROTO=TCP\n" * 3,
        "services:\n  fw:\n    image: x\n    command: iptables -A INPUT -j ACCEPT\n",
        "Write this:\n\n```\n" + NFT + "```\n",
        "<pre>\n" + SAVED + "</pre>\n",
        '{"nftables": [{"table": {"family": "inet", "name": "f"}}]}\n',
        "domain (ip ip6) {\n    table filter {\n        chain INPUT {\n            policy DROP;\n        }\n    }\n}\n",
        NFT.replace("22", "{{ ssh_port }}"),
        "*filter\n{% for p in ports %}\n-A INPUT -p tcp --dport {{ p }} -j ACCEPT\n{% endfor %}\nCOMMIT\n",
        "-P INPUT DROP\n-A INPUT -j ACCEPT\n",
        "FilterChain INPUT (policy ACCEPT)\ntarget     prot opt source               destination\n",
    ],
)
def test_what_only_mentions_a_filter_is_none(text: str) -> None:
    assert not reader.recognises(text.encode())


@pytest.mark.parametrize(
    ("dialect", "text", "told"),
    [
        ("linux-iptables", SAVED.replace("COMMIT\n", ""), "no final 'COMMIT'"),
        ("linux-iptables", SAVED + "-A INPUT -j ACCEPT\n", "not understood: lines 5"),
        ("linux-iptables", SAVED + SAVED, "table filter is there twice"),
        (
            "linux-iptables",
            SAVED + "# Warning: iptables-legacy tables present, use iptables-legacy-save\n",
            "other tables",
        ),
        ("linux-nftables", NFT[:-4], "ends before it is whole"),
        ("linux-nftables", 'include "more.nft"\n' + NFT, "includes another file"),
        ("linux-nftables", NFT.replace("tcp dport 22", 'include "x"'), "includes another file"),
        ("linux-nftables", NFT.replace("accept", "jump elsewhere"), "a part of a ruleset"),
        ("linux-nftables", NFT.replace("dport 22", "dport @ports"), "a part of a ruleset"),
        ("linux-nftables", NFT + "wizardry on\n", "not understood: lines 7"),
    ],
)
def test_what_is_not_whole_is_told(dialect: str, text: str, told: str) -> None:
    found = read(dialect, text.encode())
    assert any(told in str(problem.what) for problem in found.problems), found.problems


@pytest.mark.parametrize(
    ("dialect", "line"),
    [
        ("linux-iptables", "-A INPUT --wizardry 3 -j ACCEPT"),
        ("linux-iptables", "-A INPUT -j ACCEPT --dport"),
        ("linux-nftables", "wizardry 3 accept"),
    ],
)
def test_an_entry_that_nobody_knows_leaves_open_what_lists_say(dialect: str, line: str) -> None:
    text = (
        SAVED.replace("COMMIT", line + "\nCOMMIT")
        if "ipt" in dialect
        else NFT.replace("tcp dport", line + "\n  tcp dport")
    )
    found = read(dialect, text.encode())
    assert "acl" in dict(found.notes)["leaves open"]


def test_line_ends_and_prompts_change_nothing() -> None:
    for dialect, text, prompt in (
        ("linux-iptables", SAVED, "iptables-save"),
        ("linux-nftables", NFT, "nft list ruleset"),
    ):
        plain = [(r["item"], r["setting"], r["value"]) for r in read(dialect, text.encode()).rows]
        typed = f"admin@fw:~$ sudo {prompt}\r\n" + text.replace("\n", "\r\n")
        assert reader.recognises(typed.encode())
        found = read(dialect, typed.encode())
        assert [(r["item"], r["setting"], r["value"]) for r in found.rows] == plain
        assert not found.problems


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("linux-nftables", "table inet t {\n" + "counter x {\n" * 20_000),
        ("linux-nftables", "table inet t { chain a { ip saddr " + "{ " * 50_000 + "1.1.1.1 accept"),
        (
            "linux-nftables",
            "define X0 = { 1.1.1.1 }\n"
            + "".join(f"define X{n} = {{ $X{n - 1}, $X{n - 1}, $X{n - 1} }}\n" for n in range(1, 16))
            + "table inet t {\n chain a {\n type filter hook forward priority 0;\n"
            + "ip saddr $X15 accept\n" * 500
            + "}\n}\n",
        ),
        ("linux-iptables", "*filter\n:FORWARD DROP [0:0]\n:A - [0:0]\n-A FORWARD -j A\n-A A -j A\n-A A -j A\nCOMMIT\n"),
        (
            "linux-iptables",
            "*filter\n:FORWARD DROP [0:0]\n"
            + "".join(f"-A FORWARD ! -s {n}.1.1.1 ! -d {n}.2.2.2 -m limit --limit 1/s -j ACCEPT\n" for n in range(250))
            + "COMMIT\n",
        ),
    ],
    ids=["blocks", "braces", "variables", "loop", "holes"],
)
def test_no_file_takes_long(dialect: str, text: str) -> None:
    begun = time.process_time()
    read(dialect, text.encode())
    assert time.process_time() - begun < 20


def test_what_is_too_ragged_is_unknown_and_passes_nothing() -> None:
    lines = "".join(
        f"-A FORWARD ! -s {n}.1.{n}.1 ! -d {n}.2.2.{n} -p tcp ! --dport {n + 9} -j RETURN\n" for n in range(120)
    )
    found = read("linux-iptables", f"*filter\n:FORWARD ACCEPT [9:9]\n{lines}-A FORWARD -j DROP\nCOMMIT\n".encode())
    rows = {(r["item"], r["setting"]): r["value"] for r in found.rows}
    assert rows["acl filter/FORWARD", "unmatched"] in ("unknown", "permit")
