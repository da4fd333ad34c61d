"""Near relatives as data: one test for each two roles that a ruleset keeps apart, and for each way to say so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from election import law
from election.process import meeting, nomination, preparation, representatives
from election.process.relatives import RecordRelation, StrikeRelation
from tests.process.telling import Telling, party, residents

REASON = "别无合适人选，已张榜说明"


def related(told: Telling, one: str, other: str) -> Telling:
    told.do(
        RecordRelation(person=one, person_name="甲", relative=other, relative_name="乙", relation="sibling"), told.lead
    )
    return told


def ruled(told: Telling, key: str, value: str) -> Telling:
    """The same election under a ruleset that says ``value``."""
    rules = told.facts.law
    told.facts.rules = replace(rules, values={**rules.values, key: law.Value(value, "某省办法", "第九条", "local")})
    return told


def proposed(told: Telling) -> tuple[nomination.Slot, ...]:
    for person, office in told.people():
        told.propose(person, office)
    return tuple(nomination.Slot(person=person, office=office) for person, office in told.people())


# --- the relation ----------------------------------------------------------------------------------------------------


def test_a_relation_joins_two_people_once() -> None:
    told = residents()
    one = RecordRelation(person="x", person_name="甲", relative="y", relative_name="乙", relation="spouse")
    told.refused(one.model_copy(update={"relative": "x"}), told.lead, "relatives.two")
    told.do(one, "registrar")
    told.refused(one, told.lead, "relatives.once")
    turned = one.model_copy(update={"person": "y", "relative": "x"})
    told.refused(turned, told.lead, "relatives.once")
    told.refused(one, "teller", "act.role")


def test_a_relation_recorded_by_mistake_is_struck() -> None:
    told = related(residents(), "x", "y")
    wrong = StrikeRelation(person="y", person_name="乙", relative="x", relative_name="甲", reason="同名误登")
    told.refused(wrong.model_copy(update={"relative": "z"}), told.lead, "relatives.known")
    told.do(wrong, told.lead)
    assert told.facts.relations == set()


# --- candidate and scrutineer, caller, teller -------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["scrutineer", "teller", "caller", "adjudicator"])
def test_a_candidate_s_relative_counts_only_as_the_ruleset_says(role: str) -> None:
    told = related(party().seats().nominate().approve(), "s9", "member1")
    one = preparation.AppointStaff(person="s9", name="某", role=role)
    reasoned = one.model_copy(update={"relative_reason": REASON})
    asked = told.refused(one, told.lead, "staff.relative")
    assert asked.article == told.facts.law.article("staff.relatives")
    assert told.against(reasoned, told.lead) == []
    ruled(told, "staff.relatives", "refuse")
    assert told.refused(reasoned, told.lead, "staff.relative").article == "第九条"
    ruled(told, "staff.relatives", "allow")
    assert told.against(one, told.lead) == []
    told.do(preparation.AppointStaff(person="s10", name="旁人", role=role), told.lead)


def test_the_meeting_approves_no_scrutineer_who_became_a_relative() -> None:
    told = party().seats().nominate().approve().prepare()
    chosen = next(s for s in told.facts.staff if s.role == "scrutineer")
    related(told, "member1", chosen.person)
    told.today = told.world.day
    told.do(meeting.OpenMeeting(place="活动中心"), told.lead)
    told.do(meeting.CloseSignIn(present=40), told.lead)
    approve = meeting.ApproveScrutineers(votes_for=40)
    assert "staff.none-relative" not in {d.code for d in told.against(approve, told.lead)}
    ruled(told, "staff.relatives", "refuse")
    refused = told.refused(approve, told.lead, "staff.none-relative")
    assert (refused.params, refused.article) == ({"name": chosen.name}, "第九条")


# --- candidates among themselves ----------------------------------------------------------------------------------------


def test_near_relatives_stand_together_only_as_the_ruleset_says() -> None:
    told = residents()
    slots = proposed(told)
    one, other = slots[0].person, slots[1].person
    related(told, one, other)
    fix = nomination.FixProspective(candidates=slots)
    reasoned = fix.model_copy(update={"relative_reason": REASON})
    asked = told.refused(fix, told.lead, "members.relative")
    names = told.facts.names
    assert asked.params == {"name": f"{names[one]}、{names[other]}"}
    assert asked.article == "", "this ruleset says nothing of it"
    assert "members.relative" not in {d.code for d in told.against(reasoned, told.lead)}
    ruled(told, "members.relatives", "refuse")
    assert told.refused(reasoned, told.lead, "members.relative").article == "第九条"
    ruled(told, "members.relatives", "allow")
    assert "members.relative" not in {d.code for d in told.against(fix, told.lead)}


# --- those who preside --------------------------------------------------------------------------------------------------


def test_who_presides_is_no_near_relative_of_a_candidate_without_a_reason() -> None:
    told = residents()
    slots = proposed(told)
    related(told, next(iter(told.facts.presiding)), slots[0].person)
    fix = nomination.FixProspective(candidates=slots)
    told.refused(fix, told.lead, "presiding.relative")
    ruled(told, "presiding.relatives", "refuse")
    told.refused(fix.model_copy(update={"relative_reason": REASON}), told.lead, "presiding.relative")
    ruled(told, "presiding.relatives", "allow")
    assert "presiding.relative" not in {d.code for d in told.against(fix, told.lead)}


def test_near_relatives_preside_together_only_as_the_ruleset_says() -> None:
    told = Telling("residents").open()
    related(told, "l1", "l3")
    members = tuple(representatives.GroupMember(person=f"l{n}", name=f"组员{n}") for n in (1, 2, 3))
    form = representatives.FormLeadingGroup(chair="l1", members=members)
    assert told.refused(form, "committee_chair", "presiding.relative").params == {"name": "组员1、组员3"}
    reasoned = form.model_copy(update={"relative_reason": REASON})
    ruled(told, "presiding.relatives", "refuse")
    assert told.refused(reasoned, "committee_chair", "presiding.relative").article == "第九条"
    ruled(told, "presiding.relatives", "warn")
    assert "presiding.relative" not in {d.code for d in told.against(reasoned, "committee_chair")}


def test_who_joins_the_presiding_body_is_looked_at_too() -> None:
    told = residents()
    member, *_ = (p for p in told.facts.presiding if p != told.facts.presiding_chair)
    stays = told.facts.presiding_chair
    related(told, "new", stays)
    joins = representatives.ReplaceLeader(leaves=member, joins="new", joins_name="新人", reason="身体原因")
    assert told.refused(joins, "committee_chair", "presiding.relative").params == {"name": "新人"}
    told.do(joins.model_copy(update={"relative_reason": REASON}), "committee_chair")
    related(told, "next", "new")
    takes_over = representatives.ReplaceLeader(leaves="new", joins="next", joins_name="后人", reason="身体原因")
    told.do(takes_over, "committee_chair")  # who leaves is in nobody's way
