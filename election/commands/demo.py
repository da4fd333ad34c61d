"""``election demo``: the sample street, served; or driven to the archive."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from unicodedata import east_asian_width

import click

from election.commands.spoken import note
from election.faults import WrongInput


@click.command()
@click.option(
    "--to-end", is_flag=True, help="serve nothing: drive the whole community from an empty database to the archive"
)
@click.option(
    "--law",
    type=click.Choice(["2010", "today"]),
    default="2010",
    show_default=True,
    help="with --to-end: under which law the community turns over",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--json", "as_json", is_flag=True, help="one JSON document on standard output")
def demo(to_end: bool, law: str, host: str, port: int, as_json: bool) -> int:
    """Fill a new home (ELECTION_HOME) with the sample street and serve it."""
    os.environ.setdefault("ELECTION_PASSWORD_COST", "cheap")
    return _to_end(law, as_json) if to_end else _serve(host, port, as_json=as_json)


def _to_end(law: str, as_json: bool) -> int:
    from election.demo import fill
    from election.process.steps import current
    from election.store.database import open_store
    from election.store.home import home
    from election.store.worlds import office_log, world_of

    store = open_store()
    with store.read() as session:
        if office_log(session) is not None:
            raise WrongInput(
                "the home holds an office already",
                place="{folder}",
                mend="set ELECTION_HOME to a new folder",
                folder=home().path,
            )
    note("演示数据：从空库到归档，请稍候…")
    told = fill.to_end(store, law)
    with store.read() as session:
        for line in told:
            line["state"] = current(world_of(store, session, line["id"]))
    answer = {"home": str(home().path.resolve()), "elections": told, "trust": store.vault.trust}
    store.close()
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for line in told:
            click.echo(f"{line['community']} {line['body']} {line['state']}  {line['id']}")
        click.echo(f"签发印鉴码 {answer['trust']}\n数据目录 {answer['home']}")
    return 0 if all(line["state"] == "archived" for line in told) else 1


def _serve(host: str, port: int, *, as_json: bool) -> int:
    from election.commands.serve import listen
    from election.store.database import open_store
    from election.store.home import home
    from election.store.kept import replace_file
    from election.store.worlds import office_log, world_of

    # the square on the sample's papers leads to the page that checks them
    os.environ.setdefault("ELECTION_ADDRESS", f"http://{host}:{port}")
    store = open_store(migrate=True)
    accounts_file = home().path / "demo-accounts.json"
    with store.read() as session:
        fresh = office_log(session) is None
        if not fresh and not world_of(store, session).office.demonstration:
            raise WrongInput(
                "the home holds a real election",
                place="{folder}",
                mend="use `election serve`, or set ELECTION_HOME to a new folder",
                folder=home().path,
            )
    if not fresh and not accounts_file.exists():
        note("上次装入演示数据时中断，重新装入…")
        store.close()
        if not store.engine.url.drivername.startswith("sqlite"):
            raise WrongInput(
                "the sample was only half loaded", place="ELECTION_DATABASE_URL", mend="give an empty database"
            )
        shutil.rmtree(home().path)
        store, fresh = open_store(), True
    if fresh:
        from dataclasses import asdict

        from election.demo import fill

        note("正在装入演示数据（约半分钟）…")
        visitors = [*fill.fill(store, with_today=True), fill.resident(store)]
        fill.stand(store, datetime.now(UTC))
        listed = json.dumps([asdict(v) for v in visitors], ensure_ascii=False, indent=1)
        replace_file(accounts_file, listed.encode())
    _introduce(json.loads(accounts_file.read_text(encoding="utf-8")), host, port, as_json=as_json)
    store.close()
    return listen(host, port)


def _introduce(visitors: list[dict[str, str]], host: str, port: int, *, as_json: bool) -> None:
    from election.words.acts import role_name

    address = f"http://{host}:{port}"
    if as_json:
        click.echo(json.dumps({"address": address, "accounts": visitors}, ensure_ascii=False))
        return
    click.echo("\n演示账号（每个角色一个，口令公开，只供试用）：")
    for v in visitors:
        if v["role"] == "voter":
            click.echo(f"\n居民不用登录。“查登记”可以试填：{v['place']}，{v['login']}，身份证号后六位 {v['password']}")
        else:
            click.echo(
                "  " + _wide(role_name(v["role"]), 24) + _wide(v["login"], 20) + _wide(v["password"], 14) + v["place"]
            )
    click.echo()


def _wide(words: str, columns: int) -> str:
    """Filled up with blanks to so many columns of a terminal, where a Chinese character takes two."""
    return words + " " * (columns - sum(1 + (east_asian_width(c) in "WF") for c in words))
