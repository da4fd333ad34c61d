"""The residents' committee's part of the story: registration, representatives, candidates, council, filing."""

from __future__ import annotations

from election import law
from election.demo.rolls import write_roll_xlsx
from election.demo.whole import (
    DECEMBER,
    NOVEMBER,
    Sample,
    day,
    education,
    xlsx,
)
from election.process import approval, equal, nomination, notices, representatives, roll
from election.store.people import Listed


def residents_roll(sample: Sample, log: str, number: int) -> None:
    """Registration from the file, the list posted."""
    cast, place, lead = sample.cast, sample.street.communities[number - 1], f"lead{number}"
    sample.turn(number, NOVEMBER, 18)
    cast.import_roll(log, f"registrar{number}", xlsx(write_roll_xlsx, place.residents), "选民登记册.xlsx")
    people = cast.people(log)
    per_group: dict[str, Listed] = {}
    for person in people:
        if 35 <= sample.age(person) <= 60:
            per_group.setdefault(person.resident.group, person)
    leaders = list(per_group.values())
    cast.do(
        log,
        f"chair{number}",
        representatives.FormLeadingGroup(
            chair=leaders[0].person,
            members=tuple(
                representatives.GroupMember(person=p.person, name=p.resident.name, group=p.resident.group)
                for p in leaders
            ),
        ),
    )
    sample.turn(number, NOVEMBER, 22)
    cast.do(log, f"registrar{number}", roll.CloseRegistration())
    cast.do(log, lead, notices.PostNotice(kind="roll_notice", place="各居民小组公示栏"))


def residents_seats(sample: Sample, log: str, number: int) -> None:
    """Seats fixed by the sitting meeting and posted, the roll fixed after its window, representatives chosen."""
    cast, place, lead = sample.cast, sample.street.communities[number - 1], f"lead{number}"
    sample.turn(number, NOVEMBER, 25)
    cast.do(
        log,
        lead,
        representatives.FixSeats(
            form="residents",
            meeting_on=day(NOVEMBER, 24),
            meeting_present=45,
            offices=(
                representatives.OfficeSeats(office="主任", seats=1),
                representatives.OfficeSeats(office="副主任", seats=2, police=True, tertiary=True),
                representatives.OfficeSeats(office="委员", seats=4),
            ),
        ),
    )
    cast.do(log, lead, notices.PostNotice(kind="seats_notice", place="社区宣传栏"))
    sample.turn(number, NOVEMBER, 28)
    cast.do(log, lead, roll.FixRoll())
    people = cast.people(log)
    households = {g: len({p.resident.household for p in people if p.resident.group == g}) for g in place.groups}
    each = 6
    for group in place.groups:
        own = [p for p in people if p.resident.group == group and 30 <= sample.age(p) <= 70]
        lawful = law.household_limits(cast.world(log).election.law, households[group])
        count = min(max(each, lawful.least), lawful.most)
        chosen = own[:: max(len(own) // count, 1)][:count]
        cast.do(
            log,
            lead,
            representatives.ElectRepresentatives(
                group=group,
                households=households[group],
                elected=tuple(representatives.Chosen(person=p.person, name=p.resident.name) for p in chosen),
            ),
        )
    taken = set(cast.world(log).election.representatives)
    for i, unit in enumerate(place.units):
        staff = [p for p in people if p.person not in taken and 30 <= sample.age(p) <= 55][i * 2 : i * 2 + 2]
        cast.do(
            log,
            lead,
            representatives.ElectRepresentatives(
                group=unit.name,
                unit=True,
                elected=tuple(representatives.Chosen(person=p.person, name=p.resident.name) for p in staff),
            ),
        )
    total = len(cast.world(log).election.representatives)
    cast.do(
        log, lead, representatives.FixRepresentatives(reason="" if 40 <= total <= 60 else "社区规模较小,按每组户数推选")
    )
    cast.do(log, lead, notices.PostNotice(kind="representatives", place="社区宣传栏"))


def residents_proposals(sample: Sample, log: str, number: int) -> list[tuple[Listed, str]]:
    """Ten proposed for seven seats with the margin per office: 2, 3 and 5."""
    cast, place, lead = sample.cast, sample.street.communities[number - 1], f"lead{number}"
    sample.turn(number, NOVEMBER, 29)
    facts = cast.world(log).election
    busy = set(facts.presiding) | set(facts.representatives)
    schooled = {r.id_number for r in place.residents if r.education in ("college", "bachelor", "senior_secondary")}
    able = [
        p
        for p in cast.people(log)
        if p.person not in busy and 26 <= sample.age(p) <= 40 and p.resident.id_number in schooled
    ]
    learned = {r.id_number for r in place.residents if r.education in ("college", "bachelor")}
    chosen = able[:: max(len(able) // 10, 1)][:10]
    # one of those for deputy has tertiary education, as the seats ask
    at = next((i for i, p in enumerate(chosen) if p.resident.id_number in learned), 3)
    chosen[3], chosen[at] = chosen[at], chosen[3]
    offices = ["chair"] * 2 + ["deputy"] * 3 + ["member"] * 5
    backers = [p.person for p in cast.people(log) if p.person not in {c.person for c in chosen}]
    for i, (person, office) in enumerate(zip(chosen, offices, strict=True)):
        routes: tuple[nomination.Route, ...] = (
            ("joint_voters", "masses") if i % 3 == 0 else ("leading_group", "organisation")
        )
        supporters = tuple(backers[i * 12 : i * 12 + 12]) if i % 3 == 0 else ()
        cast.do(
            log,
            lead,
            nomination.Propose(
                person=person.person,
                name=person.resident.name,
                office=office,
                routes=routes,
                supporters=supporters,
                proposers="见提名表",
                education=education(place, person),
                sitting=i in (0, 2, 5),
                police=i == 2,
            ),
        )
    return list(zip(chosen, offices, strict=True))


def residents_nomination(sample: Sample, log: str, number: int) -> None:
    cast, lead = sample.cast, f"lead{number}"
    proposed = residents_proposals(sample, log, number)
    sample.turn(number, DECEMBER, 1)
    cast.do(
        log,
        lead,
        nomination.FixProspective(candidates=tuple(nomination.Slot(person=p.person, office=o) for p, o in proposed)),
    )
    cast.do(log, lead, notices.PostNotice(kind="prospective_list", place="社区宣传栏"))
    sample.turn(number, DECEMBER, 5)
    cast.do(log, lead, nomination.AskAgreement(asked_whom="groups", how="各居民小组会议表决", asked=8, agreed=7))
    cast.do(log, lead, nomination.ReportProspective())


def residents_official(sample: Sample, log: str, number: int) -> None:
    cast, lead = sample.cast, f"lead{number}"
    sample.turn(number, DECEMBER, 18)
    cast.do(log, lead, nomination.FixOfficial(opinion="根据多数选民意见确定"))
    cast.do(log, lead, notices.PostNotice(kind="official_list", place="社区宣传栏"))


def residents_council(sample: Sample, log: str, number: int) -> None:
    cast, lead = sample.cast, f"lead{number}"
    facts = cast.world(log).election
    present = facts.meetings[-1].present or 0
    members = list(facts.representatives.values())[:7]
    cast.do(
        log,
        lead,
        equal.ElectCouncil(
            members=tuple(
                equal.NamedTally(person=m.person, name=m.name, votes_for=present - i, against=0, abstain=i)
                for i, m in enumerate(members)
            )
        ),
    )


def residents_filing(sample: Sample, log: str, number: int) -> None:
    cast = sample.cast
    sample.turn(number, DECEMBER, 27)
    facts = cast.world(log).election
    cast.do(
        log,
        "street",
        approval.Certify(
            certificates=tuple(
                approval.Certificate(person=p, number=sample.numbered("柳居证", f"{i:03d}"))
                for i, p in enumerate(facts.elected, 1 + number * 100)
            )
        ),
    )
    cast.do(log, "street", approval.FileResult(document_number=sample.numbered("柳街办", 45)))
    cast.do(log, "civil", approval.AcknowledgeFiling(approve=True, receipt=sample.numbered("七民备", 19)))
