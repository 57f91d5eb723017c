# signs in and makes a test key; CHATSVG_EMAIL and CHATSVG_PASSWORD are those of your account
token=$(curl -sS -c cookies.txt "$CHATSVG_URL/api/csrf" | sed 's/.*"csrfToken": *"\([^"]*\)".*/\1/')

post() {
  curl -sS --fail-with-body -b cookies.txt -c cookies.txt "$CHATSVG_URL/api$1" \
    -H "X-CSRF-Token: $token" -H "Content-Type: application/json" -d "$2"
}

post /auth/login "{\"email\": \"$CHATSVG_EMAIL\", \"password\": \"$CHATSVG_PASSWORD\"}" > account.json
post /keys '{"name": "My first key", "environment": "test"}' | sed 's/.*"key": *"\([^"]*\)".*/\1/'
