"""Facts, rules, profile and frameworks in; results out. The one page that ties the engine together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date

from scanner import __version__
from scanner.engine import observed, summary
from scanner.engine.accepted import remarks, waiver_rows
from scanner.engine.answer_problems import answer_problems
from scanner.engine.definitions.attack_techniques import VERSION
from scanner.engine.definitions.frameworks import Framework, roll_up
from scanner.engine.definitions.profiles import Profile
from scanner.engine.definitions.rules import Rule
from scanner.engine.definitions.waivers import read_ignored, read_waivers
from scanner.engine.levels import FRAMEWORK, asked, levels
from scanner.engine.profile_use import profile_use
from scanner.engine.standings import Account, settled
from scanner.engine.techniques import techniques
from scanner.engine.texts import problem
from scanner.engine.verdict.answers import read_answers
from scanner.engine.verdict.decisions import Decision, read_decisions
from scanner.engine.verdict.judged_facts import JudgedFacts, enriched
from scanner.engine.verdict.verdicts import Terms, judge_rule, try_out
from scanner.errors import Problem
from scanner.facts.enrich import join
from scanner.facts.frames import Facts
from scanner.facts.watchdog import Watchdog
from scanner.facts.worlds import Worlds
from scanner.given_back import give_back
from scanner.limits import limits
from scanner.results.model import ProblemRow, Results, RuleResult, Run, Severity, Verdict
from scanner.wording import Plural, at_line, said

_FAILED = Plural(
    "otaudit failed on {n} message or line: {what}",
    "otaudit failed on {n} messages or lines: {what}",
)


def judge(
    facts: Facts,
    rules: Collection[Rule],
    profile: Profile,
    frameworks: Collection[Framework],
    *,
    today: date,
    problems: Iterable[Problem] = (),
    stage: Callable[[str, int, int], None] = lambda *_: None,
) -> Results:
    """Judge the facts by the profile's rules.

    today: decides which waivers still hold. problems: what readers could not use; the results carry them on.
    stage: hears what is done: joining, then judging with the number of rules that are judged and of all.
    ``Results.run`` is left empty for the caller to fill. DefinitionError when a waiver of the policy is wrong.
    """
    stage("joining", 0, 0)
    case = case_of(facts)
    ignored, refused = read_ignored(case.tables["waivers"], rules)
    waivers = [*read_waivers(case.tables["waivers"], rules), *ignored]
    decisions = read_decisions(case.tables["decisions"], rules)
    zones = case.zones
    answers = read_answers(case.tables["answers"], frameworks, zones)
    terms = Terms(today, waivers, decisions, profile.minimum_duration)
    judged = {}
    try_out(rules, case, terms)
    with Watchdog(limits().rule_seconds) as watchdog:
        for number, rule in enumerate(rules):
            stage("judging", number, len(rules))
            watchdog.message = number
            judged[rule.id] = judge_rule(rule, case, terms, profile.severity.get(rule.id))
            watchdog.message = -1
    case.forget()
    give_back(case.tables)
    nursery = [judged.pop(rule.id) for rule in rules if rule.in_nursery]
    chosen = {rule.id for rule in profile.chosen(rules, frameworks)}
    reach = {rule.id for rule in rules if rule.about_evidence}
    results = [judged[name] for name in judged if name in chosen - reach]
    unread = (*problems, *refused)
    shown = profile.shown(frameworks)
    looked_at = {FRAMEWORK, *(f.id for f in shown), *(a.framework for a in answers)}
    accounts = {f.id: Account(f, judged.values(), answers, zones, today) for f in frameworks if f.id in looked_at}
    accepted = waiver_rows(waivers, (*judged.values(), *nursery), today)
    return Results(
        site=facts.site,
        profile=profile.id,
        run=Run("", 0.0, __version__),
        inputs=summary.inputs(case),
        problems=(
            *_problems(unread, case),
            *remarks(waivers, accepted, today),
            *_expired(decisions, today),
            *answer_problems(answers, accounts, shown),
        ),
        rules=tuple(results),
        frameworks=tuple(settled(roll_up(f, results), accounts[f.id], asked(f, case.tables["zones"])) for f in shown),
        devices=summary.devices(case),
        zones=summary.zones(case, levels(accounts[FRAMEWORK], case.tables["zones"]) if FRAMEWORK in accounts else {}),
        traffic=summary.traffic(case),
        outside=tuple(judged[name] for name in judged if name not in chosen | reach and _weighs(judged[name])),
        reach=tuple(judged[name] for name in judged if name in reach),
        nursery=tuple(nursery),
        operations=observed.operations(case),
        commands=observed.commands(case),
        sessions=observed.sessions(case),
        settings=observed.settings(case),
        unrecognised=observed.unrecognised(case),
        protocols=observed.protocols(case),
        publications=observed.publications(case),
        exports=observed.exports(case),
        exposures=observed.exposures(case),
        cables=observed.cables(case),
        occupied_ports=observed.occupied_ports(case),
        techniques=techniques(rules, judged),
        attack_version=VERSION,
        complete=not unread and not facts.defects and all(p.complete for p in facts.inputs),
        waivers=accepted,
        profile_use=profile_use(profile, rules, frameworks),
    )


def case_of(facts: Facts) -> JudgedFacts:
    """The facts as they are judged. What they were joined by is kept only where names are bound to nothing."""
    joined = join(facts)
    give_back(joined.tables.made)
    worlds = Worlds(joined)
    return enriched(facts, joined.tables, worlds if worlds.several else None)


def _weighs(result: RuleResult) -> bool:
    """No profile hides it."""
    return result.verdict in (Verdict.FAIL, Verdict.REVIEW) and result.severity.rank >= Severity.HIGH.rank


def _problems(problems: Iterable[Problem], case: JudgedFacts) -> tuple[ProblemRow, ...]:
    """What could not be read, and where otaudit failed itself."""
    rows = [problem(p.source, p.place, p.what, p.remedy) for p in problems]
    for defect in case.facts.defects:
        what = _FAILED.of(defect.count, what=defect.what)
        rows.append(problem(defect.component, "", what, said("report this as a defect of otaudit")))
    return tuple(rows)


def _expired(decisions: Iterable[Decision], today: date) -> Iterator[ProblemRow]:
    """Decisions that no longer settle anything."""
    for decision in decisions:
        if decision.until and decision.until < today:
            what = said("decision of {who} expired on {day}", who=decision.decided_by, day=decision.until)
            yield problem(decision.source, at_line(decision.line), what, said("have it decided again"))
