"""A sample of every kind of paper. The people are invented; 喆 堃 珺 昇 are in names because such names exist."""

from __future__ import annotations

from datetime import date
from typing import Any

from election.documents import Heading, Paper, RecordStamp
from election.documents.papers import candidates, letters, meeting, results, rolls
from election.documents.papers.parts import Candidate, CheckLine, NameGroup, OfficeCandidates, OfficeNames

STAMP = RecordStamp(
    size=812,
    root="5f3c9a0e" * 8,
    fingerprint="9d1f-6e20-77ab-c4d8-01e3",
    address="https://example.invalid/check/7KQ2-M4XD",
    code="7KQ2-M4XD",
)
LEADING_GROUP = "福临里社区居民委员会选举领导小组"
PLAN = "《中华人民共和国城市居民委员会组织法》和街道换届选举工作实施方案"
MEETING = "福临里社区第三届居民代表会议"
ELECTION_DAY = date(2010, 12, 26)


def heading(**changes: Any) -> Heading:
    base: dict[str, Any] = {
        "district": "七里河区",
        "street": "向阳街道",
        "community": "福临里社区",
        "body": "residents",
        "term": "第三届",
        "issuer": LEADING_GROUP,
        "date": date(2010, 12, 6),
        "record": STAMP,
    }
    return Heading(**base | changes)


SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林郑"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华兰建国志玉红梅海燕喆堃珺昇"


def people(count: int, start: int = 0) -> tuple[str, ...]:
    """Invented names, two and three characters, now and then a long one with a dot."""
    found = []
    for n in range(start, start + count):
        given = GIVEN[(n * 7) % len(GIVEN)] + (GIVEN[(n * 11 + 3) % len(GIVEN)] if n % 3 else "")
        found.append(
            "阿依努尔·买买提江" if n % 97 == 41 else "欧阳" + given if n % 89 == 7 else SURNAMES[n % 20] + given
        )
    return tuple(found)


CONTESTS = (
    OfficeCandidates(
        office="主任",
        seats=1,
        candidates=(
            Candidate(
                name="王喆", sex="男", birth="1968年5月", education="大专", politics="中共党员", post="居委会主任"
            ),
            Candidate(name="李秀英", sex="女", birth="1972年11月", education="高中", politics="群众"),
        ),
    ),
    OfficeCandidates(
        office="委员",
        seats=4,
        candidates=tuple(
            Candidate(name=name, sex="男", birth="1975年3月", education="高中", politics="群众") for name in people(5)
        ),
    ),
)


def samples() -> dict[str, Paper]:
    """``{kind: data}`` for every kind."""
    return {
        "roll_notice": rolls.RollNotice(
            heading=heading(number=3),
            basis=PLAN,
            election_day=ELECTION_DAY,
            groups=tuple(NameGroup(title=f"第{n}居民小组", names=people(40, n * 40)) for n in range(1, 9)),
            objection_from=date(2010, 11, 28),
            objection_until=date(2010, 12, 2),
            objection_place="社区办公楼一楼选举领导小组办公室",
            answer_days=3,
            contact="选举领导小组办公室",
        ),
        "official_list": candidates.OfficialList(
            heading=heading(number=6), basis=PLAN, contests=CONTESTS, election_day=ELECTION_DAY
        ),
        "tally_blank": meeting.TallyBlank(
            heading=heading(signatures=("唱票人", "计票人", "监票人"), stamp=False),
            meeting=MEETING,
            meeting_day=ELECTION_DAY,
            box="1号票箱",
            contests=(
                meeting.BlankContest(office="主任", seats=1, names=("王喆", "李秀英")),
                meeting.BlankContest(office="委员", seats=4, names=people(5)),
            ),
        ),
        "result_report": results.ResultReport(
            heading=heading(date=ELECTION_DAY, signatures=("监票人", "监票人", "计票人", "唱票人", "主持人")),
            meeting=MEETING,
            meeting_day=ELECTION_DAY,
            place="社区活动中心",
            method="无记名投票",
            entitled=58,
            present=55,
            issued=55,
            returned=55,
            valid=True,
            checks=(
                CheckLine(text="到会55人，超过应到58人的半数，会议有效", ok=True, article="实施方案 五(二)8"),
                CheckLine(text="收回选票55张，不多于发出选票55张，选举有效", ok=True),
            ),
            contests=(
                results.ResultContest(
                    office="主任",
                    seats=1,
                    valid=53,
                    invalid=2,
                    base=55,
                    needed=28,
                    vacant=0,
                    follows="应选名额已选满",
                    rows=(
                        results.ResultRow(
                            name="王喆",
                            votes_for=30,
                            against=0,
                            abstain=23,
                            elected=True,
                            outcome="当选",
                            why="赞成30票，超过到会55人的半数",
                            article="实施方案 五(二)8",
                        ),
                        results.ResultRow(
                            name="赵珺",
                            votes_for=23,
                            against=0,
                            abstain=30,
                            elected=False,
                            outcome="未当选",
                            why="赞成23票，未超过到会55人的半数",
                            article="实施方案 五(二)8",
                            write_in=True,
                        ),
                    ),
                ),
            ),
            conclusion="选举有效。王喆当选为福临里社区第三届居民委员会主任。",
        ),
        "approval_request": letters.ApprovalRequest(
            heading=heading(
                body="party",
                issuer="中共七里河区向阳街道工作委员会",
                title="关于福临里等社区党组织换届选举结果的请示",
                date=date(2010, 12, 28),
            ),
            document_number="七向街工发〔2010〕12号",
            signed_by="陈建国",
            addressee="中共七里河区委组织部",
            paragraphs=("2010年12月24日，福临里等社区党组织召开党员大会进行了换届选举。现将选举结果报告如下。",),
            communities=(
                letters.CommunityOffices(
                    community="福临里社区党委",
                    offices=(
                        OfficeNames(office="书记", names=("王喆",)),
                        OfficeNames(office="委员", names=people(4)),
                    ),
                ),
            ),
            attachments=("选举结果报告单", "党员大会签到册"),
            copies_to=("七里河区民政局",),
        ),
    }
