"""Where the data rows are, and how they are read: the scrapers' own loader, which imports nothing of ours."""

from scrapers.resources import DATA, rows

__all__ = ["DATA", "rows"]
