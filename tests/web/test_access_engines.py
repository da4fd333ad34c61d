"""Accounts, sessions and counted tries on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from election.acts import accounts as acts
from election.acts.perform import Refused
from election.process.base import Role
from election.process.machine import SERVER
from election.store import accounts, sessions, tries
from election.store.database import Store
from election.store.settings import demonstration_offset, governing, set_demonstration_offset

NOW = datetime(2010, 12, 4, 1, 30, tzinfo=UTC)


def test_an_account_from_its_code_to_its_end(each_store: Store) -> None:
    store = each_store
    acts.open_office(store, name="town-office", demonstration=False, now=NOW)
    made, code = acts.create_account(
        store, SERVER, login="管理员", name="甲", role=Role.ADMINISTRATOR, scope="", now=NOW
    )
    acts.set_password(store, login="管理员", code=code, password="一个-只有-我知道-的词", now=NOW)
    found = accounts.try_password(store, "管理员", "一个-只有-我知道-的词")
    assert found is not None
    assert found[0].id == made.id
    with pytest.raises(Refused):
        acts.create_account(store, SERVER, login="管理员", name="乙", role=Role.ADMINISTRATOR, scope="", now=NOW)
    token = sessions.open_session(store, found[0], NOW)
    seen = sessions.person_of(store, token, NOW + timedelta(minutes=20))
    assert seen is not None
    assert sessions.person_of(store, token, NOW + timedelta(minutes=49)) is not None
    assert sessions.person_of(store, token, NOW + timedelta(minutes=90)) is None
    other, _ = acts.create_account(
        store, found[0].actor, login="second", name="乙", role=Role.ADMINISTRATOR, scope="", now=NOW
    )
    acts.close(store, found[0].actor, other, reason="离任", now=NOW)
    assert not accounts.get(store, other.id).active


def test_the_office_opens_once(each_store: Store) -> None:
    acts.open_office(each_store, name="town-office", demonstration=False, now=NOW)
    with pytest.raises(Refused):
        acts.open_office(each_store, name="town-office", demonstration=False, now=NOW)


def test_tries_are_counted_and_forgotten(each_store: Store) -> None:
    bucket = tries.Bucket("login", "x", free=3, longest=900)

    def seconds(after: int = 0) -> int:
        return tries.take(each_store, [bucket], NOW + timedelta(seconds=after)).seconds

    assert [seconds() for _ in range(4)] == [0] * 4
    assert [seconds(), seconds(1), seconds(2), seconds(2)] == [2, 1, 0, 4]  # what is held does not count
    tries.succeeded(each_store, bucket)
    assert seconds() == 0


def test_a_clock_put_back_makes_nobody_wait_longer(each_store: Store) -> None:
    bucket = tries.Bucket("login", "x", free=0, longest=900)
    evening = NOW.replace(hour=20)
    assert [tries.take(each_store, [bucket], evening + timedelta(hours=n)).seconds for n in range(2)] == [0, 0]
    back = evening - timedelta(hours=8)
    assert [tries.take(each_store, [bucket], back + timedelta(seconds=n)).seconds for n in range(5)] == [4, 3, 2, 1, 0]


def test_a_right_try_is_given_back_and_those_at_once_wait_for_each_other(each_store: Store) -> None:
    both = [tries.Bucket(purpose, "x", free=0, longest=900) for purpose in ("login", "address")]
    for _ in range(3):
        taken = tries.take(each_store, both, NOW)
        assert taken.seconds == 0
        tries.right(each_store, both, taken)
    with ThreadPoolExecutor(4) as pool:
        waits = list(pool.map(lambda _: tries.take(each_store, both, NOW).seconds, range(8)))
    assert sorted(waits) == [0] + [2] * 7


def test_right_tries_hold_up_nobody_behind_the_same_address(each_store: Store) -> None:
    """Forty people sign in one after another in a hall where somebody mistyped all morning."""
    address = tries.Bucket("address", "hall", free=30, longest=60)
    for number in range(36):
        assert tries.take(each_store, [address], NOW + timedelta(minutes=2 * number)).seconds == 0
    later = NOW + timedelta(hours=2)
    for number in range(40):
        own = [tries.Bucket("login", str(number), free=5, longest=900), address]
        taken = tries.take(each_store, own, later + timedelta(seconds=number))
        assert taken.seconds == 0
        tries.right(each_store, own, taken)
    wrong = tries.take(each_store, [address], later + timedelta(minutes=1))
    assert wrong.seconds == 0
    assert tries.take(each_store, [address], later + timedelta(minutes=1)).seconds == 60


def test_a_try_right_after_midnight_lowers_no_count_of_the_new_day(each_store: Store) -> None:
    bucket = tries.Bucket("address", "x", free=0, longest=60)
    taken = tries.take(each_store, [bucket], NOW)
    tomorrow = NOW + timedelta(days=1)
    assert tries.take(each_store, [bucket], tomorrow).seconds == 0
    tries.right(each_store, [bucket], taken)
    assert tries.take(each_store, [bucket], tomorrow).seconds == 2


def test_tries_right_ones_and_successes_at_once_do_not_stop_each_other(each_store: Store) -> None:
    shared = [tries.Bucket(purpose, "x", free=1000, longest=2) for purpose in ("address", "everybody")]

    def sign_in(number: int) -> int:
        own = [tries.Bucket("login", str(number % 2), free=1000, longest=2), *shared]
        taken = tries.take(each_store, own, NOW)
        tries.right(each_store, own, taken)
        tries.succeeded(each_store, own[0])
        return taken.seconds

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(sign_in, range(40))) == [0] * 40


def test_the_demonstrations_clock_is_kept(each_store: Store) -> None:
    assert demonstration_offset(each_store) == timedelta()
    for days in (-5800, 3):
        set_demonstration_offset(each_store, timedelta(days=days))
        assert demonstration_offset(each_store) == timedelta(days=days)


def test_a_street_of_the_demonstration_may_stand_at_a_day_of_its_own(each_store: Store) -> None:
    set_demonstration_offset(each_store, timedelta(days=1))
    set_demonstration_offset(each_store, timedelta(days=9), "d/s")
    assert demonstration_offset(each_store, "d/s/c1") == timedelta(days=9)
    assert demonstration_offset(each_store, "d/t/c1") == demonstration_offset(each_store) == timedelta(days=1)
    assert (governing(each_store, "d/s/c1"), governing(each_store, "d/t"), governing(each_store, "")) == ("d/s", "", "")
