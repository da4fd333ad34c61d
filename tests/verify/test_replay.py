"""The replay over acts of the catalogue: what was allowed passes, what was not is found at its line."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from election import count, law
from election.process import result
from election.process.base import ACTS
from election.process.facts import Candidate, Contest, Meeting, Representative, Round
from election.process.sealing import seal_act
from election.process.world import World
from election.record import keys
from election.verify import answer, run
from election.verify.replay import _Replay, replay
from election.verify.report import Report

PATH = "qilihe/xiyuan/c1"
RULES = {body: law.load(f"qilihe-2010.{body}") for body in ("party", "residents")}
SEALED = {
    body: json.dumps(rules.as_json(), ensure_ascii=False, sort_keys=True).encode() for body, rules in RULES.items()
}
ROLES = {
    "street": ("street_officer", "qilihe/xiyuan"),
    "chair": ("committee_chair", PATH),
    "registrar": ("registrar", PATH),
    "head": ("leading_chair", PATH),
}


def by(account: str) -> dict[str, Any]:
    role, scope = ROLES[account]
    return {"account": account, "role": role, "scope": scope}


def act(
    office: Any, code: str, account: str, day: str, step: str = "", /, *, signed: bool = False, **fields: Any
) -> None:
    """Write an act of the catalogue as the program would: sealed, with its step, openings of what is posted kept."""
    made = ACTS[code].model_validate(fields)
    sealed = seal_act(made)
    office.openings += [opening for opening, posted in sealed.openings if posted]
    actor = by(account) if account in ROLES else {"account": "server", "role": "server", "scope": ""}
    office.add(
        made.log,
        code,
        sealed.payload,
        actor,
        step=step or made.log,
        occurred_on=day,
        recorded_at=f"{day}T09:00:00.000Z",
        signers=[(account, ROLES[account][0])] if signed else [],
    )


@pytest.fixture
def turnover(office: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An office, a campaign and the beginning of a residents' election, all of it allowed."""
    monkeypatch.setattr(run, "replay", replay)
    new = type(office)()
    public = keys.public(new.key)
    act(
        new, "office.open", "server", "2010-11-01", name="qilihe-test", server_key=public.hex(),
        fingerprint=keys.fingerprint(public), version="0.1.0", demonstration=True,
    )  # fmt: skip
    for account, (role, scope) in ROLES.items():
        key = keys.public(new.seed(account))
        act(
            new, "office.account", "server", "2010-11-01", account=account, role=role, scope=scope, name=f"某{account}",
            public_key=key.hex(), fingerprint=keys.fingerprint(key),
        )  # fmt: skip
    act(
        new, "campaign.plan", "street", "2010-11-01", "campaign.plan", title="换届", term="第四届", street="西园街道",
        path="qilihe/xiyuan", party_ruleset="qilihe-2010.party", residents_ruleset="qilihe-2010.residents",
        window_from="2010-11-01", window_to="2010-12-31", party_day="2010-12-24", residents_day="2010-12-26",
        communities=[{"id": "c1", "name": "某社区"}], demonstration=True,
    )  # fmt: skip
    digest = hashlib.sha256(SEALED["residents"]).hexdigest()
    new.rulesets = [SEALED["residents"]]
    act(
        new, "election.open", "street", "2010-11-02", "general", body_of_election="residents", community="c1",
        community_name="某社区", path=PATH, campaign=new.logs["campaign"][0].log, ruleset="qilihe-2010.residents",
        ruleset_sha256=digest, demonstration=True,
    )  # fmt: skip
    members = [
        {"person": str(UUID(int=n)), "name": name} for n, name in enumerate(("王建国", "李秀英", "张敏"), start=1)
    ]
    act(new, "lead.form", "chair", "2010-11-03", "residents.lead", chair=members[0]["person"], members=members)
    return new


def found(office: Any, tmp_path: Path) -> list[tuple[str, str, str, int | None]]:
    report = run.verify(office.write(tmp_path / "x.zip"))
    told = answer.document(report)
    assert all(problem["text"] and problem["text_en"] for problem in told["problems"])
    return [(p.check, p.code, p.file, p.line) for p in report.problems]


ELECTION = "logs/election.jsonl"
LEADERS = [{"person": who, "name": f"某{who}"} for who in "abc"]


def refused(office: Any, tmp_path: Path) -> set[str]:
    """Demands unmet by the act at line 3, which is the only thing wrong."""
    problems = run.verify(office.write(tmp_path / "x.zip")).problems
    assert {(p.check, p.code, p.file, p.line) for p in problems} == {("steps", "act-refused", ELECTION, 3)}
    return {p.params["demand"] for p in problems}


def test_what_was_allowed_passes(turnover: Any, tmp_path: Path) -> None:
    report = run.verify(turnover.write(tmp_path / "x.zip"))
    assert report.problems == []
    assert report.passed("steps", "personal")
    assert report.checks["recount"].status == "not_checked"
    assert report.checks["personal"].params["n"] == len(ROLES) + 3


def test_an_act_of_the_wrong_role_is_found(turnover: Any, tmp_path: Path) -> None:
    act(turnover, "lead.form", "street", "2010-11-11", "residents.lead", chair="a", members=LEADERS)
    assert "act.role" in refused(turnover, tmp_path)


def test_an_act_before_its_step_is_found(turnover: Any, tmp_path: Path) -> None:
    act(turnover, "nomination.report", "head", "2010-11-11", "residents.prospective", signed=True)
    assert found(turnover, tmp_path)[0] == ("steps", "act-refused", ELECTION, 3)


def test_an_unsigned_milestone_is_found(turnover: Any, tmp_path: Path) -> None:
    act(turnover, "roll.fix", "head", "2010-11-11", "residents.roll")
    assert "act.signed" in refused(turnover, tmp_path)


def test_an_act_of_the_future_is_found(turnover: Any, tmp_path: Path) -> None:
    turnover.add(
        "election",
        "roll.close_registration",
        {},
        by("registrar"),
        step="residents.register",
        occurred_on="2010-12-20",
        recorded_at="2010-12-01T00:00:00.000Z",
    )
    assert "act.not-future" in refused(turnover, tmp_path)


def test_nothing_after_the_first_wrong_act_is_judged(turnover: Any, tmp_path: Path) -> None:
    act(turnover, "roll.close_registration", "street", "2010-11-11", "residents.register")
    act(turnover, "roll.close_registration", "street", "2010-11-12", "residents.register")
    assert {line for *_, line in found(turnover, tmp_path)} == {3}


@pytest.mark.parametrize(
    ("code", "step", "payload", "problem"),
    [
        ("roll.invented", "residents.roll", {}, "act-unknown"),
        ("roll.close_registration", "residents.register", {"more": 1}, "act-unknown"),
        ("roll.close_registration", "residents.roll", {}, "act-step"),
        (
            "campaign.train",
            "campaign.train",
            {"day": "2010-11-11", "place": "街道", "who": "某", "materials": ""},
            None,
        ),
    ],
)
def test_an_act_that_is_none_is_found(
    turnover: Any, tmp_path: Path, code: str, step: str, payload: dict[str, Any], problem: str | None
) -> None:
    turnover.add(
        "election",
        code,
        payload,
        by("registrar"),
        step=step,
        occurred_on="2010-11-11",
        recorded_at="2010-11-11T09:00:00.000Z",
    )
    problems = found(turnover, tmp_path)
    assert [(check, line) for check, _, _, line in problems] == [("steps", 3)]
    assert problems[0][1] in ({problem} if problem else {"act-log", "act-unknown"})


def test_an_act_in_another_log_is_found(turnover: Any, tmp_path: Path) -> None:
    public = keys.public(turnover.seed("street")).hex()
    payload = {"account": "street", "public_key": public, "fingerprint": ""}
    turnover.add(
        "election", "office.key", payload, by("street"), step="office", occurred_on="2010-11-11",
        recorded_at="2010-11-11T09:00:00.000Z",
    )  # fmt: skip
    assert found(turnover, tmp_path) == [("steps", "act-log", ELECTION, 3)]


def test_another_version_of_counting_is_not_recounted(
    turnover: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = turnover.write(tmp_path / "x.zip")
    monkeypatch.setattr(count, "SEMANTICS", 2)
    assert [(p.check, p.code, p.line) for p in run.verify(path).problems] == [("recount", "semantics", 1)]


def test_a_ruleset_that_is_none_is_found(turnover: Any, tmp_path: Path) -> None:
    turnover.rulesets = [b"[]"]
    first = turnover.logs["election"].pop(0)
    turnover.logs["election"].clear()
    turnover.openings = []
    turnover.add(
        "election", "election.open", first.payload | {"ruleset_sha256": hashlib.sha256(b"[]").hexdigest()}, first.actor,
        step="general", occurred_on="2010-11-02", recorded_at="2010-11-02T09:00:00.000Z",
    )  # fmt: skip
    assert found(turnover, tmp_path) == [("steps", "act-impossible", ELECTION, 1)]


# --- personal data ---


def test_a_name_in_clear_is_found(turnover: Any, tmp_path: Path) -> None:
    payload = turnover.logs["election"][1].payload
    clear = payload | {"members": [{**member, "name": "王建国"} for member in payload["members"]]}
    turnover.add(
        "election", "lead.form", clear, by("chair"), step="residents.lead", occurred_on="2010-11-11",
        recorded_at="2010-11-11T09:00:00.000Z",
    )  # fmt: skip
    assert ("personal", "personal-clear", ELECTION, 3) in found(turnover, tmp_path)


def test_a_private_value_that_is_opened_is_found(turnover: Any, tmp_path: Path) -> None:
    made = ACTS["roll.change"].model_validate(
        {
            "kind": "add",
            "person": str(UUID(int=9)),
            "name": "赵六",
            "basis": "户口簿",
            "registered": 4,
            "root": "a" * 64,
        }
    )
    sealed = seal_act(made)
    turnover.openings += [opening for opening, _ in sealed.openings]
    turnover.add(
        "election", "roll.change", sealed.payload, by("registrar"), step="residents.register", occurred_on="2010-11-11",
        recorded_at="2010-11-11T09:00:00.000Z",
    )  # fmt: skip
    assert found(turnover, tmp_path)[0] == ("personal", "personal-opened", ELECTION, 3)


# --- the recount, on facts as a show of hands leaves them ---


def hands(*votes: tuple[str, int]) -> World:
    """55 of 58 representatives present, one seat, votes for each candidate by show of hands."""
    world = World()
    facts = world.election
    facts.rules, facts.body = RULES["residents"], "residents"
    facts.representatives = {str(n): Representative(str(n), f"代表{n}", "一组") for n in range(58)}
    facts.meetings = [Meeting(1, opened_on=date(2010, 12, 26), present=55)]
    contest = Contest("chair", "主任", 1)
    tally = {
        "valid": 55,
        "invalid": 0,
        "votes": {who: {"for": n, "against": 55 - n, "abstain": 0} for who, n in votes},
    }
    people = [Candidate(who, f"某{who}", "chair") for who, _ in votes]
    facts.rounds = [Round(1, [contest], {"chair": people}, method="hands", hands={"chair": tally})]
    return world


def recount(world: World, announced: World | None = None, **changes: Any) -> tuple[list[tuple[str, str]], set[str]]:
    """(problems, contests) of an announcement of what ``announced`` gives, recounted on ``world``."""
    counted = result.decide(announced or world)
    assert counted is not None
    fields = {"valid": counted["valid"], "outcomes": [o.model_dump() for o in result.outcomes(counted)]} | changes
    made = ACTS["result.announce"].model_validate(fields)
    report = Report()
    log: Any = SimpleNamespace(path=ELECTION)
    judge = _Replay({"election": log}, "election", lambda _: RULES["residents"], {}, report)  # type: ignore[arg-type]
    judge.world = world
    deed: Any = SimpleNamespace(act=made)
    stands = judge._recounted(deed, 7)
    assert stands is (not report.problems)
    return [(p.check, p.code) for p in report.problems], judge.contests


def test_the_announced_result_is_the_recounted_one() -> None:
    assert recount(hands(("c1", 30), ("c2", 25))) == ([], {"chair"})


def test_another_winner_than_the_recounted_is_found() -> None:
    problems, _ = recount(hands(("c1", 30), ("c2", 25)), hands(("c1", 25), ("c2", 30)))
    assert problems == [("result", "result-differs")]


def test_a_winner_at_exactly_half_is_found() -> None:
    """27 of 55 is less than half, 28 is more: the announced winner had one vote fewer than the sealed tally needs."""
    problems, _ = recount(hands(("c1", 27), ("c2", 20)), hands(("c1", 28), ("c2", 20)))
    assert problems == [("result", "result-differs")]


def test_a_contest_left_out_of_the_announcement_is_found() -> None:
    assert recount(hands(("c1", 30)), outcomes=[])[0] == [("result", "result-differs")]


def test_a_void_election_announced_as_valid_is_found() -> None:
    world = hands(("c1", 30))
    assert recount(world, valid=False)[0] == [("result", "result-valid")]


def test_an_announcement_before_the_tally_is_found() -> None:
    world = hands(("c1", 30))
    announced = hands(("c1", 30))
    world.election.rounds[0].hands = None
    assert recount(world, announced)[0] == [("recount", "tallies-open")]
