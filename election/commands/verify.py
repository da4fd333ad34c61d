"""``election verify``: check a bundle offline."""

from __future__ import annotations

import click


@click.command()
@click.argument("bundle", metavar="X", type=click.Path())
@click.option(
    "--trust",
    metavar="FINGERPRINT",
    help="The server's fingerprint as printed on the signed papers (签发印鉴码，印在签字文件上).",
)
@click.option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(),
    help="A checkpoint taken earlier, or a file with the text of a signed paper's square, or its two numbers "
    "'89 f168 d65e …' (以前取得的存证点，或签字文件上的条数和记录校验码).",
)
@click.option(
    "--policy",
    metavar="FILE",
    type=click.Path(),
    help="Whose cosignatures are asked for, as C2SP tlog-policy (须有哪些见证人的签名).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(bundle: str, trust: str | None, checkpoint: str | None, policy: str | None, as_json: bool) -> int:
    """Check a bundle, or the proof of one entry, without database, network or secret (离线核验档案).

    Exit 0 whole, 1 changed, 2 wrong input.
    """
    import json

    from election.verify import answer, run

    report = run.verify(bundle, trust, checkpoint, policy)
    if as_json:
        click.echo(json.dumps(answer.document(report), ensure_ascii=False))
    else:
        click.echo("\n".join(answer.lines(report)))
    return 0 if report.ok else 1
