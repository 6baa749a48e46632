-- Which figures of one article can't both be right, or can't be right at all?
SELECT a.title, f.surface, f.value, f.unit, f.flags, f.evidence
FROM figures f JOIN articles a USING (article_id)
WHERE list_contains(f.flags, 'implausible') OR list_contains(f.flags, 'contradicted')
ORDER BY a.title, f.start
