SELECT user_id, kind, line1, postcode, city, country
FROM user_addresses
WHERE user_id = ANY($1) AND kind < 3
ORDER BY user_id, kind
