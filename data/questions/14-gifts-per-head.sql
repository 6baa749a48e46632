-- How much is one gift worth?
SELECT f.per, f.value AS vnd, f.period_to, o.name AS giver, f.evidence, a.url
FROM figures f JOIN articles a USING (article_id) LEFT JOIN organizations o ON o.org_id = f.who_org_id
WHERE f.currency = 'VND' AND f.per IS NOT NULL ORDER BY f.per, f.value DESC
