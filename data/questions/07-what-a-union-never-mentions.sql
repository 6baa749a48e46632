-- Which kinds of event does a sector's or province's union never appear in?
SELECT o.name AS union_name, list_sort(list(DISTINCT k.type)) AS never
FROM organizations o
CROSS JOIN (SELECT DISTINCT type FROM event_mentions) k
WHERE o.org_type IN ('union_sector', 'union_province')
    AND EXISTS (FROM organization_mentions m WHERE m.org_id = o.org_id)
    AND NOT EXISTS (
        FROM organization_mentions m JOIN event_mentions e USING (article_id)
        WHERE m.org_id = o.org_id AND e.type = k.type)
GROUP BY o.name ORDER BY len(never), union_name
