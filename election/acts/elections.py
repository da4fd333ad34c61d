"""Opening logs: a campaign of a street, and the elections of its communities."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from election import count, law
from election.acts.perform import Command, Signer, perform
from election.process.base import Actor
from election.process.campaign import PlanCampaign
from election.process.roll import OpenElection
from election.record.entry import ZERO
from election.store.database import Store
from election.store.tables import Log, SealedRuleset
from election.store.worlds import world_of


def new_log(
    session: Session,
    kind: str,
    path: str,
    *,
    campaign: str | None = None,
    community: str | None = None,
    body: str | None = None,
) -> str:
    """An empty log; its first entry makes it what it is."""
    identifier = str(uuid.uuid4())
    session.add(
        Log(id=identifier, kind=kind, path=path, size=0, head=ZERO, campaign=campaign, community=community, body=body)
    )
    session.flush()
    return identifier


def drop_empty(store: Store, log: str) -> None:
    """Take back a log whose first entry was refused."""
    with store.write() as session:
        row = session.get(Log, log)
        if row is not None and row.size == 0:
            session.delete(row)


def plan_campaign(store: Store, actor: Actor, plan: PlanCampaign, occurred_on: date, now: datetime) -> str:
    """Open a campaign with its plan. Returns the log's id. Raises Refused."""
    with store.write() as session:
        log = new_log(session, "campaign", plan.path)
    try:
        perform(store, Command(log, plan, actor, occurred_on), now)
    except BaseException:
        drop_empty(store, log)
        raise
    return log


def seal_ruleset(session: Session, ruleset: str) -> str:
    """Store the resolved ruleset's canonical bytes; returns their SHA-256."""
    data = json.dumps(law.load(ruleset).as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    digest = sha256(data).hexdigest()
    if session.get(SealedRuleset, digest) is None:
        session.add(SealedRuleset(sha256=digest, id=ruleset, data=data))
        session.flush()
    return digest


def open_election(
    store: Store,
    actor: Actor,
    campaign: str,
    community: str,
    body: str,
    occurred_on: date,
    now: datetime,
    signers: tuple[Signer, ...] = (),
) -> str:
    """Open the election of one body of one community under the campaign's ruleset. Returns the log's id. Raises Refused."""
    with store.write() as session:
        facts = world_of(store, session, campaign).campaign
        path = f"{facts.path}/{community}"
        ruleset = facts.rulesets[body]
        digest = seal_ruleset(session, ruleset)
        log = new_log(session, "election", path, campaign=campaign, community=community, body=body)
        act = OpenElection(
            body_of_election=body,
            community=community,
            community_name=facts.communities[community].name,
            path=path,
            campaign=campaign,
            ruleset=ruleset,
            ruleset_sha256=digest,
            count_semantics=count.SEMANTICS,
            demonstration=facts.demonstration,
        )
    try:
        perform(store, Command(log, act, actor, occurred_on, signers), now)
    except BaseException:
        drop_empty(store, log)
        raise
    return log
