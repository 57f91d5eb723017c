#!/bin/sh
# Back up what DATABASE_URL and the storage hold: sh deploy/backup.sh FOLDER
#
# The database is one moment of it, and has all drawings. Pictures of people and exports are copied
# after that; those that are in the folder are not copied again.
# Wants pg_dump of PostgreSQL 18 and the environment of any of our processes.
set -eu
folder=$1
mkdir -p "$folder/objects"
pg_dump --dbname "$DATABASE_URL" --format custom --no-owner --no-privileges \
    --file "$folder/database.dump.part"
mv "$folder/database.dump.part" "$folder/database.dump"
python "$(dirname "$0")/../manage.py" objects save "$folder/objects"
