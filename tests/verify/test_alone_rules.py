"""Rules that the verifier in one file judges by itself: each is broken by those who hold every key, and told at its place."""

from __future__ import annotations

import hashlib
import json
import random
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from election.count.seating import Person, Reservation, seat
from election.names.writing import clean_name
from election.record import bundle
from tests.verify.forging import Forger, signed
from tests.verify.recorded import KINDS, LOGS, NAME, Recorded, whole
from tests.verify.test_forgeries import ALONE
from tests.verify.test_scanned import told

ELECTION, OFFICE, MANIFEST = "logs/election.jsonl", "logs/office.jsonl", bundle.MANIFEST
Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def forgers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Forger]:
    path = tmp_path_factory.mktemp("rules") / "x.zip"
    return {
        "party": Forger(whole("party"), path, random.Random(6)),
        "scan": Forger(told("scan"), path, random.Random(7)),
    }


def written(forger: Forger, story: Recorded) -> bytes:
    """The bundle of a story whose election was altered, all linked and signed anew by the server."""
    forger._renumbered(story)
    return forger._forged(story, "", "election", ()).data


def altered(forger: Forger, changes: dict[str, Change]) -> bytes:
    """Every act of these codes with its payload changed, and signed for by the same people."""
    story = forger._copy()
    for n, entry in enumerate(story.logs["election"]):
        if entry.act in changes:
            payload = json.loads(json.dumps(entry.payload))
            changes[entry.act](payload)
            story.logs["election"][n] = signed(entry, payload=payload)
    return written(forger, story)


def texts(data: bytes) -> set[tuple[str, str]]:
    """(act that stands there, text) of what is wrong."""
    return {((p["act"] or "").split(",")[0], p["text"]) for p in ALONE.check(data).told()}


def first_outcome(**changes: Any) -> Change:
    return lambda payload: payload["outcomes"][0].update(changes)


def recounted(change: Change) -> dict[str, Change]:
    """Figures that both tellers give alike, with the commitments and signatures of the tally made to fit."""
    held: dict[str, Any] = {}

    def reveal(payload: dict[str, Any]) -> None:
        for shown in payload["entries"]:
            change(shown["figures"])

    def fit(forger: Forger) -> None:
        entry = next(e for e in forger.told.logs["election"] if e.act == "tally.reveal")
        payload = json.loads(json.dumps(entry.payload))
        reveal(payload)
        shown = payload["entries"]
        made = [ALONE.seal("tally", e["salt"], ALONE.bytes_of(e["figures"])) for e in shown]
        held.update(made=iter(made), digest=hashlib.sha256(ALONE.bytes_of(shown[0]["figures"])).hexdigest())

    held["fit"] = fit
    return {
        "tally.reveal": reveal,
        "tally.commit": lambda payload: payload.update(commitment=next(held["made"])),
        "tally.sign": lambda payload: payload.update(sheet_sha256=held["digest"]),
        "": lambda payload: held["fit"](payload),
    }


@pytest.mark.parametrize(
    ("story", "changes", "act", "text"),
    [
        ("party", {"tally.commit": lambda p: p.update(commitment="0" * 64)}, "tally.reveal", "the figures shown"),
        ("party", {"tally.sign": lambda p: p.update(sheet_sha256="0" * 64)}, "tally.sign", "signs other bytes"),
        ("party", {"tally.sign": lambda p: p.update(contest="x")}, "result.announce", "was not signed by two tellers"),
        ("party", {"result.announce": first_outcome(contest="x")}, "result.announce", "where the round asks for member"),
        ("party", {"result.announce": first_outcome(elected=["x"])}, "result.announce", "elected is ['x']"),
        ("party", {"result.announce": first_outcome(elected=[], vacant=1)}, "result.announce", "vacant is 1"),
        ("party", recounted(lambda f: f.update(invalid=f["invalid"] + 1)), "result.announce", "a sheet of"),
        ("party", recounted(lambda f: f["rows"][0].update(abstain=99)), "result.announce", "a row of"),
        ("scan", {"scan.open": lambda p: p.update(salt="9" * 64)}, "scan.open", "is not the one that was sealed"),
        ("scan", {"scan.close": lambda p: p["packs"][0].update(ballots=1)}, "scan.open", "do not add up"),
        ("scan", {"recount.draw": lambda p: p.update(head="9" * 64)}, "recount.draw", "on another record"),
        ("scan", {"recount.draw": lambda p: p.update(drawn=[])}, "recount.draw", "packs that the dice do not draw"),
        ("scan", {"recount.record": lambda p: p.update(salt="9" * 64)}, "recount.record", "the pack that is opened"),
    ],
)  # fmt: skip
def test_a_count_that_is_none_is_told_where_it_stands(
    forgers: dict[str, Forger], story: str, changes: dict[str, Change], act: str, text: str
) -> None:
    if "" in changes:
        changes[""](forgers[story])  # type: ignore[arg-type]
    found = texts(altered(forgers[story], changes))
    assert any(stands == act and text in said for stands, said in found), found


@pytest.mark.parametrize(("act", "text"), [("scan.close", "closed twice"), ("recount.draw", "packs drawn twice")])
def test_what_is_done_once_is_not_done_twice(forgers: dict[str, Forger], act: str, text: str) -> None:
    story = forgers["scan"]._copy()
    at = next(n for n, entry in enumerate(story.logs["election"]) if entry.act == act)
    story.logs["election"].insert(at, story.logs["election"][at])
    assert any(stands == act and text in said for stands, said in texts(written(forgers["scan"], story)))


def test_who_is_near_to_a_candidate_counts_again_when_dismissed(forgers: dict[str, Forger]) -> None:
    """Staff that the record names as relatives, by the person whose account signs."""
    told_by: dict[str, Change] = {"prepare.staff": lambda p: p.update(relative_of_candidate=True)}
    story = forgers["party"]._copy()
    person = next(e.payload["person"] for e in story.logs["election"] if e.act == "prepare.staff")
    for n, entry in enumerate(story.logs["office"]):
        if entry.payload.get("account") == "teller1":
            story.logs["office"][n] = replace(entry, payload=entry.payload | {"person": person})
    forger = Forger.__new__(Forger)
    forger.__dict__ = forgers["party"].__dict__ | {"told": story}
    near = ("tally.sign", "signed by a candidate or a near relative of one")
    assert near in texts(altered(forger, told_by))
    assert near not in texts(altered(forger, {}))
    staff = next(e for e in story.logs["election"] if e.act == "prepare.staff")
    at = next(n for n, e in enumerate(story.logs["election"]) if e.act == "tally.commit")
    story.logs["election"].insert(at, replace(staff, act="prepare.dismiss", payload={"person": person}, statements=[]))
    assert near not in texts(altered(forger, told_by))


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"}, {"sig": "x" * 128}, {"sig": "0" * 128}, {"key": "0" * 64}, {"role": "x"}, {"account": "x"},
        {"log": LOGS["office"]}, {"more": "x"}, {"sig": None},
    ],
)  # fmt: skip
def test_a_statement_is_all_of_its_form(forgers: dict[str, Forger], change: dict[str, Any]) -> None:
    forger, story = forgers["party"], forgers["party"]._copy()
    entry = next(e for e in story.logs["election"] if e.statements)
    forger._replace(story, "election", entry.seq, statements=[entry.statements[0] | change])
    found = ALONE.check(forger._forged(story, "", "election", ()).data).problems
    assert ("statements", entry.seq + 1) in {(p["check"], p["line"]) for p in found}


@pytest.mark.parametrize("act", ["office.account_close", "office.key_revoke", "office.key"])
def test_nobody_signs_whose_key_counts_no_more(forgers: dict[str, Forger], act: str) -> None:
    forger, story = forgers["party"], forgers["party"]._copy()
    opened = next(e for e in story.logs["office"] if e.payload.get("account") == "teller1")
    log = story.logs["office"]
    log[-1] = replace(log[-1], act=act, payload={"account": "teller1"})
    forger._linked(story)
    signs = [e.seq + 1 for e in story.logs["election"] if e.actor["account"] == "teller1" and e.statements]
    found = ALONE.check(forger._forged(story, "", "office", ()).data).problems
    assert opened.seq < log[-1].seq
    assert {(ELECTION, line) for line in signs} <= {(p["file"], p["line"]) for p in found}


@pytest.mark.parametrize(
    "kind", ["key_revoked", "account_closed", "foreign_algorithm", "relative", "false_reveal", "tallies_left_out"]
)
def test_what_every_key_may_sign_is_told_by_its_own_rule(forgers: dict[str, Forger], kind: str) -> None:
    """Nothing else is wrong with these: signatures, sums and seals are good."""
    forgery = getattr(forgers["party"], kind)()
    found = ALONE.check(forgery.data).problems
    assert any(p["file"] == forgery.files[0] and p["line"] in forgery.lines for p in found), forgery.what


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'"act":', b'"act":"x","act":', 1),
        lambda line: line.replace(b'"attempt":1', b'"attempt":1.0'),
        lambda line: line.replace(b'"attempt":1', b'"attempt":NaN'),
        lambda line: line.replace(b'"attempt":1', b'"attempt":9007199254740992'),
        lambda line: line.replace(b'"attempt":1', b'"attempt":true'),
        lambda line: line.replace(b":", b": ", 1),
        lambda line: line.replace(b'"payload":{', b'"payload":{"A":1,', 1),
        lambda line: line.replace(b'"payload":{', '"payload":{"a":"e\u0301",'.encode(), 1),
        # a line that is in NFC, with a text that is not
        lambda line: line.replace(b'"payload":{', '"payload":{"a":"\\n\u0338",'.encode(), 1),
        lambda line: line.replace(LOGS["office"].encode(), LOGS["campaign"].encode()),
    ],
    ids=["twice", "float", "nan", "large", "true", "blank", "key", "nfc", "escape", "log"],
)
def test_a_line_has_one_form(forgers: dict[str, Forger], change: Callable[[bytes], bytes]) -> None:
    lines = forgers["party"].good[OFFICE].split(b"\n")
    if change(lines[3]) == lines[3]:
        pytest.fail("nothing was changed")
    data = forgers["party"].packed({OFFICE: b"\n".join([*lines[:3], change(lines[3]), *lines[4:]])})
    assert {(OFFICE, 4), (OFFICE, 5)} & {(p["file"], p["line"]) for p in ALONE.check(data).problems}


def at(data: bytes, place: int, new: bytes) -> bytes:
    return data[:place] + new + data[place + len(new) :]


def central(data: bytes) -> int:
    return int(struct.unpack_from("<L", data, len(data) - 6)[0])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda data: data[:10], "the archive's end"),
        (lambda data: at(data, len(data) - 12, b"\0\0"), "the archive's end"),
        (lambda data: at(at(data, len(data) - 14, b"\xff\0"), len(data) - 12, b"\xff\0"), "file "),
        (lambda data: at(data, central(data) + 38, b"x"), "file 2 of the archive"),
        (lambda data: at(at(data, 8, b"\x08"), central(data) + 10, b"\x08"), "MANIFEST"),
        (lambda data: at(at(data, 14, b"xxxx"), central(data) + 16, b"xxxx"), "MANIFEST"),
    ],
    ids=["short", "none", "fewer", "attributes", "deflated", "sum"],
)
def test_every_byte_of_the_archive_has_its_place(
    forgers: dict[str, Forger], change: Callable[[bytes], bytes], place: str
) -> None:
    (found,) = ALONE.check(change(forgers["party"].packed({}))).problems
    assert found["check"] == "archive"
    assert found["file"].startswith(place)


def test_more_files_than_any_bundle_has_are_no_input(
    forgers: dict[str, Forger], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ALONE, "MOST_FILES", 3)
    with pytest.raises(SystemExit):
        ALONE.check(forgers["party"].packed({}))


def test_a_manifest_names_its_format_and_every_file_once(forgers: dict[str, Forger]) -> None:
    from election.record import note

    forger = forgers["party"]
    head, *rows = note.body_of(forger.good[MANIFEST].decode()).splitlines()
    for made in (["elec-bundle/v2", *rows], [head, *rows, rows[-1]], [head, *rows[::-1]], [head, "x", *rows]):
        text = note.sign("\n".join(made) + "\n", NAME, forger.told.server)
        assert [p["file"] for p in ALONE.check(forger.packed({MANIFEST: text.encode()})).problems] == [MANIFEST]


def test_a_checkpoint_of_another_log_is_none_of_these(forgers: dict[str, Forger]) -> None:
    forger = forgers["party"]
    lines = forger.told.lines("office")
    for kind in KINDS:
        text = bundle.checkpoint(NAME, forger.told.server, kind, str(LOGS["office"])[:-1] + "9", lines)
        (found,) = ALONE.check(forger.packed({}), earlier=text.encode()).problems
        assert (found["check"], found["text"]) == ("earlier", "the earlier checkpoint is of another log")


def test_a_bundle_that_is_not_there_is_no_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["verify_alone.py", str(tmp_path / "none.zip")])
    with pytest.raises(SystemExit, match="2"):
        ALONE.main()
    assert capsys.readouterr().err.count("\n") == 1


# --- results, against the program's own count ------------------------------------------------------------------------


def test_seats_go_as_the_program_gives_them() -> None:
    """Few seats, few votes, many equals, two kinds asked for: both seat the same, tied or not."""
    chance = random.Random(20101226)
    for _ in range(2000):
        seats, asked = chance.randint(1, 4), Counter(police=chance.randint(0, 2), tertiary=chance.randint(0, 2))
        people = {f"p{n}": chance.randint(0, 4) for n in range(chance.randint(0, 7))}
        kinds = {person: {kind for kind in asked if chance.random() < 0.4} for person in people}
        passed = [Person(n, people[p], frozenset(kinds[p])) for n, p in enumerate(people) if people[p] >= 2]
        ours = seat(passed, seats, [Reservation(kind, number) for kind, number in asked.items()])
        count = ALONE.Count({}, True)
        count.reserved = {"member": asked}
        count.known = {(person, "member"): ("", of) for person, of in kinds.items()}
        found = count.seat("member", seats, people, 2)
        assert set(found.elected) == {f"p{n}" for n in ours.elected}
        assert set(found.tied) == {f"p{n}" for n in ours.tied}
        assert found.open == ours.tied_seats


@pytest.mark.parametrize(
    "name", ["王 英", "阿不都•热合曼", "王\u200b英", "Li  Ming", " 王英", "王\u3000英", "e\u0301a"]
)
def test_names_compare_as_the_program_compares_them(name: str) -> None:
    assert ALONE.plain_name(name) == clean_name(name)


def test_an_election_that_it_does_not_count_again_is_named(
    forgers: dict[str, Forger],
) -> None:
    """One person's votes for several contests, one post each: the page says that the program alone counts these."""
    members = dict(forgers["party"].good)
    (path,) = (name for name in members if name.startswith("rulesets/"))
    rules = json.loads(members[path])
    for rule in ("carry_down", "one_post_each"):
        rules["values"][rule]["value"] = True
        count = ALONE.Count({path: json.dumps(rules).encode()}, True)
        said: list[str] = []
        for _, entry in ALONE.Log("election", members[ELECTION], ALONE.Report()).each():
            said += count.read(entry, "")
        assert (said, [contest for contest, _ in count.left]) == ([], ["member"])
        rules["values"][rule]["value"] = False
    report = ALONE.Report()
    report.left.append({"contest": "council", "line": 7, "why": "its votes stand in its own act"})
    assert any("council (line 7)" in line for line in ALONE.as_lines(report))
    assert json.loads(ALONE.as_json(report))["not_recounted"] == report.left
