"""``make bench``: speeds, each beside a limit or a peer in the same run. This machine is noisy: read the ratios.

bench.py            what is promised: pages, an act on both engines, a record and its replay
bench.py all        count and ballots too
bench.py pages|store|record|count|ballots
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

#: part -> its file and function; a part imports only what it measures
PARTS = {
    "pages": ("bench_pages", "pages"),
    "store": ("bench_store", "store"),
    "record": ("bench_record", "record"),
    "count": ("bench_counting", "counting"),
    "ballots": ("bench_ballots", "ballots"),
}
PROMISED = ["pages", "store", "record"]

if __name__ == "__main__":
    os.environ["ELECTION_PASSWORD_COST"] = "cheap"  # noqa: S105 a cost, no password
    wanted = sys.argv[1:] or PROMISED
    for part in PARTS if wanted == ["all"] else wanted:
        room, function = PARTS[part]
        print(f"\n== {part} ==")
        getattr(import_module(room), function)()
