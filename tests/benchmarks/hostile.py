"""Seconds of dates and figures for hostile text by length: a pattern that backtracks shows here.

python -m tests.benchmarks.hostile
"""

from __future__ import annotations

import time

import pipeline

COMPONENTS = ("congdoan_dates", "congdoan_figures")
SIZES = (250_000, 500_000, 1_000_000)
# Long runs of what dates and figures are made of.
HOSTILE = {
    "digits": "1" * 10,
    "slashes": "1/1/",
    "dots": "1.1.",
    "spaces": "ngày      ",
    "dashes": "từ 1 - ",
    "number words": "hai mươi ",
    "months": "tháng 1 đến ",
}


def main() -> None:
    nlp = pipeline.load()
    pipes = dict(nlp.pipeline)
    print(f"{'seconds':28}" + "".join(f"{size // 1000:6} kB" for size in SIZES))
    for name, unit in HOSTILE.items():
        times = []
        for size in SIZES:
            doc = nlp.make_doc(unit * (size // len(unit)))
            pipes["congdoan_sentences"](doc)
            begun = time.process_time()
            for component in COMPONENTS:
                pipes[component](doc)
            times.append(time.process_time() - begun)
        print(f"{name:28}" + "".join(f"{spent:9.2f}" for spent in times))


if __name__ == "__main__":
    main()
