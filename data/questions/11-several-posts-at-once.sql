-- Who holds posts in a union and in the enterprise or the state at the same time?
SELECT p.name, list_sort(list(DISTINCT f.role || ' · ' || f.organization)) AS posts
FROM officials f JOIN persons p USING (person_id) JOIN organizations o USING (org_id)
WHERE f.status IN ('current', 'elected', 'appointed')
GROUP BY p.person_id, p.name
HAVING bool_or(o.org_type LIKE 'union%') AND bool_or(o.org_type IN ('company', 'state', 'party', 'school', 'press'))
ORDER BY p.name
