#!/bin/sh
# Put a backup into an empty database and the storage, and prove it: sh deploy/restore.sh FOLDER
#
# All of the database comes, or nothing; then the objects that it knows. Copies of drawings are made
# anew by workers once they run. Ends with 1 where the audit finds any drift.
# Wants pg_restore and psql of PostgreSQL 18 and the environment of any of our processes; web, live,
# workers and the schedule must not run.
set -eu
folder=$1
manage="$(dirname "$0")/../manage.py"
tables=$(psql --dbname "$DATABASE_URL" --no-psqlrc --tuples-only --no-align \
    --command "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
if [ "$tables" != 0 ]; then
    echo "The database is not empty: it has $tables tables. Restore into a new one." >&2
    exit 1
fi
pg_restore --dbname "$DATABASE_URL" --no-owner --no-privileges --exit-on-error \
    --single-transaction "$folder/database.dump"
python "$manage" migrate --no-input
python "$manage" objects load "$folder/objects"
python "$manage" audit
