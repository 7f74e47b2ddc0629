#!/usr/bin/env bash
# Runs once, in an empty cluster: a role and a database of its own for every service.
# Nobody else may even connect to it; passwords come from secret files and are never arguments.
set -euo pipefail

for service in indicator project bond alert; do
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --quiet <<SQL
\set password \`cat /run/secrets/${service}_db_password\`
CREATE ROLE $service LOGIN PASSWORD :'password';
CREATE DATABASE $service OWNER $service TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
REVOKE CONNECT, TEMPORARY ON DATABASE $service FROM PUBLIC;
SQL
done
