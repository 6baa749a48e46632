"""What is fuzzed: the Parquet files of a dataset's shards, as a failing disk or a stranger leaves them."""

from pathlib import Path

import duckdb
import pytest

import pipeline.run
from pipeline import engine
from pipeline.dataset import manifest, shards, snapshot, versions
from pipeline.dataset.schema import TABLES
from pipeline.errors import DatasetError
from tests.small_language import language, line

_TABLES = ("articles", "officials", "signatures")


def _made(folder):
    out = Path(folder) / "dataset"
    if not out.exists():
        source = Path(folder) / "news.jsonl"
        source.write_text("".join(line(number) + "\n" for number in range(3)), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pipeline.run, "language", language)
            engine.run([str(source)], out, engine.RunOptions(workers=1))
    (shard,) = manifest.committed(out).shards
    return out, shards.shard_folder(out, shard.fingerprint)


def shard_seeds(folder):
    """Files of several tables: one in place of another's is damage too."""
    _, files = _made(folder)
    return tuple((files / f"{name}.parquet").read_bytes() for name in _TABLES)


def read_shard(folder):
    """Put bytes in the place of the articles, look the dataset over, and read all of it."""
    out, files = _made(folder)

    def read(data):
        (files / "articles.parquet").write_bytes(data)
        problems = versions.check(out)
        try:
            with snapshot.open_tables(out) as con:
                found = [con.execute(f"SELECT count(*), min(t::VARCHAR) FROM {name} t").fetchone() for name in TABLES]
        except (DatasetError, duckdb.Error) as error:
            found = type(error).__name__
        return problems, found

    return read
