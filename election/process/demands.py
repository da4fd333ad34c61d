"""What each step demands, met and unmet, in the order a person works through it: the one list behind page and guard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from election import law
from election.process.base import Demand
from election.process.facts import Candidate, Election, Meeting, Round
from election.process.world import World


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


def _electorate(world: World) -> Iterator[Demand]:
    yield Demand("electorate.chosen", bool(world.election.chosen_electorate), act="electorate.choose")


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
    if total and facts.law.get("representatives.residents_share") is not None:
        needs = law.residents_floor(facts.law, total)
        yield Demand(
            "representatives.residents",
            residents >= needs,
            {"residents": residents, "needs": needs, "total": total},
            article=facts.law.article("representatives.residents_share"),
            act="representatives.elect",
        )
    yield Demand("representatives.fixed", facts.representatives_closed, act="representatives.fix")
    yield Demand("notice.posted.representatives", facts.posted("representatives") is not None, act="notice.post")


def _households(world: World) -> Iterator[Demand]:
    facts = world.election
    yield Demand("households.some", bool(facts.representatives), act="representatives.elect")
    yield Demand("representatives.fixed", facts.representatives_closed, act="representatives.fix")
    yield Demand("notice.posted.representatives", facts.posted("representatives") is not None, act="notice.post")


def _propose(world: World) -> Iterator[Demand]:
    facts = world.election
    for contest in facts.contests:
        has = sum(1 for _, office in facts.proposed if office == contest.id)
        needs = world.margin(contest.seats)
        if world.equal_by_hands:
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
    if facts.body == "residents" and facts.law.get("prospective.agreement", True):
        yield Demand("nomination.agreed", facts.agreed, act="nomination.agree")
    yield Demand("nomination.reported", facts.reported, act="nomination.report")


def assess_kinds(facts: Election, candidate: Candidate) -> list[str]:
    """Kinds of assessment one candidate needs."""
    rules = facts.law
    # a ruleset that was sealed before it said so asks all three
    kinds = [kind for kind in ("term", "evaluation", "inspection") if rules.get(f"assess.{kind}", True)]
    if not candidate.sitting and "term" in kinds:
        kinds.remove("term")
    if rules.get("joint_vetting"):
        kinds.append("joint_vetting")
    return kinds


def assess_act(facts: Election, kind: str) -> str:
    """Code of the act that records one kind of assessment."""
    departments = facts.law.get("vetting.departments")
    return "vetting.record" if kind == "joint_vetting" and departments else "assess.record"


def assessment_demands(facts: Election) -> Iterator[Demand]:
    for candidate in facts.prospective:
        for kind in assess_kinds(facts, candidate):
            act = assess_act(facts, kind)
            yield Demand(f"assess.{kind}", kind in candidate.assessed, {"name": candidate.name}, act=act)


def passed_demands(facts: Election) -> Iterator[Demand]:
    """Nobody who stands has failed an assessment; who has is taken off the list first."""
    for candidate in facts.prospective:
        failed = [k for k, ok in candidate.assessed.items() if not ok]
        yield Demand("assess.passed", not failed, {"name": candidate.name}, act="candidate.withdraw")


def decided_above(facts: Election) -> bool:
    """Whether the party's organisation decides the candidates; else the presiding body does, after the vetting."""
    return str(facts.law.get("authority.candidates", "organisation")) == "organisation"


def _assess(world: World) -> Iterator[Demand]:
    yield from assessment_demands(world.election)
    if world.election.body == "residents" and decided_above(world.election):
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
    if facts.at_stations:  # a box stands at one of them
        yield Demand("stations.fixed", facts.polling_fixed, act="prepare.stations")
    if facts.method == "ballot":
        this = facts.round
        yield Demand("prepare.ballots", this is not None and this.printed is not None, act="prepare.ballots")
        yield Demand("prepare.boxes", this is not None and bool(this.boxes), act="prepare.boxes")
    if facts.at_stations:
        yield from _stations(facts)
    else:
        yield Demand("prepare.place", facts.polling_fixed, act="prepare.place")
    yield Demand("notice.posted.polling_notice", facts.posted("polling_notice") is not None, act="notice.post")
    yield Demand("prepare.complete", facts.prepared, act="prepare.complete")


def _stations(facts: Election) -> Iterator[Demand]:
    """Stations with their staff and boxes; the list of proxies posted where there are any."""
    this = facts.round
    for station in facts.stations.values():
        key = "mobile_box.staff_min" if station.mobile else "station.staff_min"
        needs = facts.law.number(key)
        staff = [s for s in facts.staff if s.station == station.name]
        has = len({s.person for s in staff})
        yield Demand(
            "stations.staffed",
            has >= needs,
            {"station": station.name, "has": has, "needs": needs},
            article=facts.law.article(key),
            act="prepare.staff",
        )
        watched = any(s.role == "scrutineer" for s in staff)
        yield Demand("stations.watched", watched, {"station": station.name}, act="prepare.staff")
        boxed = this is not None and station.name in this.stations.values()
        yield Demand("stations.boxed", boxed, {"station": station.name}, act="prepare.boxes")
    if facts.proxies:
        stands = facts.standing() & set(facts.proxies.values()) if not facts.law.get("proxy.candidate_holds") else set()
        yield Demand("proxy.none-candidate", not stands, act="proxy.revoke")
        yield Demand("notice.posted.proxy_list", facts.posted("proxy_list") is not None, act="notice.post")
    if any(s.mobile for s in facts.stations.values()) or facts.visits:
        carried = any(s.mobile for s in facts.stations.values())
        yield Demand("stations.mobile", carried, {"asked": len(facts.visits)}, act="prepare.stations")


def _polling(world: World) -> Iterator[Demand]:
    """Every station opened and closed, and enough voters in all."""
    facts = world.election
    meeting = facts.meeting or Meeting(1)
    yield from _polls(facts)
    if meeting.present is not None:
        yield quorum(facts, meeting)
    yield Demand("polling.declared", meeting.valid is True, act="polling.declare")


def _polls(facts: Election) -> Iterator[Demand]:
    this = facts.round or Round(1, [], {})
    total = len(facts.stations)
    opened, closed = len(this.polls), sum(1 for p in this.polls.values() if p.closed)
    yield Demand("stations.opened", 0 < total == opened, {"has": opened, "needs": total}, act="polling.open")
    yield Demand("stations.closed", 0 < total == closed, {"has": closed, "needs": total}, act="polling.close")


def _meeting(world: World) -> Iterator[Demand]:
    facts = world.election
    if facts.at_stations:
        yield from _polling(world)
        return
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
    """Enough present, or enough who voted: ``2*n > N`` and the like, in integers, against entitled."""
    rule = facts.law.threshold("quorum.assembly")
    present, article = meeting.present or 0, facts.law.article("quorum.assembly")
    if facts.at_stations:
        return Demand(
            "polling.quorum",
            rule.met(present, facts.entitled),
            {"present": present, "entitled": facts.entitled, "needs": rule.needed(facts.entitled)},
            article=article,
            act="polling.void",
        )
    return Demand(
        "meeting.quorum",
        rule.met(present, facts.entitled),
        {"present": present, "entitled": facts.entitled, "needs": rule.needed(facts.entitled)},
        article=article,
        act="meeting.void",
    )


def carried(facts: Election, votes: int) -> Demand:
    """What the meeting votes on besides the election is carried: enough of those present are for it (P-23, P-32)."""
    rule = facts.law.threshold("meeting.majority")
    present = (facts.meeting.present if facts.meeting else None) or 0
    return Demand(
        "meeting.majority",
        rule.met(votes, present),
        {"votes": votes, "present": present, "needs": rule.needed(present)},
        article=facts.law.article("meeting.majority"),
    )


def _ballot(world: World) -> Iterator[Demand]:
    facts = world.election
    this = facts.round or Round(1, [], {})
    yield Demand("ballot.released", this.printed is not None, {"round": this.number}, act="prepare.ballots")
    if facts.at_stations:
        yield from _polls(facts)
    yield Demand("ballot.accounted", this.account is not None, act="ballot.account")
    expected = [(c.id, box) for c in this.contests for box in this.boxes]
    signed = [key for key in expected if (sheet := this.sheets.get(key)) is not None and sheet_signed(sheet.signatures)]
    yield Demand(
        "tally.signed",
        bool(expected) and len(signed) == len(expected),
        {"has": len(signed), "needs": len(expected)},
        act="tally.sign",
    )
    yield from counting_demands(facts, this)
    yield from _announced(facts, this)


def counting_demands(facts: Election, this: Round) -> Iterator[Demand]:
    """What the chosen way of counting asks beside the signed sheets: every box scanned, the drawn packs counted again."""
    if facts.counting == "hand":
        return
    has = sum(box in this.scans for box in this.boxes)
    yield Demand("scan.all-closed", has == len(this.boxes), {"has": has, "needs": len(this.boxes)}, act="scan.close")
    if facts.recount_packs:
        recount = this.recount
        yield Demand("recount.drawn", recount is not None, act="recount.draw")
        done, needs = (len(recount.counts), len(recount.drawn)) if recount else (0, facts.recount_packs)
        recorded = recount is not None and done == needs
        yield Demand("recount.recorded", recorded, {"has": done, "needs": needs}, act="recount.record")
        differing = [count for count in recount.counts.values() if count.differences] if recount else []
        if differing:  # else there is nothing to explain
            unsaid = sum(count.open for count in differing)
            yield Demand("recount.explained", unsaid == 0, {"count": unsaid}, act="recount.explain")


def sheet_signed(signatures: dict[str, str]) -> bool:
    """A tally stands with two tellers and a scrutineer over the same bytes."""
    roles = list(signatures.values())
    return roles.count("teller") >= 2 and roles.count("scrutineer") >= 1


def _announced(facts: Election, this: Round) -> Iterator[Demand]:
    yield Demand("result.announced", this.answer is not None, act="result.announce")
    if this.answer is not None:
        pending = any(c.get("next") for c in this.answer["contests"])
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


DEMANDS: dict[str, Callable[[World], Iterator[Demand]]] = {
    "roll": _roll,
    "register": _register,
    "assembly": _assembly,
    "electorate": _electorate,
    "lead": _lead,
    "seats": _seats,
    "representatives": _representatives,
    "households": _households,
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
