"""What a committed act leaves behind, on both engines: one chain, nothing half done, nothing changed later."""

from __future__ import annotations

import itertools
import threading
from contextlib import nullcontext
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from election.acts import accounts, archive, auditing, elections, retention
from election.acts import perform as judging
from election.acts.perform import Command, Refused, RenderedPaper, perform, perform_all
from election.process import after, campaign, machine, notices
from election.process.base import Act, Actor, Role
from election.process.machine import SERVER
from election.store import accounts as stored
from election.store import places, reach
from election.store.append import content_of, keep, step_rows
from election.store.database import Store
from election.store.tables import Blob, EntryRow, Log, StepRow
from election.store.worlds import entries, replayed, world_of
from tests import engines

NOW = datetime(2010, 11, 1, 2, tzinfo=UTC)
TODAY = date(2010, 11, 1)


def an_office(store: Store) -> Actor:
    accounts.open_office(store, name="test-office", demonstration=True, now=NOW)
    made, _ = accounts.create_account(
        store,
        SERVER,
        login="jiedao",
        name="某街道",
        role=Role.STREET,
        scope="d/s",
        now=NOW,
        password="某街道的密码2010",
    )
    return made.actor


def a_campaign(store: Store, street: Actor) -> str:
    plan = campaign.PlanCampaign(
        title="换届",
        term="第三届",
        street="某街道",
        path="d/s",
        party_ruleset="qilihe-2010.party",
        residents_ruleset="qilihe-2010.residents",
        window_from=date(2010, 11, 1),
        window_to=date(2010, 12, 31),
        party_day=date(2010, 12, 24),
        residents_day=date(2010, 12, 26),
        communities=(campaign.CommunityRef(id="c1", name="某社区"),),
        demonstration=True,
    )
    return elections.plan_campaign(store, street, plan, TODAY, NOW)


def destroy(*lists: str) -> after.Destroy:
    return after.Destroy(what="personal", reason="保存期满", lists=lists)


def test_a_destroyed_list_is_gone_once_no_log_needs_it(each_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may be destroyed, and when, is the guard's to say; here it is what becomes of the bytes."""
    street = an_office(each_store)
    log = a_campaign(each_store, street)
    both = [elections.open_election(each_store, street, log, "c1", body, TODAY, NOW) for body in ("party", "residents")]
    monkeypatch.setattr(machine, "may", lambda *_: [])
    shared, own, kept = (RenderedPaper("roll_notice", "1", f"%PDF {n}".encode()) for n in ("both", "own", "kept"))
    notice = notices.PostNotice(kind="roll_notice", place="公告栏")
    digests = {paper: paper.content.sha256 for paper in (shared, own, kept)}

    def do(election: str, act: Act, paper: RenderedPaper | None = None) -> None:
        rows = retention.rows(each_store, election, act) if isinstance(act, after.Destroy) else None
        papers = [paper] if paper else []
        perform(each_store, Command(election, act, street, TODAY, papers=papers, rows=rows), NOW)

    def there() -> set[RenderedPaper]:
        with each_store.read() as session:
            return {p for p in digests if content_of(each_store, session, digests[p]) is not None}

    for election, paper in ((both[0], shared), (both[0], own), (both[0], kept), (both[1], shared)):
        do(election, notice, paper)
    with reach.everywhere():
        reach.set_reach(reach.Reach("d/s/c1", both[0]))  # who cannot see the other log
        do(both[0], destroy(digests[shared], digests[own]))
    assert there() == {shared, kept}
    assert auditing.audit(each_store)[1] == []
    do(both[1], destroy(digests[shared]))
    assert there() == {kept}
    assert auditing.audit(each_store)[1] == []
    with each_store.write() as session:
        keep(each_store, session, own.content)  # somebody had a copy
    assert [(w.table, w.detail) for w in auditing.audit(each_store)[1]] == [("blob", digests[own][:16])]


def test_what_was_erased_is_overwritten_and_in_no_log_of_sqlite(
    on_file: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    street = an_office(on_file)
    log = elections.open_election(on_file, street, a_campaign(on_file, street), "c1", "party", TODAY, NOW)
    monkeypatch.setattr(machine, "may", lambda *_: [])
    paper = RenderedPaper("roll_notice", "1", b"%PDF")
    notice = notices.PostNotice(kind="roll_notice", place="公告栏")
    perform(on_file, Command(log, notice, street, TODAY, papers=[paper]), NOW)
    with on_file.read() as session:
        sealed = bytes(session.get_one(Blob, paper.content.sha256).sealed)
    files = [on_file.home.path / name for name in ("election.db", "election.db-wal")]
    assert any(sealed in file.read_bytes() for file in files)
    act = destroy(paper.content.sha256)
    perform(on_file, Command(log, act, street, TODAY, rows=retention.rows(on_file, log, act)), NOW)
    assert files[1].stat().st_size == 0
    assert sealed not in files[0].read_bytes()
    with on_file.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1


def training(number: int = 1) -> campaign.Train:
    return campaign.Train(topic=f"第{number}次培训", place="会议室", attendees=number)


def test_an_entry_is_never_changed_or_deleted(each_store: Store) -> None:
    """By the trigger; on PostgreSQL the program's own role is not even let that far."""
    an_office(each_store)
    statements = ["UPDATE entry SET hash = 'x'", "DELETE FROM entry"]
    if each_store.engine.dialect.name == "postgresql":
        statements += [
            "TRUNCATE entry",
            "INSERT INTO entry SELECT * FROM entry ON CONFLICT (log, seq) DO UPDATE SET hash = 'x'",
        ]
    else:  # there is no TRUNCATE: DELETE without WHERE is stopped too
        statements += [
            "INSERT OR REPLACE INTO entry (log, seq, hash, data) SELECT log, seq, 'x', data FROM entry",
            "REPLACE INTO entry (rowid, log, seq, hash, data) SELECT rowid, log, 99, 'x', data FROM entry",
            "INSERT INTO entry (log, seq, hash, data) SELECT log, seq, 'x', data FROM entry WHERE true "
            "ON CONFLICT DO UPDATE SET hash = 'x'",
        ]
    for statement in statements:
        with pytest.raises(DatabaseError, match=r"entries are never|permission denied"), each_store.write() as session:
            session.execute(text(statement))
    with each_store.read() as session:
        assert [e.seq for e in entries(session, session.scalars(select(Log.id)).one())] == [0, 1]


@pytest.mark.postgresql
@pytest.mark.parametrize("change", ["an account is opened", "the actor's account is closed"])
def test_an_entry_has_seen_what_it_was_judged_by(
    on_server: Store, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Another log may grow between the judgement and the entry: an act of the office waits for no campaign's pen."""
    street = an_office(on_server)
    log = a_campaign(on_server, street)
    elections.open_election(on_server, street, log, "c1", "party", TODAY, NOW)
    judged: list[int] = []

    def judge_and_be_overtaken(*arguments: Any) -> Any:
        found = judge(*arguments)
        judged.append(found[0].office.size)
        if len(judged) == 2:  # the first is asked before the pen is taken
            if change == "an account is opened":
                accounts.create_account(
                    on_server,
                    SERVER,
                    login="neu",
                    name="某人",
                    role=Role.OBSERVER,
                    scope="",
                    now=NOW,
                    password="某街道的密码2010",
                )
            else:
                accounts.close(on_server, SERVER, stored.get(on_server, street.account), reason="调离", now=NOW)
        return found

    judge = judging.judge
    monkeypatch.setattr(judging, "judge", judge_and_be_overtaken)
    entry = perform(on_server, Command(log, training(), street, TODAY), NOW)
    monkeypatch.undo()
    (seen,) = entry.seen.values()
    with on_server.read() as session:
        office = session.scalars(select(Log).where(Log.kind == "office")).one()
        assert (seen["size"], office.size) == (judged[1], judged[1] + 1)
        assert seen["head"] == entries(session, office.id)[seen["size"] - 1].hash
    assert auditing.audit(on_server)[1] == []
    with pytest.raises(Refused, match=r"act\.") if "closed" in change else nullcontext():
        perform(on_server, Command(log, training(2), street, TODAY), NOW)


def test_eight_writers_make_one_chain(each_store: Store) -> None:
    street = an_office(each_store)
    log = a_campaign(each_store, street)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for i in range(3):
                perform(each_store, Command(log, training(number * 10 + i + 1), street, TODAY), NOW)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with each_store.read() as session:
        found = entries(session, log)
        assert [e.seq for e in found] == list(range(25))
        assert all(b.prev == a.hash for a, b in itertools.pairwise(found))
        assert world_of(each_store, session, log).campaign.trainings == 24
    assert auditing.audit(each_store)[1] == []


def test_a_batch_stands_whole_or_not_at_all(each_store: Store) -> None:
    street = an_office(each_store)
    log = a_campaign(each_store, street)
    remedy = campaign.RemedyViolation(finding=9, remedy="没有这一件")
    with pytest.raises(Refused, match=r"campaign\.finding-open"):
        perform_all(each_store, [Command(log, training(), street, TODAY), Command(log, remedy, street, TODAY)], NOW)
    with each_store.read() as session:
        assert session.get_one(Log, log).size == 1
        assert world_of(each_store, session, log).campaign.trainings == 0


def test_rows_and_entry_are_one_transaction(store: Store) -> None:
    street = an_office(store)
    log = a_campaign(store, street)

    def fails(session: object, entry: object) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        perform(store, Command(log, training(), street, TODAY, rows=fails), NOW)
    with store.read() as session:
        assert session.get_one(Log, log).size == 1
    perform(store, Command(log, training(), street, TODAY), NOW)
    with store.read() as session:
        assert world_of(store, session, log).campaign.trainings == 1


def test_a_refused_plan_leaves_no_log(store: Store) -> None:
    street = an_office(store)
    with pytest.raises(Refused):
        elections.plan_campaign(
            store,
            Actor(street.account, street.role, "d/other"),
            campaign.PlanCampaign(
                title="换届",
                term="第三届",
                street="某街道",
                path="d/s",
                party_ruleset="qilihe-2010.party",
                residents_ruleset="qilihe-2010.residents",
                window_from=date(2010, 12, 31),
                window_to=date(2010, 11, 1),
                party_day=date(2010, 12, 24),
                residents_day=date(2010, 12, 26),
                communities=(campaign.CommunityRef(id="c1", name="某社区"),),
                demonstration=True,
            ),
            TODAY,
            NOW,
        )
    with store.read() as session:
        assert session.scalars(select(Log).where(Log.kind == "campaign")).all() == []


def test_a_replay_from_nothing_gives_the_same_facts_and_rows(each_store: Store) -> None:
    street = an_office(each_store)
    log = a_campaign(each_store, street)
    election = elections.open_election(each_store, street, log, "c1", "party", TODAY, NOW)
    with each_store.read() as session:
        world = world_of(each_store, session, election)
        assert replayed(each_store, session, session.get_one(Log, election)) == world.election
        rows = {r.step: r.status for r in session.scalars(select(StepRow).where(StepRow.log == election))}
        assert rows == {r.step: r.status for r in step_rows(world)}


def test_the_audit_finds_a_changed_table(store: Store) -> None:
    street = an_office(store)
    log = a_campaign(store, street)
    elections.open_election(store, street, log, "c1", "party", TODAY, NOW)
    assert auditing.audit(store)[1] == []
    with store.write() as session:
        session.execute(text("UPDATE step_state SET attempt = 7 WHERE step = 'party.roll'"))
    assert [(w.table, w.detail) for w in auditing.audit(store)[1]] == [("step_state", "party.roll")]


def test_the_audit_finds_a_changed_entry_behind_the_trigger(store: Store) -> None:
    street = an_office(store)
    log = a_campaign(store, street)
    with store.write() as session:
        engines.unguard(session.connection())
        row = session.scalars(select(EntryRow).where(EntryRow.log == log)).one()
        session.execute(
            text("UPDATE entry SET data = :d WHERE log = :l"), {"d": bytes(row.data).replace(b"d/s", b"d/x"), "l": log}
        )
    assert [(w.log, w.table, w.detail) for w in auditing.audit(store)[1]] == [(log, "entry", "seq 0")]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("DELETE FROM entry WHERE log = :l AND seq = 1", "seq 1"),
        ("UPDATE entry SET hash = 'f' || substr(hash, 2) WHERE log = :l AND seq = 1", "seq 1"),
        ("UPDATE log SET size = size + 1 WHERE id = :l", "seq 2"),
    ],
    ids=["cut back", "another hash beside it", "one is missing at the end"],
)
def test_the_audit_names_the_first_entry_that_is_not_the_one_appended(store: Store, change: str, place: str) -> None:
    street = an_office(store)
    log = a_campaign(store, street)
    perform(store, Command(log, training(), street, TODAY), NOW)
    with store.read() as session:
        assert archive.chain_holds(session, log)
    with store.write() as session:
        engines.unguard(session.connection())
        session.execute(text(change), {"l": log})
    assert [(w.log, w.table, w.detail) for w in auditing.audit(store)[1]] == [(log, "entry", place)]
    with store.read() as session:
        assert not archive.chain_holds(session, log)


def test_a_stranger_to_the_street_is_refused(store: Store) -> None:
    street = an_office(store)
    log = a_campaign(store, street)
    other, _ = accounts.create_account(
        store, SERVER, login="bie", name="别的街道", role=Role.STREET, scope="d/t", now=NOW, password="别的街道密码2010"
    )
    with pytest.raises(Refused, match=r"act\.scope"):
        perform(store, Command(log, training(), other.actor, TODAY), NOW)


def test_personal_data_is_not_in_any_entry(store: Store) -> None:
    an_office(store)
    with store.read() as session:
        data = b"".join(bytes(d) for d in session.scalars(select(EntryRow.data)))
        assert "某街道".encode() not in data
        assert places.office(session)


def test_papers_know_every_schooling_that_a_nomination_knows() -> None:
    from election.acts.papers import candidates
    from election.process import nomination

    assert set(candidates.EDUCATION) >= set(nomination.EDUCATION)
