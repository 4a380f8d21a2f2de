"""``python -m tests.adversarial.violated SEED NUMBER``: violations of the plant at random, told otherwise.

Every violation of ``tests/adequacy`` in every form here is one case. A form that takes evidence away, or that only some
receivers read so, may leave rules in doubt and never calm them; what tells the same otherwise changes no verdict.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Callable, Mapping
from functools import cache
from heapq import merge

from tests.adequacy.proving import FILES, PLANT, Told, Violation, edited, verdicts, violations
from tests.adequacy.scene import recorded
from tests.adversarial.printing import printed
from tests.adversarial.staging import CALM, OBJECTS, as_it_is, own_traffic
from tests.carriers import CARRIERS
from tests.given import Given
from tests.http2_form import in_http2
from tests.recast import ABOUT_TUNNELS, INVENTORY, RECASTS
from tests.tcp_corners import CORNERS, sent_again_otherwise
from tests.twins import Form, is_ip, lossy

ALONE: Mapping[str, Form] = {  # what the violation adds, in another form
    **{f"{share:.0%} of frames lost": lossy(share, 11) for share in (0.01, 0.1, 0.3)},
    "in HTTP/2": in_http2,
    "sent again otherwise": sent_again_otherwise,
    **CARRIERS,
    **CORNERS,
}


def names_only(given: Given) -> Given:
    """The inventory knows devices by their names and by nothing else."""
    head, *rows = csv.reader(io.StringIO(given.texts[INVENTORY]))
    lost = {head.index("IP address"), head.index("MAC address")}
    found = io.StringIO()
    csv.writer(found, lineterminator="\n").writerows([head, *([*_without(row, lost)] for row in rows)])
    return given.told(INVENTORY, found.getvalue())


def _without(row: list[str], lost: set[int]) -> list[str]:
    return ["" if at in lost else cell for at, cell in enumerate(row)]


# The plant's own connections stay in IPv4, so that the address that serves is another than the one that refuses.
_OF_PLANT = {"controller-refuses-connections"}
FORMS = (*ALONE, "names only", *RECASTS)


def given(violation: Violation, form: Form = list) -> Given:
    """The plant with the violation, whose traffic is in a form."""
    added = form(recorded(violation.add))
    everything = list(merge(own_traffic(), sorted(added), key=lambda record: record[:2]))
    texts = {name: edited(PLANT / name, violation.edits.get(name, {})) for name in FILES.values()}
    return Given(everything, texts)


def told(one: Given, rules: tuple[str, ...]) -> Mapping[str, Told]:
    """What rules say of it."""
    texts = {name: text.encode() for name, text in one.texts.items()}
    return verdicts({**one.written(one.records), **texts}, rules)[0]


@cache
def plain(violation: int) -> Mapping[str, Told]:
    """What rules say of a violation as it is."""
    one = violations()[violation]
    return told(given(one), tuple(one.rules))


def wrong(violation: int, form: str) -> list[str]:
    """What rules say of a violation in the form that does not follow from what they say of it as it is."""
    one = violations()[violation]
    if form in ALONE:
        added = recorded(one.add)
        if not any(is_ip(frame) for _, _, frame, _ in added) or not ALONE[form](added):
            return []  # there is nothing of it
        found, may = told(given(one, ALONE[form]), tuple(one.rules)), CALM
        if "IPv6" in form:
            found = {rule: now for rule, now in found.items() if rule not in _OF_PLANT}
    else:
        recast: Callable[[Given], Given] = names_only if form == "names only" else RECASTS[form]
        found = told(recast(given(one)), tuple(one.rules))
        may = CALM if form == "names only" else CALM | {"no-evidence"}
    return [
        f"{rule}: {now.verdict.value}: {now.reason}"
        for rule, now in found.items()
        if _objected(rule, plain(violation)[rule]) and rule not in ABOUT_TUNNELS and now.verdict.value in may
    ]


def _objected(rule: str, said: Told) -> bool:
    usual = as_it_is()[rule]
    return said.verdict.value in OBJECTS and said.objections > usual.objections and usual.verdict.value not in OBJECTS


def drawn(seed: int, number: int) -> list[tuple[int, str]]:
    """Violations by their places, each with a form."""
    chance = random.Random(seed)  # noqa: S311 - the same ones every time
    every = [(place, form) for place in range(len(violations())) for form in FORMS]
    return chance.sample(every, min(number, len(every)))


def compared(pair: tuple[int, str]) -> list[str]:
    """What is wrong, each named."""
    return [f"{violations()[pair[0]].name}, {pair[1]}: {line}" for line in wrong(*pair)]


def main(seed: int, number: int) -> int:
    """So many of them."""
    return printed(compared, drawn(seed, number))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
