"""``election bundle export``: everything another person needs to check one election without us."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from election.commands.spoken import spoken
from election.faults import WrongInput, contents


@click.group()
def bundle() -> None:
    """The archive of one election."""


_PASSWORD = click.option(
    "--password-file", required=True, type=click.Path(path_type=Path), help="first line: the password of the openings"
)


@bundle.command()
@click.argument("election")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="the last day on which they open")
@_PASSWORD
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="the file to write")
@click.option("--json", "as_json", is_flag=True)
def openings(election: str, until: datetime, password_file: Path, out: Path, as_json: bool) -> int:
    """Write what is sealed and not posted in ELECTION apart from its bundle: encrypted, with a day of expiry."""
    from election.acts import archive, passwords
    from election.store.database import open_existing
    from election.words.acts import demand_sentence

    password = _first_line(password_file)
    if until.date() < datetime.now(ZoneInfo("Asia/Shanghai")).date():
        raise WrongInput("{day} is over", place="--until", mend="give a day from today on", day=until.date())
    if (weak := passwords.fault(passwords.normal(password))) is not None:
        raise WrongInput("{refused}", place="--password-file", refused=demand_sentence(weak, {}, spoken()))
    store = open_existing()
    try:
        text = archive.openings_apart(store, election, until.date(), password)
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise WrongInput(
            "the file cannot be written ({reason})",
            place="{out}",
            mend="choose another folder",
            reason=error.strerror,
            out=out,
        ) from None
    finally:
        store.close()
    answer = {"file": str(out), "until": until.date().isoformat()}
    click.echo(json.dumps(answer) if as_json else f"已写出 {out}，{answer['until']} 后不能再打开，届时请删除")
    return 0


@bundle.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--bundle", "archive", required=True, type=click.Path(path_type=Path), help="the bundle they belong to")
@_PASSWORD
@click.option("--json", "as_json", is_flag=True)
def reveal(file: Path, archive: Path, password_file: Path, as_json: bool) -> int:
    """Open the openings in FILE and hold each against the bundle. Exit 1 where one does not belong, or they expired."""
    from election.record import apart
    from election.verify.sealed import placed

    text = _read(file)
    try:
        found = apart.open(text, _first_line(password_file), datetime.now(ZoneInfo("Asia/Shanghai")).date())
    except apart.ApartError as error:
        raise WrongInput(
            "{reason}",
            place="{file}",
            mend="give the file and the password that belong together",
            reason=error,
            file=file,
        ) from None
    except apart.Expired as over:
        told = {"ok": False, "until": over.until.isoformat(), "openings": []}
        click.echo(json.dumps(told) if as_json else f"✗ {told['until']} 已过期，请删除这个文件")
        return 1
    rows = placed(archive, found)
    good = all(row["seq"] is not None for row in rows)
    told = {"ok": good, "until": found.until.isoformat(), "openings": rows}
    lines = [f"{row['seq'] if row['seq'] is not None else '✗'}\t{row['value']}" for row in rows]
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(lines))
    return 0 if good else 1


def _read(path: Path) -> str:
    try:
        return contents(path, 1_000_000).decode()
    except UnicodeDecodeError:
        raise WrongInput("not a text", place="{path}", mend="give the file that was written", path=path) from None


def _first_line(path: Path) -> str:
    return _read(path).split("\n")[0]


@bundle.command()
@click.argument("election")
@click.option("--entry", required=True, type=click.IntRange(min=0), help="its place in the log (seq), from 0")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="the file to write")
@click.option("--json", "as_json", is_flag=True)
def prove(election: str, entry: int, out: Path, as_json: bool) -> int:
    """Write the proof that one ENTRY stands in the record of ELECTION, without the rest of the record."""
    from election.acts import archive
    from election.store.database import open_existing

    store = open_existing()
    try:
        text = archive.prove(store, election, entry)
        trust = store.vault.trust
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise WrongInput(
            "the file cannot be written ({reason})",
            place="{out}",
            mend="choose another folder",
            reason=error.strerror,
            out=out,
        ) from None
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps({"file": str(out), "entry": entry, "trust": trust}, ensure_ascii=False))
    else:
        click.echo(f"已写出第 {entry + 1} 条（seq {entry}）的证明 {out}\n签发印鉴码 {trust}")
    return 0


@bundle.command()
@click.argument("election")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="the file to write")
@click.option("--json", "as_json", is_flag=True)
def export(election: str, out: Path, as_json: bool) -> int:
    """Write the bundle of ELECTION (its id) to a file."""
    from election.acts import archive
    from election.store.database import open_existing

    store = open_existing()
    try:
        entries = archive.export(store, election, out)
    except OSError as error:
        raise WrongInput(
            "the file cannot be written ({reason})",
            place="{out}",
            mend="choose another folder",
            reason=error.strerror,
            out=out,
        ) from None
    finally:
        store.close()
    answer = {
        "file": str(out),
        "sha256": sha256(out.read_bytes()).hexdigest(),
        "entries": entries,
        "trust": store.vault.trust,
    }
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(f"已导出 {out}（{entries} 条记录）\n校验码 {answer['sha256']}\n签发印鉴码 {answer['trust']}")
    return 0
