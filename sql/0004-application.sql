-- SPDX-License-Identifier: Apache-2.0
--
-- Applications: opened, paid, delivered. One row an application, of which only the state and its
-- reservation change; everything else that happens to it is a row elsewhere. No column that
-- changes is indexed, so each step is a heap-only update.

CREATE DOMAIN hakko.application_id AS text COLLATE "C"
	CONSTRAINT application_id_of_115_bits CHECK (VALUE ~ '^ap_[a-z2-7]{23}$');
COMMENT ON DOMAIN hakko.application_id IS 'as the API names an application';
CREATE DOMAIN hakko.application_state AS text
	CONSTRAINT application_state_known CHECK (VALUE IN ('received', 'inquiry_due', 'inquiry_sent',
		'approved', 'issuing', 'issued', 'delivered', 'refused', 'withdrawn', 'lapsed', 'discarded'));
COMMENT ON DOMAIN hakko.application_state IS 'a state of the life cycle';
CREATE DOMAIN hakko.application_kind AS text
	CONSTRAINT application_kind_known CHECK (VALUE IN ('issuance', 'renewal'));
COMMENT ON DOMAIN hakko.application_kind IS 'what is applied for';
CREATE DOMAIN hakko.visit_case AS text
	CONSTRAINT visit_case_known CHECK (VALUE IN ('A1', 'A2', 'A3', 'A4', 'A5'));
COMMENT ON DOMAIN hakko.visit_case IS 'row A1 to A5 of the rules';
CREATE DOMAIN hakko.identity_document AS text
	CONSTRAINT identity_document_known CHECK (VALUE IN ('none', 'driving_licence', 'passport',
		'juki_card_with_photo', 'other_public_photo'));
COMMENT ON DOMAIN hakko.identity_document IS 'kind of an identity document';

CREATE TABLE hakko.application (
	id hakko.application_id PRIMARY KEY,
	kind hakko.application_kind NOT NULL,
	state hakko.application_state NOT NULL,
	reservation_id bigint,
	municipality text COLLATE "C" NOT NULL,
	resident_id bigint NOT NULL REFERENCES hakko.resident,
	terminal_id bigint NOT NULL,
	clerk hakko.clerk NOT NULL,
	opened_at timestamptz NOT NULL,
	visit_case hakko.visit_case NOT NULL,
	identity hakko.identity_document NOT NULL,
	identity_valid_to_on date,
	card_number text COLLATE "C" NOT NULL
) WITH (fillfactor = 60);
CREATE INDEX application_of_resident ON hakko.application (resident_id);
COMMENT ON TABLE hakko.application IS 'applications and the state each is in';
COMMENT ON COLUMN hakko.application.id IS 'as the API names it, 115 random bits';
COMMENT ON COLUMN hakko.application.kind IS 'issuance or renewal';
COMMENT ON COLUMN hakko.application.state IS 'of the life cycle; changes by its steps only. Not indexed (docs/database.md)';
COMMENT ON COLUMN hakko.application.reservation_id IS 'its latest reservation: open while the state is issuing';
COMMENT ON COLUMN hakko.application.municipality IS 'where it was opened (P10)';
COMMENT ON COLUMN hakko.application.resident_id IS 'who applies';
COMMENT ON COLUMN hakko.application.terminal_id IS 'client that opened it';
COMMENT ON COLUMN hakko.application.clerk IS 'as the terminal asserts (L4)';
COMMENT ON COLUMN hakko.application.opened_at IS 'instant of opening';
COMMENT ON COLUMN hakko.application.visit_case IS 'row A1 to A5 of the rules';
COMMENT ON COLUMN hakko.application.identity IS 'kind of identity document shown';
COMMENT ON COLUMN hakko.application.identity_valid_to_on IS 'last day of that document, NULL: it bears none';
COMMENT ON COLUMN hakko.application.card_number IS 'of the card shown';
GRANT SELECT ON hakko.application TO hakko_front, hakko_auditor;
GRANT INSERT, UPDATE (state, reservation_id) ON hakko.application TO hakko_front;

-- An act is stamped with an instant read in its own transaction: not ahead, at most 5 s old.
CREATE FUNCTION hakko.is_fresh(instant timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	now_at timestamptz := (SELECT clock_timestamp() + s.clock_offset FROM hakko.system s);
BEGIN
	RETURN coalesce(instant <= now_at AND instant >= now_at - interval '5 s', false);
END
$$;
COMMENT ON FUNCTION hakko.is_fresh(timestamptz) IS 'whether an instant is now by the service''s clock, as nearly as a transaction can say';

CREATE FUNCTION hakko.application_open() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT hakko.is_fresh(NEW.opened_at) THEN
		RAISE EXCEPTION 'an application''s instant is not now' USING ERRCODE = 'HK002';
	END IF;
	IF NEW.state NOT IN ('received', 'inquiry_due', 'approved') OR NEW.reservation_id IS NOT NULL THEN
		RAISE EXCEPTION 'no application begins in this state' USING ERRCODE = 'HK003';
	END IF;
	IF NOT EXISTS (
		SELECT FROM hakko.client c JOIN hakko.resident r ON r.municipality = c.municipality
		WHERE c.id = NEW.terminal_id AND c.municipality = NEW.municipality
			AND NOT c.suspended AND r.id = NEW.resident_id)
	THEN
		RAISE EXCEPTION 'a terminal of the resident''s municipality opens an application (P10)'
			USING ERRCODE = 'HK003';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION hakko.application_open() IS 'how an application may begin';
CREATE TRIGGER application_open BEFORE INSERT ON hakko.application
	FOR EACH ROW EXECUTE FUNCTION hakko.application_open();

CREATE FUNCTION hakko.application_step() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT (OLD.state || ' ' || NEW.state) = ANY ('{
		received approved, received inquiry_due, received refused, received withdrawn, received lapsed,
		inquiry_due inquiry_sent, inquiry_due withdrawn, inquiry_due lapsed,
		inquiry_sent inquiry_due, inquiry_sent approved, inquiry_sent refused, inquiry_sent withdrawn,
		inquiry_sent lapsed,
		approved issuing, approved refused, approved withdrawn, approved lapsed,
		issuing issued, issuing approved,
		issued delivered, issued discarded
	}'::text[]) THEN
		RAISE EXCEPTION 'the life cycle has no step from % to %', OLD.state, NEW.state
			USING ERRCODE = 'HK003';
	END IF;
	IF (NEW.reservation_id IS DISTINCT FROM OLD.reservation_id) <> (NEW.state = 'issuing') THEN
		RAISE EXCEPTION 'a reservation comes with the step to issuing, and only then'
			USING ERRCODE = 'HK003';
	END IF;
	-- A query of its own only where it is needed: the other steps are in every issuance.
	IF OLD.state = 'issuing' AND NEW.state = 'approved' THEN
		IF NOT EXISTS (SELECT FROM hakko.abandonment a WHERE a.reservation_id = OLD.reservation_id) THEN
			RAISE EXCEPTION 'an open reservation is recorded or abandoned'
				USING ERRCODE = 'HK003';
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION hakko.application_step() IS 'the steps of the life cycle, the same as lib/model/application.c has (tested)';
CREATE TRIGGER application_step BEFORE UPDATE ON hakko.application
	FOR EACH ROW EXECUTE FUNCTION hakko.application_step();
CREATE TRIGGER application_keep BEFORE TRUNCATE ON hakko.application
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE TABLE hakko.fee (
	application_id text COLLATE "C" PRIMARY KEY REFERENCES hakko.application,
	amount_yen int NOT NULL CHECK (amount_yen >= 0),
	receipt_number text NOT NULL CHECK (octet_length(receipt_number) BETWEEN 1 AND 32),
	client_id bigint NOT NULL,
	clerk hakko.clerk NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT hakko.now()
);
COMMENT ON TABLE hakko.fee IS 'fees received (P6), one an application';
COMMENT ON COLUMN hakko.fee.application_id IS 'what for';
COMMENT ON COLUMN hakko.fee.amount_yen IS 'paid';
COMMENT ON COLUMN hakko.fee.receipt_number IS 'of the municipality';
COMMENT ON COLUMN hakko.fee.client_id IS 'terminal that recorded it';
COMMENT ON COLUMN hakko.fee.clerk IS 'as the terminal asserts (L4)';
COMMENT ON COLUMN hakko.fee.recorded_at IS 'when it was recorded';
GRANT SELECT ON hakko.fee TO hakko_front, hakko_auditor;
GRANT INSERT (application_id, amount_yen, receipt_number, client_id, clerk) ON hakko.fee TO hakko_front;
CREATE TRIGGER fee_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.fee
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE TABLE hakko.delivery (
	application_id text COLLATE "C" PRIMARY KEY REFERENCES hakko.application,
	client_id bigint NOT NULL,
	clerk hakko.clerk NOT NULL,
	delivered_at timestamptz NOT NULL
);
COMMENT ON TABLE hakko.delivery IS 'certificates written to their cards and handed over (K5)';
COMMENT ON COLUMN hakko.delivery.application_id IS 'whose certificate';
COMMENT ON COLUMN hakko.delivery.client_id IS 'terminal that confirmed it';
COMMENT ON COLUMN hakko.delivery.clerk IS 'as the terminal asserts (L4)';
COMMENT ON COLUMN hakko.delivery.delivered_at IS 'instant of the confirmation';
GRANT SELECT ON hakko.delivery TO hakko_front, hakko_auditor;
GRANT INSERT ON hakko.delivery TO hakko_front;
CREATE TRIGGER delivery_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON hakko.delivery
	FOR EACH STATEMENT EXECUTE FUNCTION hakko.refuse_change();

CREATE FUNCTION hakko.delivery_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT hakko.is_fresh(NEW.delivered_at) THEN
		RAISE EXCEPTION 'a delivery''s instant is not now' USING ERRCODE = 'HK002';
	END IF;
	IF NOT EXISTS (SELECT FROM hakko.fee f WHERE f.application_id = NEW.application_id) THEN
		RAISE EXCEPTION 'no delivery without its fee (P6)' USING ERRCODE = 'HK003';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION hakko.delivery_check() IS 'P6: the fee first';
CREATE TRIGGER delivery_check BEFORE INSERT ON hakko.delivery
	FOR EACH ROW EXECUTE FUNCTION hakko.delivery_check();
