"""What the notebooks share: the dataset they read, and the few computations that need a name of their own.

Needs the extra ``notebooks`` for nothing here but drawing; the computations are pandas.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.dataset.query import query
from pipeline.dataset.snapshot import snapshot_file
from pipeline.errors import DatasetError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DATASET, PICTURES = "CONGDOAN_DATASET", "CONGDOAN_PICTURES"

# org_id → the sector union that it is or belongs to, however many steps above it.
SECTORS = """
WITH RECURSIVE up AS (
    SELECT org_id, org_id AS above FROM organizations
    UNION
    SELECT up.org_id, o.parent_org_id FROM up JOIN organizations o ON o.org_id = up.above
    WHERE o.parent_org_id IS NOT NULL
)
SELECT up.org_id, min(o.name) AS sector FROM up JOIN organizations o ON o.org_id = up.above
WHERE o.org_type = 'union_sector' GROUP BY up.org_id"""


class Tables:
    """The snapshot of one dataset, asked in SQL, answered in pandas."""

    def __init__(self, dataset: Path | None = None) -> None:
        """``dataset``: its folder; None takes it from CONGDOAN_DATASET, else ``dataset`` here or one folder up.

        DatasetError where there is none.
        """
        here = Path.cwd()
        choices = [Path(os.environ[DATASET])] if DATASET in os.environ else [here / "dataset", here.parent / "dataset"]
        found = [folder for folder in ([dataset] if dataset else choices) if snapshot_file(folder).is_file()]
        if not found:
            looked = " or ".join(str(folder) for folder in ([dataset] if dataset else choices))
            raise DatasetError(f"no dataset in {looked}; make one with `make run`, or name one in {DATASET}")
        self.dataset = found[0]

    def ask(self, sql: str) -> pd.DataFrame:
        """The answer to one SELECT; days and times as pandas timestamps."""
        frame: pd.DataFrame = query(self.dataset, sql).to_pandas()
        for name in frame.columns:
            if name.endswith(
                ("date_from", "date_to", "published_date", "first_seen", "last_seen", "month", "_from", "_to")
            ):
                frame[name] = pd.to_datetime(frame[name])
        return frame


def keep(figure: Figure, name: str) -> None:
    """Save a picture as ``name``.png where CONGDOAN_PICTURES names a folder; else do nothing."""
    if folder := os.environ.get(PICTURES):
        figure.savefig(Path(folder) / f"{name}.png", dpi=110)


def counts_by_month(events: pd.DataFrame, day: str, kind: str) -> pd.DataFrame:
    """Rows counted by month of ``day`` (index, without gaps) and by ``kind`` (columns, the most counted first)."""
    dated = events.dropna(subset=[day])
    months = pd.to_datetime(dated[day]).dt.to_period("M").dt.to_timestamp()
    table = pd.crosstab(months, dated[kind])
    if table.empty:
        return table
    table = table.reindex(pd.date_range(table.index.min(), table.index.max(), freq="MS"), fill_value=0)
    return table[table.sum().sort_values(ascending=False, kind="stable").index].rename_axis("month")


def seasonality(by_month: pd.DataFrame, min_per_year: int = 1) -> pd.DataFrame:
    """Each calendar month's share of its year, averaged over years, as a multiple of 1/12.

    1.0 is an average month, 2.0 one with twice as much. Only whole years in which a column has at least
    ``min_per_year`` count; NaN stands where there is none.
    """
    months = pd.DatetimeIndex(by_month.index)
    in_year = pd.Series(months.year, index=by_month.index)
    kept = by_month[in_year.groupby(in_year).transform("size") == 12]
    days = pd.DatetimeIndex(kept.index)
    totals = kept.groupby(days.year).transform("sum")
    shares = kept / totals.where(totals >= min_per_year) * 12
    return shares.groupby(days.month).mean().reindex(range(1, 13)).rename_axis("calendar month")


def keyness(target: pd.Series, reference: pd.Series) -> pd.DataFrame:
    """Which terms ``target`` uses more or less than ``reference``; both are counts by term.

    ``g2``: log-likelihood ratio (Dunning 1993, Accurate Methods for the Statistics of Surprise and Coincidence; above
    15.13 p < 0.0001 for one term), negative where the term is rarer. ``log_ratio``: binary logarithm of the relative
    frequencies (Hardie 2014), half an occurrence put for none. Sorted by ``g2``, the most typical first.
    """
    counts = pd.DataFrame({"target": target, "reference": reference}).fillna(0.0)
    totals = counts.sum()
    both = counts.sum(axis=1)
    expected = pd.DataFrame({name: both * total / totals.sum() for name, total in totals.items()})
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (counts * np.log(counts / expected)).where(counts > 0, 0.0)
    frequency = counts.clip(lower=0.5) / totals
    ratio = np.log2(frequency["target"] / frequency["reference"])
    sign = np.sign(counts["target"] - expected["target"])
    result = counts.assign(g2=2 * terms.sum(axis=1) * sign, log_ratio=ratio)
    return result.sort_values("g2", ascending=False, kind="stable")


def pairs_in_common(rows: pd.DataFrame, group: str, member: str) -> pd.DataFrame:
    """How many groups each two members share: columns one, other, n; each pair once, the most frequent first."""
    distinct = rows[[group, member]].drop_duplicates()
    joined = distinct.merge(distinct, on=group, suffixes=("_one", "_other"))
    joined = joined[joined[f"{member}_one"] < joined[f"{member}_other"]]
    counted = joined.groupby([f"{member}_one", f"{member}_other"]).size().reset_index(name="n")
    counted.columns = pd.Index(["one", "other", "n"])
    return counted.sort_values(["n", "one", "other"], ascending=[False, True, True], ignore_index=True)


def typical_of_years(terms: pd.DataFrame, years: Sequence[int], top: int = 12) -> pd.DataFrame:
    """The ``top`` terms most typical of each year against all other years; ``terms`` has year, term, count."""
    by_year = terms.pivot_table(index="term", columns="year", values="count", aggfunc="sum", fill_value=0)
    columns = {}
    for year in years:
        scored = keyness(by_year[year], by_year.drop(columns=year).sum(axis=1))
        columns[year] = pd.Series(scored.index[scored["g2"] > 0][:top].to_list(), dtype=object)
    return pd.DataFrame(columns)
