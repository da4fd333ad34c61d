"""The security log: who signed in, who was refused. Apart from the record; no names, no logins, no content (ASVS 16.2, 16.3)."""

from __future__ import annotations

import logging
import traceback

from flask import request

from election.web.context import store

log = logging.getLogger("election.security")


def note(event: str, *, account: str = "", login: str = "") -> None:
    """One line: the event, the account's id, or a keyed hash of a login that was typed, and the address it came from."""
    who = account or (f"login:{store().vault.index('security-log', login)[:16]}" if login else "-")
    log.info("%s who=%s from=%s at=%s", event, who, request.remote_addr, request.endpoint)


def trace(error: BaseException) -> str:
    """Where it happened and of what kind, for whoever mends it: never the words, in which what was typed may stand."""
    lines = []
    cause: BaseException | None = error
    while cause is not None:
        lines += [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(cause.__traceback__)]
        lines.append(f"  {type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines)
