# 202: the job is at Location, and Retry-After says how many seconds to wait
key="X-API-Key: $CHATSVG_API_KEY"
curl -sS --fail-with-body -D headers.txt -o accepted.json "$CHATSVG_URL/v1/svg/generate" \
  -H "$key" -H "Content-Type: application/json" \
  -d '{"prompt": "a lighthouse at night", "style": "filled"}'
header() { sed -n "s/^$1: *\([^[:cntrl:]]*\).*/\1/Ip" headers.txt; }

until grep -Eq '"status": *"(SUCCEEDED|FAILED)"' job.json 2> /dev/null; do
  sleep "$(header Retry-After)"
  curl -sS --fail-with-body -o job.json "$CHATSVG_URL$(header Location)" -H "$key"
done

# the same drawing as a picture
id=$(sed 's/.*"drawingId": *"\([^"]*\)".*/\1/' job.json)
curl -sS --fail-with-body -o lighthouse.png -H "$key" \
  "$CHATSVG_URL/v1/svg/drawings/$id/export?format=png&size=512"
cat job.json
