"""Acts of the office log: the server's key, accounts, personal keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from election.process.base import (
    COUNTING,
    Act,
    Deed,
    Demand,
    Payload,
    PersonId,
    PrivateName,
    Role,
    Sha256,
    Text,
    catalogued,
)
from election.process.facts import ENOUGH, FOUNDING, Account, Key, Office, Witness
from election.process.persons import covers
from election.process.world import World
from election.record import algorithms, cosignature, keys, note

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
    return covers(deed.actor.scope, scope)


def _its_own(fingerprint: str, public: str) -> bool:
    """Whether the fingerprint is this key's, in the one way that a key is written; an account may begin without a key."""
    try:
        key = bytes.fromhex(public)
    except ValueError:
        return False
    return (key.hex(), keys.fingerprint(key)) == (public, fingerprint) if public else not fingerprint


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
        yield Demand("office.fingerprint", _its_own(self.fingerprint, self.server_key))

    def apply(self, world: World, deed: Deed) -> None:
        world.office.name = self.name
        world.office.server_key = self.server_key
        world.office.public_keys.add(self.server_key)
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
    alg: str = algorithms.ED25519.name

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("office.algorithm", self.alg in algorithms.KNOWN, {"alg": self.alg})
        yield Demand("office.fingerprint", _its_own(self.fingerprint, self.public_key))
        yield Demand("office.account-new", self.account not in world.office.accounts)
        yield Demand("office.may-make", self.role in MAKES.get(deed.actor.role, frozenset()), {"role": self.role})
        yield Demand("office.scope", _scope_ok(deed, self.scope))
        # two accounts with nobody behind them may be one person's: who counts is known, but where it is only played
        known = bool(self.person) or self.role not in COUNTING or world.office.demonstration
        yield Demand("office.person", known, {"role": self.role})

    def apply(self, world: World, deed: Deed) -> None:
        account = Account(self.account, self.role, self.scope, self.election, self.person)
        if self.public_key:
            account.keys.append(Key(self.fingerprint, self.public_key, deed.seq))
            world.office.public_keys.add(self.public_key)
        world.office.accounts[self.account] = account


@catalogued
class EnrolKey(Act):
    """A person sets a password and with it a new key; the key before it stops counting here.

    Signed with the key before it, a new key is believed as that one was; otherwise it is to be vouched for again.
    """

    code: ClassVar[str] = "office.key"
    log: ClassVar[str] = "office"
    who: ClassVar[frozenset[str]] = frozenset(Role) - {Role.VOTER}
    hidden: ClassVar[bool] = True

    account: str
    public_key: str
    fingerprint: str
    alg: str = algorithms.ED25519.name

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        account = world.office.accounts.get(self.account)
        yield Demand("office.algorithm", self.alg in algorithms.KNOWN, {"alg": self.alg})
        yield Demand("office.fingerprint", bool(self.public_key) and _its_own(self.fingerprint, self.public_key))
        yield Demand("office.account-known", account is not None and account.active)
        yield Demand("office.own-key", deed.actor.account == self.account or deed.actor.role == Role.SERVER)

    def apply(self, world: World, deed: Deed) -> None:
        account = world.office.accounts[self.account]
        before = account.key
        made = Key(self.fingerprint, self.public_key, deed.seq)
        if before is not None:
            before.revoked = deed.seq
        if before is not None and deed.signed_by == [self.account]:  # nobody vouches for the one before any more
            made.vouchers, made.founder = before.vouchers, world.office.founder(account, before)
        account.keys.append(made)
        world.office.public_keys.add(self.public_key)


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
        key = world.office.accounts[self.account].key
        if key is not None:
            key.revoked = deed.seq


@catalogued
class CloseAccount(RevokeKey):
    code: ClassVar[str] = "office.account_close"

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield from super().guard(world, deed)
        yield Demand("office.not-own", deed.actor.account != self.account)

    def apply(self, world: World, deed: Deed) -> None:
        super().apply(world, deed)
        world.office.accounts[self.account].active = False


#: who may vouch that a key is the person's: they saw the person and read the fingerprint with them
VOUCHING = frozenset(FOUNDING | {Role.COMMITTEE_CHAIR, Role.LEADING_CHAIR})


def vouchers(office: Office, account: Account) -> list[Account]:
    """Who may vouch for the account's keys, apart from whether their own count: officials of its place or above, not itself.

    For somebody of the offices above of whom too few of these have a key that counts, it is anybody of those offices:
    else an office that has lost an administrator's key could never have another.
    """
    others = [o for o in office.accounts.values() if o.active and o.role in VOUCHING and o.id != account.id]
    usual = [o for o in others if covers(o.scope, account.scope)]
    if account.role not in FOUNDING or sum(office.vouched(o.id) for o in usual) >= ENOUGH:
        return usual
    return [o for o in others if o.role in FOUNDING]


def called_in(office: Office, official: str, account: Account) -> bool:
    """Whether an official vouches for an account of the offices above that is not of their place: too few others can."""
    return account.role in FOUNDING and any(other.id == official for other in vouchers(office, account))


def ready(office: Office, account: Account) -> list[Account]:
    """Of those, whose word counts today: they have a key, and it was vouched for or is a founder's."""
    return [other for other in vouchers(office, account) if office.vouched(other.id)]


def stranded(office: Office) -> list[Account]:
    """Accounts of the offices above that would sign no more if they lost their keys: too few could vouch for another one.

    With three people of those offices whose keys count there is none: two are left for the third.
    """
    above = (account for account in office.accounts.values() if account.active and account.role in FOUNDING)
    return [] if office.demonstration else [account for account in above if len(ready(office, account)) < ENOUGH]


class Vouched(Payload):
    account: str
    fingerprint: Sha256


@catalogued
class VouchKeys(Act):
    """An official vouches that these keys are these people's. A key vouched for by two signs what must be signed."""

    code: ClassVar[str] = "office.vouch"
    log: ClassVar[str] = "office"
    who: ClassVar[frozenset[str]] = VOUCHING
    signed: ClassVar[bool] = True
    hidden: ClassVar[bool] = True

    keys: tuple[Vouched, ...] = Field(min_length=1, max_length=500)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        for said in self.keys:
            account = world.office.accounts.get(said.account)
            key = account.key if account is not None and account.active else None
            yield Demand("office.account-known", account is not None and account.active)
            yield Demand("vouch.this-key", key is not None and key.fingerprint == said.fingerprint)
            yield Demand("vouch.not-own", said.account != deed.actor.account)
            yield Demand("vouch.once", key is None or deed.actor.account not in key.vouchers)
            theirs = (
                account is None
                or _scope_ok(deed, account.scope)
                or called_in(world.office, deed.actor.account, account)
            )
            yield Demand("office.scope", theirs)

    def apply(self, world: World, deed: Deed) -> None:
        office = world.office
        office.first_vouched = deed.seq if office.first_vouched is None else office.first_vouched
        for said in self.keys:
            key = office.accounts[said.account].key
            if key is not None:
                key.vouchers.add(deed.actor.account)


WitnessName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,79}$")]


class WitnessAct(Act):
    log: ClassVar[str] = "office"
    who: ClassVar[frozenset[str]] = VOUCHING | {Role.SERVER}
    hidden: ClassVar[bool] = True

    name: WitnessName

    def witness(self, world: World) -> Witness | None:
        found = world.office.witnesses.get(self.name)
        return found if found is not None and not found.closed else None


@catalogued
class RegisterWitness(WitnessAct):
    """A witness's key becomes known here, so that their cosignatures are taken in; whom to believe a doubter decides."""

    code: ClassVar[str] = "office.witness"

    vkey: Text
    kind: Literal["scrutineer", "street", "district", "observer"]
    scope: Text

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        yield Demand("witness.new", self.name not in world.office.witnesses, {"name": self.name})
        yield Demand("office.scope", _scope_ok(deed, self.scope))
        try:
            key = cosignature.Witness.parse(self.vkey)
        except note.NoteError:
            yield Demand("witness.key", False)
            return
        yield Demand("witness.key", key.name == self.name)
        yield Demand("witness.other-key", key.public_key.hex() not in world.office.public_keys)

    def apply(self, world: World, deed: Deed) -> None:
        world.office.witnesses[self.name] = Witness(self.name, self.vkey, self.kind, self.scope)


@catalogued
class CloseWitness(WitnessAct):
    """No cosignature of this witness is taken in any more; those given stand."""

    code: ClassVar[str] = "office.witness_close"

    reason: Text = Field(min_length=2)

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        found = self.witness(world)
        yield Demand("witness.known", found is not None, {"name": self.name})
        yield Demand("office.scope", found is None or _scope_ok(deed, found.scope))

    def apply(self, world: World, deed: Deed) -> None:
        world.office.witnesses[self.name].closed = True


class Lost(Payload):
    """A log as it was acknowledged here, and as it is in the database that is gone on with."""

    log: str
    kept: int
    head: str
    size: int


@catalogued
class ContinueOffice(Act):
    """The office goes on with an older database than was acknowledged: what is missing, said and signed."""

    code: ClassVar[str] = "office.continue"
    log: ClassVar[str] = "office"
    who: ClassVar[frozenset[str]] = frozenset({Role.ADMINISTRATOR})
    signed: ClassVar[bool] = True
    hidden: ClassVar[bool] = True

    reason: Annotated[Text, StringConstraints(min_length=1)]
    lost: tuple[Lost, ...] = Field(min_length=1)

    def apply(self, world: World, deed: Deed) -> None:
        """The facts are those of the older database: nothing changes but that it is said."""
