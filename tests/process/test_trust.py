"""Whose signature counts, who may touch a tally, what is destroyed and when: every refusal, told in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from election.acts.papers import BUILDERS
from election.documents import KINDS
from election.process import after, machine, office, preparation, tally
from election.process.base import ACTS, Actor, Role
from election.process.machine import SERVER, awaiting, needs_vouchers, unvouched
from election.process.notices import LISTS, PostNotice
from election.process.relatives import RecordRelation
from election.process.sealing import personal_paths
from election.record import keys
from election.record.cosignature import Witness
from tests.process.telling import PATH, Telling, party, residents_at_vote

#: public keys, and their fingerprints
P = {n: f"{n}" * 64 for n in range(10)}
F = {n: keys.fingerprint(bytes.fromhex(public)) for n, public in P.items()}
VKEY = Witness("street-1", keys.public(b"w" * 32)).vkey


@pytest.fixture
def real() -> Telling:
    """An office that is no demonstration, with nobody's key yet."""
    return Telling("party", demonstration=True)


def enrol(told: Telling, account: str, digit: int, **around: Any) -> None:
    told.do(office.EnrolKey(account=account, public_key=P[digit], fingerprint=F[digit]), SERVER, **around)


def vouch(*accounts: tuple[str, int]) -> office.VouchKeys:
    return office.VouchKeys(keys=tuple(office.Vouched(account=a, fingerprint=F[n]) for a, n in accounts))


def test_two_officials_make_a_key_count(real: Telling) -> None:
    facts = real.world.office
    enrol(real, "street_officer1", 1)
    enrol(real, "organisation_reviewer1", 2)
    enrol(real, "teller1", 3)
    assert facts.vouched("street_officer1")
    assert not facts.vouched("teller1")
    real.do(vouch(("teller1", 3)), "street_officer1")
    assert not facts.vouched("teller1")
    real.refused(vouch(("teller1", 3)), "street_officer1", "vouch.once")
    real.do(vouch(("teller1", 3)), "organisation_reviewer1")
    assert facts.vouched("teller1")


def test_who_waits_for_whose_word(real: Telling) -> None:
    """Only those who have something to sign wait; an official who waits for vouchers has no word to give."""
    office_, street = real.world.office, Actor("street_officer1", Role.STREET, "")
    office_.demonstration = False
    for account, digit in (("street_officer1", 1), ("organisation_reviewer1", 2), ("registrar1", 3)):
        enrol(real, account, digit)
    assert awaiting(office_, street) == []
    enrol(real, "teller1", 4)
    enrol(real, "committee_chair1", 5)
    assert set(awaiting(office_, street)) == {"teller1", "committee_chair1"}
    assert awaiting(office_, Actor("committee_chair1", Role.COMMITTEE_CHAIR, "")) == []
    real.do(vouch(("teller1", 4)), "street_officer1")
    assert awaiting(office_, street) == ["committee_chair1"]
    assert awaiting(office_, replace(street, scope="d/elsewhere")) == []
    assert unvouched(office_, "teller1")
    real.do(vouch(("teller1", 4)), "organisation_reviewer1")
    assert not unvouched(office_, "teller1")
    assert not unvouched(office_, "registrar1")
    office_.demonstration = True
    assert awaiting(office_, street) == []


def test_only_the_first_officials_need_nobody(real: Telling) -> None:
    enrol(real, "street_officer1", 1)
    enrol(real, "committee_chair1", 2)
    real.do(vouch(("committee_chair1", 2)), "street_officer1")
    enrol(real, "street_officer2", 3)
    assert real.world.office.vouched("street_officer1")
    assert not real.world.office.vouched("street_officer2")
    assert not real.world.office.vouched("committee_chair1")


def test_who_could_vouch_again_is_known_before_a_key_is_given_up(real: Telling) -> None:
    """Only officials of the place or above whose own keys count; a founder's next key needs them once anybody vouched."""
    facts = real.world.office
    facts.demonstration = False

    def words(of: str) -> tuple[set[str], set[str]]:
        account = facts.accounts[of]
        return {a.id for a in office.vouchers(facts, account)}, {a.id for a in office.ready(facts, account)}

    for account, digit in (("street_officer1", 1), ("organisation_reviewer1", 2), ("committee_chair1", 3)):
        enrol(real, account, digit)
    may, can = words("committee_chair1")
    assert can == {"street_officer1", "organisation_reviewer1"} < may
    assert "committee_chair1" not in may
    assert "teller1" not in may
    assert {a.id for a in office.stranded(facts)} >= {"street_officer1", "organisation_reviewer1"}
    assert not needs_vouchers(facts, "street_officer1")
    assert needs_vouchers(facts, "committee_chair1")
    assert not needs_vouchers(facts, "registrar1")  # signs nothing
    assert not needs_vouchers(facts, "nobody")
    real.do(vouch(("committee_chair1", 3)), "street_officer1")
    assert needs_vouchers(facts, "street_officer1")
    facts.accounts["street_officer1"].active = False
    assert "street_officer1" not in words("committee_chair1")[0]
    facts.demonstration = True
    assert office.stranded(facts) == []
    assert not needs_vouchers(facts, "committee_chair1")


def test_the_offices_above_vouch_for_one_another_where_too_few_are_above(real: Telling) -> None:
    """A district of which no two administrators can sign is vouched for by streets; a community's chair never is."""
    for account, digit in (("street_officer1", 1), ("street_officer2", 2), ("committee_chair1", 3)):
        enrol(real, account, digit)
    real.do(vouch(("committee_chair1", 3)), "street_officer1")
    enrol(real, "organisation_reviewer1", 4)
    facts = real.world.office
    facts.accounts["street_officer2"].scope = "d/t"
    real.refused(vouch(("committee_chair1", 3)), replace_scope("street_officer2"), "office.scope")
    real.do(vouch(("organisation_reviewer1", 4)), "street_officer1")
    real.do(vouch(("organisation_reviewer1", 4)), replace_scope("street_officer2"))
    assert facts.vouched("organisation_reviewer1")


def replace_scope(account: str) -> Actor:
    return Actor(account, Role.STREET, "d/t")


def test_what_cannot_be_vouched_for(real: Telling) -> None:
    enrol(real, "street_officer1", 1)
    enrol(real, "teller1", 3)
    real.refused(vouch(("street_officer1", 1)), "street_officer1", "vouch.not-own")
    real.refused(vouch(("teller1", 4)), "street_officer1", "vouch.this-key")
    real.refused(vouch(("nobody", 4)), "street_officer1", "office.account-known")
    real.refused(vouch(("teller1", 3)), "teller2", "act.role")
    real.refused(vouch(("teller1", 3)), Actor("street_officer1", Role.STREET, "d/t"), "office.scope")
    real.refused(vouch(("teller1", 3)), "street_officer1", "act.signed", signed_by=[])


def test_a_new_key_signed_with_the_old_one_is_believed_as_it_was(real: Telling) -> None:
    for account, digit in (("street_officer1", 1), ("organisation_reviewer1", 2), ("teller1", 3)):
        enrol(real, account, digit)
    for by in ("street_officer1", "organisation_reviewer1"):
        real.do(vouch(("teller1", 3)), by)
    facts = real.world.office
    enrol(real, "teller1", 4, signed_by=["teller1"])
    enrol(real, "street_officer1", 5, signed_by=["street_officer1"])
    assert facts.vouched("teller1")
    assert facts.vouched("street_officer1")
    enrol(real, "teller1", 6)
    assert not facts.vouched("teller1")
    real.do(office.RevokeKey(account="street_officer1"), SERVER)
    assert not facts.vouched("street_officer1")


def test_outside_a_demonstration_a_milestone_waits_for_the_vouchers() -> None:
    told = party().seats()
    told.world.office.demonstration = False
    withdrawn = after.ReopenStep(step_name="seats", reason="重新研究职数")
    told.refused(withdrawn, "committee_chair", "act.vouched")
    for account, digit in (("committee_chair1", 1), ("street_officer1", 2), ("civil_reviewer1", 3)):
        enrol(told, account, digit)
    told.refused(withdrawn, "committee_chair", "act.vouched")
    for by in ("street_officer1", "civil_reviewer1"):
        told.do(vouch(("committee_chair1", 1)), by)
    told.do(withdrawn, "committee_chair")


def test_an_algorithm_that_is_not_known_is_refused_by_name(real: Telling) -> None:
    key = office.EnrolKey(account="teller1", public_key=P[1], fingerprint=F[1], alg="sm2-sm3")
    assert real.refused(key, SERVER, "office.algorithm").params == {"alg": "sm2-sm3"}
    made = office.OpenAccount(account="new", role=Role.TELLER, scope=PATH, name="某人", alg="rot13")
    real.refused(made, SERVER, "office.algorithm")


def test_a_witness_is_registered_once_with_a_key_of_its_own(real: Telling) -> None:
    witness = office.RegisterWitness(name="street-1", vkey=VKEY, kind="street", scope="d/s")
    real.do(witness, "street_officer")
    real.refused(witness, "street_officer", "witness.new")
    real.refused(witness.model_copy(update={"name": "street-2"}), "street_officer", "witness.key")
    real.refused(witness.model_copy(update={"name": "x", "vkey": "x"}), "street_officer", "witness.key")
    real.refused(witness.model_copy(update={"scope": "d/t"}), "street_officer", "office.scope")
    public = keys.public(b"v" * 32)
    enrolled = office.EnrolKey(account="registrar1", public_key=public.hex(), fingerprint=keys.fingerprint(public))
    real.do(enrolled, "registrar")
    own = Witness("v", keys.public(b"v" * 32)).vkey
    real.refused(witness.model_copy(update={"name": "v", "vkey": own}), "street_officer", "witness.other-key")
    closed = office.CloseWitness(name="street-1", reason="交还")
    real.do(closed, "street_officer")
    real.refused(closed, "street_officer", "witness.known")


# --- tallies ---------------------------------------------------------------------------------------------------------


def behind(told: Telling, account: str, person: str) -> None:
    told.world.office.accounts[account].person = person


def at_the_box() -> Telling:
    told = residents_at_vote()
    told.do(told.account(), told.lead)
    return told


def commit(told: Telling) -> tally.CommitTally:
    return tally.CommitTally(contest="chair", box="1", commitment=F[1])


def test_two_accounts_of_one_person_are_not_two_tellers() -> None:
    told = at_the_box()
    told.do(tally.OpenBox(box="1"), "scrutineer")
    behind(told, "teller1", "s2")
    behind(told, "teller2", "s2")
    behind(told, "scrutineer1", "s2")
    told.do(commit(told), "teller1")
    told.refused(commit(told), "teller2", "tally.two-people")
    behind(told, "teller2", "s3")
    figures = told.figures("chair", (30, 3))
    told.world.election.rounds[-1].sheets.clear()
    told.enter("chair", figures)
    digest = told.facts.round.sheets[("chair", "1")].sha256
    told.do(tally.SignTally(contest="chair", box="1", sheet_sha256=digest), "teller1")
    told.refused(tally.SignTally(contest="chair", box="1", sheet_sha256=digest), "scrutineer1", "tally.sign-once")
    behind(told, "scrutineer1", "s1")
    told.do(tally.SignTally(contest="chair", box="1", sheet_sha256=digest), "scrutineer1")


def test_a_third_person_settles_what_differs() -> None:
    told = at_the_box()
    told.do(tally.OpenBox(box="1"), "scrutineer")
    for account, person in (("teller1", "s2"), ("teller2", "s3"), ("scrutineer1", "s3")):
        behind(told, account, person)
    first, second = told.figures("chair", (30, 3)), told.figures("chair", (29, 3))
    told.enter("chair", first, second)
    settled = tally.ResolveTally(contest="chair", box="1", figures=first, reason="重新核对")
    told.refused(settled, "scrutineer1", "tally.third-person")
    told.do(settled, "scrutineer2")


@pytest.mark.parametrize("account", ["teller1", "scrutineer1"])
def test_neither_a_candidate_nor_a_near_relative_touches_a_tally(account: str) -> None:
    told = at_the_box()
    acts = {
        "teller1": commit(told),
        "scrutineer1": tally.RestartTally(contest="chair", box="1", reason="重计"),
    }
    behind(told, account, told.facts.official[0].person)
    told.refused(acts[account], account, "tally.not-candidate")
    role = account.removesuffix("1")
    helper = preparation.AppointStaff(
        person="relative", name="某人", role=role, relative_of_candidate=True, relative_reason="人手不足"
    )
    told.do(helper, told.lead)
    behind(told, account, "relative")
    told.refused(acts[account], account, "tally.not-relative")
    told.refused(tally.SignTally(contest="chair", box="1", sheet_sha256=F[1]), account, "tally.not-relative")
    if role == "scrutineer":
        told.refused(tally.OpenBox(box="1"), account, "tally.not-relative")


def test_a_relation_recorded_later_keeps_a_teller_from_the_tally() -> None:
    told = at_the_box()
    behind(told, "teller1", "s77")
    assert "tally.not-relative" not in {d.code for d in told.against(commit(told), "teller1")}
    candidate = told.facts.official[0].person
    relation = RecordRelation(person=candidate, person_name="甲", relative="s77", relative_name="乙", relation="parent")
    told.do(relation, told.lead)
    told.refused(commit(told), "teller1", "tally.not-relative")


# --- retention -------------------------------------------------------------------------------------------------------


def destroy(what: str) -> after.Destroy:
    return after.Destroy(what=what, reason="保存期满")


@pytest.mark.parametrize("what", list(after.KEPT))
def test_nothing_is_destroyed_before_its_time_or_twice(what: str) -> None:
    told = party()
    told.refused(destroy(what), "street_officer", "retention.archived")
    told.facts.archived_on = date(2010, 12, 30)
    years = int(str(told.facts.law.values[after.KEPT[what]].value))
    told.today = date(2010 + years, 12, 30)
    assert told.refused(destroy(what), "street_officer", "retention.over").params == {"until": told.today}
    told.today = date(2010 + years, 12, 31)
    told.refused(destroy(what), "street_officer", "act.signed", signed_by=[])
    told.refused(destroy(what), "registrar", "act.role")
    told.do(destroy(what), "street_officer")
    told.refused(destroy(what), "street_officer", "retention.once")


def told_long_after() -> Telling:
    """An archived election that sealed a list, its correction, another list and a result, all kept long enough."""
    told = party()
    told.facts.archived_on, told.today = date(2010, 12, 30), date(2020, 1, 1)
    kinds = {"a": {"roll_notice"}, "b": {"delegates"}, "c": {"result_notice"}, "d": {"roll_notice", "official_list"}}
    told.facts.papers.clear()
    told.facts.papers |= {digit * 64: kind for digit, kind in kinds.items()}
    return told


def naming(*digits: str, what: str = "personal") -> after.Destroy:
    return after.Destroy(what=what, reason="保存期满", lists=tuple(digit * 64 for digit in digits))


def test_lists_of_people_go_with_the_personal_data_and_no_other_paper_does() -> None:
    told = told_long_after()
    assert after.lists_left(told.facts) == ["a" * 64, "b" * 64]
    for wrong in (naming("c"), naming("a", "c"), naming("d"), naming("e"), naming("a", what="files")):
        told.refused(wrong, "street_officer", "retention.lists")
    told.do(naming("a"), "street_officer")
    assert told.facts.gone == {"a" * 64: told.today}
    told.refused(naming("a"), "street_officer", "retention.lists")
    told.refused(naming(), "street_officer", "retention.once")
    told.do(naming("b"), "street_officer")  # what an earlier act did not name, or was posted since
    assert after.lists_left(told.facts) == []


def test_openings_that_an_earlier_act_left_may_still_go() -> None:
    told = told_long_after()
    told.do(naming("a", "b"), "street_officer")
    told.refused(naming(), "street_officer", "retention.once")
    told.do(naming().model_copy(update={"number": 3}), "street_officer")
    told.do(destroy("files"), "street_officer")
    told.refused(destroy("files").model_copy(update={"number": 3}), "street_officer", "retention.once")


def test_a_name_goes_with_the_personal_data_where_nobody_needs_it_to_tell_the_result() -> None:
    passing = {
        (code, ".".join(path))
        for code, act in ACTS.items()
        for path, mark in personal_paths(act)
        if mark.posted and not mark.lasting
    }
    assert passing == {
        ("delegates.elect", "elected.*.name"),
        ("representatives.elect", "elected.*.name"),
        ("representatives.change", "joins_name"),
        ("proxy.grant", "principal_name"),
        ("proxy.grant", "proxy_name"),
    }


def test_a_corrected_list_is_a_list_whatever_its_paper_is_called() -> None:
    told = party()
    for kind, digit in (("roll_notice", "1"), ("correction_notice", "2"), ("correction_notice", "3")):
        act = PostNotice(kind=kind, place="公告栏", supersedes=1 if digit == "2" else None)
        deed = told.deed(act, told.lead)
        deed.papers[0]["sha256"] = digit * 64
        machine.apply(told.world, deed)
    assert {d: told.facts.papers[d * 64] for d in "123"} == {
        "1": {"roll_notice"},
        "2": {"roll_notice"},
        "3": {"correction_notice"},
    }


def test_every_kind_of_sealed_paper_is_a_list_or_stays() -> None:
    stays = {
        "posts_notice", "seats_notice", "prospective_list", "official_list", "polling_notice", "staff_notice",
        "result_notice", "correction_notice", "candidate_report", "ballot", "tally_sheet", "result_report",
        "approval_request", "approval_reply", "appointment_notice", "certificate", "filing_form", "handover_list",
        "inspection_report", "turnover_report",
    }  # fmt: skip
    assert not LISTS & stays
    assert set(BUILDERS) == (LISTS & set(BUILDERS)) | stays
    assert set(KINDS) >= LISTS


def test_rules_without_a_period_keep_everything() -> None:
    told = party()
    told.facts.archived_on = date(2010, 12, 30)
    told.today = date(2030, 1, 1)
    values = {k: v for k, v in told.facts.law.values.items() if not k.startswith("retention.")}
    told.facts.rules = replace(told.facts.law, values=values)
    told.refused(destroy("files"), "street_officer", "retention.rule")


def test_years_are_counted_by_the_calendar() -> None:
    assert after.years_after(date(2008, 2, 29), 3) == date(2011, 3, 1)
    assert after.years_after(date(2010, 12, 30), 5) == date(2015, 12, 30)
