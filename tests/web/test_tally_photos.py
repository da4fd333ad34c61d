"""A teller's photo of the paper sheet: sealed with the entry, shown to nobody before both entries are open."""

from __future__ import annotations

from io import BytesIO

import pytest

from election.process.tally import CommitTally
from election.store.worlds import entries

from .. import engines
from .hall_town import OTHER, PIN, VOTES, Hall, Page, hall, hall_once

__all__ = ["hall", "hall_once"]

PHOTO = b"\xff\xd8\xff\xe0 a sheet on a table"


def entered(hall: Hall, teller: str, votes: list[tuple[int, int]], photo: bytes, called: str = "sheet.jpg") -> Page:
    browser = hall.browser(teller)
    assert browser.post(hall.tally, {**hall.sheet(votes), "_go": "next"}).status == 302
    read_back = browser.get(hall.tally + "/confirm")
    sent = {"seen": read_back.value("seen"), "sign_password": PIN, "attachments": (BytesIO(photo), called)}
    return browser.post(hall.tally + "/confirm", sent)


def committed(hall: Hall) -> list[int]:
    with hall.store.read() as session:
        return [e.seq for e in entries(session, hall.log) if e.act == CommitTally.code]


def test_the_photo_is_closed_until_both_entries_are_open_and_then_stands_beside_the_differences(hall: Hall) -> None:
    hall.opened()
    assert entered(hall, "teller1", VOTES, PHOTO).status == 302
    (first,) = committed(hall)
    closed = f"/c/{hall.log}/attachment/{first}/0"
    for login in ("chair", "jiedao", "zuzhibu"):
        assert hall.browser(login).get(closed).status == 404
    beside = hall.at(f"/differences/{hall.this.contests[0].id}/1")
    assert hall.browser("scrutineer1").get(f"{beside}/photo/{first}/0").status == 404
    assert entered(hall, "teller2", OTHER, PHOTO + b" again").status == 302
    assert hall.browser("chair").get(closed).answer.data == PHOTO
    second = committed(hall)[1]
    page = hall.browser("scrutineer1").get(beside)
    for seq, photo in ((first, PHOTO), (second, PHOTO + b" again")):
        assert f"{beside}/photo/{seq}/0" in page.html
        assert hall.browser("scrutineer1").get(f"{beside}/photo/{seq}/0").answer.data == photo
    assert hall.browser("scrutineer1").get(f"{beside}/photo/{seq}/1").status == 404
    assert hall.browser("teller1").get(f"{beside}/photo/{first}/0").status == 404


def test_what_is_no_photo_is_refused_and_the_figures_stay(hall: Hall) -> None:
    hall.opened()
    refused = entered(hall, "teller1", VOTES, b"MZ\x90\x00", "sheet.jpg")
    assert refused.status == 422
    assert "附件须是 PDF、JPG 或 PNG 文件" in refused.summary
    assert committed(hall) == []
    assert hall.browser("teller1").get(hall.tally).value("r.0.for") == str(VOTES[0][0])


@pytest.mark.parametrize("called", ["../../../outside.jpg", "{above}/outside.jpg", "..\\outside.jpg"])
def test_the_name_of_a_file_that_is_sent_makes_no_path(
    hall: Hall, called: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in no folder afterwards, and its name is nowhere."""
    hall.opened()
    at = hall.store.home.path
    monkeypatch.chdir(at)
    called = called.format(above=at.parent)
    before = {path for path in at.parent.rglob("*") if not path.name.startswith("election.db")}
    assert entered(hall, "teller1", VOTES, PHOTO, called).status == 302
    assert {path for path in at.parent.rglob("*") if not path.name.startswith("election.db")} == before
    assert b"outside" not in engines.content(hall.store)
    (seq,) = committed(hall)
    with hall.store.read() as session:
        (sealed,) = entries(session, hall.log)[seq].attachments
    assert set(sealed) == {"sha256", "size", "media_type"}
