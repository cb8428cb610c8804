/* SPDX-License-Identifier: Apache-2.0 */
/* Between an intent and the key: it is durable, and the clock is read once more (P1a). */
#include <sys/socket.h>

#include "journal_fixture.h"
#include "signer/issue.h"
#include "signer/records.h"
#include "signer/round.h"
#include "signer/stamp.h"

#define CLOSING_AT (START_AT + HOUR)

/* What the clock says, and what was handed to the signing threads. */
static int64_t now_at;
static struct signer_job *submitted;
static bool was_durable;
static struct fixture *journal_of;

int64_t __wrap_clock_now_at(const struct clock *clock);
int64_t __wrap_clock_now_at(const struct clock *clock)
{
	(void)clock;
	return now_at;
}

void __wrap_signer_pool_submit(struct signer_pool *pool, struct signer_job *job);
void __wrap_signer_pool_submit(struct signer_pool *pool, struct signer_job *job)
{
	(void)pool;
	submitted = job;
	was_durable = signer_journal_is_durable(journal_of->journal);
}

/* A signer with one peer, which waits for one job whose intent was appended just now. */
struct situation {
	struct fixture *fixture;
	struct signer signer;
	struct signer_peer peer;
	struct signer_job *job;
	struct signer_known_entry *known;
	int other;
};

static void arrange(struct situation *situation, struct fixture *fixture, enum signer_job_kind kind,
	int64_t reserved_at)
{
	struct signer *signer = &situation->signer;
	int pair[2];
	*situation = (struct situation){ .fixture = fixture };
	journal_of = fixture;
	submitted = NULL;
	fixture->now_at = reserved_at;
	signer->limits = (struct signer_limits){ .closing_at = CLOSING_AT,
		.clock_skew = 2 * SECOND };
	signer->clock_distance = signer_stamp_distance();
	signer->journal = fixture->journal;
	signer->peers = &situation->peer;
	signer->peers_count = 1;
	assert_int_equal(signer_jobs_init(&signer->jobs, 1), 0);
	assert_int_equal(signer_known_init(&signer->known, 1024, 2 * SECOND), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	situation->other = pair[1];
	assert_int_equal(signer_peer_open(&situation->peer, pair[0]), 0);

	struct signer_known_entry entry = {
		.reservation = 9, .reserved_at = reserved_at, .stamped_at = reserved_at
	};
	situation->job = signer_jobs_take(&signer->jobs, kind);
	assert_non_null(situation->job);
	situation->job->reservation = entry.reservation;
	situation->job->reserved_at = reserved_at;
	situation->job->place = fixture_intent(fixture, 9);
	assert_int_equal(
		signer_known_add(&signer->known, &entry, reserved_at, &situation->known), 0);
	situation->known->job = situation->job;
	signer_attach(&situation->peer, situation->job);
	signer_put_due(signer, situation->job);
	assert_false(signer_journal_is_durable(fixture->journal));
}

static void clear(struct situation *situation)
{
	signer_detach(&situation->peer);
	signer_peer_close(&situation->peer);
	assert_int_equal(close(situation->other), 0);
	signer_jobs_done(&situation->signer.jobs);
	signer_known_done(&situation->signer.known);
}

/* The code of the refusal that the peer was sent. */
static void refused_code(struct situation *situation, char out[WIRE_CODE_MAX])
{
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	enum wire_verb verb;
	struct wire_reader reader;
	struct wire_refused refused;
	assert_int_equal(signer_peer_flush(&situation->peer), 0);
	assert_int_equal(wire_receive(situation->other, &frame, deadline_after_ms(10000)), 0);
	assert_int_equal(wire_frame_open(buffer_bytes(&frame), &verb, &reader), 0);
	assert_int_equal(wire_refused_decode(&reader, &refused), 0);
	memcpy(out, refused.code, WIRE_CODE_MAX);
}

static void test_the_key_gets_what_is_durable(void **state)
{
	struct situation situation;
	arrange(&situation, *state, SIGNER_JOB_CERTIFICATE, CLOSING_AT - 2 * SECOND);
	now_at = CLOSING_AT - 1;
	assert_int_equal(signer_round_settle(&situation.signer), 0);
	assert_ptr_equal(submitted, situation.job);
	assert_true(was_durable);
	assert_int_equal(submitted->released_at, now_at);
	assert_ptr_equal(situation.peer.job, situation.job);
	assert_null(situation.signer.due);
	clear(&situation);
}

/* Reserved and journalled before, and the clock went on while the journal was synced. */
static void test_nothing_is_signed_that_the_clock_forbids_after_the_sync(void **state)
{
	static const struct {
		int64_t reserved_at, now_at;
		const char *code;
	} cases[] = {
		{ CLOSING_AT - 2 * SECOND, CLOSING_AT, "programme_closed" },
		{ CLOSING_AT - 2 * SECOND + 1, CLOSING_AT + HOUR, "programme_closed" },
	};
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		struct situation situation;
		char code[WIRE_CODE_MAX];
		arrange(&situation, *state, SIGNER_JOB_CERTIFICATE, cases[i].reserved_at);
		now_at = cases[i].now_at;
		assert_int_equal(signer_round_settle(&situation.signer), 0);
		assert_null(submitted);
		assert_null(situation.known->job);
		assert_int_equal(situation.signer.jobs.used, 0);
		refused_code(&situation, code);
		assert_string_equal(code, cases[i].code);
		assert_true(signer_journal_is_durable(situation.fixture->journal));
		clear(&situation);
	}
}

static void test_a_reservation_that_aged_meanwhile_is_not_signed(void **state)
{
	struct situation situation;
	char code[WIRE_CODE_MAX];
	arrange(&situation, *state, SIGNER_JOB_CERTIFICATE, START_AT);
	now_at = START_AT + SIGNER_RESERVATION_MAX_AGE + 1;
	assert_int_equal(signer_round_settle(&situation.signer), 0);
	assert_null(submitted);
	refused_code(&situation, code);
	assert_string_equal(code, "reservation_stale");
	clear(&situation);
}

static void test_crls_go_on_after_the_end(void **state)
{
	struct situation situation;
	arrange(&situation, *state, SIGNER_JOB_CRL, CLOSING_AT - 1);
	now_at = CLOSING_AT + DAY;
	assert_int_equal(signer_round_settle(&situation.signer), 0);
	assert_ptr_equal(submitted, situation.job);
	assert_true(was_durable);
	clear(&situation);
}

/* A clock that was set back does not open the programme again (L4). */
static void test_the_last_record_counts_when_the_clock_stands_before_it(void **state)
{
	struct situation situation;
	arrange(&situation, *state, SIGNER_JOB_CERTIFICATE, CLOSING_AT - 2 * SECOND);
	situation.fixture->now_at = CLOSING_AT;
	(void)fixture_intent(situation.fixture, 10);
	now_at = CLOSING_AT - 1;
	assert_int_equal(signer_round_settle(&situation.signer), 0);
	assert_null(submitted);
	clear(&situation);
}

static void test_a_stepped_clock_lets_nothing_to_the_key(void **state)
{
	struct situation situation;
	char code[WIRE_CODE_MAX];
	arrange(&situation, *state, SIGNER_JOB_CERTIFICATE, START_AT);
	situation.signer.clock_distance -= 10 * SECOND;
	now_at = START_AT + 1;
	assert_int_equal(signer_round_settle(&situation.signer), 0);
	assert_null(submitted);
	refused_code(&situation, code);
	assert_string_equal(code, "clock_backward");
	clear(&situation);
}

/* Asks for the journal, acknowledging the only intent. */
static void acknowledge(struct situation *situation)
{
	BUFFER_CLEANUP struct buffer frame = WIRE_BUFFER;
	const struct wire_journal_request request = { .acknowledged = situation->job->place,
		.limit = 1 };
	enum wire_verb verb;
	struct wire_reader reader;
	signer_detach(&situation->peer);
	situation->peer.state = SIGNER_PEER_READING;
	assert_int_equal(signer_journal_sync(situation->fixture->journal), 0);
	assert_int_equal(wire_journal_request_encode(&request, &frame), 0);
	assert_int_equal(
		wire_frame_open((struct bytes){ frame.data + 4, frame.len - 4 }, &verb, &reader),
		0);
	assert_int_equal(signer_records_ask(&situation->signer, &situation->peer, &reader), 0);
}

static void test_nothing_is_acknowledged_by_a_stepped_clock(void **state)
{
	struct situation situation;
	struct fixture *fixture = *state;
	char code[WIRE_CODE_MAX];
	arrange(&situation, fixture, SIGNER_JOB_CERTIFICATE, START_AT);
	situation.signer.clock_distance -= 10 * SECOND;
	now_at = CLOSING_AT + DAY;
	acknowledge(&situation);
	refused_code(&situation, code);
	assert_string_equal(code, "clock_backward");
	assert_int_equal(signer_journal_last(fixture->journal)->kind, JOURNAL_INTENT);

	situation.signer.clock_distance += 10 * SECOND;
	now_at = START_AT + SECOND;
	acknowledge(&situation);
	assert_int_equal(signer_journal_last(fixture->journal)->kind, JOURNAL_ACKNOWLEDGED);
	assert_int_equal(signer_journal_last(fixture->journal)->stamped_at, now_at);
	clear(&situation);
}

/* A job that comes back: without a signature it leaves no outcome. */
static void test_what_the_thread_refused_has_no_outcome(void **state)
{
	struct situation situation;
	struct fixture *fixture = *state;
	char code[WIRE_CODE_MAX];
	arrange(&situation, fixture, SIGNER_JOB_CERTIFICATE, START_AT);
	situation.job->refusal = REFUSAL_PROGRAMME_CLOSED;
	assert_int_equal(signer_issue_finish(&situation.signer, situation.job), 0);
	refused_code(&situation, code);
	assert_string_equal(code, "programme_closed");
	assert_int_equal(signer_journal_last(fixture->journal)->kind, JOURNAL_INTENT);
	assert_int_equal(situation.known->outcome, 0);
	clear(&situation);
}

/* The outcome says when it was signed, whatever the clock and the journal say by then. */
static void test_an_outcome_says_when_it_was_signed(void **state)
{
	static const struct {
		int64_t intent_at, last_at, stamped_at;
	} cases[] = {
		{ START_AT, START_AT + 1, CLOSING_AT - 1 },
		{ CLOSING_AT - 1, CLOSING_AT + 1, CLOSING_AT + 1 },
	};
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		struct situation situation;
		struct fixture *fixture = *state;
		arrange(&situation, fixture, SIGNER_JOB_CERTIFICATE, cases[i].intent_at);
		fixture->now_at = cases[i].last_at;
		(void)fixture_intent(fixture, 10);
		signer_detach(&situation.peer);
		situation.job->signature_len = 256;
		situation.job->signed_at = CLOSING_AT - 1;
		now_at = CLOSING_AT + DAY;
		assert_int_equal(signer_issue_finish(&situation.signer, situation.job), 0);
		const struct signer_record *last = signer_journal_last(fixture->journal);
		assert_int_equal(last->kind, JOURNAL_OUTCOME);
		assert_int_equal(last->signed_at, CLOSING_AT - 1);
		assert_int_equal(last->stamped_at, cases[i].stamped_at);
		clear(&situation);
	}
}

int main(void)
{
#define ROUND_TEST(test_) cmocka_unit_test_setup_teardown(test_, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		ROUND_TEST(test_the_key_gets_what_is_durable),
		ROUND_TEST(test_nothing_is_signed_that_the_clock_forbids_after_the_sync),
		ROUND_TEST(test_a_reservation_that_aged_meanwhile_is_not_signed),
		ROUND_TEST(test_crls_go_on_after_the_end),
		ROUND_TEST(test_the_last_record_counts_when_the_clock_stands_before_it),
		ROUND_TEST(test_a_stepped_clock_lets_nothing_to_the_key),
		ROUND_TEST(test_nothing_is_acknowledged_by_a_stepped_clock),
		ROUND_TEST(test_what_the_thread_refused_has_no_outcome),
		ROUND_TEST(test_an_outcome_says_when_it_was_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
