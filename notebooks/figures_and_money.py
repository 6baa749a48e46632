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
# # Figures and money: what may be added up, and what may not
#
# Unions report amounts: gifts, funds, houses, new members. This notebook shows how far they can be summed.
#
# **What these tables cannot tell.** Pages report totals beside their parts, last year's beside this year's, plans beside
# results, and the same sum again a week later. A plain `sum(value)` over `figures` is therefore *always* wrong. What can be
# said: the amount of one gift (`per`), the distribution of reported amounts, the largest total a source claims for a
# period, and how often amounts are reported at all. Amounts are nominal đồng; nothing here is adjusted for prices. The
# pages of the bundled sample are invented.

# %%
import matplotlib.pyplot as plt
import pandas as pd

from pipeline.trends import Tables, keep

tables = Tables()

# %% [markdown]
# ## From all amounts to those that may stand beside each other
#
# Each step takes out what must not be added to the rest.

# %%
STEPS = {
    "amounts in đồng": "TRUE",
    "that happened (no targets, no plans)": "status = 'actual'",
    "that can be right": "NOT list_has_any(f.flags, ['implausible', 'wrong'])",
    "told by an original, not a copy": "dup_of IS NULL",
    "exact or a lower bound (no 'under', no 'at most')": "comparator IN ('=', '>', '>=', '~')",
    "the amount of one gift, house or wage": "per IS NOT NULL",
}
conditions, rows = ["currency = 'VND'"], []
for step, condition in STEPS.items():
    conditions.append(condition)
    where = " AND ".join(conditions)
    found = tables.ask(f"SELECT count(*) AS n, sum(value) AS total FROM figures f JOIN articles USING (article_id) WHERE {where}")
    rows.append({"step": step, "figures": found["n"][0], "a sum that means nothing": found["total"][0]})
pd.DataFrame(rows).style.format({"a sum that means nothing": "{:,.0f}"}).hide(axis="index")

# %% [markdown]
# ## What one gift is worth
#
# Amounts *per* gift, house, person or month don't double when two pages tell them, as long as we look at their
# distribution and not at their sum.

# %%
gifts = tables.ask("""
    SELECT f.per, f.value, coalesce(f.period_to, a.published_date) AS told_of, f.evidence
    FROM figures f JOIN articles a USING (article_id)
    WHERE f.currency = 'VND' AND f.per IS NOT NULL AND f.status = 'actual' AND a.dup_of IS NULL
        AND NOT list_has_any(f.flags, ['implausible', 'wrong'])
""")
gifts.groupby("per")["value"].describe(percentiles=[0.5])[["count", "min", "50%", "max"]].sort_values(
    ["count", "50%"], ascending=False
).head(10)

# %%
common = gifts["per"].value_counts().index[:5]
figure, axes = plt.subplots(figsize=(9, 3.6))
axes.boxplot([gifts.loc[gifts["per"] == unit, "value"] / 1e6 for unit in common], tick_labels=list(common), vert=False)
axes.set_xscale("log")
axes.set_xlabel("million đồng each, logarithmic")
axes.set_title("What one of them is worth")
axes.spines[["top", "right"]].set_visible(False)
figure.tight_layout()
keep(figure, "gifts")

# %% [markdown]
# ## The largest total that an article claims
#
# One number an article: the largest actual amount in it. It is a claim about some period, not a payment of the day; the
# sentence says which.

# %%
with pd.option_context("display.max_colwidth", 140):
    display(
        tables.ask("""
            SELECT a.published_date, arg_max(f.value, f.value) AS vnd, arg_max(f.period_from, f.value) AS period_from,
                arg_max(f.period_to, f.value) AS period_to, arg_max(f.evidence, f.value) AS evidence
            FROM figures f JOIN articles a USING (article_id)
            WHERE f.currency = 'VND' AND f.status = 'actual' AND a.dup_of IS NULL
                AND NOT list_has_any(f.flags, ['implausible', 'wrong'])
            GROUP BY a.article_id, a.published_date ORDER BY vnd DESC LIMIT 8
        """)
    )

# %% [markdown]
# ## Figures that contradict each other
#
# Never mended, only flagged: read the sentence.

# %%
with pd.option_context("display.max_colwidth", 140):
    display(tables.ask("SELECT surface, value, flags, evidence FROM figures WHERE list_contains(flags, 'implausible')"))

# %% [markdown]
# ## Counts with a unit
#
# People and things counted. Members reached twice are counted twice by the pages themselves ("lượt người" says so).

# %%
tables.ask("""
    SELECT unit, count(*) AS figures, count(*) FILTER (status = 'target') AS targets, median(value) AS median,
        max(value) AS largest
    FROM figures JOIN articles USING (article_id)
    WHERE measure = 'count' AND dup_of IS NULL GROUP BY unit HAVING count(*) > 1 ORDER BY figures DESC, unit LIMIT 15
""")
