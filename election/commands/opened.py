"""The office that a command is about: one that was opened, never an empty one made by the way."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from election.faults import WrongInput

if TYPE_CHECKING:
    from election.store.database import Store


def opened() -> Store:
    """The store of the office in ELECTION_HOME. Raises WrongInput where none was opened, and then makes nothing."""
    from election.store.database import open_existing
    from election.store.home import home
    from election.store.worlds import office_log

    where = home()
    nothing = WrongInput(
        "no office was opened here",
        place="{folder}",
        mend="begin a new one with `election office open`; for one that exists set ELECTION_HOME to its folder, or restore its backup",
        folder=str(where.path.absolute()),
    )
    if "ELECTION_DATABASE_URL" not in os.environ and not (where.path / "election.db").exists():
        raise nothing
    store = open_existing()
    with store.read() as session:
        if office_log(session) is not None:
            return store
    store.close()
    raise nothing
