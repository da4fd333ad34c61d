"""The steps of an election: what each demands, which are done, open or waiting, and what a return reopens.

A step is done when nothing it demands is missing. ``demands`` is the one list behind the page's checklist, behind
the guard of a step's last act, and behind the board's "step 5 of 14".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from election import law
from election.law import StepRule
from election.process.base import Demand
from election.process.campaign import community_demands
from election.process.facts import Candidate, Election, Meeting, Round, StepState
from election.process.world import World


class Status(StrEnum):
    WAITING = "waiting"  # a step before it is not done
    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"  # the other branch was taken (ballot or show of hands)


def suffix(step: str) -> str:
    """``party.roll`` -> ``roll``; ``handover`` stays."""
    return step.split(".", 1)[1] if step.startswith(("party.", "residents.")) else step


def full_names(facts: Election, steps: str) -> list[str]:
    """Steps of this election that an act's ``step`` (``roll|register``) names, those the ruleset runs."""
    running = {suffix(s.name): s.name for s in facts.law.steps}
    return [running[s] for s in steps.split("|") if s in running]


def runs(facts: Election, rule: StepRule) -> bool:
    """Whether the step belongs to the branch taken (ballot or hands)."""
    return not rule.when or rule.when == facts.method


def missing(world: World, step: str) -> list[Demand]:
    """Unmet demands of a step: empty when it can be, or is, done."""
    return [d for d in demands(world, step) if not d.met and not d.warning]


def demands(world: World, step: str) -> list[Demand]:
    """All demands of a step, met and unmet, in the order a person works through them."""
    if step.startswith(("campaign.", "community.")):
        return community_demands(world.campaign, world.election.community, step)
    return list(_DEMANDS[suffix(step)](world))


def before(world: World, step: str) -> list[str]:
    """Steps that must be done first and are not."""
    facts = world.election
    rules = {s.name: s for s in facts.law.steps}
    waiting = []
    for name in rules[step].after:
        if name.startswith(("campaign.", "community.")):
            if missing(world, name):
                waiting.append(name)
        elif name in rules and runs(facts, rules[name]) and not is_done(facts, name):
            waiting.append(name)
    return waiting


def is_done(facts: Election, step: str) -> bool:
    state = facts.steps.get(step)
    return state is not None and state.done_on is not None


def status(world: World, step: str) -> Status:
    facts = world.election
    rule = next(s for s in facts.law.steps if s.name == step)
    if not runs(facts, rule):
        return Status.SKIPPED
    if is_done(facts, step):
        return Status.DONE
    return Status.WAITING if before(world, step) else Status.OPEN


def attempt(facts: Election, step: str) -> int:
    state = facts.steps.get(step)
    return state.attempt if state else 1


@dataclass(frozen=True)
class Line:
    """One step as a task list shows it."""

    step: str
    title: str
    title_en: str
    status: Status
    attempt: int
    due: date | None
    done_on: date | None
    late_days: int
    missing: tuple[Demand, ...]


def due(world: World, step: str) -> date | None:
    """The last day on which the step is in time, as far as it is known."""
    facts = world.election
    rule = next((s for s in facts.law.steps if s.name == step), None)
    day = world.day
    if rule is None or rule.deadline is None or day is None:
        return None
    since = next((s.done_on for name in rule.deadline.of if (s := facts.steps.get(name)) and s.done_on), None)
    return law.deadline(facts.law, rule, day, since=since)


def task_list(world: World) -> list[Line]:
    """Every step of the election in the ruleset's order."""
    lines = []
    for rule in world.election.law.steps:
        state = world.election.steps.get(rule.name, StepState())
        now = status(world, rule.name)
        lacks = tuple(missing(world, rule.name)) if now == Status.OPEN else ()
        lines.append(
            Line(
                rule.name,
                rule.title,
                rule.title_en,
                now,
                state.attempt,
                due(world, rule.name),
                state.done_on,
                state.late_days,
                lacks,
            )
        )
    return lines


def current(world: World) -> str:
    """The step an election stands at: its first open one; ``archived`` when all are done."""
    for line in task_list(world):
        if line.status == Status.OPEN:
            return line.step
    return "archived" if world.election.archived_on else "closed"


def settle(world: World, on: date, seq: int) -> list[str]:
    """After an act: steps that have become done by it. Returns their names."""
    facts = world.election
    settled = []
    for rule in facts.law.steps:
        if not runs(facts, rule) or is_done(facts, rule.name) or before(world, rule.name) or missing(world, rule.name):
            continue
        state = facts.steps.setdefault(rule.name, StepState())
        last = due(world, rule.name)
        state.done_on, state.done_seq = on, seq
        state.late_days = max(((state.met_on or on) - last).days, 0) if last else 0
        settled.append(rule.name)
    return settled


def dependents(facts: Election, step: str) -> list[str]:
    """The step and all that come after it, directly or through others."""
    found = [step]
    for rule in facts.law.steps:
        if rule.name not in found and any(a in found for a in rule.after):
            found.append(rule.name)
    return found


def reopen(world: World, name: str, *, keep_people: bool = False) -> None:
    """Open a step again and all that rest on it: each gets a new attempt, and what it had established is asked again.

    Posting dates of the official list stand unless the list changes (assumed, steps.md).
    """
    facts = world.election
    (step,) = full_names(facts, name)
    for reopened in dependents(facts, step):
        state = facts.steps.get(reopened)
        if state is not None and (state.done_on is not None or reopened == step):
            facts.steps[reopened] = StepState(attempt=state.attempt + 1)
        if reset := _RESETS.get(suffix(reopened)):
            reset(facts)
    if keep_people or suffix(step) == "prospective":
        _withdraw_notice(facts, "official_list")
    if suffix(step) == "prospective" and not keep_people:
        _withdraw_notice(facts, "prospective_list")


# --- what each step demands ------------------------------------------------------------------------------------------


def _article(facts: Election, key: str) -> str:
    """Where a value stands; empty where the ruleset says nothing."""
    return facts.law.article(key) if facts.law.get(key) is not None else ""


def _roll(world: World) -> Iterator[Demand]:
    facts = world.election
    yield Demand("roll.imported", facts.roll.imported, act="roll.import")
    yield Demand("roll.none-held", facts.roll.held == 0, {"held": facts.roll.held}, act="roll.change")
    if facts.body == "residents":
        yield Demand("notice.posted.roll_notice", facts.posted("roll_notice") is not None, act="notice.post")
        open_ones = [o for o in facts.outstanding() if o.kind.startswith("roll")]
        yield Demand(
            "objection.none-open",
            not open_ones,
            {"count": len(open_ones)},
            act="objection.decide",
            article=_article(facts, "objection.window_days"),
        )
    yield Demand("roll.fixed", facts.roll.fixed, act="roll.fix")


def _register(world: World) -> Iterator[Demand]:
    facts = world.election
    yield Demand("roll.imported", facts.roll.imported, act="roll.import")
    yield Demand("roll.none-held", facts.roll.held == 0, {"held": facts.roll.held}, act="roll.change")
    yield Demand("roll.closed", facts.roll.closed, act="roll.close_registration")


def _assembly(world: World) -> Iterator[Demand]:
    facts = world.election
    yield Demand("assembly.fixed", bool(facts.assembly), act="assembly.fix")
    if facts.assembly == "delegates":
        yield Demand("assembly.approved", facts.delegates_approved, act="assembly.approve")
        yield Demand(
            "assembly.elected",
            len(facts.delegates) == facts.delegates_fixed,
            {"needs": facts.delegates_fixed, "has": len(facts.delegates)},
            act="delegates.elect",
        )
        yield Demand("notice.posted.delegates", facts.posted("delegates") is not None, act="notice.post")


def _lead(world: World) -> Iterator[Demand]:
    yield Demand("lead.formed", bool(world.election.presiding), act="lead.form")


def _seats(world: World) -> Iterator[Demand]:
    facts = world.election
    yield Demand("seats.fixed", facts.seats_fixed, act="seats.fix")
    if facts.body == "residents":
        yield Demand("notice.posted.seats_notice", facts.posted("seats_notice") is not None, act="notice.post")


def _representatives(world: World) -> Iterator[Demand]:
    facts = world.election
    total = len(facts.representatives)
    yield Demand("representatives.some", total > 0, act="representatives.elect")
    residents = sum(1 for r in facts.representatives.values() if not r.unit)
    share = facts.law.get("representatives.residents_share")
    if share is not None and total:
        firm = law.threshold(str(share))
        yield Demand(
            "representatives.residents",
            firm.met(residents, total),
            {"residents": residents, "needs": firm.needed(total), "total": total},
            article=facts.law.article("representatives.residents_share"),
            act="representatives.elect",
        )
    yield Demand("representatives.fixed", facts.representatives_closed, act="representatives.fix")
    yield Demand("notice.posted.representatives", facts.posted("representatives") is not None, act="notice.post")


def _propose(world: World) -> Iterator[Demand]:
    facts = world.election
    for contest in facts.contests:
        has = sum(1 for _, office in facts.proposed if office == contest.id)
        needs = world.margin(contest.seats)
        if facts.law.get("hands.allowed"):
            needs = contest.seats
        yield Demand(
            "nomination.proposed-enough",
            has >= needs,
            {"office": contest.office, "needs": needs, "has": has},
            act="nomination.propose",
        )
    if not facts.contests:
        yield Demand("seats.fixed", False, act="seats.fix")


def _prospective(world: World) -> Iterator[Demand]:
    facts = world.election
    yield Demand("nomination.listed", bool(facts.prospective), act="nomination.prospective")
    yield Demand("notice.posted.prospective_list", facts.posted("prospective_list") is not None, act="notice.post")
    open_ones = [o for o in facts.outstanding() if o.kind == "candidate"]
    yield Demand("objection.none-open", not open_ones, {"count": len(open_ones)}, act="objection.decide")
    if facts.body == "residents":
        yield Demand("nomination.agreed", facts.agreed, act="nomination.agree")
    yield Demand("nomination.reported", facts.reported, act="nomination.report")


def _assess(world: World) -> Iterator[Demand]:
    from election.process.nomination import assessment_demands

    yield from assessment_demands(world.election)
    if world.election.body == "residents":
        yield from _nominate_approve(world)


def _nominate_approve(world: World) -> Iterator[Demand]:
    yield Demand("nomination.studied", world.election.studied, act="nomination.study")
    yield Demand("nomination.decided", world.election.decided, act="nomination.decide")


def _official(world: World) -> Iterator[Demand]:
    facts = world.election
    yield Demand("official.fixed", facts.official_fixed, act="official.fix")
    yield Demand("notice.posted.official_list", facts.posted("official_list") is not None, act="notice.post")


def _prepare(world: World) -> Iterator[Demand]:
    facts = world.election
    count = {role: sum(1 for s in facts.staff if s.role == role) for role in ("scrutineer", "teller")}
    yield Demand(
        "prepare.scrutineers",
        count["scrutineer"] >= 1,
        {"has": count["scrutineer"]},
        act="prepare.staff",
    )
    yield Demand("prepare.tellers", count["teller"] >= 2, {"has": count["teller"]}, act="prepare.staff")
    if facts.method == "ballot":
        this = facts.round
        yield Demand("prepare.ballots", this is not None and this.printed is not None, act="prepare.ballots")
        yield Demand("prepare.boxes", this is not None and bool(this.boxes), act="prepare.boxes")
    yield Demand("prepare.place", facts.polling_fixed, act="prepare.place")
    yield Demand("notice.posted.polling_notice", facts.posted("polling_notice") is not None, act="notice.post")
    yield Demand("prepare.complete", facts.prepared, act="prepare.complete")


def _meeting(world: World) -> Iterator[Demand]:
    facts = world.election
    meeting = facts.meeting or Meeting(1)
    yield Demand("meeting.opened", meeting.opened_on is not None, act="meeting.open")
    yield Demand("meeting.signed-in", meeting.present is not None, act="meeting.sign_in")
    if meeting.present is not None:
        yield quorum(facts, meeting)
    yield Demand("meeting.report", meeting.report_heard, act="meeting.hear_report")
    if facts.body == "party":
        yield Demand("meeting.method", meeting.method_adopted, act="meeting.adopt_method")
    yield Demand("meeting.scrutineers", meeting.scrutineers_approved, act="meeting.approve_scrutineers")
    yield Demand("meeting.declared", meeting.valid is True, act="meeting.declare")


def quorum(facts: Election, meeting: Meeting) -> Demand:
    """Enough present: ``2*n > N`` and the like, in integers, present against entitled."""
    rule = law.threshold(str(facts.law.value("quorum.assembly")))
    present = meeting.present or 0
    return Demand(
        "meeting.quorum",
        rule.met(present, facts.entitled),
        {"present": present, "entitled": facts.entitled, "needs": rule.needed(facts.entitled)},
        article=facts.law.article("quorum.assembly"),
        act="meeting.void",
    )


def _ballot(world: World) -> Iterator[Demand]:
    facts = world.election
    this = facts.round or Round(1, [], {})
    yield Demand("ballot.released", this.printed is not None, {"round": this.number}, act="prepare.ballots")
    yield Demand("ballot.accounted", this.account is not None, act="ballot.account")
    expected = [(c.id, box) for c in this.contests for box in this.boxes]
    signed = [key for key in expected if (sheet := this.sheets.get(key)) is not None and sheet_signed(sheet.signatures)]
    yield Demand(
        "tally.signed",
        bool(expected) and len(signed) == len(expected),
        {"has": len(signed), "needs": len(expected)},
        act="tally.sign",
    )
    yield from _announced(facts, this)


def sheet_signed(signatures: dict[str, str]) -> bool:
    """A tally stands with two tellers and a scrutineer over the same bytes."""
    roles = list(signatures.values())
    return roles.count("teller") >= 2 and roles.count("scrutineer") >= 1


def _announced(facts: Election, this: Round) -> Iterator[Demand]:
    yield Demand("result.announced", this.answer is not None, act="result.announce")
    pending = this.answer is not None and any(c.get("next") for c in this.answer["contests"])
    yield Demand("result.settled", not pending, act="result.leave_vacant")
    yield Demand("notice.posted.result_notice", facts.posted("result_notice") is not None, act="notice.post")


def _hands(world: World) -> Iterator[Demand]:
    facts = world.election
    this = facts.round or Round(1, [], {}, method="hands")
    yield Demand("hands.recorded", this.hands is not None, act="hands.record")
    yield Demand("hands.signed", "scrutineer" in this.hands_signatures.values(), act="hands.sign")
    yield from _announced(facts, this)


def _council(world: World) -> Iterator[Demand]:
    yield Demand("council.elected", world.election.council is not None, act="council.elect")


def _consent(world: World) -> Iterator[Demand]:
    yield Demand("result.reported", world.election.result_reported, act="result.report")
    yield Demand("consent.given", world.election.consented, act="consent.decide")


def _plenary(world: World) -> Iterator[Demand]:
    yield Demand("plenary.held", world.election.plenary is not None, act="plenary.elect")


def _approve(world: World) -> Iterator[Demand]:
    facts = world.election
    yield Demand("result.reported", facts.result_reported, act="result.report")
    yield Demand("approve.submitted", facts.submitted, act="approve.submit")
    yield Demand("approve.decided", facts.approved, act="approve.decide")
    yield Demand("approve.appointed", facts.appointed, act="approve.appoint")


def _certify(world: World) -> Iterator[Demand]:
    facts = world.election
    yield Demand(
        "certify.all",
        bool(facts.elected) and set(facts.elected) <= facts.certified,
        {"has": len(facts.certified & set(facts.elected)), "needs": len(facts.elected)},
        act="certify.issue",
    )


def _file(world: World) -> Iterator[Demand]:
    yield Demand("file.submitted", world.election.filed, act="file.submit")
    yield Demand("file.acknowledged", world.election.filing_acknowledged, act="file.acknowledge")


def _handover(world: World) -> Iterator[Demand]:
    facts = world.election
    yield Demand("handover.listed", facts.handover_items is not None, act="handover.list")
    for side in ("outgoing_member", "incoming_member", "street_officer"):
        yield Demand(f"handover.signed.{side}", bool(facts.handover_signatures.get(side)), act="handover.sign")


def _division(world: World) -> Iterator[Demand]:
    yield Demand("division.recorded", world.election.divided, act="division.record")


def _inspection(world: World) -> Iterator[Demand]:
    yield Demand("inspection.street", "street_officer" in world.election.inspected, act="inspection.record")
    yield Demand(
        "inspection.district",
        bool({"organisation_reviewer", "civil_reviewer"} & world.election.inspected),
        act="inspection.record",
    )


def _report(world: World) -> Iterator[Demand]:
    yield Demand("report.sealed", world.election.report_sealed, act="report.submit")


def _archive(world: World) -> Iterator[Demand]:
    yield Demand("archive.sealed", world.election.archived_on is not None, act="archive.seal")


_DEMANDS: dict[str, Callable[[World], Iterator[Demand]]] = {
    "roll": _roll,
    "register": _register,
    "assembly": _assembly,
    "lead": _lead,
    "seats": _seats,
    "representatives": _representatives,
    "propose": _propose,
    "prospective": _prospective,
    "assess": _assess,
    "nominate_approve": _nominate_approve,
    "official": _official,
    "prepare": _prepare,
    "meeting": _meeting,
    "ballot": _ballot,
    "hands": _hands,
    "council": _council,
    "consent": _consent,
    "plenary": _plenary,
    "approve": _approve,
    "certify": _certify,
    "file": _file,
    "handover": _handover,
    "division": _division,
    "inspection": _inspection,
    "report": _report,
    "archive": _archive,
}


# --- what is asked again when a step is reopened ---------------------------------------------------------------------


def _withdraw_notice(facts: Election, *kinds: str) -> None:
    """What was posted does not stand any more; what takes its place is posted as a new notice."""
    for notice in facts.notices:
        if notice.kind in kinds and notice.superseded_by is None:
            notice.superseded_by = 0


def _reset_seats(facts: Election) -> None:
    facts.seats_fixed = False
    _withdraw_notice(facts, "seats_notice")


def _reset_representatives(facts: Election) -> None:
    facts.representatives_closed = False
    _withdraw_notice(facts, "representatives")


def _reset_prospective(facts: Election) -> None:
    facts.agreed = facts.reported = False


def _reset_assess(facts: Election) -> None:
    facts.studied = facts.decided = False


def _reset_official(facts: Election) -> None:
    facts.official_fixed = False


def _reset_prepare(facts: Election) -> None:
    facts.prepared = facts.polling_fixed = False
    facts.rounds = [r for r in facts.rounds if r.answer is not None]
    if facts.official_fixed and facts.rounds:
        facts.rounds.append(first_round(facts))
    _withdraw_notice(facts, "polling_notice")


def _reset_meeting(facts: Election) -> None:
    if facts.meetings and facts.meetings[-1].opened_on is not None:
        facts.meetings.append(Meeting(facts.meetings[-1].attempt + 1))


def _reset_ballot(facts: Election) -> None:
    facts.elected.clear()
    facts.closed_vacant.clear()
    _withdraw_notice(facts, "result_notice")


def _reset_consent(facts: Election) -> None:
    facts.result_reported = facts.consented = False


def _reset_plenary(facts: Election) -> None:
    facts.plenary = None


def _reset_approve(facts: Election) -> None:
    facts.submitted = facts.approved = facts.appointed = False


def _reset_council(facts: Election) -> None:
    facts.council = None


def _reset_certify(facts: Election) -> None:
    facts.certified.clear()


_RESETS: dict[str, Callable[[Election], None]] = {
    "seats": _reset_seats,
    "representatives": _reset_representatives,
    "prospective": _reset_prospective,
    "assess": _reset_assess,
    "nominate_approve": _reset_assess,
    "official": _reset_official,
    "prepare": _reset_prepare,
    "meeting": _reset_meeting,
    "ballot": _reset_ballot,
    "hands": _reset_ballot,
    "consent": _reset_consent,
    "plenary": _reset_plenary,
    "approve": _reset_approve,
    "council": _reset_council,
    "certify": _reset_certify,
}


def first_round(facts: Election) -> Round:
    """A round of all contests among the official candidates."""
    by_office: dict[str, list[Candidate]] = {c.id: [] for c in facts.contests}
    for candidate in facts.official:
        by_office[candidate.office].append(candidate)
    return Round(1, list(facts.contests), by_office, method=facts.method)
