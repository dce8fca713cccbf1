SELECT count(*)
FROM users
WHERE status = $1 AND country = $2 AND created_at >= $3
