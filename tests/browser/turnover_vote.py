"""A turnover as people tell it to the program: from the hall made ready to the archives of both elections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from .driving import Election, Person
from .turnover import BOARD, COMMUNITY, Turnover, age, members, plain, representatives_of, standing

BOX = "1号票箱"
#: 21 members entitled: more than four fifths must be present
TOO_FEW, PRESENT = 15, 20
CALLED_AGAIN = date(2010, 12, 25)
#: who works in the hall, as its accounts are called here
WORKERS = {"presider": "presider", "teller1": "teller", "teller2": "teller", "scrutineer": "scrutineer"}
Votes = Mapping[str, tuple[int, int]]


# --- the hall made ready ---------------------------------------------------------------------------------------------


def staffed(t: Turnover, election: Election, names: list[str]) -> None:
    """Whoever presides chooses staff and hands out their cards."""
    head = t["chair"] if election.body == "party" else t["lead"]
    for name, role in zip(names, WORKERS.values(), strict=True):
        head.go(f"{election.hall}/staff")
        head.follow("选定工作人员")
        head.shows({"person": name, "role": role})
        head.finish("prepare.staff")
    head.go(f"{election.hall}/staff")
    head.page.fill("[name=present_password]", head.password)
    head.press(head.page.get_by_role("button", name="开账号和 PIN"))
    head.picture("hall-cards", height=900)
    cards = t.cards.setdefault(election.body, {})
    codes: dict[str, str] = {}
    for card, short, name in zip(head.page.locator(".card").all(), WORKERS, names, strict=True):
        login, pin = (words.replace(" ", "") for words in card.locator(".slip-code").all_inner_texts())
        cards[short] = login, pin
        if t.real:
            codes[name] = card.locator(".check-code").inner_text()
    if t.real:
        head.follow("确认签名")
        for official in ("chair", "lead"):
            t[official].vouches(codes)


def seated(t: Turnover, election: Election) -> None:
    """Presider, tellers and scrutineer sit down at their machines with the cards of this meeting."""
    for short, (login, pin) in t.cards[election.body].items():
        if short in t.people:
            t[short].becomes(login, pin)
        else:
            t.people[short] = t.hall.person(short, login, pin)


def ready(t: Turnover, election: Election, printed: int) -> None:
    """Place and notice, ballots released and printed, boxes, everything there."""
    head = t["chair"] if election.body == "party" else t["lead"]
    head.takes_up(election, "prepare", "prepare.place", on=t.days[election.body], time="上午9时", place="社区活动中心")
    head.takes_up(election, "prepare", "notice.post", query="kind=polling_notice", place=BOARD)
    head.takes_up(election, "prepare", "prepare.ballots", printed=printed)
    head.go(f"{election.committee}/step/{election.step('prepare')}")
    assert _paper(head, "选票").startswith(b"%PDF-")
    head.takes_up(election, "prepare", "prepare.boxes", boxes=[{"id": BOX}])
    head.takes_up(election, "prepare", "prepare.complete", venue_ready=True)


def _paper(person: Person, words: str) -> bytes:
    """A sealed paper of the page, as it is sent to the printer."""
    link = person.page.locator("main").get_by_role("link", name=f"{words}（PDF）").first
    answer = person.page.request.get(person.hall.address + (link.get_attribute("href") or ""))
    assert answer.ok
    return answer.body()


def party_ready(t: Turnover) -> None:
    t.clock.at(12, 20)
    free = [r.name for r in sorted(plain(members()), key=lambda r: r.birth) if r.birth.year > 1950]
    staffed(t, t.party, free[:4])
    t.clock.at(12, 22)
    ready(t, t.party, 25)


def residents_ready(t: Turnover) -> None:
    free = [r.name for r in plain(list(COMMUNITY.voters)) if r.id_number and not r.membership]
    staffed(t, t.residents, free[-4:])
    ready(t, t.residents, 12)


# --- the meeting -----------------------------------------------------------------------------------------------------


def void_meeting(t: Turnover) -> None:
    """Too few come; the meeting is void, another day is fixed and posted."""
    chair, officer = t["chair"], t["street"]
    t.clock.at(12, 24)
    seated(t, t.party)
    presider = t["presider"]
    presider.next(t.party, "meeting.open", place="社区活动中心")
    presider.turn(t.party, "act/meeting.sign_in")
    presider.shows({"present": TOO_FEW})
    presider.page.get_by_text("还差 2 人").wait_for()
    presider.picture("hall-sign-in")
    presider.finish("meeting.sign_in")
    assert "至少须到 17 人" in presider.refused(t.party.hall, "meeting.declare")
    presider.next(t.party, "meeting.void", reason="到会人数未超过应到会人数的五分之四，另行召集。")
    officer.act(
        f"/d/campaign/{t.campaign}",
        "campaign.change_day",
        community=COMMUNITY.name,
        body="party",
        day=CALLED_AGAIN,
        reason="12月24日到会人数不足，另行召集",
    )
    chair.takes_up(t.party, "prepare", "prepare.place", on=CALLED_AGAIN, time="上午9时", place="社区活动中心")
    chair.takes_up(t.party, "prepare", "notice.post", query="kind=polling_notice", place=BOARD)
    chair.takes_up(t.party, "prepare", "prepare.complete", venue_ready=True)


def declared(t: Turnover, election: Election, present: int) -> None:
    presider = t["presider"]
    presider.next(election, "meeting.open", place="社区活动中心")
    presider.next(election, "meeting.sign_in", present=present)
    presider.next(election, "meeting.hear_report", title="三年来的工作报告", deliberation="审议通过")
    if election.body == "party":
        presider.next(election, "meeting.adopt_method", votes_for=present)
    presider.next(election, "meeting.approve_scrutineers", votes_for=present)
    presider.next(election, "meeting.declare")


def counted(t: Turnover, election: Election, issued: int, unused: int) -> None:
    """The account of ballots; the scrutineer opens the box."""
    presider = t["presider"]
    presider.turn(election, "/account")
    presider.shows({"issued": issued, "spoiled": 1, "unused": unused, "returned": issued})
    presider.page.locator("#equation").get_by_text("相符").wait_for()
    presider.picture("hall-account")
    presider.press(presider.page.get_by_role("button", name="核对选票张数"))
    presider.press(presider.page.get_by_role("button", name="登记选票张数"))
    assert "选票已清点登记" in presider.said, presider.refusal
    t["scrutineer"].next(election, "tally.open_box")


def enters(teller: Person, election: Election, returned: int, invalid: int, votes: Votes) -> None:
    """A teller types a sheet as the paper has it, line by line of the ballot, and seals it."""
    teller.turn(election, "/tally/")
    valid = returned - invalid
    teller.shows({"returned": returned, "valid": valid, "invalid": invalid})
    names = [n.strip() for n in teller.page.locator(".sheet-row .sheet-name").all_inner_texts()]
    for at, line in enumerate(names):
        votes_for, against = next(v for name, v in votes.items() if name in line)
        teller.shows(
            {f"r.{at}.for": votes_for, f"r.{at}.against": against, f"r.{at}.abstain": valid - votes_for - against}
        )
    teller.picture("hall-tally", height=1000)
    teller.press(teller.page.get_by_role("button", name="核对并封存计票单"))
    assert not teller.refusal, teller.refusal
    teller.picture("hall-seal", height=1100)
    teller.sign()
    assert "计票单已封存" in teller.said


def signed(t: Turnover, election: Election) -> None:
    """Two tellers and the scrutineer sign the sheet that waits for them."""
    for short in ("teller1", "teller2", "scrutineer"):
        t[short].turn(election, "/sign/")
        t[short].picture("hall-sign", height=1100)
        t[short].sign()
        assert "已签署计票单" in t[short].said


def announced(t: Turnover, election: Election, follows: str) -> None:
    """The presider looks at the count, signs, and announces; the result is posted."""
    presider = t["presider"]
    presider.turn(election, "/announce")
    presider.picture("hall-announce", height=1000)
    presider.sign()
    assert "选举结果已宣布" in presider.said
    assert follows in presider.text


def party_vote(t: Turnover) -> None:
    """Called again, enough come. Six stand for five seats, four are elected; the two entries differ in one line."""
    t.clock.at(12, 25)
    declared(t, t.party, PRESENT)
    counted(t, t.party, PRESENT, 4)
    names = t.candidates
    shares = [(18, 1), (17, 2), (15, 2), (14, 3), (9, 8), (8, 9)]
    votes = dict(zip(names, shares, strict=True))
    enters(t["teller1"], t.party, PRESENT, 1, votes)
    teller, scrutineer = t["teller2"], t["scrutineer"]
    teller.go(t.party.hall)
    teller.picture("hall-home", height=1000)
    assert "一人已录入，已封存" in teller.text
    assert not any(name in teller.text for name in names)
    enters(teller, t.party, PRESENT, 1, votes | {names[2]: (14, 2)})
    scrutineer.turn(t.party, "/differences/")
    for first in scrutineer.page.locator('[name^="c."][value="first"]').all():
        first.check()
    scrutineer.shows({"reason": "对照纸质计票单，第二份少录一笔"})
    scrutineer.picture("hall-differences", height=1000)
    scrutineer.sign()
    assert "不同之处已核定" in scrutineer.said
    signed(t, t.party)
    announced(t, t.party, "另行选举")


def second_round(t: Turnover) -> None:
    """The seat left goes to one of the next two, on ballots of its own."""
    chair, presider = t["chair"], t["presider"]
    chair.next(t.party, "prepare.ballots", printed=24)
    presider.next(t.party, "prepare.boxes", boxes=[{"id": BOX}])
    counted(t, t.party, PRESENT, 3)
    votes = {t.candidates[4]: (14, 3), t.candidates[5]: (5, 12)}
    for short in ("teller1", "teller2"):
        enters(t[short], t.party, PRESENT, 1, votes)
    signed(t, t.party)
    announced(t, t.party, "应选名额已选满")
    chair.next(t.party, "notice.post", place=BOARD)


def residents_vote(t: Turnover) -> None:
    """Nine representatives elect a chair, a deputy and three members, and the consultation council."""
    t.clock.at(12, 26)
    seated(t, t.residents)
    declared(t, t.residents, 9)
    counted(t, t.residents, 9, 2)
    names = [r.name for r, _ in standing()]
    shares = [(7, 1), (1, 6), (6, 1), (2, 5), (8, 0), (7, 1), (6, 1), (2, 4)]
    votes = dict(zip(names, shares, strict=True))
    for _contest in range(3):
        for short in ("teller1", "teller2"):
            enters(t[short], t.residents, 9, 0, votes)
        signed(t, t.residents)
    announced(t, t.residents, "应选名额已选满")
    t["lead"].next(t.residents, "notice.post", place=BOARD)
    presider = t["presider"]
    presider.turn(t.residents, "/council")
    for group in COMMUNITY.groups:
        presider.shows({"find": representatives_of(group)[0].name})
        presider.press(presider.page.get_by_role("button", name="加入名单").last)
    presider.press(presider.page.get_by_role("button", name="核对推选结果"))
    presider.sign()
    assert "推选结果已登记" in presider.said


# --- what superiors say ----------------------------------------------------------------------------------------------


def heads(t: Turnover) -> tuple[str, str]:
    """Secretary and deputy: of those elected the first who has the schooling and the age for it, and the first of the others."""
    elected = [n for n in t.candidates if n != t.candidates[5]]
    head = next(r for r in members() if r.name in elected and r.education != "junior_secondary" and age(r) <= 40)
    return head.name, next(n for n in elected if n != head.name)


def party_approved(t: Turnover, secretary: str, deputy: str) -> None:
    """Reported, consented to; secretary and deputy elected by the new committee; approved and appointed."""
    chair, officer, org, scrutineer = t["chair"], t["street"], t["org"], t["scrutineer"]
    chair.takes_up(t.party, "consent", "result.report")
    officer.decides(t.party, "consent.decide", "approve")
    scrutineer.next(
        t.party,
        "plenary.elect",
        present=5,
        secretary={"person": secretary, "votes_for": 5, "against": 0, "abstain": 0},
        deputies=[{"person": deputy, "votes_for": 4, "against": 0, "abstain": 1}],
    )
    officer.decides(t.party, "approve.submit", document_number=t.numbered("柳街工", 31))
    org.decides(t.party, "approve.decide", "approve", document_number=t.numbered("七组发", 66))
    officer.decides(t.party, "approve.appoint", document_number=t.numbered("柳街工", 33))


def residents_certified(t: Turnover, elected: int) -> None:
    """Certificates; filed with the bureau, which gives a receipt."""
    officer, civil = t["street"], t["civil"]
    numbers = [{"number": t.numbered("柳居证", n)} for n in range(1, elected + 1)]
    officer.decides(t.residents, "certify.issue", certificates=numbers)
    officer.decides(t.residents, "file.submit", document_number=t.numbered("柳街办", 45))
    civil.decides(t.residents, "file.acknowledge", "approve", receipt=t.numbered("七民备", 19))


# --- after -----------------------------------------------------------------------------------------------------------

HANDED = ("公章1枚", "办公用房3间", "银行账户1个", "办公桌椅12套", "档案46卷", "无债务", "低保复核2户")
DUTIES = ("主持全面工作", "组织宣传", "治安调解", "公共卫生", "民政救助", "文化教育", "环境物业")


def closed(t: Turnover, election: Election, elected: int) -> None:
    """Handed over and signed by three, work divided, inspected twice, reported, archived."""
    outgoing, incoming, officer, org = t["outgoing"], t["incoming"], t["street"], t["org"]
    items = [{"what": what} for what in HANDED]
    outgoing.takes_up(election, "handover", "handover.list", items=items, audit="离任审计无异常", held_on=t.clock.today)
    outgoing.picture("handover", height=900)
    for person in (outgoing, incoming):
        person.takes_up(election, "handover", "handover.sign")
    officer.decides(election, "handover.sign")
    duties = [{"duty": duty} for duty in DUTIES[:elected]]
    incoming.takes_up(
        election, "division", "division.record", held_on=t.clock.today, duties=duties, plan="制定三年工作规划"
    )
    for superior in (officer, org):
        superior.decides(election, "inspection.record", points=[{"ok": True}] * 5)
    incoming.takes_up(
        election, "report", "report.submit", text="本社区换届选举工作依法依规完成，选举产生了新一届班子。"
    )
    t["chair"].takes_up(election, "archive", "archive.seal", boxes_kept_at="街道档案室")


def taken(t: Turnover, election: Election, folder: Path) -> Path:
    """The whole record, downloaded from the page of the record by the committee's chair."""
    chair = t["chair"]
    chair.go(f"{election.committee}/record")
    chair.picture("record")
    with chair.page.expect_download() as waiting:
        chair.page.locator('main a[href$="/bundle"]').first.click()
    path = folder / f"{election.body}.zip"
    waiting.value.save_as(path)
    return path


def seen_from_outside(t: Turnover) -> None:
    """Anybody reads the result and checks a paper; the committee's home says that all is done; the district too."""
    visitor, chair, org = t["resident"], t["chair"], t["org"]
    visitor.go("/")
    visitor.follow(COMMUNITY.name)
    visitor.picture("voter-community")
    visitor.go(f"/results/{t.residents.id}")
    assert "当选" in visitor.text
    visitor.picture("voter-result", height=1000)
    chair.go(t.shared)
    assert chair.text.count("已全部完成") == 2
    chair.picture("committee-done", height=1000)
    org.go("/d/")
    assert org.text.count("已归档") >= 2
    org.go("/d/statistics")
    org.picture("statistics", height=1000)
