"""Slips of the hand are said at once, before anything is made with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from election.cli import main
from election.faults import WrongInput
from election.record import keys, note
from election.record.printed import Printed, typed
from election.store.database import Store
from tests.engines import told_to_children
from tests.store.test_backup import Office

ROOT = "89ab " * 16


def refused(order: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stop:
        main(order)
    out, err = capsys.readouterr()
    assert (stop.value.code, out, len(err.splitlines())) == (2, "", 1)
    return err


@pytest.mark.parametrize(
    ("until", "password", "said"),
    [
        ("2020-12-31", "档案室的密码2010，很长", "--until: 2020-12-31 is over; give a day from today on"),
        ("2999-12-31", "bad", "--password-file: The password is too short"),
        ("2999-12-31", "123456789012", "--password-file: This password is easily guessed"),
    ],
)
def test_openings_are_written_for_a_day_to_come_and_under_a_password_that_is_one(
    until: str, password: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "password").write_text(f"{password}\n", encoding="utf-8")
    own = ["--until", until, "--password-file", str(tmp_path / "password"), "--out", str(tmp_path / "out")]
    assert said in refused(["bundle", "openings", "some-election", *own], capsys)
    assert not (tmp_path / "out").exists()


def test_a_witness_s_name_is_refused_before_the_key_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server = note.vkey("test-office", keys.public(keys.generate()))
    (tmp_path / "password").write_text("见证人的密码\n", encoding="utf-8")
    own = ["--dir", str(tmp_path / "witness"), "--password-file", str(tmp_path / "password")]
    assert "not the name of a witness" in refused(["witness", "new", "街道", "--server", server, *own], capsys)
    assert not (tmp_path / "witness").exists()


def test_nothing_is_asked_of_a_witness_whom_nobody_registered(
    each_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(each_store)
    told_to_children(each_store, monkeypatch)
    order = ["witness", "request", office.election, "--witness", "nobody", "--out", str(tmp_path / "asked")]
    assert "nobody: no witness of this name is registered" in refused(order, capsys)
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(
    ("text", "count"),
    [("113 89ab", 4), (f"113 {ROOT[5:]}", 60), (f"存证 113：{ROOT[:-2]}g", 63), (f"113 {ROOT}{ROOT[5:]}", 124)],
)
def test_digits_that_are_missing_are_counted(text: str, count: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(WrongInput, match=f"64 hex digits, and {count} are given"):
        typed(text)
    assert f"and {count} are given" in refused(["verify", "x.zip", "--checkpoint", text], capsys)


def test_a_file_s_name_is_none_of_what_a_paper_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "113 ab").touch()
    assert [typed(text) for text in ("113 ab", "2.note", "/a/b 3", "")] == [None] * 4
    assert typed(f"113 {ROOT}") == Printed(113, bytes.fromhex("89ab" * 16))
