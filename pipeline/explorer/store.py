"""The snapshot as the pages read it: one open file for all requests, changed for the new one after a swap."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipeline.dataset.manifest import committed
from pipeline.dataset.snapshot import snapshot_file
from pipeline.errors import DatasetError

Row = dict[str, Any]
_BATCH = 5_000  # rows of a download in memory at a time
_PARAMETER = re.compile(r"\$(\w+)")
_PREPARED = (
    "SELECT count(*) FROM search.postings, corrections, judgements WHERE FALSE",
    "CREATE TABLE memory.main.named AS SELECT org_id, count(DISTINCT article_id) AS n FROM organization_mentions "
    "WHERE org_id IS NOT NULL GROUP BY org_id",
    "CREATE TABLE memory.main.posted AS SELECT person_id, count(DISTINCT article_id) AS n FROM officials "
    "WHERE person_id IS NOT NULL GROUP BY person_id",
    "CREATE TABLE memory.main.took_part AS SELECT DISTINCT p.org_id, m.event_id, p.role FROM event_participants p "
    "JOIN event_mentions m ON m.row_id = p.event_row_id WHERE p.org_id IS NOT NULL AND m.event_id IS NOT NULL",
    "CREATE TABLE memory.main.best AS SELECT e.rowid AS event, m.rowid AS mention FROM events e "
    "JOIN event_mentions m ON m.row_id = e.best_row_id",
)
_Identity = tuple[int, int, int]


class Snapshot:
    """One opened snapshot file. It stays readable after the file was replaced, until the last request on it ends."""

    def __init__(self, file: Path) -> None:
        # A catalog of its own: DuckDB hands out the old file again where one opens a path that is still open.
        self._con = duckdb.connect(":memory:")
        path = str(file).replace("'", "''")
        try:
            self._con.execute(f"ATTACH '{path}' AS snapshot (READ_ONLY)")
        except duckdb.Error as error:
            raise DatasetError(f"{file}: can't be opened ({str(error).splitlines()[0]})") from error
        self._con.execute(
            "SET enable_external_access = false; SET autoinstall_known_extensions = false; "
            "SET autoload_known_extensions = false; SET python_enable_replacements = false; "
            "SET enable_progress_bar = false; SET lock_configuration = true"
        )
        try:
            self._prepare()
        except duckdb.Error as error:
            raise DatasetError(
                f"{file}: a snapshot of an older congdoan ({str(error).splitlines()[0]}); start the last run again, it "
                "makes the snapshot anew"
            ) from error
        self.generation = int(self.rows("SELECT generation FROM meta.snapshot")[0]["generation"])
        self.cache: dict[str, Any] = {}

    def _prepare(self) -> None:
        """What lists sort and choose by, worked out once, in memory."""
        for statement in _PREPARED:
            self.rows(statement)

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """The answer to one of our own statements, whole."""
        with self._cursor() as cursor:
            answer = cursor.execute(sql, _used(sql, parameters))
            names = [column[0] for column in answer.description or ()]
            return [dict(zip(names, values, strict=True)) for values in answer.fetchall()]

    def one(self, sql: str, parameters: Mapping[str, object] | None = None) -> Row | None:
        """Its first row."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def stream(self, sql: str, parameters: Mapping[str, object] | None = None) -> Iterator[list[object]]:
        """Its rows as lists, read as they are asked for; the first list is the columns' names."""
        with self._cursor() as cursor:
            reader = cursor.sql(sql, params=_used(sql, parameters) or None).to_arrow_reader(_BATCH)
            assert reader is not None  # so for statements that read, and no other comes here
            yield list(reader.schema.names)
            for batch in reader:
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    yield list(row)

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection for one statement: requests run in threads, and each needs its own."""
        with self._con.cursor() as cursor:
            cursor.execute("USE snapshot")
            yield cursor


def _used(sql: str, parameters: Mapping[str, object] | None) -> dict[str, object]:
    """The parameters that the statement names: DuckDB refuses others."""
    named = set(_PARAMETER.findall(sql))
    return {name: value for name, value in (parameters or {}).items() if name in named}


class Store:
    """The dataset's present snapshot; whoever asks after a swap gets the new one."""

    def __init__(self, dataset: Path) -> None:
        self._file = snapshot_file(dataset)
        self._lock = threading.Lock()
        if not self._file.is_file():
            committed(dataset)
            raise DatasetError(f"{self._file}: no snapshot; start the last run again, it makes one from the shards")
        self._identity = self._identify()
        self._snapshot = Snapshot(self._file)

    def snapshot(self) -> Snapshot:
        """The snapshot that lies there now; the one before where the new one can't be read."""
        with self._lock:
            try:
                identity = self._identify()
                if identity != self._identity:
                    self._snapshot = Snapshot(self._file)
                    self._identity = identity
            except (OSError, DatasetError, duckdb.Error):
                return self._snapshot
            return self._snapshot

    def _identify(self) -> _Identity:
        found = self._file.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size
