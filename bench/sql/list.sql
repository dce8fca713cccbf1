SELECT id, reference, created_at, last_sign_in_at, person_type, status, frozen, first_name, last_name, country, email, phone, preferred_language, kyc_status, kyc_level
FROM users
WHERE status = $1 AND country = $2 AND created_at >= $3
ORDER BY created_at DESC, id DESC
LIMIT $4
