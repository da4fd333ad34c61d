"""``election bundle export``: everything another person needs to check one election without us."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import click

from election.faults import WrongInput


@click.group()
def bundle() -> None:
    """The archive of one election."""


@bundle.command()
@click.argument("election")
@click.option("--entry", required=True, type=click.IntRange(min=0), help="its place in the log (seq), from 0")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="the file to write")
@click.option("--json", "as_json", is_flag=True)
def prove(election: str, entry: int, out: Path, as_json: bool) -> int:
    """Write the proof that one ENTRY stands in the record of ELECTION, without the rest of the record."""
    from election.acts import archive
    from election.store.database import open_store

    store = open_store()
    try:
        text = archive.prove(store, election, entry)
        trust = store.vault.trust
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise WrongInput(
            f"the file cannot be written ({error.strerror})", place=str(out), mend="choose another folder"
        ) from None
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps({"file": str(out), "entry": entry, "trust": trust}, ensure_ascii=False))
    else:
        click.echo(f"已写出第 {entry} 条(seq)的证明 {out}\n信任指纹 {trust}")
    return 0


@bundle.command()
@click.argument("election")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="the file to write")
@click.option("--json", "as_json", is_flag=True)
def export(election: str, out: Path, as_json: bool) -> int:
    """Write the bundle of ELECTION (its id) to a file."""
    from election.acts import archive
    from election.store.database import open_store

    store = open_store()
    try:
        entries = archive.export(store, election, out)
    except OSError as error:
        raise WrongInput(
            f"the file cannot be written ({error.strerror})", place=str(out), mend="choose another folder"
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
        click.echo(f"已导出 {out}:{entries} 条记录\n校验码 {answer['sha256']}\n信任指纹 {answer['trust']}")
    return 0
