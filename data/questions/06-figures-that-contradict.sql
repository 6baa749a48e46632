-- Which figures can't be right, contradict another of their article, or were said to be wrong?
SELECT a.title, f.surface, f.value, f.unit, f.flags, f.evidence
FROM figures f JOIN articles a USING (article_id)
WHERE list_has_any(f.flags, ['implausible', 'wrong'])
ORDER BY a.title, f.start
