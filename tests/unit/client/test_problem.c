/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/problem.h"

static const char problem[] =
	"{\"type\":\"about:blank\",\"title\":\"two things\",\"status\":422,\"code\":\"a\","
	"\"instance\":\"r-1\",\"violations\":["
	"{\"code\":\"live_certificate\",\"rule\":\"P8\",\"field\":\"/card/number\","
	"\"ja\":\"有効な証明書があります。\",\"en\":\"There is one.\"},"
	"{\"code\":\"bad_member\",\"rule\":\"\",\"field\":\"\",\"ja\":\"い\",\"en\":\"B\"}]}";

static char printed[4096];

static void print(const char *text, long status, const char *language)
{
	CLIENT_ANSWER_CLEANUP struct client_answer answer = { .status = status };
	answer.json = json_loads(text, 0, NULL);
	(void)snprintf(answer.language, sizeof(answer.language), "%s", language);
	memset(printed, 0, sizeof(printed));
	FILE *out = fmemopen(printed, sizeof(printed), "w");
	client_problem_print(&answer, out);
	(void)fclose(out);
}

static void test_english(void **state)
{
	(void)state;
	print(problem, 422, "en");
	assert_string_equal(printed,
		"Refused (422): two things\n"
		"  - There is one. [P8, live_certificate, /card/number]\n"
		"  - B [bad_member]\n"
		"  request: r-1\n");
}

static void test_japanese(void **state)
{
	(void)state;
	print(problem, 422, "ja");
	assert_string_equal(printed,
		"拒否 (422): two things\n"
		"  - 有効な証明書があります。 [P8, live_certificate, /card/number]\n"
		"  - い [bad_member]\n"
		"  照会番号: r-1\n");
}

static void test_no_problem_document(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "[]", "{}", "{\"title\":7,\"violations\":\"x\"}",
		"{\"violations\":{}}" };
	for (size_t i = 0; i < LENGTH_OF(texts); i++) {
		print(texts[i], 502, "en");
		assert_string_equal(printed, "Failed (502)\n");
	}
	print("{\"violations\":[7,{\"en\":\"x\"}]}", 400, "en");
	assert_string_equal(printed, "Refused (400)\n  - \n  - x\n");
}

static void test_title_is_the_only_sentence(void **state)
{
	(void)state;
	print("{\"title\":\"No.\",\"violations\":[{\"code\":\"a\",\"en\":\"No.\",\"ja\":\"い\"}]}",
		409, "en");
	assert_string_equal(printed, "Refused (409)\n  - No. [a]\n");
}

static void test_controls(void **state)
{
	(void)state;
	print("{\"title\":\"a\\u001b[2Jb\\u009bc\\u007f\\nd\\u00e9\\u5343\"}", 400, "en");
	assert_string_equal(printed, "Refused (400): a?[2Jb?c??dé千\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_japanese),
		cmocka_unit_test(test_no_problem_document),
		cmocka_unit_test(test_title_is_the_only_sentence),
		cmocka_unit_test(test_controls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
