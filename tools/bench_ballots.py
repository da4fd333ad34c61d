"""``bench.py ballots``: printing beside WeasyPrint, reading beside decoding, cards beside WeasyPrint."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench_timing import line, medians_in_turn

#: a ballot takes so little that the machine's other work shows in it
ROUNDS = 31


def ballots() -> None:
    """Printing beside WeasyPrint, reading beside pure JPEG decoding, cards beside WeasyPrint in one go."""
    import weasyprint

    from ballots import Candidate, Contest, make
    from ballots.printing import draw, replicate
    from election.documents import cards, rendering

    names = ["王建国", "李秀英", "张伟", "刘洋", "陈静", "杨帆", "赵敏"]
    contest = Contest("m", "委员", 5, tuple(Candidate(f"c{n}", name) for n, name in enumerate(names)))
    from ballots.design import design

    layout = design([contest], "选票")
    bare, drawn, one, many = medians_in_turn(
        lambda: weasyprint.HTML(string="<h1>选票</h1>").write_pdf(),
        lambda: replicate(draw(layout), 1),
        lambda: make([contest], "选票"),
        lambda: make([contest], "选票", copies=2000),
        rounds=ROUNDS,
    )
    line("a bare WeasyPrint page", bare, bare, "ms")
    line("one ballot, drawn", drawn, bare, "ms", "goal 2x")
    line("one ballot, drawn and read back", one, bare, "ms")
    line("2,000 ballots (beside one)", many, one, "ms", "goal 1.1x")
    made = [
        cards.Card(
            title="选民证", election="某某社区居民委员会换届选举", name=f"{names[n % 7]}", group=f"第{n % 9}居民小组",
            day="2010年12月26日", issuer="某某社区居民委员会选举领导小组", code=f"{n:016d}",
        )
        for n in range(1000)
    ]  # fmt: skip
    from ballots import fonts

    page = rendering.template("_cards.html").render(cards=made, faces=fonts.css(), family=fonts.FAMILY)
    began = time.process_time()
    weasyprint.HTML(string=page, url_fetcher=fonts.fetcher(page)).write_pdf()
    plain = time.process_time() - began
    began = time.process_time()
    for start in range(0, len(made), 100):
        cards.sheets(made[start : start + 100])
    line("1,000 cards by WeasyPrint in one go (CPU)", plain, plain, "s")
    line("1,000 cards as the job makes them (CPU)", time.process_time() - began, plain, "s")
    _reading(make([contest], "选票"))


def _reading(printed: tuple[bytes, dict[str, Any]], pages: int = 600) -> None:
    """The whole command beside decoding the same files, on one core and on two; pages are of 200 dpi, A4, marked."""
    import resource
    import subprocess

    import cv2
    import numpy as np

    from ballots.proving import rasterised

    pdf, layout = printed
    blank = rasterised(pdf, 1, 200)
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "L.json").write_text(json.dumps(layout), encoding="utf-8")
        files = []
        for number in range(60):
            page = blank.copy()
            for mark in layout["marks"]:
                if rng.random() < 0.3:
                    x, y = (round((mark[k] + 3.5) * 200 / 25.4) for k in ("x_mm", "y_mm"))
                    cv2.line(page, (x - 15, y), (x - 4, y + 14), 60, 6)
                    cv2.line(page, (x - 4, y + 14), (x + 18, y - 18), 60, 6)
            noisy = np.clip(page + rng.normal(0, 3, page.shape), 0, 255).astype(np.uint8)
            files.append(str(at / f"{number}.jpg"))
            cv2.imwrite(files[-1], noisy, [cv2.IMWRITE_JPEG_QUALITY, 80])
        files *= pages // len(files)
        cv2.setNumThreads(1)
        began = time.process_time()
        for file in files:
            cv2.imdecode(np.frombuffer(Path(file).read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
        decoding = time.process_time() - began
        line(f"decoding {pages} JPEG pages of 200 dpi (CPU)", decoding, decoding, "s")
        command = [sys.executable, "-m", "election.cli", "ballot", "read", str(at / "L.json"), *files, "--json"]
        walls = {}
        for cores in ({0}, {0, 1}):
            if not cores <= os.sched_getaffinity(0):
                continue
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(  # noqa: S603 our own program
                command,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=lambda cores=cores: os.sched_setaffinity(0, cores),  # type: ignore[misc]
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            walls[len(cores)] = time.perf_counter() - began
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            line(f"the whole command on {len(cores)} core(s) (CPU)", spent, decoding, "s", "goal 2.2x on one")
        for count, wall in walls.items():
            line(f"the whole command on {count} core(s) (wall)", wall, walls[1], "s", f"{pages / wall:.0f} pages/s")
