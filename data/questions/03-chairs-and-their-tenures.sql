-- Who chairs which union, and between which days is that seen?
SELECT o.name AS union_name, p.name AS chair, t.first_seen, t.last_seen, t.stated_from, t.stated_to, t.n_articles, t.conflict
FROM tenures t JOIN persons p USING (person_id) JOIN organizations o USING (org_id)
WHERE t.role_id = 'chair' AND o.org_type LIKE 'union%'
ORDER BY union_name, t.first_seen NULLS LAST, chair
