#!/bin/sh
# Build the image, start deploy/compose.yaml with made-up secrets, ask every way in, and end it.
# Wants Docker with Compose, and the ports 80 and 443.
set -eu
cd "$(dirname "$0")/.."
env_file=$(mktemp)
compose() {
    docker compose --project-name chatsvg-try --env-file "$env_file" --file deploy/compose.yaml \
        --profile watch "$@"
}
folder=$(mktemp -d)
trap 'compose logs --tail 40; compose down --volumes --timeout 5; rm -rf "$env_file" "$folder"' EXIT
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
sed '/^$/q' deploy/env.example | # what must be filled in
    sed -n 's/^\([A-Z0-9_]*\(SECRET\|TOKEN\|PASSWORD\|KEY\)[A-Z0-9_]*\)=$/\1/p' |
    while read -r name; do echo "$name=$(random)"; done > "$env_file"
printf 'CHATSVG_HOST=chatsvg.invalid\nACME_EMAIL=nobody@chatsvg.invalid\n' >> "$env_file"

compose up --build --detach --wait --wait-timeout 300
get() { curl --silent --show-error --fail --insecure --resolve chatsvg.invalid:443:127.0.0.1 "$@"; }
get https://chatsvg.invalid/api/ready | grep '"database":"connected"'
get https://chatsvg.invalid/ > /dev/null
get https://chatsvg.invalid/mcp/health > /dev/null
get 'https://chatsvg.invalid/socket.io/?EIO=4&transport=polling' | grep '"sid"'
compose exec -T web python manage.py doctor
compose exec -T web python manage.py audit
ask() { compose exec -T prometheus wget -q -O - "http://127.0.0.1:9090/api/v1/query?query=$1"; }
for try in 1 2 3 4 5 6 7 8 9 10 never; do # it asks once a minute
    ask 'sum(up)' | grep '"5"' && break
    [ "$try" != never ] && sleep 10
done
curl --silent --fail http://127.0.0.1:3000/api/health
COMPOSE_PROJECT_NAME=chatsvg-try COMPOSE_ENV_FILES="$env_file" sh deploy/compose-backup.sh "$folder"
compose exec -T postgres pg_restore --list < "$folder/database.dump" | grep generations_job
echo "the image works"
