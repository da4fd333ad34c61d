from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from election import law, roll
from election.demo import people, rolls
from election.names import identity, strokes

STREET = people.street()
WHOLE = STREET.communities[0]
RESIDENTS = [resident for community in STREET.communities for resident in community.residents]


def test_the_whole_community_is_that_of_the_steps() -> None:
    assert len(WHOLE.groups) == 8
    assert len(WHOLE.households) == 1240
    assert len(WHOLE.residents) == 3100
    assert len(WHOLE.voters) == 2611
    assert Counter(member.membership for member in WHOLE.members) == {"full": 81, "probationary": 5}
    assert len(WHOLE.units) == 2
    assert {resident.unit for resident in WHOLE.residents if resident.unit} == {unit.name for unit in WHOLE.units}


def test_five_communities_the_other_four_smaller() -> None:
    assert len({community.name for community in STREET.communities}) == 5
    assert all(300 <= len(community.residents) <= 900 for community in STREET.communities[1:])


def test_the_same_seed_gives_the_same_people() -> None:
    assert people.street.__wrapped__(people.SEED) == STREET
    assert people.street.__wrapped__(1) != STREET


def test_identity_numbers_are_valid_and_occur_once() -> None:
    numbers = [resident.id_number for resident in RESIDENTS if resident.id_number]
    assert len(set(numbers)) == len(numbers) >= len(RESIDENTS) - 10
    for resident in RESIDENTS:
        if resident.id_number:
            assert identity.read(resident.id_number) == identity.Identity(
                resident.id_number, resident.birth, resident.sex
            )


def test_telephone_numbers_reach_nobody() -> None:
    assert all(resident.phone == "" or resident.phone.startswith("000") for resident in RESIDENTS)


def test_every_household_has_one_head_one_address_and_one_group() -> None:
    for community in STREET.communities:
        for household in community.households:
            assert [resident.head for resident in household].count(True) == 1
            assert household[0].head
            assert household[0].registrable or household[0].deprived
            assert len({(resident.address, resident.group, resident.hukou) for resident in household}) == 1


def test_every_group_has_about_as_many_households() -> None:
    for community in STREET.communities:
        households = Counter(household[0].group for household in community.households)
        assert set(households) == set(community.groups)
        assert max(households.values()) - min(households.values()) <= 1


def test_members_are_of_age() -> None:
    ages = [identity.age_on(member.birth, people.ELECTION_DAY) for c in STREET.communities for member in c.members]
    assert min(ages) >= 18


def test_nobody_is_unborn_or_moved_in_before_birth() -> None:
    assert max(resident.birth for resident in RESIDENTS) < date(2010, 1, 1)
    assert all(not r.residence_from or r.birth <= r.residence_from < people.ELECTION_DAY for r in RESIDENTS)


def test_every_name_has_its_strokes_and_some_are_rare() -> None:
    assert [resident.name for resident in RESIDENTS if strokes.unknown_characters(resident.name)] == []
    for character in "喆堃珺昇翀":
        assert any(character in resident.name for resident in WHOLE.voters)


def test_the_cases_of_a_registrar() -> None:
    names = Counter(resident.name for resident in WHOLE.voters)
    assert [count for count in names.values() if count > 1] == [2] * 5
    assert sum(resident.deprived for resident in WHOLE.residents) == 2
    assert sum(not resident.id_number for resident in WHOLE.voters) == 2


def test_by_group() -> None:
    groups = people.by_group(WHOLE.voters)
    assert tuple(groups) == WHOLE.groups
    assert sum(map(len, groups.values())) == len(WHOLE.voters)


def test_the_roll_of_voters_is_good(tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    rolls.write_roll_xlsx(WHOLE.voters, path)
    answer = roll.check(roll.read(path), people.ELECTION_DAY, law.load("qilihe-2010.residents"))
    assert (len(answer.rows), answer.registered, answer.rejected) == (2611, 2611, ())
    assert Counter(fault.code for fault in answer.warnings) == {
        "same-name": 10,
        "no-id": 2,
        "birthday-on-election-day": 1,
    }
    assert [row.name for row in answer.rows] == [resident.name for resident in WHOLE.voters]


def test_the_roll_of_everybody_leaves_out_the_young(tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    rolls.write_roll_xlsx(WHOLE.residents, path)
    answer = roll.check(roll.read(path), people.ELECTION_DAY, law.load("qilihe-2010.residents"))
    assert answer.registered == 2611
    assert Counter(fault.code for fault in answer.rejected) == {"under-age": 487, "deprived": 2}


def test_the_roll_of_members(tmp_path: Path) -> None:
    path = tmp_path / "members.xlsx"
    rolls.write_members_xlsx(WHOLE.members, path)
    answer = roll.check_members(roll.read(path), people.ELECTION_DAY, law.load("qilihe-2010.party"))
    assert (answer.rejected, answer.warnings) == ((), ())
    assert Counter(row.membership for row in answer.rows) == {"full": 81, "probationary": 5}


def test_the_faulty_roll_has_every_fault_it_says(tmp_path: Path) -> None:
    path = tmp_path / "faulty.xlsx"
    expected = rolls.write_faulty_roll_xlsx(path)
    answer = roll.check(roll.read(path), people.ELECTION_DAY, law.load("qilihe-2010.residents"))
    found = sorted((fault.row, fault.code) for fault in (*answer.rejected, *answer.warnings))
    assert found == list(expected)


@pytest.mark.parametrize("text", ["=1+1", "@x"])
def test_a_written_roll_runs_nothing(tmp_path: Path, text: str) -> None:
    from dataclasses import replace

    rolls.write_roll_xlsx([replace(WHOLE.voters[0], address=text)], tmp_path / "r.xlsx")
    assert (
        roll.check(roll.read(tmp_path / "r.xlsx"), people.ELECTION_DAY, law.load("qilihe-2010.residents"))
        .rows[0]
        .address
        == f"'{text}"
    )
