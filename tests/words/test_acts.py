"""Sentences, labels and names of the catalogue: what they say, and that nothing missing ever breaks a page."""

from __future__ import annotations

import re
from datetime import date
from string import Formatter

import pytest

from election import law
from election.words import acts, sentences

FORMS = ("", "line", "done", "hint", "notice", "notice_done")

#: entries that words/acts.py reads: demands have a line, the others a vocabulary before a colon
OWN = {code: entry for code, entry in sentences().items() if "zh_line" in entry or ":" in code}


def test_a_refusal_says_what_is_in_the_way_with_its_numbers() -> None:
    params = {"office": "副主任", "seats": 2, "needs": 3, "has": 2}
    assert (
        acts.demand_sentence("margin.enough", params)
        == "差额不足：副主任应选 2 人，候选人至少 3 人，现有 2 人。请补充人选。"
    )
    assert (
        acts.demand_sentence("margin.enough", params, "en")
        == "Too few candidates for deputy chair: 2 seats need at least 3, there are 2. Add candidates."
    )


def test_a_line_names_the_same_demand_without_judging() -> None:
    params = {"office": "副主任", "seats": 2, "needs": 3, "has": 3}
    assert acts.demand_line("margin.enough", params) == "副主任的差额：应选 2 人，至少 3 人，现有 3 人"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh", "名单公布满 5 天（到2010年12月21日）"), ("en", "Posted for 5 days (until 21 December 2010)")],
)
def test_dates_are_written_as_people_write_them(language: acts.Language, expected: str) -> None:
    assert acts.demand_line("roll.window-over", {"until": date(2010, 12, 21), "days": 5}, language) == expected


def test_every_month_has_its_english_name() -> None:
    written = [acts.day(date(2010, month, 3), "en") for month in range(1, 13)]
    assert written[0] == "3 January 2010"
    assert written[11] == "3 December 2010"
    assert len(set(written)) == 12


def test_codes_become_names() -> None:
    assert acts.demand_line("act.role", {"roles": ["scrutineer", "teller"]}) == "办理人：监票人、计票人"
    assert acts.demand_line("act.role", {"roles": ["scrutineer", "teller"]}, "en") == "Done by: scrutineer, teller"
    assert acts.demand_line("act.paper", {"kind": "result_report"}) == "文件：选举结果报告单"
    assert acts.demand_line("step.not-done", {"step": "party.roll"}) == "“党员名册”尚在进行"
    assert acts.demand_line("campaign.ruleset-known", {"ruleset": "qilihe-2010.party"}) == (
        f"选举规定：{law.load('qilihe-2010.party').title}"
    )
    assert acts.demand_line("campaign.rule-unconfirmed", {"key": "quorum.council"}) == (
        f"待确认的规定：{sentences()['ruleset.quorum.council']['zh']}"
    )


def test_several_rules_are_named_one_by_one() -> None:
    said = acts.demand_sentence("campaign.rules-confirmed", {"keys": "quorum.council、age.min", "count": 2}, "en")
    names = [sentences()[f"ruleset.{key}"]["en"] for key in ("quorum.council", "age.min")]
    assert ", ".join(names) in said
    assert said.startswith("2 rules")


@pytest.mark.parametrize("value", [None, "", ()])
def test_a_number_that_is_not_known_is_a_dash(value: object) -> None:
    assert acts.demand_line("ballot.released", {"round": value}) == "第 — 轮选票已印制封存"
    assert acts.demand_line("ballot.released") == "第 — 轮选票已印制封存"


def test_a_person_s_text_cannot_put_in_numbers_of_its_own() -> None:
    said = acts.demand_sentence("tally.box", {"box": "{box}{0}{x.__class__}"})
    assert "“{box}{0}{x.__class__}”" in said


def test_what_has_no_words_stands_as_itself() -> None:
    assert acts.demand_sentence("no.such-demand", {"a": 1}) == "no.such-demand"
    assert acts.demand_line("no.such-demand") == "no.such-demand"
    assert acts.act_title("no.such") == acts.act_done("no.such") == "no.such"
    assert acts.act_hint("no.such") == acts.field_hint("no.such", "field") == ""
    assert acts.field_label("no.such", "nothing") == "nothing"
    assert acts.option_label("no.such", "nothing", "x") == "x"
    assert acts.role_name("nobody") == "nobody"
    assert acts.step_title("no.step") == "no.step"
    assert acts.ruleset_title("no-ruleset") == "no-ruleset"
    assert acts.paper_title("") == "—"


def test_a_demand_without_a_line_lends_its_sentence() -> None:
    assert "zh_line" not in sentences()["sheet.row"]
    params = {"total": 51, "valid": 52}
    assert acts.demand_line("sheet.row", params) == acts.demand_sentence("sheet.row", params)


def test_an_act_is_named_by_what_it_posts() -> None:
    assert acts.act_title("notice.post", notice="roll_notice") == "公布选民名单"
    assert acts.act_done("notice.post", notice="roll_notice") == "公布了选民名单"
    assert acts.act_title("notice.post") == "公布公告"
    assert acts.act_title("seats.fix", notice="roll_notice") == "确定职数"


def test_a_field_takes_the_words_of_its_act_before_the_common_ones() -> None:
    assert acts.field_label("campaign.violation", "finding") == "发现的问题"
    assert acts.field_label("campaign.remedy", "finding") == "问题编号"
    assert acts.field_label("lead.form", "members.name") == "姓名"
    assert acts.field_label("campaign.plan", "communities.name") == "社区名称"
    assert acts.field_hint("notice.post", "supersedes") == "首次公布的不填。"
    assert acts.field_hint("prepare.place", "time") == ""
    assert acts.field_label("tally.resolve", "figures.write_ins.name") == "另选人姓名"


def test_a_choice_is_named_by_the_vocabulary_of_its_field() -> None:
    assert acts.option_label("assess.record", "kind", "inspection") == "组织考察"
    assert acts.option_label("handover.list", "items.kind", "stamps") == "公章"
    assert acts.option_label("community.reports", "body_of_report", "party", "en") == "party organisation"
    assert acts.option_label("prepare.staff", "role", "teller") == "计票人"


def test_a_ruleset_s_own_title_of_a_step_comes_first() -> None:
    villagers = law.load("villagers-2018")
    own = villagers.step("residents.seats").title
    assert acts.step_title("residents.seats", ruleset=villagers) == own
    assert acts.step_title("residents.seats") == law.step_titles()["residents.seats"][0]
    assert acts.step_title("residents.seats", "en", ruleset=villagers) == villagers.step("residents.seats").title_en


@pytest.mark.parametrize(
    ("path", "expected"),
    [("620103", "区"), ("620103/001", "街道"), ("620103/001/005", "社区"), ("", "—")],
)
def test_a_place_is_named_by_its_level(path: str, expected: str) -> None:
    assert acts.place_title(path) == expected


# --- the words themselves --------------------------------------------------------------------------------------------


def _texts(language: str) -> list[tuple[str, str]]:
    return [
        (code, entry[key])
        for code, entry in OWN.items()
        for form in FORMS
        if (key := f"{language}_{form}" if form else language) in entry
    ]


def test_every_form_is_there_in_both_languages_and_none_is_blank() -> None:
    for code, entry in OWN.items():
        chinese = {key.removeprefix("zh") for key in entry if key.startswith("zh")}
        english = {key.removeprefix("en") for key in entry if key.startswith("en")}
        assert chinese == english, code
        assert all(text.strip() == text != "" for text in entry.values()), code


def test_both_languages_put_in_the_same_numbers() -> None:
    for code, entry in OWN.items():
        for form in FORMS:
            suffix = f"_{form}" if form else ""
            if f"zh{suffix}" in entry:
                assert _numbers(entry[f"zh{suffix}"]) == _numbers(entry[f"en{suffix}"]), (code, form)


def _numbers(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_a_refusal_is_a_sentence_and_a_line_is_not() -> None:
    for code, entry in OWN.items():
        if "zh_line" in entry:
            assert entry["zh"].endswith("。"), code
            assert entry["en"].endswith("."), code
            assert not entry["zh_line"].endswith("。"), code
            assert not entry["en_line"].endswith("."), code
        if "zh_hint" in entry:
            assert entry["zh_hint"].endswith("。"), code
            assert entry["en_hint"].endswith("."), code


def test_an_act_that_cannot_be_undone_says_so_in_both_languages() -> None:
    for code, entry in OWN.items():
        if code.startswith("act:") and ("不能撤销" in entry["zh_hint"]) != ("cannot be undone" in entry["en_hint"]):
            raise AssertionError(code)


def test_chinese_uses_chinese_marks_and_english_has_no_chinese() -> None:
    for code, text in _texts("zh"):
        assert not re.search(r"[一-鿿”）][,:;?!(]|[,:;?!)][一-鿿“（]", text), (code, text)
    for code, text in _texts("en"):
        assert not re.search(r"[一-鿿，。、；：（）]", text), (code, text)


#: words of the workshop that a community worker does not use
TECHNICAL = ("哈希", "数据库", "字段", "接口", "令牌", "JSON", "payload", "salt", "hash", "Merkle", "null", "默认值")


def test_no_technical_words() -> None:
    for code, text in [*_texts("zh"), *_texts("en")]:
        assert not [word for word in TECHNICAL if word in text], (code, text)
