"""What the law says against a number someone wants to fix."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "reason"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``error`` blocks; ``reason`` stands only with a reason given. The sentence is ``words`` of ``code`` and ``params``."""

    code: str
    severity: Severity
    article: str
    params: dict[str, object] = field(default_factory=dict)
