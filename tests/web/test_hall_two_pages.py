"""A ballot of two pages, from the pile to the sealed box: three contests in large type, one of them on a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from election.acts import ballots, scans
from election.demo import whole
from election.demo.residents import residents_nomination, residents_official, residents_roll, residents_seats
from election.store.home import Home

from ..ballots.scans import Pen, box_of, rasterise, scanned
from ..once import once
from .box_scans import DPI, finished, jpeg, upload
from .hall_town import BOX, PIN, Hall, Once, Page, begun, staff

RETURNED = 3


def _tell(folder: Path) -> Once:
    home = Home(folder / "home")
    sample, party, log = begun(home)
    residents_roll(sample, log, 5)
    residents_seats(sample, log, 5)
    residents_nomination(sample, log, 5)
    whole.approve_candidates(sample, log, 5)
    residents_official(sample, log, 5)
    staff(sample, log, 5, "lead5", large_type=True)
    whole.hold_meeting(sample, log, 5, "residents", sample.cast.world(log).election.entitled)
    sample.cast.store.close()
    return Once(home.path, sample.cast.clock.now, log, party)


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Hall]:
    """The residents' box is open, to be read by scanner."""
    copied = once(tmp_path_factory, "two-pages", _tell).copy(tmp_path / "home")
    sent = {"method": "scan", "packs": "0", "reason": "", "_go": "do"}
    assert copied.browser("lead").post(copied.at("/act/prepare.counting"), sent).status == 302
    printed = copied.this.printed
    assert printed is not None
    numbers = {"issued": RETURNED, "returned": RETURNED, "spoiled": 0, "unused": printed - RETURNED}
    sent = {k: str(v) for k, v in numbers.items()} | {"_go": "do"}
    assert copied.browser("lead").post(copied.at("/account"), sent).status == 302
    opened = {"box": BOX, "_go": "do", "sign_password": PIN}
    assert copied.browser("scrutineer1").post(copied.at("/act/tally.open_box?n=1"), opened).status == 302
    yield copied
    copied.store.close()


@cache
def printed(design: str, pdf: bytes) -> list[Any]:
    return [rasterise(pdf, DPI, page) for page in (0, 1)]


def ballot(hall: Hall, votes: dict[str, str], *, seed: int, doubt: str = "") -> list[bytes]:
    """The two pages of a ballot with one vote for a person in each contest; that of ``doubt`` is faint."""
    pdf, layout = ballots.design(hall.world(), hall.this)
    assert layout["pages"] == 2
    pages = [page.copy() for page in printed(layout["design"], pdf)]
    on = {mark["contest"]: mark["page"] for mark in layout["marks"]}
    assert set(on.values()) == {1, 2}
    for contest, person in votes.items():
        pen = Pen(pages[on[contest] - 1], DPI, **({"grey": 205} if contest == doubt else {}))
        pen.tick(box_of(layout, contest, person, "for"))
    rng = np.random.default_rng(seed)
    return [jpeg(scanned(page, rng, turn=float(rng.uniform(-1, 1)))) for page in pages]


def scan(hall: Hall, files: list[bytes], counted: int, pack: int = 1) -> Page:
    answer = hall.browser("teller1").post(hall.at("/scan/1"), upload(files, pack, counted))
    finished()
    assert answer.status == 302, answer.summary
    return hall.browser("teller1").get(hall.at("/scan/1"))


def test_two_pages_are_one_ballot_and_a_doubt_shows_the_page_it_is_on(hall: Hall) -> None:
    this = hall.this
    cast = [{c.id: this.candidates[c.id][n % 2].person for c in this.contests} for n in range(RETURNED)]
    last = max(hall.this.contests, key=lambda c: len(this.candidates[c.id])).id
    piles = [ballot(hall, votes, seed=n, doubt=last if n == 2 else "") for n, votes in enumerate(cast)]
    page = scan(hall, [one for pile in piles for one in pile], counted=RETURNED)
    assert "相符" in page.html
    for who in ("adjudicator1", "adjudicator2"):
        asked = hall.browser(who).get(hall.at("/adjudicate"))
        assert asked.status == 302
        form = hall.browser(who).get(asked.location)
        assert form.html.count('name="m.0"') >= 1
        assert 'name="m.1"' not in form.html
        person = next(c.name for c in this.candidates[last] if c.person == cast[2][last])
        assert person in form.html
        picture = hall.browser(who).get(asked.location + "/picture")
        assert picture.status == 200
        assert hall.browser(who).post(asked.location, {"m.0": "for"}).status == 302
    assert hall.browser("teller1").post(hall.at("/scan/1/close"), {"sign_password": PIN}).status == 302
    with hall.store.read() as session:
        found = scans.ballots_of(hall.store, session, hall.log, 1, BOX)
    voted = [{(c, p) for c, marks in b["marks"].items() for p, m in marks.items() if m == "for"} for b in found]
    assert sorted(map(sorted, voted)) == sorted(sorted(votes.items()) for votes in cast)
    assert {contest for contest, _ in hall.this.sheets} == {c.id for c in this.contests}


def test_a_page_that_is_missing_makes_no_ballot_of_two_peoples_pages(hall: Hall) -> None:
    this = hall.this
    votes = {c.id: this.candidates[c.id][0].person for c in this.contests}
    piles = [ballot(hall, votes, seed=n) for n in range(RETURNED)]
    files = [*piles[0], piles[1][0], *piles[2]]
    scan(hall, files, counted=RETURNED, pack=2)
    # a sheet that lies face down looks like one that has lost a page
    page = scan(hall, [*piles[0], *reversed(piles[1]), *piles[2]], counted=RETURNED)
    assert "还差 3 张" in page.html
    assert "这一扎的页凑不成整张" in page.html
    with hall.store.read() as session:
        assert scans.ballots_of(hall.store, session, hall.log, 1, BOX) == []
