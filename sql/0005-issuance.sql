-- SPDX-License-Identifier: Apache-2.0
--
-- Reservation, certificate, abandonment, revocation. All inserts. A reservation's serial names
-- everything that comes of it. References to rows that many transactions share (municipality, CA
-- key) and to rows L1 erases (records) are checked by the trigger, not by foreign keys.

CREATE TABLE hakko.certified_key (
	spki_sha256 hakko.digest PRIMARY KEY,
	application_id text COLLATE "C" NOT NULL
);
COMMENT ON TABLE hakko.certified_key IS 'each public key belongs to one application for ever (K4)';
COMMENT ON COLUMN hakko.certified_key.spki_sha256 IS 'SHA-256 of the SubjectPublicKeyInfo';
COMMENT ON COLUMN hakko.certified_key.application_id IS 'whose first reservation bound it';
GRANT SELECT, INSERT ON hakko.certified_key TO hakko_front;
GRANT SELECT ON hakko.certified_key TO hakko_auditor;
CREATE TRIGGER certified_key_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.certified_key
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE SEQUENCE hakko.reservation_id AS bigint CACHE 32;
GRANT USAGE ON SEQUENCE hakko.reservation_id TO hakko_front;

CREATE DOMAIN hakko.cn AS text COLLATE "C"
	CONSTRAINT cn_has_23_characters CHECK (octet_length(VALUE) = 23);
COMMENT ON DOMAIN hakko.cn IS 'CN of a certificate''s subject';
CREATE DOMAIN hakko.spki AS bytea
	CONSTRAINT spki_has_1024_octets_at_most CHECK (octet_length(VALUE) BETWEEN 1 AND 1024);
COMMENT ON DOMAIN hakko.spki IS 'a SubjectPublicKeyInfo, DER';
CREATE DOMAIN hakko.key_maker AS text
	CONSTRAINT key_maker_known CHECK (VALUE IN ('applicant', 'staff', 'representative'));
COMMENT ON DOMAIN hakko.key_maker IS 'who made a key pair (K3)';

CREATE TABLE hakko.reservation (
	id bigint PRIMARY KEY,
	application_id text COLLATE "C" NOT NULL,
	record_id bigint NOT NULL,
	reserved_at timestamptz NOT NULL,
	not_after_at timestamptz NOT NULL,
	serial hakko.serial NOT NULL,
	cn hakko.cn NOT NULL,
	municipality text COLLATE "C" NOT NULL,
	romaji text COLLATE "C" NOT NULL,
	ca_key hakko.digest NOT NULL,
	profile hakko.digest NOT NULL,
	spki hakko.spki NOT NULL,
	key_maker hakko.key_maker NOT NULL,
	client_id bigint NOT NULL,
	clerk hakko.clerk NOT NULL,
	CONSTRAINT reservation_serial_once UNIQUE (serial),
	CONSTRAINT reservation_cn_once UNIQUE (cn)
);
CREATE INDEX reservation_of_application ON hakko.reservation (application_id);
CREATE INDEX reservation_reserved_at ON hakko.reservation (reserved_at);
ALTER TABLE hakko.reservation SET (toast_tuple_target = 4080);
COMMENT ON SEQUENCE hakko.reservation_id IS 'ids of reservations; not in the order of commits';
COMMENT ON TABLE hakko.reservation IS 'every input of a certificate''s to-be-signed bytes, before anything is signed';
COMMENT ON COLUMN hakko.reservation.id IS 'as the signer''s journal names it';
COMMENT ON COLUMN hakko.reservation.application_id IS 'what for';
COMMENT ON COLUMN hakko.reservation.record_id IS 'version of the resident''s items that is certified';
COMMENT ON COLUMN hakko.reservation.reserved_at IS 'its second is notBefore (P5)';
COMMENT ON COLUMN hakko.reservation.not_after_at IS 'notAfter (P5)';
COMMENT ON COLUMN hakko.reservation.serial IS '127 random bits, never used again';
COMMENT ON COLUMN hakko.reservation.cn IS 'CN of the subject';
COMMENT ON COLUMN hakko.reservation.municipality IS 'code, as it stood then';
COMMENT ON COLUMN hakko.reservation.romaji IS 'in the subject, as it stood then';
COMMENT ON COLUMN hakko.reservation.ca_key IS 'SHA-256 of the CA key''s SubjectPublicKeyInfo';
COMMENT ON COLUMN hakko.reservation.profile IS 'SHA-256 of the certificate profile';
COMMENT ON COLUMN hakko.reservation.spki IS 'the applicant''s SubjectPublicKeyInfo, DER';
COMMENT ON COLUMN hakko.reservation.key_maker IS 'who made the key pair (K3)';
COMMENT ON COLUMN hakko.reservation.client_id IS 'terminal that submitted the CSR';
COMMENT ON COLUMN hakko.reservation.clerk IS 'as the terminal asserts (L4)';
GRANT SELECT, INSERT ON hakko.reservation TO hakko_front;
GRANT SELECT ON hakko.reservation TO hakko_auditor;
CREATE TRIGGER reservation_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.reservation
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE FUNCTION hakko.reservation_check() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
	now_at timestamptz;
	programme_closing_at timestamptz;
	municipality_closing_at timestamptz;
	digest bytea := sha256(NEW.spki);
BEGIN
	-- The application must be issuing by this very reservation, for a record of its resident.
	SELECT clock_timestamp() + s.clock_offset, p.closing_at, m.closing_at
		INTO now_at, programme_closing_at, municipality_closing_at
		FROM hakko.application a, hakko.municipality m, hakko.resident_record rr,
			hakko.system s, hakko.programme p
		WHERE a.id = NEW.application_id AND a.reservation_id = NEW.id AND a.state = 'issuing'
			AND m.code = NEW.municipality AND a.municipality = NEW.municipality
			AND rr.id = NEW.record_id AND rr.resident_id = a.resident_id
			AND p.id = 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'a reservation belongs to an application that is issuing, and to its resident'
			USING ERRCODE = 'HK003';
	END IF;
	IF now_at >= programme_closing_at OR now_at >= municipality_closing_at THEN
		RAISE EXCEPTION 'issuance has ended (%)',
			CASE WHEN now_at >= programme_closing_at THEN 'P1' ELSE 'P2' END
			USING ERRCODE = 'HK001';
	END IF;
	IF NEW.reserved_at > now_at OR NEW.reserved_at < now_at - interval '5 s'
		OR NEW.not_after_at <= NEW.reserved_at
	THEN
		RAISE EXCEPTION 'a reservation''s instant is not now' USING ERRCODE = 'HK002';
	END IF;
	INSERT INTO hakko.certified_key AS k (spki_sha256, application_id)
		VALUES (digest, NEW.application_id) ON CONFLICT (spki_sha256) DO NOTHING;
	IF NOT FOUND THEN
		IF NOT EXISTS (SELECT FROM hakko.certified_key k
			WHERE k.spki_sha256 = digest AND k.application_id = NEW.application_id)
		THEN
			RAISE EXCEPTION 'this key belongs to another application (K4)' USING ERRCODE = 'HK005';
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION hakko.reservation_check() IS 'the database''s own word: closing (P1, P2), instant, one reservation at a time, key (K4)';
CREATE TRIGGER reservation_check BEFORE INSERT ON hakko.reservation
	FOR EACH ROW EXECUTE FUNCTION hakko.reservation_check();

CREATE TABLE hakko.abandonment (
	reservation_id bigint PRIMARY KEY REFERENCES hakko.reservation,
	abandoned_at timestamptz NOT NULL
);
COMMENT ON TABLE hakko.abandonment IS 'reservations given up; their serials are revoked (R7)';
COMMENT ON COLUMN hakko.abandonment.reservation_id IS 'which';
COMMENT ON COLUMN hakko.abandonment.abandoned_at IS 'when';
GRANT SELECT, INSERT ON hakko.abandonment TO hakko_front;
GRANT SELECT ON hakko.abandonment TO hakko_auditor;
CREATE TRIGGER abandonment_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.abandonment
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE FUNCTION hakko.abandonment_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT hakko.is_fresh(NEW.abandoned_at) THEN
		RAISE EXCEPTION 'an abandonment''s instant is not now' USING ERRCODE = 'HK002';
	END IF;
	-- A signer takes a reservation up to 60 s; its clock and this one differ by 2 s at most.
	IF NOT EXISTS (SELECT FROM hakko.reservation r WHERE r.id = NEW.reservation_id
		AND r.reserved_at < NEW.abandoned_at - interval '64 s')
	THEN
		RAISE EXCEPTION 'this reservation may still be signed' USING ERRCODE = 'HK003';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION hakko.abandonment_check() IS 'nothing is given up that a signer might still take';
CREATE TRIGGER abandonment_check BEFORE INSERT ON hakko.abandonment
	FOR EACH ROW EXECUTE FUNCTION hakko.abandonment_check();

CREATE DOMAIN hakko.signer_id AS bytea
	CONSTRAINT signer_id_has_16_octets CHECK (octet_length(VALUE) = 16);
COMMENT ON DOMAIN hakko.signer_id IS 'a signer, made with its journal';
CREATE DOMAIN hakko.position AS bigint CONSTRAINT position_from_1 CHECK (VALUE > 0);
COMMENT ON DOMAIN hakko.position IS 'of a record in a signer''s journal';

CREATE TABLE hakko.certificate (
	serial hakko.serial PRIMARY KEY REFERENCES hakko.reservation (serial),
	der hakko.der NOT NULL,
	tbs_sha256 hakko.digest NOT NULL,
	signer hakko.signer_id NOT NULL,
	position hakko.position NOT NULL,
	hash hakko.digest NOT NULL,
	recorded_at timestamptz NOT NULL
) WITH (toast_tuple_target = 8160);
-- Signatures and keys do not compress: nothing is gained by trying.
ALTER TABLE hakko.certificate ALTER COLUMN der SET STORAGE EXTERNAL;
COMMENT ON TABLE hakko.certificate IS 'certificates as signed';
COMMENT ON COLUMN hakko.certificate.serial IS 'of its reservation';
COMMENT ON COLUMN hakko.certificate.der IS 'the certificate';
COMMENT ON COLUMN hakko.certificate.tbs_sha256 IS 'SHA-256 of its to-be-signed bytes';
COMMENT ON COLUMN hakko.certificate.signer IS 'whose journal holds it';
COMMENT ON COLUMN hakko.certificate.position IS 'of the intent in that journal';
COMMENT ON COLUMN hakko.certificate.hash IS 'of that journal record';
COMMENT ON COLUMN hakko.certificate.recorded_at IS 'when it was recorded here';
GRANT SELECT, INSERT ON hakko.certificate TO hakko_front;
GRANT SELECT ON hakko.certificate TO hakko_auditor;
CREATE TRIGGER certificate_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.certificate
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE TABLE hakko.revocation (
	serial hakko.serial PRIMARY KEY REFERENCES hakko.reservation (serial),
	cause text NOT NULL,
	revoked_at timestamptz NOT NULL,
	not_after_at timestamptz NOT NULL,
	revision bigint NOT NULL,
	client_id bigint,
	clerk hakko.clerk,
	CONSTRAINT revocation_cause_known CHECK (cause IN ('unwanted', 'compromise', 'movement',
		'incorrect', 'ca_compromise', 'renewed', 'discarded', 'card_lapsed'))
);
COMMENT ON TABLE hakko.revocation IS 'revoked serials, for ever (R9); abandoned reservations too';
COMMENT ON COLUMN hakko.revocation.serial IS 'of a reservation, whether or not it was signed';
COMMENT ON COLUMN hakko.revocation.cause IS 'R1 to R8';
COMMENT ON COLUMN hakko.revocation.revoked_at IS 'from when it is revoked';
COMMENT ON COLUMN hakko.revocation.not_after_at IS 'the reservation''s: for how long it stands in CRLs';
COMMENT ON COLUMN hakko.revocation.revision IS 'rises in the order of commits: what a CRL has and what it has not';
COMMENT ON COLUMN hakko.revocation.client_id IS 'at whose word; NULL: by the service itself';
COMMENT ON COLUMN hakko.revocation.clerk IS 'as the client asserts (L4); NULL: nobody';
GRANT SELECT ON hakko.revocation TO hakko_front, hakko_publish, hakko_auditor;
GRANT INSERT (serial, cause, revoked_at, client_id, clerk) ON hakko.revocation TO hakko_front;
CREATE TRIGGER revocation_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.revocation
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE FUNCTION hakko.revocation_seal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	IF NOT hakko.is_fresh(NEW.revoked_at) THEN
		RAISE EXCEPTION 'a revocation''s instant is not now' USING ERRCODE = 'HK002';
	END IF;
	NEW.not_after_at := (SELECT r.not_after_at FROM hakko.reservation r WHERE r.serial = NEW.serial);
	IF NEW.not_after_at IS NULL THEN
		RAISE EXCEPTION 'no such serial' USING ERRCODE = 'foreign_key_violation';
	END IF;
	UPDATE hakko.counter SET value = value + 1 WHERE name = 'revocation'
		RETURNING value INTO NEW.revision;
	PERFORM pg_catalog.pg_notify('hakko_revoked', '');
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION hakko.revocation_seal() IS 'copies the end, numbers it in the order of commits, tells the publishers';
CREATE TRIGGER revocation_seal BEFORE INSERT ON hakko.revocation
	FOR EACH ROW EXECUTE FUNCTION hakko.revocation_seal();

CREATE TABLE hakko.journal_settled (
	signer hakko.signer_id PRIMARY KEY,
	position hakko.position NOT NULL,
	hash hakko.digest NOT NULL
) WITH (fillfactor = 20);
COMMENT ON TABLE hakko.journal_settled IS 'how far each signer''s journal is in the database';
COMMENT ON COLUMN hakko.journal_settled.signer IS 'made with the journal';
COMMENT ON COLUMN hakko.journal_settled.position IS 'everything up to here is settled';
COMMENT ON COLUMN hakko.journal_settled.hash IS 'of the record at that position';
GRANT SELECT, INSERT, UPDATE (position, hash) ON hakko.journal_settled TO hakko_front;
GRANT SELECT ON hakko.journal_settled TO hakko_publish, hakko_auditor;

CREATE TABLE hakko.settlement (
	single boolean PRIMARY KEY DEFAULT true CHECK (single),
	settled_before timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 10);
INSERT INTO hakko.settlement DEFAULT VALUES;
COMMENT ON TABLE hakko.settlement IS 'where the search for open reservations begins: one row, a shortcut and no record';
COMMENT ON COLUMN hakko.settlement.single IS 'always true: there is one row';
COMMENT ON COLUMN hakko.settlement.settled_before IS 'every reservation before this instant is recorded or abandoned';
GRANT SELECT, UPDATE (settled_before) ON hakko.settlement TO hakko_front;
GRANT SELECT ON hakko.settlement TO hakko_auditor;
