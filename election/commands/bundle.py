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
