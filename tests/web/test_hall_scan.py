"""A box by scanner, from the pile to the sheet: what is read, decided, sealed, drawn — and what nobody can learn from it."""

# ruff: noqa: F811
from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from errno import ENOSPC
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from election.acts import archive, auditing, doubts, packs, retention, scans, spools
from election.commands import serve
from election.process.after import Destroy
from election.store.tables import ScanDecision, ScanDoubt, ScanImage, ScanPackRow, ScanSecret
from election.store.volatile import Volatile
from election.verify import answer as answers
from election.verify.run import verify
from election.web import MAX_UPLOAD

from .. import engines
from ..acts.test_auditing import changed
from .box_scans import Box, finished, upload
from .hall_town import BOX, PIN, Hall, Once, Page, hall, hall_once  # noqa: F401

RETURNED = 4
ALONE = Path(__file__).parents[2] / "tools" / "verify_alone.py"
#: two clear ballots, one with a faint mark, one with a written name
MARKS = ("ffffa-", "fffaa-", "fff---", "ff-a--")


@pytest.fixture
def box(hall: Hall) -> Box:
    return opened(hall)


def opened(hall: Hall, method: str = "scan", packs: int = 1) -> Box:
    """The box is open; unless said otherwise the scan is one of its two entries and one pack will be drawn."""
    choose(hall, method, packs)
    assert hall.accounted(issued=20, returned=RETURNED).status == 302
    sent: dict[str, object] = {"box": BOX, "_go": "do", "sign_password": PIN}
    assert hall.browser("scrutineer1").post(hall.at("/act/tally.open_box?n=1"), sent).status == 302
    return Box(hall)


def choose(hall: Hall, method: str = "scan", packs: int = 1) -> None:
    sent = {"method": method, "packs": str(packs), "reason": "", "_go": "do"}
    answer = hall.browser("chair").post(hall.at("/act/prepare.counting"), sent)
    assert answer.status == 302, answer.summary


def pile(box: Box) -> list[bytes]:
    return [
        box.ballot(MARKS[0], seed=1),
        box.ballot(MARKS[1], seed=2),
        box.ballot(MARKS[2], seed=3, doubt=4),
        box.ballot(MARKS[3], seed=4, name=True),
    ]


def scan(hall: Hall, files: list[bytes], pack: int = 1, counted: int = RETURNED, void: int = 0) -> Page:
    answer = hall.browser("teller1").post(hall.at("/scan/1"), upload(files, pack, counted, void))
    finished()
    assert answer.status == 302, answer.summary
    return hall.browser("teller1").get(hall.at("/scan/1"))


def dropped(hall: Hall, pack: int, *, decided: int) -> None:
    """A pack is put aside at the second word, and the first says what goes with it."""
    teller = hall.browser("teller1")
    asked = teller.post(hall.at("/scan/1/drop"), {"pack": str(pack)})
    assert asked.status == 200
    assert f"已认定的疑票</dt><dd>{decided}</dd>" in asked.html
    with hall.store.read() as session:
        assert pack in {p.number for p in packs.packs_of(hall.store, session, hall.log, 1)}
    assert teller.post(hall.at("/scan/1/drop"), {"pack": str(pack), "_go": "do"}).status == 302


def decide(hall: Hall, who: str, *, mark: str = "for", name: str = "欧阳测写") -> int:
    """Decide whatever waits for this person; how many that were."""
    browser, done = hall.browser(who), 0
    while True:
        page = browser.get(hall.at("/adjudicate"))
        if page.status != 302:
            return done
        address = page.location
        form = browser.get(address)
        sent = {"m.0": mark} if 'name="m.0"' in form.html else {}
        if 'name="w.1.mark"' in form.html:
            sent |= {"w.1.mark": "for", "w.1.name": name, "w.1.again": name}
        answer = browser.post(address, sent)
        assert answer.status == 302, answer.summary
        done += 1


def close(hall: Hall, who: str = "teller1") -> Page:
    return hall.browser(who).post(hall.at("/scan/1/close"), {"sign_password": PIN})


SHEET = [(4, 0), (4, 0), (3, 0), (1, 2), (1, 2), (0, 0)]


def by_hand(hall: Hall, **changes: str) -> dict[str, object]:
    return hall.sheet(SHEET, invalid=0, w__rows="1", w__0__name="欧阳测写", w__0__for="1", **changes)


def verified(hall: Hall, path: Path) -> None:
    """Both verifiers replay the record: seals open, the dice draw the packs, the sheets make the result."""
    archive.export(hall.store, hall.log, path)
    document = answers.document(verify(path, trust=hall.store.vault.trust))
    assert document["ok"], document["problems"]
    alone = subprocess.run(
        [sys.executable, str(ALONE), str(path), "--json"], capture_output=True, text=True, check=False
    )
    assert alone.returncode == 0, alone.stdout + alone.stderr


def test_a_box_goes_from_the_pile_to_the_result(box: Box, hall: Hall, tmp_path: Path) -> None:
    page = scan(hall, pile(box))
    assert "相符" in page.html
    assert close(hall).status == 422  # two doubts are open
    assert decide(hall, "adjudicator1") == 2
    assert decide(hall, "scrutineer2") == 2
    assert close(hall).status == 302
    facts = hall.this.scans[BOX]
    assert (facts.doubts, facts.figures, len(hall.this.sheets["member", BOX].commitments)) == (2, None, 1)
    hall.enter("teller2", by_hand(hall))
    sheet = hall.this.sheets["member", BOX]
    assert sheet.final is not None, sheet.entries
    assert hall.this.scans[BOX].figures is not None
    drawn(hall)
    hall.signed()
    recounted(hall)
    assert hall.announced().status == 302
    result = hall.browser("observer").get(hall.at("/result")).html
    assert "第三张浅色划写" in result
    assert '<td class="number">3</td><td class="number">4</td>' in result
    verified(hall, tmp_path / "bundle.zip")


def button(hall: Hall, who: str) -> str:
    """The words of the one button of this person's page of the hall; blank where there is none."""
    page = hall.browser(who).get(hall.at()).html
    found = re.search(r'class="next[^"]*">.*?</div>', page, re.DOTALL)
    assert found is not None
    words = re.findall(r"<a class=\"button main\"[^>]*>(.*?)</a>", found[0], re.DOTALL)
    assert page.count("button main") == len(words) <= 1
    return words[0].strip() if words else ""


def test_the_button_says_what_is_next_with_a_scanned_box(box: Box, hall: Hall) -> None:
    def state() -> str:
        page = hall.browser("teller2").get(hall.at()).html
        return re.findall(r'<span class="tag [a-z]+">(.*?)</span>', page)[0]

    assert [button(hall, who) for who in ("teller1", "teller2", "caller1")] == [
        "扫描这一箱",
        "扫描这一箱",
        "打开唱票大屏",
    ]
    scan(hall, pile(box)[:3])
    assert (state(), button(hall, "teller1")) == ("已读 3 张，张数待核对", "扫描这一箱")
    dropped(hall, 1, decided=0)
    scan(hall, pile(box))
    assert state() == "已读 4 张，待认定疑票 2 处"
    waits = ("adjudicator1", "scrutineer2", "teller1")
    assert [button(hall, who) for who in waits] == ["认定疑票", "认定疑票", "录入计票单"]
    decide(hall, "adjudicator1")
    decide(hall, "scrutineer2")
    assert button(hall, "adjudicator1") == ""
    assert (state(), button(hall, "teller2")) == ("已读 4 张，待封存", "封存扫描结果")
    close(hall)
    assert (state(), button(hall, "teller1"), button(hall, "teller2")) == ("扫描结果已封存", "", "录入计票单")


def drawn(hall: Hall) -> None:
    """The dice are read back before they are signed, and what was read back can be mended."""
    scrutineer, thrown = hall.browser("scrutineer1"), {"seed": "3526 14"}
    for order in ({}, {"_go": "next"}):
        asked = scrutineer.post(hall.at("/recount"), {**thrown, **order, "sign_password": PIN})
        assert (asked.status, hall.this.recount) == (200, None)
        assert re.search(r'"read-back".*352614', asked.html, re.DOTALL)
    assert 'value="352614"' in scrutineer.post(hall.at("/recount"), {"seed": "352614", "_go": "edit"}).html
    wrong = scrutineer.post(hall.at("/recount"), {**thrown, "_go": "do", "sign_password": "000000"})
    assert (wrong.status, hall.this.recount) == (422, None)
    assert "352614" in wrong.html
    done = scrutineer.post(hall.at("/recount"), {**thrown, "_go": "do", "sign_password": PIN})
    assert done.status == 302, done.summary


def names_as_many_as_there_are(hall: Hall, sent: dict[str, object]) -> None:
    """A pack has a line for every written name, as a sheet has."""
    page = hall.browser("scrutineer1").post(hall.at("/recount/1/1"), {**sent, "_go": "c0.add"})
    assert (page.status, page.html.count("data-write-in>")) == (200, 2)
    full = {**sent, "c0.w.rows": "4"} | {f"c0.w.{n}.name": f"测名{n}" for n in range(4)}
    page = hall.browser("scrutineer1").post(hall.at("/recount/1/1"), {**full, "_go": "c0.remove:1"})
    assert [f'value="测名{n}"' in page.html for n in range(4)] == [True, False, True, True]
    page = hall.browser("scrutineer1").post(hall.at("/recount/1/1"), {**full, "_go": "c0.add"})
    assert all(f'name="c0.w.{n}.name" value="测名{n}"' in page.html for n in range(4))
    assert 'name="c0.w.4.name" value=""' in page.html


def recounted(hall: Hall) -> None:
    """A hand that finds one ballot otherwise: nothing tells before its figures are sealed, everything afterwards."""
    scrutineer, observer = hall.browser("scrutineer1"), hall.browser("observer")
    again = {f"c0.{k}": v for k, v in by_hand(hall).items() if k != "stamp"}
    sent: dict[str, object] = {**again, "c0.r.0.for": "3", "c0.r.0.abstain": "1", "sign_password": "000000"}
    names_as_many_as_there_are(hall, sent)
    asked = scrutineer.post(hall.at("/recount/1/1"), sent | {"_go": "next", "sign_password": PIN})
    assert (asked.status, hall.this.recount.counts) == (200, {})
    assert "read-back" in asked.html
    assert "欧阳测写" in asked.html
    edit = scrutineer.post(hall.at("/recount/1/1"), sent | {"_go": "edit"})
    assert 'name="c0.r.0.for" value="3" type="text"' in edit.html
    sent["_go"] = "do"
    wrong = scrutineer.post(hall.at("/recount/1/1"), sent)
    assert wrong.status == 422
    assert "read-back" in wrong.html
    assert "不同" not in wrong.html
    answer = scrutineer.post(hall.at("/recount/1/1"), sent | {"sign_password": PIN})
    assert answer.status == 302, answer.summary
    shown = scrutineer.get(hall.at("/recount/1/1"))
    assert 'name="c0.r.0.for"' not in shown.html  # what is sealed cannot be edited
    scrutineer.post(hall.at("/recount/1/1"), {**again, "_go": "do", "sign_password": PIN})
    (count,) = hall.this.recount.counts.values()
    assert (count.differences, count.open) == (2, True)
    places = (
        ' · 赞成</th><td class="number">3</td><td class="number">4</td>',
        ' · 弃权</th><td class="number">1</td><td class="number">0</td>',
    )
    for page in (shown, observer.get(hall.at("/recount"))):
        assert all(place in page.html for place in places), page.text
    assert hall.announced().status == 422
    reason = "第三张浅色划写，手工数作弃权"
    assert scrutineer.post(hall.at("/recount/1/1"), {"reason": reason, "sign_password": PIN}).status == 302
    for path in ("/recount", "/announce"):
        page = hall.browser("presider1").get(hall.at(path))
        assert all(place in page.html for place in (*places, reason)), path


def test_the_audit_opens_what_is_sealed_of_a_box_and_names_what_was_changed(box: Box, hall: Hall) -> None:
    scan(hall, pile(box))
    decide(hall, "adjudicator1")
    hall.enter("teller2", by_hand(hall))
    assert auditing.audit(hall.store)[1] == []
    tables = ["scan_pack", "scan_image", "scan_doubt", "scan_decision", "blind_sheet"]
    other = "(SELECT sealed FROM opening LIMIT 1)"
    found = {table for table, _ in changed(hall.store, *(f"UPDATE {table} SET sealed = {other}" for table in tables))}
    assert found == set(tables)


def test_the_audit_opens_what_is_kept_of_a_closed_box(box: Box, hall: Hall) -> None:
    scan(hall, [box.ballot(MARKS[0], seed=n) for n in range(RETURNED)])
    assert close(hall).status == 302
    assert auditing.audit(hall.store)[1] == []
    found = changed(hall.store, "UPDATE scan_secret SET sealed = (SELECT sealed FROM opening LIMIT 1)")
    assert {table for table, _ in found} == {"scan_secret"}


def test_only_tellers_send_more_than_a_form_may_hold(box: Box, hall: Hall) -> None:
    """What is larger is refused before it is read, unless a teller is signed in."""
    fields = {"pack": b"1", "counted": b"4", "void": b"0", 'files"; filename="a.pdf': bytes(MAX_UPLOAD + 1)}
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (n.encode(), v) for n, v in fields.items()
    ]
    body = b"".join(parts) + b"--x--\r\n"

    def sent_by(client: FlaskClient) -> int:
        return client.post(hall.at("/scan/1"), data=body, content_type="multipart/form-data; boundary=x").status_code

    assert sent_by(hall.app.test_client()) == 413
    assert sent_by(hall.browser("scrutineer1").client) == 413
    assert sent_by(hall.browser("teller1").client) == 302
    finished()


def test_two_who_differ_call_a_third(box: Box, hall: Hall) -> None:
    scan(hall, pile(box)[2:3], counted=1)
    assert decide(hall, "adjudicator1", mark="for") == 1
    assert decide(hall, "scrutineer1", mark="abstain") == 1
    assert decide(hall, "adjudicator1") == 0
    assert decide(hall, "scrutineer2", mark="abstain") == 1
    assert decide(hall, "adjudicator2") == 0


def test_nobody_is_shown_what_another_decided(box: Box, hall: Hall) -> None:
    scan(hall, pile(box)[2:3], counted=1)
    address = hall.browser("adjudicator1").get(hall.at("/adjudicate")).location
    hall.browser("scrutineer1").get(address)  # with what it was told before
    before = hall.browser("scrutineer1").get(address).text
    decide(hall, "adjudicator1", mark="against")
    assert hall.browser("scrutineer1").get(address).text == before
    assert hall.browser("adjudicator1").get(address).status == 302
    assert hall.browser("adjudicator1").get(address + "/picture").status == 404
    assert hall.browser("scrutineer1").get(address + "/picture").answer.mimetype == "image/png"


def test_a_written_name_is_typed_twice(box: Box, hall: Hall) -> None:
    scan(hall, pile(box)[3:], counted=1)
    browser = hall.browser("adjudicator1")
    address = browser.get(hall.at("/adjudicate")).location
    page = browser.post(address, {"w.1.mark": "for", "w.1.name": "欧阳测写", "w.1.again": "欧阳测试"})
    assert page.status == 422
    assert "两次写的姓名不一样" in page.html


def test_an_empty_number_asks_for_one_that_the_field_takes(box: Box, hall: Hall) -> None:
    sent = upload(pile(box)[:1], 1, 1, 0) | {"counted": ""}
    page = hall.browser("teller1").post(hall.at("/scan/1"), sent)
    assert "点过的张数：请填写，1 到 1000" in page.html
    assert "没有的填 0" not in page.summary


def test_a_pile_scanned_twice_is_named(box: Box, hall: Hall) -> None:
    files = pile(box)
    scan(hall, files)
    page = scan(hall, files, pack=2)
    assert "这一扎已经扫过（第 1 扎）" in page.html
    assert "删去第 2 扎。" in page.html
    assert "是选票的，整扎重扫" not in page.html
    dropped(hall, 2, decided=0)
    anew = [box.ballot(m, seed=n, doubt=4 if n == 23 else None, name=n == 24) for n, m in enumerate(MARKS, 21)]
    page = scan(hall, anew, pack=2)
    assert "读到的比收回的多出 4 张。第 1 扎与第 2 扎几乎一样" in page.html


def test_a_scan_and_a_hand_that_differ_are_headed_so(box: Box, hall: Hall) -> None:
    scan(hall, [box.ballot("ffffa-", seed=n) for n in (1, 2, 3, 4)])
    close(hall)
    hall.enter("teller2", hall.sheet([(4, 0), (4, 0), (4, 0), (3, 0), (0, 4), (0, 0)], invalid=0))
    for login in ("scrutineer1", "teller1"):
        page = hall.browser(login).get(hall.at("/differences/member/1")).html
        assert re.findall(r"<(?:span|th)[^>]*>(扫描|手工)</", page)[:2] == ["扫描", "手工"]
        assert "teller1</span>" not in page.split("<main", 1)[1]
    assert "扫描没有纸质计票单" in hall.browser("scrutineer1").get(hall.at("/differences/member/1")).html


def test_a_doubt_says_how_many_wait_and_offers_what_is_printed(box: Box, hall: Hall) -> None:
    scan(hall, pile(box))
    browser, seen = hall.browser("adjudicator1"), []
    for left in (2, 1):
        address = browser.get(hall.at("/adjudicate")).location
        page = browser.get(address).html
        assert f"还有 {left} 处等您认定" in page
        if 'name="w.1.mark"' in page:
            seen = re.findall(r'name="w.1.mark" value="(\w+)"', page)
            browser.post(address, {"w.1.mark": "for", "w.1.name": "欧阳测写", "w.1.again": "欧阳测写"})
        else:
            browser.post(address, {"m.0": "for"})
    assert seen == ["for", "abstain", "none"]


def test_what_is_no_ballot_is_listed_with_why(box: Box, hall: Hall) -> None:
    from PIL import Image

    blank = BytesIO()
    Image.linear_gradient("L").resize((1240, 1754)).save(blank, "PNG")
    one = pile(box)[0]
    page = scan(hall, [one, one, blank.getvalue(), b"no picture", one[:2000]], counted=1)
    for words in ("与前面的图像完全相同", "找不到定位标记", "不是扫描图像", "文件打不开", "scan003.jpg"):
        assert words in page.html
    assert "相符" in page.html
    again = scan(hall, [one], pack=2, counted=1)  # the same picture in another pack
    assert "还差 1 张" in again.html


def elsewhere(hall: Hall, data: bytes, tmp_path: Path, before: Callable[[], None] = lambda: None) -> list[str]:
    """Why a picture is rejected that is read for another box of the round, after ``before`` happened meanwhile."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "x").write_bytes(data)
    files = [("x.jpg", folder / "x")]
    pile = packs.Pile(hall.store, Volatile(), hall.world(), hall.log, "2号票箱", 1, 1, 0, files, folder)
    straight = packs.keeping.straight_pages

    def slow(*given: Any) -> list[bytes | None]:
        found = list(straight(*given))
        patched.undo()
        before()
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(packs.keeping, "straight_pages", slow)
        return [r["why"] for r in packs._read(pile)]


def digests(hall: Hall) -> set[str]:
    with hall.store.read() as session:
        return {d for p in packs.packs_of(hall.store, session, hall.log, 1) for d in p.digests}


def test_one_picture_is_in_one_box(box: Box, hall: Hall, tmp_path: Path) -> None:
    """Also where that box is closed already; once the round is counted nothing tells one picture from another."""
    files = [box.ballot("ffffa-", seed=n) for n in (1, 2, 3, 4)]
    scan(hall, files)
    kept = digests(hall)
    assert close(hall).status == 302
    assert digests(hall) == kept
    assert not kept & {hashlib.sha256(f).hexdigest() for f in _pages(hall)}  # keyed
    assert elsewhere(hall, files[0], tmp_path) == ["same-image"]
    hall.enter("teller2", hall.sheet([(4, 0)] * 4 + [(0, 4), (0, 0)], invalid=0))
    assert hall.this.scans[BOX].figures is not None
    assert digests(hall) == set()


def _pages(hall: Hall) -> list[bytes]:
    with hall.store.read() as session:
        rows = session.scalars(select(ScanImage))
        return [hall.store.vault.open(bytes(row.sealed), f"scan_image:{row.id}") for row in rows]


def test_two_boxes_that_are_read_at_once_keep_a_picture_once(box: Box, hall: Hall, tmp_path: Path) -> None:
    one = box.ballot("ffffa-", seed=1)

    def meanwhile() -> None:
        hall.browser("teller1").post(hall.at("/scan/1"), upload([one], 1, 1))
        finished()

    assert elsewhere(hall, one, tmp_path, meanwhile) == ["same-image"]


def test_a_pile_scanned_twice_shows_in_the_count(box: Box, hall: Hall) -> None:
    twice = [box.ballot(MARKS[0], seed=n) for n in (1, 2, 11, 12)]
    assert "多出 2 张" in scan(hall, twice, counted=2).html
    demands = hall.browser("teller1").get(hall.at("/scan/1/close"))
    assert demands.status == 422


def test_a_pack_is_scanned_once_and_can_be_put_aside(box: Box, hall: Hall) -> None:
    scan(hall, pile(box)[2:3], counted=1)
    answer = hall.browser("teller1").post(hall.at("/scan/1"), upload(pile(box)[:1], 1, 1))
    assert answer.status == 422
    assert "第 1 扎已经扫过" in answer.html
    decide(hall, "adjudicator1")
    dropped(hall, 1, decided=1)
    with hall.store.read() as session:
        for table in (ScanPackRow, ScanImage, ScanDoubt, ScanDecision):
            assert session.scalars(select(table)).all() == []


def reading(monkeypatch: pytest.MonkeyPatch, until: threading.Event) -> None:
    """Reading a pack takes until something happened."""
    read = packs._read

    def slow(pile: packs.Pile) -> list[dict[str, Any]]:
        until.wait(60)
        return read(pile)

    monkeypatch.setattr(packs, "_read", slow)


def test_a_pack_of_which_nothing_is_read_yet_says_what_came(
    box: Box, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = threading.Event()
    reading(monkeypatch, until)
    assert hall.browser("teller1").post(hall.at("/scan/1"), upload(pile(box)[:2], 1, 2)).status == 302
    page = hall.browser("teller1").get(hall.at("/scan/1"))
    until.set()
    finished()
    assert "第 1 扎正在读：已收到 2 个文件，约 2 页，正在准备" in page.html, page.text
    assert '<progress id="scan-bar"></progress>' in page.html  # a bar without a value moves


def test_a_box_is_not_closed_while_a_pack_of_it_is_being_read(
    box: Box, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(hall, [box.ballot(MARKS[0], seed=n) for n in (1, 2, 11, 12)])
    until = threading.Event()
    reading(monkeypatch, until)
    assert hall.browser("teller1").post(hall.at("/scan/1"), upload(pile(box)[2:3], 2, 1)).status == 302
    refused = close(hall)
    until.set()
    finished()
    assert (refused.status, "有一扎正在读，请等它读完" in refused.html) == (422, True)
    assert "还有 1 处疑票" in close(hall).html


def test_what_is_read_after_the_box_was_closed_is_not_kept(
    box: Box, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who does not see the work, as a process of its own does not, closes the box."""
    scan(hall, [box.ballot(MARKS[0], seed=n) for n in (1, 2, 11, 12)])
    until = threading.Event()
    reading(monkeypatch, until)
    assert hall.browser("teller1").post(hall.at("/scan/1"), upload(pile(box)[2:3], 2, 1)).status == 302
    with monkeypatch.context() as blind:
        blind.setattr(packs, "working", lambda *_: None)
        assert close(hall).status == 302
    until.set()
    finished()
    with hall.store.read() as session:
        assert [p.number for p in packs.packs_of(hall.store, session, hall.log, 1, BOX)] == [1]
        assert session.scalars(select(ScanDoubt)).all() == []
        assert len(session.scalars(select(ScanImage)).all()) == RETURNED
    assert "第 2 扎还没有读完，这一箱已经封存" in hall.browser("teller1").get(hall.at("/scan/1")).html
    late = hall.browser("teller1").post(hall.at("/scan/1"), upload(pile(box)[2:3], 3, 1))
    assert (late.status, "已经封存，不能再扫" in late.html) == (422, True)


def test_no_picture_stays_behind_where_the_room_for_it_ends(
    box: Box, hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setattr(spools, "spool", lambda: folder)
    whole = FileStorage.save

    def save(file: FileStorage, path: Path) -> None:
        whole(file, path)
        if len(list(folder.iterdir())) == 2:
            raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(FileStorage, "save", save)
    answer = hall.browser("teller1").post(hall.at("/scan/1"), upload(pile(box)[:3], 1, 3))
    assert (answer.status, "磁盘已满" in answer.text) == (507, True)
    assert not folder.exists()


KILLED = """
import os, signal
from pathlib import Path
from election.acts import spools
spools.place = lambda: Path({where!r})
print(spools.spool(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what is being read, nor another program's folder, nor what somebody laid there in a spool's name."""
    monkeypatch.setattr(spools, "place", lambda: tmp_path)
    code = KILLED.format(where=str(tmp_path))
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    left = Path(said.stdout.strip())
    assert left.parent == tmp_path, said.stderr
    (left / "scan").write_bytes(b"a ballot")
    for kept in ("elsewhere", "escan"):
        (tmp_path / kept).mkdir()
    (tmp_path / "election-scan-link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "election-scan-file").write_bytes(b"")
    first = spools.spool()
    assert not left.exists()
    second = spools.spool()
    assert {p.name for p in tmp_path.iterdir()} == {
        first.name, second.name, "elsewhere", "escan", "election-scan-link", "election-scan-file"
    }  # fmt: skip
    spools.remove(first)
    spools.remove(second)
    assert not first.exists()


def test_the_server_sweeps_when_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hall: Hall) -> None:
    (tmp_path / "election-scan-left").mkdir()
    monkeypatch.setattr(spools, "place", lambda: tmp_path)
    engines.told_to_children(hall.store, monkeypatch)
    serve.application().extensions["election"].store.close()
    assert not (tmp_path / "election-scan-left").exists()


def test_a_void_ballot_that_no_scanner_reads_counts_as_void(box: Box, hall: Hall) -> None:
    scan(hall, [box.ballot("ffffa-", seed=n) for n in (1, 2, 3)], counted=RETURNED, void=1)
    refused = close(hall)
    assert (refused.status, "监票人还没有认定" in refused.html) == (422, True)
    confirm = hall.at("/scan/1/void")
    assert hall.browser("teller2").post(confirm, {"pack": "1", "void": "1"}).status == 404
    assert hall.browser("scrutineer1").post(confirm, {"pack": "1", "void": "2"}).status == 422
    assert "认定是废票" in hall.browser("scrutineer1").get(hall.at("/scan/1")).html
    assert hall.browser("scrutineer1").post(confirm, {"pack": "1", "void": "1"}).status == 302
    assert close(hall).status == 302
    assert hall.browser("scrutineer2").post(confirm, {"pack": "1", "void": "1"}).status == 422
    hall.enter("teller2", hall.sheet([(3, 0)] * 4 + [(0, 3), (0, 0)]))
    assert hall.this.sheets["member", BOX].final is not None


def test_the_wall_shows_no_scanned_box_before_the_second_entry_is_in(box: Box, hall: Hall) -> None:
    scan(hall, [box.ballot("ffffa-", seed=n) for n in (1, 2, 3, 4)])
    assert close(hall).status == 302
    show, page = hall.at("/scan/1/show"), hall.at("/scan/1")
    assert "在大屏上放映这一箱" not in hall.browser("teller1").get(page).html
    answer = hall.browser("teller1").post(show, {})
    assert (answer.status, "计票还没有结束" in answer.html) == (422, True)
    hall.enter("teller2", hall.sheet([(4, 0)] * 4 + [(0, 4), (0, 0)], invalid=0))
    assert "在大屏上放映这一箱" in hall.browser("teller1").get(page).html
    assert hall.browser("teller1").post(show, {}).status == 302
    assert hall.browser("scrutineer1").post(show, {}).status == 422


def test_a_second_sheet_by_hand_leads_to_the_scan(box: Box, hall: Hall) -> None:
    hall.enter("teller2", by_hand(hall))
    answer = hall.browser("teller1").get(hall.tally)
    assert answer.status == 302
    assert answer.location.endswith("/scan/1")


def test_a_scan_beside_two_hands_is_awaited_and_its_difference_looked_into(hall: Hall) -> None:
    box, sign = opened(hall, "check", packs=0), hall.at("/sign/member/1")
    scan(hall, [box.ballot("ffffa-", seed=n) for n in (1, 2, 3, 4)])
    for teller in ("teller2", "teller3"):
        hall.enter(teller, hall.sheet([(4, 0), (4, 0), (4, 0), (3, 0), (0, 4), (0, 0)], invalid=0))
    for login in ("teller2", "scrutineer1"):
        assert "待扫描核对" in hall.browser(login).get(hall.at()).html
        assert "sign_password" not in hall.browser(login).get(sign).html
    assert close(hall).status == 302
    name = next(c.name for c in hall.this.candidates["member"] if c.person == box.people[3])
    waiting, looking = (hall.browser(login).get(sign).html for login in ("teller2", "scrutineer1"))
    assert "扫描与手工有 2 处不同" in waiting
    assert f"{name} · 赞成" in waiting
    assert "sign_password" not in waiting + looking
    assert "写明理由</a>" not in waiting
    assert "写明理由</a>" in looking
    scrutineer = hall.browser("scrutineer1")
    assert "查明扫描与手工的不同" in scrutineer.get(hall.at()).html
    explain = hall.at("/act/scan.explain?contest=member&n=1")
    assert f"{name} · 赞成" in scrutineer.get(explain).html
    sent: dict[str, object] = {"reason": "一张票折了角，读错一处", "_go": "do", "sign_password": PIN}
    assert scrutineer.post(explain, sent).status == 302
    assert "监票人已经查明" in hall.browser("teller2").get(sign).html
    for login in ("teller2", "teller3", "scrutineer1"):
        seen = hall.browser(login).get(sign).value("seen")
        assert hall.browser(login).post(sign, {"seen": seen, "sign_password": PIN}).status == 302


# --- what nobody can learn -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def read_once(hall_once: dict[str, Once], tmp_path_factory: pytest.TempPathFactory) -> Once:
    """The pile is read once; every test takes a copy of the home."""
    told = hall_once["vote"]
    at = tmp_path_factory.mktemp("read") / "home"
    copied = told.copy(at)
    scan(copied, pile(opened(copied)))
    copied.store.close()
    return replace(told, home=at)


@pytest.fixture
def read(read_once: Once, tmp_path: Path) -> Iterator[Hall]:
    """The pile is read, its two doubts are open."""
    copied = read_once.copy(tmp_path / "read")
    yield copied
    copied.store.close()


def test_no_page_shows_a_figure_before_the_count_is_closed(read: Hall) -> None:
    decide(read, "adjudicator1")
    decide(read, "scrutineer2")
    close(read)
    names = [c.name for c in read.this.candidates["member"]]
    for login in ("teller1", "teller2", "scrutineer1", "observer", "chair", "presider1"):
        for path in ("", "/scan/1", "/tally/member/1", "/recount", "/result"):
            page = read.browser(login).get(read.at(path))
            assert not any(name in page.html for name in names) or path == "/tally/member/1", (login, path)
    assert 'value="4"' not in read.browser("teller2").get(read.tally).html


def test_images_hold_pixels_alone(read: Hall) -> None:
    with read.store.read() as session:
        rows = list(session.scalars(select(ScanImage)))
        assert len(rows) == RETURNED
        for row in rows:
            page = read.store.vault.open(bytes(row.sealed), f"scan_image:{row.id}")
            assert page.startswith(b"\xff\xd8")
            assert not any(word in page for word in (b"Exif", b"2010:12:26", b"ScannerMaker", b"scan00"))
            assert b"scan00" not in bytes(row.sealed)


def test_no_file_name_and_no_time_is_kept(read: Hall) -> None:
    with read.store.read() as session:
        for table in (ScanPackRow, ScanImage, ScanDoubt, ScanDecision):
            assert not [c.name for c in table.__table__.columns if "time" in c.name or c.name.endswith("_at")]
        rows = session.scalars(select(ScanPackRow)).all()
        assert rows
        for row in rows:
            content = read.store.vault.open_json(bytes(row.sealed), f"scan_pack:{row.id}")
            assert set(content) == {"counted", "void", "voided_by", "ballots", "rejected", "digests", "images"}
            assert all(set(b) == {"id", "marks", "write_ins"} for b in content["ballots"])
            assert content["images"] == sorted(content["images"])
            assert content["digests"] == sorted(content["digests"])


def test_ballots_of_a_pack_are_shuffled(box: Box, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pile's order is put through the system's own randomness, before it is written."""
    seen: list[int] = []

    class Reversing:
        def shuffle(self, rows: list[object]) -> None:
            seen.append(len(rows))
            rows.reverse()

    monkeypatch.setattr(scans.secrets, "SystemRandom", Reversing)
    scan(hall, [box.ballot("f-----", seed=1), box.ballot("-f----", seed=2), box.ballot("--f---", seed=3)], counted=3)
    with hall.store.read() as session:
        (pack,) = packs.packs_of(hall.store, session, hall.log, 1, BOX)
    voted = [next(c for c, mark in b["marks"]["member"].items() if mark == "for") for b in pack.ballots]
    assert voted == box.people[2::-1]
    assert seen == [3, 3, 0]


@pytest.mark.skipif(engines.on_postgresql(), reason="only the embedded engine numbers rows")
def test_tables_of_scans_number_no_row(read: Hall) -> None:
    with read.store.read() as session:
        for table in ("scan_pack", "scan_image", "scan_doubt", "scan_decision", "scan_secret"):
            made = (
                session.connection().exec_driver_sql(f"select sql from sqlite_master where name = '{table}'").scalar()
            )
            assert "WITHOUT ROWID" in str(made)


def test_decisions_are_sealed_in_one_entry_and_gone_elsewhere(read: Hall) -> None:
    decide(read, "adjudicator1")
    decide(read, "scrutineer2")
    size = read.facts.size
    close(read)
    assert read.facts.size == size + 2  # the box closed, its sheet committed
    with read.store.read() as session:
        assert doubts.of_box(read.store, session, read.log, 1) == []
        assert session.scalars(select(ScanDecision)).all() == []
    read.enter("teller2", by_hand(read))
    assert read.facts.size == size + 5  # by hand, both open, the scan open


def test_images_go_with_the_ballots(read: Hall) -> None:
    """``retention.destroy`` of the ballots, when their time of keeping is over, erases what was scanned of them."""
    erase = retention.rows(read.store, read.log, Destroy(what="ballots", reason="保存期满"))
    assert erase is not None
    with read.store.write(read.log) as session:
        erase(session, None)  # type: ignore[arg-type]  the entry is not looked at
    with read.store.read() as session:
        for table in (ScanPackRow, ScanImage, ScanDoubt, ScanDecision, ScanSecret):
            assert session.scalars(select(table)).all() == []
