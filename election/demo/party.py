"""The party organisation's part of the story: roll, candidates, approval."""

from __future__ import annotations

from election.demo.rolls import write_members_xlsx
from election.demo.whole import (
    DECEMBER,
    NOVEMBER,
    Sample,
    education,
    xlsx,
)
from election.process import approval, equal, nomination, notices, representatives, roll


def party_roll(sample: Sample, log: str, number: int) -> None:
    cast, place = sample.cast, sample.street.communities[number - 1]
    sample.turn(number, NOVEMBER, 20)
    cast.import_roll(log, f"registrar{number}", xlsx(write_members_xlsx, place.members), "党员名册.xlsx")
    cast.do(log, f"chair{number}", roll.FixRoll())


def party_nomination(sample: Sample, log: str, number: int, *, until_posted: bool = False) -> None:
    """Assembly, seats, six proposed for five seats, prospective list posted and reported."""
    cast, chair = sample.cast, f"chair{number}"
    sample.turn(number, NOVEMBER, 22)
    cast.do(log, "street", representatives.FixAssembly(form="assembly"))
    cast.do(
        log,
        chair,
        representatives.FixSeats(form="committee", offices=(representatives.OfficeSeats(office="委员", seats=5),)),
    )
    sample.turn(number, NOVEMBER, 26)
    place = sample.street.communities[number - 1]
    members = [p for p in cast.people(log) if p.category == "full"]
    young = sorted(members, key=lambda p: p.resident.birth, reverse=True)
    chosen = [p for p in young if sample.age(p) >= 28][:6]
    for i, person in enumerate(chosen):
        cast.do(
            log,
            chair,
            nomination.Propose(
                person=person.person,
                name=person.resident.name,
                office="member",
                routes=("organisation", "members") if i % 2 else ("masses", "members"),
                proposers="党员推荐会",
                education=education(place, person),
                sitting=i < 3,
            ),
        )
    sample.turn(number, DECEMBER, 1)
    cast.do(
        log,
        chair,
        nomination.FixProspective(candidates=tuple(nomination.Slot(person=p.person, office="member") for p in chosen)),
    )
    cast.do(log, chair, notices.PostNotice(kind="prospective_list", place="社区宣传栏"))
    if until_posted:
        return
    sample.turn(number, DECEMBER, 5)
    cast.do(log, chair, nomination.ReportProspective())


def party_approval(sample: Sample, log: str, number: int, *, until_submitted: bool = False) -> None:
    """Report, consent, plenary, approval, appointment."""
    cast, chair = sample.cast, f"chair{number}"
    cast.do(log, chair, approval.ReportResult())
    cast.do(log, "street", approval.DecideConsent(approve=True))
    facts = cast.world(log).election
    elected = [c for c in facts.official if c.person in facts.elected]
    head = min(
        (c for c in elected if c.education not in ("", "primary", "junior_secondary")),
        key=lambda c: c.age or 99,
        default=elected[0],
    )
    deputy = next(c for c in elected if c.person != head.person)
    cast.do(
        log,
        "scrutineer1",
        equal.ElectPlenary(
            present=5,
            secretary=equal.NamedTally(person=head.person, name=head.name, votes_for=5, against=0, abstain=0),
            deputies=(equal.NamedTally(person=deputy.person, name=deputy.name, votes_for=4, against=0, abstain=1),),
            exception_reason="经街道工委研究同意" if (head.age or 0) > 40 else "",
        ),
    )
    sample.turn(number, DECEMBER, 25)
    cast.do(log, "street", approval.SubmitResult(document_number=sample.numbered("柳街工", 31)))
    if until_submitted:
        return
    cast.do(log, "org", approval.DecideResult(approve=True, document_number=sample.numbered("七组发", 66)))
    cast.do(log, "street", approval.Appoint(document_number=sample.numbered("柳街工", 33)))
