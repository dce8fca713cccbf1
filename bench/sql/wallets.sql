SELECT wallet.user_id, wallet.id, wallet.status, wallet.provider, wallet.currency, wallet.opened_at
FROM unnest($1::uuid[]) AS page (user_id)
CROSS JOIN LATERAL (
    SELECT user_id, id, status, provider, currency, opened_at
    FROM wallets
    WHERE user_id = page.user_id
    ORDER BY opened_at DESC, id DESC
    LIMIT 1
) AS wallet
