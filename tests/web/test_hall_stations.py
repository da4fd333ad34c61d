"""The vote under today's law through its pages: stations opened and closed, boxes mixed, counted each alone, shown in the result."""

from __future__ import annotations

import re
from datetime import datetime, time
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete

from election.acts import accounts
from election.demo import today, whole
from election.demo.residents import residents_official
from election.demo.story import PIN, SHANGHAI, Cast, Clock, sheet
from election.process import notices, result, tally
from election.process.base import Role
from election.process.facts import Election, Round, Sheet
from election.store import sessions
from election.store.accounts import by_login
from election.store.database import Store
from election.store.tables import ScanPackRow
from election.web import create_app
from election.web.voter.results import by_box
from tests.web.committee_town import Browser, Page

BOX1, BOX2, BOX3 = today.BOXES


class Polls:
    """The residents' election of today's street on the morning of its vote, and whoever works there."""

    def __init__(self, store: Store) -> None:
        cast = Cast(store, Clock())
        accounts.open_office(store, name="sample-office", demonstration=True, now=cast.clock.now)
        sample = today.begin(cast)
        _, self.log = whole.community(sample, 1)
        today.residents_list(sample, self.log)
        whole.approve_candidates(sample, self.log, 1)
        residents_official(sample, self.log, 1)
        today.absent_voters(sample, self.log)
        today.prepared(sample, self.log)
        cast.join(
            "presider", "zhuchi", "主持人", Role.PRESIDER, sample.path(1), by=cast.actor("chair1"), election=self.log,
            password=PIN,
        )  # fmt: skip
        cast.clock.at(today.RESIDENTS_DAY, 8)
        self.store, self.cast, self.sample = store, cast, sample
        self.now = datetime.combine(today.RESIDENTS_DAY, time(16), SHANGHAI)
        self.app: Flask = create_app(store, clock=lambda: self.now, testing=True)
        self.app.config["WTF_CSRF_ENABLED"] = False

    @property
    def facts(self) -> Election:
        return self.cast.world(self.log).election

    def browser(self, login: str) -> Browser:
        client = self.app.test_client()
        if login:
            found = by_login(self.store, login + today.TAIL)
            assert found is not None, login
            client.set_cookie("sid", sessions.open_session(self.store, found, self.now))
        return Browser(client)

    def done(self, who: Browser, code: str, **typed: object) -> Page:
        """An act of the hall's pages, read once more and signed with the PIN where it asks."""
        answer = who.post(f"/h/{self.log}/act/{code}", {**typed, "_go": "do", "sign_password": PIN})
        assert answer.status == 302, answer.summary or answer.text[:600]
        return who.get(f"/h/{self.log}")


@pytest.fixture
def polls(store: Store) -> Polls:
    return Polls(store)


def test_what_falls_with_the_ballots_is_said_before_they_are_withdrawn(polls: Polls) -> None:
    page = polls.browser("zuzhang1").post(
        f"/c/{polls.log}/act/prepare.withdraw_ballots", {"reason": "印错一字", "_go": "next"}
    )
    assert page.status == 200
    again = page.html.split("随后须依次重新办理", 1)[1].split("</dd>", 1)[0]
    order = ("确定投票站和流动票箱", "印制并封存选票", "封闭票箱", "公布投票时间和地点", "确认准备完成")
    places = [again.find(words) for words in order]
    assert places == sorted(places), again
    assert -1 not in places, again
    assert polls.facts.prepared, "it was only asked"


def close_all(polls: Polls, presider: Browser) -> dict[str, int]:
    """Every station opened with what it needs, and closed; returns who voted at each."""
    voted = {today.FIRST: 90, today.SECOND: 40, today.MOBILE: 3}
    for station, people in voted.items():
        polls.done(presider, "polling.open", station=station, ballots=people + 5)
        numbers = {"in_person": people, "by_proxy": 0, "issued": people, "spoiled": 0, "unused": 5}
        polls.done(presider, "polling.close", station=station, **numbers)
    return voted


def test_the_day_of_the_vote_through_the_hall_s_pages(polls: Polls) -> None:
    presider, scrutineer, visitor = polls.browser("zhuchi"), polls.browser("scrutineer1-ju"), polls.browser("")
    home = presider.get(f"/h/{polls.log}")
    for words in ("中心投票站", "二号投票站", "流动票箱", "登记选民", "投票站开始投票 0/3"):
        assert words in home.text
    assert "各名额已有结果" not in home.text, "nothing was counted yet"
    assert "大会" not in re.sub("社区.{0,8}大会", "", home.text)

    early = presider.post(f"/h/{polls.log}/act/polling.declare", {"_go": "do"})
    assert early.status == 422
    assert "还有投票站没有结束投票" in early.summary
    wrong = {"station": today.FIRST, "ballots": "9999", "_go": "do"}
    assert "选票不够" in presider.post(f"/h/{polls.log}/act/polling.open", wrong).summary

    said = presider.post(f"/h/{polls.log}/act/polling.open", {"station": today.FIRST, "ballots": "95", "_go": "next"})
    assert "请核对：登记开始投票" in said.text, "what cannot be corrected is read once more"
    assert "登记后不能再改" in said.text
    assert not polls.facts.rounds[0].polls
    assert home.html.count('<th scope="col" class="number">') == 4, "headings stand over their numbers"
    assert "/sign-in" not in home.html, "people sign in at their stations, on paper"

    close_all(polls, presider)
    assert polls.facts.meeting is not None
    assert polls.facts.meeting.present == 133
    assert "已投票 133" in presider.get(f"/h/{polls.log}").text
    polls.done(presider, "polling.declare")
    assert "现在由您办理 合并票箱" in scrutineer.get(f"/h/{polls.log}").text, "or the account of ballots is refused"
    assert "现在没有等您办理的事" in presider.get(f"/h/{polls.log}").text

    account = {
        "issued": "133",
        "spoiled": "0",
        "returned": "133",
        "unused": str((polls.facts.rounds[0].printed or 0) - 133),
    }
    page = presider.get(f"/h/{polls.log}/account")
    assert page.value("issued") == "133"
    alone = presider.post(f"/h/{polls.log}/account", account | {"box1": "90", "box2": "40", "box3": "3", "_go": "do"})
    assert "流动票箱“3号票箱”不能单独计票" in alone.summary
    assert "合并票箱由监票人办理" in alone.text
    assert "/act/tally.mix" not in alone.html, "it is not the presider's"
    theirs = scrutineer.post(
        f"/h/{polls.log}/account", account | {"box1": "90", "box2": "40", "box3": "3", "_go": "do"}
    )
    assert f'href="/h/{polls.log}/act/tally.mix"' in theirs.html
    polls.done(scrutineer, "tally.mix", box=BOX3, into=BOX1)
    assert "3号票箱已并入1号票箱" in scrutineer.get(f"/h/{polls.log}").text
    assert "现在由您办理 清点选票" in presider.get(f"/h/{polls.log}").text
    again = presider.post(f"/h/{polls.log}/account", account | {"box1": "93", "box2": "40", "_go": "next"})
    assert "1号票箱 93 2号票箱 40" in again.text, "every number is seen again before it is final"
    done = presider.post(f"/h/{polls.log}/account", account | {"box1": "93", "box2": "40", "_go": "do"})
    assert done.status == 302, done.summary
    assert polls.facts.rounds[0].account is not None
    assert polls.facts.rounds[0].account["boxes"] == {BOX1: 93, BOX2: 40}

    scanned_boxes(polls)
    announce(polls)
    shown = visitor.get(f"/results/{polls.log}")
    for text in (shown.text, presider.get(f"/h/{polls.log}/result").text, page.text):
        assert "133" in text
        assert "实到" not in text, "nobody meets: they vote"
        assert "应到" not in text
    assert f"登记选民 {polls.facts.entitled} 人，133 人投票" in shown.text
    assert "各票箱的赞成票" in shown.text
    assert BOX1 in shown.text
    assert BOX3 not in shown.text
    for (_, box), counted in polls.facts.rounds[0].sheets.items():  # the facts that the page reads
        if box == BOX2 and counted.final is not None:
            counted.final["returned"] = 29
    small = visitor.get(f"/results/{polls.log}").text
    assert f"登记选民 {polls.facts.entitled} 人，133 人投票" in small
    assert "各票箱" not in small
    assert BOX1 not in small
    assert BOX2 not in small


@pytest.mark.parametrize(
    ("returned", "least", "told"),
    [((30, 93), 30, True), ((29, 93), 30, False), ((93, 29), 30, False), ((133,), 30, False), ((93, 40), None, False)],
)
def test_figures_by_box_are_shown_where_every_box_has_the_least(
    returned: tuple[int, ...], least: int | None, told: bool
) -> None:
    row = {"candidate": "a", "votes_for": 7}
    boxes = {f"{n}号票箱": {"returned": ballots, "rows": [row]} for n, ballots in enumerate(returned, start=1)}
    this = Round(number=1, contests=[], candidates={}, boxes=list(boxes))
    this.sheets = {("chair", box): Sheet(contest="chair", box=box, final=final) for box, final in boxes.items()}
    shown = by_box(this, {"id": "chair"}, least)
    assert shown == ({box: {"a": 7} for box in boxes} if told else {})


def scanned_boxes(polls: Polls) -> None:
    """The page of a box's scan has the ballots of that box alone, and names a pack that was scanned twice."""
    clerk = polls.browser("scrutineer1-ju")
    packed(polls, BOX1, 1, 50)
    packed(polls, BOX1, 2, 43)
    packed(polls, BOX2, 1, 40)
    for box, has in ((1, 93), (2, 40)):
        page = clerk.get(f"/h/{polls.log}/scan/{box}")
        assert f"收回</dt><dd>{has}</dd>" in page.html
        assert f"读到</dt><dd>{has}</dd>" in page.html
        assert "多出" not in page.text
    packed(polls, BOX2, 2, 40)
    assert "读到的比收回的多出 40 张。第 1 扎与第 2 扎几乎一样" in clerk.get(f"/h/{polls.log}/scan/2").text
    assert "多出" not in clerk.get(f"/h/{polls.log}/scan/1").text
    with polls.store.write(polls.log) as session:
        session.execute(delete(ScanPackRow))


def packed(polls: Polls, box: str, pack: int, ballots: int) -> None:
    """A pack as it is kept once it was read."""
    id_ = str(uuid4())
    read = [{"id": str(uuid4()), "marks": {"chair": {"c1": "for"}}, "write_ins": {}} for _ in range(ballots)]
    content = {"counted": ballots, "void": 0, "ballots": read, "rejected": {}, "digests": [], "images": []}
    sealed = polls.store.vault.seal_json(content, f"scan_pack:{id_}")
    with polls.store.write(polls.log) as session:
        session.add(ScanPackRow(id=id_, log=polls.log, round=1, box=box, number=pack, sealed=sealed))


def announce(polls: Polls) -> None:
    """Both boxes counted by two people each, announced and posted."""
    cast, this = polls.cast, polls.facts.rounds[0]
    cast.clock.at(today.RESIDENTS_DAY, 16)
    shares = {"chair": [(60, 5), (20, 30)], "deputy": [(70, 5), (60, 10), (10, 25)]}
    shares["member"] = [(75, 1), (70, 2), (65, 3), (60, 4), (10, 30)]
    for box, returned in ((BOX1, 93), (BOX2, 40)):
        cast.do(polls.log, "scrutineer1", tally.OpenBox(box=box))
        for contest, hundredths in shares.items():
            people = [c.person for c in this.candidates[contest]]
            votes = [
                (p, returned * f // 100, returned * a // 100) for p, (f, a) in zip(people, hundredths, strict=True)
            ]
            cast.tally(polls.log, contest, box, sheet(returned, 0, votes))
    cast.do(polls.log, "lead1", result.Announce())
    cast.do(polls.log, "lead1", notices.PostNotice(kind="result_notice", place="社区宣传栏"))


def test_the_community_s_page_calls_the_step_as_its_election_does(polls: Polls) -> None:
    page = polls.browser("zuzhang1").get(f"/c/{polls.cast.world(polls.log).campaign.id}/c1")
    assert "共 19 步 · 设站投票或召开会议，验证领票" in page.text


def test_the_minutes_name_nobody_by_an_id(polls: Polls) -> None:
    """Of twelve who proposed a candidate, one sits on a body whose members' names were never posted."""
    reader = polls.browser("zuzhang1")
    told = " ".join(reader.get(f"/c/{polls.log}/record?page={page}").text for page in (1, 2))
    assert "联名人 （不公开）、" in told
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", told)
    assert "记入时间 2026年9月" in reader.get(f"/c/{polls.log}/record/10").text


def test_what_a_voter_is_told_and_what_the_committee_keeps_to_itself(polls: Polls) -> None:
    facts = polls.facts
    person = next(
        p for p in polls.cast.people(polls.log) if p.resident.group == "第三居民小组" and p.resident.id_number
    )
    visitor = polls.browser("")
    community = visitor.get("/check").value("community")
    asked = {"name": person.resident.name, "last_six": person.resident.id_number[-6:], "community": community}
    polls.now = datetime.combine(today.RESIDENTS_DAY.replace(day=12), time(9), SHANGHAI)
    told = visitor.post("/check", asked)
    assert "二号投票站（桂园小学）" in told.text
    assert "上午8时至下午3时" in told.text
    assert "2026年10月15日 以前（含当日）" in told.text
    polls.now = datetime.combine(today.RESIDENTS_DAY, time(7), SHANGHAI)
    assert "可以书面委托" not in visitor.post("/check", asked).text  # too late

    lead = polls.browser("zuzhang1")
    absent = lead.get(f"/c/{polls.log}/absent")
    principal = next(iter(facts.proxies))
    assert facts.names[principal] in absent.text
    assert "共 3 人" in absent.text
    assert lead.get(f"/c/{polls.log}/form/visit_list").status == 200
    assert polls.browser("jiedao").get(f"/c/{polls.log}/absent").status in (403, 404)
    assert polls.browser("jiedao").get(f"/c/{polls.log}/form/visit_list").status == 404
    assert visitor.get(f"/c/{polls.log}/absent").status in (302, 403, 404)
    late = {"principal": principal, "reason": "本人回来", "_go": "do"}
    assert lead.post(f"/c/{polls.log}/act/proxy.revoke", late).status == 302
    assert principal not in polls.facts.proxies
