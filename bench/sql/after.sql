SELECT id, reference, created_at, last_sign_in_at, person_type, status, frozen, first_name, last_name, country, email, phone, preferred_language, kyc_status, kyc_level
FROM users
WHERE created_at <= $1 AND (created_at < $1 OR id < $2)
ORDER BY created_at DESC, id DESC
LIMIT $3
