"""Sigma rules and events made at random, and what pySigma makes of them.

Run as a program where pySigma is installed, it writes what pySigma 2.0 says into ``sigma_expected.json``; otaudit does
not depend on it, because of the licences of what it depends on itself (docs/decisions/0005).
"""

from __future__ import annotations

import ipaddress
import json
import random
import re
import sys
from pathlib import Path
from typing import Any

EXPECTED = Path(__file__).with_name("sigma_expected.json")
TEXTS = ("client", "object", "function", "code")
NUMBERS = ("server_port", "count")
Event = dict[str, Any]

_PARTS = ["a", "A", "b", "\\", "\\*", "\\?", "\\\\", "*", "?", ".", "1", "ab", "10.0.0.", "é"]
_PLAIN = ["a", "A", "b", "\\", "*", "?", ".", "1", "ab", "É", "\n"]
_REGEXES = ["^a", "b$", "a.b", "(?i)AB", "[ab]+1", "a|1", r"\.", "(a)(b)?", r"\\", r"\d{1,2}"]
_NETWORKS = ["10.0.0.0/8", "10.0.0.0/30", "fd00::/16", "0.0.0.0/0"]
_ADDRESSES = ["10.0.0.1", "10.0.0.9", "10.1.0.1", "fd00::1", "192.0.2.1", "host", ""]


def _text(chosen: random.Random, parts: list[str]) -> str:
    return "".join(chosen.choice(parts) for _ in range(chosen.randint(0, 4)))


def event(chosen: random.Random) -> Event:
    found: Event = {name: _text(chosen, _PLAIN) for name in TEXTS}
    found["client"] = chosen.choice(_ADDRESSES)
    found |= {name: chosen.randint(0, 4) for name in NUMBERS}
    found["code"] = chosen.choice([found["code"], "1", "12", found["object"], found["object"].upper()])
    return found


def _test(chosen: random.Random) -> tuple[str, Any]:  # noqa: PLR0911 - one for each kind
    kind = chosen.randint(0, 11)
    name = chosen.choice(TEXTS)
    several = [_text(chosen, _PARTS) or "a" for _ in range(chosen.randint(1, 3))]
    if kind <= 2:
        return name, chosen.choice([several, several[0], None, "", 1, [several[0], None]])
    if kind <= 5:
        part = chosen.choice(["contains", "startswith", "endswith"])
        every = chosen.choice(["", "|all"])
        return f"{name}|{part}{every}", several if every else chosen.choice([several, several[0]])
    if kind == 6:
        return f"{name}|re", chosen.choice([chosen.choice(_REGEXES), chosen.sample(_REGEXES, 2)])
    if kind == 7:
        return "client|cidr", chosen.choice([chosen.choice(_NETWORKS), chosen.sample(_NETWORKS, 2)])
    if kind == 8:
        return f"{chosen.choice(NUMBERS)}|{chosen.choice(['gt', 'gte', 'lt', 'lte'])}", chosen.randint(0, 4)
    if kind == 9:
        return chosen.choice(NUMBERS), chosen.choice([1, "2", [1, "3"]])
    if kind == 10:
        return f"{name}|exists", chosen.choice([True, False])
    other = chosen.choice([n for n in TEXTS if n != name])
    cased = [(f"{name}|cased", several[0]), (f"{name}|contains|cased", several)]
    return chosen.choice([(f"{name}|fieldref", other), *cased])


def detection(chosen: random.Random) -> dict[str, Any]:
    """Selections and a condition over them."""
    names = chosen.sample(["selection", "sel_a", "sel_b", "_filter", "filter_main"], chosen.randint(1, 4))
    found: dict[str, Any] = {}
    for name in names:
        maps = [dict(_test(chosen) for _ in range(chosen.randint(1, 2))) for _ in range(chosen.randint(1, 2))]
        found[name] = maps[0] if len(maps) == 1 else maps
    return found | {"condition": _condition(chosen, names, 0)}


def _condition(chosen: random.Random, names: list[str], depth: int) -> str:
    kind = chosen.randint(0, 7)
    if depth > 2 or kind <= 1:
        return chosen.choice(names)
    if kind == 2 and any(not name.startswith("_") for name in names):
        return chosen.choice(["1 of them", "all of them"])
    if kind == 3:
        start = chosen.choice(names)[:3]
        return f"{chosen.choice(['1', 'all', 'any'])} of {start}*"
    one = _condition(chosen, names, depth + 1)
    if kind == 4:
        return f"not {chosen.choice(names)}"
    if kind == 5:
        return f"not ({one})"
    return f"{one} {chosen.choice(['and', 'or'])} {chosen.choice(['', 'not '])}({_condition(chosen, names, depth + 1)})"


def rule(held: dict[str, Any]) -> str:
    """A rule with the detection; JSON is YAML."""
    return json.dumps(
        {
            "title": "Made at random",
            "logsource": {"product": "otaudit", "service": "operations"},
            "detection": held,
            "level": "low",
        },
        ensure_ascii=False,
    )


def reference(text: str, events: list[Event]) -> list[bool]:
    """Of each event, whether it matches by pySigma's parser. ImportError without pySigma."""
    from sigma.rule import SigmaRule  # type: ignore[import-not-found]

    parsed = [condition.parsed for condition in SigmaRule.from_yaml(text).detection.parsed_condition]
    return [any(_holds(condition, one) for condition in parsed) for one in events]


def _holds(condition: Any, one: Event) -> bool:
    kind = type(condition).__name__
    if kind == "ConditionOR":
        return any(_holds(part, one) for part in condition.args)
    if kind == "ConditionAND":
        return all(_holds(part, one) for part in condition.args)
    if kind == "ConditionNOT":
        return not _holds(condition.args[0], one)
    return _is(one.get(condition.field), condition.value, one)


def _is(value: Any, wanted: Any, one: Event) -> bool:  # noqa: PLR0911 - one for each kind
    kind = type(wanted).__name__
    known = value not in (None, "")
    text = "" if value is None else str(value)
    if kind in ("SigmaString", "SigmaCasedString"):
        wild = {"WILDCARD_MULTI": ".*", "WILDCARD_SINGLE": "."}
        parts = (re.escape(p) if isinstance(p, str) else wild[p.name] for p in wanted.s)
        flags = re.DOTALL if kind == "SigmaCasedString" else re.DOTALL | re.IGNORECASE
        return re.fullmatch("".join(parts), text, flags) is not None
    if kind == "SigmaNumber":
        return text == str(wanted.number)
    if kind == "SigmaNull":
        return not known
    if kind == "SigmaExists":
        return known is bool(wanted)
    if kind == "SigmaRegularExpression":
        pattern = re.sub(r"\$$", r"\\Z", wanted.regexp.original)  # Python's $ also ends before a last line break
        return re.search(pattern, text) is not None
    if kind == "SigmaCIDRExpression":
        try:
            return ipaddress.ip_address(text) in wanted.network
        except ValueError:
            return False
    if kind == "SigmaCompareExpression":
        number = wanted.number.number
        orders = {"LT": value < number, "LTE": value <= number, "GT": value > number, "GTE": value >= number}
        return orders[wanted.op.name]
    if kind == "SigmaFieldReference":
        return text.lower() == str(one.get(wanted.field)).lower()
    raise TypeError(kind)


def made(number: int) -> tuple[dict[str, Any], list[Event]]:
    """The detection and the events with this number."""
    chosen = random.Random(number)  # noqa: S311 - the same cases everywhere
    return detection(chosen), [event(chosen) for _ in range(8)]


if __name__ == "__main__":
    cases = []
    for number in range(int(sys.argv[1])):
        held, events = made(number)
        try:
            cases.append({"detection": held, "events": events, "matches": reference(rule(held), events)})
        except Exception as error:  # noqa: BLE001 - what pySigma refuses is no case
            print(number, error, file=sys.stderr)  # noqa: T201
    EXPECTED.write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
