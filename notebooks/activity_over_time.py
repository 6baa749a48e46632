# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Union activity over time
#
# What unions report doing, by month, type of event and sector, and what returns every year.
#
# The notebook reads the dataset's snapshot and nothing else. It takes the folder from the environment variable
# `CONGDOAN_DATASET` (default: `dataset` at the top of the checkout), so that it runs unchanged on the bundled sample and
# on a dataset of your own.
#
# **What these tables cannot tell.** A month without events is a month without *pages*, not without activity: counts follow
# what was collected. An event is dated only where its page says when it took place; events without a date are counted
# beside the chart, never placed by a guess. Seasonality needs several whole years of one source to mean anything. The
# pages of the bundled sample are invented.

# %%
import matplotlib.pyplot as plt

from pipeline.trends import SECTORS, Tables, counts_by_month, keep, seasonality

tables = Tables()
tables.ask("SELECT count(*) AS articles, min(published_date) AS first, max(published_date) AS last FROM articles")

# %% [markdown]
# ## Events by month and type
#
# `events` counts a happening once however many pages tell it. A month is the month in which the event began.

# %%
events = tables.ask("SELECT type, date_from FROM events WHERE date_from >= DATE '2000-01-01'")
by_month = counts_by_month(events, "date_from", "type")
by_month.sum().rename("events").to_frame()

# %%
shown = by_month.columns[:8]
series = by_month[shown].assign(others=by_month.drop(columns=shown).sum(axis=1))
figure, axes = plt.subplots(figsize=(11, 4.5))
bottom = 0
for name, colour in zip(series.columns, plt.get_cmap("tab10").colors):
    axes.bar(series.index, series[name], width=25, bottom=bottom, label=name, color=colour)
    bottom = bottom + series[name]
axes.set_ylabel("events a month")
axes.set_title("What unions report doing, by month and type")
axes.spines[["top", "right"]].set_visible(False)
axes.legend(frameon=False, fontsize=8, ncols=3, loc="upper left")
figure.tight_layout()
keep(figure, "activity")

# %% [markdown]
# ## What returns every year
#
# The average share of a calendar month in its year, as a multiple of an even twelfth: 2.0 is a month with twice its share.
# Years that the dataset covers only in part are left out, and NaN says that no year is left.

# %%
seasonality(by_month[by_month.columns[:6]], min_per_year=3).round(2)

# %% [markdown]
# ## By sector
#
# An event belongs to the sector unions whose organizations its sentence or its article's main event names as organizers; an
# event of two sectors counts in both, one without a named organizer in none.

# %%
by_sector = tables.ask(f"""
    WITH sectors AS ({SECTORS})
    SELECT s.sector, e.type, count(DISTINCT e.event_id) AS events
    FROM events e
    JOIN event_mentions m USING (event_id)
    JOIN event_participants p ON p.event_row_id = m.row_id AND p.role IN ('organizer', 'giver')
    JOIN sectors s USING (org_id)
    GROUP BY ALL
""")
by_sector.pivot_table(index="sector", columns="type", values="events", aggfunc="sum", fill_value=0)

# %% [markdown]
# ## Main events, dated or not
#
# How much of the picture above rests on a stated date.

# %%
tables.ask("""
    SELECT type, count(*) AS main_events, count(date_from) AS with_a_day_or_month,
        round(100.0 * count(date_from) / count(*)) AS percent
    FROM event_mentions WHERE is_main
    GROUP BY type ORDER BY main_events DESC, type
""")
