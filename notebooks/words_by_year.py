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
# # What unions write about
#
# Words by year, and which words are typical of a year, a source or a type of event.
#
# It reads the table `terms` (underthesea's word segmentation), which `congdoan run --terms` fills.
#
# **What these tables cannot tell.** A word that becomes rarer may be said otherwise. Keyness compares what was *collected*: a
# new source with its own style looks like a change of topic, so compare within one source before you speak of time.
# Segmentation has errors, and names of people and places are words like others. The pages of the bundled sample are
# invented.

# %%
import matplotlib.pyplot as plt
import pandas as pd

from pipeline.trends import Tables, keep, keyness, typical_of_years

tables = Tables()
terms = tables.ask("""
    SELECT year(a.published_date) AS year, t.term, sum(t.count)::BIGINT AS count
    FROM terms t JOIN articles a USING (article_id)
    WHERE a.published_date IS NOT NULL AND a.dup_of IS NULL AND strpos(t.term, ' ') > 0
    GROUP BY ALL ORDER BY ALL
""")
assert len(terms), "the dataset has no terms: make it with `congdoan run --terms`"
sizes = terms.groupby("year")["count"].sum()
sizes.rename("words of two or more syllables").to_frame()

# %% [markdown]
# ## Words per thousand, by year
#
# Relative frequencies: years differ in how much was collected.

# %%
WORDS = ["đại hội", "thi đua", "hỗ trợ", "dịch bệnh", "tai nạn", "đối thoại", "tiền lương"]
table = terms.pivot_table(index="year", columns="term", values="count", aggfunc="sum", fill_value=0)
share = table.reindex(columns=WORDS, fill_value=0).div(sizes, axis=0) * 1000
figure, axes = plt.subplots(figsize=(10, 4))
for word, colour in zip(WORDS, plt.get_cmap("tab10").colors):
    axes.plot(share.index, share[word], marker="o", label=word, color=colour)
axes.set_ylabel("per 1,000 words")
axes.set_xticks(share.index)
axes.legend(frameon=False, fontsize=8, ncols=2)
axes.spines[["top", "right"]].set_visible(False)
axes.set_title("How often unions' pages use some words")
figure.tight_layout()
keep(figure, "words")

# %% [markdown]
# ## What is typical of a year
#
# Log-likelihood ratio against all other years (Dunning 1993). Above 15.13 one term is beyond chance at p < 0.0001, but
# thousands are tested, and texts are not random draws of words: read it as a ranking, not as a test.

# %%
typical_of_years(terms, sorted(terms["year"].unique())[-6:], top=10)

# %% [markdown]
# ## What disputes are told with, against everything else

# %%
by_type = tables.ask("""
    SELECT e.type = 'dispute' AS dispute, t.term, sum(t.count)::BIGINT AS count
    FROM terms t JOIN articles a USING (article_id)
    JOIN event_mentions e ON e.article_id = a.article_id AND e.is_main
    WHERE a.dup_of IS NULL AND strpos(t.term, ' ') > 0 GROUP BY ALL
""")
split = by_type.pivot_table(index="term", columns="dispute", values="count", aggfunc="sum", fill_value=0)
split = split.reindex(columns=[True, False], fill_value=0)
keyness(split[True], split[False]).head(12).round(2)
