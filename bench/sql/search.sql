SELECT id, reference, created_at, last_sign_in_at, person_type, status, frozen, first_name, last_name, country, email, phone, preferred_language, kyc_status, kyc_level
FROM users
WHERE search_text LIKE $1
ORDER BY created_at DESC, id DESC
LIMIT $2
