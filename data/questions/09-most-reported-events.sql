-- Which events are told by more than one source or article?
SELECT e.type, e.date_from, e.place, e.n_articles, e.n_sources, m.evidence
FROM events e JOIN event_mentions m ON m.row_id = e.best_row_id
WHERE e.n_articles > 1 OR e.n_sources > 1
ORDER BY e.n_sources DESC, e.n_articles DESC, e.date_from
