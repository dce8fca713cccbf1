SELECT review.user_id, review.id, review.trigger, review.state, review.opened_at, review.decided_at
FROM unnest($1::uuid[]) AS page (user_id)
CROSS JOIN LATERAL (
    SELECT user_id, id, trigger, state, opened_at, decided_at
    FROM kyc_reviews
    WHERE user_id = page.user_id
    ORDER BY opened_at DESC, id DESC
    LIMIT 3
) AS review
