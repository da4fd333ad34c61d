"""Papers: plain data in, PDF out, the same bytes for the same data.

A paper is rendered before the act that seals its digest. `render` takes a kind (a key of `KINDS`) and that kind's
frozen dataclass from `papers`; nothing here reads a clock, a database, a file of the machine or the network.
"""

from __future__ import annotations

from .catalogue import KINDS, Kind
from .heading import Body, Heading, Notice, Paper, RecordStamp, Size
from .rendering import render

__all__ = ["KINDS", "Body", "Heading", "Kind", "Notice", "Paper", "RecordStamp", "Size", "render"]
