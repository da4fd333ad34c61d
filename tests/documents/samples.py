"""A sample of every kind of paper. The people are invented; 喆 堃 珺 昇 are in names because such names exist."""

from __future__ import annotations

from datetime import date
from typing import Any

from election.documents import Heading, Paper, RecordStamp
from election.documents.papers import (
    absent,
    candidates,
    closing,
    letters,
    meeting,
    posts,
    results,
    rolls,
    vetting,
    voter,
)
from election.documents.papers.parts import (
    Candidate,
    CheckLine,
    Line,
    NameGroup,
    OfficeCandidates,
    OfficeNames,
    Section,
)

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
                            against=None,
                            abstain=None,
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
        **rolls_and_posts(),
        **meetings(),
        **letters_and_closing(),
        **single_voters(),
    }


def rolls_and_posts() -> dict[str, Paper]:
    groups = tuple(NameGroup(title=f"第{n}居民小组", names=people(6, n * 6)) for n in range(1, 9))
    return {
        "roll_correction": rolls.RollCorrection(
            heading=heading(number=4, date=date(2010, 12, 3)),
            election_day=ELECTION_DAY,
            roll_number=3,
            added=(NameGroup(title="第二居民小组", names=("郑昇", "周海燕")),),
            cancelled=(NameGroup(title="第五居民小组", names=("吴刚",)),),
            corrected=(rolls.CorrectedName(group="第一居民小组", was="陈坤", now="陈堃"),),
            total=2612,
        ),
        "member_roll": rolls.MemberRoll(
            heading=heading(body="party", issuer="福临里社区换届选举工作委员会", number=None, signatures=("审核人",)),
            meeting_day=date(2010, 12, 24),
            branches=(
                rolls.MemberBranch(
                    title="第一党支部",
                    members=(
                        *(rolls.Member(name=name, sex="女") for name in people(6)),
                        rolls.Member(name="孙洋", sex="男", standing="probationary"),
                        rolls.Member(name="何珺", sex="女", standing="left_out", note="长期在外，本人同意"),
                    ),
                ),
                rolls.MemberBranch(title="第二党支部", members=tuple(rolls.Member(name=n) for n in people(5, 30))),
            ),
        ),
        "posts_notice": posts.PostsNotice(
            heading=heading(number=1, issuer="福临里社区换届选举工作委员会", date=date(2010, 11, 20)),
            basis=PLAN,
            purpose="本届社区党组织和居民委员会任期已满，为依法做好换届选举工作，选出办事公道、群众拥护的新一届班子，现将有关事项公告如下。",
            bodies=(
                posts.BodyPosts(
                    body="社区党组织委员会",
                    posts=(posts.SeatLine(office="书记", seats=1), posts.SeatLine(office="委员", seats=4)),
                    conditions=("党组织负责人一般应具有高中以上学历。", "其他成员条件可适当放宽。"),
                ),
                posts.BodyPosts(
                    body="社区居民委员会",
                    posts=(
                        posts.SeatLine(office="主任", seats=1),
                        posts.SeatLine(office="副主任", seats=2, note="其中公选副主任1名"),
                        posts.SeatLine(office="委员", seats=4),
                    ),
                    conditions=("公选副主任应为本社区常住居民，年龄不超过50岁，具有高中文化程度。",),
                ),
            ),
            schedule=(
                Line(label="11月1日至11月30日", value="动员部署"),
                Line(label="12月1日至12月26日", value="组织选举"),
                Line(label="12月27日至12月31日", value="总结验收"),
            ),
        ),
        "seats_notice": posts.SeatsNotice(
            heading=heading(number=2),
            basis=PLAN,
            seats=(
                posts.SeatLine(office="主任", seats=1),
                posts.SeatLine(office="副主任", seats=2, note="管段民警1名，大中专毕业生1名"),
                posts.SeatLine(office="委员", seats=4),
            ),
            decided_by="第二届居民代表会议",
            decided_on=date(2010, 11, 25),
        ),
        "notice": posts.GeneralNotice(
            heading=heading(number=2, title="选举领导小组成员名单公告"),
            basis=PLAN,
            paragraphs=("经各居民小组推选，产生社区居民委员会选举领导小组，名单如下：",),
            groups=(NameGroup(title="组长", names=("陈建国",)), NameGroup(title="成员", names=people(6, 50))),
            sections=(Section(title="选民登记", paragraphs=("登记时间：11月20日至11月27日，地点：社区办公楼。",)),),
        ),
        "correction_notice": posts.CorrectionNotice(
            heading=heading(number=8, supersedes=7),
            corrected_title="投票时间地点公告",
            corrected_date=date(2010, 12, 20),
            reason="因会场调整",
            corrections=(posts.Correction(place="中心会场地点", was="社区活动中心", now="向阳小学礼堂"),),
        ),
        "representatives": rolls.RepresentativesNotice(
            heading=heading(number=5),
            basis=PLAN,
            groups=groups,
            large_units=(
                NameGroup(title="兰州某机械厂", names=("徐伟", "马秀霞")),
                NameGroup(title="向阳小学", names=("胡静",)),
            ),
            method="每20至60户推选1名",
            women=23,
        ),
        "delegates": rolls.DelegatesNotice(
            heading=heading(body="party", number=2, issuer="福临里社区换届选举工作委员会"),
            branches=tuple(NameGroup(title=f"第{n}党支部", names=people(25, n * 25)) for n in range(1, 5)),
            approved_by="中共七里河区委组织部",
            approval="七组复〔2010〕8号",
        ),
        "prospective_list": candidates.ProspectiveList(
            heading=heading(number=5, date=date(2010, 12, 1)),
            basis=PLAN,
            contests=CONTESTS,
            posted_from=date(2010, 12, 1),
            posted_until=date(2010, 12, 5),
            objection_place="社区办公楼一楼选举领导小组办公室",
        ),
        "candidate_report": candidates.CandidateReport(
            heading=heading(),
            addressee="街道换届选举工作领导小组办公室",
            document_number="福选报〔2010〕3号",
            course=("经居民10人以上联名、居民小组提名和选举领导小组推荐，共产生初步人选12名。",),
            contests=CONTESTS,
            figures=(
                candidates.ContestFigures(office="主任", seats=1, candidates_at_least=2, candidates=2),
                candidates.ContestFigures(office="委员", seats=4, candidates_at_least=5, candidates=5),
            ),
            posted_from=date(2010, 12, 1),
            posted_until=date(2010, 12, 5),
            objections=1,
            objections_settled="均已调查答复",
        ),
    }


def meetings() -> dict[str, Paper]:
    tellers = ("唱票人", "计票人", "监票人")
    return {
        "polling_notice": meeting.PollingNotice(
            heading=heading(number=7, date=date(2010, 12, 20)),
            basis=PLAN,
            election_day=ELECTION_DAY,
            voters="选民代表",
            stations=(meeting.Station(name="中心会场", place="社区活动中心", hours="上午9:00至11:30"),),
            mobile_boxes=(meeting.MobileBox(name="1号流动票箱", route="第六、第七居民小组", hours="上午9:00至10:30"),),
            count_place="社区活动中心",
            count_hours="上午11:30",
            instructions=("凭选民代表证和身份证领取选票。", "同意的在“赞成”栏画○，每名候选人只画一处。"),
        ),
        "proxy_list": absent.ProxyList(
            heading=heading(number=9, date=date(2010, 12, 23)),
            basis=PLAN,
            election_day=ELECTION_DAY,
            pairs=tuple(
                absent.ProxyPair(principal=a, proxy=b, group="第三居民小组")
                for a, b in zip(people(4), people(4, 30), strict=True)
            ),
            at_most=3,
        ),
        "proxy_certificate": absent.ProxyCertificate(
            heading=heading(date=date(2010, 12, 22)),
            election_day=ELECTION_DAY,
            principal="阿依努尔·买买提江",
            proxy="王喆",
            group="第三居民小组",
            at_most=3,
        ),
        "visit_list": absent.VisitList(
            heading=heading(stamp=False, signatures=("监票人", "工作人员", "工作人员")),
            election_day=ELECTION_DAY,
            boxes=("1号流动票箱",),
            visits=tuple(
                absent.Visit(number=n, name=name, address=f"福临路{n}号院", phone="00000000000")
                for n, name in enumerate(people(12, 40), 1)
            ),
        ),
        "vetting_sheet": vetting.VettingSheet(
            heading=heading(issuer="向阳街道办事处", stamp=False),
            persons=(
                vetting.Vetted(name="王喆", office="主任", sex="男", birth="1968年5月", education="大专"),
                vetting.Vetted(name="李秀英", office="主任", sex="女", birth="1972年11月", education="高中"),
            ),
            departments=("纪检监察", "组织", "公安", "法院"),
            grounds=("受过刑事处罚", "拉票贿选"),
        ),
        "staff_notice": meeting.StaffNotice(
            heading=heading(number=8, date=date(2010, 12, 22)),
            basis=PLAN,
            election_day=ELECTION_DAY,
            remarks=("上列人员均不是候选人。",),
            roles=(
                meeting.StaffRole(role="总监票人", names=("陈建国",)),
                meeting.StaffRole(role="监票人", names=people(2, 60)),
                meeting.StaffRole(role="唱票人", names=people(2, 63)),
                meeting.StaffRole(role="计票人", names=people(3, 66)),
            ),
        ),
        "sign_in_sheet": meeting.SignInSheet(
            heading=heading(stamp=False),
            meeting=MEETING,
            meeting_day=ELECTION_DAY,
            place="社区活动中心",
            groups=tuple(NameGroup(title=f"第{n}居民小组", names=people(7, n * 7)) for n in range(1, 6)),
        ),
        "attendance": meeting.Attendance(
            heading=heading(stamp=False, signatures=("发票员", "监票人")),
            meeting=MEETING,
            meeting_day=ELECTION_DAY,
            of=58,
            groups=(
                NameGroup(title="第一居民小组", names=people(30)),
                NameGroup(title="第二居民小组", names=people(25, 30)),
            ),
        ),
        "ballot_packs": meeting.BallotPacks(
            heading=heading(stamp=False),
            meeting=MEETING,
            meeting_day=ELECTION_DAY,
            packs=meeting.packs(220),
        ),
        "ballot_control": meeting.BallotControl(
            heading=heading(stamp=False, signatures=("发票员", "监票人", "监票人")),
            meeting=MEETING,
            meeting_day=ELECTION_DAY,
            packs=meeting.packs(220),
            boxes=("1号票箱", "2号票箱"),
        ),
        "ballot_account": meeting.BallotAccount(
            heading=heading(date=ELECTION_DAY, signatures=tellers),
            meeting=MEETING,
            meeting_day=ELECTION_DAY,
            entitled=58,
            present=55,
            printed=65,
            issued=55,
            spoiled=2,
            unused=8,
            returned=55,
            boxes=(
                meeting.BoxAccount(name="1号票箱", issued=30, returned=30),
                meeting.BoxAccount(name="2号票箱", issued=25, returned=25),
            ),
            checks=(
                CheckLine(text="印制65张＝发出55张＋作废换发2张＋剩余8张", ok=True),
                CheckLine(text="收回55张，不多于发出55张", ok=True),
            ),
            conclusion="收回选票不多于发出选票，选举有效。",
        ),
        "tally_sheet": meeting.TallySheet(
            heading=heading(date=ELECTION_DAY, signatures=tellers, stamp=False),
            meeting=MEETING,
            meeting_day=ELECTION_DAY,
            box="1号票箱",
            issued=30,
            returned=30,
            contests=(
                meeting.TallyContest(
                    office="主任",
                    seats=1,
                    valid=29,
                    invalid=1,
                    rows=(
                        meeting.TallyRow(name="王喆", votes_for=17, against=2, abstain=10),
                        meeting.TallyRow(name="李秀英", votes_for=8, against=15, abstain=6),
                    ),
                    write_ins=(meeting.WriteInRow(name="赵珺", votes_for=4),),
                ),
                meeting.TallyContest(
                    office="副主任",
                    seats=2,
                    valid=30,
                    invalid=0,
                    rows=tuple(meeting.TallyRow(name=n, votes_for=20, against=5, abstain=5) for n in people(3, 70)),
                ),
            ),
        ),
        "result_notice": results.ResultNotice(
            heading=heading(number=9, date=ELECTION_DAY),
            basis=PLAN,
            meeting=MEETING,
            meeting_day=ELECTION_DAY,
            entitled=58,
            present=55,
            issued=55,
            returned=55,
            valid=True,
            elected=(
                OfficeNames(office="主任", names=("王喆",)),
                OfficeNames(office="副主任", names=people(2, 70)),
                OfficeNames(office="委员", names=people(4, 80)),
            ),
            follows="委员尚缺1名，另行选举。",
        ),
    }


def letters_and_closing() -> dict[str, Paper]:
    street_committee = "中共七里河区向阳街道工作委员会"
    offices = (OfficeNames(office="书记", names=("王喆",)), OfficeNames(office="委员", names=people(4, 80)))
    communities = (
        letters.CommunityOffices(community="福临里社区党委", offices=offices),
        letters.CommunityOffices(community="柳家营社区党总支", offices=offices),
    )
    street = "七里河区人民政府向阳街道办事处"
    return {
        "approval_reply": letters.ApprovalReply(
            heading=heading(
                body="party",
                issuer="中共七里河区委组织部",
                title="关于向阳街道社区党组织换届选举结果的批复",
                date=date(2010, 12, 29),
            ),
            document_number="七组复〔2010〕31号",
            addressee=street_committee,
            reply_to="关于福临里等社区党组织换届选举结果的请示",
            decision="approved",
            communities=communities,
            paragraphs=("任职时间从选举之日起计算。",),
        ),
        "appointment_notice": letters.AppointmentNotice(
            heading=heading(
                body="party", issuer=street_committee, title="关于王喆等同志任职的通知", date=date(2010, 12, 30)
            ),
            document_number="七向街工发〔2010〕15号",
            addressee="各社区党组织",
            approval="七组复〔2010〕31号",
            approved_by="中共七里河区委组织部",
            communities=communities,
        ),
        "certificate": closing.Certificate(
            heading=heading(issuer=street, date=date(2010, 12, 28)),
            elected_on=ELECTION_DAY,
            persons=(
                closing.CertifiedPerson(number="向证〔2010〕001", name="王喆", office="主任"),
                closing.CertifiedPerson(number="向证〔2010〕002", name="阿依努尔·买买提江", office="副主任"),
            ),
            term_of_office="任期三年",
        ),
        "filing_form": closing.FilingForm(
            heading=heading(issuer=street, date=date(2010, 12, 28)),
            elected_on=ELECTION_DAY,
            meeting=MEETING,
            entitled=58,
            present=55,
            issued=55,
            returned=55,
            members=(
                closing.FiledMember(
                    office="主任", name="王喆", sex="男", birth="1968年5月", education="大专", certificate="001"
                ),
                closing.FiledMember(office="副主任", name="李秀英", sex="女", birth="1972年11月", politics="群众"),
            ),
            facts=(
                Line(label="任期", value="三年"),
                Line(label="户数", value="1240户"),
                Line(label="居民", value="3100人"),
            ),
        ),
        "handover_list": closing.HandoverList(
            heading=heading(date=date(2010, 12, 29)),
            handed_over_on=date(2010, 12, 30),
            due=date(2010, 12, 29),
            late_reason="账目审计用时",
            sections=(
                closing.HandoverSection(
                    title="印章", items=(closing.HandoverItem(name="居民委员会公章", quantity="1枚"),)
                ),
                closing.HandoverSection(
                    title="办公用房", items=(closing.HandoverItem(name="办公室", quantity="3间", note="钥匙6把"),)
                ),
                closing.HandoverSection(title="债权债务"),
            ),
            audit="已审计，无异议",
            outgoing="上届居民委员会主任",
            incoming="新一届居民委员会主任",
            supervisor="街道换届选举指导小组",
        ),
        "inspection_report": closing.InspectionReport(
            heading=heading(
                issuer="向阳街道换届选举工作领导小组", date=date(2010, 12, 30), signatures=("检查人", "检查人")
            ),
            inspected_on=date(2010, 12, 30),
            inspectors=("陈建国", "周海燕"),
            items=(
                closing.InspectionItem(
                    step="选民名单",
                    demand="张榜公布，异议按期答复",
                    evidence="第三号公告、异议登记表3件",
                    finding=CheckLine(text="按期公布和答复", ok=True, article="实施方案 五(二)4"),
                ),
                closing.InspectionItem(
                    step="交接",
                    demand="产生后3日内完成",
                    evidence="交接清单",
                    finding=CheckLine(text="逾期1日", ok=False, article="实施方案 五(三)10"),
                    remedy="补记原因",
                ),
            ),
            record_state="第1条至第812条逐条核对一致，签发印鉴一致。",
            conclusion="基本合格，整改后通过验收。",
        ),
        "turnover_report": closing.TurnoverReport(
            heading=heading(issuer="福临里社区居民委员会", date=date(2010, 12, 31)),
            addressee="街道换届选举工作领导小组办公室",
            opening="在街道工委的领导下，我社区换届选举工作已全部完成，现将有关情况报告如下。",
            sections=(
                Section(title="基本情况", paragraphs=("全社区共有居民1240户3100人，登记选民2612人。",)),
                Section(title="主要做法", paragraphs=("严格依法办事，按步骤组织选举。", "全过程公开，接受居民监督。")),
            ),
            figures=(
                Line(label="登记选民", value="2612人"),
                Line(label="选民代表", value="52名"),
                Line(label="到会", value="55人"),
            ),
        ),
    }


def single_voters() -> dict[str, Paper]:
    return {
        "slip": voter.Slip(
            heading=heading(),
            masked_name="王*英",
            registered=True,
            group="第三居民小组",
            election_day=ELECTION_DAY,
            place="社区活动中心",
            hours="上午9:00至11:30",
            representatives=("陈建国", "周海燕"),
            objection_until=date(2010, 12, 2),
            objection_place="社区办公楼一楼",
        ),
        "objection_slip": voter.ObjectionSlip(
            heading=heading(),
            filed=voter.FiledObjection(
                number="异2010-003",
                objector="郑昇",
                ground="missing",
                concerns="郑昇",
                statement="本人自2009年起居住在本社区第二居民小组，名单上没有本人姓名。",
                received_on=date(2010, 12, 1),
                received_by="登记员周海燕",
                answer_due=date(2010, 12, 4),
                decision="情况属实，予以补登。",
                decided_on=date(2010, 12, 2),
            ),
            objection_until=date(2010, 12, 2),
            objection_place="社区办公楼一楼",
        ),
        "signing_sheet": voter.SigningSheet(
            heading=heading(stamp=False),
            act="公布选举结果",
            act_day=ELECTION_DAY,
            statement=(
                Line(label="应到／实到", value="58人／55人"),
                Line(label="发出／收回", value="55张／55张"),
                Line(label="当选", value="主任王喆"),
            ),
            code="a41b77e0" * 8,
            signers=(
                voter.Signer(role="监票人", name="陈堃"),
                voter.Signer(role="计票人"),
                voter.Signer(role="主持人", name="陈建国"),
            ),
        ),
    }
