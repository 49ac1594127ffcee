-- Run once per cluster, as a superuser: the owner of audit's tables, its database, and the login of the tenant API.
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv api_password DATABASE_API_PASSWORD

CREATE ROLE flowstate LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION PASSWORD :'owner_password';
CREATE DATABASE flowstate OWNER flowstate;
REVOKE ALL ON DATABASE flowstate FROM PUBLIC;

\ir api-role.sql
GRANT CONNECT ON DATABASE flowstate TO flowstate_api;
ALTER ROLE flowstate_audit_api PASSWORD :'api_password';
