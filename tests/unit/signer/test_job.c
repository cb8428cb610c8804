/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signer/job.h"

static void test_jobs_are_taken_and_given_back(void **state)
{
	(void)state;
	struct signer_jobs jobs;
	assert_int_equal(signer_jobs_init(&jobs, 2), 0);
	struct signer_job *one = signer_jobs_take(&jobs, SIGNER_JOB_CERTIFICATE);
	struct signer_job *two = signer_jobs_take(&jobs, SIGNER_JOB_CRL);
	assert_non_null(one);
	assert_non_null(two);
	assert_ptr_not_equal(one, two);
	assert_int_equal(two->kind, SIGNER_JOB_CRL);
	assert_null(signer_jobs_take(&jobs, SIGNER_JOB_CRL));
	assert_int_equal(jobs.used, 2);

	/* Nothing of the last use shows in the next. */
	one->signature_len = 256;
	one->tbs_len = 5;
	signer_jobs_give_back(&jobs, one);
	assert_int_equal(jobs.used, 1);
	one = signer_jobs_take(&jobs, SIGNER_JOB_CRL);
	assert_non_null(one);
	assert_int_equal(one->signature_len, 0);
	assert_int_equal(one->tbs_len, 0);
	signer_jobs_done(&jobs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jobs_are_taken_and_given_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
