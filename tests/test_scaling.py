"""SCALING.md says what is: its sizing is computed, its tests exist, its filter filters."""

import io
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from warcio.archiveiterator import ArchiveIterator

from scrapers.archive import write_warc
from scrapers.html import host_of
from scrapers.page import Page
from scrapers.sites import modules
from tests.benchmarks import sizing
from tests.benchmarks.scaling import Row
from tests.shared import ROOT, SAMPLE

TEXT = sizing.FILE.read_text(encoding="utf-8")


def test_the_sizing_table_is_what_the_command_prints():
    assert sizing.rendered(TEXT, sizing.largest()) == TEXT, "stale: python -m tests.benchmarks.sizing"


def test_the_arithmetic():
    row = Row(1000, 4, 60.0, 10.0, 0, 0.0, 0.0, driver_mb=900.0, worker_mb=500.0, dataset_mb=20.0)
    assert (sizing.extracting(row), sizing.settling(row)) == (0.2, 0.01)
    # A million: 10,000 s to settle, 200,000 s of a core to extract in the 33,200 s left of 43,200.
    one = sizing.need(row, 1_000_000)
    assert (one.drivers, one.cores, one.disk_gb) == (1, 7, 7300.0)
    assert one.memory_gb == pytest.approx(7 * 0.5 + 0.9)
    # Ten millions: 100,000 s to settle, by five drivers in 20,000 s each.
    ten = sizing.need(row, 10_000_000)
    assert (ten.drivers, ten.cores) == (5, 5 * 18)


def test_every_fault_names_a_test():
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT)
    assert len(named) > 10
    for file, name in named:
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_the_filter_keeps_the_pages_of_known_hosts(tmp_path):
    (code,) = (code for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if "warcio" in code)
    known = {host for module in modules() for host in module.HOSTS}
    other = Page("1", b"<p>Tin</p>", "https://tin.vidu.vn/1.html", datetime(2024, 5, 1, tzinfo=UTC))
    write_warc(tmp_path / "other.warc.gz", [other])
    archive = (SAMPLE / "pages.warc.gz").read_bytes() + (tmp_path / "other.warc.gz").read_bytes()
    done = subprocess.run([sys.executable, "-c", code], input=archive, capture_output=True, check=True, cwd=ROOT)
    wanted = [page for page in pages(archive) if host_of(page[0]) in known]
    assert pages(done.stdout) == wanted and len(wanted) == len(pages(archive)) - 1 > 20


def pages(archive):
    """Address and content of each response."""
    return [
        (record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
        for record in ArchiveIterator(io.BytesIO(archive))
        if record.rec_type == "response"
    ]
