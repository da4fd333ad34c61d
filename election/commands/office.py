"""``election office``: set up a real office, and its first account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from election.commands.spoken import said, spoken
from election.faults import WrongInput

if TYPE_CHECKING:
    from election.store.accounts import Account
    from election.store.database import Store

#: what the documents write where a name is to be put in
NOBODY = frozenset({"姓名", "管理员姓名", "管理员"})


@contextmanager
def _account(login: str) -> Iterator[tuple[Store, Account]]:
    """The office's store, and the account that a command names. Raises WrongInput where there is none."""
    from election.acts.accounts import clean_login
    from election.store.accounts import by_login
    from election.store.database import open_existing

    store = open_existing()
    try:
        account = by_login(store, clean_login(login))
        if account is None:
            raise WrongInput("there is no such account", place="--login", mend="see the page of accounts")
        yield store, account
    finally:
        store.close()


@contextmanager
def _refusals() -> Iterator[None]:
    """What an act is refused for, as the command line's one line."""
    from election.acts.perform import Refused
    from election.words.acts import demand_sentence

    try:
        yield
    except Refused as refused:
        first = refused.demands[0]
        raise WrongInput(
            "{refused}", place="--login", refused=demand_sentence(first.code, first.params, spoken())
        ) from None


@click.group()
def office() -> None:
    """Set up a real office."""


@office.command("open")
@click.option(
    "--name",
    required=True,
    help="name of this server in the record: letters, digits, dots and dashes, e.g. qilihe.xiyuan",
)
@click.option("--login", default="admin", show_default=True, help="login of the first administrator")
@click.option("--person", required=True, help="the administrator's name")
def open_office(name: str, login: str, person: str) -> int:
    """Open the office log and make the first administrator; prints the one-time code for the first password."""
    from sqlalchemy import select

    from election.acts import accounts
    from election.process.base import Role
    from election.process.machine import SERVER
    from election.store.database import open_store
    from election.store.tables import AccountRow
    from election.store.worlds import office_log

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{2,60}", name):
        raise WrongInput(
            "{name!r} cannot name a server", place="--name", mend="use letters, digits, dots and dashes", name=name
        )
    if not 0 < len(person.strip()) <= 50:
        raise WrongInput("not a person's name", place="--person", mend="give 1 to 50 characters")
    if person.strip() in NOBODY:
        raise WrongInput(
            "the name of a real person is asked for", place="--person", mend="write it out, such as --person 王建国"
        )
    store = open_store()
    with store.read() as session:
        log = office_log(session)
        if session.scalar(select(AccountRow.id).limit(1)) is not None:
            raise WrongInput("the office is open already", place="ELECTION_HOME", mend="sign in as its administrator")
    now = datetime.now(UTC)
    if log is None or not log.size:  # else the first account was refused, or the machine stopped before it
        accounts.open_office(store, name=name, demonstration=False, now=now)
    with _refusals():
        _, code = accounts.create_account(
            store, SERVER, login=login, name=person, role=Role.ADMINISTRATOR, scope="", now=now
        )
    click.echo(f"办公系统已建立。签发印鉴码（请抄在纸上保存）：{store.vault.trust}")
    click.echo(f"管理员账号 {login} 的一次性口令：{code}")
    click.echo(
        "七天之内启动 election serve，打开它给出的地址后面加 /password 的页（如 http://127.0.0.1:5000/password）设置密码。"
    )
    click.echo(
        "接着马上在“账号管理”里另开第二、第三名系统管理员的账号，三人都设好密码，再“确认签名”："
        "管理员忘了密码或换了手机，要另外两名管理员确认；不足两名的，由区和街道的负责人确认，都不足就没有办法。"
    )
    store.close()
    return 0


@office.command("code")
@click.option("--login", default="admin", show_default=True, help="login of the account")
@click.option("--reason", required=True, help="why nobody else can give it; the record keeps it")
def new_code(login: str, reason: str) -> int:
    """Give an account a new one-time code where no other administrator can; its password, key and second factor end."""
    from election.acts import accounts
    from election.process.machine import SERVER

    with _account(login) as (store, account), _refusals():
        code = accounts.reset(store, SERVER, account, reason=reason, now=datetime.now(UTC))
    click.echo(f"账号 {account.login} 的一次性口令（七天有效，在 /password 页设置密码）：{code}")
    click.echo("记录里写明是本服务器重发的。已经有人确认过签名的，新的签名还要两名负责人确认，才能签字。")
    return 0


@office.command("pass")
@click.option("--login", default="admin", show_default=True, help="login of the account")
def new_pass(login: str) -> int:
    """Print the pass of a login: with it nobody waits at the sign-in page for others' guesses (通行码)."""
    from election.acts import passes

    with _account(login) as (store, account):
        click.echo(f"{account.login} 的通行码（登录页提示“尝试太多”时填，一年内有效）：", err=True)
        click.echo(passes.issue(store.vault, account.login, datetime.now(UTC).date()))
    return 0


@office.command("continue")
@click.option("--login", default="admin", show_default=True, help="login of the administrator who signs")
@click.option("--reason", required=True, help="why no newer backup can be had; the record keeps it")
def go_on(login: str, reason: str) -> int:
    """Go on from an older backup: an administrator signs what is missing (用旧备份继续); the password is asked for."""
    from election.acts.accounts import clean_login, continue_office, unlock
    from election.record.keys import WrongPassword
    from election.store import kept
    from election.store.accounts import by_login
    from election.store.database import open_existing

    store = open_existing()
    try:
        with store.read() as session:
            behind = kept.behind(store.home, session)
        if not behind:
            click.echo("数据库不比已确认的存证旧，不需要签名 (nothing is missing)")
            return 0
        account = by_login(store, clean_login(login))
        click.echo(said(kept.lost(behind)), err=True)
        password = click.prompt("密码 (password)", hide_input=True, err=True)
        try:
            signer = unlock(store, account.id if account else "", password)
        except WrongPassword:
            raise WrongInput("wrong login or password", place="--login", mend="try again") from None
        assert account is not None  # its key was just opened
        continue_office(store, account.actor, signer, reason=reason, behind=behind, now=datetime.now(UTC))
    finally:
        store.close()
    click.echo("已签名写入存证，可以继续办理")
    return 0
