"""The program ``election``: a table of sub-commands, each loaded only when it is called.

Contract: exit 0 done and good, 1 the answer is "no", 2 the input or usage is wrong with one line on
standard error. A traceback is never an answer to bad input.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from election.faults import Kind, Unavailable, WrongInput

#: sub-command -> where it lives; the module is imported when the command runs
COMMANDS = {
    "audit": "election.commands.audit:audit",
    "backup": "election.commands.backup:backup",
    "backup-key": "election.commands.backup:backup_key",
    "ballot": "election.commands.ballot:ballot",
    "bundle": "election.commands.bundle:bundle",
    "calendar": "election.commands.calendar:calendar",
    "count": "election.commands.count:count",
    "demo": "election.commands.demo:demo",
    "margin": "election.commands.rulesets:margin",
    "migrate": "election.commands.serve:migrate",
    "office": "election.commands.office:office",
    "restore": "election.commands.backup:restore",
    "roll": "election.commands.roll:roll",
    "rulesets": "election.commands.rulesets:rulesets",
    "serve": "election.commands.serve:serve",
    "verify": "election.commands.verify:verify",
    "witness": "election.commands.witness:witness",
}


#: what is said where the database cannot, and what somebody must do before it can
UNAVAILABLE: dict[Kind, WrongInput] = {
    "full": WrongInput("the database is full", mend="free the disk"),
    "read-only": WrongInput("the database is read-only", mend="let the program write to ELECTION_HOME"),
    "busy": WrongInput("the database is busy", mend="somebody else is writing; try again"),
    "conflict": WrongInput("the database is conflict", mend="somebody else is writing; try again"),
    "away": WrongInput("the database is away", mend="start the database, or mend ELECTION_DATABASE_URL"),
    "damaged": WrongInput(
        "the database is damaged",
        mend="copy all of ELECTION_HOME to another place, then restore a backup with `election restore --replace`",
    ),
}


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        from election.commands.spoken import in_its_language

        return in_its_language(getattr(import_module(module), attribute))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huanjie-election")
def cli() -> None:
    """Run the turnover (换届) of a community's two committees."""


def main(arguments: list[str] | None = None) -> None:
    """Entry point. A command returns its exit code (None is 0)."""
    try:
        code = cli.main(args=arguments, standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.Abort:
        code = 130
    except click.ClickException as error:
        click.echo(f"election: {' '.join(error.format_message().split())}", err=True)
        code = 2
    except WrongInput as error:
        code = _complain(error)
    except Unavailable as error:
        code = _complain(UNAVAILABLE[error.kind])
        if (sys.argv[1:] if arguments is None else arguments)[:1] == ["serve"] and error.kind != "damaged":
            code = 1  # it may pass: who starts the server again after all but a 2 finds it well
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except OSError as error:
        if error.filename is None:
            raise
        code = _complain(
            WrongInput(
                "cannot be used ({reason})",
                place="{path}",
                mend="check the path and its rights; what is in ELECTION_HOME only its owner can use, as with `sudo -u election election …`",
                reason=error.strerror,
                path=error.filename,
            )
        )
    sys.exit(code or 0)


def _complain(wrong: WrongInput) -> int:
    from election.commands.spoken import said

    click.echo(f"election: {said(wrong)}", err=True)
    return 2


if __name__ == "__main__":
    main()
