"""Every kind of paper: its data, its usual title, its template."""

from __future__ import annotations

from dataclasses import dataclass

from .heading import Paper
from .papers import absent, candidates, closing, letters, meeting, posts, results, rolls, vetting, voter


@dataclass(frozen=True)
class Kind:
    """``title`` blank: the heading must give one. ``posted`` papers are hung up, the others filed or handed over."""

    data: type[Paper]
    title: str
    posted: bool = False


KINDS: dict[str, Kind] = {
    "posts_notice": Kind(posts.PostsNotice, "职数和任职条件公告", posted=True),
    "seats_notice": Kind(posts.SeatsNotice, "应选职数公告", posted=True),
    "notice": Kind(posts.GeneralNotice, "", posted=True),
    "correction_notice": Kind(posts.CorrectionNotice, "更正公告", posted=True),
    "roll_notice": Kind(rolls.RollNotice, "选民名单公告", posted=True),
    "roll_correction": Kind(rolls.RollCorrection, "选民名单更正公告", posted=True),
    "member_roll": Kind(rolls.MemberRoll, "党员名册"),
    "representatives": Kind(rolls.RepresentativesNotice, "选民代表名单公告", posted=True),
    "delegates": Kind(rolls.DelegatesNotice, "党员代表名单公告", posted=True),
    "prospective_list": Kind(candidates.ProspectiveList, "候选人预备人选公示", posted=True),
    "official_list": Kind(candidates.OfficialList, "正式候选人名单公告", posted=True),
    "candidate_report": Kind(candidates.CandidateReport, "候选人预备人选报告"),
    "polling_notice": Kind(meeting.PollingNotice, "投票时间地点公告", posted=True),
    "staff_notice": Kind(meeting.StaffNotice, "选举工作人员名单公告", posted=True),
    "proxy_list": Kind(absent.ProxyList, "委托投票名单公告", posted=True),
    "proxy_certificate": Kind(absent.ProxyCertificate, "委托投票证"),
    "visit_list": Kind(absent.VisitList, "流动票箱投票登记表"),
    "vetting_sheet": Kind(vetting.VettingSheet, "候选人资格联审表"),
    "sign_in_sheet": Kind(meeting.SignInSheet, "签到册"),
    "attendance": Kind(meeting.Attendance, "到会人员名册"),
    "ballot_account": Kind(meeting.BallotAccount, "选票发放收回情况报告单"),
    "ballot_packs": Kind(meeting.BallotPacks, "选票封签"),
    "ballot_control": Kind(meeting.BallotControl, "选票发放控制单"),
    "tally_sheet": Kind(meeting.TallySheet, "计票单"),
    "tally_blank": Kind(meeting.TallyBlank, "计票单"),
    "result_report": Kind(results.ResultReport, "选举结果报告单"),
    "result_notice": Kind(results.ResultNotice, "选举结果公告", posted=True),
    "approval_request": Kind(letters.ApprovalRequest, ""),
    "approval_reply": Kind(letters.ApprovalReply, ""),
    "appointment_notice": Kind(letters.AppointmentNotice, ""),
    "certificate": Kind(closing.Certificate, "当选证书"),
    "filing_form": Kind(closing.FilingForm, "换届选举结果备案表"),
    "handover_list": Kind(closing.HandoverList, "交接清单"),
    "inspection_report": Kind(closing.InspectionReport, "换届选举检查验收报告"),
    "turnover_report": Kind(closing.TurnoverReport, "换届工作报告"),
    "slip": Kind(voter.Slip, "选民登记情况告知单"),
    "objection_slip": Kind(voter.ObjectionSlip, "选民名单异议(申诉)登记表"),
    "signing_sheet": Kind(voter.SigningSheet, "签字页"),
}
