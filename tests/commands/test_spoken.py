"""What goes to standard error is in the language that the system speaks."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from election import cli
from election.commands.spoken import helps, spoken
from election.faults import Unavailable

NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    ("values", "language"),
    [
        (("", "", ""), "en"),
        (("", "", "zh_CN.UTF-8"), "zh"),
        (("", "zh_CN.UTF-8", "en_GB.UTF-8"), "zh"),
        (("", "en_GB.UTF-8", "zh_CN.UTF-8"), "en"),
        (("C.UTF-8", "zh_CN.UTF-8", "zh_CN.UTF-8"), "en"),
        (("zh_TW", "C", "C"), "zh"),
    ],
)
def test_the_first_that_says_anything_decides(
    values: tuple[str, ...], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in zip(NAMES, values, strict=True):
        monkeypatch.setenv(name, value)
    assert spoken() == language
    for name in NAMES:
        monkeypatch.delenv(name)
    assert spoken() == "en"


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (
            "C.UTF-8",
            "election: no-such.json: cannot be read (No such file or directory); check the path and its rights\n",
        ),
        ("zh_CN.UTF-8", "election: no-such.json：读不了（没有这个文件）。请核对文件的位置，以及是否允许读写。\n"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    locale: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    with pytest.raises(SystemExit) as stop:
        cli.main(["count", "no-such.json"])
    assert stop.value.code == 2
    assert capsys.readouterr() == ("", said)


def test_so_is_what_the_database_cannot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(**_: object) -> None:
        raise Unavailable("full")

    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setattr(cli.cli, "main", full)
    with pytest.raises(SystemExit) as stop:
        cli.main([])
    assert stop.value.code == 2
    assert capsys.readouterr().err == "election: 数据库所在的磁盘满了。请腾出磁盘空间。\n"


def _english(command: click.Command) -> Iterator[str]:
    yield from [command.help] if command.help else []
    yield from (one.help for one in command.params if isinstance(one, click.Option) and one.help)
    for one in command.commands.values() if isinstance(command, click.Group) else ():
        yield from _english(one)


def test_every_command_is_explained_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    context = click.Context(cli.cli)
    commands = [cli.cli.get_command(context, name) for name in cli.cli.list_commands(context)]
    assert {" ".join(text.split()) for one in commands if one for text in _english(one)} == set(helps())


def test_help_is_in_the_language_of_the_system(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> str:
        with pytest.raises(SystemExit) as stop:
            cli.main(["witness", "cosign", "--help"])
        assert stop.value.code == 0
        return capsys.readouterr().out

    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "见证钥匙的密码" in said()
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "the password of the witness's key" in said()
