"""``election audit verify``: the live database against its own record."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import click


@click.group()
def audit() -> None:
    """Check the live database."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True)
def verify_live(as_json: bool) -> int:
    """Every log's chain, signatures and steps, and that every table agrees with the record."""
    from sqlalchemy import select

    from election.acts import archive, auditing
    from election.store import kept
    from election.store.database import open_existing
    from election.store.tables import Log
    from election.verify import answer as answers
    from election.verify.run import verify
    from election.words import sentence
    from election.words.faults import said

    store = open_existing()
    entries, wrong = auditing.audit(store)
    problems: list[dict[str, Any]] = []
    for w in wrong:
        code = "audit.misshapen" if w.misshapen else "audit.disagrees" if w.log else "audit.disagrees.of-none"
        place = {"log": w.log, "table": w.table, "place": w.detail}
        problems.append(place | {"text": sentence(code, place), "text_en": sentence(code, place, "en")})
    warnings: list[str] = []
    if not any(w.misshapen and w.table in ("entry", "log") for w in wrong):
        with store.read() as session:
            problems += [
                {
                    "log": b.log,
                    "table": "log",
                    "place": f"seq {b.kept - 1}",
                    "text": said(kept.lost([b])),
                    "text_en": str(kept.lost([b])),
                }
                for b in kept.behind(store.home, session)
            ]
            unsaid = kept.unsaid(store.home, session)
            warnings = [f"{said(unsaid)} ({unsaid})"] if unsaid else []
    elections = []
    if not wrong:
        with store.read() as session:
            ids = list(session.scalars(select(Log.id).where(Log.kind == "election").order_by(Log.path, Log.body)))
        with tempfile.TemporaryDirectory() as folder:
            for election in ids:
                path = Path(folder) / "bundle.zip"
                archive.export(store, election, path)
                document = answers.document(verify(path, trust=store.vault.trust))
                elections.append(
                    {
                        "id": election,
                        "ok": document["ok"],
                        "entries": document["entries"],
                        "contests": document["contests"],
                    }
                )
                problems += [
                    {"log": election, **p} if isinstance(p, dict) else {"log": election, "text": str(p)}
                    for p in document["problems"]
                ]
    store.close()
    answer = {
        "ok": not problems,
        "entries": entries,
        "trust": store.vault.trust,
        "elections": elections,
        "problems": problems,
        "warnings": warnings,
    }
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for p in problems:
            click.echo(f"✗ {p.get('text', p)}")
        for text in warnings:
            click.echo(f"注意 (warning): {text}")
        click.echo(f"{'✓ 全部相符' if not problems else '✗ 有不符之处'}：{entries} 条记录，{len(elections)} 项选举")
    return 0 if not problems else 1
