"""Sign-in by a card's square or a name, one batch when it closes; the papers and cards that are printed before."""

# ruff: noqa: F811
from __future__ import annotations

import io
import re

import pikepdf
import pypdfium2
import pytest
from sqlalchemy import delete

from election.acts import cards
from election.names.pinyin import search_text
from election.store import jobs
from election.store.signing_in import present
from election.store.tables import CheckpointRow, Job, Log, SignedIn
from election.store.worlds import entries

from .. import engines
from .hall_town import Hall, before, hall_once  # noqa: F401


@pytest.fixture
def opened(before: Hall) -> Hall:
    before.browser("chair").post(before.at("/act/meeting.open"), {"place": "活动中心", "_go": "next"})
    return before


def holders(hall: Hall) -> list[cards.Holder]:
    with hall.store.read() as session:
        return cards.entitled(hall.store, session, hall.world())


def came(hall: Hall) -> set[str]:
    with hall.store.read() as session:
        return present(session, hall.log)


def typed(hall: Hall, who: str, login: str = "desk_clerk1") -> int:
    return hall.browser(login).post(hall.at("/sign-in"), {"who": who}).status


def test_a_scanned_card_and_a_typed_name_sign_in_and_never_twice(opened: Hall) -> None:
    first, second = holders(opened)[:2]
    assert typed(opened, cards.code(opened.store, opened.log, first.person).lower()) == 302
    assert typed(opened, f" {second.name} ") == 302
    assert came(opened) == {first.person, second.person}
    assert typed(opened, first.name, "chair") == 422
    page = opened.browser("desk_clerk1").get(opened.at("/sign-in"))
    assert "已到会 2" in page.text
    assert came(opened) == {first.person, second.person}


def test_sign_in_is_not_to_be_closed_before_anybody_came(opened: Hall) -> None:
    main, desk = '<a class="button main"', 'button main" href="/h/{}/sign-in"'
    page = opened.browser("presider1").get(opened.at())
    assert main not in page.html
    assert "还没有人签到" in page.text
    assert desk.format(opened.log) in opened.browser("desk_clerk1").get(opened.at()).html
    typed(opened, holders(opened)[0].name)
    page = opened.browser("presider1").get(opened.at())
    assert main in page.html
    assert "现已签到 1" in page.text


def test_another_square_is_no_card_of_the_meeting(opened: Hall) -> None:
    for who in ("ABCDEFGH12345678", "https://example.org/a"):
        page = opened.browser("desk_clerk1").post(opened.at("/sign-in"), {"who": who})
        assert "这不是本次会议的证件" in page.summary
        assert "请核对姓名" not in page.html


def test_a_part_of_a_name_or_its_pinyin_is_offered_and_signs_nobody_in(opened: Hall) -> None:
    holder = holders(opened)[0]
    for part in (holder.name[:2], search_text(holder.name).split()[-1]):
        page = opened.browser("desk_clerk1").post(opened.at("/sign-in"), {"who": part})
        assert f'value="{holder.person}"' in page.html, part
    assert came(opened) == set()


@pytest.mark.parametrize("who", ["", "查无此人", "A" * 16, "名" * 500])
def test_who_is_not_on_the_list_is_told_so(opened: Hall, who: str) -> None:
    page = opened.browser("desk_clerk1").post(opened.at("/sign-in"), {"who": who})
    assert page.status == 422
    # the next card is scanned while the last one's error is still there: the field has the keys
    assert re.findall(r"<(\w+)[^>]*\bautofocus\b", page.html) == ["input"]
    assert came(opened) == set()


def test_a_card_of_another_election_opens_nothing(opened: Hall) -> None:
    assert typed(opened, cards.code(opened.store, opened.residents, holders(opened)[0].person)) == 422


def test_a_mistake_is_taken_back(opened: Hall) -> None:
    one = holders(opened)[0]
    typed(opened, one.name)
    assert opened.browser("desk_clerk1").post(opened.at("/sign-in"), {"back": one.person}).status == 302
    assert came(opened) == set()


def test_nobody_signs_in_before_the_meeting_is_open(before: Hall) -> None:
    assert typed(before, holders(before)[0].name) == 422
    assert came(before) == set()


def test_a_teller_has_no_business_at_the_door(opened: Hall) -> None:
    assert opened.browser("teller1").get(opened.at("/sign-in")).status in (403, 404)


def test_the_close_seals_the_number_and_the_list_in_its_own_order_and_keeps_nothing_else(opened: Hall) -> None:
    people = holders(opened)
    for one in reversed(people[:18]):
        assert typed(opened, cards.code(opened.store, opened.log, one.person)) == 302
    assert "人数够了" in opened.browser("desk_clerk1").get(opened.at("/sign-in/close")).text
    assert opened.browser("desk_clerk1").post(opened.at("/sign-in/close"), {}).status == 302
    assert opened.facts.meeting is not None
    assert opened.facts.meeting.present == 18
    with opened.store.read() as session:
        entry = entries(session, opened.log)[-1]
        assert session.query(SignedIn).count() == 0
    assert entry.act == "meeting.sign_in"
    assert entry.payload == {"present": 18}
    assert len(entry.attachments) == 1
    assert not any(one.person in str(entry.to_bytes()) or one.name in entry.to_bytes().decode() for one in people)
    assert typed(opened, people[19].name) == 422


def test_a_number_alone_does_not_lose_the_list_of_who_came(opened: Hall) -> None:
    typed(opened, holders(opened)[0].name)
    presider, number = opened.browser("presider1"), opened.at("/act/meeting.sign_in")
    assert presider.get(number).location.endswith("/sign-in/close")
    assert presider.post(number, {"present": "20", "_go": "do"}).location.endswith("/sign-in/close")
    assert len(came(opened)) == 1
    opened.browser("desk_clerk1").post(opened.at("/sign-in"), {"back": holders(opened)[0].person})
    assert presider.get(number).status == 200  # nobody signed in here: the number from the paper list


# --- cards in the background ------------------------------------------------------------------------------------------


def test_cards_are_made_in_the_background_and_given_out_once(before: Hall) -> None:
    chair, waiting = before.browser("chair"), []
    before.app.extensions["election"].launch = lambda store, job: waiting.append(job)
    assert chair.post(before.at("/printing/cards"), {}).status == 302
    assert chair.post(before.at("/printing/cards"), {}).status == 302
    assert len(waiting) == 1  # the second goes to the one under way
    assert "正在生成" in chair.get(before.at("/printing")).text
    from election.acts.jobs import run

    run(before.store, waiting[0])
    assert "只能领取一次" in chair.get(before.at("/printing/cards/state")).text
    asked = chair.post(before.at("/printing/cards.pdf"), {})
    assert "取走以后这里不再留文件" in asked.html
    state = before.at("/printing/cards/state?asking=1")
    assert state in asked.html
    assert chair.get(state).status == 204
    made = chair.client.post(before.at("/printing/cards.pdf"), data={"_go": "do"})
    with pypdfium2.PdfDocument(made.data) as document:
        text = "".join("".join(page.get_textpage().get_text_bounded() for page in document).split())
    people = holders(before)
    assert all("".join(one.name.split()) in text for one in people)
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert len(pdf.pages) == -(-len(people) // 10)
    assert chair.client.post(before.at("/printing/cards.pdf"), data={"_go": "do"}).status_code == 422
    for address in (before.at("/printing"), state):  # a page that stayed open hears that the file is gone
        after = chair.get(address).html
        assert f"生成的 {len(people)} 份已经领取" in after
        assert "重新生成全部证件" in after
        assert "在后台生成全部证件" not in after
    with before.store.read() as session:
        assert session.query(Job).one().sealed is None


def test_the_first_sheet_of_cards_is_said_at_once(before: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "FIRST", 3)
    monkeypatch.setattr(cards, "AT_ONCE", 8)
    said: list[tuple[int, int]] = []
    made = cards.make(before.store, before.log, lambda done, total: said.append((done, total)))
    total = len(holders(before))
    assert said == [(done, total) for done in (0, 3, 9, *range(17, total, 8), total)]
    assert made.startswith(b"%PDF")


def test_a_job_that_died_or_failed_says_so_and_can_be_started_again(before: Hall) -> None:
    chair, waiting = before.browser("chair"), []
    before.app.extensions["election"].launch = lambda store, job: waiting.append(job)
    chair.post(before.at("/printing/cards"), {})
    before.now += 2 * jobs.SILENT
    assert "中断" in chair.get(before.at("/printing")).text
    chair.post(before.at("/printing/cards"), {})
    assert len(set(waiting)) == 2
    jobs.fail(before.store, waiting[1], "字体缺字", before.now)
    assert "字体缺字" in chair.get(before.at("/printing")).text


def test_a_result_that_nobody_fetches_goes(before: Hall) -> None:
    job, new = jobs.begin(before.store, before.log, "voter_cards", "a", before.now)
    assert new
    jobs.finish(before.store, job, b"names", before.now)
    later = before.now + jobs.KEPT + jobs.SILENT
    assert jobs.fetch(before.store, before.log, "voter_cards", later) is None
    assert jobs.standing(before.store, before.log, "voter_cards", later) is None
    jobs.begin(before.store, before.residents, "voter_cards", "a", later)
    with before.store.read() as session:
        assert session.get(Job, job) is None


def test_a_process_of_its_own_does_the_job(before: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    from election.acts.jobs import launch

    engines.told_to_children(before.store, monkeypatch)

    job, _ = jobs.begin(before.store, before.log, "voter_cards", "a", before.now)
    launch(before.store, job).join(120)
    found = jobs.standing(before.store, before.log, "voter_cards", before.now)
    assert found is not None
    assert (found.state, found.done) == ("done", len(holders(before)))


def test_the_papers_of_the_ballots_come_from_one_page(before: Hall) -> None:
    chair = before.browser("chair")
    page = chair.get(before.at("/printing"))
    assert "封签" in page.text
    assert "带存根的一张是 210×323 毫米" in page.text
    assert "用 A3 纸按实际大小印" in page.text
    this = before.this
    for kind, pages in (("ballots", this.printed), ("stubs", this.printed)):
        answer = chair.client.get(before.at(f"/printing/{kind}"))
        assert answer.status_code == 200
        with pikepdf.open(io.BytesIO(answer.data)) as pdf:
            assert len(pdf.pages) == pages
    layout = chair.client.get(before.at("/printing/layout")).get_json()
    assert layout["design"] == this.design
    for kind in ("ballot_packs", "ballot_control"):
        with before.store.write() as session:
            session.execute(delete(CheckpointRow).where(CheckpointRow.log == before.log))
        assert chair.client.get(before.at(f"/printing/papers/{kind}.pdf")).data.startswith(b"%PDF")
        with before.store.read() as session:  # what they say of the record is signed
            assert session.get(CheckpointRow, (before.log, session.get_one(Log, before.log).size)) is not None
    assert before.browser("teller1").get(before.at("/printing")).status in (403, 404)
