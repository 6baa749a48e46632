-- Who was elected or appointed to what?
SELECT a.published_date, f.person, f.role, f.organization, f.status, f.stated_from, f.stated_to, f.evidence
FROM officials f JOIN articles a USING (article_id)
WHERE f.status IN ('elected', 'appointed') ORDER BY a.published_date NULLS LAST, f.person
