-- SPDX-License-Identifier: Apache-2.0
--
-- The schema itself: what made it, what this installation is, its clock, and the guard of
-- recorded rows. Instants are timestamptz (microseconds, exact); 'infinity' is "no end".

CREATE SCHEMA hakko;
COMMENT ON SCHEMA hakko IS 'the certificate authority back end; see docs/database.md';
GRANT USAGE ON SCHEMA hakko TO hakko_front, hakko_publish, hakko_auditor;

DO $$
BEGIN
	EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO hakko_front, hakko_publish, hakko_auditor',
		current_database());
END
$$;

-- What single values may be. Domains, where tables are written in every issuance: a table's CHECK
-- is read and planned anew by each statement, a domain's once by each connection.
CREATE DOMAIN hakko.digest AS bytea CONSTRAINT digest_has_32_octets CHECK (octet_length(VALUE) = 32);
COMMENT ON DOMAIN hakko.digest IS '32 octets: a SHA-256, or a salt';
CREATE DOMAIN hakko.serial AS bytea CONSTRAINT serial_has_127_bits
	CHECK (octet_length(VALUE) = 16 AND get_byte(VALUE, 0) < 128);
COMMENT ON DOMAIN hakko.serial IS 'serial number of a certificate: 127 random bits';
CREATE DOMAIN hakko.der AS bytea CONSTRAINT der_has_8192_octets_at_most
	CHECK (octet_length(VALUE) BETWEEN 1 AND 8192);
COMMENT ON DOMAIN hakko.der IS 'a certificate, or a part of one';
CREATE DOMAIN hakko.clerk AS text CONSTRAINT clerk_has_64_octets_at_most
	CHECK (octet_length(VALUE) BETWEEN 1 AND 64);
COMMENT ON DOMAIN hakko.clerk IS 'a clerk''s name, as the client asserts it (L4)';

CREATE TABLE hakko.migration (
	number int PRIMARY KEY CHECK (number > 0),
	name text NOT NULL,
	sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
	applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE hakko.migration IS 'the migrations that made this schema, in order';
COMMENT ON COLUMN hakko.migration.number IS 'from 1 without a gap';
COMMENT ON COLUMN hakko.migration.name IS 'file name without number and ending';
COMMENT ON COLUMN hakko.migration.sha256 IS 'of the file as applied';
COMMENT ON COLUMN hakko.migration.applied_at IS 'by the real clock of the database';
GRANT SELECT ON hakko.migration TO hakko_front, hakko_publish, hakko_auditor;

CREATE TABLE hakko.system (
	single boolean PRIMARY KEY DEFAULT true CHECK (single),
	kind text NOT NULL CHECK (kind IN ('production', 'rehearsal')),
	clock_offset interval NOT NULL DEFAULT '0',
	CONSTRAINT system_clock_of_production_is_real
		CHECK (kind = 'rehearsal' OR clock_offset = '0'::interval),
	CONSTRAINT system_clock_offset_in_microseconds CHECK (
		extract(year FROM clock_offset) = 0 AND extract(month FROM clock_offset) = 0
		AND extract(day FROM clock_offset) = 0)
);
COMMENT ON TABLE hakko.system IS 'what this installation is: one row, made once, before anything else is recorded';
COMMENT ON COLUMN hakko.system.single IS 'always true: there is one row';
COMMENT ON COLUMN hakko.system.kind IS 'production or rehearsal; never changes';
COMMENT ON COLUMN hakko.system.clock_offset IS 'of hakko.now() from the real clock; a rehearsal moves it, in production it is zero';
GRANT SELECT ON hakko.system TO hakko_front, hakko_publish, hakko_auditor;

CREATE FUNCTION hakko.now() RETURNS timestamptz
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT clock_timestamp() + clock_offset FROM hakko.system;
END;
COMMENT ON FUNCTION hakko.now() IS 'the service''s clock: every recorded instant is one of it; NULL before the installation is made';

-- L2: recorded rows are inserts. The owner is bound too: what erases (L1) will be a migration's.
CREATE FUNCTION hakko.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '%.% holds records: no % (L2)', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
		USING ERRCODE = 'HK004';
END
$$;
COMMENT ON FUNCTION hakko.refuse_change() IS 'for BEFORE triggers: nothing recorded is changed or deleted (L2)';

CREATE FUNCTION hakko.keep_kind() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.kind <> OLD.kind THEN
		RAISE EXCEPTION 'the kind of an installation never changes' USING ERRCODE = 'HK004';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION hakko.keep_kind() IS 'a rehearsal never becomes a production system, nor the reverse';
CREATE TRIGGER system_keep_kind BEFORE UPDATE ON hakko.system
	FOR EACH ROW EXECUTE FUNCTION hakko.keep_kind();
CREATE TRIGGER system_keep BEFORE DELETE OR TRUNCATE ON hakko.system
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

-- Counters in the order of commits, which a sequence is not: the row is locked until the commit.
CREATE TABLE hakko.counter (
	name text PRIMARY KEY,
	value bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
COMMENT ON TABLE hakko.counter IS 'numbers that rise in the order of commits';
COMMENT ON COLUMN hakko.counter.name IS 'client: changes of the register of clients; revocation: revocations recorded and CRLs asked for';
COMMENT ON COLUMN hakko.counter.value IS 'the latest number given, 0: none';
INSERT INTO hakko.counter (name) VALUES ('client'), ('revocation');
GRANT SELECT ON hakko.counter TO hakko_front, hakko_publish, hakko_auditor;
