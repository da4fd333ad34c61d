"""What waits for whom: told through whole turnovers, every superior's act has been in that superior's inbox before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from election.process import after, approval
from election.process.base import ACTS, Act, Role
from election.process.steps import Status, status
from election.process.world import World
from election.web.access.policy import OVERSEERS
from election.web.district.duties import TOGETHER, mine, served, superior
from tests.process.telling import Telling, party_at_vote
from tests.process.test_ways import test_party_straight_to_the_archive as party_way
from tests.process.test_ways import test_residents_straight_to_the_archive as residents_way

SIX = (40, 39, 38, 37, 36, 10)


def open_steps(world: World) -> list[str]:
    return [s.name for s in world.election.law.steps if status(world, s.name) == Status.OPEN]


def waits(world: World, role: str) -> set[str]:
    return {code for step in open_steps(world) for code in mine(world, step, role)}


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(act, role) of every superior's act that was told, each found in the inbox of its role and in no other's."""
    seen: list[tuple[str, str]] = []
    really = Telling.do

    def do(self: Telling, act: Act, who: Any, **around: Any) -> list[str]:
        if superior(type(act)) and self.facts.rules is not None:
            role = str(self.actor(who).role)
            if role in OVERSEERS:
                assert act.code in waits(self.world, role), (act.code, role)
                for other in OVERSEERS - act.who:
                    assert act.code not in waits(self.world, other), (act.code, other)
                seen.append((act.code, role))
        return really(self, act, who, **around)

    monkeypatch.setattr(Telling, "do", do)
    return seen


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (
            party_way,
            {
                "assembly.fix",
                "assess.record",
                "nomination.study",
                "nomination.decide",
                "consent.decide",
                "approve.submit",
                "approve.decide",
                "approve.appoint",
                "handover.sign",
                "inspection.record",
            },
        ),
        (
            residents_way,
            {
                "assess.record",
                "nomination.study",
                "nomination.decide",
                "certify.issue",
                "file.submit",
                "file.acknowledge",
                "handover.sign",
                "inspection.record",
            },
        ),
    ],
)
def test_nothing_is_done_that_did_not_wait(
    watched: list[tuple[str, str]], way: Callable[[], None], expected: set[str]
) -> None:
    way()
    assert {code for code, _role in watched} == expected


@pytest.fixture
def elected() -> Telling:
    told = party_at_vote()
    told.vote({"member": SIX}).announced()
    told.consent()
    return told


def roles(told: Telling) -> dict[str, set[str]]:
    return {role: found for role in sorted(OVERSEERS) if (found := waits(told.world, role))}


def test_each_hands_on_to_the_next(elected: Telling) -> None:
    told = elected
    assert roles(told) == {Role.STREET: {"approve.submit"}}
    told.do(approval.SubmitResult(document_number="1号"), "street_officer")
    assert roles(told) == {Role.ORGANISATION: {"approve.decide"}}
    told.do(approval.DecideResult(approve=True, document_number="2号"), "organisation_reviewer")
    assert roles(told) == {Role.STREET: {"approve.appoint"}}


def test_papers_returned_wait_for_the_committee_first(elected: Telling) -> None:
    told = elected
    told.do(approval.SubmitResult(document_number="1号"), "street_officer")
    told.do(approval.DecideResult(approve=False, target="papers", reason="缺签名"), "organisation_reviewer")
    assert roles(told) == {}
    told.do(approval.ReportResult(), told.lead)
    assert roles(told) == {Role.STREET: {"approve.submit"}}


def test_the_street_signs_the_handover_in_any_order_and_once(elected: Telling) -> None:
    told = elected
    told.do(approval.SubmitResult(document_number="1号"), "street_officer")
    told.do(approval.DecideResult(approve=True, document_number="2号"), "organisation_reviewer")
    told.do(approval.Appoint(document_number="3号"), "street_officer")
    assert roles(told) == {}  # no list yet
    items: Sequence[after.Item] = (after.Item(kind="stamps", what="公章1枚"),)
    told.do(after.ListHandover(items=tuple(items), held_on=told.today), "outgoing_member")
    assert roles(told) == {Role.STREET: {"handover.sign"}}  # before the other two sides
    told.do(after.SignHandover(list_sha256=told.facts.handover_sha256), "street_officer")
    assert "handover.sign" not in waits(told.world, Role.STREET)


def test_what_is_decided_together_is_a_superior_s() -> None:
    for code in TOGETHER:
        act = ACTS[code]
        assert superior(act)
        assert set(act.step.split("|")) <= served("party") | served("residents")


@pytest.mark.parametrize("code", ["roll.fix", "result.announce", "election.open", "campaign.plan", "later.record"])
def test_what_is_no_superior_s(code: str) -> None:
    assert not superior(ACTS[code])
