"""Outside a demonstration a key signs only when two officials vouched for it: both verifiers look, each on its own."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.process import campaign, office
from election.process.base import Act, Actor, Deed, Role
from election.process.facts import FOUNDING
from election.process.machine import SERVER, signing
from election.process.office import VOUCHING
from election.record import keys, statement
from election.record.entry import Entry
from election.verify import answer, run
from tests.process.telling import Telling
from tests.verify.forging import Forger
from tests.verify.recorded import LOGS, Recorded, seed, to_the_result
from tests.verify.test_forgeries import ALONE, by_both

OFFICIALS = ("street_officer1", "organisation_reviewer1")


class Real(Recorded):
    """A turnover of an office that is no demonstration: two officials vouch for the keys of all who sign."""

    def deed(self, act: Act, who: str | Actor, **around: Any) -> Deed:
        if isinstance(act, office.OpenOffice):
            act = act.model_copy(update={"demonstration": False})
        elif isinstance(act, office.OpenAccount):  # who counts is somebody of those that `Telling.staff` chooses
            person = {"scrutineer1": "s1", "teller1": "s2", "teller2": "s3"}.get(act.account, f"of {act.account}")
            act = act.model_copy(update={"person": person})
        return super().deed(act, who, **around)

    def do(self, act: Act, who: str | Actor, **around: Any) -> list[str]:
        if isinstance(act, campaign.PlanCampaign):
            below = [a for a in self.world.office.accounts.values() if a.role in signing() and a.role not in FOUNDING]
            for official in OFFICIALS:
                super().do(office.VouchKeys(keys=tuple(map(of, below))), official)
        return super().do(act, who, **around)


def of(account: Any) -> office.Vouched:
    return office.Vouched(account=account.id, fingerprint=account.key.fingerprint)


@pytest.fixture(scope="module")
def real() -> Real:
    return to_the_result(Real("party", date(2010, 11, 10)))


@pytest.fixture
def forger(real: Real, tmp_path: Path) -> Forger:
    return Forger(real, tmp_path / "x.zip", random.Random(5))


def test_both_find_nothing_where_two_officials_vouched(real: Real, tmp_path: Path) -> None:
    path = real.write(tmp_path / "x.zip")
    assert run.verify(path).problems == []
    assert ALONE.check(path.read_bytes()).problems == []
    assert not ALONE.check(path.read_bytes()).demonstration


def test_who_counts_has_somebody_behind_the_account(forger: Forger, tmp_path: Path) -> None:
    """Two accounts that say nobody's name may be one person's, who then signs for two."""
    copy = forger._copy()
    opened = next(e for e in copy.logs["office"] if e.payload.get("account") == "teller2")
    signed = next(e for e in copy.logs["election"] if e.act == "tally.sign" and e.actor["account"] == "teller2")
    forger._replace(copy, "office", opened.seq, payload=opened.payload | {"person": ""})
    ours, alone = by_both(forger._forged(copy, "nobody", "office", (opened.seq + 1,)), tmp_path)
    assert ("logs/office.jsonl", opened.seq + 1) in ours
    assert ("logs/election.jsonl", signed.seq + 1) in alone


def _signed(entry: Entry, who: str, role: str, **changes: Any) -> dict[str, Any]:
    """The same act by somebody who really signs it."""
    actor = {"account": who, "role": role, "scope": {"street_officer": "d/s"}.get(role, "d")}
    made = replace(entry, actor=actor, statements=[], **changes)
    said = statement.sign(
        seed(who), type=made.act, log=LOGS["office"], subject=statement.subject_of(made), account=who, role=role
    )
    return {"actor": actor, "statements": [said.to_dict()], **changes}


def _without(entry: Entry, account: str) -> dict[str, Any]:
    return {"keys": [said for said in entry.payload["keys"] if said["account"] != account]}


#: what the second official's word is in its place; the office log and all after it is linked and signed anew
FORGED: dict[str, Callable[[Entry, str], dict[str, Any]]] = {
    "only one vouched": lambda entry, who: _signed(
        entry, "organisation_reviewer1", "organisation_reviewer", payload=_without(entry, who)
    ),
    "one vouched twice": lambda entry, who: _signed(entry, "street_officer1", "street_officer"),
    "for another key": lambda entry, who: _signed(
        entry,
        "organisation_reviewer1",
        "organisation_reviewer",
        payload={
            "keys": [
                said | ({"fingerprint": keys.fingerprint(keys.public(seed("other")))} if said["account"] == who else {})
                for said in entry.payload["keys"]
            ]
        },
    ),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_key_that_one_official_vouched_for_signs_nothing(forger: Forger, tmp_path: Path, kind: str) -> None:
    copy = forger._copy()
    signed = next(e for e in copy.logs["election"] if e.statements and e.statements[0]["role"] not in FOUNDING)
    second = [e for e in copy.logs["office"] if e.act == "office.vouch"][1]
    forger._replace(copy, "office", second.seq, **FORGED[kind](second, signed.statements[0]["account"]))
    forgery = forger._forged(copy, kind, "election", (signed.seq + 1,))
    for found in by_both(forgery, tmp_path):
        places = {("logs/election.jsonl", signed.seq + 1), ("logs/office.jsonl", second.seq + 1)}
        assert places & set(found), found[:5]


def _resigned(entry: Entry, signers: dict[str, str], key: Callable[[str], bytes] = seed, **changes: Any) -> Entry:
    """The entry with ``changes``, signed by ``signers``, account -> role, with the keys that ``key`` gives."""
    made = replace(entry, statements=[], **changes)
    subject = statement.subject_of(made)
    said = [
        statement.sign(key(who), type=made.act, log=made.log, subject=subject, account=who, role=role).to_dict()
        for who, role in signers.items()
    ]
    return replace(made, statements=said)


def test_a_key_under_the_fingerprint_of_another_signs_nothing(forger: Forger, tmp_path: Path) -> None:
    """The server puts a key of its own in the place of one that two officials read aloud, and leaves their words."""
    copy = forger._copy()
    signed = next(e for e in copy.logs["election"] if e.statements and e.statements[0]["role"] not in FOUNDING)
    who, other = signed.statements[0]["account"], keys.public(seed("other")).hex()
    opened = next(e for e in copy.logs["office"] if e.act == "office.account" and e.payload["account"] == who)
    copy.logs["office"][opened.seq] = replace(opened, payload=opened.payload | {"public_key": other})
    for kind in ("campaign", "election"):
        for n, entry in enumerate(copy.logs[kind]):
            if [said["account"] for said in entry.statements] == [who]:
                role = entry.statements[0]["role"]
                copy.logs[kind][n] = _resigned(entry, {who: role}, lambda _: seed("other"))
    forger._linked(copy)
    ours, alone = by_both(forger._forged(copy, "a key of the server's", "office", (opened.seq + 1,)), tmp_path)
    assert ("logs/office.jsonl", opened.seq + 1) in ours
    assert ("logs/election.jsonl", signed.seq + 1) in alone


SCAN = {"sha256": "7" * 64, "size": 5, "media_type": "image/png"}


@pytest.mark.parametrize("signers", [("teller1", "teller2"), ("committee_chair1", "street_officer9")])
def test_nobody_signs_on_paper_for_somebody_who_did_not(
    forger: Forger, tmp_path: Path, signers: tuple[str, str]
) -> None:
    """Two people of the hall cannot vouch that the chair signed; whoever records the paper is one of the two."""
    copy = forger._copy()
    announced = next(e for e in copy.logs["election"] if e.act == "result.announce")
    roles = {who: who.rstrip("0123456789") for who in signers}
    if "street_officer9" in roles:  # a street officer of another street
        opened = next(e for e in copy.logs["office"] if e.payload.get("account") == "street_officer3")
        public = keys.public(seed("street_officer9"))
        around = {"account": "street_officer9", "scope": "d/other", "public_key": public.hex()}
        around["fingerprint"] = keys.fingerprint(public)
        copy.logs["office"][opened.seq] = replace(opened, payload=opened.payload | around)
    paper = {"vouchers": list(signers), "scan": SCAN["sha256"]}
    changed = _resigned(announced, roles, on_paper=paper, attachments=[*announced.attachments, SCAN])
    copy.logs["election"][announced.seq] = changed
    forger._linked(copy)
    for found in by_both(forger._forged(copy, "on paper", "election", (announced.seq + 1,)), tmp_path):
        assert ("logs/election.jsonl", announced.seq + 1) in found


def test_both_know_whose_word_counts() -> None:
    assert {str(role) for role in VOUCHING} == ALONE.VOUCHING
    assert FOUNDING == ALONE.FOUNDING
    page = (Path(__file__).parents[2] / "docs" / "verifying.md").read_text(encoding="utf-8")
    assert all(f"`{role}`" in page for role in VOUCHING)


#: administrators, a district, two streets, a chair and a teller
PEOPLE = {
    "administrator1": "", "administrator2": "", "administrator3": "", "organisation_reviewer1": "d",
    "street_officer1": "d/s", "street_officer2": "d/t", "committee_chair1": "d/s/c1", "teller1": "d/s/c1",
}  # fmt: skip
NAMES = st.sampled_from(sorted(PEOPLE))
#: who vouches for whose keys at once; nobody: each of these has a new key
Step = tuple[str, list[str]]


def _step(drawn: tuple[str, str, str, str]) -> list[Step]:
    """Somebody has a new key, for which two others give their word, one of them for one more key too."""
    whose, first, second, too = drawn
    return [("", [whose]), (first, [whose]), (second, list({whose, too}))]


#: some of the offices above are there before anybody vouches
STORY = st.tuples(
    st.lists(NAMES, min_size=2, unique=True).map(lambda there: [("", there), (there[0], there[1:2])]),
    st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES).map(_step), max_size=12).map(
        lambda found: list(itertools.chain(*found))
    ),
).map(lambda parts: [*parts[0], *parts[1]])


@given(STORY)
def test_both_take_the_same_words_for_good(story: list[Step]) -> None:
    """Keys are enrolled, lost and vouched for in any order: the same accounts sign afterwards.

    A word that the program refuses is not in a record; put there all the same, the second verifier does not count it.
    """
    told = Telling("party", demonstration=True)
    facts, people = told.world.office, ALONE.People(demonstration=False, place="d/s/c1")
    facts.demonstration = False

    def read(act: Act, actor: Actor) -> None:
        entry = {"act": act.code, "payload": act.model_dump(mode="json"), "statements": []}
        people.read(entry | {"actor": {"account": actor.account, "role": str(actor.role), "scope": actor.scope or ""}})

    for account, scope in PEOPLE.items():
        facts.accounts[account].scope = scope
        role = Role(account.rstrip("123"))
        read(office.OpenAccount(account=account, role=role, scope=scope, name="某人"), SERVER)
    digits = itertools.count(1)
    for by, names in story:
        for who in names if not by else ():
            public = f"{next(digits):064x}"
            key = office.EnrolKey(account=who, public_key=public, fingerprint=keys.fingerprint(bytes.fromhex(public)))
            told.do(key, SERVER)
            read(key, SERVER)
        given_to = [facts.accounts[name] for name in names if by and facts.accounts[name].key is not None]
        if given_to:
            act, actor = office.VouchKeys(keys=tuple(map(of, given_to))), Actor(by, Role(by.rstrip("123")), PEOPLE[by])
            refused = {demand.code for demand in told.against(act, actor)}
            if not refused:
                told.do(act, actor)
            # some of several words stand; whose key waits signs nothing; the first word of all ends the beginning
            if not refused or not (given_to[1:] or "act.vouched" in refused or facts.first_vouched is None):
                read(act, actor)
        assert [a for a in PEOPLE if facts.vouched(a)] == [a for a in PEOPLE if people.vouched(a)]


def test_both_say_that_a_demonstration_is_one(real: Real, tmp_path: Path) -> None:
    played = to_the_result(Recorded("party", date(2010, 11, 10)))
    for told, demonstration in ((real, False), (played, True)):
        path = told.write(tmp_path / "x.zip")
        report = run.verify(path)
        assert report.ok
        assert answer.document(report)["demonstration"] is demonstration
        assert any("这是演示的记录" in line for line in answer.lines(report)) is demonstration
        assert ALONE.check(path.read_bytes()).demonstration is demonstration
