/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/fault.h"
#include "pki/pem.h"

#define BLOCK "-----BEGIN ONE-----\nYWJj\n-----END ONE-----\n"
#define BLOCK_TWICE (BLOCK BLOCK)

static const char *const labels[] = { "ONE", "OTHER THING", NULL };

static int decode(const char *text, struct buffer *der)
{
	buffer_clear(der);
	return pki_pem_decode(bytes_of_text(text), labels, der);
}

static void test_a_round(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer text = BUFFER(4096), der = BUFFER(4096);
	uint8_t octets[300];
	assert_int_equal(random_fill(octets, sizeof(octets)), 0);
	for (size_t len = 1; len <= sizeof(octets); len++) {
		buffer_clear(&text);
		buffer_clear(&der);
		const struct bytes given = { octets, len };
		assert_int_equal(pki_pem_encode("OTHER THING", given, &text), 0);
		assert_int_equal(pki_pem_decode(buffer_bytes(&text), labels, &der), 0);
		assert_true(bytes_equal(buffer_bytes(&der), given));
	}
}

static void test_lines_of_64(void **state)
{
	(void)state;
	static const uint8_t zeros[49];
	BUFFER_CLEANUP struct buffer text = BUFFER(4096);
	assert_int_equal(pki_pem_encode("ONE", BYTES(zeros), &text), 0);
	assert_int_equal(buffer_append(&text, (struct bytes){ (const uint8_t *)"", 1 }), 0);
	assert_string_equal((const char *)text.data,
		"-----BEGIN ONE-----\n"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
		"AA==\n"
		"-----END ONE-----\n");
}

static void test_white_space_and_both_labels(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer der = BUFFER(64);
	const char *good[] = {
		"-----BEGIN ONE-----\nYWJj\n-----END ONE-----\n",
		"\r\n \t-----BEGIN ONE-----\r\nYWJj\r\n-----END ONE-----\r\n\r\n",
		"-----BEGIN OTHER THING-----\nYW\nJj-----END OTHER THING-----",
		"-----BEGIN ONE-----YWJj-----END ONE-----",
	};
	for (size_t i = 0; i < LENGTH_OF(good); i++) {
		assert_int_equal(decode(good[i], &der), 0);
		assert_true(bytes_equal(buffer_bytes(&der), bytes_of_text("abc")));
	}
}

static void test_what_is_not_one_block(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer der = BUFFER(64);
	const char *bad[] = {
		"",
		"YWJj",
		"-----BEGIN ONE-----",
		"-----BEGIN ONE-----\nYWJj\n",
		"-----BEGIN ONE-----\nYWJj\n-----END OTHER THING-----\n",
		"-----BEGIN TWO-----\nYWJj\n-----END TWO-----\n",
		"x-----BEGIN ONE-----\nYWJj\n-----END ONE-----\n",
		"-----BEGIN ONE-----\nYWJj\n-----END ONE-----\nx",
		BLOCK_TWICE,
		"-----BEGIN ONE-----\nProc-Type: 4,ENCRYPTED\n\nYWJj\n-----END ONE-----\n",
		"-----BEGIN ONE-----\nYWJ\n-----END ONE-----\n",
		"-----BEGIN ONE-----\nYWJj=\n-----END ONE-----\n",
		"-----BEGIN ONE-----\nYW==YWJj\n-----END ONE-----\n",
		"-----BEGIN ONE-----\nYWI=YWJj\n-----END ONE-----\n",
		"-----BEGIN ONE-----\nYX==\n-----END ONE-----\n", /* spare bits that are set */
		"-----BEGIN ONE-----\nYWK=\n-----END ONE-----\n",
		"-----BEGIN ONE-----\nY===\n-----END ONE-----\n",
		"-----BEGIN ONE-----\n====\n-----END ONE-----\n",
		"-----BEGIN ONE-----\nYW=j\n-----END ONE-----\n",
		"-----BEGIN ONE-----\nYW-j\n-----END ONE-----\n",
		"-----BEGIN ONE-----\nYW_j\n-----END ONE-----\n",
		"-----BEGIN ONE -----\nYWJj\n-----END ONE -----\n",
		"----BEGIN ONE-----\nYWJj\n-----END ONE-----\n",
	};
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		assert_int_equal(decode(bad[i], &der), PKI_PEM_BAD);
		assert_int_equal(der.len, 0);
	}
	const uint8_t zero_inside[] = "-----BEGIN ONE-----\nYW\0Jj\n-----END ONE-----\n";
	assert_int_equal(pki_pem_decode(BYTES(zero_inside), labels, &der), PKI_PEM_BAD);
}

static void test_the_buffer_is_the_limit(void **state)
{
	(void)state;
	BUFFER_CLEANUP struct buffer der = BUFFER(3), text = BUFFER(20);
	assert_int_equal(decode("-----BEGIN ONE-----\nYWJj\n-----END ONE-----\n", &der), 0);
	assert_int_equal(
		decode("-----BEGIN ONE-----\nYWJjZA==\n-----END ONE-----\n", &der), -FAULT_LIMIT);
	assert_int_equal(der.len, 0);
	assert_int_equal(pki_pem_encode("ONE", bytes_of_text("abc"), &text), -FAULT_LIMIT);
	assert_int_equal(text.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_round),
		cmocka_unit_test(test_lines_of_64),
		cmocka_unit_test(test_white_space_and_both_labels),
		cmocka_unit_test(test_what_is_not_one_block),
		cmocka_unit_test(test_the_buffer_is_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
