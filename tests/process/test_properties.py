"""What holds for any numbers: the margin, the quorum, the household range, and that judging changes nothing."""

from __future__ import annotations

import copy

from hypothesis import given
from hypothesis import strategies as st

from election import law
from election.process import meeting, notices, preparation, roll
from election.process.base import ACTS, Actor, Deed, Role
from election.process.steps import Status, demands, status, task_list
from tests.process.telling import PATH, party, party_at_vote, residents

RULES = law.load("qilihe-2010.residents")


@given(st.integers(1, 200))
def test_the_margin_is_a_fifth_rounded_up(seats: int) -> None:
    needs = law.margin(law.load("qilihe-2010.party"), seats)
    assert 5 * (needs - seats) >= seats
    assert 5 * (needs - 1 - seats) < seats


@given(st.integers(1, 5000))
def test_one_representative_for_20_to_60_households(households: int) -> None:
    found = law.household_limits(RULES, households)
    fewest, most = found.least, found.most
    assert 1 <= fewest <= max(most, 1) or households < 20
    assert 60 * fewest >= households > 60 * (fewest - 1)
    assert most == 1 or 20 * most <= households < 20 * (most + 1)


@given(st.integers(0, 40))
def test_the_meeting_stands_exactly_above_four_fifths(present: int) -> None:
    told = party().seats().nominate().approve().prepare()
    told.today = told.world.day
    told.do(meeting.OpenMeeting(place="活动中心"), told.lead)
    told.do(meeting.CloseSignIn(present=present), told.lead)
    refused = {d.code for d in told.against(meeting.DeclareValid(), told.lead)}
    assert ("meeting.quorum" in refused) == (5 * present <= 4 * 40)
    void = {d.code for d in told.against(meeting.VoidMeeting(reason="人数不足"), told.lead)}
    assert ("meeting.short" in void) == (5 * present > 4 * 40)


def test_judging_never_changes_the_facts() -> None:
    for told in (party(), residents(), party_at_vote()):
        before = copy.deepcopy(told.facts)
        for code in ("seats.fix", "notice.post", "step.reopen"):
            assert code in ACTS
        for act in (
            roll.FixRoll(),
            meeting.DeclareValid(),
            meeting.VoidMeeting(reason="人数不足"),
            notices.PostNotice(kind="staff_notice", place="公示栏"),
        ):
            told.against(act, told.lead)
        for line in task_list(told.world):
            demands(told.world, line.step)
        assert told.facts == before


def test_a_role_without_the_right_is_refused_every_act() -> None:
    told = party_at_vote()
    observer = Actor("observer1", Role.OBSERVER, PATH)
    for act in (
        meeting.DeclareValid(),
        roll.FixRoll(),
        told.account(),
        preparation.CompletePreparation(venue_ready=True),
    ):
        assert "act.role" in {d.code for d in told.against(act, observer)}
    assert all(Role.OBSERVER not in cls.who or cls.code == "office.key" for cls in ACTS.values())


def test_every_step_is_waiting_open_done_or_skipped_in_order() -> None:
    told = party_at_vote()
    states = [line.status for line in task_list(told.world)]
    assert states[:9] == [Status.DONE] * 9
    assert status(told.world, "party.ballot") is Status.OPEN
    assert set(states[10:]) == {Status.WAITING}


def test_a_deed_of_another_log_has_its_own_step() -> None:
    told = party()
    deed = told.deed(told.posts(), "committee_chair")
    assert isinstance(deed, Deed)
    assert deed.step == "community.notice"
