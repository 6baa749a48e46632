-- Which congresses took place, of whom, for which term?
SELECT e.date_from, e.place, d.surface AS term, m.evidence
FROM events e
JOIN event_mentions m ON m.row_id = e.best_row_id
LEFT JOIN dates d ON d.article_id = m.article_id AND d.function = 'term'
    AND d.start = (SELECT min(start) FROM dates WHERE article_id = m.article_id AND function = 'term')
WHERE e.type = 'congress' ORDER BY e.date_from NULLS LAST
