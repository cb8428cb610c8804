/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/calendar.h"
#include "signer/pool.h"
#include "signer/stamp.h"

#define JOBS 50
#define PATIENCE_MS 60000
#define CLOSING_AT INT64_C(1450771200000000)

/* What the clock says, how far it goes on while the key is used, and how often that was. */
static atomic_llong now_at, signing_takes, signings;

int64_t __wrap_clock_now_at(const struct clock *clock);
int64_t __wrap_clock_now_at(const struct clock *clock)
{
	(void)clock;
	return now_at;
}

int __real_pki_sign(EVP_PKEY *key, struct bytes octets, uint8_t signature[PKI_SIGNATURE_MAX],
	size_t *ret_len) MUST_CHECK;
int __wrap_pki_sign(EVP_PKEY *key, struct bytes octets, uint8_t signature[PKI_SIGNATURE_MAX],
	size_t *ret_len) MUST_CHECK;
int __wrap_pki_sign(
	EVP_PKEY *key, struct bytes octets, uint8_t signature[PKI_SIGNATURE_MAX], size_t *ret_len)
{
	signings++;
	now_at += signing_takes;
	return __real_pki_sign(key, octets, signature, ret_len);
}

static const struct signer_limits limits = { .closing_at = CLOSING_AT, .clock_skew = 2 * SECOND };
static const struct clock real = { NULL };

/* Threads that judge by these limits; the clock was at `step` microseconds from here at start. */
static struct signer_pool *start(EVP_PKEY *key, size_t count, int64_t step)
{
	const struct signer_pool_watch watch = { &real, signer_stamp_distance() - step, &limits };
	struct signer_pool *pool;
	signings = 0;
	signing_takes = 0;
	now_at = CLOSING_AT - HOUR;
	assert_int_equal(signer_pool_start(key, &watch, count, &pool), 0);
	return pool;
}

static int setup(void **state)
{
	*state = EVP_RSA_gen(2048);
	return *state == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	EVP_PKEY_free(*state);
	return 0;
}

/* Waits until so many have come back. */
static void await(struct signer_pool *pool, size_t count)
{
	while (count > 0) {
		struct pollfd polled = { .fd = signer_pool_fd(pool), .events = POLLIN };
		assert_int_equal(poll(&polled, 1, PATIENCE_MS), 1);
		for (struct signer_job *job = signer_pool_finished(pool); job != NULL;
			job = job->next)
			count--;
	}
}

static void test_certificates_are_signed_deterministically(void **state)
{
	struct signer_pool *pool = start(*state, 3, 0);
	struct signer_jobs jobs;
	struct signer_job *all[JOBS];
	assert_int_equal(signer_jobs_init(&jobs, JOBS), 0);
	for (size_t i = 0; i < JOBS; i++) {
		all[i] = signer_jobs_take(&jobs, SIGNER_JOB_CERTIFICATE);
		assert_non_null(all[i]);
		memcpy(all[i]->tbs, "to be signed", 12);
		all[i]->tbs_len = 12;
		all[i]->reserved_at = now_at;
		signer_pool_submit(pool, all[i]);
	}
	await(pool, JOBS);
	for (size_t i = 0; i < JOBS; i++) {
		assert_int_equal(all[i]->signature_len, 256);
		assert_int_equal(all[i]->refusal, REFUSAL_NONE);
		assert_int_equal(all[i]->signed_at, now_at);
		assert_memory_equal(all[i]->signature, all[0]->signature, 256);
		assert_int_equal(pki_verify(*state, (struct bytes){ all[i]->tbs, 12 },
					 (struct bytes){ all[i]->signature, 256 }),
			0);
	}
	assert_null(signer_pool_finished(pool));
	signer_pool_stop(pool);
	signer_jobs_done(&jobs);
}

static void test_a_crl_is_signed_over_its_digest(void **state)
{
	struct signer_pool *pool = start(*state, 1, 0);
	struct signer_jobs jobs;
	struct bytes octets = BYTES("a long list");
	assert_int_equal(signer_jobs_init(&jobs, 1), 0);
	now_at = CLOSING_AT + DAY; /* P3: CRLs go on */
	struct signer_job *job = signer_jobs_take(&jobs, SIGNER_JOB_CRL);
	assert_non_null(job);
	assert_int_equal(digest_of(octets, &job->digest), 0);
	signer_pool_submit(pool, job);
	await(pool, 1);
	assert_int_equal(
		pki_verify(*state, octets, (struct bytes){ job->signature, job->signature_len }),
		0);
	signer_pool_stop(pool);
	signer_jobs_done(&jobs);
}

/* P1a: what waited for a thread is judged where the key is used, on both sides of it. */
static void test_the_clock_is_read_where_the_key_is_used(void **state)
{
	static const struct {
		int64_t reserved_at, released_at, now_at, takes, step;
		enum refusal refusal;
		int signings;
	} cases[] = {
		{ -SECOND, -SECOND, -1, 0, 0, REFUSAL_NONE, 1 },
		{ -SECOND, -SECOND, 0, 0, 0, REFUSAL_PROGRAMME_CLOSED, 0 },
		{ -SECOND, -SECOND, HOUR, 0, 0, REFUSAL_PROGRAMME_CLOSED, 0 },
		{ -SECOND, -SECOND, -1, 1, 0, REFUSAL_PROGRAMME_CLOSED, 1 },
		{ -SECOND, -SECOND, -2, 1, 0, REFUSAL_NONE, 1 },
		/* Set back while it waited (L4). */
		{ -SECOND, 0, -1, 0, 0, REFUSAL_PROGRAMME_CLOSED, 0 },
		{ -HOUR, -HOUR, MINUTE + 1 - HOUR, 0, 0, REFUSAL_RESERVATION_STALE, 0 },
		/* Young enough when the key was used. */
		{ -HOUR, -HOUR, MINUTE - HOUR, SECOND, 0, REFUSAL_NONE, 1 },
		{ -HOUR, -HOUR, -HOUR, 0, 10 * SECOND, REFUSAL_CLOCK_BACKWARD, 0 },
		{ -HOUR, -HOUR, -HOUR, 0, -10 * SECOND, REFUSAL_CLOCK_BACKWARD, 0 },
	};
	static const uint8_t zero[PKI_SIGNATURE_MAX];
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		struct signer_jobs jobs;
		struct signer_pool *pool = start(*state, 1, cases[i].step);
		assert_int_equal(signer_jobs_init(&jobs, 1), 0);
		struct signer_job *job = signer_jobs_take(&jobs, SIGNER_JOB_CERTIFICATE);
		assert_non_null(job);
		job->tbs_len = 12;
		job->reserved_at = CLOSING_AT + cases[i].reserved_at;
		job->released_at = CLOSING_AT + cases[i].released_at;
		now_at = CLOSING_AT + cases[i].now_at;
		signing_takes = cases[i].takes;
		signer_pool_submit(pool, job);
		await(pool, 1);
		assert_int_equal(job->refusal, cases[i].refusal);
		assert_int_equal(signings, cases[i].signings);
		assert_int_equal(job->signature_len, job->refusal == REFUSAL_NONE ? 256 : 0);
		if (job->refusal == REFUSAL_NONE)
			assert_int_equal(job->signed_at, now_at);
		else
			assert_memory_equal(job->signature, zero, sizeof(zero));
		signer_pool_stop(pool);
		signer_jobs_done(&jobs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_certificates_are_signed_deterministically),
		cmocka_unit_test(test_a_crl_is_signed_over_its_digest),
		cmocka_unit_test(test_the_clock_is_read_where_the_key_is_used),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
