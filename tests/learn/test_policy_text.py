"""The file: hostile names stay comments, what cannot be a member is none, a capture of nothing is no crash."""

from __future__ import annotations

import re
from itertools import pairwise

import yaml
from hypothesis import given
from hypothesis import strategies as st

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts
from scanner.learn.policy import learn
from scanner.learn.text import comment, policy_text, scalar
from scanner.policy.document import parse_policy
from tests.learn.plants import Plant
from tests.learn.twenty import small, whole

HOSTILE = [
    'x\nroles:\n  engineering_station: ["10.66.6.6"]',
    "a # b",
    "\u2028undecided: []",
    "\x85zones: []",
    "'\"]}",
    "x\x00y",
]


@given(st.text(st.characters(exclude_categories=())))
def test_text_stays_where_it_is_put(text: str) -> None:
    assert len(f"a: 1  # {comment(text)}\nb: 2".splitlines()) == 2
    assert yaml.safe_load(f"a: [{scalar(text)}, b]  # c") == {"a": [text, "b"]} or not text.isprintable()


def test_names_from_the_wire_bind_nothing() -> None:
    plant, plain = Plant(1), Plant(1)
    small(plain)
    small(plant)
    for number, name in enumerate(HOSTILE):
        row = {
            "capture": "c",
            "ip": f"10.20.1.{11 + number}",
            "field": "name",
            "value": name,
            "protocol": "s7comm",
            "count": 1,
        }
        plant.rows["identities"].append(row)
    text, without = (policy_text(learn(p.tables())) for p in (plant, plain))
    assert yaml.safe_load(text) == yaml.safe_load(without)
    parse_policy(text, "learned.yaml", ())


def test_groups_and_the_internet_are_members_of_nothing() -> None:
    plant = Plant(2)
    whole(plant)
    pc = plant.host("10.10.1.77", "office", routed=True)
    plant.host("203.0.114.5", "", routed=True)
    for address in ("224.0.0.251", "255.255.255.255", "10.20.1.255", "ff02::1", "169.254.1.1"):
        plant.group(pc, address)
    policy = parse_policy(policy_text(learn(plant.tables())), "learned.yaml", ())
    members = [m for zone in policy.zones for m in (*zone["subnets"], *zone["macs"])]
    assert not [m for m in members if re.match(r"22[4-9]\.|255\.|203\.|169\.254|ff02|fe80|01:|ff:|0\.0\.0\.0|::/", m)]
    assert all(int(m.split("/")[1]) >= 24 for m in members if "/" in m)


def test_nothing_seen_is_an_empty_policy() -> None:
    text = policy_text(learn(enrich(Facts())))
    assert parse_policy(text, "learned.yaml", ()).zones == ()


def test_the_quality_is_stated() -> None:
    plant = Plant(3)
    small(plant)
    assert re.search(r"# .*modularity -?\d\.\d\d .*stability \d\.\d\d ", policy_text(learn(plant.tables())))


def test_offices_alone_are_zones_too() -> None:
    """No control device anywhere, so nothing is near or far from one."""
    plant = Plant(4)
    pcs = [plant.host(f"10.10.{n}.20", f"office{n}") for n in range(3)]
    for left, right in pairwise(pcs):
        plant.talk(left, right, "tls", {"session": 4})
    learned = learn(plant.tables())
    assert len(learned.zones) == 3
    assert len(learned.crossings.conduits) == 2
    parse_policy(policy_text(learned), "learned.yaml", ())


def test_remarks_are_in_the_language_of_the_reader() -> None:
    plant = Plant(5)
    whole(plant)
    learned = learn(plant.tables())
    text, spoken = policy_text(learned), policy_text(learned, lambda sentence: f"§{len(sentence)}")
    assert yaml.safe_load(spoken) == yaml.safe_load(text)
    remarks = [line.partition("#")[2].strip() for line in spoken.splitlines() if "#" in line]
    others = [r for r in remarks if not r.startswith(("§", "- ", "u")) and not r.endswith(":")]
    assert len(remarks) > 30
    assert others == []
