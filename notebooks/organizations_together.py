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
# # Which organizations act together
#
# Two organizations are joined where they take part in the same event; the line is as strong as the number of such events.
#
# **What these tables cannot tell.** Being named in one event is not cooperation: a guest, a giver and an opponent are joined
# alike unless their roles are looked at. Organizations whose names are not recognized are missing, and those of sites that
# were collected are over-represented. Names that the registry does not know are joined by spelling. The happenings of the
# bundled sample are invented.

# %%
import matplotlib.pyplot as plt
import networkx as nx
import pandas as pd

from pipeline.trends import Tables, keep, pairs_in_common

tables = Tables()
taking_part = tables.ask("""
    SELECT DISTINCT m.event_id, o.name, o.org_type, p.role
    FROM event_participants p
    JOIN event_mentions m ON m.row_id = p.event_row_id
    JOIN organizations o USING (org_id)
    ORDER BY ALL
""")
taking_part.groupby("role").agg(participations=("event_id", "size"), organizations=("name", "nunique"))

# %% [markdown]
# ## The pairs met most often

# %%
pairs = pairs_in_common(taking_part, "event_id", "name")
pairs.head(12)

# %% [markdown]
# ## The network

# %%
graph = nx.Graph()
for pair in pairs.head(60).itertuples():
    graph.add_edge(pair.one, pair.other, weight=pair.n)
figure, axes = plt.subplots(figsize=(11, 7))
places = nx.spring_layout(graph, seed=7, k=0.9)
weights = [graph[a][b]["weight"] for a, b in graph.edges]
nx.draw_networkx_edges(graph, places, ax=axes, width=[0.6 + w for w in weights], edge_color="#999999")
nx.draw_networkx_nodes(graph, places, ax=axes, node_size=[60 + 50 * d for _, d in graph.degree], node_color="#0072B2")
nx.draw_networkx_labels(graph, places, ax=axes, font_size=7)
axes.set_axis_off()
axes.set_title("Organizations that take part in the same events")
figure.tight_layout()
keep(figure, "together")

# %% [markdown]
# ## Who stands in the middle
#
# `degree` counts partners, `events` participations. Betweenness is left out: on a network of what happened to be collected
# it measures the collection.

# %%
degree = pd.Series(dict(graph.degree), name="degree", dtype=int)
events = taking_part.groupby("name")["event_id"].nunique().rename("events")
pd.concat([degree, events], axis=1).dropna().astype(int).sort_values(["degree", "events"], ascending=False).head(10)

# %% [markdown]
# ## In which roles
#
# The same organizations by what they do in the events.

# %%
taking_part.pivot_table(index="name", columns="role", values="event_id", aggfunc="nunique", fill_value=0).assign(
    all=lambda table: table.sum(axis=1)
).sort_values("all", ascending=False).head(10)
