-- How many events of each type does a month have?
SELECT strftime(date_from, '%Y-%m') AS month, type, count(*) AS events
FROM events WHERE date_from IS NOT NULL
GROUP BY ALL ORDER BY month, events DESC, type
