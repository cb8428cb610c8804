-- SPDX-License-Identifier: Apache-2.0
--
-- The four roles of the database, made once by a superuser for the whole cluster:
--
--     psql -X -v ON_ERROR_STOP=1 -d postgres -f sql/roles.sql
--     createdb -O hakko_owner -E UTF8 -T template0 --locale=C.UTF-8 hakko
--     hakkoctl migrate
--
-- None has a password: pg_hba.conf authenticates them (peer, or a client certificate). What each
-- may do is granted table by table in the migrations. Running this again changes nothing.

DO $$
DECLARE
	role text;
BEGIN
	FOREACH role IN ARRAY ARRAY['hakko_owner', 'hakko_front', 'hakko_publish', 'hakko_auditor'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = role) THEN
			EXECUTE pg_catalog.format(
				'CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS',
				role);
		END IF;
	END LOOP;
END
$$;

COMMENT ON ROLE hakko_owner IS 'owns the schema, runs migrations and the owner-only commands of hakkoctl';
COMMENT ON ROLE hakko_front IS 'hakkod: the API';
COMMENT ON ROLE hakko_publish IS 'hakkod-publish: CRLs, OCSP, the ledger';
COMMENT ON ROLE hakko_auditor IS 'reads everything, changes nothing, leaves a record of each reading';
