# what becomes of your jobs in the next five seconds; without --max-time it stays open
curl -sS -N --max-time 5 "$CHATSVG_URL/v1/events" -H "X-API-Key: $CHATSVG_API_KEY"
