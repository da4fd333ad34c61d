"""The audit of the live database: every table against the record, or against itself where the record does not say.

``AGREEMENTS`` says of every table which of the two, or why neither; a table without a word there fails the tests.
Rows are read as streams, and whatever stands in them, a disagreement names the place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sqlalchemy import select

from election.acts.auditing import logs, tables
from election.acts.auditing.findings import Audit, Disagreement
from election.store.database import Store
from election.store.reach import ReachSession
from election.store.shapes import misshapen
from election.store.tables import Base, Log

#: what a table is held against: a replay of the record, its own encrypted content, or nothing
Against = Literal["record", "itself", "nothing"]

#: table -> what it is held against, and how (or why it is not)
AGREEMENTS: dict[str, tuple[Against, str]] = {
    "log": ("record", "the first entry says what it is; size and head are the chain's; no entry is without its log"),
    "entry": ("record", "bytes, hashes and links; every entry can be folded"),
    "opening": ("record", "every commitment that was not lawfully erased has one that opens it, and there is no other"),
    "blob": (
        "record",
        "every sealed paper and file that was not lawfully destroyed, by its digest, and no paper that was",
    ),
    "paper": ("record", "the papers that entries name"),
    "checkpoint": ("record", "signed, with the log's root; one at every beginning, paper and step done"),
    "cosignature": ("record", "of a witness whom the office registered, over the checkpoint that stands there"),
    "ruleset": ("record", "the bytes are those of the digest; all that elections seal are there"),
    "step_state": ("record", "what the replayed facts give"),
    "roll_row": ("record", "the rows' root stands in the entries; each commitment is of its row"),
    "account": ("record", "id, name, role, place, election, person, whether it is open, and its key"),
    "person": ("itself", "the encrypted content opens, and every index and group is the one made from it"),
    "follow_code": ("itself", "the objection that it follows is in the facts"),
    "blind_sheet": ("itself", "it opens where it stands; the commitment to it is judged when both are in"),
    "scan_pack": ("itself", "it opens where it stands; figures are judged when the box is opened"),
    "scan_image": ("itself", "it opens where it stands"),
    "scan_doubt": ("itself", "it opens where it stands"),
    "scan_decision": ("itself", "it opens where it stands"),
    "scan_secret": ("itself", "it opens where it stands; what it opens was committed to when the box was closed"),
    "setting": ("itself", "the keys are those of this home, the demonstration's clocks are numbers"),
    "session": ("nothing", "who is signed in is no fact of an election and is known only here"),
    "draft": ("nothing", "what somebody was typing counts for nothing until it is done"),
    "tries": ("nothing", "keyed hashes and counts of a day; nothing else knows them"),
    "job": ("nothing", "a result of work that can be begun again"),
    "signed_in": (
        "nothing",
        "who has come is sealed as one batch when sign-in closes; until then it is known only here",
    ),
}


def audit(store: Store) -> tuple[int, list[Disagreement]]:
    """Check every log's chain, and every table as ``AGREEMENTS`` says. Returns entries read and what is wrong."""
    with store.snapshot() as connection, ReachSession(connection) as session:
        found = Audit(store, session)
        for table in Base.metadata.sorted_tables:
            for log, key, column in misshapen(connection, table):
                place = f"seq {key}" if table.name == "entry" else key
                found.say(log, table.name, f"{place} ({column})", misshapen=True)
                found.broken.add(table.name)
        _all(found)
        return found.entries, found.wrong


def _all(audit: Audit) -> None:
    """The office first, whose keys and facts the others need, then campaigns, elections, and what belongs to no log."""
    with audit.about("", "ruleset"):
        tables.rulesets(audit)
    if audit.sound("log", "entry"):
        found = audit.session.scalars(select(Log)).all()
        for kind in ("office", "campaign", "election"):
            for log in sorted((log for log in found if log.kind == kind), key=lambda log: log.id):
                logs.check(audit, log)
        for log in found:
            if log.kind not in ("office", "campaign", "election"):
                audit.say(log.id, "log", log.kind)
        with audit.about("", "log"):
            _strays(audit, {log.id for log in found})
        whole = len(audit.whole) == len(found)
        later: list[tuple[str, Callable[[Audit], None]]] = [("person", tables.persons)]
        if whole:  # what a broken log says is not known
            later += [("account", tables.accounts), ("blob", tables.blobs), ("follow_code", tables.follow_codes)]
        for table, step in later:
            if audit.sound(table):
                with audit.about("", table):
                    step(audit)
    tables.encrypted(audit)
    if audit.sound("setting"):
        tables.settings(audit)


def _strays(audit: Audit, there: set[str]) -> None:
    """Rows of a log that is not there."""
    for name, (against, _) in AGREEMENTS.items():
        column = Base.metadata.tables[name].columns.get("log")
        if column is not None and against != "nothing" and audit.sound(name):
            for log in sorted(set(audit.session.scalars(select(column).distinct())) - there):
                audit.say(log, name, "log")


__all__ = ["AGREEMENTS", "Disagreement", "audit"]
