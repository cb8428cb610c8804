-- SPDX-License-Identifier: Apache-2.0
--
-- What the service goes by: programmes, municipalities, clients, CA keys. Few rows that many
-- transactions read: nothing refers to them by a foreign key, which would have every issuance
-- lock the same row. Triggers check the reference instead, and rows here are never deleted.

CREATE TABLE hakko.programme (
	id int PRIMARY KEY,
	name text NOT NULL,
	opening_at timestamptz NOT NULL,
	closing_at timestamptz NOT NULL DEFAULT 'infinity',
	validity_years int NOT NULL CHECK (validity_years BETWEEN 1 AND 10),
	fee_yen int NOT NULL CHECK (fee_yen >= 0),
	CONSTRAINT programme_opens_before_it_closes CHECK (opening_at < closing_at)
);
COMMENT ON TABLE hakko.programme IS 'programmes are data (P11)';
COMMENT ON COLUMN hakko.programme.id IS '1 is the shipped default, the Juki-card programme';
COMMENT ON COLUMN hakko.programme.name IS 'Japanese';
COMMENT ON COLUMN hakko.programme.opening_at IS 'from this instant on';
COMMENT ON COLUMN hakko.programme.closing_at IS 'before this instant only (P1, P1a); infinity: no end';
COMMENT ON COLUMN hakko.programme.validity_years IS 'of a certificate (P5)';
COMMENT ON COLUMN hakko.programme.fee_yen IS 'for an issuance and for a renewal (P6)';
INSERT INTO hakko.programme (id, name, opening_at, closing_at, validity_years, fee_yen)
	VALUES (1, '公的個人認証サービス(住民基本台帳カード)', '2004-01-29 00:00:00+09', '2015-12-22 17:00:00+09', 3, 500);
GRANT SELECT ON hakko.programme TO hakko_front, hakko_publish, hakko_auditor;

CREATE TABLE hakko.municipality (
	code text COLLATE "C" PRIMARY KEY CHECK (code ~ '^[0-9]{5}$'),
	name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 120),
	romaji text COLLATE "C" NOT NULL CHECK (romaji ~ '^[A-Za-z-]{1,64}$'),
	closing_at timestamptz NOT NULL DEFAULT 'infinity',
	registered_at timestamptz NOT NULL DEFAULT hakko.now()
);
COMMENT ON TABLE hakko.municipality IS 'municipalities of the prefecture';
COMMENT ON COLUMN hakko.municipality.code IS 'nationwide code without its check digit';
COMMENT ON COLUMN hakko.municipality.name IS 'Japanese';
COMMENT ON COLUMN hakko.municipality.romaji IS 'as in the subject DN';
COMMENT ON COLUMN hakko.municipality.closing_at IS 'its own earlier end (P2); infinity: the programme''s';
COMMENT ON COLUMN hakko.municipality.registered_at IS 'when it was entered here';
GRANT SELECT ON hakko.municipality TO hakko_front, hakko_publish, hakko_auditor;
GRANT INSERT (code, name, romaji, closing_at) ON hakko.municipality TO hakko_front;

CREATE FUNCTION hakko.municipality_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.closing_at <> 'infinity' AND EXISTS (
		SELECT FROM hakko.programme p WHERE p.id = 1 AND NEW.closing_at > p.closing_at)
	THEN
		RAISE EXCEPTION 'a municipality cannot close later than the programme (P2)'
			USING ERRCODE = 'check_violation', CONSTRAINT = 'municipality_closes_earlier';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION hakko.municipality_check() IS 'P2: earlier, never later';
CREATE TRIGGER municipality_check BEFORE INSERT OR UPDATE ON hakko.municipality
	FOR EACH ROW EXECUTE FUNCTION hakko.municipality_check();
CREATE TRIGGER municipality_keep BEFORE DELETE OR TRUNCATE ON hakko.municipality
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE TABLE hakko.client (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	fingerprint hakko.digest NOT NULL,
	role text NOT NULL CHECK (role IN ('terminal', 'registry', 'operator', 'auditor', 'verifier')),
	municipality text COLLATE "C" REFERENCES hakko.municipality,
	name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 64),
	suspended boolean NOT NULL DEFAULT false,
	registered_at timestamptz NOT NULL DEFAULT hakko.now(),
	CONSTRAINT client_fingerprint_once UNIQUE (fingerprint),
	CONSTRAINT client_terminal_has_municipality
		CHECK ((role = 'terminal') = (municipality IS NOT NULL))
) WITH (fillfactor = 70);
COMMENT ON TABLE hakko.client IS 'registered clients of the API';
COMMENT ON COLUMN hakko.client.id IS 'named by records and leaves';
COMMENT ON COLUMN hakko.client.fingerprint IS 'SHA-256 of the TLS certificate: its identity';
COMMENT ON COLUMN hakko.client.role IS 'what it may do';
COMMENT ON COLUMN hakko.client.municipality IS 'of a terminal, NULL of others';
COMMENT ON COLUMN hakko.client.name IS 'for people';
COMMENT ON COLUMN hakko.client.suspended IS 'refused until it is resumed';
COMMENT ON COLUMN hakko.client.registered_at IS 'when it was registered';
GRANT SELECT ON hakko.client TO hakko_front, hakko_publish, hakko_auditor;
GRANT INSERT (fingerprint, role, municipality, name), UPDATE (suspended) ON hakko.client TO hakko_front;

CREATE FUNCTION hakko.client_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	UPDATE hakko.counter SET value = value + 1 WHERE name = 'client';
	PERFORM pg_notify('hakko_register', '');
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION hakko.client_changed() IS 'fronts keep the register in memory and hear of changes';
CREATE TRIGGER client_changed AFTER INSERT OR UPDATE ON hakko.client
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.client_changed();
CREATE TRIGGER client_keep BEFORE DELETE OR TRUNCATE ON hakko.client
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE TABLE hakko.ca_key (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	key hakko.digest NOT NULL,
	not_after_at timestamptz NOT NULL,
	der hakko.der NOT NULL,
	registered_at timestamptz NOT NULL DEFAULT hakko.now(),
	CONSTRAINT ca_key_once UNIQUE (key)
);
COMMENT ON TABLE hakko.ca_key IS 'CA keys, the newest issues';
COMMENT ON COLUMN hakko.ca_key.id IS 'rises with each generation';
COMMENT ON COLUMN hakko.ca_key.key IS 'SHA-256 of its SubjectPublicKeyInfo';
COMMENT ON COLUMN hakko.ca_key.not_after_at IS 'end of its certificate, which no certificate of it outlives';
COMMENT ON COLUMN hakko.ca_key.der IS 'its certificate';
COMMENT ON COLUMN hakko.ca_key.registered_at IS 'when it was entered here';
GRANT SELECT ON hakko.ca_key TO hakko_front, hakko_publish, hakko_auditor;
CREATE TRIGGER ca_key_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.ca_key
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();
