-- The roles that the tenant API reads with. Run once per cluster as a role that may make roles, again after every upgrade;
-- running it twice changes nothing. Then give the login a password, and audit its URL as DATABASE_API_URL:
--
--   psql -f deploy/postgres/api-role.sql
--   psql -c '\password flowstate_audit_api'
--
-- flowstate_api is what audit's migrations grant rights to: reading the tables of tenants, one tenant at a time.
-- flowstate_audit_api is the login. It may be called otherwise, or there may be several: audit asks only that a login is a
-- member of flowstate_api and of nothing else, owns nothing, and cannot step around row-level security.
DO $$
BEGIN
  CREATE ROLE flowstate_api;
EXCEPTION WHEN duplicate_object THEN NULL;
END
$$;
ALTER ROLE flowstate_api NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION;

DO $$
BEGIN
  CREATE ROLE flowstate_audit_api;
EXCEPTION WHEN duplicate_object THEN NULL;
END
$$;
ALTER ROLE flowstate_audit_api LOGIN INHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION;
ALTER ROLE flowstate_audit_api SET default_transaction_read_only = on;
GRANT flowstate_api TO flowstate_audit_api;
