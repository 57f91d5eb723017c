curl -sS --fail-with-body "$CHATSVG_URL/v1/svg/generate" \
  -H "X-API-Key: $CHATSVG_API_KEY" \
  -H "Content-Type: application/json" \
  -H "Prefer: wait=30" \
  -d '{"prompt": "a red fox asleep", "style": "flat"}'
