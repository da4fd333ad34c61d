"""ELECTION_HOME: the embedded database and the secrets beside it. Keys live in files, never in the database."""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import re
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from election.faults import WrongInput
from election.record import keys

VERSION = b"\x01"
#: the keys of a home, in the order of the vault's fields
SECRETS = ("field.key", "index.key", "server.key")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~\-/]*)?", re.ASCII)


@dataclass(frozen=True)
class Vault:
    """Encryption of fields (AES-256-GCM, what it belongs to as associated data) and blind indexes (HMAC-SHA256)."""

    field_key: bytes
    index_key: bytes
    server_seed: bytes

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.field_key)

    def seal(self, data: bytes, belongs: str) -> bytes:
        nonce = os.urandom(12)
        return VERSION + nonce + self._cipher.encrypt(nonce, data, belongs.encode())

    def open(self, sealed: bytes, belongs: str) -> bytes:
        """Raises WrongInput when the content was changed, moved, or sealed with another key."""
        if sealed[:1] != VERSION:
            raise WrongInput(
                "an encrypted field has an unknown version",
                place="{table}",
                mend="use the program that wrote it",
                table=belongs.split(":")[0],
            )
        try:
            return self._cipher.decrypt(sealed[1:13], sealed[13:], belongs.encode())
        except InvalidTag:
            raise WrongInput(
                "an encrypted field does not open",
                place="{table}",
                mend="the key in secrets/ is not the one it was written with",
                table=belongs.split(":")[0],
            ) from None

    def seal_json(self, value: Any, belongs: str) -> bytes:
        return self.seal(json.dumps(value, ensure_ascii=False).encode(), belongs)

    def open_json(self, sealed: bytes, belongs: str) -> Any:
        return orjson.loads(self.open(sealed, belongs))

    def seal_blob(self, data: bytes, digest: str) -> bytes:
        return self.seal(zlib.compress(data, 6), f"blob:{digest}")

    def open_blob(self, sealed: bytes, digest: str) -> bytes:
        return zlib.decompress(self.open(sealed, f"blob:{digest}"))

    def index(self, purpose: str, *values: str) -> str:
        """A keyed hash that finds a value again without showing it."""
        return hmac.new(self.index_key, "\x1f".join((purpose, *values)).encode(), sha256).hexdigest()

    @property
    def server_public(self) -> bytes:
        return keys.public(self.server_seed)

    @property
    def trust(self) -> str:
        """Fingerprint of the server key, as printed on signed papers."""
        return keys.fingerprint_text(self.server_public)


@dataclass(frozen=True)
class Home:
    path: Path

    @property
    def database_url(self) -> str:
        return os.environ.get("ELECTION_DATABASE_URL") or f"sqlite:///{self.path / 'election.db'}"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def used(self) -> bool:
        """Whether a key of an office is here."""
        return any((self.secrets / name).exists() for name in SECRETS)

    @property
    def whole(self) -> bool:
        """Whether all of them are."""
        return all((self.secrets / name).exists() for name in SECRETS)

    def tighten(self) -> WrongInput | None:
        """Leave what an older program or a copy made here to its owner alone; what to say of what could not be."""
        left = []
        for path in self._made():
            try:
                mode = path.lstat().st_mode
                if stat.S_IMODE(mode) & 0o077 and not stat.S_ISLNK(mode):
                    path.chmod(stat.S_IMODE(mode) & 0o700)
            except FileNotFoundError:  # SQLite has just removed it
                continue
            except OSError:
                left.append(path)
        if not left:
            return None
        return WrongInput(
            "others on this machine can read it and the like, {count} in all",
            place="{path}",
            mend="as their owner, run chmod -R go=",
            count=len(left),
            path=left[0],
        )

    def _made(self) -> Iterator[Path]:
        """The database, keys and checkpoints of this home, with those put aside."""
        for name in ("election.db*", "secrets*", "checkpoints"):
            for path in self.path.glob(name):
                yield path
                yield from path.rglob("*") if path.is_dir() and not path.is_symlink() else ()

    def made(self) -> None:
        """The folder itself, made where it is not there, for its owner alone. Raises WrongInput."""
        with self._usable():
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def vault(self) -> Vault:
        """The keys of this home, made on first use, readable by the owner alone."""
        self.made()
        with self._usable():
            self.secrets.mkdir(exist_ok=True, mode=0o700)
            return Vault(*(self._key(name) for name in SECRETS))

    @contextlib.contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WrongInput(
                "the folder cannot be used ({reason})",
                place="{folder}",
                mend="set ELECTION_HOME to a folder that can be written",
                reason=error.strerror,
                folder=self.path,
            ) from None

    def _key(self, name: str) -> bytes:
        file = self.secrets / name
        with contextlib.suppress(FileExistsError):
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as out:
                out.write(os.urandom(32).hex() + "\n")
        try:
            key = bytes.fromhex(file.read_text().strip())
        except ValueError:
            key = b""
        if len(key) != 32:
            raise WrongInput(
                "this is not a key of 64 hex digits",
                place="secrets/{name}",
                mend="restore the file from a backup",
                name=name,
            )
        return key


def public_address() -> str:
    """Where the public reads these pages (``ELECTION_ADDRESS``), without a slash at its end; "" where nowhere.

    It is printed on papers, so it never comes from a request. Raises WrongInput.
    """
    said = os.environ.get("ELECTION_ADDRESS", "").strip().rstrip("/")
    if said and not _ADDRESS.fullmatch(said):
        raise WrongInput(
            "this is no address of a site", place="ELECTION_ADDRESS", mend="write https://host or https://host/path"
        )
    return said


def home() -> Home:
    return Home(Path(os.environ.get("ELECTION_HOME") or "./instance"))
