/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "signer/pool.h"

#define JOBS 50
#define PATIENCE_MS 60000

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
	struct signer_pool *pool;
	struct signer_jobs jobs;
	struct signer_job *all[JOBS];
	assert_int_equal(signer_jobs_init(&jobs, JOBS), 0);
	assert_int_equal(signer_pool_start(*state, 3, &pool), 0);
	for (size_t i = 0; i < JOBS; i++) {
		all[i] = signer_jobs_take(&jobs, SIGNER_JOB_CERTIFICATE);
		assert_non_null(all[i]);
		memcpy(all[i]->tbs, "to be signed", 12);
		all[i]->tbs_len = 12;
		signer_pool_submit(pool, all[i]);
	}
	await(pool, JOBS);
	for (size_t i = 0; i < JOBS; i++) {
		assert_int_equal(all[i]->signature_len, 256);
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
	struct signer_pool *pool;
	struct signer_jobs jobs;
	struct bytes octets = BYTES("a long list");
	assert_int_equal(signer_jobs_init(&jobs, 1), 0);
	assert_int_equal(signer_pool_start(*state, 1, &pool), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_certificates_are_signed_deterministically),
		cmocka_unit_test(test_a_crl_is_signed_over_its_digest),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
