from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.names import identity

GOOD = ["11010519491231002X", "440524188001010014", "620103199003071236"]
numbers = st.builds(
    lambda area, birth, sequence: f"{area:06d}{birth:%Y%m%d}{sequence:03d}",
    st.integers(0, 999_999),
    st.dates(date(1900, 1, 1), date(2030, 12, 31)),
    st.integers(0, 999),
)


def iso_7064_remainder(number: str) -> int:
    """MOD 11-2 as the standard states it: sum of a_i * 2^(i-1) over all positions, the check included, is 1 mod 11."""
    values = [10 if character == "X" else int(character) for character in reversed(number)]
    return sum(value * 2**place for place, value in enumerate(values)) % 11


@pytest.mark.parametrize("number", GOOD)
def test_known_numbers_are_good(number: str) -> None:
    assert identity.fault(number) is None
    assert iso_7064_remainder(number) == 1


@given(numbers)
def test_the_check_character_is_that_of_iso_7064(first_seventeen: str) -> None:
    assert iso_7064_remainder(first_seventeen + identity.check_character(first_seventeen)) == 1


@given(numbers, st.integers(0, 17), st.integers(1, 9))
def test_one_changed_digit_is_found(first_seventeen: str, place: int, change: int) -> None:
    number = first_seventeen + identity.check_character(first_seventeen)
    old = 10 if number[place] == "X" else int(number[place])
    new = str((old + change) % (11 if place == 17 else 10))
    changed = number[:place] + ("X" if new == "10" else new) + number[place + 1 :]
    assert identity.fault(changed) in {"check", "date"}


@given(numbers, st.integers(0, 16))
def test_two_swapped_neighbours_are_found(first_seventeen: str, place: int) -> None:
    number = first_seventeen + identity.check_character(first_seventeen)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert (identity.fault(swapped) is None) == (swapped == number)


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", "length"),
        ("62010319900307123", "length"),
        ("6201031990030712366", "length"),
        ("620103900307123", "length"),  # a number of the first generation
        ("X20103199003071236", "characters"),
        ("6201O3199003071236", "characters"),
        ("62010319900307 236", "characters"),
        ("62010319900307123٣", "characters"),
        ("620103199002301230", "date"),
        ("620103199013011230", "date"),
        ("620103000001011230", "date"),
        ("620103199003071230", "check"),
        ("11010519491231002x", "characters"),  # normalise first
    ],
)
def test_refusals(number: str, fault: str) -> None:
    assert identity.fault(number) == fault


def test_the_area_code_is_never_judged() -> None:
    unheard_of = "000000" + "19500101" + "001"
    assert identity.fault(unheard_of + identity.check_character(unheard_of)) is None


def test_case_full_width_and_blanks_around_are_forgiven() -> None:
    assert identity.read("\u3000 11010519491231002x\t").number == GOOD[0]
    assert identity.read("６２０１０３１９９００３０７１２３６").number == GOOD[2]
    assert identity.read("11010519491231002ｘ\ufeff").number == GOOD[0]


def test_what_a_number_says() -> None:
    read = identity.read(GOOD[2])
    assert (read.birth, read.sex) == (date(1990, 3, 7), "male")
    assert identity.read(GOOD[0]).sex == "female"
    assert identity.last_six(GOOD[2]) == "071236"


def test_a_refusal_never_shows_the_number() -> None:
    with pytest.raises(identity.NotAnIdentityNumber) as refusal:
        identity.read("620103199003071230")
    assert refusal.value.fault == "check"
    assert "1990" not in str(refusal.value)


def test_a_masked_number_shows_neither_birthday_nor_last_six() -> None:
    assert identity.mask(GOOD[2]) == "62**************36"
    assert identity.mask("123") == "***"


def test_age_is_reached_on_the_birthday() -> None:
    born = date(1992, 12, 26)
    assert identity.age_on(born, date(2010, 12, 25)) == 17
    assert identity.age_on(born, date(2010, 12, 26)) == 18
    assert identity.age_on(born, date(1992, 12, 25)) == -1


def test_born_on_a_leap_day() -> None:
    born = date(1992, 2, 29)
    assert identity.age_on(born, date(2010, 2, 27)) == 17
    assert identity.age_on(born, date(2010, 2, 28)) == 18
    assert identity.age_on(born, date(2012, 2, 28)) == 19
    assert identity.age_on(born, date(2012, 2, 29)) == 20


@given(st.dates(date(1900, 1, 1), date(2050, 1, 1)), st.integers(0, 120))
def test_the_anniversary_is_the_first_day_of_an_age(birth: date, years: int) -> None:
    day = identity.anniversary(birth, years)
    assert identity.age_on(birth, day) == years
    assert identity.age_on(birth, day - timedelta(days=1)) == years - 1
