"""Tables whose rows belong to no log, or to several, and what opens only where it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import select

from election import law
from election.acts import doubts, scan_secrets, tallies
from election.acts.auditing.findings import LARGE, ROWS, Audit
from election.store import people, second
from election.store.database import KNOWN
from election.store.settings import OFFSET
from election.store.tables import (
    AccountRow,
    Base,
    BlindSheet,
    Blob,
    FollowCode,
    Person,
    RollRow,
    ScanDecision,
    ScanDoubt,
    ScanImage,
    ScanPackRow,
    ScanSecret,
    SealedRuleset,
    Setting,
)


def rulesets(audit: Audit) -> None:
    if not audit.sound("ruleset"):
        return
    for digest, name, data in audit.rows(select(SealedRuleset.sha256, SealedRuleset.id, SealedRuleset.data), LARGE):
        with audit.about("", "ruleset", digest[:16]):
            if sha256(data).hexdigest() != digest or law.from_json(bytes(data)).id != name:
                raise ValueError("other bytes")
            audit.rulesets.add(digest)


def persons(audit: Audit) -> None:
    """Whoever is kept, with the rows of rolls on which they stand."""
    if not audit.sound("roll_row"):
        return
    query = select(Person, RollRow).outerjoin(RollRow, RollRow.person == Person.id)
    for person, row in audit.rows(query):
        log = row.log if row is not None else ""
        resident: people.Resident | None = None
        with audit.about(log, "person", person.id):
            resident = people.open_person(audit.store, person)
            want = people.indexes(audit.store, person.community, resident)
            if log in audit.erased:
                want["name_index"] = ""
            community = audit.elections.get(log, (person.community,))[0]
            if any(getattr(person, key) != value for key, value in want.items()) or person.community != community:
                raise ValueError("another index than the content's")
        if row is None or resident is None:
            continue
        made = people.row_commitment(resident, row.status, row.category, bytes(row.salt))
        if (row.commitment != made) if row.salt else (log in audit.whole and log not in audit.erased):
            audit.say(log, "roll_row", row.id)


def accounts(audit: Audit) -> None:
    facts = dict(audit.office.accounts)
    for row in audit.session.scalars(select(AccountRow).execution_options(yield_per=ROWS)):
        known = facts.pop(row.id, None)
        with audit.about("", "account", row.id):
            name = audit.store.vault.open(bytes(row.name), f"account:{row.id}").decode()
            if row.second is not None:
                audit.store.vault.open(bytes(row.second), second.belongs(row.id))
            if known is None:
                raise ValueError("an account that nobody opened")
            key = known.key if known.active else None
            mine = (row.role, row.scope, row.election, row.person or "", row.active, name)
            theirs = (known.role, known.scope, known.election, known.person, known.active, audit.names.get(row.id))
            kept = row.fingerprint if row.active else None
            wrapped = row.wrapped["key_id"] if row.wrapped is not None else None
            if mine != theirs or (kept, wrapped) != ((key.fingerprint, row.id) if key else (None, None)):
                raise ValueError("another account than was opened")
    for account in sorted(facts):
        audit.say("", "account", account)


def blobs(audit: Audit) -> None:
    missing = dict(audit.wanted)
    query = select(Blob.sha256, Blob.media_type, Blob.size, Blob.sealed)
    for digest, kind, size, sealed in audit.rows(query, LARGE):
        with audit.about(missing.pop(digest, ""), "blob", digest[:16]):
            content = audit.store.vault.open_blob(bytes(sealed), digest)
            same = (sha256(content).hexdigest(), len(content)) == (digest, size)
            if not same or (digest, kind) not in audit.named:
                raise ValueError("other bytes, or named by no entry")
    for digest, log in sorted(missing.items()):
        audit.say(log, "blob", digest[:16])


def follow_codes(audit: Audit) -> None:
    for code, log, number in audit.rows(select(FollowCode.code_index, FollowCode.log, FollowCode.number)):
        if number not in audit.elections.get(log, ("", frozenset()))[1]:
            audit.say(log, "follow_code", code[:16])


def encrypted(audit: Audit) -> None:
    """What is sealed for later opens in the place where it stands, and nowhere else."""
    opened: list[tuple[type[Base], tuple[str, ...], Callable[..., str]]] = [
        (BlindSheet, ("log", "round", "contest", "box", "account"), tallies.belongs),
        (ScanPackRow, ("id",), "scan_pack:{}".format),
        (ScanImage, ("id",), "scan_image:{}".format),
        (ScanDoubt, ("id",), "scan_doubt:{}".format),
        (ScanDecision, ("doubt", "account"), doubts.belongs),
        (ScanSecret, ("log", "round", "box"), scan_secrets.belongs),
    ]
    for kept, keys, belongs in opened:
        columns = kept.__table__.columns
        if not audit.sound(kept.__tablename__):
            continue
        for log, sealed, *key in audit.rows(
            select(columns["log"], columns["sealed"], *(columns[k].label(f"key_{k}") for k in keys)), LARGE
        ):
            with audit.about(log, kept.__tablename__, " ".join(map(str, key[-2:]))):
                audit.store.vault.open(bytes(sealed), belongs(*key))


def settings(audit: Audit) -> None:
    for key, value in audit.rows(select(Setting.key, Setting.value)):
        with audit.about("", "setting", key):
            if key == KNOWN:
                index, _, sealed = value.partition(" ")
                audit.store.vault.open(bytes.fromhex(sealed), KNOWN)
                if index != audit.store.vault.index(KNOWN):
                    raise ValueError("made with another key")
            elif key.partition(":")[0] == OFFSET:
                timedelta(seconds=int(value))
            elif key != "written_again":
                raise ValueError("nothing of that name")
