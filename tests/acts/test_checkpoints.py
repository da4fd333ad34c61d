"""Where a checkpoint is made: at a log's beginning, with every paper, and wherever a step stands otherwise than before."""

from __future__ import annotations

from sqlalchemy import delete, select

from election.acts import auditing
from election.acts.perform import Command, perform
from election.process import campaign
from election.process.steps import attempt as attempt_of
from election.process.steps import is_done
from election.store.database import Store
from election.store.tables import CheckpointRow, Log
from election.store.worlds import replaying
from tests.acts.test_commit import NOW, TODAY, a_campaign, an_office, training


def signed(store: Store, log: str) -> set[int]:
    with store.read() as session:
        return set(session.scalars(select(CheckpointRow.size).where(CheckpointRow.log == log)))


def test_the_steps_of_a_campaign_have_theirs_and_what_changes_none_has_not(store: Store) -> None:
    street = an_office(store)
    log = a_campaign(store, street)
    head = campaign.LeadCampaign(head="赵书记")
    for act in (training(), training(2), head, campaign.FormCommittee(community="c1", head="周某", members=("吴某",))):
        perform(store, Command(log, act, street, TODAY), NOW)
    assert signed(store, log) == {1, 2, 4, 5}
    # a record from before this rule has none there, and is as good
    with store.write() as session:
        session.execute(delete(CheckpointRow).where(CheckpointRow.log == log, CheckpointRow.size > 1))
    assert auditing.audit(store)[1] == []


def test_every_step_that_is_done_or_opened_again_has_its_checkpoint(filled: Store) -> None:
    """In the told sample, with its returned lists and void meetings."""
    reopened = 0
    with filled.read() as session:
        for log in session.scalars(select(Log).where(Log.kind == "election")):
            have, before = signed(filled, log.id), {}
            for entry, world in replaying(filled, session, log):
                facts = world.election
                now = {r.name: (is_done(facts, r.name), attempt_of(facts, r.name)) for r in facts.law.steps}
                reopened += any(stood[0] and not now[step][0] for step, stood in before.items())
                if now != before:
                    assert entry.seq + 1 in have, (log.path, log.body, entry.act)
                before = now
    assert reopened >= 2
