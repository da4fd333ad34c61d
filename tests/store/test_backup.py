"""A backup is whole and of one moment, opens only for its key, and comes back on either engine; an older one says so."""

from __future__ import annotations

import io
import json
import os
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, insert, select, text

from election.acts import accounts, archive, auditing, elections, rolls
from election.acts.papers.sources import Stored
from election.acts.perform import Command, perform
from election.cli import main
from election.faults import WrongInput
from election.process import campaign
from election.process.base import Actor, Role
from election.process.machine import SERVER
from election.record import note
from election.record.age import Identity
from election.record.note import Checkpoint
from election.store import backup, kept
from election.store.append import checkpoint
from election.store.database import Store, make_engine, open_store
from election.store.home import Home
from election.store.people import Resident, person_values
from election.store.reach import ROLE, see_all
from election.store.restore import Older, restore
from election.store.tables import Base, CheckpointRow, Log, Person
from election.store.worlds import entries, office_log, world_of
from tests import engines

NOW = datetime(2010, 11, 2, 2, tzinfo=UTC)
TODAY = date(2010, 11, 2)
PASSWORD = "管理员的密码2010"


class Office:
    """A small office with a campaign, an election and two residents."""

    def __init__(self, store: Store) -> None:
        self.store = store
        accounts.open_office(store, name="test-office", demonstration=True, now=NOW)
        self.join("admin", Role.ADMINISTRATOR, "")
        self.street = self.join("jiedao", Role.STREET, "d/s")
        registrar = self.join("dengji", Role.REGISTRAR, "d/s/c1")
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
        self.campaign = elections.plan_campaign(store, self.street, plan, TODAY, NOW)
        self.election = elections.open_election(store, self.street, self.campaign, "c1", "residents", TODAY, NOW)
        for name in ("甲某", "乙某"):
            resident = Resident(name, "female", "", "1980-01-01", "一组", "1", "", "local", "", False, "", "")
            rolls.add(store, registrar, self.election, resident, "户口簿", TODAY, NOW)

    def join(self, login: str, role: Role, scope: str) -> Actor:
        made, _ = accounts.create_account(
            self.store, SERVER, login=login, name=f"{login}的姓名", role=role, scope=scope, now=NOW, password=PASSWORD
        )
        return made.actor

    def train(self, number: int = 1) -> None:
        act = campaign.Train(topic=f"第{number}次培训", place="会议室", attendees=number)
        perform(self.store, Command(self.campaign, act, self.street, TODAY), NOW)


@pytest.fixture
def office(each_store: Store) -> Office:
    return Office(each_store)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def target(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home, with an empty database of either engine."""
    if request.param == "postgresql":
        url = request.getfixturevalue("second_postgresql")
        monkeypatch.setenv("ELECTION_DATABASE_URL", url)
        engine = make_engine(url)
        with engine.begin() as connection:
            backup.drop_all(connection)
        engine.dispose()
    return Home(tmp_path / "target")


def said(home: Home) -> list[bytes]:
    """All that a store holds, but for when it was read."""
    store = open_store(home)
    first, *rest = backup.lines(store, NOW)
    store.close()
    schema = json.loads(first)["schema"]
    return [schema.encode(), *sorted(rest[:-1])]


def test_it_comes_back_on_either_engine(office: Office, target: Home) -> None:
    stream = list(backup.lines(office.store, NOW))
    done = restore(target, [line.rstrip(b"\n") for line in stream], NOW)
    assert (done.logs, done.behind, done.trust) == (3, [], office.store.vault.trust)
    assert said(target) == [json.loads(stream[0])["schema"].encode(), *sorted(stream[1:-1])]
    store = open_store(target)
    assert auditing.audit(store) == auditing.audit(office.store)
    assert auditing.audit(store)[1] == []
    with store.read() as session:
        assert world_of(store, session, office.election).election.roll.registered == 2
    with pytest.raises(Exception, match=r"entries are never|permission denied"), store.write() as session:
        session.execute(text("DELETE FROM entry"))
    Office.train(_of(store, office))
    store.close()


@pytest.mark.postgresql
def test_an_owner_whom_row_level_security_binds_leaves_nothing_out(
    plain_owner: tuple[URL, Any], home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the counts of an administrator, whom no rule binds; and what is there is seen before it is overwritten."""
    url, admin = plain_owner
    admin.execute(text(f"GRANT {ROLE} TO {url.username}"))
    address = url.render_as_string(hide_password=False)
    store = Store(home, home.vault(), make_engine(address))
    store.migrate()
    office = Office(store)
    with store.write() as session:  # on no roll yet
        session.execute(
            insert(Person).values(**person_values(store, "d/s/c1", str(uuid4()), Resident("某人", group="1")))
        )
    above = create_engine(url.set(username=admin.engine.url.username, password=admin.engine.url.password))
    with above.connect() as connection:
        there = {t: connection.scalar(text(f'SELECT count(*) FROM "{t}"')) for t in Base.metadata.tables}
    above.dispose()
    lines = list(backup.lines(store, NOW))
    assert json.loads(lines[-1])["end"] == there | {"session": 0}
    assert there["person"] == 3
    assert there["entry"] == 8
    store.close()
    monkeypatch.setenv("ELECTION_DATABASE_URL", address)
    stream = [line.rstrip(b"\n") for line in lines]
    with pytest.raises(WrongInput, match="a database already"):
        restore(home, stream, NOW)
    assert restore(home, stream, NOW, replace=True).loaded.rows == there | {"session": 0}
    again = open_store(home)
    assert auditing.audit(again)[1] == []
    Office.train(_of(again, office))
    again.close()


def _of(store: Store, office: Office) -> Office:
    """The same office, in another database."""
    moved = Office.__new__(Office)
    moved.__dict__.update(office.__dict__ | {"store": store})
    return moved


def test_it_is_of_one_moment_while_others_write(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[BaseException] = []

    def writes() -> None:
        try:
            for number in range(1, 9):
                office.train(number)
        except BaseException as error:
            failures.append(error)

    writer = threading.Thread(target=writes)
    writer.start()
    streams = []
    while writer.is_alive():
        streams.append(list(backup.lines(office.store, NOW)))
    writer.join()
    assert failures == []
    monkeypatch.delenv("ELECTION_DATABASE_URL", raising=False)
    for number, lines in enumerate(streams[-3:]):
        assert restore(Home(tmp_path / str(number)), [x.rstrip(b"\n") for x in lines], NOW).behind == []


def test_anything_changed_is_refused_and_nothing_is_restored(office: Office, target: Home) -> None:
    lines = [line.rstrip(b"\n") for line in backup.lines(office.store, NOW)]
    entry = next(i for i, line in enumerate(lines) if line.startswith(b'{"table":"entry"')) + 1
    forged = {
        "no end": lines[:-1],
        "nothing": [],
        "a line less": lines[:entry] + lines[entry + 1 :],
        "a line twice": [*lines[:entry], lines[entry], *lines[entry:]],
        "behind the end": [*lines, b"[]"],
        "another figure": [*lines[:entry], lines[entry].replace(b'",0,', b'",7,'), *lines[entry + 1 :]],
        "no secrets": [line for line in lines if not line.startswith(b'{"file"')],
        "no backup": [b'{"format":"something else"}', *lines[1:]],
        "no table": [line.replace(b'"table":"entry"', b'"table":"nothing"') for line in lines],
        "not JSON": [*lines[:3], b"{", *lines[3:]],
        "another's signature": [*lines[:-1], _signed_anew(lines[-1])],
    }
    for name, stream in forged.items():
        with pytest.raises(backup.Damaged):
            restore(target, stream, NOW)
        assert list(target.path.iterdir()) == [], name
    engine = make_engine(target.database_url)
    with engine.connect() as connection:
        assert not backup.holds_record(connection)
    engine.dispose()


def _signed_anew(end: bytes) -> bytes:
    return json.dumps(json.loads(end) | {"signature": "00" * 64}).encode()


def test_a_record_that_does_not_hold_is_not_restored(office: Office, target: Home) -> None:
    """Who has the server's key can sign a backup; the chain inside is checked all the same."""
    with office.store.engine.begin() as connection:
        engines.unguard(connection)
        connection.execute(
            text("UPDATE entry SET hash = :h WHERE log = :l AND seq = 0"), {"h": "ab" * 32, "l": office.campaign}
        )
    with pytest.raises(backup.Damaged, match="does not hold"):
        restore(target, [line.rstrip(b"\n") for line in backup.lines(office.store, NOW)], NOW)


def test_a_full_home_is_not_overwritten(office: Office) -> None:
    lines = [line.rstrip(b"\n") for line in backup.lines(office.store, NOW)]
    before = said(office.store.home) if office.store.engine.dialect.name == "sqlite" else None
    if before is None:
        pytest.skip("the home of this store names no server")
    office.store.close()
    with pytest.raises(WrongInput, match="a database already"):
        restore(office.store.home, lines, NOW)
    assert said(office.store.home) == before


def test_an_older_backup_says_so_and_going_on_is_signed(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(store)
    home = store.home
    lines = [line.rstrip(b"\n") for line in backup.lines(store, NOW)]
    office.train()
    store.close()
    with pytest.raises(Older) as stopped:
        restore(home, lines, NOW, replace=True)
    assert [(b.log, b.kept, b.size) for b in stopped.value.behind] == [(office.campaign, 2, 1)]
    restored = restore(home, lines, NOW, replace=True, older=True)
    assert len(restored.behind) == 1
    assert [p.name for p in home.path.glob("election.db.before-*")] == ["election.db.before-20101102T020000Z"]
    monkeypatch.setenv("ELECTION_HOME", str(home.path))

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as stop:
            main(list(arguments))
        return int(str(stop.value.code))

    assert run("serve", "--port", "5998") == 2
    err = capsys.readouterr().err.strip()
    assert len(err.splitlines()) == 1
    assert "office continue" in err
    assert run("audit", "verify", "--json") == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["log"] == office.campaign
    monkeypatch.setattr("click.prompt", lambda *_, **__: "不是这个密码")
    assert run("office", "continue", "--reason", "硬盘损坏") == 2
    assert run("audit", "verify", "--json") == 1
    monkeypatch.setattr("click.prompt", lambda *_, **__: PASSWORD)
    assert run("office", "continue", "--reason", "硬盘损坏，没有更新的备份") == 0
    capsys.readouterr()
    assert run("audit", "verify", "--json") == 0
    opened = open_store(home)
    with opened.read() as session:
        kept.demand(home, session)
        log = office_log(session)
        assert log is not None
        last = entries(session, log.id)[-1]
    assert last.act == "office.continue"
    assert last.payload["lost"][0]["log"] == office.campaign
    assert last.statements
    opened.close()


def test_a_database_put_back_by_hand_is_not_served(store: Store, tmp_path: Path) -> None:
    office = Office(store)
    store.close()
    old = (store.home.path / "election.db").read_bytes()
    office.train()
    store.close()
    (store.home.path / "election.db").write_bytes(old)
    again = open_store(store.home)
    with again.read() as session, pytest.raises(WrongInput, match="behind"):
        kept.demand(store.home, session)
    again.close()


def test_what_is_made_in_a_home_is_its_owner_s_alone(tmp_path: Path) -> None:
    """Whatever the shell that starts the program lets others do."""
    mask = os.umask(0)
    try:
        store = open_store(Home(tmp_path / "made"))
        Office(store)
        lines = [line.rstrip(b"\n") for line in backup.lines(store, NOW)]
        restore(Home(tmp_path / "restored"), lines, NOW)
        modes = {path.relative_to(tmp_path).as_posix(): path.stat().st_mode for path in tmp_path.rglob("*")}
        store.close()
    finally:
        os.umask(mask)
    assert {"made/election.db", "made/election.db-wal", "made/election.db-shm", "restored/election.db"} <= modes.keys()
    assert [path for path, mode in modes.items() if mode & 0o077] == []


@pytest.mark.parametrize("torn", ["", "000000000", "000000000001 " + "ab" * 32, None])
def test_what_a_power_cut_took_of_one_file_the_other_says(torn: str | None, office: Office) -> None:
    """The signed checkpoint is on the disk; what was acknowledged after it need not be."""
    folder, log = office.store.home.path / "checkpoints", office.campaign
    head, note = folder / f"{log}.head", folder / f"{log}.note"
    office.train()
    with office.store.write(log) as session:
        checkpoint(office.store, session, session.get_one(Log, log), "test-office")

    def behind() -> list[kept.Behind]:
        with office.store.read() as session:
            return kept.behind(office.store.home, session)

    if torn is None:
        head.unlink()
    else:
        head.write_text(torn)
    assert behind() == []
    with office.store.engine.begin() as connection:
        see_all(connection)
        engines.unguard(connection)
        connection.execute(text("DELETE FROM entry WHERE log = :l AND seq = 1"), {"l": log})
    assert [(b.log, b.kept) for b in behind()] == [(log, 2)]
    note.write_text(note.read_text()[:30])
    assert behind() == []
    head.write_text(f"{2:012d} {'ab' * 32}\n")
    assert [(b.log, b.kept) for b in behind()] == [(log, 2)]


def test_where_both_files_are_torn_it_is_said_what_is_lost(office: Office) -> None:
    folder, log = office.store.home.path / "checkpoints", office.campaign
    office.train()

    def unsaid() -> str:
        with office.store.read() as session:
            assert kept.behind(office.store.home, session) == []
            return str(kept.unsaid(office.store.home, session) or "")

    assert unsaid() == ""
    for file in folder.glob(f"{log}.*"):
        file.write_text("torn")
    said = unsaid()
    assert log in said
    assert "election verify --checkpoint" in said
    office.train()
    assert unsaid() == ""


def test_what_is_restored_is_kept_as_what_was_written(office: Office, target: Home) -> None:
    lines = [line.rstrip(b"\n") for line in backup.lines(office.store, NOW)]
    restore(target, lines, NOW)
    there, here = (
        {path.name: path.read_bytes() for path in (home.path / "checkpoints").iterdir()}
        for home in (office.store.home, target)
    )
    assert there == here
    assert f"{office.campaign}.note" in here


@pytest.mark.parametrize("lost", ["server.key", "all", "others"])
def test_an_office_whose_keys_are_not_there_is_neither_served_nor_backed_up(
    lost: str, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Keys are made for a new home alone; those of another home neither read nor sign what is here."""
    secrets = office.store.home.secrets
    office.store.close()
    if lost == "server.key":
        (secrets / lost).unlink()
    else:
        secrets.rename(tmp_path / "away")
    if lost == "others":
        office.store.home.vault()
    left = {path.name: path.read_bytes() for path in secrets.glob("*")}
    monkeypatch.setenv("ELECTION_HOME", str(office.store.home.path))
    monkeypatch.setenv("ELECTION_DATABASE_URL", office.store.engine.url.render_as_string(hide_password=False))
    recipient = Identity.generate().recipient
    for order in (
        ["audit", "verify"],
        ["backup", "--out", str(tmp_path / "x"), "--recipient", recipient],
        ["serve", "--port", "5998"],
        ["demo", "--port", "5998"],
    ):
        with pytest.raises(SystemExit) as stop:
            main(order)
        out, err = capsys.readouterr()
        assert (stop.value.code, out, len(err.splitlines())) == (2, "", 1)
        assert "secrets: " + ("these are not the keys" if lost == "others" else "the database holds an office") in err
        assert "election restore --replace" in err
    assert {path.name: path.read_bytes() for path in secrets.glob("*")} == left
    assert not (tmp_path / "x").exists()


def test_a_checkpoint_must_be_in_it(store: Store, tmp_path: Path) -> None:
    office, target = Office(store), Home(tmp_path / "target")
    lines = [line.rstrip(b"\n") for line in backup.lines(office.store, NOW)]
    with office.store.read() as session:
        note = session.scalars(select(CheckpointRow.note).where(CheckpointRow.log == office.campaign)).first()
    assert note is not None
    office.train()
    with office.store.write(office.campaign) as session:
        later = checkpoint(office.store, session, session.get_one(Log, office.campaign), "test-office").note
    with pytest.raises(Older):
        restore(target, lines, NOW, checkpoints=[later])
    with pytest.raises(WrongInput, match="checkpoint"):
        restore(target, lines, NOW, checkpoints=[note.replace("test-office", "other-office")])
    with pytest.raises(WrongInput, match="another server"):
        restore(target, lines, NOW, trust="00" * 32)
    assert restore(target, lines, NOW, checkpoints=[note]).behind == []


def test_what_a_signed_paper_prints_must_be_in_it(store: Store, tmp_path: Path) -> None:
    office, target = Office(store), Home(tmp_path / "target")
    lines = [line.rstrip(b"\n") for line in backup.lines(office.store, NOW)]

    def printed() -> str:
        with store.read() as session:
            stamp = Stored(store, session).stamp(office.campaign)
        return f"存证 {stamp.size} {stamp.root} {stamp.fingerprint}\n"

    early = printed()
    office.train()
    with pytest.raises(Older, match="the paper's root"):
        restore(target, lines, NOW, checkpoints=[printed()])
    size, root, _ = early.split(" ", 3)[1:]
    with pytest.raises(WrongInput, match="another server"):
        restore(target, lines, NOW, checkpoints=[f"{size} {root} {'0' * 64}"])
    assert restore(target, lines, NOW, checkpoints=[early, f"{size} {root}"]).behind == []


def test_the_commands_from_key_to_restored_home(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(store)
    store.close()
    key, file = tmp_path / "key", tmp_path / "office.age"

    def run(home: Path, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("ELECTION_HOME", str(home))
        with pytest.raises(SystemExit) as stop:
            main(list(arguments))
        out, err = capsys.readouterr()
        return int(str(stop.value.code)), out, err

    code, out, _ = run(store.home.path, "backup-key", "--out", str(key), "--json")
    assert code == 0
    assert key.stat().st_mode & 0o077 == 0
    recipient = json.loads(out)["recipient"]
    assert run(store.home.path, "backup-key", "--out", str(key))[0] == 2
    code, out, _ = run(store.home.path, "backup", "--out", str(file), "--recipient", recipient, "--json")
    assert code == 0
    assert json.loads(out)["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
    whole = file.read_bytes()
    code, out, err = run(store.home.path, "backup", "--out", str(file), "--recipient", recipient)
    assert (code, out, "there already" in err) == (2, "", True)
    assert file.read_bytes() == whole, "a backup takes no other's place"
    for name, data in {
        "cut": whole[:-1],
        "half": whole[: len(whole) // 2],
        "changed": whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:],
        "empty": b"",
    }.items():
        (tmp_path / name).write_bytes(data)
        code, out, err = run(tmp_path / "new", "restore", str(tmp_path / name), "--identity", str(key))
        assert (code, out) == (2, ""), name
        assert len(err.strip().splitlines()) == 1
        assert "the backup is incomplete or was changed" in err
        assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "other").write_text(str(Identity.generate()))
    code, out, err = run(tmp_path / "new", "restore", str(file), "--identity", str(tmp_path / "other"))
    assert (code, out) == (2, "")
    assert "the file is not encrypted to this key, or its head was changed" in err
    assert list((tmp_path / "new").iterdir()) == []
    for wrong in (tmp_path / "other", file, tmp_path / "nothing"):
        assert run(tmp_path / "new", "restore", str(file), "--identity", str(wrong))[0] == 2
    assert run(tmp_path / "new", "backup", "--out", str(tmp_path / "x"), "--recipient", "age1x")[0] == 2
    for order in (["backup", "--out", str(tmp_path / "x"), "--recipient", recipient], ["audit", "verify"]):
        code, out, err = run(tmp_path / "misspelt", *order)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert "misspelt" in err
        assert "ELECTION_HOME" in err
    assert not (tmp_path / "misspelt").exists()
    assert not (tmp_path / "x").exists()
    code, out, _ = run(tmp_path / "newer", "restore", str(file), "--identity", str(key), "--json")
    assert code == 0
    assert json.loads(out)["entries"] == auditing.audit(store)[0]
    assert run(tmp_path / "newer", "audit", "verify")[0] == 0
    assert office.election in {
        e["id"] for e in json.loads(run(tmp_path / "newer", "audit", "verify", "--json")[1])["elections"]
    }
    store.close()


def test_the_checkpoint_that_a_bundle_signs_is_kept(store: Store, tmp_path: Path) -> None:
    """Of every log in it, and never one that attests less than what is kept."""
    office = Office(store)
    with store.read() as session:
        log = office_log(session)
        assert log is not None
        sizes = {row.id: row.size for row in session.scalars(select(Log))}
    before = (store.home.path / "checkpoints" / f"{log.id}.note").read_text()
    assert Checkpoint.parse(note.body_of(before)).size == 1
    archive.export(store, office.election, tmp_path / "bundle.zip")
    held = {p.stem: p.read_text() for p in (store.home.path / "checkpoints").glob("*.note")}
    assert {id_: Checkpoint.parse(note.body_of(text)).size for id_, text in held.items()} == sizes
    with store.read() as session:
        assert kept.lacking(session, kept.read(held[log.id], store.vault.server_public)) is None
    kept.remember(store.home, {}, {log.id: before})
    assert (store.home.path / "checkpoints" / f"{log.id}.note").read_text() == held[log.id]


def test_what_is_packed_is_unpacked_and_a_bomb_is_not() -> None:
    import zlib

    lines = [b'{"a":1}', b"[" + b"x" * 3_000_000 + b"]", b"", b"end"]
    packed = b"".join(backup.packed(line + b"\n" for line in lines))
    pieces = (packed[i : i + 1000] for i in range(0, len(packed), 1000))
    assert list(backup.unpacked(pieces)) == lines
    for broken in (packed[:-1], packed + b"x", b"no gzip", b""):
        with pytest.raises(backup.Damaged):
            list(backup.unpacked([broken]))
    bomb = io.BytesIO()
    press = zlib.compressobj(9, wbits=31)
    for _ in range(70):
        bomb.write(press.compress(bytes(1024 * 1024)))
    bomb.write(press.flush())
    with pytest.raises(backup.Damaged, match="too long"):
        list(backup.unpacked([bomb.getvalue()]))
