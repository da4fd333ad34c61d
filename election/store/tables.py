"""Tables. The record is ``log``, ``entry``, ``opening``, ``blob``, ``checkpoint``; the rest is what the record must not
hold (people, secrets of a session) or what a replay of it rebuilds (``step_state``, ``paper``)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC; a naive datetime is refused, and what comes back has its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), date: Date(), dict[str, Any]: JSON(), bytes: LargeBinary()}  # noqa: RUF012


# --- the record ------------------------------------------------------------------------------------------------------


class Log(Base):
    __tablename__ = "log"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    #: office, campaign or election
    kind: Mapped[str] = mapped_column(String(10))
    #: place path it belongs to: ``district/street`` or ``district/street/community``
    path: Mapped[str] = mapped_column(Text, index=True)
    #: the campaign an election belongs to
    campaign: Mapped[str | None] = mapped_column(String(36))
    community: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(String(10))
    #: entries so far, and the hash of the last
    size: Mapped[int] = mapped_column(Integer, default=0)
    head: Mapped[str] = mapped_column(String(64))


class EntryRow(Base):
    """The exact canonical bytes. The database refuses to change or delete a row."""

    __tablename__ = "entry"

    log: Mapped[str] = mapped_column(ForeignKey("log.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes]


class OpeningRow(Base):
    """Opens a commitment. Erasing the row erases the person here; the chain still verifies."""

    __tablename__ = "opening"

    commitment: Mapped[str] = mapped_column(String(64), primary_key=True)
    log: Mapped[str] = mapped_column(String(36), index=True)
    seq: Mapped[int] = mapped_column(Integer)
    posted: Mapped[bool] = mapped_column(Boolean)
    #: salt and value, encrypted
    sealed: Mapped[bytes]


class Blob(Base):
    """An attachment or a paper, compressed and encrypted, by the SHA-256 of its content."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    sealed: Mapped[bytes]


class Paper(Base):
    """Papers sealed by entries: a projection of their ``papers``."""

    __tablename__ = "paper"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), index=True)


class CheckpointRow(Base):
    __tablename__ = "checkpoint"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    size: Mapped[int] = mapped_column(Integer, primary_key=True)
    note: Mapped[str] = mapped_column(Text)


class CosignatureRow(Base):
    """A witness's signature line under a checkpoint."""

    __tablename__ = "cosignature"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    size: Mapped[int] = mapped_column(Integer, primary_key=True)
    witness: Mapped[str] = mapped_column(String(80), primary_key=True)
    line: Mapped[str] = mapped_column(Text)


class SealedRuleset(Base):
    __tablename__ = "ruleset"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(80))
    data: Mapped[bytes]


class StepRow(Base):
    """Where each step of each election stands: a projection for boards, rebuilt by a replay."""

    __tablename__ = "step_state"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    step: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(10))
    attempt: Mapped[int] = mapped_column(Integer)
    due: Mapped[date | None]
    done_on: Mapped[date | None]
    late_days: Mapped[int] = mapped_column(Integer)


# --- people ----------------------------------------------------------------------------------------------------------


class Person(Base):
    """A resident or member of one community. What identifies a person is encrypted; blind indexes find it again."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_community_name", "community", "name_index"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    community: Mapped[str] = mapped_column(Text)
    #: name, id_number, birth, sex, address, phone, notes: one encrypted JSON document
    sealed: Mapped[bytes]
    name_index: Mapped[str] = mapped_column(String(64))
    #: keyed hash of the identity number, for doubles across communities
    number_index: Mapped[str | None] = mapped_column(String(64), index=True)
    #: keyed hash of name and last six digits, for the voter's own check
    check_index: Mapped[str | None] = mapped_column(String(64), index=True)
    group: Mapped[str] = mapped_column(Text)
    household: Mapped[str] = mapped_column(Text)


class RollRow(Base):
    """A person on an election's roll. ``commitment`` is over the row's content; their root stands in the entries."""

    __tablename__ = "roll_row"
    __table_args__ = (UniqueConstraint("log", "person"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    log: Mapped[str] = mapped_column(ForeignKey("log.id"), index=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    #: registered, waiting (registered, a registrar must look), held (not registered) or removed
    status: Mapped[str] = mapped_column(String(10))
    #: 正式 or 预备 on a members' roll
    category: Mapped[str] = mapped_column(Text)
    #: codes of what a registrar must look at
    codes: Mapped[str] = mapped_column(Text)
    salt: Mapped[bytes]
    commitment: Mapped[str] = mapped_column(String(64))


# --- accounts --------------------------------------------------------------------------------------------------------


class AccountRow(Base):
    """An account. Its password unwraps its personal key: who can sign in can sign, and nobody else."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[bytes]
    role: Mapped[str] = mapped_column(String(30))
    scope: Mapped[str] = mapped_column(Text, index=True)
    election: Mapped[str | None] = mapped_column(String(36))
    #: the wrapped private key (Argon2id, AES-GCM); None until the first password is set
    wrapped: Mapped[dict[str, Any] | None]
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    #: keyed hash of a one-time code with which a first or new password is set
    code_index: Mapped[str | None] = mapped_column(String(64))
    code_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    #: person of the roll behind a hall account, to keep candidates out
    person: Mapped[str | None] = mapped_column(String(36))
    #: secret of the second factor, encrypted, and the last time step whose code was used
    second: Mapped[bytes | None]
    second_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class SessionRow(Base):
    __tablename__ = "session"

    #: SHA-256 of the token in the cookie
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    #: ``whole``, or what is still to come: ``code`` or ``enrol``
    stage: Mapped[str] = mapped_column(String(10), server_default="whole")
    #: browser family and system, for its owner to know it again; nothing else of the browser is kept
    device: Mapped[str] = mapped_column(String(40), server_default="")


class Draft(Base):
    """What somebody was typing: encrypted, unrecorded, survives a crash."""

    __tablename__ = "draft"

    account: Mapped[str] = mapped_column(String(36), primary_key=True)
    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    form: Mapped[str] = mapped_column(String(120), primary_key=True)
    sealed: Mapped[bytes]
    updated_at: Mapped[datetime]


class BlindSheet(Base):
    """A teller's figures between commitment and reveal: encrypted, read by nobody, gone once both are in."""

    __tablename__ = "blind_sheet"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    round: Mapped[int] = mapped_column(Integer, primary_key=True)
    contest: Mapped[str] = mapped_column(Text, primary_key=True)
    box: Mapped[str] = mapped_column(Text, primary_key=True)
    account: Mapped[str] = mapped_column(String(36), primary_key=True)
    sealed: Mapped[bytes]


class Tries(Base):
    """Tries at something that must not be guessed, per day: a keyed hash of what is limited, and how many."""

    __tablename__ = "tries"

    day: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class FollowCode(Base):
    """The code with which someone follows an objection: a keyed hash, and which objection."""

    __tablename__ = "follow_code"

    code_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    log: Mapped[str] = mapped_column(String(36))
    number: Mapped[int] = mapped_column(Integer)


class Job(Base):
    """Work too long for a page. Its result is encrypted, and gone once it was fetched or its time is over."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    log: Mapped[str] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(36))
    #: waiting, running, done, failed or fetched
    state: Mapped[str] = mapped_column(String(10))
    done: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    #: the sentence of one that failed
    why: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes | None]
    started_at: Mapped[datetime]
    #: when its process was last heard of
    seen_at: Mapped[datetime]
    until: Mapped[datetime]


class SignedIn(Base):
    """Who has come to a meeting whose sign-in is not closed: a set, kept by person, so that no order of coming is left."""

    __tablename__ = "signed_in"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    person: Mapped[str] = mapped_column(String(36), primary_key=True)


class Setting(Base):
    """Few facts of this home: the demonstration's clock, what tells its keys again."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


# --- scanned boxes: encrypted, under random keys, without any order ---------------------------------------------------

#: SQLite would number the rows as they come
_UNORDERED = {"sqlite_with_rowid": False}


class ScanPackRow(Base):
    """A pack of a box as it was read: its ballots in shuffled order, pages rejected by why, one encrypted document."""

    __tablename__ = "scan_pack"
    __table_args__ = (UniqueConstraint("log", "round", "box", "number"), _UNORDERED)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    log: Mapped[str] = mapped_column(ForeignKey("log.id"), index=True)
    round: Mapped[int] = mapped_column(Integer)
    box: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    sealed: Mapped[bytes]


class ScanImage(Base):
    """A straightened page of a ballot. Which ballot it belongs to is known inside the pack's document alone."""

    __tablename__ = "scan_image"
    __table_args__ = (_UNORDERED,)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    log: Mapped[str] = mapped_column(ForeignKey("log.id"), index=True)
    sealed: Mapped[bytes]


class ScanDoubt(Base):
    """A contest of a ballot that people must look at."""

    __tablename__ = "scan_doubt"
    __table_args__ = (_UNORDERED,)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    log: Mapped[str] = mapped_column(ForeignKey("log.id"), index=True)
    round: Mapped[int] = mapped_column(Integer)
    box: Mapped[str] = mapped_column(Text)
    pack: Mapped[str] = mapped_column(String(36))
    sealed: Mapped[bytes]


class ScanDecision(Base):
    """What one person decided about a doubt; no time, and gone once the box is closed."""

    __tablename__ = "scan_decision"
    __table_args__ = (_UNORDERED,)

    doubt: Mapped[str] = mapped_column(ForeignKey("scan_doubt.id"), primary_key=True)
    account: Mapped[str] = mapped_column(String(36), primary_key=True)
    log: Mapped[str] = mapped_column(ForeignKey("log.id"), index=True)
    sealed: Mapped[bytes]


class ScanSecret(Base):
    """What opens a closed box: salts, figures by pack, decisions. Figures stay sealed until the box's count is closed."""

    __tablename__ = "scan_secret"
    __table_args__ = (_UNORDERED,)

    log: Mapped[str] = mapped_column(ForeignKey("log.id"), primary_key=True)
    round: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    box: Mapped[str] = mapped_column(Text, primary_key=True)
    sealed: Mapped[bytes]
