"""What pages, the command line and the demonstration call: an act with everything the program itself must fill in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from election.acts import archive, ballots, papers, retention, rolls, scan_secrets, tallies, witnessing
from election.acts.perform import Command, Rows, Signer, judge, perform, perform_all
from election.process.after import Destroy
from election.process.base import Act, Actor
from election.process.preparation import ReleaseBallots
from election.process.result import decide, outcomes
from election.process.world import World
from election.record.entry import Entry
from election.store import signing_in
from election.store.append import Content
from election.store.database import Store
from election.store.tables import Log
from election.store.worlds import world_of


def do(
    store: Store,
    log: str,
    act: Act,
    actor: Actor,
    occurred_on: date,
    now: datetime,
    *,
    signers: Sequence[Signer] = (),
    attachments: Sequence[Content] = (),
    on_paper: dict[str, Any] | None = None,
) -> Entry:
    """Do one act: fill in, judge, render its papers, sign, commit. Raises Refused, or WrongInput for bad content."""
    return perform(store, prepared(store, log, act, actor, occurred_on, now, signers, attachments, on_paper), now)


def do_many(
    store: Store,
    acts: Sequence[tuple[str, Act]],
    actor: Actor,
    occurred_on: date,
    now: datetime,
    *,
    signers: Sequence[Signer] = (),
) -> list[Entry]:
    """The same kind of act in several logs under one reply: all stand or none (S-15)."""
    commands = [prepared(store, log, act, actor, occurred_on, now, signers, (), None) for log, act in acts]
    return perform_all(store, commands, now)


def prepared(
    store: Store,
    log: str,
    act: Act,
    actor: Actor,
    occurred_on: date,
    now: datetime,
    signers: Sequence[Signer],
    attachments: Sequence[Content],
    on_paper: dict[str, Any] | None,
) -> Command:
    """The command with filled fields and rendered papers. Papers are rendered only for an act that could stand."""
    if act.code == "archive.seal":
        act = act.model_copy(update=archive.sealable(store, log))
    with store.read() as session:
        world = world_of(store, session, log)
        act = filled(store, session, world, log, act, actor, occurred_on)
        command = Command(
            log, act, actor, occurred_on, signers, attachments, (), on_paper, rows=_rows(store, world, log, act)
        )
        if needs_papers(act):
            _, deed, against = judge(store, session, command, now)
            if all(d.code in ("act.paper", "notice.paper") for d in against):
                witnessing.newest(store, log)  # what the papers say of the record is signed before they are printed
                command = replace(command, papers=papers.render(store, session, world, deed))
    return command


def needs_papers(act: Act) -> bool:
    return bool(papers.kinds(act))


def filled(store: Store, session: Session, world: World, log: str, act: Act, actor: Actor, occurred_on: date) -> Act:
    """The act with what the program knows better than whoever typed it."""
    facts = world.election
    update: dict[str, Any] = {}
    if act.code == "nomination.propose" and world.day is not None:
        from election.process.nomination import Propose, Standing

        assert isinstance(act, Propose)
        update = {"standing": Standing(**rolls.standing(store, session, log, act.person, act.supporters, world.day))}
    elif act.code == "representatives.elect":
        from election.process.representatives import ElectRepresentatives

        assert isinstance(act, ElectRepresentatives)
        people = rolls.on_roll(store, session, log, [c.person for c in act.elected])
        update = {"households_of": len({(p.resident.group, p.resident.household) for p in people.values()})}
    elif act.code == "proxy.grant":
        from election.process.absent import GrantProxy

        assert isinstance(act, GrantProxy)
        people = rolls.on_roll(store, session, log, [act.principal, act.proxy])
        update = {"principal_on_roll": act.principal in people, "proxy_on_roll": act.proxy in people}
    elif act.code == "visit.ask":
        from election.process.absent import AskVisit

        assert isinstance(act, AskVisit)
        update = {"on_roll": act.person in rolls.on_roll(store, session, log, [act.person])}
    elif isinstance(act, ReleaseBallots) and facts.official_fixed:
        update = {"design": ballots.design_digest(world, act)}
    elif act.code == "tally.sign" and facts.round is not None:
        from election.process.tally import SignTally

        assert isinstance(act, SignTally)
        sheet = facts.round.sheets.get((act.contest, act.box))
        update = {"sheet_sha256": sheet.sha256} if sheet is not None and sheet.sha256 else {}
    elif act.code == "recount.draw" and facts.round is not None:
        from election.process.scanning import DrawnPack, DrawPacks, draw, packs_of

        assert isinstance(act, DrawPacks)
        head = session.get_one(Log, log).head
        drawn = draw(packs_of(facts.round), facts.recount_packs, act.seed, head)
        update = {"head": head, "drawn": tuple(DrawnPack(box=box, pack=pack) for box, pack in drawn)}
    elif act.code == "recount.record":
        from election.process.scanning import RecordRecount

        assert isinstance(act, RecordRecount)
        update = scan_secrets.pack_opened(store, session, world, log, act)
    elif act.code == "result.announce" and (answer := decide(world)) is not None:
        update = {"valid": answer["valid"], "outcomes": outcomes(answer)}
    elif act.code == "inspection.record":
        update = {"record_verified": archive.chain_holds(session, log)}
    elif isinstance(act, Destroy):
        update = retention.filled(session, world, log, act)
    elif act.code == "handover.sign" and facts.handover_sha256:
        update = {"list_sha256": facts.handover_sha256}
    return act.model_copy(update=update) if update else act


def _rows(store: Store, world: World, log: str, act: Act) -> Rows | None:
    if isinstance(act, Destroy):
        return retention.rows(store, log, act)
    if act.code == "meeting.sign_in":
        return lambda session, entry: signing_in.clear(session, log)
    if act.code != "tally.restart":
        return None
    from election.process.tally import RestartTally

    assert isinstance(act, RestartTally)
    contest, box, number = act.contest, act.box, len(world.election.rounds)
    return lambda session, entry: tallies.forget(session, log, number, contest, box)


def missing_for(store: Store, log: str, act: Act, actor: Actor, occurred_on: date, now: datetime) -> list[Any]:
    """What stands against an act before anybody signs it, papers and signature apart."""
    with store.read() as session:
        world = world_of(store, session, log)
        act = filled(store, session, world, log, act, actor, occurred_on)
        _, _, against = judge(store, session, Command(log, act, actor, occurred_on), now)
    return [d for d in against if d.code not in ("act.paper", "notice.paper", "act.signed")]
