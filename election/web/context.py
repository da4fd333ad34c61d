"""What a view has in its hands: the store, the time, the person, and the place it acts on — loaded and scope-checked.

A view never looks an election up by an id from the address: ``policy`` has loaded it, checked that the person may be
there, and put it into ``place()``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import cast

from flask import current_app, g

from election.process.base import Actor
from election.process.machine import SHANGHAI
from election.process.world import World
from election.store.accounts import Account
from election.store.database import Store
from election.store.settings import demonstration_offset
from election.store.volatile import Volatile


@dataclass
class Wiring:
    """What ``create_app`` was given."""

    store: Store
    clock: Callable[[], datetime]
    #: the wall and the progress of long work: in memory alone
    memory: Volatile
    #: starts a job that waits (its id) in a process of its own
    launch: Callable[[Store, str], object]


@dataclass(frozen=True)
class Place:
    """Who is here, and where. ``world`` is shared with other requests: read it, never change it."""

    account: Account | None
    world: World
    #: ``public``, ``signed_in``, ``office``, ``campaign``, ``community`` or ``election``
    at: str = "public"
    #: id of the log named in the address; of the office log for ``office``; else empty
    log: str = ""
    #: ids, where they are known from the address
    campaign: str = ""
    community: str = ""
    election: str = ""
    #: ``district/street/community`` of what is shown
    path: str = ""
    #: body (``party``, ``residents``) -> election id of the community named in the address
    elections: dict[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """The person as one who acts. Only where somebody is signed in."""
        assert self.account is not None
        return self.account.actor

    @property
    def role(self) -> str:
        return self.account.role if self.account else ""

    @property
    def demonstration(self) -> bool:
        return self.world.office.demonstration


def wiring() -> Wiring:
    return cast(Wiring, current_app.extensions["election"])


def store() -> Store:
    return wiring().store


def memory() -> Volatile:
    return wiring().memory


def real_now() -> datetime:
    """The time on the wall: for sessions, delays and whatever a demonstration's date must not move."""
    return wiring().clock()


def now(path: str = "") -> datetime:
    """The instant at which acts are recorded: the clock, moved to the demonstration's date where there is one.

    A demonstration's streets may stand at days of their own: ``path`` is the place that is spoken of, where it is not
    the one of the address or of the person."""
    path = path or _path()
    instants: dict[str, datetime] = g.setdefault("instants", {})
    if path not in instants:
        instants[path] = real_now() + offset(path)
    return instants[path]


def _path() -> str:
    here = g.get("place")
    if here is None:
        return ""
    return here.path or (here.account.scope if here.account is not None else "")


def offset(path: str = "") -> timedelta:
    return demonstration_offset(store(), path or _path())


def today(path: str = "") -> date:
    """The day in Shanghai, by which deadlines are judged."""
    return now(path).astimezone(SHANGHAI).date()


def place() -> Place:
    return cast(Place, g.place)


def account() -> Account:
    """The person signed in. Only in views that are not public."""
    found = place().account
    assert found is not None
    return found
