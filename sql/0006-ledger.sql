-- SPDX-License-Identifier: Apache-2.0
--
-- Leaves of the ledger, published CRLs, and the record of who read. Places in the ledger will be
-- a table of their own: leaves are never updated.

CREATE DOMAIN hakko.leaf_kind AS text
	CONSTRAINT leaf_kind_known CHECK (VALUE IN ('issuance', 'delivery', 'revocation', 'crl',
		'abandonment', 'clock', 'client', 'ca'));
COMMENT ON DOMAIN hakko.leaf_kind IS 'what a leaf is about';
CREATE DOMAIN hakko.leaf_octets AS bytea
	CONSTRAINT leaf_has_42_octets CHECK (octet_length(VALUE) = 42);
COMMENT ON DOMAIN hakko.leaf_octets IS 'a public leaf';
CREATE DOMAIN hakko.leaf_detail AS text
	CONSTRAINT leaf_detail_has_2048_octets_at_most CHECK (octet_length(VALUE) BETWEEN 1 AND 2048);
COMMENT ON DOMAIN hakko.leaf_detail IS 'what a leaf commits to';

CREATE TABLE hakko.leaf (
	id bigint GENERATED ALWAYS AS IDENTITY (CACHE 32) PRIMARY KEY,
	xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
	kind hakko.leaf_kind NOT NULL,
	happened_at timestamptz NOT NULL,
	octets hakko.leaf_octets NOT NULL,
	salt hakko.digest NOT NULL,
	detail hakko.leaf_detail NOT NULL,
	serial hakko.serial,
	application_id text COLLATE "C"
);
CREATE INDEX leaf_of_serial ON hakko.leaf (serial);
CREATE INDEX leaf_in_order ON hakko.leaf (xid, id);
CREATE INDEX leaf_happened_at ON hakko.leaf (happened_at);
COMMENT ON TABLE hakko.leaf IS 'leaves of the ledger, before and after they have a place';
COMMENT ON COLUMN hakko.leaf.id IS 'not the place in the ledger, and not in the order of commits';
COMMENT ON COLUMN hakko.leaf.xid IS 'its transaction: leaves are read by (xid, id), and only once no transaction as old is running';
COMMENT ON COLUMN hakko.leaf.kind IS 'what happened';
COMMENT ON COLUMN hakko.leaf.happened_at IS 'when, as in the octets';
COMMENT ON COLUMN hakko.leaf.octets IS 'the public leaf';
COMMENT ON COLUMN hakko.leaf.salt IS '32 random octets: who has them and the detail can check the leaf';
COMMENT ON COLUMN hakko.leaf.detail IS 'what is committed to; nobody''s but auditors'' and the citizen''s own';
COMMENT ON COLUMN hakko.leaf.serial IS 'of the certificate it is about';
COMMENT ON COLUMN hakko.leaf.application_id IS 'of the application it is about';
GRANT SELECT ON hakko.leaf TO hakko_front, hakko_publish, hakko_auditor;
GRANT INSERT (kind, happened_at, octets, salt, detail, serial, application_id)
	ON hakko.leaf TO hakko_front, hakko_publish;
CREATE TRIGGER leaf_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.leaf
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE TABLE hakko.crl (
	number bigint PRIMARY KEY CHECK (number > 0),
	previous bigint NOT NULL,
	this_update_at timestamptz NOT NULL,
	next_update_at timestamptz NOT NULL,
	entries bigint NOT NULL CHECK (entries >= 0),
	digest hakko.digest NOT NULL,
	revision bigint NOT NULL,
	CONSTRAINT crl_follows_one UNIQUE (previous),
	CONSTRAINT crl_number_rises CHECK (previous < number),
	CONSTRAINT crl_ends_after_it_begins CHECK (this_update_at < next_update_at)
);
COMMENT ON TABLE hakko.crl IS 'CRLs published';
COMMENT ON COLUMN hakko.crl.number IS 'CRLNumber';
COMMENT ON COLUMN hakko.crl.previous IS 'number of the one before, 0 for the first: each has one successor only';
COMMENT ON COLUMN hakko.crl.this_update_at IS 'thisUpdate';
COMMENT ON COLUMN hakko.crl.next_update_at IS 'nextUpdate';
COMMENT ON COLUMN hakko.crl.entries IS 'how many';
COMMENT ON COLUMN hakko.crl.digest IS 'SHA-256 of the whole DER';
COMMENT ON COLUMN hakko.crl.revision IS 'of the newest revocation it knew of';
GRANT SELECT ON hakko.crl TO hakko_front, hakko_publish, hakko_auditor;
GRANT INSERT ON hakko.crl TO hakko_publish;
CREATE TRIGGER crl_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.crl
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE TABLE hakko.reading (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	client_id bigint,
	role text NOT NULL DEFAULT current_user,
	read_at timestamptz NOT NULL DEFAULT hakko.now(),
	serial hakko.serial,
	from_at timestamptz NOT NULL,
	to_at timestamptz NOT NULL,
	after_xid xid8 NOT NULL,
	after_id bigint NOT NULL
);
COMMENT ON TABLE hakko.reading IS 'what auditors read, recorded before it is answered';
COMMENT ON COLUMN hakko.reading.id IS 'internal';
COMMENT ON COLUMN hakko.reading.client_id IS 'which client; NULL: at the database itself';
COMMENT ON COLUMN hakko.reading.role IS 'which role of the database';
COMMENT ON COLUMN hakko.reading.read_at IS 'when';
COMMENT ON COLUMN hakko.reading.serial IS 'leaves of this certificate; NULL: of any';
COMMENT ON COLUMN hakko.reading.from_at IS 'leaves from this instant on';
COMMENT ON COLUMN hakko.reading.to_at IS 'leaves before this instant';
COMMENT ON COLUMN hakko.reading.after_xid IS 'leaves after this transaction''s, or of it';
COMMENT ON COLUMN hakko.reading.after_id IS 'and of that transaction''s, those after this one';
GRANT SELECT ON hakko.reading TO hakko_auditor;
GRANT INSERT (client_id, serial, from_at, to_at, after_xid, after_id) ON hakko.reading TO hakko_front, hakko_auditor;
CREATE TRIGGER reading_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.reading
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

-- A request counts like a revocation: a publisher that was not listening finds it waiting.
CREATE FUNCTION hakko.crl_request() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	UPDATE hakko.counter SET value = value + 1 WHERE name = 'revocation';
	PERFORM pg_catalog.pg_notify('hakko_publish', '');
END
$$;
COMMENT ON FUNCTION hakko.crl_request() IS 'asks the publishers for a CRL now';
REVOKE ALL ON FUNCTION hakko.crl_request() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hakko.crl_request() TO hakko_front, hakko_publish;
