-- Which events were announced for days after the article?
SELECT a.published_date, m.type, m.date_from, m.place, m.evidence
FROM event_mentions m JOIN articles a USING (article_id)
WHERE m.realis = 'planned' ORDER BY m.date_from NULLS LAST, a.published_date
