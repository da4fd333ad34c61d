"""What this machine has acknowledged, kept beside the database: a database that is behind it was restored or cut back.

``ELECTION_HOME/checkpoints/`` holds two files for each log. ``<log>.note`` is its last signed checkpoint, replaced
whole and flushed to the disk. ``<log>.head`` is the size and head after its last act, overwritten in place and not
flushed: what a power cut takes from it makes it older, or torn and passed over, never wrong. Both are written after
the commit, so that they are never ahead of it; the one that says more is believed.

``<log>.<size>.<root>.asked`` is a checkpoint from elsewhere (a witness's, a paper's) that a restored backup knowingly
lacks. It stays until somebody signs what was lost, or a database that holds it is there.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from election.faults import WrongInput
from election.record import keys, note
from election.record.note import Checkpoint, NoteError
from election.record.printed import Printed
from election.record.tree import root
from election.store.home import Home
from election.store.tables import EntryRow, Log

log = logging.getLogger(__name__)

_HEAD = re.compile(r"(\d{12}) ([0-9a-f]{64})\n")
_ASKED = re.compile(r"(?P<log>[\w-]+)\.(?P<size>\d+)\.(?P<root>[0-9a-f]{64})\.asked")
#: stands where a log's id would, in the name of a file of what a paper said
PAPER = "paper"
#: size and head of a log
Head = tuple[int, str]


@dataclass(frozen=True)
class Behind:
    """A log that had ``kept`` entries here, the last of them ``head``, and has ``size`` now, without that one.

    ``log`` is empty where a paper said so, which does not say of which log; ``size`` is then the longest log's.
    """

    log: str
    kept: int
    head: str
    size: int


@dataclass(frozen=True)
class Said:
    """The first ``size`` entries of ``log`` had this root; where a paper says so, ``log`` is empty: any may be meant."""

    log: str
    size: int
    root: bytes


def remember(home: Home, heads: Mapping[str, Head], notes: Mapping[str, str]) -> None:
    """Keep what was committed. A failure is logged and no more: the act stands, and the file is older."""
    try:
        for name, (size, head) in heads.items():
            _overwrite(_folder(home) / f"{name}.head", f"{size:012d} {head}\n".encode())
        kept = dict(_notes(home))
        for name, text in notes.items():
            if (
                name not in kept or kept[name].size < Checkpoint.parse(note.body_of(text)).size
            ):  # an old database says less
                replace_file(_folder(home) / f"{name}.note", text.encode())
    except OSError as error:
        log.warning("a checkpoint could not be kept outside the database: %s", error.strerror)


def _folder(home: Home) -> Path:
    folder = home.path / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _overwrite(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, data, 0)
    finally:
        os.close(handle)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole, for its owner alone: after a power cut it is the old one or the new one."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _heads(home: Home) -> Iterator[tuple[str, Head]]:
    for path in (home.path / "checkpoints").glob("*.head"):
        match = _HEAD.fullmatch(path.read_text(errors="replace"))
        if match:
            yield path.stem, (int(match[1]), match[2])


def _notes(home: Home) -> Iterator[tuple[str, Checkpoint]]:
    for path in (home.path / "checkpoints").glob("*.note"):
        with contextlib.suppress(NoteError):
            yield path.stem, Checkpoint.parse(note.body_of(path.read_text(encoding="utf-8", errors="replace")))


def any_log(home: Home) -> bool:
    """Whether a log was acknowledged here."""
    return any(True for _ in (*_heads(home), *_notes(home), *_asked(home)))


def ask(home: Home, said: Said) -> None:
    """Keep a checkpoint from elsewhere that the database lacks. Raises OSError."""
    replace_file(_folder(home) / f"{said.log or PAPER}.{said.size}.{said.root.hex()}.asked", b"")


def _asked(home: Home) -> Iterator[Said]:
    for path in sorted((home.path / "checkpoints").glob("*.asked")):
        if match := _ASKED.fullmatch(path.name):
            yield Said("" if match["log"] == PAPER else match["log"], int(match["size"]), bytes.fromhex(match["root"]))


def untyped(home: Home) -> None:
    """Forget what earlier restores were told of a paper: it was typed, may have been mistyped, and is told anew."""
    for path in (home.path / "checkpoints").glob(f"{PAPER}.*.asked"):
        path.unlink(missing_ok=True)


def behind(home: Home, session: Session, *, typed: bool = True) -> list[Behind]:
    """Logs that no longer hold what was acknowledged here; ``typed``: also what somebody typed from a paper."""
    heads, notes = dict(_heads(home)), dict(_notes(home))
    asked = [said for said in _asked(home) if said.log or typed]
    found = []
    for name in sorted({*heads, *notes}):
        size, head = heads.get(name, (-1, ""))
        if name in notes and notes[name].size > size:
            lost = lacking(session, Said(name, notes[name].size, notes[name].root))
        else:
            digest = session.scalar(select(EntryRow.hash).where(EntryRow.log == name, EntryRow.seq == size - 1))
            lost = None if digest == head else Behind(name, size, head, _size(session, name))
        found.append(lost)
    found += [lacking(session, said) for said in asked]
    return [lost for lost in found if lost is not None]


def unsaid(home: Home, session: Session) -> WrongInput | None:
    """What to say where logs have no copy outside the database that can be read: of these nobody can say here whether
    they were cut back."""
    said = {*dict(_heads(home)), *dict(_notes(home)), *(one.log for one in _asked(home))}
    gone = [name for name in session.scalars(select(Log.id).where(Log.size > 0).order_by(Log.id)) if name not in said]
    if not gone:
        return None
    return WrongInput(
        "the copy of the checkpoints outside the database is lost for {count} logs, such as {log}, so this machine "
        "cannot tell whether they were cut back",
        place="ELECTION_HOME/checkpoints",
        mend="export a bundle and hold it with `election verify --checkpoint` against what the signed papers print or a "
        "witness has; each log's next act keeps a copy anew",
        count=len(gone),
        log=gone[0],
    )


def lacking(session: Session, said: Said) -> Behind | None:
    """What was said and the database does not hold; None when it holds it."""
    logs = session.scalars(select(Log) if not said.log else select(Log).where(Log.id == said.log)).all()
    if any(_grown(session, log.id, said.size, said.root) for log in logs if log.size >= said.size):
        return None
    return Behind(said.log, said.size, "", max((log.size for log in logs), default=0))


def _size(session: Session, name: str) -> int:
    row = session.get(Log, name)
    return row.size if row is not None else 0


def read(text: str, server: bytes) -> Said:
    """A signed checkpoint, or what a paper that was signed by hand prints.

    Raises WrongInput when the text is no checkpoint that the server of this key has signed, and not what a paper prints.
    """
    if (printed := Printed.parse(text)) is not None:
        if printed.fingerprint not in (None, keys.fingerprint(server)):
            raise WrongInput(
                "the paper is of another server than the backup",
                place="--checkpoint",
                mend="take the paper of this server",
            )
        return Said("", printed.size, printed.root)
    try:
        name, _, identifier = note.body_of(text).split("\n")[0].rsplit("/", 2)
        body, _ = note.open(text, [note.Verifier(name, server)])
        said = Checkpoint.parse(body)
        return Said(identifier, said.size, said.root)
    except (NoteError, ValueError):
        raise WrongInput(
            "not a checkpoint signed by this server",
            place="--checkpoint",
            mend="give a checkpoint file that was kept, or size and root as a signed paper prints them: 89 f168 d65e …",
        ) from None


def _grown(session: Session, log: str, size: int, said: bytes) -> bool:
    """Whether the first ``size`` entries of the log are there and have the root ``said``."""
    first = select(EntryRow.data).where(EntryRow.log == log, EntryRow.seq < size).order_by(EntryRow.seq)
    data = [bytes(d) for d in session.scalars(first)]
    return len(data) == size and root(data) == said


def demand(home: Home, session: Session) -> None:
    """Raises WrongInput when the database is behind what was acknowledged here."""
    found = behind(home, session)
    if found:
        raise WrongInput(
            "{lost}",
            place="ELECTION_HOME/checkpoints",
            mend="if the office is in another database, set ELECTION_DATABASE_URL to it; else restore a newer backup; if "
            "there is none, an administrator signs `election office continue`, and the record says what was lost",
            lost=lost(found),
        )


def lost(found: list[Behind]) -> WrongInput:
    """What is missing, said of the first of them."""
    first = found[0]
    if not first.log:
        return WrongInput(
            "no log here has the paper's root over {kept} entries: mistyped, or the backup is older than the paper",
            kept=first.kept,
        )
    return WrongInput(
        "the database is behind what was acknowledged: log {log} had {kept} entries and has {size}"
        if first.size < first.kept
        else "the database is behind what was acknowledged: log {log} had {kept} entries and has {size}, of another history",
        log=first.log,
        kept=first.kept,
        size=first.size,
    )


@contextlib.contextmanager
def let_go(home: Home, found: Sequence[Behind]) -> Iterator[None]:
    """Set the files of these logs aside while the act that says so is done; it keeps its own anew."""
    folder, moved = _folder(home), []
    for lost in found:
        pairs = [(folder / f"{lost.log}.{kind}", f"{lost.log}.{lost.kept}.lost-{kind}") for kind in ("head", "note")]
        pairs += [(file, f"{file.name}.lost") for file in folder.glob(f"{lost.log or PAPER}.{lost.kept}.*.asked")]
        for file, name in pairs:
            if file.exists():
                file.rename(folder / name)
                moved.append((file, folder / name))
    try:
        yield
    except BaseException:
        for file, aside in moved:
            aside.rename(file)
        raise
    sync_folder(folder)
