"""Acts of the office log: the server's key, accounts, personal keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from election.process.base import Act, Deed, Demand, PersonId, PrivateName, Role, Text, catalogued
from election.process.facts import Account, Key
from election.process.world import World

#: who may make accounts of which roles; nobody makes an account above their own
MAKES: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset(Role) - {Role.SERVER, Role.VOTER},
    Role.STREET: frozenset(Role)
    - {Role.SERVER, Role.VOTER, Role.ADMINISTRATOR, Role.ORGANISATION, Role.CIVIL, Role.STREET},
    Role.COMMITTEE_CHAIR: frozenset(
        {
            Role.COMMITTEE_MEMBER,
            Role.LEADING_CHAIR,
            Role.LEADING_MEMBER,
            Role.REGISTRAR,
            Role.PRESIDER,
            Role.DESK_CLERK,
            Role.CALLER,
            Role.TELLER,
            Role.SCRUTINEER,
            Role.ADJUDICATOR,
            Role.OUTGOING,
            Role.INCOMING,
            Role.OBSERVER,
        }
    ),
    Role.LEADING_CHAIR: frozenset(
        {
            Role.LEADING_MEMBER,
            Role.PRESIDER,
            Role.DESK_CLERK,
            Role.CALLER,
            Role.TELLER,
            Role.SCRUTINEER,
            Role.ADJUDICATOR,
        }
    ),
    Role.SERVER: frozenset(Role),
}


def _scope_ok(deed: Deed, scope: str) -> bool:
    return scope == deed.actor.scope or scope.startswith(deed.actor.scope + "/") or not deed.actor.scope


@catalogued
class OpenOffice(Act):
    """First entry of the office log: which server, which key, and whether this is a demonstration."""

    code: ClassVar[str] = "office.open"
    log: ClassVar[str] = "office"
    who: ClassVar[frozenset[str]] = frozenset({Role.SERVER})
    hidden: ClassVar[bool] = True

    name: Text
    server_key: str
    fingerprint: str
    version: str
    demonstration: bool = False

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("office.first", world.office.size == 0)

    def apply(self, world: World, deed: Deed) -> None:
        world.office.name = self.name
        world.office.server_key = self.server_key
        world.office.demonstration = self.demonstration


@catalogued
class OpenAccount(Act):
    code: ClassVar[str] = "office.account"
    log: ClassVar[str] = "office"
    who: ClassVar[frozenset[str]] = frozenset(MAKES)
    hidden: ClassVar[bool] = True

    account: str
    role: str
    scope: str
    election: str | None = None
    name: PrivateName
    #: person of the roll behind a hall account, so that no candidate counts
    person: PersonId = ""
    public_key: str = ""
    fingerprint: str = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("office.account-new", self.account not in world.office.accounts)
        yield Demand("office.may-make", self.role in MAKES.get(deed.actor.role, frozenset()), {"role": self.role})
        yield Demand("office.scope", _scope_ok(deed, self.scope))

    def apply(self, world: World, deed: Deed) -> None:
        account = Account(self.account, self.role, self.scope, self.election, self.person)
        if self.public_key:
            account.keys.append(Key(self.fingerprint, self.public_key, deed.seq))
        world.office.accounts[self.account] = account


@catalogued
class EnrolKey(Act):
    """A person sets a password and with it a new key; the key before it stops counting here."""

    code: ClassVar[str] = "office.key"
    log: ClassVar[str] = "office"
    who: ClassVar[frozenset[str]] = frozenset(Role) - {Role.VOTER}
    hidden: ClassVar[bool] = True

    account: str
    public_key: str
    fingerprint: str

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        account = world.office.accounts.get(self.account)
        yield Demand("office.account-known", account is not None and account.active)
        yield Demand("office.own-key", deed.actor.account == self.account or deed.actor.role == Role.SERVER)

    def apply(self, world: World, deed: Deed) -> None:
        account = world.office.accounts[self.account]
        for key in account.keys:
            key.revoked = key.revoked if key.revoked is not None else deed.seq
        account.keys.append(Key(self.fingerprint, self.public_key, deed.seq))


@catalogued
class RevokeKey(Act):
    """A key stops counting from this position on: lost, or the person has left. A reset of a password begins here."""

    code: ClassVar[str] = "office.key_revoke"
    log: ClassVar[str] = "office"
    who: ClassVar[frozenset[str]] = frozenset(MAKES)
    hidden: ClassVar[bool] = True

    account: str
    reason: Text = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        account = world.office.accounts.get(self.account)
        yield Demand("office.account-known", account is not None)
        if account is not None:
            own = deed.actor.account == self.account
            may = account.role in MAKES.get(deed.actor.role, frozenset()) and _scope_ok(deed, account.scope)
            yield Demand("office.may-make", own or may, {"role": account.role})

    def apply(self, world: World, deed: Deed) -> None:
        for key in world.office.accounts[self.account].keys:
            key.revoked = key.revoked if key.revoked is not None else deed.seq


@catalogued
class CloseAccount(RevokeKey):
    code: ClassVar[str] = "office.account_close"

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        yield Demand("office.not-own", deed.actor.account != self.account)

    def apply(self, world: World, deed: Deed) -> None:
        super().apply(world, deed)
        world.office.accounts[self.account].active = False
