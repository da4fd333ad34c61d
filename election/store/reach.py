"""How far a transaction sees: the rows of one place, of what lies below it, and of what it lies in.

One rule, kept twice. Every statement of the ORM gets it as criteria, on both engines, so that a forgotten WHERE shows
nothing foreign. PostgreSQL keeps it once more as row-level security, from which hand-written SQL does not escape either
(ASVS 8.2.2, 8.4.1): each transaction takes the role ``election_app``, which owns nothing, and says how far it sees;
a transaction that says nothing sees nothing.

Rows belong to a place through their log. What has no place has no rule: ``blob`` (encrypted bytes under their own hash,
shared by the logs that name it), ``ruleset`` (law), ``setting``, ``session`` and ``tries`` (keyed hashes, asked before
anybody is known). ``everywhere`` is for whoever stands at the door and has no place yet, for what is posted to all, and
for the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, event, exists, func, literal, or_, select, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from election.store.tables import (
    AccountRow,
    BlindSheet,
    CheckpointRow,
    CosignatureRow,
    Draft,
    EntryRow,
    FollowCode,
    Job,
    Log,
    OpeningRow,
    Paper,
    Person,
    RollRow,
    ScanDecision,
    ScanDoubt,
    ScanImage,
    ScanPackRow,
    ScanSecret,
    SignedIn,
    StepRow,
)

#: tables whose rows belong to the log that their column ``log`` names
OF_A_LOG = (
    EntryRow, OpeningRow, Paper, CheckpointRow, CosignatureRow, StepRow, RollRow, BlindSheet, Draft, FollowCode,
    ScanPackRow, ScanImage, ScanDoubt, ScanDecision, ScanSecret, Job, SignedIn,
)  # fmt: skip
#: tables without a place, and so without a rule
PLACELESS = frozenset({"blob", "ruleset", "setting", "session", "tries", "alembic_version"})
#: owns nothing; every transaction of the program takes it
ROLE = "election_app"


@dataclass(frozen=True)
class Reach:
    """A place path (``district/street/community``, "" for all), and the one election that a hall account has."""

    path: str
    election: str = ""

    @property
    def all(self) -> bool:
        return not self.path and not self.election


EVERYWHERE = Reach("")
#: a path that no place has: the office alone is seen
NOWHERE = Reach("?")
_reach: ContextVar[Reach] = ContextVar("reach", default=EVERYWHERE)


def set_reach(reach: Reach) -> Token[Reach]:
    """From now on, in this thread."""
    return _reach.set(reach)


@contextmanager
def everywhere() -> Iterator[None]:
    token = _reach.set(EVERYWHERE)
    try:
        yield
    finally:
        _reach.reset(token)


# --- both engines: criteria of every ORM statement -------------------------------------------------------------------


class ReachSession(Session):
    """A session whose every transaction sees as far as its thread was allowed when it began."""


@event.listens_for(ReachSession, "after_begin")
def _begin(session: Session, transaction: SessionTransaction, connection: Any) -> None:
    session.info["reach"] = reach = _reach.get()
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "SELECT set_config('role', :role, true), set_config('election.path', :path, true),"
                " set_config('election.only', :only, true)"
            ),
            {"role": ROLE, "path": reach.path or "*", "only": reach.election},
        )


@event.listens_for(ReachSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    # a statement is narrowed before its session has begun, too
    reach: Reach = state.session.info.get("reach") or _reach.get()
    if not reach.all and not (state.is_insert or state.is_column_load):
        state.statement = state.statement.options(*criteria(reach))


@lru_cache(maxsize=512)
def criteria(reach: Reach) -> tuple[Any, ...]:
    # aliases of their own: else the logs asked about here would be taken for those of the statement
    log, roll = Log.__table__.alias("reached"), RollRow.__table__.alias("on_roll")
    ids = select(log.c.id).where(_of_logs(reach, log.c)).correlate(None)
    on_roll = exists().where(roll.c.person == Person.id, roll.c.log.in_(ids))
    rules: list[tuple[type[Any], ColumnElement[bool]]] = [
        (Log, _of_logs(reach, Log)),
        (Person, on_roll),
        (AccountRow, _reached(reach, AccountRow.scope)),
    ]
    rules += [(table, table.log.in_(ids)) for table in OF_A_LOG]
    return tuple(with_loader_criteria(table, rule, include_aliases=True) for table, rule in rules)


def _of_logs(reach: Reach, log: Any) -> ColumnElement[bool]:
    placed = _reached(reach, log.path)
    return and_(placed, or_(log.kind != "election", log.id == reach.election)) if reach.election else placed


def _reached(reach: Reach, place: Any) -> ColumnElement[bool]:
    """``place`` is the reach's own, below it, or around it."""
    own = literal(reach.path, String)
    return or_(
        place == "",
        place == own,
        place.startswith(reach.path + "/", autoescape=True),
        func.substr(own, 1, func.length(place) + 1) == place + "/",
    )


def see_all(connection: Any) -> None:
    """Until the end of its transaction a bare connection sees every row: for a backup, which has no place."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config('election.path', '*', true)"))


# --- PostgreSQL: row-level security ----------------------------------------------------------------------------------

_FUNCTIONS = [
    # STABLE and without side effects, so that the planner may inline it
    """CREATE OR REPLACE FUNCTION reaches(place text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE coalesce(current_setting('election.path', true), '')
      WHEN '*' THEN true
      WHEN '' THEN false
      ELSE place = '' OR place = current_setting('election.path', true)
        OR starts_with(place, current_setting('election.path', true) || '/')
        OR starts_with(current_setting('election.path', true), place || '/')
    END $$""",
    """CREATE OR REPLACE FUNCTION reaches_log(id text, kind text, place text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT reaches(place) AND (
      kind <> 'election' OR coalesce(current_setting('election.only', true), '') IN ('', id)) $$""",
]


def _rules() -> Iterator[tuple[str, str, str]]:
    """(table, what of it is seen, what may be put into it)."""
    yield "log", "reaches_log(id, kind, path)", "reaches_log(id, kind, path)"
    yield "account", "reaches(scope)", "reaches(scope)"
    # a person is written before the row that puts them on a roll; who sees all (a backup) sees who is on none, too
    on_roll = "EXISTS (SELECT 1 FROM roll_row WHERE roll_row.person = person.id)"
    yield "person", f"reaches_log('', 'election', '*') OR {on_roll}", "true"
    for table in OF_A_LOG:
        name = table.__tablename__
        rule = f"EXISTS (SELECT 1 FROM log WHERE log.id = {name}.log)"  # noqa: S608  our own table's name
        yield name, rule, rule


def without_row_security(tables: Iterable[str]) -> list[str]:
    """What a migration may change freely: PostgreSQL changes no column that a policy names, and it must see all rows."""
    found = set(tables)
    placed = [table for table, _, _ in _rules() if table in found]
    free = ("DROP POLICY IF EXISTS reach ON {}", "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY")
    return [said.format(table) for table in placed for said in free]


def row_security() -> list[str]:
    """What makes PostgreSQL keep the rule: policies that bind the owner too, and a role that owns nothing."""
    said = list(_FUNCTIONS)
    for table, seen, put in _rules():
        said += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"DROP POLICY IF EXISTS reach ON {table}",
            f"CREATE POLICY reach ON {table} USING ({seen}) WITH CHECK ({put})",
        ]
    said += [
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}",
        f"GRANT USAGE ON SCHEMA public TO {ROLE}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON entry FROM {ROLE}",
    ]
    return said


#: made once per server; whoever migrates must be able to make it, or find it made and be a member of it
MAKE_ROLE = f"""DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
  IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN EXECUTE format('GRANT {ROLE} TO %I', current_user); END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$"""  # noqa: S608  a constant of ours
