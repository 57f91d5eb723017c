# every error is application/problem+json; errorCode is for programs, detail for people
status=$(curl -sS -o problem.json -w '%{http_code}' "$CHATSVG_URL/v1/svg/generate" \
  -H "X-API-Key: $CHATSVG_API_KEY" -H "Content-Type: application/json" \
  -d '{"prompt": "short"}')
if [ "$status" -ge 400 ]; then
  echo "$status" "$(sed 's/.*"errorCode": *"\([^"]*\)".*/\1/' problem.json)"
fi
