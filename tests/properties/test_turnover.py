"""The whole turnover at two desks, in any order, against a model that knows only how it is told.

The story is told once, straight. Hypothesis starts anywhere in it and does what comes next, what comes later, what was
done before, what is another's, what is dated tomorrow, what nobody signed, and sends candidates back; at either of two
desks, each with facts of its own that catch up by what was done at the other. The model is a place in the story.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from election.process import approval, equal, machine, nomination
from election.process.base import Act, Deed
from election.process.steps import is_done, task_list
from election.process.world import World
from tests.process.telling import Telling

#: what a person must sign with their own key (steps.md, marked with the pen), of the acts of this story
SIGNED = frozenset(
    [
        "roll.fix",
        "seats.fix",
        "representatives.fix",
        "nomination.prospective",
        "nomination.report",
        "nomination.study",
        "nomination.decide",
        "official.fix",
        "prepare.ballots",
        "prepare.complete",
        "tally.open_box",
        "tally.commit",
        "tally.sign",
        "result.announce",
        "consent.decide",
        "plenary.elect",
        "council.elect",
        "approve.submit",
        "approve.decide",
        "approve.appoint",
        "certify.issue",
        "file.submit",
        "handover.sign",
        "inspection.record",
        "archive.seal",
    ]
)

#: may be done beside an earlier step that is still open (steps.md has the steps beside one another)
BESIDE = frozenset(
    [
        "lead.form",
        "roll.close_registration",
        "seats.fix",
        "representatives.elect",
        "nomination.propose",
        "prepare.staff",
        "prepare.ballots",
        "certify.issue",
        "handover.list",
        "inspection.record",
        "report.submit",
    ]
)
#: may be done once more while nothing rests on it: one more proposed, other boxes, the result reported anew
MORE = frozenset({"nomination.propose", "prepare.boxes", "result.report"})


@dataclass(frozen=True)
class Beat:
    """One act of the story, who does it on which day, the step it serves, and the steps that are done after it."""

    act: Act
    who: str
    day: date
    step: str
    done: frozenset[str]


@dataclass
class Recorded(Telling):
    beats: list[Beat] = field(default_factory=list)
    #: the world before each beat
    worlds: list[World] = field(default_factory=list)

    def do(self, act: Act, who: Any, **around: Any) -> list[str]:
        if act.log != "election" or act.code == "election.open":
            return super().do(act, who, **around)
        step = machine.step_of(self.world, act)
        self.worlds.append(copied(self.world))
        became = super().do(act, who, **around)
        self.beats.append(Beat(act, who if isinstance(who, str) else "", self.today, step, done(self.world)))
        return became


def copied(world: World) -> World:
    """Facts of the election that are changed apart; office, campaign and law do not change in this story."""
    law = world.election.rules
    memo = {id(law): law} if law is not None else {}
    return World(world.office, world.campaign, copy.deepcopy(world.election, memo), world.rules)


def done(world: World) -> frozenset[str]:
    return frozenset(line.step for line in task_list(world) if is_done(world.election, line.step))


@cache
def story(body: str) -> Recorded:
    told = Recorded(body)
    told.open()
    if body == "party":
        told.roll(40).seats().nominate().approve().prepare().meet().vote(
            {"member": (40, 39, 38, 37, 36, 10)}
        ).announced()
        told.consent()
        told.do(approval.SubmitResult(document_number="1号"), "street_officer")
        told.do(approval.DecideResult(approve=True, document_number="2号"), "organisation_reviewer")
        told.do(approval.Appoint(document_number="3号"), "street_officer")
        told.finish()
        return told
    told.roll(500).seats().representatives().nominate().approve().prepare().meet()
    told.vote({"chair": (30, 5), "deputy": (28, 3), "member": (40, 39, 38, 5)}).announced()
    members = tuple(equal.NamedTally(person=f"k{i}", name="某", votes_for=42, against=0, abstain=0) for i in range(3))
    told.do(equal.ElectCouncil(members=members), told.lead)
    certificates = tuple(approval.Certificate(person=p, number=f"{i}号") for i, p in enumerate(told.facts.elected))
    told.do(approval.Certify(certificates=certificates), "street_officer")
    told.do(approval.FileResult(document_number="4号"), "street_officer")
    told.do(approval.AcknowledgeFiling(approve=True, receipt="5号"), "civil_reviewer")
    told.finish()
    return told


@dataclass
class Desk:
    """Who sits here has seen so many of the deeds that were done."""

    world: World
    seen: int = 0


class Turnover(RuleBasedStateMachine):
    body = "party"

    def __init__(self) -> None:
        super().__init__()
        self.story = story(self.body)
        self.start = self.story.worlds[0]
        self.desks: list[Desk] = []
        self.deeds: list[Deed] = []
        #: the model: how many beats of the story are done
        self.where = 0
        #: candidates were sent back: they stand again with what was assessed of them
        self.sent_back = False

    # --- doing -------------------------------------------------------------------------------------------------------

    def desk(self, number: int) -> Desk:
        """The desk, having heard of all that was done."""
        desk = self.desks[number]
        for deed in self.deeds[desk.seen :]:
            machine.apply(desk.world, deed)
        desk.seen = len(self.deeds)
        return desk

    def deed(self, desk: Desk, beat: Beat, who: str = "", **around: Any) -> Deed:
        voice = copy.copy(self.story)
        voice.world, voice.today = desk.world, beat.day
        actor = machine.SERVER if not (who or beat.who) else (who or beat.who)
        return voice.deed(beat.act, actor, **around)

    def tries(self, number: int, beat: Beat, who: str = "", **around: Any) -> bool:
        """Whether the act was taken. A refused one has changed nothing."""
        desk = self.desk(number)
        deed = self.deed(desk, beat, who, **around)
        before = copied(desk.world).election
        refused = machine.may(desk.world, deed)
        assert desk.world.election == before, "judging changed the facts"
        if refused:
            return False
        machine.apply(desk.world, deed)
        self.deeds.append(deed)
        desk.seen = len(self.deeds)
        return True

    @property
    def left(self) -> bool:
        return self.where < len(self.story.beats)

    @property
    def next(self) -> Beat:
        return self.story.beats[self.where]

    # --- rules -------------------------------------------------------------------------------------------------------

    @initialize(start=st.integers(0, 1000))
    def begins_anywhere(self, start: int) -> None:
        self.where = start % len(self.story.beats)
        self.start = self.story.worlds[self.where]
        self.desks = [Desk(copied(self.start)) for _ in range(2)]

    @precondition(lambda self: self.left)
    @rule(desk=st.integers(0, 1), many=st.integers(1, 6))
    def what_comes_next_is_taken(self, desk: int, many: int) -> None:
        for _ in range(min(many, len(self.story.beats) - self.where)):
            if not self.left:
                return
            assert self.tries(desk, self.next), (self.next.act.code, self.where)
            self.where += 1
            while self.sent_back and self.left and self.next.act.code == "assess.record":
                self.where += 1

    @precondition(lambda self: self.left)
    @rule(desk=st.integers(0, 1), ahead=st.integers(1, 200))
    def what_belongs_to_a_later_step_is_refused(self, desk: int, ahead: int) -> None:
        later = [b for b in self.story.beats[self.where :] if b.step not in (self.next.step, "general")]
        later = [b for b in later if b.act.code not in BESIDE]
        if later:
            beat = later[ahead % len(later)]
            assert not self.tries(desk, beat), beat.act.code

    @rule(desk=st.integers(0, 1), back=st.integers(0, 200))
    def what_was_done_is_refused_again(self, desk: int, back: int) -> None:
        now = self.story.beats[self.where - 1].done if self.where else frozenset()
        earlier = [
            b
            for b in self.story.beats[: self.where]
            if b.step in now and b.step != "general" and b.act.code not in MORE
        ]
        if earlier:
            beat = earlier[back % len(earlier)]
            today = self.next.day if self.left else beat.day
            assert not self.tries(desk, Beat(beat.act, beat.who, today, beat.step, beat.done)), beat.act.code

    @precondition(lambda self: self.left)
    @rule(desk=st.integers(0, 1), who=st.sampled_from(["observer", "caller"]))
    def who_has_no_part_in_it_is_refused(self, desk: int, who: str) -> None:
        assert not self.tries(desk, self.next, who), (self.next.act.code, who)

    @precondition(lambda self: self.left)
    @rule(desk=st.integers(0, 1))
    def tomorrow_is_refused(self, desk: int) -> None:
        assert not self.tries(desk, self.next, on=self.next.day + timedelta(days=1))

    @precondition(lambda self: self.left and self.next.act.code in SIGNED)
    @rule(desk=st.integers(0, 1))
    def what_must_be_signed_is_refused_unsigned(self, desk: int) -> None:
        assert not self.tries(desk, self.next, signed_by=[])

    @precondition(lambda self: self.left and self.next.act.code == "nomination.decide")
    @rule(desk=st.integers(0, 1))
    def candidates_are_sent_back(self, desk: int) -> None:
        back = nomination.DecideCandidates(approve=False, reason="妇女人选偏少")
        assert self.tries(desk, Beat(back, self.next.who, self.next.day, self.next.step, frozenset()))
        codes = [b.act.code for b in self.story.beats]
        self.where = codes.index("nomination.prospective")
        self.sent_back = True

    # --- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def both_desks_see_what_the_model_says(self) -> None:
        first, second = self.desk(0).world, self.desk(1).world
        assert first.election == second.election
        assert first.election.size == self.start.election.size + len(self.deeds)
        want = self.story.beats[self.where - 1].done if self.where else frozenset()
        assert done(first) == want

    def teardown(self) -> None:
        """The deeds alone, from the beginning, give the same facts."""
        if self.desks:
            world = copied(self.start)
            for deed in self.deeds:
                machine.apply(world, deed)
            assert world.election == self.desk(0).world.election


class ResidentsTurnover(Turnover):
    body = "residents"


def some(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


MACHINES: list[Callable[[], RuleBasedStateMachine]] = [Turnover, ResidentsTurnover]


@pytest.mark.parametrize("turnover", MACHINES)
def test_any_order(turnover: Callable[[], RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(turnover, settings=some(30, 15))


@pytest.mark.long
@pytest.mark.parametrize("turnover", MACHINES)
def test_any_order_often(turnover: Callable[[], RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(turnover, settings=some(1500, 40))
