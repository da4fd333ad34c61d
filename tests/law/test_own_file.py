"""An office's own ruleset file: what it may change, and one test per refusal."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from election import law
from election.faults import WrongInput
from election.record import canonical

HEAD = 'id = "own"\nextends = "qilihe-2010.residents"\n'


@pytest.fixture
def own(tmp_path):
    def load(text, name="own.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return law.load_file(path)

    return load


def test_it_changes_numbers_and_keeps_the_rest(own):
    rules = own(HEAD + '[values]\n"official.days_before" = { value = 7, source = "街道办〔2010〕1号", article = "三" }')
    base = law.load("qilihe-2010.residents")
    assert (rules.id, rules.extends, rules.title, rules.body) == ("own", base.id, base.title, base.body)
    assert rules.rule("official.days_before") == law.Value(7, "街道办〔2010〕1号", "三", "local")
    assert {k: v for k, v in rules.values.items() if k != "official.days_before"} == {
        k: v for k, v in base.values.items() if k != "official.days_before"
    }
    assert law.deadline(rules, "residents.official", date(2010, 12, 26)) == date(2010, 12, 19), "deadlines follow"
    assert law.from_json(rules.as_json()) == rules
    assert rules.sealed() == canonical.encode(rules.as_json())


def test_keys_may_be_quoted_or_nested(own):
    quoted = own(HEAD + '[values]\n"handover.days" = { value = 5, source = "甲" }')
    nested = own(HEAD + '[values.handover]\ndays = { value = 5, source = "甲" }')
    assert quoted == nested


def test_a_source_may_be_named_once(own):
    rules = own(HEAD + '[sources]\nA = "街道办〔2010〕1号"\n[values]\nhandover.days = { value = 5, source = "A" }')
    assert rules.rule("handover.days").source == "街道办〔2010〕1号"


def test_a_value_without_an_article_has_none(own):
    assert own(HEAD + '[values]\nhandover.days = { value = 5, source = "甲" }').rule("handover.days").article == ""


def test_json_may_begin_with_blanks(own):
    text = json.dumps(law.load("qilihe-2010.residents").as_json() | {"id": "own", "extends": "qilihe-2010.residents"})
    assert own("\n  " + text, "own.json").id == "own"


def test_json_of_the_same_shape_and_confirmed_numbers(own):
    document = law.load("residents-2026").as_json() | {"id": "own", "extends": "residents-2026"}
    for value in document["values"].values():
        value |= {"status": "local", "source": "省办法", "article": "第X条"}
    rules = own(json.dumps(document), "own.json")
    assert rules.unconfirmed() == ()


def test_title_and_time_in_force_may_change(own):
    rules = own(HEAD + 'title = "甲"\nin_force = { from = 2010-12-01, to = "2010-12-31" }')
    assert (rules.title, rules.in_force.from_, rules.in_force.to) == ("甲", date(2010, 12, 1), date(2010, 12, 31))


def test_steps_may_be_listed_anew(own):
    rules = own(HEAD + '[[steps]]\nname = "residents.lead"\n[[steps]]\nname = "archive"\nafter = ["residents.lead"]')
    assert [step.name for step in rules.steps] == ["residents.lead", "archive"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", r"own\.toml: extends: names no built-in"),
        ('id = "own"', "extends: names no built-in"),
        ('id = "own"\nextends = "qilihe"', "no ruleset 'qilihe'"),
        ('id = "own"\nextends = 5', "extends: must be the id"),
        ('extends = "party-2020"', "id: must be a text"),
        ('id = "party-2020"\nextends = "party-2020"', "never changes"),
        (HEAD + "body = 'city'", "body: is not known"),
        (HEAD + "title = ''", "title: must be a text"),
        (HEAD + "in_force = 5", "in_force: must have from and to"),
        (HEAD + "in_force = { from = 'soon' }", r"in_force\.from: is not a date"),
        (HEAD + "in_force = { from = 2010-12-01, to = 2010-11-01 }", "ends before it begins"),
        (HEAD + "values = 5", "values: must be a table"),
        (HEAD + "[values]\nhandover.days = 5", r"handover\.days: has no value"),
        (HEAD + "[values]\nhandover.days = { value = 5 }", r"handover\.days: carries no source"),
        (HEAD + "[values]\nhandover.days = { value = 5, source = ' ' }", "carries no source"),
        (HEAD + "[values]\nhandover.days = { source = 'a' }", "has no value"),
        (HEAD + "[values]\nhandover.day = { value = 5, source = 'a' }", r"did you mean handover\.days"),
        (HEAD + "[values]\nqqq = { value = 5, source = 'a' }", "leave it out"),
        (HEAD + "[values]\nhandover.days = { value = 5, source = 'a', by = 'b' }", "unknown part 'by'"),
        (HEAD + "[values]\nhandover.days = { value = 5, source = 'a', article = 3 }", "article"),
        (HEAD + "[values]\nhandover.days = { value = 5, source = 'a', status = 'sure' }", "status: is not known"),
        (HEAD + "[values]\nhandover.days = { value = -1, source = 'a' }", "whole number"),
        (HEAD + "[values]\nhandover.days = { value = 1.5, source = 'a' }", "whole number"),
        (HEAD + "[values]\nhandover.days = { value = true, source = 'a' }", "whole number"),
        (HEAD + "[values]\nquorum.assembly = { value = 'half', source = 'a' }", "threshold"),
        (HEAD + "[values]\nmargin.share = { value = '20%', source = 'a' }", "share"),
        (HEAD + "[values]\nseats.odd = { value = 1, source = 'a' }", "true or false"),
        (HEAD + "[values]\nbase.assembly = { value = 'all', source = 'a' }", "one of present"),
        (HEAD + "[values]\nstruck.electable = { value = true, source = 'a' }", "only be false"),
        (HEAD + "[values]\nplan.election_day = { value = '12-26', source = 'a' }", "YYYY-MM-DD"),
        (HEAD + "[values]\ncalendar.days.'party.x' = { value = 5, source = 'a' }", "no such step"),
        (HEAD + "[values]\ncalendar.days.handover = { value = 5000, source = 'a' }", "days"),
        (HEAD + "[values]\nquorum.plenary = { value = '> 1/2', source = 'a' }", r"threshold\.plenary: is missing"),
        (
            HEAD + "[values]\nsecond_round.rule = { value = 'most_votes', source = 'a' }",
            r"second_round\.floor: is missing",
        ),
        (
            HEAD + "[values]\nproxy.allowed = { value = true, source = 'a' }\nseats.min = { value = 11, source = 'a' }",
            "less than",
        ),
        (
            HEAD + "[values]\nauthority.result = { value = 'organisation', source = 'a' }",
            "authority.result: is not where a residents result goes; civil_affairs",
        ),
        (HEAD + "steps = []", "steps: has no steps"),
        (HEAD + "[[steps]]\ntitle = 'a'", r"steps\[0\]: has no name"),
        (HEAD + "[[steps]]\nname = 'x'", "title: must be a text"),
        (HEAD + "[[steps]]\nname = 'archive'\n[[steps]]\nname = 'archive'", "listed twice"),
        (HEAD + "[[steps]]\nname = 'archive'\nafter = 'x'", "after: must be a list"),
        (HEAD + "[[steps]]\nname = 'archive'\nafter = ['x']", "unknown step 'x'"),
        (HEAD + "[[steps]]\nname = 'archive'\nwhen = 'rain'", "when: is not known"),
        (HEAD + "[[steps]]\nname = 'archive'\ndeadline = 5", "deadline: must be a table"),
        (HEAD + "[[steps]]\nname = 'archive'\ndeadline = { key = 'x', on_miss = 'flag' }", "not a number of days"),
        (HEAD + "[[steps]]\nname = 'archive'\ndeadline = { key = 'handover.days' }", "on_miss: is not known"),
        (
            HEAD + "[[steps]]\nname = 'archive'\ndeadline = { key = 'threshold.assembly', on_miss = 'flag' }",
            "not a number of days",
        ),
        (
            HEAD + "[[steps]]\nname = 'archive'\ndeadline = { key = 'proxy.allowed', on_miss = 'flag' }",
            "not a number of days",
        ),
        (
            HEAD
            + "[[steps]]\nname = 'archive'\ndeadline = { key = 'handover.days', on_miss = 'flag', of = ['nowhere'] }",
            "names an unknown step 'nowhere'",
        ),
        ("id = ", "cannot be parsed"),
        ("{", "cannot be parsed"),
        ("{" * 100_000, "cannot be parsed|nested"),
        ('{"a":' * 100_000, "own.toml: is nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "own.toml: cannot be parsed: .*; mend the number"),
        (b"\xff", "UTF-8"),
        ("#" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_a_refusal_names_the_file_the_key_and_the_mend(own, text, match):
    with pytest.raises(WrongInput, match=match) as error:
        own(text)
    assert "\n" not in str(error.value)
    assert "; " in str(error.value)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (
            HEAD + "[values]\nqqq = { value = 5, source = 'a' }",
            "own.toml: qqq: is not a key of a ruleset; leave it out",
        ),
        (
            HEAD + "[values.seats]\nmin = { value = 5 }",
            "own.toml: seats.min: carries no source; say where the number stands: source = …",
        ),
        (
            HEAD + "[values]\nseats.min = {}",
            "own.toml: seats.min: has no value; write { value = …, source = …, article = … }",
        ),
    ],
)
def test_a_refusal_word_for_word(own, text, whole):
    with pytest.raises(WrongInput) as error:
        own(text)
    assert str(error.value) == whole


def test_bytes_from_elsewhere_have_the_limit_of_a_file():
    with pytest.raises(WrongInput) as error:
        law.load_bytes(b"#" * 1_000_001, "sent.toml")
    assert str(error.value) == "sent.toml: is too large for a ruleset; give the ruleset's own file"


def test_a_sealed_ruleset_without_its_time_in_force():
    sealed = law.load("party-2020").as_json()
    del sealed["in_force"]
    with pytest.raises(WrongInput) as error:
        law.from_json(sealed)
    assert str(error.value) == "ruleset: in_force: is missing; give from and to"


def test_the_example_in_the_documentation(own):
    page = (Path(__file__).parents[2] / "docs" / "rulesets.md").read_text(encoding="utf-8")
    rules = own(page.split("```toml\n")[1].split("```")[0])
    assert (rules.value("official.days_before"), rules.value("proxy.max_held")) == (7, 2)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(WrongInput, match="cannot be read"):
        law.load_file(tmp_path / "none.toml")


@pytest.mark.parametrize("sealed", [b"{", b"[]", "5", b"\xff"])
def test_a_sealed_ruleset_that_is_none(sealed):
    with pytest.raises(WrongInput):
        law.from_json(sealed)


def test_margin_by_share_where_more_than_seats_is_switched_off(own):
    text = (
        'id = "own"\nextends = "villagers-2018"\n[values]\n"margin.more_than_seats" = { value = false, source = "a" }\n'
    )
    with pytest.raises(WrongInput, match=r"margin\.share: is missing"):
        own(text)
    assert law.margin(own(text + '"margin.share" = { value = "1/5", source = "a" }'), 6) == 8


def test_a_share_and_more_than_the_seats_both_hold(own):
    text = 'id = "own"\nextends = "villagers-2018"\n[values]\n"margin.share" = { value = "%s", source = "a", article = "三" }\n'
    fifth, none = own(text % "1/5"), own(text % "0/1")
    assert [law.margin(fifth, seats) for seats in (1, 5, 6)] == [2, 6, 8]
    assert fifth.article(law.margin_key(fifth)) == "三"
    assert law.margin(none, 6) == 7


@pytest.mark.parametrize("ruleset", law.ids())
def test_a_sealed_ruleset_that_lacks_what_a_count_or_a_step_asks_for(ruleset):
    """Each value is either needed, and then missed by its name, or may be left out, and then the rest still fits."""
    whole = law.load(ruleset).as_json()
    deadlines = {step["deadline"]["key"] for step in whole["steps"] if step["deadline"]}
    missed = {}
    for key in whole["values"]:
        try:
            law.from_json(whole | {"values": {name: value for name, value in whole["values"].items() if name != key}})
        except WrongInput as error:
            missed[key] = str(error)
    for key, said in missed.items():
        # without "more than the seats" it is the share that a ruleset must give
        name = {"margin.more_than_seats": "margin.share"}.get(key, key)
        assert key in deadlines or said == f"ruleset: {name}: is missing; give it a value with its source"
    every = {
        "quorum.assembly", "threshold.assembly", "base.assembly", "electorate", "margin.scope",
        "over_mark.voids", "blank_ballot", "write_in.allowed", "write_in.needs_against", "carry_down", "one_post_each",
        "returned.at_most", "issued.at_most", "struck.electable", "require.rule", "tie.rule", "second_round.rule",
        "rounds.last", "hands.allowed", "proxy.allowed", "seats.odd", "calendar.reading",
    }  # fmt: skip
    assert every <= set(missed)
    also = {
        "party": {
            "delegates.above_members",
            "seats.branch.over_members",
            "quorum.plenary",
            "base.plenary",
            "margin.share",
        },
        "residents": {"age.min", "seats.max", "objection.window_days", "quorum.council"},
        "villagers": {"age.min", "seats.min", "proxy.max_held", "second_round.floor"},
    }
    assert also[whole["body"]] <= set(missed)
    if whole["values"]["electorate"]["value"] == "representatives":
        assert {
            "representatives.per_group_min",
            "representatives.total_max",
            "representatives.residents_share",
        } <= set(missed)
    if whole["values"]["proxy.allowed"]["value"]:
        assert "proxy.max_held" in missed
    assert not {"handover.days", "term.years", "retention.ballots_years"} - deadlines & set(missed)
