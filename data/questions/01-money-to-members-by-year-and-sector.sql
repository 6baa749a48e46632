-- How much money went to members, by year and sector?
-- Amounts told per article, not a sum of welfare: one gift may be told twice, and a total beside its parts.
SELECT year(coalesce(f.period_to, a.published_date)) AS year, coalesce(s.name, 'not said') AS sector,
    count(*) AS figures, median(f.value) AS median_vnd, max(f.value) AS largest_vnd
FROM figures f
JOIN articles a USING (article_id)
LEFT JOIN organizations o ON o.org_id = f.who_org_id
LEFT JOIN organizations s ON s.org_id = CASE WHEN o.org_type = 'union_sector' THEN o.org_id ELSE o.parent_org_id END
    AND s.org_type = 'union_sector'
WHERE f.currency = 'VND' AND f.status = 'actual' AND NOT list_has_any(f.flags, ['implausible', 'wrong']) AND a.dup_of IS NULL
    AND EXISTS (FROM event_mentions e WHERE e.article_id = f.article_id AND e.type = 'welfare')
GROUP BY ALL ORDER BY year NULLS LAST, figures DESC, sector
