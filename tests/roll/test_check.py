"""One test per code of contract §3, and how the codes live together."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election import law, roll
from election.faults import WrongInput
from election.names.identity import check_character
from election.words import sentence
from tests.roll.making import DAY, HALF_A_YEAR, NO_RESIDENCE, Law, checked, codes, number, person, table


def alone(*rows: dict[str, str], law: Law = NO_RESIDENCE) -> list[tuple[int, str]]:
    """The rejections of a file in which nothing else is wrong."""
    answer = checked(*rows, law=law)
    assert answer.registered == len(rows) - len({fault.row for fault in answer.rejected})
    return codes(answer.rejected)


def test_a_good_row() -> None:
    answer = checked(person(phone="00012345678", group="第一居民小组", household="0007", address="柳荫路 1 号"))
    row = answer.rows[0]
    assert (answer.rejected, answer.warnings, answer.registered) == ((), (), 1)
    assert (row.source_row, row.status, row.name, row.sex) == (2, "registered", "王建国", "male")
    assert (row.id_number, row.birth) == (number(), date(1990, 3, 7))
    assert (row.group, row.household, row.address, row.phone) == ("第一居民小组", "0007", "柳荫路 1 号", "00012345678")
    assert (row.hukou, row.residence_from, row.deprived, row.membership) == ("local", None, False, None)


def test_missing_name() -> None:
    assert alone(person(), person(name=" \u3000", id_number=number(sequence=2))) == [(3, "missing-name")]


def test_missing_birth() -> None:
    assert alone(person(id_number="")) == [(2, "missing-birth")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("62010319900307123", "length"),
        ("620103900307123", "length"),
        ("6201031990O3071236", "characters"),
        ("620103199002301236", "date"),
        (number()[:-1] + ("0" if number()[-1] != "0" else "1"), "check"),
        ("6.20103E+17", "digits-lost"),
    ],
)
def test_bad_id(text: str, kind: str) -> None:
    answer = checked(person(id_number=text))
    assert [(fault.code, fault.kind) for fault in answer.rejected] == [("bad-id", kind)]
    assert text not in sentence(answer.rejected[0].sentence, answer.rejected[0].params)


def test_bad_id_beside_a_good_birth_date_is_rejected_all_the_same() -> None:
    assert alone(person(id_number="123", birth="1990-03-07")) == [(2, "bad-id")]


def test_an_unheard_of_area_code_is_good() -> None:
    strange = "999999" + number()[6:17]
    assert alone(person(id_number=strange + check_character(strange))) == []


def test_under_age() -> None:
    assert alone(person(id_number=number("19921227"))) == [(2, "under-age")]
    assert alone(person(id_number="", birth="1992-12-27")) == [(2, "under-age")]


def test_the_age_is_the_rulesets() -> None:
    assert alone(person(id_number=number("19921227")), law=Law(age_min=16)) == []
    assert alone(person(), law=Law(age_min=30)) == [(2, "under-age")]


def test_deprived() -> None:
    assert alone(person(deprived="是")) == [(2, "deprived")]


def test_an_empty_cell_means_not_deprived() -> None:
    assert alone(person(deprived="")) == []


def test_duplicate_rejects_the_later_row() -> None:
    answer = checked(person(), person(name="王 建国", id_number=f" {number()} "))
    assert codes(answer.rejected) == [(3, "duplicate")]
    assert answer.rejected[0].params == {"other": 2}
    assert [row.status for row in answer.rows] == ["registered", "rejected"]
    assert answer.warnings == ()


def test_a_rejected_row_is_nobodys_original() -> None:
    answer = checked(person(birth="so"), person())
    assert codes(answer.rejected) == [(2, "bad-date")]
    assert answer.registered == 1


def test_number_shared_holds_both_rows() -> None:
    answer = checked(person(), person(name="李秀英"), person(name="张三", id_number=number(sequence=3)))
    assert codes(answer.warnings) == [(2, "number-shared"), (3, "number-shared")]
    assert [fault.params for fault in answer.warnings] == [{"other": 3}, {"other": 2}]
    assert [row.status for row in answer.rows] == ["held", "held", "registered"]
    assert (answer.registered, answer.rejected) == (1, ())


def test_number_shared_with_a_duplicate_inside() -> None:
    answer = checked(person(), person(), person(name="李秀英"))
    assert codes(answer.rejected) == [(3, "duplicate")]
    assert codes(answer.warnings) == [(2, "number-shared"), (4, "number-shared")]
    assert answer.registered == 0


def test_residence_too_short() -> None:
    elsewhere = person(hukou="外地", residence_from="2010-06-30")
    assert alone(elsewhere, law=HALF_A_YEAR) == [(2, "residence-too-short")]
    assert alone(person(hukou="外地", residence_from="2010-06-29"), law=HALF_A_YEAR) == []


def test_residence_does_not_matter_where_the_ruleset_has_no_minimum() -> None:
    assert alone(person(hukou="外地", residence_from="2010-12-25")) == []


def test_residence_does_not_matter_where_the_household_is_registered_here() -> None:
    assert alone(person(hukou="本社区", residence_from="2010-12-25"), law=HALF_A_YEAR) == []


def test_residence_not_given_waits_for_a_registrar() -> None:
    answer = checked(person(hukou="外地"), law=HALF_A_YEAR)
    assert codes(answer.warnings) == [(2, "no-residence-date")]
    assert answer.rows[0].status == "waiting"


@pytest.mark.parametrize("text", ["1990-02-30", "1990-13-01", "1990.03", "90-3-7", "去年", "1990", "32939", "3/7/1990"])
@pytest.mark.parametrize("field", ["birth", "residence_from"])
def test_bad_date(field: str, text: str) -> None:
    assert alone(person(**{field: text})) == [(2, "bad-date")]


def test_a_bad_birth_date_alone_is_not_also_missing() -> None:
    assert alone(person(id_number="", birth="1990-02-30")) == [(2, "bad-date")]


@pytest.mark.parametrize(
    "text",
    [
        "1990-03-07",
        "1990/3/7",
        "1990.3.7",
        "1990年3月7日",
        "19900307",
        "１９９０－０３－０７",
        " 1990 - 3 - 7 ",
        "1990-03-07 00:00:00",
    ],
)
def test_a_date_in_the_ways_people_write_one(text: str) -> None:
    answer = checked(person(id_number="", birth=text))
    assert answer.rows[0].birth == date(1990, 3, 7)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("sex", "未知"),
        ("hukou", "不详"),
        ("deprived", "也许"),
        ("name", '=HYPERLINK("x")'.replace('"', "")),
        ("name", "王\ufffd国"),
        ("name", "123"),
        ("name", "王" * 61),
        ("name", "＝王"),
    ],
)
def test_bad_value(field: str, text: str) -> None:
    answer = checked(person(**{field: text}))
    assert [(fault.code, fault.kind) for fault in answer.rejected] == [("bad-value", field)]


@pytest.mark.parametrize("name", ["王\ue123", "𠮷𠮷", "阿依·古丽", "O'Neill", "居民12", "王英(大)"])
def test_names_that_stand(name: str) -> None:
    assert alone(person(name=name)) == []


def test_no_id() -> None:
    answer = checked(person(id_number="", birth="1950-01-01"))
    assert codes(answer.warnings) == [(2, "no-id")]
    assert (answer.registered, answer.rows[0].status) == (1, "waiting")


def test_sex_mismatch() -> None:
    answer = checked(person(sex="女"))
    assert codes(answer.warnings) == [(2, "sex-mismatch")]
    assert (answer.rows[0].sex, answer.registered) == ("female", 1)


def test_sex_not_given_is_read_from_the_number() -> None:
    assert checked(person(sex="")).rows[0].sex == "male"


def test_birth_mismatch_follows_the_number() -> None:
    answer = checked(person(birth="1990-03-08"))
    assert codes(answer.warnings) == [(2, "birth-mismatch")]
    assert answer.rows[0].birth == date(1990, 3, 7)


def test_same_name() -> None:
    answer = checked(person(), person(id_number=number(sequence=2)), person(id_number=number(sequence=4)))
    same = [(fault.row, fault.params["other"]) for fault in answer.warnings if fault.code == "same-name"]
    assert same == [(2, 3), (3, 2), (4, 2)]
    assert answer.registered == 3


def test_same_name_is_between_registered_rows_only() -> None:
    answer = checked(person(), person(id_number="", birth="2009-01-01"))
    assert codes(answer.rejected) == [(3, "under-age")]
    assert answer.warnings == ()


def test_birthday_on_election_day() -> None:
    answer = checked(person(id_number=number("19921226")))
    assert codes(answer.warnings) == [(2, "birthday-on-election-day")]
    assert answer.registered == 1


def test_a_later_birthday_on_that_day_is_nothing_to_look_at() -> None:
    assert checked(person(id_number=number("19501226"))).warnings == ()


def test_a_rejected_row_has_no_warnings() -> None:
    answer = checked(person(id_number="", birth="1992-12-26", deprived="是"))
    assert (codes(answer.rejected), answer.warnings) == ([(2, "deprived")], ())


def test_every_fault_of_a_row_is_named() -> None:
    answer = checked(person(name="", sex="?", id_number="1", residence_from="x"))
    assert [fault.code for fault in answer.rejected] == ["missing-name", "bad-id", "bad-value", "bad-date"]


def test_blanks_full_width_and_case_are_forgiven() -> None:
    answer = checked(
        person(name="　王建国 ", sex=" 男\t", id_number="　１１０１０５１９４９１２３１００２ｘ", deprived=" 否 ")
    )
    assert (answer.rejected, answer.registered) == ((), 1)
    assert answer.rows[0].id_number == "11010519491231002X"


def test_people_already_on_the_roll() -> None:
    known = [roll.Known("王建国", number()), roll.Known("李秀英", ""), roll.Known("张三", number(sequence=3))]
    answer = checked(
        person(),
        person(name="李秀英", sex="", id_number=number(sequence=2)),
        person(name="张四", id_number=number(sequence=3)),
        known=known,
    )
    assert [(fault.row, fault.code, fault.kind) for fault in answer.rejected] == [(2, "duplicate", "known")]
    assert [(fault.row, fault.code, fault.kind) for fault in answer.warnings] == [
        (3, "same-name", "known"),
        (4, "number-shared", "known"),
    ]
    assert [row.status for row in answer.rows] == ["rejected", "waiting", "held"]


def test_other_columns_are_kept_as_notes() -> None:
    headers = [*roll.HEADERS.values(), "备注", "民族"]
    answer = roll.check(table(person() | {"备注": "行动不便", "民族": ""}, headers=headers), DAY, NO_RESIDENCE)
    assert dict(answer.rows[0].notes) == {"备注": "行动不便"}


def test_a_ruleset_without_an_age_is_no_rule_for_voters() -> None:
    with pytest.raises(WrongInput, match=r"age\.min"):
        checked(person(), law=Law())


def test_the_rulesets_of_2010() -> None:
    answer = roll.check(
        table(person(hukou="外地", residence_from="2010-12-25")), DAY, law.load("qilihe-2010.residents")
    )
    assert (answer.rejected, answer.registered) == ((), 1)


@pytest.mark.parametrize("ruleset", ["villagers-2018", "residents-2026"])
def test_the_rulesets_with_a_minimum_of_residence(ruleset: str) -> None:
    rules = law.load(ruleset)
    days = timedelta(days=rules.number("residence.min_days"))
    just, short = (person(hukou="外地", residence_from=str(DAY - days + timedelta(days=n))) for n in (0, 1))
    assert roll.check(table(just), DAY, rules).rejected == ()
    assert codes(roll.check(table(short), DAY, rules).rejected) == [(2, "residence-too-short")]


def test_members() -> None:
    headers = roll.MEMBER_HEADERS.values()
    rows = [
        person(membership="正式"),
        person(name="李秀英", id_number=number(sequence=1), membership="预备党员"),
        person(name="张三", id_number=number(sequence=3), membership=""),
        person(name="赵六", id_number=number(sequence=5), membership="群众"),
    ]
    answer = roll.check_members(table(*rows, headers=headers), DAY, law.load("qilihe-2010.party"))
    assert [(fault.row, fault.code, fault.kind) for fault in answer.rejected] == [
        (4, "bad-value", "membership"),
        (5, "bad-value", "membership"),
    ]
    assert [row.membership for row in answer.rows] == ["full", "probationary", None, None]


def test_members_without_their_column() -> None:
    with pytest.raises(WrongInput, match="党员类别"):
        roll.check_members(table(person()), DAY, NO_RESIDENCE)


rows_of_any_kind = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["王建国", "李秀英", "张三", ""]),
            "id_number": st.sampled_from(["", number(), number(sequence=1), number("19921226"), "1"]),
            "birth": st.sampled_from(["", "1990-03-07", "2000-01-01", "x"]),
            "deprived": st.sampled_from(["", "是"]),
        }
    ),
    min_size=1,
    max_size=12,
)


@given(rows_of_any_kind)
def test_every_row_is_registered_held_or_rejected(rows: list[dict[str, str]]) -> None:
    written = [person(**row) for row in rows]
    answer = checked(*written)
    rejected = {fault.row for fault in answer.rejected}
    assert len(answer.rows) == len(rows) == answer.registered + len(answer.held) + len(rejected)
    assert {row.source_row for row in answer.rows if row.status == "rejected"} == rejected
    warned = {fault.row for fault in answer.warnings}
    assert {row.source_row for row in answer.rows if row.status in ("waiting", "held")} == warned
    numbers = [row.id_number for row in answer.good if row.id_number]
    assert len(set(numbers)) == len(numbers)


@given(rows_of_any_kind)
def test_every_fault_has_its_sentences(rows: list[dict[str, str]]) -> None:
    answer = checked(*(person(**row) for row in rows))
    for fault in (*answer.rejected, *answer.warnings):
        assert sentence(fault.sentence, fault.params)
        assert sentence(fault.sentence, fault.params, "en")


@pytest.mark.parametrize(("members", "waiting"), [(False, "registered"), (True, "rejected")])
def test_one_person_by_hand_is_judged_as_a_row_of_a_file(members: bool, waiting: str) -> None:
    """On the roll of members the kind of membership must be given."""
    values = {"name": " 王建国 ", "id_number": number(), "sex": "男"}
    (row,) = roll.check_one(values, DAY, NO_RESIDENCE, members=members).rows
    assert (row.name, row.birth, row.status) == ("王建国", date(1990, 3, 7), waiting)
    again = roll.check_one(values | {"membership": "正式"}, DAY, NO_RESIDENCE, members=members)
    assert again.rows[0].status == "registered"
    assert again.rows[0].membership == ("full" if members else None)


def test_one_person_by_hand_is_compared_with_those_on_the_roll() -> None:
    known = [roll.Known("王建国", number())]
    answer = roll.check_one({"name": "王建国", "id_number": number()}, DAY, NO_RESIDENCE, known, members=False)
    assert codes(answer.rejected) == [(1, "duplicate")]


def test_a_cell_without_anything_is_blank() -> None:
    cells = roll.Table(
        "roll", {"name": 0, "id_number": 1, "birth": 2, "phone": 3}, {}, [(2, ("王建国", number(), None, None))]
    )
    answer = roll.check(cells, DAY, NO_RESIDENCE)
    assert (answer.rejected, answer.rows[0].birth, answer.rows[0].phone) == ((), date(1990, 3, 7), "")
    assert alone(person(birth="\u3000")) == []


def test_of_age_for_some_days() -> None:
    answer = roll.check(table(person(id_number="", birth="1992-12-29")), date(2010, 12, 31), NO_RESIDENCE)
    assert codes([*answer.rejected, *answer.warnings]) == [(2, "no-id")]
