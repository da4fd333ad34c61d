"""What the pages on security name exists, and the table of requirements is whole."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: what stands in backticks and looks like a file of this project
FILE = re.compile(
    r"`((?:docs|election|ballots|templates|tests|tools|requirements)[\w./-]*\.(?:py|md|html|js|lock))(?:::(\w+))?`"
)
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (met|part|n/a|open) \| (.+) \|$", re.MULTILINE)


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "least"), [("asvs.md", 60), ("threat-model.md", 30)])
def test_every_file_and_test_that_is_named_exists(name: str, least: int) -> None:
    named = set(FILE.findall(page(name)))
    assert len(named) > least
    for path, test in named:
        assert (ROOT / path).is_file(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), (path, test)


def test_the_table_has_every_requirement_of_levels_one_and_two() -> None:
    """ASVS 5.0.0 has 70 requirements of level 1 and 183 of level 2."""
    rows = ROW.findall(page("asvs.md"))
    assert Counter(level for _, level, *_ in rows) == {"1": 70, "2": 183}
    assert len({number for number, *_ in rows}) == len(rows)
    assert [number for number, *_ in rows] == sorted(
        (number for number, *_ in rows), key=lambda n: [int(part) for part in n.split(".")]
    )
    assert {number.split(".")[0] for number, *_ in rows} == {str(n) for n in range(1, 18)}


def test_every_row_says_where_or_why_and_an_open_one_names_no_test() -> None:
    for number, _, _, status, where in ROW.findall(page("asvs.md")):
        assert len(where) > 3, number
        if status == "open":
            assert "`tests/" not in where, f"{number}: an open requirement has no test"


def test_the_summary_counts_the_rows() -> None:
    text = page("asvs.md")
    counted = Counter(status for *_, status, _ in ROW.findall(text))
    for status, number in counted.items():
        assert f"`{status}` {number}" in text


def test_what_the_table_says_is_prescribed_stands_in_the_deployment() -> None:
    deployment = page("deployment.md")
    for line in (
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "ssl_ciphers ECDHE-",
        "return 301 https://$host$request_uri;",
        "IPAddressDeny=any",
        "sslmode=verify-full",
        "journalctl --setup-keys",
        "[Upload]",
        "each quarter all versions are looked at anew",
    ):
        assert line in deployment, line
    prescribed = [where for *_, where in ROW.findall(page("asvs.md")) if "prescribed" in where]
    assert prescribed
    assert all("`docs/deployment.md`" in where for where in prescribed)
