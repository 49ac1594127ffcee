#!/bin/sh
# Run once by the image, while its data folder is empty: makes the database and its two roles. Their passwords are those of
# the URLs that audit is given, so that no secret is written down twice.
set -eu

# Everything between the second colon and the at sign.
password_of() {
  sed -E 's|^[^:]+://[^:]+:([^@]+)@.*$|\1|' "${FLOWSTATE_SECRETS:-/run/secrets}/$1"
}

DATABASE_OWNER_PASSWORD=$(password_of database_url)
DATABASE_API_PASSWORD=$(password_of database_api_url)
export DATABASE_OWNER_PASSWORD DATABASE_API_PASSWORD

# Not in its arguments: they can be seen from outside the process.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --file "${FLOWSTATE_ROLES:-/etc/flowstate/roles.sql}"
