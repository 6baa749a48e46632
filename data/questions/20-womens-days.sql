-- What happens around 8 March and 20 October each year?
SELECT year(e.date_from) AS year, CASE month(e.date_from) WHEN 3 THEN '8 March' ELSE '20 October' END AS day,
    e.type, count(*) AS events
FROM events e
WHERE (month(e.date_from) = 3 AND day(e.date_from) BETWEEN 1 AND 15)
    OR (month(e.date_from) = 10 AND day(e.date_from) BETWEEN 13 AND 27)
GROUP BY ALL ORDER BY year, day, events DESC, e.type
