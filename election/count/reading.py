"""Count files from disk."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from election.faults import WrongInput

#: several million ballots each on its own; beyond it memory is what would run out
_LARGEST = 1 << 29
#: below this, counting equal pieces costs more than it saves
LARGE = 1 << 20


def read(source: str | Path | bytes, *, fold: bool = True) -> dict[str, Any]:
    """A count file as values. Raises WrongInput for what cannot be read, is not JSON or says a thing twice.

    In a large file equal ballots come together, with ``times``; the count is the same, but a ballot's number is not its
    place in the file. ``fold`` false keeps every ballot where it stands.
    """
    raw = source if isinstance(source, bytes) else _bytes(Path(source))
    if fold and len(raw) >= LARGE:
        from election.count.folding import fold as together

        folded = together(raw, _strict, _DECODER)
        if folded is not None:
            return folded
    return _parse(raw)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
    except OSError as error:
        raise WrongInput(
            "cannot be read ({reason})", mend="check the path and its rights", reason=error.strerror
        ) from None
    except ValueError:
        raise WrongInput("is not the name of a file", mend="check the path") from None
    if len(raw) > _LARGEST:
        raise WrongInput("is too large for a count file", mend="put equal ballots together with times")
    return raw


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        file = _strict(raw)
    except UnicodeDecodeError as error:
        raise WrongInput("is not UTF-8", place="byte {byte}", mend="save it as UTF-8", byte=error.start) from None
    except UnicodeEncodeError:
        raise WrongInput("holds half a character (a lone \\ud8…)", mend="write names as UTF-8") from None
    except json.JSONDecodeError as error:
        raise WrongInput(
            "is not JSON: {reason}",
            place="line {line} column {column}",
            mend="mend the syntax there",
            reason=error.msg,
            line=error.lineno,
            column=error.colno,
        ) from None
    except RecursionError:
        raise WrongInput("is nested too deeply", mend="give a count file") from None
    except ValueError as error:
        raise WrongInput("is not a count file: {reason}", mend="mend that value", reason=error) from None
    if not isinstance(file, dict):
        raise WrongInput("is not a count file", mend="give one JSON object")
    return file


def _strict(raw: bytes) -> Any:
    """JSON without a key twice in one object, without NaN, without half characters. Raises ValueError."""
    value = _DECODER.decode(raw.decode("utf-8-sig"))
    if b"\\ud" in raw.lower():
        # a lone surrogate cannot be printed or sealed
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that says no key twice: the second would silently win."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, number in Counter(key for key, _ in pairs).items() if number > 1)
        raise ValueError(f"the key {twice[:40]!r} stands twice in one object")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
