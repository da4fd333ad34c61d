"""``election witness``: remember what a server's record was, on one's own machine, and cosign what grew from it.

``new``, ``cosign`` and ``show`` are the witness's: they need a folder of their own and nothing of the server's, no
database and no network. ``server``, ``request``, ``receive``, ``register`` and
``policy`` are the server's.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from election.commands.spoken import spoken
from election.faults import WrongInput, within

_FOLDER = click.option(
    "--dir",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="the witness's own folder, on a stick or a laptop",
)
_PASSWORD = click.option(
    "--password-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="first line: the password of the witness's key",
)
_JSON = click.option("--json", "as_json", is_flag=True)


@click.group()
def witness() -> None:
    """Witness a record: cosign its checkpoints, k of n (见证)."""


def _say(as_json: bool, answer: dict[str, Any], text: str) -> int:
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else text)
    return 0


def _password(file: Path | None, *, new: bool = False) -> str:
    if file is None:
        return str(click.prompt("见证钥匙的密码", hide_input=True, confirmation_prompt=new, err=True))
    try:
        return file.read_text(encoding="utf-8").split("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInput("the password cannot be read", place="{file}", mend="give a text file", file=file) from error


# --- the witness's own machine ---------------------------------------------------------------------------------------


@witness.command()
@click.argument("name")
@click.option("--server", required=True, help="the server's key, as its page of witnesses or `witness server` shows it")
@_FOLDER
@_PASSWORD
@_JSON
def new(name: str, server: str, folder: Path, password_file: Path | None, as_json: bool) -> int:
    """Make a witness's key, named NAME, that trusts the server's key given. Prints the line to be registered."""
    from election.commands import witness_state
    from election.record.keys import grouped

    made = witness_state.create(folder, name, server, lambda: _password(password_file, new=True))
    answer = {"name": name, "vkey": made.vkey, "trust": grouped(made.trust)}
    text = f"见证钥匙（交服务器登记）：{made.vkey}\n签发印鉴码（与印在签字文件上的核对）：{grouped(made.trust)}"
    return _say(as_json, answer, text)


@witness.command()
@_FOLDER
@_JSON
def show(folder: Path, as_json: bool) -> int:
    """The witness's key, and how far it has seen each log."""
    from election.commands import witness_state

    state = witness_state.open_state(folder)
    seen = {origin: found.size for origin, found in state.seen.items()}
    text = "\n".join([state.vkey, *(f"{origin}\t{size}" for origin, size in seen.items())])
    return _say(as_json, {"name": state.name, "vkey": state.vkey, "seen": seen}, text)


@witness.command()
@click.argument("request", type=click.Path())
@_FOLDER
@_PASSWORD
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="the file to carry back; without it, printed"
)
@click.option("--base64", "as_base64", is_flag=True, help="write it as one line to be typed or pasted")
@click.option("--qr", type=click.Path(dir_okay=False, path_type=Path), help="also draw it as a QR code (svg or png)")
@_JSON
def cosign(
    request: str,
    folder: Path,
    password_file: Path | None,
    out: Path | None,
    as_base64: bool,
    qr: Path | None,
    as_json: bool,
) -> int:
    """Cosign the checkpoint in REQUEST (a file, its base64, a picture of its QR code, or - for standard input).

    Only what grew from what this witness saw before is cosigned. Exit 1 where it is refused.
    """
    from election.commands import witness_state
    from election.record import witness as judging
    from election.words import sentence

    data = witness_state.carried(request)
    try:
        with within(request):
            done = witness_state.cosign(folder, data, lambda: _password(password_file), int(time.time()))
    except judging.Refusal as refused:
        words = sentence(f"witness.{refused.code}", refused.params)
        told = {"ok": False, "code": refused.code, "text": words}
        told["text_en"] = sentence(f"witness.{refused.code}", refused.params, "en")
        _say(as_json, told, f"✗ {words}")
        return 1
    text = witness_state.encoded(done.note) if as_base64 else done.note
    if qr is not None:
        witness_state.draw(witness_state.encoded(done.note), qr)
    if out is not None:
        witness_state.write(out, text)
    answer = {"ok": True, "origin": done.origin, "size": done.size, "note": done.note}
    said = f"✓ 已见证 {done.origin} 前 {done.size} 条"
    return _say(as_json, answer, said if out is not None else text.rstrip("\n"))


# --- the server ------------------------------------------------------------------------------------------------------


@witness.command()
@_JSON
def server(as_json: bool) -> int:
    """On the server: print its key, which a witness gives to `new --server`."""
    from election.acts import witnessing

    with _store() as store:
        vkey, trust = witnessing.server_key(store), store.vault.trust
    return _say(as_json, {"vkey": vkey, "trust": trust}, f"{vkey}\n签发印鉴码 {trust}")


@witness.command()
@click.argument("name")
@click.argument("vkey")
@click.option("--kind", type=click.Choice(["scrutineer", "street", "district", "observer"]), required=True)
@click.option("--place", default="", help="district, district/street or district/street/community; empty: everywhere")
@_JSON
def register(name: str, vkey: str, kind: str, place: str, as_json: bool) -> int:
    """On the server: make a witness's key known, so that its cosignatures are taken in."""
    from datetime import UTC, datetime

    from election.acts import witnessing
    from election.acts.perform import Refused
    from election.process.machine import SERVER
    from election.words.acts import demand_sentence

    with _store() as store:
        try:
            witnessing.register(store, SERVER, name, vkey, kind, place, datetime.now(UTC))
        except Refused as refused:
            first = refused.demands[0]
            raise WrongInput(
                "{refused}", place="{name}", refused=demand_sentence(first.code, first.params, spoken()), name=name
            ) from None
    return _say(as_json, {"name": name, "kind": kind, "place": place}, f"已登记见证人 {name}")


@witness.command()
@click.argument("election")
@click.option("--old", type=click.IntRange(min=0), help="how many entries the witness has seen")
@click.option("--witness", "name", help="a registered witness: how far they cosigned before is known here")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--qr", type=click.Path(dir_okay=False, path_type=Path), help="also draw it as a QR code (svg or png)")
@_JSON
def request(election: str, old: int | None, name: str | None, out: Path, qr: Path | None, as_json: bool) -> int:
    """On the server: write what a witness of ELECTION needs, the newest checkpoint with the proof that it grew."""
    from election.acts import witnessing
    from election.commands import witness_state

    with _store() as store:
        log = _log(store, election)
        known = witnessing.reached_by(store, log, name) if name is not None else 0
        size = old if old is not None else known
        text = witnessing.request(store, log, size)
    witness_state.write(out, text)
    if qr is not None:
        witness_state.draw(witness_state.encoded(text), qr)
    return _say(as_json, {"file": str(out), "old": size}, f"已写出 {out}（自第 {size} 条起）")


@witness.command()
@click.argument("election")
@click.argument("file", type=click.Path())
@_JSON
def receive(election: str, file: str, as_json: bool) -> int:
    """On the server: take in the cosigned checkpoint that a witness of ELECTION sent back."""
    from election.acts import witnessing
    from election.commands import witness_state

    data = witness_state.carried(file)
    with _store() as store, within(file):
        found = witnessing.receive(store, _log(store, election), data)
    answer = {"cosigned": [{"witness": c.witness, "size": c.size} for c in found]}
    return _say(as_json, answer, "\n".join(f"已收下 {c.witness} 的见证：前 {c.size} 条" for c in found))


@witness.command()
@click.option("--k", type=click.IntRange(min=1), required=True, help="how many of the registered witnesses")
@click.option("--place", default="", help="only witnesses of this place")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
def policy(k: int, place: str, out: Path | None) -> int:
    """On the server: the policy (C2SP tlog-policy) that asks for K of the registered witnesses."""
    from election.acts import witnessing
    from election.commands import witness_state

    with _store() as store:
        text = witnessing.policy_text(store, place, k)
    if out is not None:
        witness_state.write(out, text)
        click.echo(f"已写出 {out}（已登记的见证人中任何 {k} 名签名才算）")
    else:
        click.echo(text, nl=False)
    return 0


def _store() -> Any:
    from contextlib import closing

    from election.store.database import open_existing

    return closing(open_existing())


def _log(store: Any, election: str) -> str:
    from election.store.tables import Log

    with store.read() as session:
        log = session.get(Log, election)
    if log is None:
        raise WrongInput(
            "there is no such election",
            place="{election}",
            mend="take an id from the page of the election",
            election=election,
        )
    return str(log.id)
