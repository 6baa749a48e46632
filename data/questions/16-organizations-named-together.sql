-- Which organizations are named together most often?
SELECT a.name AS one, b.name AS other, count(DISTINCT x.article_id) AS articles
FROM organization_mentions x
JOIN organization_mentions y ON y.article_id = x.article_id AND y.org_id > x.org_id
JOIN organizations a ON a.org_id = x.org_id JOIN organizations b ON b.org_id = y.org_id
GROUP BY ALL HAVING articles > 1 ORDER BY articles DESC, one, other
