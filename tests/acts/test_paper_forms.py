"""Forms for a hall without power, and papers drawn from a database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from election.acts import papers
from election.acts.papers import forms
from election.acts.papers.sources import Stored
from election.faults import WrongInput
from election.process import approval, notices, preparation, representatives
from election.process.facts import Round
from election.process.sealing import seal_act
from election.record.entry import ZERO, Entry
from election.record.tree import root
from election.store.append import append
from election.store.database import Store, open_store
from election.store.home import Home
from election.store.people import Resident, add_people
from election.store.tables import EntryRow, Log
from tests.acts.paper_worlds import LOG, announced, deed, party, residents, sources
from tests.documents.reading import pages

TODAY = date(2010, 12, 20)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Home(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def kept(store: Store) -> Store:
    """An election's log with one act, and two people of two groups on its roll."""
    with store.write() as session:
        log = Log(id=LOG, kind="election", path="七里河区/柳荫街道/c1", size=0, head=ZERO)
        session.add(log)
        session.flush()
        people = [(Resident("王喆", "male", birth="1961-03-09", group="第二居民小组"), "registered", "", ())]
        people.append((Resident("李秀英", "female", group="第十居民小组"), "waiting", "", ()))
        people.append((Resident("赵刚", "male", group="第十居民小组"), "held", "", ()))
        add_people(store, session, LOG, "c1", people)
        place = representatives.FormLeadingGroup(
            chair="a",
            members=tuple(
                representatives.GroupMember(person=p, name=n) for p, n in (("a", "陈一"), ("b", "陈二"), ("c", "陈三"))
            ),
        )
        sealed = seal_act(place)
        entry = Entry(
            log=LOG,
            kind="election",
            seq=0,
            prev=ZERO,
            act=place.code,
            step="residents.lead",
            attempt=1,
            occurred_on="2010-11-20",
            recorded_at="2010-11-20T04:00:00.000Z",
            actor={"account": "a", "role": "committee_chair", "scope": ""},
            payload=sealed.payload,
        )
        append(store, session, entry, sealed.openings, [])
    return store


# --- forms -----------------------------------------------------------------------------------------------------------


def test_a_tally_form_has_a_page_for_every_box_and_contest():
    world, known = residents()
    world.election.rounds[0].boxes = ["1号票箱", "2号票箱"]
    paper = forms["tally_blank"](sources(world, known, form=True))
    assert [c.office for c in paper.contests] == ["1号票箱　主任", "1号票箱　委员", "2号票箱　主任", "2号票箱　委员"]
    assert paper.contests[1].names == ("丁一", "陈堃", "赵刚")
    assert paper.contests[0].write_in_rows > 0


def test_before_ballots_are_released_the_form_is_that_of_the_official_candidates():
    world, known = residents()
    world.election.rounds = []
    paper = forms["tally_blank"](sources(world, known, form=True))
    assert [c.office for c in paper.contests] == ["主任", "委员"]


def test_a_show_of_hands_has_its_own_form_and_no_other():
    world, known = residents()
    assert forms["hands_tally"](sources(world, known, form=True)) is None
    world.election.rounds[0].method = "hands"
    paper = forms["hands_tally"](sources(world, known, form=True))
    assert paper.heading.title == "举手表决计票单"
    assert {c.write_in_rows for c in paper.contests} == {0}
    assert forms["tally_blank"](sources(world, known, form=True)) is None


def test_representatives_sign_in_by_group():
    world, known = residents()
    paper = forms["sign_in_sheet"](sources(world, known, form=True))
    assert paper.entitled == 58 == world.election.entitled
    assert paper.place == "＿＿＿＿"


def test_only_members_that_count_sign_in():
    world, known = party()
    paper = forms["sign_in_sheet"](sources(world, known, form=True))
    assert [(g.title, g.names) for g in paper.groups] == [
        ("第一党支部", ("丁力", "王喆", "陈堃", "赵刚")),
        ("第二党支部", ("马超",)),
    ]


def test_a_ballot_account_by_hand_asks_for_every_number_and_box():
    world, known = residents()
    world.election.rounds[0].boxes = ["1号票箱", "2号票箱"]
    paper = forms["ballot_account"](sources(world, known, form=True))
    labels = [line.label for line in paper.figures]
    for label in ("应到", "实到", "印制选票", "作废换发", "剩余选票", "收回选票（2号票箱）", "收回选票合计"):
        assert label in labels


def test_a_result_report_by_hand_has_a_line_per_candidate():
    world, known = residents()
    paper = forms["result_report"](sources(world, known, form=True))
    assert [x.paragraphs[0][:2] for x in paper.sections] == ["王喆", "丁一"]
    assert paper.sections[0].paragraphs[-1].startswith("另选他人")
    world.election.rounds.append(Round(1, world.election.contests, world.election.rounds[0].candidates, revote=True))
    again = forms["result_report"](sources(world, known, form=True))
    assert not any("另选他人" in line for x in again.sections for line in x.paragraphs)


def test_an_objection_slip_says_until_when():
    world, known = residents()
    assert forms["objection_slip"](sources(world, known, form=True)).objection_until == date(2010, 11, 27)


#: forms of the party, of a show of hands, and of a vote at stations
ELSEWHERE = {"hands_tally", "member_roll"}
ELSEWHERE |= {"station_record", "proxy_request", "visit_request", "visit_list", "vetting_sheet"}


@pytest.mark.parametrize("kind", sorted(set(forms) - ELSEWHERE))
def test_every_form_is_drawn_without_watermark_and_with_the_record(store: Store, kind: str):
    world, _ = residents()
    with store.read() as session:
        text = "".join(pages(papers.form(store, session, world, kind, TODAY)))
    assert "福临里社区" in text
    assert "草稿" not in text
    assert "存证" in text


def test_a_form_without_content_is_refused_in_words(store: Store):
    world, _ = party()
    with store.read() as session:
        with pytest.raises(WrongInput, match="nothing to print yet"):
            papers.form(store, session, world, "objection_slip", TODAY)
        with pytest.raises(WrongInput, match="there is no such form"):
            papers.form(store, session, world, "ballot", TODAY)


# --- from a database -------------------------------------------------------------------------------------------------


def test_a_paper_bears_the_record_as_it_stands_and_the_servers_fingerprint(kept: Store):
    with kept.read() as session:
        stamp = Stored(kept, session).stamp(LOG)
        data = [bytes(row.data) for row in session.query(EntryRow)]
    assert (stamp.size, stamp.root, stamp.fingerprint) == (1, root(data).hex(), kept.vault.trust)


def test_acts_are_read_back_with_their_names(kept: Store):
    with kept.read() as session:
        records = Stored(kept, session)
        (said,) = records.said(representatives.FormLeadingGroup, LOG)
        assert [m.name for m in said.act.members] == ["陈一", "陈二", "陈三"]
        assert (said.on, said.seq) == (date(2010, 11, 20), 0)
        assert records.said(preparation.FixPlace, LOG) == []


def test_the_roll_notice_is_sealed_with_those_who_stand_on_it(kept: Store):
    world, _ = residents()
    act = notices.PostNotice(kind="roll_notice", place="宣传栏")
    with kept.read() as session:
        (paper,) = papers.render(kept, session, world, deed(act, TODAY))
        (again,) = papers.render(kept, session, world, deed(act, TODAY))
    assert (paper.kind, paper.number) == ("roll_notice", "3")
    assert paper.data == again.data
    text = "".join(pages(paper.data))
    assert "王喆" in text
    assert "李秀英" in text
    assert "赵刚" not in text  # held: not on the roll


def test_an_act_without_papers_renders_none(kept: Store):
    world, _ = residents()
    with kept.read() as session:
        assert papers.render(kept, session, world, deed(approval.DecideConsent(approve=True))) == []


def test_a_preview_is_a_draft(kept: Store):
    world, _ = residents()
    with kept.read() as session:
        text = "".join(pages(papers.preview(kept, session, world, "official_list", today=TODAY)))
        proof = "".join(pages(papers.preview(kept, session, world, "ballot")))
    assert "草稿" in text
    assert "样票" in proof


def test_a_preview_of_nothing_is_refused_in_words(kept: Store):
    world, _ = announced()
    with kept.read() as session:
        with pytest.raises(WrongInput, match="nothing to show yet"):
            papers.preview(kept, session, world, "delegates", today=TODAY)
        with pytest.raises(WrongInput, match="there is no such paper"):
            papers.preview(kept, session, world, "poem", today=TODAY)
