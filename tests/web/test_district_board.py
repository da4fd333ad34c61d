"""The board of many communities: its numbers, its order, and that it reads tables and folds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event

from election import law
from election.acts.do import do
from election.process.campaign import AskPostponement, ChangeDay, DecidePostponement
from election.process.facts import Election
from election.process.steps import Status
from election.process.world import World
from election.store import worlds
from election.web.district import board
from election.web.district.board import Wish
from election.web.district.tracks import Stop, Track, state
from election.web.words import step_title

from .conftest import OTHER_STREET, STREET, Town
from .district_towns import many_communities

pytestmark = pytest.mark.each_engine

NUMBER = 45


@pytest.fixture
def street(office: Town) -> Town:
    """One street with 45 communities, each at its own step, and an empty street beside it."""
    from election.process.base import Role

    for login, role, scope in (
        ("organisation", Role.ORGANISATION, STREET.split("/")[0]),
        ("street", Role.STREET, STREET),
        ("other_street", Role.STREET, OTHER_STREET),
    ):
        office.join(login, role, scope)
    office.campaign = many_communities(office.store, office.people["street"].actor, STREET, NUMBER, office.clock())
    return office


def rows_of(page: str) -> list[str]:
    return re.findall(r'<tr><th scope="row"><a href="[^"]*">([^<]*)</a>', page)


def table_of(page: str) -> str:
    """The board itself, without what stands above it."""
    return page[page.index('<table class="board') :]


SignIn = Callable[[str], FlaskClient]


def test_every_community_has_its_row(street: Town, sign_in: SignIn) -> None:
    page = sign_in("street").get("/d/?sort=name").get_data(as_text=True)
    assert rows_of(page) == [f"第{n:02d}社区" for n in range(NUMBER)]
    assert "共 45 个社区，显示 45 个" in page


def test_the_board_folds_no_election(street: Town, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The elections of this town have no entries: a fold of one would fail. And it asks the database a few times only."""
    browser = sign_in("street")
    read = worlds.entries

    def no_election(session: object, log: str, *a: int) -> list[object]:
        assert log in {street.campaign} or log not in found, log
        return list(read(session, log, *a))  # type: ignore[arg-type]

    with street.store.read() as session:
        from election.store import boards

        found = {h.id for h in boards.heads(session, STREET) if h.kind == "election"}
    assert len(found) == 2 * NUMBER
    monkeypatch.setattr(worlds, "entries", no_election)
    asked: list[str] = []
    event.listen(street.store.engine, "before_cursor_execute", lambda c, u, statement, *a: asked.append(statement))
    assert browser.get("/d/").status_code == 200
    first = len(asked)
    asked.clear()
    assert browser.get("/d/").status_code == 200
    assert first < 30
    assert len(asked) < 25
    assert not any("step_state" in s for s in asked)  # nothing moved: the tracks are kept


def test_numbers_of_the_board(street: Town, sign_in: SignIn) -> None:
    """Community n has done n % 16 steps, so it stands at the next; overdue by the plan's own days."""
    page = sign_in("street").get("/d/?sort=name").get_data(as_text=True)
    cells = re.findall(r"<b>(\d+)</b>/(\d+)</span>", page)
    assert len(cells) == 2 * NUMBER
    # the second community has done one step of each body: it stands at the second
    assert cells[2][0] == cells[3][0] == "2"
    totals = {body: of for body, (_, of) in zip(("party", "residents"), cells[:2], strict=True)}
    assert totals == {"party": "18", "residents": "20"}


def test_late_ones_come_first_and_say_so(street: Town, sign_in: SignIn) -> None:
    street.clock.forward(days=6)  # 10 December: prospective lists were due on the 6th
    table = table_of(sign_in("street").get("/d/").get_data(as_text=True))
    late = [max(map(int, re.findall(r"逾期 (\d+) 天", row)), default=0) for row in table.split("<tr>")[2:]]
    assert len(late) == NUMBER
    assert late == sorted(late, reverse=True)
    assert late[0] > late[-1] == 0
    assert table.count('class="tag overdue"') >= sum(days > 0 for days in late)


def test_filters(street: Town, sign_in: SignIn) -> None:
    street.clock.forward(days=6)
    browser = sign_in("street")
    late = browser.get("/d/?state=overdue").get_data(as_text=True)
    soon = browser.get("/d/?state=done").get_data(as_text=True)
    assert 0 < len(rows_of(late)) < NUMBER
    assert rows_of(soon) == []
    assert "没有符合条件的社区" in soon
    assert rows_of(browser.get("/d/?q=第07").get_data(as_text=True)) == ["第07社区"]
    one = browser.get("/d/?body=residents").get_data(as_text=True)
    assert len(re.findall(r"<b>(\d+)</b>/(\d+)</span>", one)) == NUMBER
    assert len(rows_of(browser.get(f"/d/?street={street.campaign}").get_data(as_text=True))) == NUMBER
    assert rows_of(browser.get("/d/?street=elsewhere").get_data(as_text=True)) == []


@pytest.mark.parametrize("query", ["sort=nonsense", "body=x&state=y", "q=%01%7f", "q=" + "长" * 500, "sort=&street="])
def test_odd_wishes_do_not_break_it(street: Town, sign_in: SignIn, query: str) -> None:
    assert sign_in("street").get(f"/d/?{query}").status_code == 200


def test_another_street_sees_nothing(street: Town, sign_in: SignIn) -> None:
    page = sign_in("other_street").get("/d/").get_data(as_text=True)
    assert "还没有换届工作" in page
    assert "社区</a>" not in page
    assert "第00社区" not in page
    assert sign_in("other_street").get(f"/d/campaign/{street.campaign}").status_code == 404


def test_the_district_sees_its_streets(street: Town, sign_in: SignIn) -> None:
    page = sign_in("organisation").get("/d/").get_data(as_text=True)
    assert len(rows_of(page)) == NUMBER


def test_another_day_moves_the_deadlines_of_a_board(street: Town, sign_in: SignIn) -> None:
    """The table was written under the old day; the campaign's change is judged when the board is read."""
    actor = street.people["street"].actor
    street.clock.forward(days=6)
    browser = sign_in("street")
    query = "/d/?q=第01&body=party"
    assert "逾期 4 天" in table_of(browser.get(query).get_data(as_text=True))
    today = date(2010, 12, 10)
    change = ChangeDay(community="m1", body="party", day=date(2010, 12, 31), reason="会场被占用")
    do(street.store, street.campaign, change, actor, today, street.clock())
    page = browser.get(query).get_data(as_text=True)
    assert "逾期" not in table_of(page)


def test_what_was_postponed_is_not_late(street: Town, sign_in: SignIn) -> None:
    actor, today = street.people["street"].actor, date(2010, 12, 10)
    street.clock.forward(days=6)
    ask = AskPostponement(community="m1", body="residents", new_day=date(2011, 3, 1), reason="社区正在撤并")
    do(street.store, street.campaign, ask, actor, today, street.clock())
    browser = sign_in("street")
    query = "/d/?q=第01&body=residents"
    assert "逾期" in table_of(browser.get(query).get_data(as_text=True))
    from election.acts.accounts import unlock

    from .conftest import PASSWORD

    decide = DecidePostponement(request=1, approve=True, document_number="柳街〔2010〕9号")
    signer = unlock(street.store, actor.account, PASSWORD)
    do(street.store, street.campaign, decide, actor, today, street.clock(), signers=[signer])
    page = browser.get(query).get_data(as_text=True)
    assert "逾期" not in table_of(page)


# --- the parts -----------------------------------------------------------------------------------------------------------

TODAY = date(2010, 12, 4)


@pytest.mark.parametrize(
    ("status", "due", "expected"),
    [
        (Status.OPEN, date(2010, 12, 3), "overdue"),
        (Status.OPEN, date(2010, 12, 4), "soon"),
        (Status.OPEN, date(2010, 12, 7), "soon"),
        (Status.OPEN, date(2010, 12, 8), "open"),
        (Status.OPEN, None, "open"),
        (Status.WAITING, date(2010, 12, 3), "overdue"),
        (Status.WAITING, date(2010, 12, 8), "waiting"),
        (Status.WAITING, None, "waiting"),
        (Status.DONE, date(2010, 12, 1), "done"),
    ],
)
def test_state_of_a_step(status: Status, due: date | None, expected: str) -> None:
    assert state(Stop("party.roll", status, due, 1), TODAY) == expected


def a_track(*stops: tuple[str, Status, date | None]) -> Track:
    return Track("e", "party", tuple(Stop(*s, attempt=1) for s in stops))


def test_a_cell_names_the_step_that_presses() -> None:
    track = a_track(("party.roll", Status.OPEN, None), ("party.prospective", Status.WAITING, date(2010, 12, 1)))
    cell = board.cell(track, TODAY)
    assert (cell.number, cell.of, cell.state, cell.left) == (1, 2, "overdue", -3)
    assert cell.due.startswith("逾期 3 天（")


def test_a_cell_of_what_is_over() -> None:
    cell = board.cell(a_track(("party.roll", Status.DONE, date(2010, 11, 1))), TODAY)
    assert (cell.state, cell.step, cell.due) == ("done", "已归档", "")


def test_today_is_the_last_day() -> None:
    assert board.cell(a_track(("party.roll", Status.OPEN, TODAY)), TODAY).due == "今天截止"


def test_a_step_is_named_as_its_ruleset_names_it() -> None:
    app = Flask("words")
    with app.test_request_context("/"):
        assert step_title("residents.meeting") == "召开居民代表大会"
        assert step_title("residents.meeting", law.load("residents-2026")) == "设站投票或召开会议，验证领票"
        g.place = SimpleNamespace(world=World(election=Election(rules=law.load("residents-2026"))))
        assert step_title("residents.meeting") == "设站投票或召开会议，验证领票"


def test_the_strip_has_a_square_for_each_step() -> None:
    track = a_track(("a", Status.DONE, None), ("b", Status.OPEN, None), ("c", Status.WAITING, None))
    assert dict(board.strip(track, TODAY)) == {
        "done": "M0 0h8v8h-8z",
        "open": "M10 0h8v8h-8z",
        "waiting": "M20 0h8v8h-8z",
    }


def row(name: str, left: int, number: int) -> board.Row:
    return board.Row("k", "街道", name, name, (board.Cell("party", "open", number=number, of=10, left=left),))


def test_three_ways_to_sort() -> None:
    found = [row("乙", 5, 2), row("甲", 9, 1), row("丙", -2, 9)]

    def names(sort: str) -> list[str]:
        return [r.name for r in board.chosen(found, Wish(sort=sort))]

    assert names("delay") == ["丙", "乙", "甲"]
    assert names("step") == ["甲", "乙", "丙"]
    assert names("name") == ["丙", "乙", "甲"]
