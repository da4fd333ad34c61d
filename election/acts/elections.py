"""Opening logs: a campaign of a street, and the elections of its communities."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from election import count, law
from election.acts.perform import Command, Refused, Signer, judge, perform
from election.faults import WrongInput
from election.law import Ruleset
from election.process.base import Actor, Demand
from election.process.campaign import OwnRuleset, PlanCampaign
from election.process.roll import OpenElection
from election.record.entry import ZERO
from election.store import places
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
    """Open a campaign with its plan, the street's own rulesets inside. Returns the log's id. Raises Refused."""
    with store.write() as session:
        plan = _whole(store, session, plan)
        log = new_log(session, "campaign", plan.path)
    try:
        perform(store, Command(log, plan, actor, occurred_on), now)
    except BaseException:
        drop_empty(store, log)
        raise
    return log


def check_plan(store: Store, actor: Actor, plan: PlanCampaign, occurred_on: date, now: datetime) -> None:
    """Raises Refused where the plan could not be made as things are; nothing is written."""
    with store.read() as session:
        _, _, against = judge(store, session, Command("", _whole(store, session, plan), actor, occurred_on), now)
    if against:
        raise Refused(against)


def _whole(store: Store, session: Session, plan: PlanCampaign) -> PlanCampaign:
    """The plan with the street's own rulesets that it names. Raises Refused where it has been made already."""
    for known in places.below(session, "campaign", plan.path):
        facts = world_of(store, session, known.id).campaign
        if (known.path, facts.title, facts.term) == (plan.path, plan.title, plan.term):
            raise Refused([Demand("campaign.first", False)])  # the button was pressed twice
    own = own_rulesets(session)
    named = dict.fromkeys((plan.party_ruleset, plan.residents_ruleset))
    return plan.model_copy(update={"own_rulesets": tuple(own[name] for name in named if name in own)})


def seal_ruleset(session: Session, ruleset: Ruleset) -> str:
    """Store the resolved ruleset's canonical bytes; returns their SHA-256."""
    data = ruleset.sealed()
    digest = sha256(data).hexdigest()
    if session.get(SealedRuleset, digest) is None:
        session.add(SealedRuleset(sha256=digest, id=ruleset.id, data=data))
        session.flush()
    return digest


def own_rulesets(session: Session) -> dict[str, OwnRuleset]:
    """Rulesets that offices have brought, by id, as a plan seals them."""
    rows = session.scalars(select(SealedRuleset).where(SealedRuleset.id.not_in(law.ids())).order_by(SealedRuleset.id))
    return {row.id: OwnRuleset(id=row.id, sha256=row.sha256, document=bytes(row.data).decode()) for row in rows}


def bring_ruleset(store: Store, raw: bytes, name: str) -> Ruleset:
    """Keep an office's own ruleset file, so that a plan can name it. Raises WrongInput naming the file, key and mend.

    An id never changes its meaning: another file under an id that is known is refused.
    """
    found = law.load_bytes(raw, name)
    with store.write() as session:
        known = own_rulesets(session).get(found.id)
        if known is not None and known.document.encode() != found.sealed():
            raise WrongInput(
                "is the id of another ruleset, whose meaning never changes",
                place="{name}: id",
                mend="give the changed ruleset an id of its own",
                name=name,
            )
        seal_ruleset(session, found)
    return found


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
        digest = seal_ruleset(session, facts.ruleset(ruleset))
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
