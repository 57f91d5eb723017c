#!/bin/sh
# Back up an installation of compose.yaml: sh deploy/compose-backup.sh FOLDER
#
# As backup.sh does it, with the programs that the containers have: pg_dump of the one PostgreSQL,
# then a container of ours for the objects. What was there before is kept where it fails.
set -eu
mkdir -p "$1/objects"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
compose() { docker compose --file deploy/compose.yaml "$@"; }
compose exec -T postgres pg_dump --username chatsvg --dbname chatsvg \
    --format custom --no-owner --no-privileges > "$folder/database.dump.part"
mv "$folder/database.dump.part" "$folder/database.dump"
compose run --rm --no-TTY --no-deps --user "$(id -u):$(id -g)" \
    --volume "$folder/objects:/backup" --entrypoint python web manage.py objects save /backup
