/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "pki/name.h"

static char text[8192];

/* What one attribute is written as, or the fault. */
static int attribute(enum pki_name_type type, const char *value)
{
	BUFFER_CLEANUP struct buffer out = BUFFER(1024);
	struct pki_der der = pki_der_begin(&out);
	pki_name_attribute(&der, type, value);
	int r = pki_der_end(&der);
	hex_encode(buffer_bytes(&out), text);
	return r;
}

static int japanese(const char *organisation, const char *units)
{
	BUFFER_CLEANUP struct buffer out = BUFFER(4096);
	struct pki_der der = pki_der_begin(&out);
	pki_name_japanese(&der, organisation, units);
	int r = pki_der_end(&der);
	hex_encode(buffer_bytes(&out), text);
	return r;
}

static void test_string_types(void **state)
{
	(void)state;
	assert_int_equal(attribute(PKI_NAME_COUNTRY, "JP"), 0);
	assert_string_equal(text, "310b3009060355040613024a50");
	assert_int_equal(attribute(PKI_NAME_LOCALITY, "x"), 0);
	assert_string_equal(text, "310a300806035504070c0178");
	assert_int_equal(attribute(PKI_NAME_ORGANISATION, "x"), 0);
	assert_string_equal(text, "310a3008060355040a0c0178");
	assert_int_equal(attribute(PKI_NAME_UNIT, "x"), 0);
	assert_string_equal(text, "310a3008060355040b0c0178");
	assert_int_equal(attribute(PKI_NAME_COMMON_NAME, "x"), 0);
	assert_string_equal(text, "310a300806035504030c0178");
}

static void test_bounds(void **state)
{
	(void)state;
	char value[3 * 65 + 1];
	for (size_t i = 0; i < 65; i++)
		memcpy(value + 3 * i, "龍", sizeof("龍"));
	value[3 * 64] = '\0';
	assert_int_equal(attribute(PKI_NAME_UNIT, value), 0);
	memcpy(value + 3 * 64, "龍", sizeof("龍"));
	assert_int_equal(attribute(PKI_NAME_UNIT, value), -FAULT_LIMIT);
	assert_int_equal(attribute(PKI_NAME_LOCALITY, value), 0);
	assert_int_equal(attribute(PKI_NAME_COMMON_NAME, ""), -FAULT_LIMIT);
	assert_int_equal(attribute(PKI_NAME_COUNTRY, "JPN"), -FAULT_LIMIT);
	assert_int_equal(attribute(PKI_NAME_UNIT, "a\nb"), -FAULT_LIMIT);
	assert_int_equal(attribute(PKI_NAME_UNIT, "\xff"), -FAULT_LIMIT);
}

static void test_units_are_separated(void **state)
{
	(void)state;
	assert_int_equal(pki_name_units_count("a"), 1);
	assert_int_equal(pki_name_units_count("千葉県|千葉県知事"), 2);
	assert_int_equal(pki_name_units_count(""), 0);
	assert_int_equal(pki_name_units_count("|"), 0);
	assert_int_equal(pki_name_units_count("a|"), 0);
	assert_int_equal(pki_name_units_count("|a"), 0);
	assert_int_equal(pki_name_units_count("a||b"), 0);

	assert_int_equal(japanese("o", "a|bc"), 0);
	assert_string_equal(text,
		"3032"
		"310b3009060355040613024a50"
		"310a3008060355040a0c016f"
		"310a3008060355040b0c0161"
		"310b3009060355040b0c026263");
}

/* A unit longer than the longest is refused, not cut. */
static void test_a_unit_too_long(void **state)
{
	(void)state;
	char units[400];
	memset(units, 'a', sizeof(units));
	units[sizeof(units) - 1] = '\0';
	assert_int_equal(japanese("o", units), -FAULT_LIMIT);
	units[300] = '|';
	assert_int_equal(japanese("o", units), -FAULT_LIMIT);
	units[65] = '\0';
	assert_int_equal(japanese("o", units), -FAULT_LIMIT);
	units[64] = '\0';
	assert_int_equal(japanese("o", units), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_string_types),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_units_are_separated),
		cmocka_unit_test(test_a_unit_too_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
