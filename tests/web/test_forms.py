"""Generic forms: any act asked by its class, everything typed kept, every fault a sentence at its input."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from werkzeug.datastructures import MultiDict

from election.process import after, campaign, equal, nomination, preparation, representatives, stations
from election.process.base import ACTS, Act
from election.web import typed as texts
from election.web.controls import controls, summary
from election.web.fields import Field, shape_of
from election.web.forms import NEW, ActForm, Found, Offer
from election.web.typed import Typed

ASKED = sorted(code for code, act in ACTS.items() if not act.hidden)
WANG = Found("00000000-0000-4000-8000-000000000001", "王建国", "第一居民小组 · 男")
LI = Found("00000000-0000-4000-8000-000000000002", "李小英", "第二居民小组 · 女")
TWINS = (
    Found("00000000-0000-4000-8000-000000000003", "张伟", "第一居民小组 · 男"),
    Found("00000000-0000-4000-8000-000000000004", "张伟", "第三居民小组 · 男"),
)
ROLL = (WANG, LI, *TWINS)


def find(text: str) -> list[Found]:
    exact = [p for p in ROLL if p.name == text]
    return exact or [p for p in ROLL if text in p.name]


def offer(**more: Any) -> Offer:
    return Offer(find=find, known=lambda i: next((p for p in ROLL if p.id == i), None), **more)


def form(act: type[Act], typed: Mapping[str, str | list[str]], **more: Any) -> ActForm:
    values = {k: v if isinstance(v, list) else [v] for k, v in typed.items()}
    return ActForm(act, offer(**more), Typed(values))


# --- fields ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ASKED)
def test_every_act_has_a_form_with_words_for_all_it_asks(code: str) -> None:
    made = ActForm(ACTS[code], offer())

    def labels(fields: tuple[Field, ...], path: str) -> None:
        for asked in fields:
            assert made.label(path + asked.name) != path + asked.name, f"{code}: {path}{asked.name} has no label"
            labels(asked.fields, f"{path}{asked.name}.")

    labels(shape_of(ACTS[code]).fields, "")
    for control in controls(made):
        assert all(words and not words.isascii() for _, words in control.options), control.name


@pytest.mark.parametrize("code", ASKED)
def test_an_empty_form_is_never_an_error_of_the_program(code: str) -> None:
    made = ActForm(ACTS[code], offer())
    act = made.read()
    assert (act is None) == bool(made.errors)
    assert all(words.strip() for words in made.errors.values())
    controls(made)


def test_the_kind_of_a_field_follows_its_annotation() -> None:
    kinds = {f.name: f.kind for f in shape_of(nomination.Propose).fields}
    assert kinds == {
        "person": "person", "office": "text", "routes": "choices", "supporters": "people", "proposers": "long",
        "education": "choice", "sitting": "yes_no", "public": "yes_no", "permanent_resident": "yes_no",
        "police": "yes_no", "exception_reason": "long",
    }  # fmt: skip
    assert {f.name: f.kind for f in shape_of(representatives.FixSeats).fields}["offices"] == "rows"
    assert {f.name: f.kind for f in shape_of(equal.ElectPlenary).fields}["secretary"] == "group"
    assert {f.name: f.kind for f in shape_of(campaign.FormCommittee).fields}["members"] == "lines"
    assert {f.name: f.kind for f in shape_of(preparation.FixPlace).fields}["on"] == "date"


def test_an_annotation_that_no_form_can_ask_stops_the_program() -> None:
    class Odd(BaseModel):
        weight: float

    with pytest.raises(TypeError, match="weight"):
        shape_of(Odd)


def test_what_the_program_fills_in_is_not_asked() -> None:
    assert "standing" not in [f.name for f in shape_of(nomination.Propose).fields]
    made = form(preparation.ReleaseBallots, {"printed": "90", "design": "f" * 64})
    act = made.read()
    assert isinstance(act, preparation.ReleaseBallots)
    assert act.design == "0" * 64


# --- values ----------------------------------------------------------------------------------------------------------

SEATS: Mapping[str, str | list[str]] = {
    "form": "residents", "meeting_on": "2010年11月24日", "meeting_present": "４５", "offices.rows": "2",
    "offices.0.office": " 主任 ", "offices.0.seats": "1", "offices.0.police": "no", "offices.1.office": "委员", "offices.1.seats": "4",
    "offices.1.tertiary": "yes",
}  # fmt: skip


def test_what_people_type_becomes_the_act() -> None:
    act = form(representatives.FixSeats, SEATS).read()
    assert act == representatives.FixSeats(
        form="residents",
        offices=(
            representatives.OfficeSeats(office="主任", seats=1),
            representatives.OfficeSeats(office="委员", seats=4, tertiary=True),
        ),
        meeting_on=date(2010, 11, 24),
        meeting_present=45,
    )


@pytest.mark.parametrize(
    ("change", "at", "words"),
    [
        ({"meeting_present": "许多"}, "meeting_present", "须是整数"),
        ({"meeting_present": "0"}, "meeting_present", "不能小于 1"),
        ({"meeting_on": "去年冬天"}, "meeting_on", "须是日期"),
        ({"meeting_on": "2010-02-30"}, "meeting_on", "须是日期"),
        ({"form": "republic"}, "form", "请从所列各项中选择"),
        ({"form": ""}, "form", "请选择"),
        ({"offices.1.seats": "31"}, "offices.1.seats", "不能大于 30"),
        ({"offices.0.seats": ""}, "offices.0.seats", "请填写"),
        ({"offices.0.police": "perhaps"}, "offices.0.police", "请从所列各项中选择"),
        ({"offices.1.office": "委" * 201}, "offices.1.office", "最多写 200 个字"),
        ({"offices.rows": "0"}, "offices", "至少要有 1 项"),
        ({"reason": "长" * 4001}, "reason", "最多写 4000 个字"),
    ],
)
def test_a_fault_is_a_sentence_at_its_input(change: dict[str, str], at: str, words: str) -> None:
    made = form(representatives.FixSeats, {**SEATS, **change})
    assert made.read() is None
    assert list(made.errors) == [at]
    assert words in made.errors[at]


def test_a_text_that_is_too_short_says_how_long_it_must_be() -> None:
    made = form(after.SubmitReport, {"text": "太短"})
    assert made.read() is None
    assert "至少写 10 个字" in made.errors["text"]


def test_too_many_rows_are_a_sentence() -> None:
    typed: dict[str, str] = {"boxes.rows": "51"} | {f"boxes.{i}.id": f"{i}号" for i in range(51)}
    made = form(preparation.SealBoxes, typed)
    assert made.read() is None
    assert "最多 50 项" in made.errors["boxes"]


def test_rows_left_blank_are_left_out_and_errors_stay_at_their_row() -> None:
    typed = {**SEATS, "offices.rows": "4", "offices.3.office": "副主任", "offices.3.seats": "x"}
    made = form(representatives.FixSeats, typed)
    assert made.read() is None
    assert list(made.errors) == ["offices.3.seats"]


def test_a_suggested_word_alone_does_not_make_a_row() -> None:
    typed = {**SEATS, "offices.rows": "3", "offices.2.office": "副主任"}
    act = form(representatives.FixSeats, typed, suggestions={"offices.office": ("副主任",)}).read()
    assert isinstance(act, representatives.FixSeats)
    assert [o.office for o in act.offices] == ["主任", "委员"]


def test_yes_and_no_must_be_answered_where_nothing_is_the_usual() -> None:
    made = form(preparation.CompletePreparation, {})
    assert made.read() is None
    assert "请选择" in made.errors["venue_ready"]
    assert form(preparation.CompletePreparation, {"venue_ready": "no"}).read() == preparation.CompletePreparation(
        venue_ready=False
    )


def test_names_one_a_line_or_with_marks_between() -> None:
    act = form(
        campaign.FormCommittee,
        {"head": "苗主任", "members": "申委员\r\n汪委员、路委员，齐委员"},
        fixed={"community": "c1"},
    ).read()
    assert isinstance(act, campaign.FormCommittee)
    assert act.members == ("申委员", "汪委员", "路委员", "齐委员")


def test_control_characters_never_reach_the_record() -> None:
    act = form(after.SubmitReport, {"text": "第一行\r\n第二\x00行，\x1b[31m写得够长"}).read()
    assert isinstance(act, after.SubmitReport)
    assert act.text == "第一行\n第二行，[31m写得够长"


# --- rows without scripts --------------------------------------------------------------------------------------------


def test_rows_are_added_and_removed_and_nothing_is_lost() -> None:
    made = form(representatives.FixSeats, SEATS)
    assert made.change("add:offices")
    assert made.typed.rows("offices") == 3
    made.typed.put("offices.2.office", "副主任")
    assert made.change("remove:offices.0")
    assert [made.typed.one(f"offices.{i}.office") for i in range(2)] == ["委员", "副主任"]
    assert made.typed.one("offices.0.tertiary") == "yes"
    assert "offices.2.office" not in made.typed


@pytest.mark.parametrize("order", ["add:form", "remove:offices.99", "remove:offices.x", "add:", "find:nothing"])
def test_an_odd_order_changes_nothing(order: str) -> None:
    made = form(representatives.FixSeats, SEATS)
    before = dict(made.typed)
    made.change(order)
    assert dict(made.typed) == before


def test_rows_have_a_bound() -> None:
    typed = Typed({"offices.rows": ["999999"]})
    assert typed.rows("offices") <= texts.MOST_ROWS
    typed = Typed({"offices.rows": [str(texts.MOST_ROWS)]})
    typed.add_row("offices")
    assert typed.rows("offices") == texts.MOST_ROWS


# --- people ----------------------------------------------------------------------------------------------------------


def choose(typed: dict[str, str | list[str]], **more: Any) -> ActForm:
    base: dict[str, str | list[str]] = {"role": "teller", "relative_of_candidate": "no"}
    return form(preparation.AppointStaff, base | typed, **more)


def test_a_name_that_is_once_on_the_roll_is_taken_with_its_id() -> None:
    act = choose({"person.find": "王建国"}).read()
    assert isinstance(act, preparation.AppointStaff)
    assert (act.person, act.name) == (WANG.id, "王建国")


def test_of_people_called_alike_one_must_be_chosen() -> None:
    made = choose({"person.find": "张伟"})
    assert made.read() is None
    assert "查到 2 人" in made.errors["person"]
    assert [p.id for p in made.found["person"]] == [p.id for p in TWINS]
    act = choose({"person.find": "张伟", "person": TWINS[1].id}).read()
    assert isinstance(act, preparation.AppointStaff)
    assert act.person == TWINS[1].id


def test_a_part_of_a_name_is_never_taken_without_asking() -> None:
    made = choose({"person.find": "建国"})
    assert made.read() is None
    assert made.found["person"] == [WANG]


def test_a_name_that_nobody_has_is_said() -> None:
    made = choose({"person.find": "赵无极"})
    assert made.read() is None
    assert "没有查到“赵无极”" in made.errors["person"]


def test_a_changed_name_looks_for_another_person() -> None:
    made = choose({"person.find": "李小英", "person": WANG.id})
    act = made.read()
    assert isinstance(act, preparation.AppointStaff)
    assert (act.person, act.name) == (LI.id, "李小英")


def test_an_id_that_is_not_of_the_roll_is_not_believed() -> None:
    made = choose({"person": "00000000-0000-4000-8000-00000000ffff", "person.find": "赵无极"})
    assert made.read() is None
    assert "person" in made.errors


def test_whoever_is_not_on_the_roll_is_named_only_where_that_is_allowed() -> None:
    refused = choose({"person.find": "赵无极", "person": NEW})
    assert refused.read() is None
    taken = choose({"person.find": "赵无极", "person": NEW}, strangers=frozenset({"person"}))
    act = taken.read()
    assert isinstance(act, preparation.AppointStaff)
    assert act.name == "赵无极"
    again = ActForm(preparation.AppointStaff, taken.offer, taken.typed).read()
    assert isinstance(again, preparation.AppointStaff)
    assert again.person == act.person, "the same stranger keeps the same id on the way to the record"


def test_a_person_must_be_named() -> None:
    made = choose({})
    assert made.read() is None
    assert "请填写" in made.errors["person"]


def test_people_of_a_list_are_chosen_from_it_and_from_nowhere_else() -> None:
    typed: dict[str, str | list[str]] = {"person": WANG.id, "reason": "另有安排"}
    people = {"person": (WANG,)}
    assert form(preparation.DismissStaff, typed, people=people).read() == preparation.DismissStaff(
        person=WANG.id, reason="另有安排"
    )
    made = form(preparation.DismissStaff, typed | {"person": LI.id}, people=people)
    assert made.read() is None
    assert "请选择" in made.errors["person"]


def test_lines_that_are_offered_are_ticked_in_their_row() -> None:
    typed: dict[str, str | list[str]] = {
        "on": "2026-10-18", "count_place": "社区活动中心", "count_time": "下午3时", "stations.rows": "1", "stations.0.name": "中心站",
        "stations.0.place": "活动中心", "stations.0.hours": "上午8时至下午3时", "stations.0.groups": ["一组", "三组", "不是这里的组"],
    }  # fmt: skip
    groups = [(group, group) for group in ("一组", "二组", "三组")]
    made = form(stations.FixStations, typed, options={"stations.groups": groups})
    act = made.read()
    assert isinstance(act, stations.FixStations)
    assert act.stations[0].groups == ("一组", "三组")
    table = next(c for c in controls(made) if c.name == "stations")
    cell = next(c for c in table.rows[0] if c.name == "stations.0.groups")
    assert (cell.kind, cell.values[:2], [value for value, _words in cell.options]) == (
        "choices", ("一组", "三组"), ["一组", "二组", "三组"],
    )  # fmt: skip
    assert "一组、三组" in dict(summary(made, act))[table.label]


def propose(supporters: str, ticked: list[str] | None = None) -> ActForm:
    return form(
        nomination.Propose,
        {
            "person.find": "王建国", "office": "chair", "routes": ["joint_voters"], "supporters.find": supporters,
            "supporters": ticked or [],
        },
        options={"office": (("chair", "主任"),)},
    )  # fmt: skip


def test_supporters_are_found_by_their_names() -> None:
    act = propose("李小英、王建国").read()
    assert isinstance(act, nomination.Propose)
    assert act.supporters == (LI.id, WANG.id)


def test_supporters_called_alike_are_ticked() -> None:
    made = propose("李小英\n张伟")
    assert made.read() is None
    assert "同名" in made.errors["supporters"]
    assert made.typed["supporters"] == [LI.id]
    assert made.typed.one("supporters.find") == "张伟"
    act = propose("张伟", [LI.id, TWINS[0].id]).read()
    assert isinstance(act, nomination.Propose)
    assert set(act.supporters) == {LI.id, TWINS[0].id}


def test_supporters_whom_nobody_knows_are_said() -> None:
    made = propose("李小英\n赵无极")
    assert made.read() is None
    assert "赵无极" in made.errors["supporters"]
    assert made.typed["supporters"] == [LI.id]


def test_looking_somebody_up_loses_nothing() -> None:
    made = choose({"person.find": "张伟", "relative_reason": "还没写完"})
    assert made.change("find:person")
    assert made.found["person"]
    assert made.typed.one("relative_reason") == "还没写完"
    assert set(made.errors) <= {"person"}


# --- what is typed ---------------------------------------------------------------------------------------------------


def test_only_the_forms_own_inputs_are_kept() -> None:
    sent: MultiDict[str, str] = MultiDict(
        [("reason", "x"), ("offices.0.seats", "1"), ("sign_password", "geheim"), ("csrf_token", "t"), ("reasons", "no")]
    )
    assert set(Typed.of(sent, ["reason", "offices"])) == {"reason", "offices.0.seats"}


def test_the_summary_says_in_words_what_will_be_done() -> None:
    made = form(representatives.FixSeats, SEATS, fixed={"form": "residents"})
    act = made.read()
    assert act is not None
    words = dict(summary(made, act))
    assert words["居民代表会议日期"] == "2010年11月24日"
    assert "主任，应选人数 1" in words["各职务的职数"]
    assert words["多于一般职数的理由"] == "（未填）"


@settings(max_examples=120, deadline=None)
@given(
    code=st.sampled_from(ASKED),
    values=st.dictionaries(
        st.sampled_from(["0", "1", "person", "find", "rows", "office", "seats", "name", ""]),
        st.text(max_size=30) | st.sampled_from(["yes", "no", "new", "-1", "9" * 30, "2010-13-01", "\ud800", "=1+1"]),
    ),
    data=st.data(),
)
def test_nothing_typed_can_break_a_form(code: str, values: dict[str, str], data: st.DataObject) -> None:
    act = ACTS[code]
    made = ActForm(act, offer(strangers=frozenset({"person"})))
    names = [f.name for f in made.fields] or ["nothing"]
    for key, value in values.items():
        field = data.draw(st.sampled_from(names))
        made.typed.put(
            f"{field}.0.{key}" if key in ("office", "seats", "name") else f"{field}.{key}".rstrip("."), value
        )
        made.typed.setdefault(field, [value])
        made.typed.setdefault(f"{field}.rows", ["1"])
    answer = made.read()
    assert (answer is None) == bool(made.errors)
    controls(made)
    if answer is not None:
        summary(made, answer)


@pytest.mark.parametrize(
    ("text", "value"),
    [("-7", -7), ("12", 12), ("１２", 12), ("1,200", 1200), ("1.5", "1.5"), ("", ""), ("9" * 13, "9" * 13)],
)
def test_whole_numbers_are_read_as_people_type_them(text: str, value: int | str) -> None:
    assert texts.number(text) == value
