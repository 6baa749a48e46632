-- Which posts did each person hold, at which organization?
SELECT p.name, f.role, coalesce(f.organization, 'not said') AS organization, f.status,
    min(a.published_date) AS first_told, max(a.published_date) AS last_told, count(DISTINCT a.article_id) AS articles
FROM officials f JOIN persons p USING (person_id) JOIN articles a USING (article_id)
GROUP BY ALL ORDER BY p.name, first_told NULLS LAST, organization
