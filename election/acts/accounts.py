"""Acts on accounts: the office opened, accounts made, passwords set, keys revoked — each an entry of the office log."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from election.acts.passwords import fault, normal
from election.acts.perform import Command, Refused, Signer, perform
from election.names.writing import composed
from election.process.base import HALL, Act, Actor, Demand, Role
from election.process.machine import SERVER, SHANGHAI
from election.process.office import (
    CloseAccount,
    ContinueOffice,
    EnrolKey,
    Lost,
    OpenAccount,
    OpenOffice,
    RevokeKey,
    Vouched,
    VouchKeys,
)
from election.record import keys
from election.record.entry import ZERO, Entry
from election.store import accounts, kept
from election.store.accounts import Account
from election.store.database import Store, known
from election.store.reach import everywhere
from election.store.tables import AccountRow, Log, SessionRow
from election.store.worlds import Gone, office_log, world_of

_LOGIN = re.compile(r"[\w.\-]{2,60}")
_SCOPE = re.compile(r"[\w\-]+(/[\w\-]+){0,2}|")
#: how deep in ``district/street/community`` a role's place lies; a role that is not named works in a community
LEVELS = {Role.ADMINISTRATOR: 0, Role.ORGANISATION: 1, Role.CIVIL: 1, Role.STREET: 2}
#: what the logins of a hall's accounts begin with
HALL_LOGINS = {
    Role.PRESIDER: "主持",
    Role.DESK_CLERK: "发票",
    Role.CALLER: "唱票",
    Role.TELLER: "计票",
    Role.SCRUTINEER: "监票",
    Role.ADJUDICATOR: "认定",
}


def open_office(store: Store, *, name: str, demonstration: bool, now: datetime) -> str:
    """Begin the office log: this server, its key, and whether it is a demonstration. Id of the log. Raises Refused."""
    with store.write("office") as session:
        log = office_log(session)
        if log is None:
            log = Log(
                id=str(uuid4()), kind="office", path="", campaign=None, community=None, body=None, size=0, head=ZERO
            )
            session.add(log)
            session.merge(known(store.vault))
    public = store.vault.server_public
    act = OpenOffice(
        name=name,
        server_key=public.hex(),
        fingerprint=keys.fingerprint(public),
        version=version("huanjie-election"),
        demonstration=demonstration,
    )
    perform(store, Command(log.id, act, SERVER, _day(now)), now)
    return log.id


def create_account(
    store: Store,
    actor: Actor,
    *,
    login: str,
    name: str,
    role: str,
    scope: str,
    now: datetime,
    election: str | None = None,
    password: str | None = None,
    person: str | None = None,
) -> tuple[Account, str]:
    """A new account and its one-time code, with which the person sets a password; with ``password`` the code is "".

    The code is good for a week. Raises Refused (``account.*``, ``office.*``).
    """
    login = clean_login(login)
    _demand("account.login-shape", bool(_LOGIN.fullmatch(login)))
    _demand("account.scope-shape", bool(_SCOPE.fullmatch(scope)))
    depth = len(scope.split("/")) if scope else 0
    level = LEVELS.get(Role(role), 3)
    _demand("account.scope-level", role == Role.OBSERVER or depth == level, role=role, level=level)
    _demand("account.login-free", accounts.by_login(store, login) is None, login=login)
    id_, code, key = str(uuid4()), "", None
    if password is None:
        code = accounts.new_code()
    else:
        key = _new_key(store, id_, password)
    act = OpenAccount(
        account=id_,
        role=role,
        scope=scope,
        election=election,
        name=name,
        person=person or "",
        public_key=key.public if key else "",
        fingerprint=key.fingerprint if key else "",
    )

    def rows(session: Session, _: Entry) -> None:
        session.add(
            AccountRow(
                id=id_,
                login=login,
                name=store.vault.seal(act.name.encode(), f"account:{id_}"),
                role=role,
                scope=scope,
                election=election,
                wrapped=key.wrapped if key else None,
                fingerprint=key.fingerprint if key else None,
                code_index=accounts.code_index(store, code) if code else None,
                code_until=now + accounts.CODE_LASTS if code else None,
                active=True,
                person=person,
                created_at=now,
            )
        )

    try:
        _perform(store, act, actor, now, rows)
    except IntegrityError:  # taken in between
        raise Refused([Demand("account.login-free", False, {"login": login})]) from None
    return accounts.get(store, id_), code


def create_hall_account(
    store: Store, actor: Actor, *, election: str, role: str, name: str, now: datetime, person: str
) -> tuple[Account, str]:
    """An account of one meeting and its PIN of six digits, on the spot. Raises Refused and Gone."""
    _demand("account.hall-role", role in HALL)
    _demand("office.person", bool(person), role=role)
    with everywhere(), store.read() as session:  # no two meetings have a login in common
        path = world_of(store, session, election).election.path
        taken = set(session.scalars(select(AccountRow.login).where(AccountRow.election == election)))
        own = select(AccountRow.id).where(AccountRow.election == election, AccountRow.role == role, AccountRow.active)
        has = session.scalar(own.where(AccountRow.person == person)) is not None
        hall = _hall_number(session, election)
    _demand("account.hall-has", not has, name=name)
    number = next(n for n in range(1, 1000) if f"{HALL_LOGINS[Role(role)]}{n}-{hall}" not in taken)
    pin = f"{secrets.randbelow(10**6):06d}"
    made, _ = create_account(
        store,
        actor,
        login=f"{HALL_LOGINS[Role(role)]}{number}-{hall}",
        name=name,
        role=role,
        scope=path,
        election=election,
        password=pin,
        person=person,
        now=now,
    )
    return made, pin


def _hall_number(session: Session, election: str) -> str:
    """Four digits that tell the logins of one meeting from those of all others: the first free from its id on."""
    first = int(election.replace("-", "")[:8], 16) % 10_000
    for step in range(10_000):
        number = f"{(first + step) % 10_000:04d}"
        other = select(AccountRow.id).where(AccountRow.login.like(f"%-{number}"), AccountRow.election != election)
        if session.scalars(other).first() is None:
            return number
    raise Refused([Demand("account.hall-full", False)])


def set_password(store: Store, *, login: str, code: str, password: str, now: datetime) -> Account:
    """A first or new password, with the one-time code; with it a new personal key. Raises Refused."""
    account = accounts.by_code(store, clean_login(login), code, now)
    if account is None:
        raise Refused([Demand("account.code", False)])
    check_password(store, account, password)
    return _enrol(store, account, password, now, still=_code_stands(store, code))


def change_password(store: Store, account: Account, *, old: str, new: str, now: datetime) -> Account:
    """Another password, and another key with it: an old copy of the wrapped key then opens nothing. Raises Refused."""
    seed = accounts.unwrap(store, account.id, normal(old))
    _demand("account.password-wrong", seed is not None)
    assert seed is not None  # else refused
    check_password(store, account, new)
    mine = keys.fingerprint(keys.public(seed))

    def still(row: AccountRow) -> None:
        _demand("account.password-wrong", row.fingerprint == mine)

    return _enrol(store, account, new, now, still=still, signers=[Signer(account.id, account.role, seed)])


def check_password(store: Store, account: Account, password: str) -> None:
    """Raises Refused when the password is too short, too long, or one that is guessed."""
    with store.read() as session:
        world = world_of(store, session)
    context = [account.login, account.name, world.office.name, *account.scope.split("/")]
    found = fault(normal(password), context)
    _demand(found or "", found is None)


def reset(store: Store, actor: Actor, account: Account, *, reason: str, now: datetime) -> str:
    """The key stops counting, sessions and second factor end, and a new one-time code is given. Raises Refused."""
    code = accounts.new_code()

    def rows(session: Session, _: Entry) -> None:
        row = session.get_one(AccountRow, account.id)
        row.wrapped = row.fingerprint = row.second = row.second_step = None
        row.code_index, row.code_until = accounts.code_index(store, code), now + accounts.CODE_LASTS
        session.execute(delete(SessionRow).where(SessionRow.account == account.id))

    _demand("account.active", account.active)
    _perform(store, RevokeKey(account=account.id, reason=reason), actor, now, rows)
    return code


def new_pin(store: Store, actor: Actor, account: Account, *, now: datetime) -> str:
    """Another PIN for a hall account, on the spot: the lost one stops counting. Raises Refused."""
    _demand("account.hall-role", account.hall)
    code = reset(store, actor, account, reason="PIN", now=now)
    pin = f"{secrets.randbelow(10**6):06d}"
    _enrol(store, account, pin, now, still=_code_stands(store, code), actor=SERVER)
    return pin


def close(store: Store, actor: Actor, account: Account, *, reason: str, now: datetime) -> None:
    """Nobody signs in or signs with this account any more. Raises Refused."""

    def rows(session: Session, _: Entry) -> None:
        row = session.get_one(AccountRow, account.id)
        row.active, row.wrapped, row.code_index, row.code_until = False, None, None, None
        session.execute(delete(SessionRow).where(SessionRow.account == account.id))

    _demand("account.active", account.active)
    _perform(store, CloseAccount(account=account.id, reason=reason), actor, now, rows)


def vouch(store: Store, signer: Signer, seen: Mapping[str, str], now: datetime) -> None:
    """An official vouches for keys with one signature: account -> the fingerprint that was read. Raises Refused."""
    said = tuple(Vouched(account=id_, fingerprint=fingerprint) for id_, fingerprint in seen.items())
    _perform(store, VouchKeys(keys=said), accounts.get(store, signer.account).actor, now, signers=[signer])


def continue_office(
    store: Store, actor: Actor, signer: Signer, *, reason: str, behind: Sequence[kept.Behind], now: datetime
) -> None:
    """Go on with a database that is behind what was acknowledged: the office log says what is missing. Raises Refused."""
    lost = tuple(Lost(log=b.log, kept=b.kept, head=b.head, size=b.size) for b in behind)
    with store.read() as session:
        log = office_log(session)
    if log is None:
        raise Gone("office")
    command = Command(log.id, ContinueOffice(reason=reason, lost=lost), actor, _day(now), [signer])
    with kept.let_go(store.home, behind):
        perform(store, command, now)


def unlock(store: Store, account: str, password: str) -> Signer:
    """A person's key, for the one act at hand. Raises record.keys.WrongPassword."""
    seed = accounts.unwrap(store, account, normal(password))
    if seed is None:
        raise keys.WrongPassword
    with everywhere():  # who vouches for a paper may come from elsewhere
        return Signer(account, accounts.get(store, account).role, seed)


def clean_login(login: str) -> str:
    return composed("NFKC", login).strip().lower()


@dataclass(frozen=True)
class _Key:
    public: str
    fingerprint: str
    wrapped: dict[str, object]


def _new_key(store: Store, account: str, password: str) -> _Key:
    seed = keys.generate()
    public = keys.public(seed)
    return _Key(public.hex(), keys.fingerprint(public), accounts.wrap(store, seed, normal(password), account))


def _code_stands(store: Store, code: str) -> Callable[[AccountRow], None]:
    def still(row: AccountRow) -> None:
        _demand("account.code", row.code_index == accounts.code_index(store, code))

    return still


def _enrol(
    store: Store,
    account: Account,
    password: str,
    now: datetime,
    *,
    still: Callable[[AccountRow], None],
    actor: Actor | None = None,
    signers: Sequence[Signer] = (),
) -> Account:
    """A new key under a new password. Other sessions end; the code is used up. ``signers`` hands on the old key's trust.

    ``still`` refuses where what let somebody in was taken back while they typed and the key was made.
    """
    key = _new_key(store, account.id, password)

    def rows(session: Session, _: Entry) -> None:
        row = session.get_one(AccountRow, account.id, populate_existing=True)
        still(row)
        row.wrapped, row.fingerprint = key.wrapped, key.fingerprint
        row.code_index = row.code_until = None
        session.execute(delete(SessionRow).where(SessionRow.account == account.id))

    act = EnrolKey(account=account.id, public_key=key.public, fingerprint=key.fingerprint)
    _perform(store, act, actor or account.actor, now, rows, signers)
    return accounts.get(store, account.id)


def _perform(
    store: Store,
    act: Act,
    actor: Actor,
    now: datetime,
    rows: Callable[[Session, Entry], None] | None = None,
    signers: Sequence[Signer] = (),
) -> None:
    with store.read() as session:
        log = office_log(session)
    if log is None:
        raise Gone("office")
    perform(store, Command(log.id, act, actor, _day(now), signers, rows=rows), now)


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def _demand(code: str, met: bool, **params: object) -> None:
    if not met:
        raise Refused([Demand(code, False, dict(params))])
