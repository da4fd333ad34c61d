"""The wall and its keypad: what is called stands there at once, nothing of it anywhere else, and a slip can be mended."""

# ruff: noqa: F811
from __future__ import annotations

import os
import re
from datetime import UTC, datetime

import pytest

from election.acts import wall
from election.acts.perform import Refused
from election.process.base import Demand
from election.store import sessions
from election.store.accounts import by_login
from election.store.volatile import Volatile

from .. import engines
from .hall_town import BOX, PRESENT, VOTES, Browser, Hall, Page, before, hall, hall_once, twin  # noqa: F401
from .serving import Visitor, serving


@pytest.fixture
def open_hall(hall: Hall) -> Hall:
    hall.opened()
    assert hall.browser("caller1").post(hall.at("/wall"), {}).status == 302
    return hall


def code(hall: Hall) -> str:
    answer = hall.browser("observer").get(hall.at("/wall"))
    assert answer.status == 302
    return answer.location.rsplit("/", 1)[1]


def keyed(**keys: str) -> dict[str, object]:
    return {"_go": "call"} | {k.removeprefix("_").replace("_", "."): v for k, v in keys.items()}


def called(hall: Hall, who: str = "caller1", **keys: str) -> Page:
    return hall.browser(who).post(hall.at("/calling"), keyed(**keys))


def shown(hall: Hall) -> Page:
    """The wall as somebody sees it who is not signed in."""
    return Browser(hall.app.test_client()).get(f"/h/wall/{code(hall)}")


def votes(page: Page) -> list[int]:
    return [int(n) for n in re.findall(r'<td class="votes">(\d+)</td>', page.html)]


def refused(of: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [d.code for d in of.value.demands]


def test_nothing_is_called_before_a_box_is_open(hall: Hall) -> None:
    page = hall.browser("caller1").get(hall.at("/wall"))
    assert "打开唱票大屏" not in page.html
    assert hall.browser("caller1").post(hall.at("/wall"), {}).status == 422
    assert hall.browser("caller1").get(hall.at("/calling")).status == 302


def test_a_called_ballot_is_on_the_wall_at_once(open_hall: Hall) -> None:
    assert called(open_hall, _0_0="for", _0_1="against").status == 302
    assert called(open_hall, _0_0="for", _0_2="for").status == 302
    page = shown(open_hall)
    assert votes(page)[:3] == [2, 0, 1]
    assert page.html.count("<path") == 3
    assert page.html.count('class="newest"') == 2
    assert f"已唱 2 张，还有 {PRESENT - 2} 张未唱" in page.html


def test_the_strokes_of_five_votes_are_one_character(open_hall: Hall) -> None:
    for _ in range(6):
        called(open_hall, _0_3="for")
    assert shown(open_hall).html.count('<svg class="zheng"') == 2


def test_an_over_marked_ballot_is_void_as_the_rules_say(open_hall: Hall) -> None:
    page = called(open_hall, **{f"_0_{n}": "for" for n in range(6)})
    assert page.status == 302
    seen = shown(open_hall)
    assert votes(seen) == [0] * 6
    assert "此项无效票 1 张" in seen.html


def test_a_written_name_gets_a_line(open_hall: Hall) -> None:
    open_hall.browser("caller1").post(
        open_hall.at("/calling"), {"_go": "call", "0.0": "against", "0.written": "欧阳测写"}
    )
    assert "欧阳测写" in shown(open_hall).html


def test_a_scrutineer_takes_the_last_one_back_and_no_other(open_hall: Hall) -> None:
    called(open_hall, _0_0="for")
    called(open_hall, _0_1="for")
    assert open_hall.browser("scrutineer1").post(open_hall.at("/calling"), {"_go": "undo"}).status == 302
    assert votes(shown(open_hall))[:2] == [1, 0]
    assert open_hall.browser("scrutineer1").post(open_hall.at("/calling"), {"_go": "undo"}).status == 422


def test_a_caller_cannot_take_back(open_hall: Hall) -> None:
    called(open_hall, _0_0="for")
    assert "撤回" not in open_hall.browser("caller1").get(open_hall.at("/calling")).html
    open_hall.browser("caller1").post(open_hall.at("/calling"), {"_go": "undo"})
    assert votes(shown(open_hall))[0] == 1


def test_an_earlier_ballot_is_keyed_again_to_be_taken_back(open_hall: Hall) -> None:
    called(open_hall, _0_0="for")
    called(open_hall, _0_1="for")
    undo = open_hall.browser("scrutineer1")
    assert undo.post(open_hall.at("/calling"), {"_go": "withdraw", "0.0": "for"}).status == 302
    assert votes(shown(open_hall))[:2] == [0, 1]
    assert undo.post(open_hall.at("/calling"), {"_go": "withdraw", "0.5": "for"}).status == 422


def test_no_more_are_called_than_were_returned(open_hall: Hall) -> None:
    for _ in range(PRESENT):
        assert called(open_hall, _0_0="for").status == 302
    page = called(open_hall, _0_0="for")
    assert page.status == 422
    assert "已经唱完" in page.html


def test_a_box_beside_what_was_called_by_hand_is_refused_with_the_way_out(open_hall: Hall) -> None:
    called(open_hall, _0_0="for")
    open_hall.counted(open_hall.sheet(VOTES))
    ballots = [{"marks": {"member": {}}}] * PRESENT
    memory = open_hall.app.extensions["election"].memory
    with pytest.raises(Refused) as of:
        wall.show_box(memory, open_hall.world(), open_hall.log, BOX, ballots, open_hall.now)
    assert [(d.code, d.params["called"]) for d in of.value.demands] == [("wall.room", 1)]


def test_a_page_that_stays_open_hears_only_of_news(open_hall: Hall) -> None:
    visitor = Browser(open_hall.app.test_client())
    where = f"/h/wall/{code(open_hall)}/state"
    assert visitor.get(where + "?seen=0").status == 204
    called(open_hall, _0_0="for")
    assert visitor.get(where + "?seen=0").status == 200


def test_a_closed_wall_is_wiped(open_hall: Hall) -> None:
    called(open_hall, _0_0="for")
    old = code(open_hall)
    asked = open_hall.browser("scrutineer1").post(open_hall.at("/wall/close"), {})
    assert "已唱的 1 张随即清除，不能恢复" in asked.html
    assert votes(shown(open_hall))[0] == 1
    assert open_hall.browser("scrutineer1").post(open_hall.at("/wall/close"), {"_go": "do"}).status == 302
    visitor = Browser(open_hall.app.test_client())
    gone = visitor.get(f"/h/wall/{old}")
    assert (gone.status, "重新打开的大屏换了地址" in gone.html, "回到首页" in gone.html) == (404, True, True)
    over = visitor.get(f"/h/wall/{old}/state")  # a page that was open shows no figure any more, and asks no more
    assert (over.status, "唱票大屏已经关闭" in over.html, "hx-get" in over.html) == (200, True, False)
    back = open_hall.browser("caller1").get(f"/h/wall/{old}")
    assert "回到我的工作" in back.html
    assert open_hall.browser("caller1").get("/home").location.endswith(open_hall.at(""))
    open_hall.browser("caller1").post(open_hall.at("/wall"), {})
    assert votes(shown(open_hall)) == [0] * 6


def test_no_partial_count_stands_beside_an_announced_result(open_hall: Hall) -> None:
    called(open_hall, _0_0="for")
    address = f"/h/wall/{code(open_hall)}"
    open_hall.counted(open_hall.sheet(VOTES))
    open_hall.signed()
    version = re.search(r"seen=(\d+)", shown(open_hall).html)
    assert version is not None
    assert open_hall.announced().status == 302
    visitor = Browser(open_hall.app.test_client())
    for path in (address, f"{address}/state?seen={version[1]}"):  # a page that was open hears of it, and asks no more
        page = visitor.get(path)
        assert (page.status, votes(page), "hx-get" in page.html) == (200, [], False)
        assert "唱票已经结束，选举结果已经宣布" in page.html
        assert f"/results/{open_hall.log}" in page.html
        assert "已唱" not in page.html


def test_who_is_not_of_the_hall_neither_calls_nor_opens(open_hall: Hall) -> None:
    for login in ("observer", "jiedao", "desk_clerk1"):
        assert called(open_hall, login, _0_0="for").status == 404
        assert open_hall.browser(login).post(open_hall.at("/wall/close"), {}).status == 404
    assert votes(shown(open_hall)) == [0] * 6


def test_nothing_of_the_calling_reaches_the_home(open_hall: Hall) -> None:
    """No file of the home changes by what is called but for who was last seen: not the database, not a log."""

    def tables() -> dict[str, list[tuple[object, ...]]]:
        return {name: held for name, held in engines.rows(open_hall.store).items() if name != "session"}

    open_hall.browser("caller1").get(open_hall.at("/calling"))
    known = tables()
    for _ in range(3):
        called(open_hall, _0_0="for", _0_1="against")
    shown(open_hall)
    assert tables() == known


def test_the_memory_holds_sums_and_the_last_ballot_alone(open_hall: Hall) -> None:
    """Whatever the order was, the same ballots leave the same memory once the last one is out of it."""

    def told(order: list[dict[str, str]]) -> object:
        memory = Volatile()
        world = open_hall.world()
        wall.open_wall(memory, world, "e")
        for choice in order:
            wall.call(memory, world, "e", {"marks": {"member": choice}})
        found = memory.read("wall:e")
        assert found is not None
        return {k: v for k, v in found.items() if k not in ("code", "last", "lit")}

    a, b, *_ = (c.person for c in open_hall.this.candidates["member"])
    ballots = [{a: "for"}, {b: "for"}, {a: "against", b: "for"}]
    assert told(ballots) == told(ballots[::-1])


def test_a_scanned_box_is_shown_ballot_by_ballot(open_hall: Hall) -> None:
    from datetime import timedelta

    memory, world = Volatile(), open_hall.world()
    wall.open_wall(memory, world, "e")
    a = open_hall.this.candidates["member"][0].person
    ballots = [{"marks": {"member": {a: "for"}}}] * 4
    with pytest.raises(Refused) as caught:  # two are still to enter it blind
        wall.show_box(memory, world, "e", BOX, ballots, open_hall.now)
    assert refused(caught) == ["scan.sheets-open"]
    open_hall.counted(open_hall.sheet(VOTES))
    world = open_hall.world()
    wall.show_box(memory, world, "e", BOX, ballots, open_hall.now)
    later = wall.view(memory, world, "e", open_hall.now + timedelta(seconds=2.1 * wall.PACE))
    assert later is not None
    assert later.called == 2
    with pytest.raises(Refused) as caught:
        wall.call(memory, world, "e", {"marks": {}})
    assert refused(caught) == ["wall.box-shown"]
    last = wall.view(memory, world, "e", open_hall.now + timedelta(seconds=100))
    assert last is not None
    assert last.called == 4
    with pytest.raises(Refused) as caught:
        wall.show_box(memory, world, "e", BOX, ballots, open_hall.now)
    assert refused(caught) == ["wall.box-once"]


def test_processes_that_were_forked_share_one_memory() -> None:
    memory = Volatile()
    child = os.fork()
    if not child:
        memory.change("wall", lambda known: ({"called": 1}, None))
        os._exit(0)
    os.waitpid(child, 0)
    assert memory.read("wall") == {"called": 1}


def test_two_workers_show_one_wall(open_hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real server: whichever of its processes answers, every ballot called is on the wall."""
    home = open_hall.store.home.path
    engines.told_to_children(open_hall.store, monkeypatch)
    caller = by_login(open_hall.store, "caller1")
    assert caller is not None
    signed_in = {"sid": sessions.open_session(open_hall.store, caller, datetime.now(UTC))}
    open_hall.store.close()
    with serving(home, "--workers", "2") as address:
        table = Visitor(address, signed_in)
        assert "打开唱票大屏" in table.get(open_hall.at("/wall"))
        shown = table.post(open_hall.at("/wall"))
        code = re.search(r"/h/wall/(\w+)", shown)
        assert code is not None
        for _ in range(6):
            table.post(open_hall.at("/calling"), **{"_go": "call", "0.0": "for"})
        seen = {re.search(r"已唱 \d+ 张", Visitor(address).get(code[0]))[0] for _ in range(12)}  # type: ignore[index]
    assert seen == {"已唱 6 张"}


def test_what_goes_wrong_leaves_the_memory_as_it_was() -> None:
    memory = Volatile()
    memory.change("wall", lambda _: ({"called": 1}, None))

    def broken(known: object) -> tuple[None, None]:
        raise Refused([Demand("wall.last", False)])

    with pytest.raises(Refused):
        memory.change("wall", broken)
    assert memory.read("wall") == {"called": 1}
