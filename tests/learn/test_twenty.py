"""Twenty plants with known zones: the zones are found, and the conduits are those that are needed and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations

import pytest

from scanner.learn.policy import learn
from scanner.learn.text import Learned, policy_text
from scanner.policy.document import parse_policy
from scanner.protocols import protocol_names
from tests.learn.plants import Plant
from tests.learn.twenty import PLANTS

CASES = [(make, seed) for seed, make in enumerate(PLANTS)]


def rand(left: Sequence[str], right: Sequence[str]) -> float:
    """The adjusted Rand index by its definition: pairs counted one by one."""
    both = here = there = pairs = 0
    for i, j in combinations(range(len(left)), 2):
        same, alike = left[i] == left[j], right[i] == right[j]
        both, here, there, pairs = both + (same and alike), here + same, there + alike, pairs + 1
    expected = here * there / pairs
    most = (here + there) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def found(learned: Learned) -> dict[str, str]:
    """Zone by IP or MAC address."""
    by_key = {}
    for zone in learned.zones:
        for node in zone.nodes:
            by_key |= dict.fromkeys((*node.addresses, node.mac), zone.id)
    return by_key


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case[0].__name__)
def case(request: pytest.FixtureRequest) -> tuple[Plant, Learned]:
    make, seed = request.param
    return built(make, seed)


def built(make: Callable[[Plant], None], seed: int) -> tuple[Plant, Learned]:
    plant = Plant(seed)
    make(plant)
    return plant, learn(plant.tables())


def test_zones_are_found(case: tuple[Plant, Learned]) -> None:
    plant, learned = case
    where = found(learned)
    names = sorted(plant.zone)
    assert rand([plant.zone[n] for n in names], [where.get(n, n) for n in names]) >= 0.9
    assert learned.partition.stability >= 0.9


def test_conduits_are_the_truth(case: tuple[Plant, Learned]) -> None:
    plant, learned = case
    where = found(learned)
    votes: dict[str, Counter[str]] = {}
    for key, zone in plant.zone.items():
        votes.setdefault(where[key], Counter())[zone] += 1
    true = {zone: count.most_common(1)[0][0] for zone, count in votes.items()}
    allowed = [
        (client, true.get(conduit.from_zone), true.get(conduit.to_zone), protocol, verb)
        for conduit in learned.crossings.conduits
        for client in conduit.clients
        for protocol in conduit.protocols
        for verb in conduit.verbs
    ]
    assert sorted(allowed) == sorted(plant.uses)


def test_it_is_a_policy_and_always_the_same(case: tuple[Plant, Learned]) -> None:
    plant, learned = case
    text = policy_text(learned)
    policy = parse_policy(text, "learned.yaml", protocol_names())
    assert len(policy.zones) == len(learned.zones)
    assert len(policy.conduits) == len(learned.crossings.conduits)
    assert policy_text(learn(plant.tables())) == text
    assert not [z for z in policy.zones if any(s.endswith("/0") for s in z["subnets"])]


def test_there_are_twenty() -> None:
    assert len(set(PLANTS)) == 20
