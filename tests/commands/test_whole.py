"""The command line from outside: the sample driven to its archive, exported, verified, audited."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from election.demo.people import street

from .attacking import FIGURES, NEITHER, PEOPLE, RECORD, TELLING, Loot, has_votes, ids_in, readable

Run = subprocess.CompletedProcess[str]


#: the same program, with every log of it and of its libraries, statements of the database included, in a file
LOUD = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, filename=sys.argv.pop(1))
logging.getLogger("fontTools").setLevel(logging.INFO)
logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO)
from election.cli import main
main()
"""


def election(home: Path, *arguments: str, program: tuple[str, ...] = ("-m", "election")) -> Run:
    environment = {**os.environ, "ELECTION_HOME": str(home), "ELECTION_PASSWORD_COST": "cheap"}
    return subprocess.run(
        [sys.executable, *program, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    home = tmp_path_factory.mktemp("whole") / "home"
    done = election(home, "demo", "--to-end", "--json", program=("-c", LOUD, str(home.parent / "everything.log")))
    assert done.returncode == 0, done.stderr
    return home, json.loads(done.stdout)


@pytest.fixture(scope="module")
def bundle(told: tuple[Path, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    home, answer = told
    path = tmp_path_factory.mktemp("bundle") / "residents.zip"
    residents = next(e["id"] for e in answer["elections"] if e["body"] == "residents")
    assert election(home, "bundle", "export", residents, "--out", str(path)).returncode == 0
    return path


def test_both_elections_end_archived(told: tuple[Path, dict[str, Any]]) -> None:
    home, answer = told
    assert Path(answer["home"]) == home.resolve()
    assert {(e["body"], e["state"]) for e in answer["elections"]} == {("party", "archived"), ("residents", "archived")}
    assert set(answer["elections"][0]) == {"id", "community", "body", "state"}


def test_a_home_that_is_in_use_is_not_filled_again(told: tuple[Path, dict[str, Any]]) -> None:
    again = election(told[0], "demo", "--to-end", "--json")
    assert again.returncode == 2
    assert again.stdout == ""
    assert len(again.stderr.strip().splitlines()) == 1


def test_the_bundle_verifies_against_the_printed_fingerprint(
    told: tuple[Path, dict[str, Any]], bundle: Path, tmp_path: Path
) -> None:
    done = election(tmp_path / "nowhere", "verify", str(bundle), "--trust", told[1]["trust"], "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["ok"], answer["trust"], answer["contests"]) == (0, True, "pinned", 3)
    assert {c["status"] for c in answer["checks"]} <= {"pass", "not_checked"}
    assert next(c for c in answer["checks"] if c["id"] == "recount")["status"] == "pass"
    assert not (tmp_path / "nowhere").exists()


def alone(path: Path, trust: str = "") -> Any:
    """The answer of the verifier that stands alone."""
    tool = Path(__file__).parents[2] / "tools" / "verify_alone.py"
    pinned = ("--trust", trust) if trust else ()
    done = subprocess.run(
        [sys.executable, str(tool), str(path), *pinned, "--json"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_the_verifier_that_stands_alone_agrees(told: tuple[Path, dict[str, Any]], bundle: Path) -> None:
    tool = Path(__file__).parents[2] / "tools" / "verify_alone.py"
    for trust, expected in ((told[1]["trust"], 0), ("00" * 32, 1)):
        done = subprocess.run(
            [sys.executable, str(tool), str(bundle), "--trust", trust, "--json"],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode, json.loads(done.stdout)["ok"]) == (expected, expected == 0)


def test_a_bundle_signed_by_somebody_else_fails(
    told: tuple[Path, dict[str, Any]], bundle: Path, tmp_path: Path
) -> None:
    done = election(tmp_path, "verify", str(bundle), "--trust", "00" * 32, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["ok"] is False


def test_a_figure_changed_in_the_record_is_found(bundle: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(bundle) as source, zipfile.ZipFile(forged, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "logs/election.jsonl":
                assert b'"votes_for":35' in data
                data = data.replace(b'"votes_for":35', b'"votes_for":53', 1)
            target.writestr(name, data)
    done = election(tmp_path, "verify", str(forged), "--json")
    assert done.returncode == 1
    assert "logs/election.jsonl" in json.dumps(json.loads(done.stdout)["problems"])


def test_the_live_database_agrees_with_its_record(told: tuple[Path, dict[str, Any]]) -> None:
    done = election(told[0], "audit", "verify", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["ok"], answer["problems"]) == (0, True, [])
    assert len(answer["elections"]) == 2


def test_the_audit_finds_a_changed_resident(told: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    import sqlite3

    home = tmp_path / "copy"
    shutil.copytree(told[0], home)
    with sqlite3.connect(home / "election.db") as connection:
        connection.execute("UPDATE roll_row SET status = 'removed' WHERE id = (SELECT min(id) FROM roll_row)")
    done = election(home, "audit", "verify", "--json")
    assert done.returncode == 1
    assert "roll_row" in {p["table"] for p in json.loads(done.stdout)["problems"]}


def test_nothing_personal_stands_in_the_record_or_the_database(told: tuple[Path, dict[str, Any]]) -> None:
    from election.demo.people import street

    data = b"".join(p.read_bytes() for p in told[0].glob("election.db*"))
    for person in street().communities[0].residents[:400]:
        assert person.id_number.encode() not in data or not person.id_number
        assert person.phone.encode() not in data or not person.phone
        if len(person.name) > 2:
            assert person.name.encode() not in data


def test_a_roll_is_imported_whole_or_not_at_all(tmp_path: Path) -> None:
    from election.demo import fill, whole
    from election.demo.rolls import write_faulty_roll_xlsx
    from election.store.database import open_store
    from election.store.home import Home
    from election.store.worlds import world_of

    home = tmp_path / "home"
    store = open_store(Home(home))
    sample = fill.begin(store)
    _, residents = whole.community(sample, 2)
    store.close()
    faulty = tmp_path / "roll.xlsx"
    write_faulty_roll_xlsx(faulty)
    done = election(home, "roll", "import", str(faulty), "--election", residents, "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert {f["code"] for f in answer["rejected"]} >= {"bad-id", "under-age", "deprived"}
    with store.read() as session:
        assert world_of(store, session, residents).election.roll.registered == answer["registered"] > 0
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    broken = election(home, "roll", "import", str(tmp_path / "broken.xlsx"), "--election", residents)
    assert broken.returncode == 2
    unknown = election(home, "roll", "import", str(faulty), "--election", "00000000-0000-0000-0000-000000000000")
    assert unknown.returncode == 2
    with store.read() as session:
        assert world_of(store, session, residents).election.size == 2
    store.close()


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("count",),
        ("bundle", "export"),
        ("verify", "/nowhere/at/all.zip"),
        ("demo", "--port", "x"),
        ("rulesets", "nowhere"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_two(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = election(tmp_path / "home", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr


# --- after the archive: shown apart, witnessed, erased ---------------------------------------------------------------


def residents_of(answer: dict[str, Any]) -> str:
    return str(next(e["id"] for e in answer["elections"] if e["body"] == "residents"))


def test_one_entry_is_shown_without_the_rest(told: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    home, answer = told
    path = tmp_path / "entry.tlog-proof"
    made = election(home, "bundle", "prove", residents_of(answer), "--entry", "31", "--out", str(path))
    assert made.returncode == 0, made.stderr
    done = election(tmp_path / "nowhere", "verify", str(path), "--trust", answer["trust"], "--json")
    shown = json.loads(done.stdout)
    assert (done.returncode, shown["ok"], shown["trust"], shown["entry"]["seq"]) == (0, True, "pinned", 31)
    assert election(home, "bundle", "prove", residents_of(answer), "--entry", "999", "--out", str(path)).returncode == 2


@pytest.fixture(scope="module")
def later(told: tuple[Path, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A copy of the home, to go on with."""
    home = tmp_path_factory.mktemp("later") / "home"
    shutil.copytree(told[0], home)
    return home, told[1]


def test_witnesses_cosign_on_their_own_machines_and_a_policy_asks_for_them(
    later: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    home, answer = later
    residents, away = residents_of(answer), tmp_path / "nowhere"
    server = json.loads(election(home, "witness", "server", "--json").stdout)["vkey"]
    assert server.startswith("sample-office+")
    password = tmp_path / "password"
    password.write_text("见证人的密码\n", encoding="utf-8")
    for name in ("jiedao", "guancha"):
        own = ("--dir", str(tmp_path / name), "--password-file", str(password))
        made = election(away, "witness", "new", name, "--server", server, *own, "--json")
        assert made.returncode == 0, made.stderr
        assert json.loads(made.stdout)["trust"] == answer["trust"]
        vkey = json.loads(made.stdout)["vkey"]
        assert election(home, "witness", "register", name, vkey, "--kind", "observer").returncode == 0
    policy, asked = tmp_path / "policy", tmp_path / "asked"
    assert election(home, "witness", "policy", "--k", "2", "--out", str(policy)).returncode == 0
    picture = tmp_path / "asked.png"
    out = ("--out", str(asked), "--qr", str(picture))
    assert election(home, "witness", "request", residents, "--witness", "jiedao", *out).returncode == 0
    for name, carried in (("jiedao", asked), ("guancha", picture)):
        own = ("--dir", str(tmp_path / name), "--password-file", str(password))
        back = tmp_path / f"{name}.note"
        signed = election(away, "witness", "cosign", str(carried), *own, "--base64", "--out", str(back))
        assert signed.returncode == 0, signed.stderr
        path = tmp_path / "x.zip"
        assert election(home, "bundle", "export", residents, "--out", str(path)).returncode == 0
        before = election(away, "verify", str(path), "--policy", str(policy), "--json")
        assert before.returncode == 1
        assert {p["code"] for p in json.loads(before.stdout)["problems"]} == {"quorum"}
        assert election(home, "witness", "receive", residents, str(back)).returncode == 0
    assert election(home, "bundle", "export", residents, "--out", str(path)).returncode == 0
    done = election(away, "verify", str(path), "--policy", str(policy), "--json")
    assert done.returncode == 0, done.stdout
    # the same request again is no longer from where this witness stands
    own = ("--dir", str(tmp_path / "jiedao"), "--password-file", str(password))
    again = election(away, "witness", "cosign", str(asked), *own, "--json")
    assert (again.returncode, json.loads(again.stdout)["code"]) == (1, "other-old")
    assert election(home, "witness", "receive", residents, str(asked)).returncode == 2
    assert not away.exists()


def test_what_was_kept_long_enough_is_erased_by_a_signed_act_and_the_record_stands(
    later: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    from datetime import UTC, date, datetime

    from sqlalchemy import func, select

    from election.acts import accounts
    from election.acts.do import do
    from election.acts.perform import Refused
    from election.demo.story import PASSWORD
    from election.process.after import Destroy
    from election.process.notices import LISTS
    from election.store import accounts as stored
    from election.store import drafts, jobs
    from election.store.database import open_store
    from election.store.home import Home
    from election.store.people import listed
    from election.store.tables import AccountRow, Blob, Log, OpeningRow, Paper, RollRow
    from election.store.worlds import openings, world_of
    from tests.documents.reading import pages

    home, answer = later
    residents = residents_of(answer)
    store = open_store(Home(home))
    with store.read() as session:
        chosen = {r.name for r in world_of(store, session, residents).election.representatives.values()}
        officer = session.scalars(select(AccountRow).where(AccountRow.role == "street_officer")).one().id
    actor, act = stored.get(store, officer).actor, Destroy(what="personal", reason="保存期满")

    def destroy(year: int) -> Any:
        signer, now = accounts.unlock(store, officer, PASSWORD), datetime(year, 6, 1, tzinfo=UTC)
        return do(store, residents, act, actor, date(year, 6, 1), now, signers=[signer])

    with pytest.raises(Refused, match=r"retention\.over"):
        destroy(2013)
    early = datetime(2010, 12, 20, tzinfo=UTC)
    drafts.keep(store, officer, residents, "act:representatives.change", {"joins_name": [min(chosen)]}, early)
    job, _ = jobs.begin(store, residents, "cards", officer, early)
    jobs.finish(store, job, min(chosen).encode(), early)
    entry = destroy(2014)
    assert drafts.kept(store, officer, residents, "act:representatives.change") is None
    assert jobs.standing(store, residents, "cards", early) is None
    assert entry.payload["number"] > 0
    with store.read() as session:
        left = session.scalar(select(func.count()).where(OpeningRow.log == residents, OpeningRow.posted.is_(False)))
        people = listed(store, session, residents)
        assert (left, {p.resident.name + p.resident.id_number for p in people}) == (0, {""})
        assert session.scalar(select(func.count()).where(RollRow.log == residents, RollRow.salt != b"")) == 0
        blobs = {
            b.sha256: store.vault.open_blob(bytes(b.sealed), b.sha256)
            for b in session.scalars(select(Blob).where(Blob.media_type == "application/pdf"))
        }
        roll = next(p for p in session.scalars(select(Paper)) if (p.log, p.kind) == (residents, "roll_notice"))
        stays = next(p for p in session.scalars(select(Paper)) if (p.log, p.kind) == (residents, "official_list"))
        there = {p.kind for p in session.scalars(select(Paper).where(Paper.log == residents)) if p.sha256 in blobs}
        known = {v for log in session.scalars(select(Log.id)) for v in openings(store, session, log).values()}
        facts = world_of(store, session, residents).election
    assert all(r.name.startswith("［") for r in facts.representatives.values())
    assert len(chosen - known) > 10, "who only represented others"
    assert {c.name for c in facts.official} <= known
    assert roll.sha256 in entry.payload["lists"]
    assert not blobs.keys() & set(entry.payload["lists"])
    assert there >= {"official_list", "result_notice", "certificate", "filing_form"}
    assert not there & LISTS
    store.close()
    audited = election(home, "audit", "verify", "--json")
    assert audited.returncode == 0, audited.stdout
    path = tmp_path / "x.zip"
    assert election(home, "bundle", "export", residents, "--out", str(path)).returncode == 0
    verified = election(tmp_path, "verify", str(path), "--trust", answer["trust"], "--json")
    assert verified.returncode == 0, verified.stdout
    number = len(entry.payload["lists"])
    assert f"{number} others, lists of people kept long enough" in verified.stdout
    assert alone(path, answer["trust"])["ok"], "the verifier that stands alone"
    with zipfile.ZipFile(path) as bundled:
        papers = [bundled.read(name) for name in bundled.namelist() if name.startswith("papers/")]
    # nobody of the roll is read anywhere, but whom acts name: who stood for office or did the work
    only_there = {p.name for p in street().communities[0].residents if len(p.name) > 2} - known
    assert len(only_there) > 1500
    assert only_there & chosen
    text = "".join(page for pdf in [*blobs.values(), *papers] for page in pages(pdf))
    assert [name for name in only_there if name in text] == []
    database = readable(b"".join(p.read_bytes() for p in home.rglob("*") if p.is_file()))
    assert [name for name in only_there if name in database] == []
    # any other paper is still missed, by both
    without = tmp_path / "without.zip"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(without, "w") as target:
        for name in source.namelist():
            if name != f"papers/{stays.sha256}.pdf":
                target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name))
    done = election(tmp_path, "verify", str(without), "--json")
    assert "paper-missing" in {p["code"] for p in json.loads(done.stdout)["problems"]}
    assert "papers" in {p["check"] for p in alone(without)["problems"]}


def test_whoever_erases_a_salt_erases_the_person_and_the_chain_still_verifies(
    told: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    """Posted names too, one by one: what is left is a commitment that nobody can open.

    The bundle verifies; the audit of the database says that no signed act erased them.
    """
    import sqlite3

    home = tmp_path / "home"
    shutil.copytree(told[0], home)
    with sqlite3.connect(home / "election.db") as connection:
        erased = connection.execute(
            "DELETE FROM opening WHERE commitment IN (SELECT commitment FROM opening WHERE log = ? LIMIT 40)",
            (residents_of(told[1]),),
        ).rowcount
    assert erased == 40
    audited = election(home, "audit", "verify", "--json")
    assert (audited.returncode, {p["table"] for p in json.loads(audited.stdout)["problems"]}) == (1, {"opening"})
    path = tmp_path / "x.zip"
    assert election(home, "bundle", "export", residents_of(told[1]), "--out", str(path)).returncode == 0
    done = election(tmp_path, "verify", str(path), "--trust", told[1]["trust"], "--json")
    assert done.returncode == 0, done.stdout


# --- whoever carries the whole home away ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loot(told: tuple[Path, dict[str, Any]]) -> Loot:
    return Loot(told[0])


def test_every_table_stands_on_one_side_of_the_ballot_box(loot: Loot) -> None:
    assert loot.tables() == PEOPLE | FIGURES | RECORD | NEITHER
    for table in FIGURES:
        telling = {c for c in loot.columns(table) if TELLING.search(c)}
        assert not telling, (table, telling)


def test_voters_and_votes_share_no_key(loot: Loot) -> None:
    """Ids, commitments, salts and indexes of the rolls are in no other table, but for those who stand for office, hold
    one or work in the hall; and beside a figure there are only those who were voted for."""
    voters = loot.voters()
    assert len(voters["person"]) > 2000
    candidates: set[str] = set()
    for entry, found in loot.entries():
        assert not found & voters["other"], entry["act"]
        if entry["act"] in ("nomination.prospective", "official.fix", "plenary.elect", "council.elect"):
            candidates |= ids_in(entry["payload"]) & voters["person"]
    seen = 0
    for entry, found in loot.entries():
        if has_votes(entry["payload"]):
            assert found & voters["person"] <= candidates, entry["act"]
            seen += 1
    assert seen >= 4, "the check looks at nothing"
    for table in sorted(NEITHER | FIGURES | {"opening", "blob"}):
        for row in loot.ask(f'SELECT * FROM "{table}"'):
            values = {v.lower() for v in row if isinstance(v, str)}
            assert not values & voters["other"], table
            assert not values & voters["person"] or table == "account", table


def test_neither_order_nor_time_tells_who_voted_how(loot: Loot) -> None:
    """While people vote, the record grows by acts about all of them together: none for a voter, none for a ballot."""
    polling = [e for e, _ in loot.entries() if e["act"].split(".")[0] in ("meeting", "ballot", "tally")]
    present = sum(e["payload"]["present"] for e in polling if e["act"] == "meeting.sign_in")
    assert present == 125
    assert len(polling) < present / 2
    for entry in polling:
        assert len(ids_in(entry["payload"]) & loot.voters()["person"]) < 20, entry["act"]
    # nothing about a roll's row changes by voting, and no row says when it was written
    for table in PEOPLE:
        assert not [c for c in loot.columns(table) if re.search(r"_at$|time|voted|issued|present", c)], table
    # what a teller typed before the other is gone
    assert loot.ask("SELECT count(*) FROM blind_sheet") == [(0,)]
    assert loot.ask("SELECT count(*) FROM draft") == [(0,)]


def test_no_byte_log_or_file_name_names_anybody(loot: Loot) -> None:
    log = (loot.home.parent / "everything.log").read_bytes()
    assert b"INSERT INTO roll_row" in log, "the log hears nothing"
    database = b"".join(p.read_bytes() for p in loot.files() if p.name.startswith("election.db"))
    names = "\n".join(str(p) for p in loot.files()).encode()
    people = street().communities[0].residents
    assert len(people) > 2000
    told = {n for p in people for n in (p.id_number, p.phone, p.name if len(p.name) > 2 else "") if n}
    for where, data in (("log", log), ("database", database), ("file names", names)):
        found = readable(data)
        assert [n for n in told if n in found] == [], where
    number = next(p.id_number for p in people if p.id_number)
    assert readable(f"x{number}y".encode()) == number, "the check cannot read"
