-- Which organizations that the registry does not know are named most?
SELECT o.name, o.org_type, count(*) AS mentions, count(DISTINCT m.article_id) AS articles
FROM organizations o JOIN organization_mentions m USING (org_id)
WHERE o.origin = 'discovered' GROUP BY ALL ORDER BY articles DESC, mentions DESC, o.name
