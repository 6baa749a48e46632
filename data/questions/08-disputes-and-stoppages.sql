-- Which disputes and work stoppages are told, where and when?
SELECT e.date_from, e.date_to, e.place, e.n_articles, e.n_sources, m.evidence, a.url
FROM events e JOIN event_mentions m ON m.row_id = e.best_row_id JOIN articles a USING (article_id)
WHERE e.type = 'dispute' ORDER BY e.date_from NULLS LAST
