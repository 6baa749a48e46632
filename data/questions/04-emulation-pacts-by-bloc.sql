-- Which emulation pacts were signed or summed up, by which bloc or union?
SELECT e.date_from, e.place, coalesce(o.name, 'not said') AS organizer, e.n_articles, m.evidence
FROM events e
JOIN event_mentions m ON m.row_id = e.best_row_id
LEFT JOIN event_participants p ON p.event_row_id = m.row_id AND p.role = 'organizer'
LEFT JOIN organizations o USING (org_id)
WHERE e.type = 'emulation'
ORDER BY e.date_from NULLS LAST, organizer
