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
# # Officials: who held which post, as far as the pages show
#
# A tenure here is a *bound of evidence*: the first and the last day on which a page shows a person in a post. The term of
# office began before the first and may have ended after the last.
#
# **What these tables cannot tell.** Who held a post in a month without pages. Whether two people of one name are one: they
# are merged only where name *and* organization agree. Who is missing: pages name chairs more often than members. A
# post that a page calls "nguyên" (former) gives no tenure. The people of the bundled sample are invented.

# %%
import matplotlib.pyplot as plt
import pandas as pd

from pipeline.trends import Tables, keep

tables = Tables()
tables.ask("SELECT count(*) AS statements, count(DISTINCT person_id) AS persons, count(DISTINCT org_id) AS organizations FROM officials")

# %% [markdown]
# ## Chairs and vice chairs of unions

# %%
tenures = tables.ask("""
    SELECT o.name AS organization, t.role_id, p.name AS person, t.first_seen, t.last_seen, t.stated_from, t.stated_to,
        t.n_articles, t.n_sources, t.conflict
    FROM tenures t JOIN persons p USING (person_id) JOIN organizations o USING (org_id)
    WHERE t.role_id IN ('chair', 'standing_vice_chair', 'vice_chair') AND o.org_type LIKE 'union%'
        AND t.first_seen IS NOT NULL
    ORDER BY o.name, t.role_id, t.first_seen, p.name
""")
tenures.head(12)

# %%
busiest = tenures.groupby("organization").size().sort_values(ascending=False, kind="stable").index[:6]
shown = tenures[tenures["organization"].isin(busiest)].sort_values(["organization", "role_id", "first_seen"])
figure, axes = plt.subplots(figsize=(10, 0.34 * len(shown) + 1))
colours = {"chair": "#0072B2", "standing_vice_chair": "#009E73", "vice_chair": "#E69F00"}
for place, row in enumerate(shown.itertuples()):
    # A single day is a bar of two weeks: otherwise it could not be seen.
    width = max((row.last_seen - row.first_seen).days, 14)
    axes.barh(place, width, left=row.first_seen, color=colours[row.role_id], height=0.6)
axes.set_yticks(range(len(shown)), [f"{row.person} · {row.organization}" for row in shown.itertuples()], fontsize=7)
axes.invert_yaxis()
axes.set_title("Seen in office: first to last day of evidence")
axes.legend(handles=[plt.Rectangle((0, 0), 1, 1, color=c, label=r) for r, c in colours.items()], frameon=False, fontsize=8)
axes.spines[["top", "right"]].set_visible(False)
figure.tight_layout()
keep(figure, "tenures")

# %% [markdown]
# ## Two at once in a post that one person holds
#
# `conflict` marks them: a change of office inside the interval, a namesake, or an error. Read the sentences.

# %%
tenures[tenures["conflict"]]

# %% [markdown]
# ## Elections and appointments that pages tell of

# %%
with pd.option_context("display.max_colwidth", 140):
    display(
        tables.ask("""
            SELECT a.published_date, f.person, f.role, f.organization, f.status, f.evidence
            FROM officials f JOIN articles a USING (article_id)
            WHERE f.status IN ('elected', 'appointed', 'retired') AND a.dup_of IS NULL
            ORDER BY a.published_date, f.row_id LIMIT 10
        """)
    )

# %% [markdown]
# ## How much evidence a tenure rests on

# %%
tables.ask("SELECT n_articles, count(*) AS tenures FROM tenures GROUP BY n_articles ORDER BY n_articles")
