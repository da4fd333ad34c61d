"""Who has come to a meeting, until sign-in closes: a set without order or time, gone when it is sealed as one batch."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from election.store.database import Store
from election.store.tables import SignedIn


def present(session: Session, log: str) -> set[str]:
    """The persons signed in."""
    return set(session.scalars(select(SignedIn.person).where(SignedIn.log == log)))


def sign_in(store: Store, log: str, person: str) -> bool:
    """False where the person is signed in already, at this desk or another."""
    try:
        with store.write() as session:
            session.add(SignedIn(log=log, person=person))
    except IntegrityError:
        return False
    return True


def take_back(store: Store, log: str, person: str) -> None:
    """Somebody was signed in by mistake."""
    with store.write() as session:
        session.execute(delete(SignedIn).where(SignedIn.log == log, SignedIn.person == person))


def clear(session: Session, log: str) -> None:
    """The batch is sealed: nothing of it stays here."""
    session.execute(delete(SignedIn).where(SignedIn.log == log))
