UPDATE users
SET phone = $2
WHERE id = $1
RETURNING id, reference, created_at, last_sign_in_at, person_type, status, frozen, first_name, last_name, country, email, phone, preferred_language, kyc_status, kyc_level
