SELECT id, reference, created_at, last_sign_in_at, person_type, status, frozen, first_name, last_name, country, email, phone, preferred_language, kyc_status, kyc_level
FROM users
WHERE id = $1
