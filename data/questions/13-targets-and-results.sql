-- What was aimed at, and what was reached?
SELECT f.unit, f.status, f.value, f.comparator, f.period_from, f.period_to, f.evidence
FROM figures f
WHERE f.unit IN (SELECT unit FROM figures WHERE status = 'target') AND f.measure = 'count'
ORDER BY f.unit, f.status DESC, f.value DESC
