"""A witness's folder: its wrapped key, the server's key it trusts, and how far it has seen each log.

What was seen is written down, flushed to the disk, before a cosignature leaves; it never goes back. One process at a
time works in a folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from election.acts.witnessing import decoded, demand_name
from election.faults import WrongInput, contents
from election.record import cosignature, keys, note
from election.record import witness as judging
from election.record.cosignature import Witness
from election.record.note import NoteError, Verifier
from election.record.witness import Request, Seen

KEY, SEEN, LOCK = "witness.json", "seen.json", "lock"
#: bytes of what is carried: a note, or a photograph of its square
LARGEST = 20_000_000


@dataclass(frozen=True)
class State:
    name: str
    vkey: str
    server: Verifier
    wrapped: dict[str, Any]
    seen: dict[str, Seen]

    @property
    def trust(self) -> str:
        """Fingerprint of the server's key."""
        return keys.fingerprint(self.server.public_key)


@dataclass(frozen=True)
class Done:
    origin: str
    size: int
    #: the checkpoint with the new cosignature under it
    note: str


def create(folder: Path, name: str, server: str, password: Callable[[], str]) -> State:
    """A new key in an empty folder. Raises WrongInput."""
    demand_name(name)
    try:
        trusted = Verifier.parse(server.strip())
        seed = keys.generate()
        made = Witness(name, keys.public(seed))
    except NoteError as error:
        raise WrongInput(
            "{reason}",
            place="--server or NAME",
            mend="copy the server's key as its page or `election witness server` shows it",
            reason=error,
        ) from error
    if (folder / KEY).exists():
        raise WrongInput(
            "there is a witness's key already", place="{folder}", mend="choose another folder", folder=folder
        )
    wrapped = keys.wrap(seed, password(), made.vkey)
    content = {"name": name, "vkey": made.vkey, "server": trusted.vkey, "key": wrapped}
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(folder / SEEN, {})
        _replace(folder / KEY, content)
    except OSError as error:
        raise _cannot(folder, error) from error
    return open_state(folder)


def open_state(folder: Path) -> State:
    """Raises WrongInput for a folder that is no witness's."""
    try:
        content = json.loads((folder / KEY).read_text(encoding="utf-8"))
        seen = json.loads((folder / SEEN).read_text(encoding="utf-8"))
        found = {origin: Seen(int(at["size"]), bytes.fromhex(at["root"])) for origin, at in seen.items()}
        return State(content["name"], content["vkey"], Verifier.parse(content["server"]), content["key"], found)
    except OSError as error:
        raise _cannot(folder, error) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongInput(
            "the witness's folder is damaged",
            place="{folder}",
            mend="restore the folder from a copy, or make a new witness and have it registered",
            folder=folder,
        ) from error


def cosign(folder: Path, data: bytes, password: Callable[[], str], time: int) -> Done:
    """Judge a request, write down what is seen now, and only then cosign. Raises Refusal and WrongInput."""
    with _alone(folder):
        state = open_state(folder)
        asked = Request.parse(decoded(data))
        origin, now = judging.judge(asked, [state.server], state.seen)
        try:
            seed = keys.unwrap(state.wrapped, password(), state.vkey)
        except keys.WrongPassword as error:
            raise WrongInput(
                "not the password of this key", place="{folder}", mend="type it again", folder=folder
            ) from error
        written = {o: {"size": s.size, "root": s.root.hex()} for o, s in (state.seen | {origin: now}).items()}
        try:
            _replace(folder / SEEN, written)
        except OSError as error:
            raise _cannot(folder, error) from error
    line = cosignature.sign(asked.checkpoint, state.name, seed, time)
    body, lines = note.split(asked.checkpoint)
    server = [each for each in lines if note.signature(each)[0] == state.server.name]
    return Done(origin, now.size, body + "\n" + "".join(f"{each}\n" for each in server) + line)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        with (folder / LOCK).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise _cannot(folder, error) from error


def _replace(path: Path, content: object) -> None:
    """The file as a whole, on the disk, or the one before."""
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot(folder: Path, error: OSError) -> WrongInput:
    return WrongInput(
        "{reason}",
        place="{folder}",
        mend="give the witness's own folder",
        reason=error.strerror or "cannot be used",
        folder=folder,
    )


# --- what is carried between the machines ----------------------------------------------------------------------------


def encoded(text: str) -> str:
    """As one line, for a QR code or for pasting."""
    return b64encode(text.encode()).decode() + "\n"


def carried(source: str) -> bytes:
    """What was carried here: a file, ``-`` for standard input, or a picture of a QR code. Raises WrongInput."""
    data = sys.stdin.buffer.read(LARGEST) if source == "-" else contents(source, LARGEST)
    return _read_square(data, source) if data[:3] in (b"\x89PN", b"\xff\xd8\xff") else data


def _read_square(data: bytes, source: str) -> bytes:
    """One detector in twenty large codes finds nothing; what one misses another reads."""
    import cv2
    import numpy

    picture = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_GRAYSCALE)
    text = "" if picture is None else cv2.QRCodeDetectorAruco().detectAndDecode(picture)[0]
    if picture is not None and not text:
        text = cv2.QRCodeDetector().detectAndDecode(picture)[0]
    if not text:
        raise WrongInput(
            "no QR code can be read", place="{source}", mend="take the picture again, straight and sharp", source=source
        )
    return text.encode()


def draw(text: str, path: Path) -> None:
    """A QR code as svg or png. Raises WrongInput where it would not hold the text."""
    import segno

    try:
        segno.make(text.strip(), error="l", micro=False).save(str(path), scale=4, kind=path.suffix[1:] or "svg")
    except (ValueError, OSError) as error:
        raise WrongInput(
            "no QR code could be drawn ({reason})",
            place="{path}",
            mend="carry the file instead",
            reason=error,
            path=path,
        ) from error


def write(path: Path, text: str) -> None:
    """Raises WrongInput."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise WrongInput(
            "{reason}",
            place="{path}",
            mend="choose another folder",
            reason=error.strerror or "cannot be written",
            path=path,
        ) from error
