# the secret is shown this once: keep it where the receiver finds it
curl -sS --fail-with-body "$CHATSVG_URL/v1/webhooks" \
  -H "X-API-Key: $CHATSVG_API_KEY" \
  -H "Content-Type: application/json" \
  -d "{\"url\": \"$RECEIVER_URL\", \"events\": [\"generation.succeeded\", \"generation.failed\"]}"
