# asked twice, drawn once: the second answer is the first, byte for byte
for attempt in first second; do
  curl -sS --fail-with-body -D "$attempt.txt" -o "$attempt.json" "$CHATSVG_URL/v1/svg/generate" \
    -H "X-API-Key: $CHATSVG_API_KEY" \
    -H "Content-Type: application/json" \
    -H "Idempotency-Key: order-4711-from-a-shell" \
    -d '{"prompt": "a paper boat", "style": "outline"}'
done
grep -i "^idempotent-replayed" second.txt
cmp first.json second.json && echo "one job"
