"""Who can vouch for whom, by name: for the pages of those who are vouched for, and before a key is given up."""

from __future__ import annotations

from dataclasses import dataclass

from election.process.facts import ENOUGH, FOUNDING
from election.process.facts import Account as Known
from election.process.machine import covers, needs_vouchers
from election.process.office import called_in, ready, stranded, vouchers
from election.store import accounts
from election.store.accounts import Account
from election.store.reach import everywhere
from election.web.context import place, store
from election.web.place_names import Places, known_places


@dataclass(frozen=True)
class Official:
    """An account and where it is; ``state`` of its own key: ``ready``, ``waits`` for vouchers, or ``none``."""

    account: Account
    where: str
    state: str


@dataclass(frozen=True)
class Word:
    """Whose word counts for an account's keys, and how many of them have a key that counts."""

    officials: list[Official]
    ready: int

    @property
    def few(self) -> bool:
        return self.ready < ENOUGH


@dataclass(frozen=True)
class Stranded:
    """An account for whose next key only ``ready`` others could vouch: too few."""

    account: Account
    where: str
    ready: int


def word_for(id_: str) -> Word:
    """Who may vouch for an account: first those who can today."""
    office = place().world.office
    known = office.accounts[id_]
    able = {other.id for other in ready(office, known)}
    with everywhere():  # whoever is above vouches too
        places = known_places("")
        found = [_official(other, places, other.id in able) for other in vouchers(office, known)]
    return Word(sorted(found, key=lambda one: (one.state != "ready", one.where, one.account.name)), len(able))


def word_after_reissue(id_: str) -> Word | None:
    """Whose word the account's next key will need, once this one is given up; None where it needs nobody's."""
    return word_for(id_) if needs_vouchers(place().world.office, id_) else None


def too_few() -> list[Stranded]:
    """Officials' accounts that would not come back if their keys were lost today."""
    office = place().world.office
    with everywhere():
        places = known_places("")
        held = [(accounts.get(store(), one.id), len(ready(office, one))) for one in stranded(office)]
    found = [Stranded(account, places[account.scope], count) for account, count in held]
    return sorted(found, key=lambda one: (one.account.scope.count("/"), one.where, one.account.name))


def locked() -> bool:
    """Whether a new administrator would find no two to vouch for them, so that pages mend nothing."""
    office = place().world.office
    able = [one for one in office.accounts.values() if one.active and one.role in FOUNDING and office.vouched(one.id)]
    return not office.demonstration and office.first_vouched is not None and len(able) < ENOUGH


def elsewhere(me: Account) -> list[Account]:
    """Accounts of the offices above, out of the reader's place, whose keys wait for the reader too: too few others can."""
    office = place().world.office
    above = [
        one for one in office.accounts.values() if one.active and one.role in FOUNDING and not office.vouched(one.id)
    ]
    with everywhere():
        return [
            accounts.get(store(), one.id)
            for one in above
            if not covers(me.scope, one.scope) and called_in(office, me.id, one)
        ]


def _official(other: Known, places: Places, able: bool) -> Official:
    state = "ready" if able else "waits" if other.key is not None else "none"
    return Official(accounts.get(store(), other.id), places[other.scope], state)
