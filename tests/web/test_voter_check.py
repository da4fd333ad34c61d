"""The self-check: one answer, one wording for every miss, a limit of tries, nothing kept and nothing logged."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pypdfium2
import pytest
from sqlalchemy import event, select

from election.acts import posted, public
from election.acts.public import Limit, by_address
from election.demo import fill
from election.process.facts import Election
from election.process.world import World
from election.store.database import Store
from election.store.home import Vault
from election.store.people import Listed, Resident, add_people, change_row, roll_row
from election.store.tables import Log, Tries

from .voter_sample import Sample, guarded, hidden, sample, words

__all__ = ["guarded", "sample"]

MISSED = "这一次没有查出结果"


def six(person: Listed) -> str:
    return person.resident.id_number[-6:]


# --- the answer ------------------------------------------------------------------------------------------------------


def test_who_is_registered_learns_group_day_representatives_and_where_to_turn(sample: Sample) -> None:
    person = sample.numbered("c1")
    answer = sample.check("c1", person.resident.name, six(person))
    said = words(answer)
    assert answer.status_code == 200
    assert "已登记为选民" in said
    assert person.resident.group in said
    assert "2010年12月26日" in said
    representatives = [
        r.name for r in sample.world("c1").election.representatives.values() if r.group == person.resident.group
    ]
    assert representatives
    assert all(name in said for name in representatives)
    assert person.resident.name not in said
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_resident_whom_the_sample_offers_is_registered(sample: Sample) -> None:
    offered = fill.resident(sample.store)
    found = next(c for c in ("c1", "c2", "c3", "c4", "c5") if sample.world(c).election.community_name == offered.place)
    assert "已登记为选民" in words(sample.check(found, offered.login, offered.password))


def test_the_answer_holds_nothing_of_the_person_but_the_masked_name(sample: Sample) -> None:
    person = sample.numbered("c1", 40)
    html = sample.check("c1", person.resident.name, six(person)).get_data(as_text=True)
    for private in (person.resident.id_number, six(person), person.resident.birth, person.resident.address):
        assert private
        assert private not in html


def test_an_open_window_for_objections_is_said_with_its_last_day(sample: Sample) -> None:
    sample.clock.now = datetime(2010, 11, 25, 4, 0, tzinfo=UTC)
    person = sample.numbered("c2")
    assert "2010年11月27日 以前（含当日）" in words(sample.check("c2", person.resident.name, six(person)))
    assert "2010年11月27日 以前（含当日）提出异议" in words(sample.check("c2", "无此人", "123456"))
    sample.clock.now = datetime(2010, 11, 28, 4, 0, tzinfo=UTC)
    assert "异议期已过，仍可反映" in words(sample.check("c2", "无此人", "123456"))


@pytest.mark.parametrize(
    "typed", [str.lower, lambda t: "".join(chr(ord(c) + 0xFEE0) for c in t), lambda t: f" {t[:3]} {t[3:]}　"]
)
def test_case_width_and_blanks_are_forgiven(typed: Callable[[str], str], sample: Sample) -> None:
    person = next(p for p in sample.people("c1") if p.status == "registered" and p.resident.id_number.endswith("X"))
    name = f"\u202e{person.resident.name[0]} {person.resident.name[1:]}\u200b"
    assert "已登记为选民" in words(sample.check("c1", name, typed(six(person))))


def test_a_roll_that_does_not_hang_yet_is_not_answered_from(sample: Sample) -> None:
    person = sample.numbered("c2")
    assert sample.world("c4").election.posted("roll_notice") is None
    answers = [
        sample.check("c4", name, digits) for name, digits in ((person.resident.name, six(person)), ("张三", "000000"))
    ]
    assert "选民名单还没有公布" in words(answers[0])
    assert answers[0].data == answers[1].data


def test_english_says_the_same(sample: Sample) -> None:
    person = sample.numbered("c1")
    browser = sample.browser()
    asked = {"community": f"{sample.campaign}/c1", "name": person.resident.name, "last_six": six(person)}
    said = words(browser.post("/check?lang=en", data=asked))
    assert "registered to vote" in said
    assert "26 December 2010" in said


# --- every miss is one miss ------------------------------------------------------------------------------------------


def misses(sample: Sample) -> dict[str, tuple[str, str]]:
    """``why -> (name, digits)`` of people who get no answer in c1."""
    good, held, removed = sample.numbered("c1", 3), sample.numbered("c1", 4), sample.numbered("c1", 5)
    log = sample.elections["c1", "residents"]
    with sample.store.write() as session:
        for person, status in ((held, "held"), (removed, "removed")):
            row = roll_row(session, log, person.person)
            assert row is not None
            change_row(sample.store, session, row, status=status)
    here = {p.resident.name for p in sample.people("c1")}
    unnumbered = next(p for p in sample.people("c1") if not p.resident.id_number)
    elsewhere = next(p for p in sample.people("c2") if p.resident.id_number and p.resident.name not in here)
    return {
        "nobody": ("查无此人", "123456"),
        "wrong digits": (good.resident.name, "99999X" if six(good) != "99999X" else "99998X"),
        "held": (held.resident.name, six(held)),
        "removed": (removed.resident.name, six(removed)),
        "without a number": (unnumbered.resident.name, unnumbered.resident.birth.replace("-", "")[-6:]),
        "of another community": (elsewhere.resident.name, six(elsewhere)),
    }


def test_every_miss_has_the_same_bytes(sample: Sample) -> None:
    answers = {why: sample.check("c1", *typed) for why, typed in misses(sample).items()}
    assert len({a.data for a in answers.values()}) == 1
    assert {a.status_code for a in answers.values()} == {200}
    said = words(answers["nobody"])
    assert MISSED in said
    assert "带身份证或户口簿，到榆苑社区居民委员会选举领导小组办公室当面核对" in said
    nonce = re.compile("'nonce-[^']+'")  # new in every answer, and so no sign
    heads = [sorted((k, nonce.sub("", v)) for k, v in a.headers if k != "Date") for a in answers.values()]
    assert all(h == heads[0] for h in heads)


def test_every_miss_has_the_same_bytes_as_served(guarded: Sample) -> None:
    answers = set()
    for name, digits in misses(guarded).values():
        browser = guarded.browser()
        token = hidden(browser.get("/check"), "csrf_token")
        asked = {"community": f"{guarded.campaign}/c1", "name": name, "last_six": digits, "csrf_token": token}
        answers.add(browser.post("/check", data=asked).data)
    assert len(answers) == 1


@contextmanager
def watched(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Statements and keyed hashes, as they happen."""
    seen: list[str] = []
    hashed = Vault.index

    def statement(_c: object, _cursor: object, text: str, *_more: object) -> None:
        seen.append(text)

    def index(vault: Vault, purpose: str, *values: str) -> str:
        seen.append(f"hash {purpose}")
        return hashed(vault, purpose, *values)

    event.listen(store.engine, "before_cursor_execute", statement)
    monkeypatch.setattr(Vault, "index", index)
    try:
        yield seen
    finally:
        event.remove(store.engine, "before_cursor_execute", statement)
        monkeypatch.setattr(Vault, "index", hashed)


def test_hit_miss_and_exceeded_ask_the_same_of_the_database(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    person = sample.numbered("c1")
    world = sample.world("c1")
    ways = {}
    for why, (name, digits) in {**misses(sample), "hit": (person.resident.name, six(person))}.items():
        with watched(sample.store, monkeypatch) as seen:
            public.check(sample.store, world, name=name, last_six=digits, address="192.0.2.9", now=sample.clock())
        ways[why] = list(seen)
    for _ in range(public.PER_NAME):
        sample.check("c1", "查无此人", "123456")
    with watched(sample.store, monkeypatch) as seen:
        public.check(sample.store, world, name="查无此人", last_six="123456", address="192.0.2.9", now=sample.clock())
    ways["exceeded"] = list(seen)
    assert all(way == ways["hit"] for way in ways.values())
    assert [s for s in ways["hit"] if s == "hash check"] == ["hash check"]


# --- limits ----------------------------------------------------------------------------------------------------------


def test_the_sixth_try_at_a_name_in_a_day_is_not_answered(sample: Sample) -> None:
    person = sample.numbered("c1")
    for n in range(5):
        assert MISSED in words(sample.check("c1", person.resident.name, f"00000{n}", address=f"192.0.2.{n}"))
    answer = sample.check("c1", person.resident.name, six(person), address="192.0.2.77")
    said = words(answer)
    assert answer.status_code == 429
    assert "已登记" not in said
    assert MISSED in said
    assert "今天的查询次数已用完" in said
    assert "当面核对" in said
    # said of a name that is on no roll in the same words
    for n in range(5):
        sample.check("c1", "查无此人", f"00000{n}", address=f"198.51.100.{n}")
    assert sample.check("c1", "查无此人", "000009", address="198.51.100.77").data == answer.data


def test_the_limit_of_a_name_is_of_one_community(sample: Sample) -> None:
    for n in range(6):
        sample.check("c1", "查无此人", f"00000{n}")
    assert sample.check("c1", "查无此人", "000007").status_code == 429
    assert sample.check("c2", "查无此人", "000007").status_code == 200


def test_the_twenty_first_try_from_an_address_is_not_answered(sample: Sample) -> None:
    person = sample.numbered("c1")
    for n in range(20):
        assert sample.check("c1", f"路人{n}", "123456").status_code == 200
    assert sample.check("c1", person.resident.name, six(person)).status_code == 429
    assert "已登记为选民" in words(sample.check("c1", person.resident.name, six(person), address="192.0.2.2"))


def test_tries_beyond_an_addresss_limit_do_not_use_up_a_name(sample: Sample) -> None:
    person = sample.numbered("c1")
    for n in range(20):
        sample.check("c1", f"路人{n}", "123456")
    for n in range(10):
        sample.check("c1", person.resident.name, f"00000{n}")
    assert "已登记为选民" in words(sample.check("c1", person.resident.name, six(person), address="192.0.2.2"))


def test_the_limits_end_with_the_day_in_shanghai(sample: Sample) -> None:
    sample.clock.now = datetime(2010, 12, 4, 15, 50, tzinfo=UTC)  # 23:50 in Shanghai
    person = sample.numbered("c1")
    for n in range(6):
        sample.check("c1", person.resident.name, f"00000{n}")
    assert sample.check("c1", person.resident.name, six(person)).status_code == 429
    sample.clock.forward(minutes=11)
    assert "已登记为选民" in words(sample.check("c1", person.resident.name, six(person)))


def test_a_header_that_anybody_can_send_is_no_address(sample: Sample) -> None:
    browser = sample.browser()
    for n in range(21):
        asked = {"community": f"{sample.campaign}/c1", "name": f"路人{n}", "last_six": "123456"}
        answer = browser.post("/check", data=asked, headers={"X-Forwarded-For": f"203.0.113.{n}"})
    assert answer.status_code == 429


def test_what_cannot_be_looked_up_costs_no_try(sample: Sample) -> None:
    person = sample.numbered("c1")
    for _ in range(25):
        assert sample.check("c1", person.resident.name, "12345").status_code == 422
    assert "已登记为选民" in words(sample.check("c1", person.resident.name, six(person)))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "no address", True),
    ],
)
def test_an_address_is_a_host_or_one_subscribers_network(one: str, other: str, same: bool) -> None:
    assert (by_address("check", one, 20) == by_address("check", other, 20)) is same


# --- both engines ----------------------------------------------------------------------------------------------------

NOON = datetime(2010, 12, 4, 4, 0, tzinfo=UTC)


def small_world(store: Store) -> World:
    with store.write() as session:
        session.add(
            Log(id="11111111-1111-4111-8111-111111111111", kind="election", path="a/b/c1", size=0, head="0" * 64)
        )
        session.flush()
        found = Resident("王小英", id_number="62010319800101002X", birth="1980-01-01", group="第一组")
        add_people(store, session, "11111111-1111-4111-8111-111111111111", "c1", [(found, "registered", "", ())])
    return World(election=Election(id="11111111-1111-4111-8111-111111111111", community="c1"))


def test_tries_are_counted_and_forgotten_on_each_engine(each_store: Store) -> None:
    world = small_world(each_store)

    def check(digits: str, now: datetime = NOON, address: str = "192.0.2.1") -> public.Checked:
        return public.check(each_store, world, name="王小英", last_six=digits, address=address, now=now)

    assert check("01002x").group == "第一组"
    for _ in range(4):
        assert check("999999") == public.Checked(None, False)
    assert check("01002X") == public.Checked(None, True)
    assert check("01002X", NOON + timedelta(days=1)).group == "第一组"
    with each_store.read() as session:
        assert {t.day for t in session.scalars(select(Tries))} == {date(2010, 12, 4), date(2010, 12, 5)}
    check("01002X", NOON + timedelta(days=3))
    with each_store.read() as session:
        rows = list(session.scalars(select(Tries)))
    assert {t.day for t in rows} == {date(2010, 12, 5), date(2010, 12, 7)}
    assert all(re.fullmatch("[0-9a-f]{64}", t.key) for t in rows)


def test_two_at_once_are_two(each_store: Store) -> None:
    limit = Limit("test", "one", 100)
    failed: list[BaseException] = []

    def knock() -> None:
        try:
            for _ in range(5):
                public.within(each_store, limit, NOON)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=knock) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with each_store.write() as session:
        assert public.count(each_store, session, limit, NOON) == 21


# --- what is typed ---------------------------------------------------------------------------------------------------

ODD = [
    "a" * 100_000,
    "王" * 51,
    "😀👨‍👩‍👧",
    "'; DROP TABLE person; --",
    '=HYPERLINK("http://x")',
    "\u202e\u2066王\u2069",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "%s%n%00",
    "１２３４５６７",
    "   ",
    "",
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_input_is_answered_with_a_sentence(odd: str, sample: Sample) -> None:
    for field in ("name", "last_six", "community"):
        asked = {"community": f"{sample.campaign}/c1", "name": "王小英", "last_six": "123456", field: odd}
        answer = sample.browser().post("/check", data=asked)
        assert answer.status_code in (200, 422)
        html = answer.get_data(as_text=True)
        assert "<script>alert" not in html
        assert "请改正后再查" in html or MISSED in html


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "请填写身份证号的后六位"),
        ("62010319800101002X", "只填最后六位，不要填写整个号码"),
        ("620103800101002", "只填最后六位，不要填写整个号码"),
        ("12345", "应是六位数字，最后一位可以是 X"),
        ("X23456", "应是六位数字，最后一位可以是 X"),
        ("٠١٢٣٤٥", "应是六位数字，最后一位可以是 X"),
    ],
)
def test_each_wrong_number_has_its_sentence(typed: str, sentence: str, sample: Sample) -> None:
    answer = sample.check("c1", "王小英", typed)
    assert answer.status_code == 422
    assert words(answer).count(sentence) == 2  # in the summary, and at the field
    assert "王小英" in answer.get_data(as_text=True)  # what was typed is not lost


def test_a_whole_number_is_not_shown_again(sample: Sample) -> None:
    html = sample.check("c1", "王小英", "62010319800101002X").get_data(as_text=True)
    assert "62010319800101002X" not in html


def test_nothing_typed_is_logged_or_put_into_an_address(sample: Sample, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    person = sample.numbered("c1")
    for name, digits in ((person.resident.name, six(person)), ("查无此人", "456123"), (person.resident.name, "1")):
        answer = sample.check("c1", name, digits)
        assert "Location" not in answer.headers
    for private in (person.resident.name, six(person), "查无此人", "456123", "192.0.2.1"):
        assert private not in caplog.text


def test_a_visitor_gets_no_cookie_but_the_forms(guarded: Sample) -> None:
    browser = guarded.browser()
    for address in ("/", "/when", "/paper", "/check", f"/community/{guarded.campaign}/c1", "/object/follow"):
        answer = browser.get(address)
        assert {c.split("=")[0] for c in answer.headers.getlist("Set-Cookie")} <= {"form"}
    assert not browser.get("/").headers.getlist("Set-Cookie")


def test_the_check_cannot_be_asked_in_an_address(sample: Sample) -> None:
    person = sample.numbered("c1")
    asked = {"community": f"{sample.campaign}/c1", "name": person.resident.name, "last_six": six(person)}
    said = words(sample.browser().get("/check", query_string=asked))
    assert "我登记了吗？" in said
    assert "已登记为选民" not in said


# --- the slip --------------------------------------------------------------------------------------------------------


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(BytesIO(data))
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_the_slip_says_what_the_page_says(sample: Sample) -> None:
    person = sample.numbered("c1")
    page = sample.check("c1", person.resident.name, six(person))
    answer = sample.browser().post("/check/slip", data={"answer": hidden(page, "answer")})
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    text = pdf_text(answer.data)
    assert "已登记为选民" in text
    assert person.resident.group in text
    assert "2010年12月26日" in text
    assert person.resident.name not in text
    assert person.resident.name[0] + "*" in text


def test_the_slip_in_english(sample: Sample) -> None:
    person = sample.numbered("c1")
    page = sample.check("c1", person.resident.name, six(person))
    answer = sample.browser().post("/check/slip?lang=en", data={"answer": hidden(page, "answer")})
    assert "Registered to vote" in pdf_text(answer.data)


def test_a_slip_is_had_for_half_an_hour(sample: Sample) -> None:
    person = sample.numbered("c1")
    token = hidden(sample.check("c1", person.resident.name, six(person)), "answer")
    sample.clock.forward(minutes=31)
    answer = sample.browser().post("/check/slip", data={"answer": token})
    assert answer.status_code == 410
    assert "已经过期" in words(answer)


@pytest.mark.parametrize("token", ["", "x", "AAAA", "____", "王", "A" * 10_000])
def test_a_made_up_slip_is_refused(token: str, sample: Sample) -> None:
    assert sample.browser().post("/check/slip", data={"answer": token}).status_code == 410


def test_a_changed_slip_is_refused(sample: Sample) -> None:
    person = sample.numbered("c1")
    token = hidden(sample.check("c1", person.resident.name, six(person)), "answer")
    changed = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
    assert sample.browser().post("/check/slip", data={"answer": changed}).status_code == 410


def test_slips_are_limited_by_address(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "slip", lambda *_: b"%PDF-")
    person = sample.numbered("c1")
    token = hidden(sample.check("c1", person.resident.name, six(person)), "answer")
    browser = sample.browser()
    assert [browser.post("/check/slip", data={"answer": token}).status_code for _ in range(21)] == [200] * 20 + [429]


def test_a_name_that_no_font_has_is_a_sentence(sample: Sample, caplog: pytest.LogCaptureFixture) -> None:
    from election.web.voter.check import _token

    with sample.app.test_request_context():
        answer = public.Answer("第一居民小组", "\U000323a0*", "", "", (), None, "")
        token = _token(sample.elections["c1", "residents"], answer)
    found = sample.browser().post("/check/slip", data={"answer": token})
    assert found.status_code == 422
    assert "请打印查询结果页" in words(found)
    assert "\U000323a0" not in caplog.text


# --- when and where --------------------------------------------------------------------------------------------------


def test_time_and_place_as_posted(sample: Sample) -> None:
    said = words(sample.browser().get(f"/when/{sample.campaign}/c5"))
    assert "社区活动中心" in said
    assert "2010年12月3日" in said
    assert "由全体正式党员投票" in said
    assert "另行公告" in said  # the residents' are not posted yet


def test_a_day_changed_after_the_notice_takes_the_place_back(sample: Sample) -> None:
    world = sample.world("c5", "party")
    moved = replace(world.campaign, communities=deepcopy(world.campaign.communities))
    moved.communities["c5"].days["party"] = date(2010, 12, 23)
    with sample.store.read() as session:
        assert posted.polling(sample.store, session, world) is not None
        assert posted.polling(sample.store, session, replace(world, campaign=moved)) is None


def test_a_vote_that_is_prepared_again_has_no_place_yet(sample: Sample) -> None:
    """The meeting of c4's party was void: what was posted for it counts no more."""
    said = words(sample.browser().get(f"/when/{sample.campaign}/c4"))
    assert "2010年12月3日" in said
    assert "社区活动中心" not in said


def test_the_list_of_days(sample: Sample) -> None:
    said = words(sample.browser().get("/when"))
    for name in ("榆苑社区", "槐安社区", "枣林社区", "柳湾社区", "杏坛社区"):
        assert name in said


@pytest.mark.parametrize("path", ["/community", "/when", "/object", "/notices"])
def test_a_community_that_is_not_there_is_not_found(path: str, sample: Sample) -> None:
    assert sample.browser().get(f"{path}/{sample.campaign}/c99").status_code == 404
    assert sample.browser().get(f"{path}/11111111-1111-4111-8111-111111111111/c1").status_code == 404
    assert sample.browser().get(f"{path}/nonsense/c1").status_code == 404
