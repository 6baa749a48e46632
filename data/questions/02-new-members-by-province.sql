-- Which provincial federations report new members, and how many?
SELECT o.name AS federation, f.value, f.comparator, f.status, f.period_from, f.period_to, f.evidence, a.url
FROM figures f
JOIN articles a USING (article_id)
LEFT JOIN organizations o ON o.org_id = f.who_org_id
WHERE regexp_matches(lower(f.surface), 'đoàn viên.* mới|kết nạp|phát triển mới')
    OR (lower(f.unit) LIKE '%đoàn viên%' AND lower(f.evidence) LIKE '%kết nạp%')
ORDER BY federation NULLS LAST, f.value DESC
