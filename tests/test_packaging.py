"""What is in the tree is in the wheel."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_package_is_listed() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    found = {
        str(f.parent.relative_to(ROOT)).replace("/", ".")
        for top in ("election", "ballots")
        for f in (ROOT / top).rglob("__init__.py")
    }
    assert found | {"election.templates"} == listed


def test_nothing_of_version_control_is_packaged() -> None:
    assert not [path for top in ("election", "ballots", "templates") for path in (ROOT / top).rglob(".*")]


def test_the_lock_files_name_no_host_and_hash_everything() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pinned = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
        assert pinned
        assert text.splitlines()[0] == pinned[0]
        assert text.count("--hash=sha256:") >= len(pinned)


def test_floors_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
