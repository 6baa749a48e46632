-- What does each source write about, and how much of it is its own?
SELECT s.name, s.publisher_type, count(*) AS articles, count(a.dup_of) AS copies,
    min(a.published_date) AS first, max(a.published_date) AS last,
    mode(e.type) AS most_told
FROM articles a JOIN sources s USING (source_id)
LEFT JOIN event_mentions e ON e.article_id = a.article_id AND e.is_main
GROUP BY s.name, s.publisher_type ORDER BY articles DESC, s.name
