"""JSON files from outside: bounded, strict, and refused with one line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from election.faults import WrongInput, contents

LARGEST = 20_000_000


def read_json(path: str | Path) -> dict[str, Any]:
    """The JSON object in a UTF-8 file. Raises WrongInput: unreadable, too large, no JSON, a key twice, no object."""
    name, raw = Path(path).name, contents(path, LARGEST)
    try:
        document = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise WrongInput(
            "is not UTF-8 at byte {byte}", place="{name}", mend="save it as UTF-8", byte=error.start, name=name
        ) from None
    except json.JSONDecodeError as error:
        raise WrongInput(
            "is no JSON ({reason})",
            place="{name}: line {line} column {column}",
            mend="correct it",
            reason=error.msg,
            name=name,
            line=error.lineno,
            column=error.colno,
        ) from None
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        raise WrongInput(
            "is no usable JSON ({reason})", place="{name}", mend="correct it", reason=reason, name=name
        ) from None
    if not isinstance(document, dict):
        raise WrongInput("holds no JSON object", place="{name}", mend="begin it with {{", name=name)
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice")
    return made


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def apart(**places: str | None) -> None:
    """Raises WrongInput where two of these (option -> path) are one file: the later would write over the earlier."""
    taken: dict[str, str] = {}
    for option, path in places.items():
        if path is None:
            continue
        real = os.path.realpath(path)
        if real in taken:
            raise WrongInput(
                "is the place of {other} too",
                place="--{option} {path}",
                mend="give each its own place",
                other=taken[real],
                option=option,
                path=path,
            )
        taken[real] = "FILE" if option == "file" else f"--{option.replace('_', '-')}"


def write(path: str | Path, content: bytes) -> None:
    """Write a whole file or none. Raises WrongInput where the place cannot be written."""
    target = Path(path)
    if target.exists() and not target.is_file():
        raise WrongInput("is no file that can be written over", place="{path}", mend="choose another place", path=path)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except (OSError, ValueError) as error:
        part.unlink(missing_ok=True)
        reason = error.strerror if isinstance(error, OSError) else "no file name"
        raise WrongInput(
            "cannot be written ({reason})", place="{path}", mend="choose another place", reason=reason, path=path
        ) from None
