"""A plan in words, in English or Chinese, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from scanner.engine.words import INPUTS, duration
from scanner.plan.plan import EVERYTHING, Plan, Step

FORMAT = 1
_SAID = {
    "nothing": {
        "en": "Nothing to plan: no check lacks evidence that an input or a capture would give.",
        "zh": "无需补充：没有检查项缺少可由输入或流量采集提供的证据。",
    },
    "give": {"en": "Give a {what}: {n} checks need it.", "zh": "提供{what}：{n} 项检查需要。"},
    "step": {
        "en": "{number}. Mirror {where} for at least {time}, both directions. {n} checks become decidable: {rules}",
        "zh": "{number}. 镜像{where}，双向，至少 {time}。可判定 {n} 项检查：{rules}",
    },
    "later": {
        "en": "{number}. Mirror {where} for at least {time}, both directions; with the steps that follow.",
        "zh": "{number}. 镜像{where}，双向，至少 {time}；与后续步骤共同生效。",
    },
    "port": {"en": "{device} {interface}{about} (zones {zones})", "zh": "{device} {interface}{about}（区域 {zones}）"},
    "or": {"en": " or ", "zh": "或"},
    "near": {
        "en": "the uplink of the switch of {near} (zone {zones})",
        "zh": "{near} 所在交换机的上联端口（区域 {zones}）",
    },
    "zone": {"en": "the link between zone {zones} and its router", "zh": "区域 {zones} 与其路由器之间的链路"},
    "everything": {"en": "the router's port, as before", "zh": "路由器端口（同前）"},
    "stays": {
        "en": "{n} checks stay without evidence whatever is captured there: {rules}",
        "zh": "另有 {n} 项检查无法通过补充采集判定：{rules}",
    },
}


def lines(plan: Plan, language: str) -> Iterator[str]:
    """The plan, a step to a line."""

    def say(key: str, **values: Any) -> str:
        return _SAID[key][language].format(**values)

    if not plan.inputs and not plan.steps:
        yield say("nothing")
    for kind, rules in plan.inputs:
        yield say("give", what=INPUTS[kind][language], n=len(rules))
    for number, step in enumerate(plan.steps, 1):
        time = duration(step.seconds)[language]
        key = "step" if step.decides else "later"
        where = _where(step, language)
        yield say(key, number=number, where=where, time=time, n=len(step.decides), rules=", ".join(step.decides))
    if plan.stays:
        yield say("stays", n=len(plan.stays), rules=", ".join(rule for rule, _ in plan.stays))


def _where(step: Step, language: str) -> str:
    zones = ", ".join(step.zones)
    if step.zones == (EVERYTHING,):
        return _SAID["everything"][language]
    if step.ports:
        named = (
            _SAID["port"][language].format(
                device=p.device,
                interface=p.interface,
                about=f" ({p.description})" if p.description else "",
                zones=", ".join(sorted(p.zones)),
            )
            for p in step.ports
        )
        return _SAID["or"][language].join(named)
    return _SAID["near" if step.near else "zone"][language].format(near=step.near, zones=zones)


def as_json(plan: Plan) -> str:
    """The plan as JSON."""
    body = {"otaudit_plan": FORMAT, **asdict(plan)}
    return json.dumps(body, ensure_ascii=False, indent=1, default=sorted) + "\n"
