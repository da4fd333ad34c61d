"""Do again what the record says was done, and see whether it could be done: the seam to ``process`` and ``count``."""

from __future__ import annotations

from collections.abc import Mapping

from election.verify.logs import Logs
from election.verify.report import Report


def replay(logs: Logs, rulesets: Mapping[str, bytes], values: Mapping[str, str], report: Report) -> None:
    """Fold the facts, judge every act again, recount every contest. Checks ``steps``, ``recount``, ``result``.

    ``rulesets`` is digest -> bytes, ``values`` commitment -> posted value.
    """
