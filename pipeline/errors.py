"""Errors of the pipeline; the tree is drawn in :mod:`scrapers.errors`."""

from __future__ import annotations

from scrapers.errors import CongdoanError, InputError, UsageError

__all__ = ["ClusterError", "CongdoanError", "DatasetError", "InputError", "QueryRefused", "UsageError"]


class ClusterError(CongdoanError):
    """A Dask cluster that is not there, went away, or has other code than the driver."""


class DatasetError(CongdoanError):
    """A dataset folder that is missing, written by another schema version, or inconsistent."""


class QueryRefused(CongdoanError):
    """A SQL statement that is wrong, would write, or would read outside the snapshot."""
