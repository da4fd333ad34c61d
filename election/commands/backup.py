"""``election backup``, ``restore`` and ``backup-key``: the whole office in one file that only the key's holder opens."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import click

from election.commands.spoken import note, said
from election.faults import WrongInput

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup-key")
@click.option("--out", required=True, type=FILE, help="the secret key's file; keep it off this machine")
@click.option("--json", "as_json", is_flag=True)
def backup_key(out: Path, as_json: bool) -> int:
    """Make the pair of keys for backups: the secret one in a file, the public one printed (生成备份密钥)."""
    from election.record.age import Identity

    identity = Identity.generate()
    text = f"# election backup key, public key: {identity.recipient}\n{identity}\n"
    with _written(out), os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if as_json:
        click.echo(json.dumps({"file": str(out), "recipient": identity.recipient}))
    else:
        click.echo(f"公钥（写入备份命令）：{identity.recipient}\n私钥已写入 {out}：请移到别处保存，没有它备份打不开")
    return 0


@click.command()
@click.option("--out", required=True, type=FILE, help="the file to write")
@click.option(
    "--recipient", required=True, metavar="PUBLICKEY", help="age1…, as backup-key printed it, or a file with it"
)
@click.option("--json", "as_json", is_flag=True)
def backup(out: Path, recipient: str, as_json: bool) -> int:
    """Write database and keys of ELECTION_HOME, as they are at one moment, encrypted (备份).

    The office goes on working meanwhile.
    """
    from sqlalchemy.orm import Session

    from election.record.age import AgeError, Sealer, read_recipient
    from election.store import backup as stream
    from election.store import kept
    from election.store.database import open_existing
    from election.store.reach import see_all
    from election.store.trouble import told

    try:
        public = read_recipient(recipient if _is_key(recipient) else _text(Path(recipient)))
    except AgeError as error:
        raise WrongInput(
            "{reason}", place="--recipient", mend="make a pair with `election backup-key`", reason=error
        ) from None
    if out.exists():  # it may be the only good one
        raise WrongInput("the file is there already", place="{out}", mend="choose another name", out=out)
    store = open_existing(older=True)
    beside = out.with_name(f"{out.name}.{os.getpid()}.new")
    try:
        # not of one moment: what is kept is read first, and the database may since have grown
        with told(), store.engine.connect() as connection:
            see_all(connection)
            kept.demand(store.home, Session(connection))
        with _written(out):
            digest = sha256()
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                with Sealer(_Hashed(file, digest.update), public) as sealed:
                    for piece in stream.packed(stream.lines(store, datetime.now(UTC))):
                        sealed.write(piece)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
        store.close()
    answer = {
        "file": str(out),
        "bytes": out.stat().st_size,
        "sha256": digest.hexdigest(),
        "trust": store.vault.trust,
    }
    if as_json:
        click.echo(json.dumps(answer))
    else:
        click.echo(f"已备份到 {out}（{answer['bytes']} 字节）\n校验码 {answer['sha256']}\n签发印鉴码 {answer['trust']}")
    return 0


@click.command()
@click.argument("file", type=FILE)
@click.option("--identity", required=True, metavar="KEYFILE", type=FILE, help="the secret key's file")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=FILE,
    help="a signed checkpoint that it must hold, or size and root as on signed paper (a file, or '89 f168 …')",
)
@click.option("--trust", metavar="FINGERPRINT", help="the server's fingerprint as printed on the signed papers")
@click.option(
    "--replace",
    is_flag=True,
    help="put the database and keys that are there aside; what a PostgreSQL database holds is deleted",
)
@click.option("--older", is_flag=True, help="knowingly take a backup that is behind; `serve` then asks for a signature")
@click.option("--json", "as_json", is_flag=True)
def restore(
    file: Path,
    identity: Path,
    checkpoints: tuple[Path, ...],
    trust: str | None,
    replace: bool,
    older: bool,
    as_json: bool,
) -> int:
    """Fill ELECTION_HOME (and ELECTION_DATABASE_URL, of either kind) from a backup, all of it or nothing (恢复)."""
    from election.faults import Unavailable
    from election.record.age import AgeError, Identity, NotForThisKey, opened
    from election.record.keys import read_fingerprint
    from election.record.printed import typed
    from election.store import backup as stream
    from election.store import restore as restoring
    from election.store.home import home

    pinned = read_fingerprint(trust) if trust else ""
    if pinned is None:
        raise WrongInput("not a fingerprint of 64 hex digits", place="--trust", mend="copy it from the signed papers")
    try:
        key = Identity.parse(_text(identity))
    except AgeError as error:
        raise WrongInput(
            "{reason}",
            place="{identity}",
            mend="give the file that `election backup-key` wrote",
            reason=error,
            identity=identity,
        ) from None
    notes = [str(path) if typed(str(path)) is not None else _text(path) for path in checkpoints]
    try:
        with _read(file) as source:
            done = restoring.restore(
                home(),
                stream.unpacked(opened(source, key)),
                datetime.now(UTC),
                trust=pinned,
                checkpoints=notes,
                replace=replace,
                older=older,
            )
    except NotForThisKey as error:
        raise WrongInput(
            "{reason}, or its head was changed; nothing was restored",
            place="{file}",
            mend="try the secret key of the pair that it was made with before another backup",
            reason=error,
            file=file,
        ) from None
    except (AgeError, stream.Damaged) as error:
        raise WrongInput(
            "the backup is incomplete or was changed ({reason}); nothing was restored",
            place="{file}",
            mend="use another backup",
            reason=error,
            file=file,
        ) from None
    except Unavailable as error:
        raise WrongInput(
            "{reason}; nothing was restored",
            place="ELECTION_HOME",
            mend="free the disk, or stop `election serve` first",
            reason=error,
        ) from None
    except restoring.Older as error:
        _say_older(error, as_json)
        return 1
    answer = {
        "restored": True,
        "home": str(home().path),
        "made_at": done.loaded.made_at,
        "schema": done.loaded.schema,
        "trust": done.trust,
        "logs": done.logs,
        "entries": done.entries,
        "behind": [{"log": b.log, "kept": b.kept, "size": b.size} for b in done.behind],
    }
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return 0
    click.echo(
        f"已恢复：{done.logs} 份存证，{done.entries} 条记录，备份于 {_here(done.loaded.made_at)}\n签发印鉴码 {done.trust}"
    )
    if done.behind:
        click.echo("这份备份比已确认的存证旧：serve 不会启动，直到系统管理员执行 election office continue 签名说明")
    note("请执行 election audit verify 核对")
    return 0


def _say_older(error: Any, as_json: bool) -> None:
    lost = [{"log": b.log, "kept": b.kept, "size": b.size} for b in error.behind]
    if as_json:
        click.echo(json.dumps({"restored": False, "behind": lost}, ensure_ascii=False))
    stopped = WrongInput(
        "nothing was restored: {lost}", mend="to take this older backup knowingly, add --older", lost=error.lost
    )
    click.echo(said(stopped), err=True)


def _is_key(recipient: str) -> bool:
    """Whether the public key itself was given, not the name of a file with it."""
    return recipient.startswith("age1") and not os.path.isfile(recipient)


def _text(path: Path) -> str:
    with _read(path) as file:
        try:
            return file.read(1024 * 1024).decode()
        except UnicodeDecodeError:
            raise WrongInput("not a text file", place="{path}", mend="give another file", path=path) from None


@contextmanager
def _read(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise WrongInput(
            "the file cannot be read ({reason})",
            place="{path}",
            mend="check the path",
            reason=error.strerror,
            path=path,
        ) from None
    with file:
        yield file


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise WrongInput("the file is there already", place="{path}", mend="choose another name", path=path) from None
    except OSError as error:
        raise WrongInput(
            "the file cannot be written ({reason})",
            place="{path}",
            mend="choose another folder",
            reason=error.strerror,
            path=path,
        ) from None


class _Hashed:
    """A file that also hashes what is written to it."""

    def __init__(self, file: BinaryIO, seen: Any) -> None:
        self._file, self._seen = file, seen

    def write(self, data: bytes) -> int:
        self._seen(data)
        return self._file.write(data)


def _here(iso: str) -> str:
    """2010年12月4日 09:31, as the clock in the office shows it."""
    from election.process.machine import SHANGHAI

    at = datetime.fromisoformat(iso).astimezone(SHANGHAI)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
