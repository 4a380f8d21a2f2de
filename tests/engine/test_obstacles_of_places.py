"""Places that were not seen well enough, in words."""

from __future__ import annotations

import pytest

from scanner.engine.definitions.rules import INTERNET
from scanner.engine.verdict.places import Shortfall, obstacles
from scanner.results.model import Cause
from tests.engine.engine_cases import case
from tests.wording.in_both import both

PLACE = Cause.PLACE
ZONES = [{"zone": "a", "name": "Cell A"}, {"zone": "b", "name": ""}, *({"zone": f"z{n}"} for n in range(6))]


def short(zone: str, seconds: float = 0.0, why: str = "short", other: str = "", cause: Cause = PLACE) -> Shortfall:
    return Shortfall(cause, zone, other, seconds, why)


@pytest.mark.parametrize(
    ("found", "en", "zh"),
    [
        (
            [short("", 6)],
            "only 6.0 s of traffic between two ends was captured (at least 1 min is needed)",
            "仅采集到 6.0 秒的点对点通信，至少需要 1 分",
        ),
        ([short("a")], "nothing was seen of zone Cell A", "未观察到区域 Cell A 的通信"),
        ([short("a"), short("b")], "nothing was seen of zones Cell A, b", "未观察到区域 Cell A、b 的通信"),
        (
            [short("a", 12)],
            "too little was seen of zone Cell A (12 s); at least 1 min is needed",
            "区域 Cell A（12 秒）的观察时间不足，至少需要 1 分",
        ),
        (
            [short("a", 12), short("b", 30), short("z0")],
            (
                "nothing was seen of zone z0 and too little was seen of zones Cell A (12 s), b (30 s); "
                "at least 1 min is needed"
            ),
            "未观察到区域 z0 的通信，区域 Cell A（12 秒）、b（30 秒）的观察时间不足，至少需要 1 分",
        ),
        (
            [short(f"z{n}") for n in range(6)],
            "nothing was seen of zones z0, z1, z2, z3, z4 and 1 more",
            "未观察到区域 z0、z1、z2、z3、z4 等（另有 1 项）的通信",
        ),
        (
            [short("", why="packets")],
            "too few packets were seen of the captured traffic",
            "所采集流量的数据包太少",
        ),
        ([short("a", why="packets")], "too few packets were seen of zone Cell A", "区域 Cell A 的数据包太少"),
        ([short("a", why="sides")], "only one direction was seen of zone Cell A", "区域 Cell A 仅见单向报文"),
        (
            [short("a", why="heard"), short("b", why="heard")],
            (
                "of most devices of zones Cell A, b only broadcasts and multicasts were seen, as at a port that is not "
                "mirrored"
            ),
            "区域 Cell A、b 的多数设备仅见广播和组播报文（如同未做镜像的端口）",
        ),
        (
            [short("", 0.75, "unrecognised")],
            "75% of the payload belongs to conversations whose protocol was not recognised",
            "75% 的载荷属于未能识别协议的数据流",
        ),
        (
            [short("a", 0.75, "unrecognised")],
            "the protocol of most payload was not recognised in zone Cell A (75%)",
            "区域 Cell A（75%）的大部分载荷未能识别协议",
        ),
        (
            [short("", why="boundary", other=INTERNET)],
            "no capture shows traffic on its way to or from another network",
            "流量采集未显示进出其他网络的通信",
        ),
        (
            [short("a", why="boundary", other="b")],
            "traffic between Cell A and b would not have been seen where the captures were taken",
            "在采集位置看不到Cell A 与 b 之间的通信",
        ),
        (
            [short("a", why="boundary", other=INTERNET), short("a", why="boundary", other="b")],
            (
                "traffic between Cell A and b, or between the Internet and Cell A would not have been seen where the "
                "captures were taken"
            ),
            "在采集位置看不到Cell A 与 b 之间，以及互联网与 Cell A 之间的通信",
        ),
    ],
)
def test_places_in_words(found: list[Shortfall], en: str, zh: str) -> None:
    (obstacle,) = obstacles(found, case(zones=ZONES), 60)
    assert both(obstacle.doubt.text) == {"en": en, "zh": zh}
    assert obstacle.cause is found[0].cause


def test_each_way_of_falling_short_is_a_doubt_of_its_own() -> None:
    found = [short("a"), short("b", why="sides", cause=Cause.ONE_SIDED), short("z0")]
    answer = obstacles(found, case(zones=ZONES), 60)
    assert [(o.cause, o.text) for o in answer] == [
        (PLACE, "nothing was seen of zones Cell A, z0"),
        (Cause.ONE_SIDED, "only one direction was seen of zone b"),
    ]
