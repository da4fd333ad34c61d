"""Openings carried apart: only the password opens them, only until their day, and nothing of the file can be changed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from election.faults import WrongInput
from election.record import apart, archive, keys, seal
from election.record.apart import ApartError, Expired
from election.verify.sealed import placed
from tests.verify.recorded import LOGS, whole

UNTIL = date(2013, 12, 31)
OPENINGS = [seal.commit(value, bytes([n]) * 32) for n, value in enumerate(("王建国", "13800000000", "李秀英"))]


def closed(log: str = "l") -> str:
    return apart.close(log, UNTIL, OPENINGS, "口令", keys.CHEAP)


def test_the_password_opens_it_until_its_day() -> None:
    text = closed()
    found = apart.open(text, "口令", UNTIL)
    assert (found.log, found.until) == ("l", UNTIL)
    assert set(found.openings) == set(OPENINGS)
    assert not any(o.value in text for o in OPENINGS)
    with pytest.raises(Expired):
        apart.open(text, "口令", UNTIL + timedelta(days=1))
    with pytest.raises(ApartError):
        apart.open(text, "别的口令", UNTIL)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("until", "2099-01-01"),
        ("log", "m"),
        ("passes", 2),
        ("memory_kib", 2**40),
        ("kdf", "md5"),
        ("format", "x"),
        ("salt", "zz"),
    ],
)
def test_a_header_that_was_changed_opens_nothing(field: str, value: object) -> None:
    head, rest = closed().split("\n", 1)
    changed = json.loads(head) | {field: value}
    text = json.dumps(changed, sort_keys=True, separators=(",", ":")) + "\n" + rest
    with pytest.raises(ApartError):
        apart.open(text, "口令", UNTIL)


@pytest.mark.parametrize("text", ["", "{}", "x\ny\n", '{"format":"elec-openings/v1"}\nAA==\n'])
def test_what_is_no_file_of_openings_is_said_so(text: str) -> None:
    with pytest.raises(ApartError):
        apart.open(text, "口令", UNTIL)


def test_each_is_held_against_the_bundle(tmp_path: Path) -> None:
    told = whole("residents")
    path = told.write(tmp_path / "x.zip")
    mine = told.openings[-2:]
    stray = seal.commit("不在记录里", b"s" * 32)
    wrong = seal.Opening(mine[0].commitment, mine[0].salt, "改过的值")
    rows = placed(path, apart.Apart(LOGS["election"], UNTIL, (*mine, stray, wrong)))
    assert [row["seq"] is not None for row in rows] == [True, True, False, False]


def test_an_opening_of_another_election_has_no_place_in_the_bundle(tmp_path: Path) -> None:
    told = whole("residents")
    path = told.write(tmp_path / "x.zip")
    (row,) = placed(path, apart.Apart(LOGS["campaign"], UNTIL, tuple(told.openings[-1:])))
    assert row["seq"] is None


@pytest.mark.parametrize("line", [None, b"{}\n"], ids=["no-log", "no-entry"])
def test_a_damaged_bundle_places_nothing(tmp_path: Path, line: bytes | None) -> None:
    with archive.Archive(whole("residents").write(tmp_path / "x.zip")) as bundle:
        members = {name: bundle.read(name) for name in bundle.members}
    log = members.pop("logs/election.jsonl")
    changed = {} if line is None else {"logs/election.jsonl": line + log}
    archive.write(tmp_path / "y.zip", sorted((members | changed).items()))
    with pytest.raises(WrongInput, match=r"y\.zip: the bundle is damaged; verify it first"):
        placed(tmp_path / "y.zip", apart.Apart(LOGS["election"], UNTIL, ()))
