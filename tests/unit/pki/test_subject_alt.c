/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "fixture.h"
#include "pki/subject_alt.h"

#define ARC "1.2.392.200149.8.5.5"

static char text[8192];

/* The check value of docs/profile.md. */
static void test_the_published_check_value(void **state)
{
	(void)state;
	const struct pki_subject_alt_item name = { 1, "白井　花子" };
	BUFFER_CLEANUP struct buffer out = BUFFER(256);
	struct pki_der der = pki_der_begin(&out);
	pki_subject_alt_names(&der, ARC, &name, 1);
	assert_int_equal(pki_der_end(&der), 0);
	hex_encode(buffer_bytes(&out), text);
	assert_string_equal(text,
		"3021a01f060a2a83088c9b5508050501a0110c0fe799bde4ba95e38080"
		"e88ab1e5ad90");
}

static int extension(const struct resident *resident)
{
	BUFFER_CLEANUP struct buffer out = BUFFER(4096);
	struct pki_der der = pki_der_begin(&out);
	pki_subject_alt_extension(&der, ARC, resident);
	int r = pki_der_end(&der);
	hex_encode(buffer_bytes(&out), text);
	return r;
}

static struct resident resident_of_shiroi(void)
{
	static const struct pki_ca none;
	struct pki_subject subject;
	fixture_subject(&none, &subject);
	return subject.resident;
}

static void test_birth_dates(void **state)
{
	(void)state;
	const struct {
		struct birth_date birth;
		const char *expected; /* NULL: refused */
	} cases[] = {
		{ { ERA_SHOWA, 1980, 2, 17 }, "319800217" },
		{ { ERA_MEIJI, 1912, 7, 29 }, "119120729" },
		{ { ERA_REIWA, 2019, 5, 1 }, "520190501" },
		{ { ERA_UNKNOWN, 0, 0, 0 }, "000000000" },
		{ { ERA_SHOWA, 1930, 0, 0 }, "319300000" },
		{ { ERA_SHOWA, 1930, 2, 0 }, "319300200" },
		{ { ERA_SHOWA, 0, 2, 30 }, "300000230" },
		{ { ERA_SHOWA, 1981, 2, 29 }, NULL },
		{ { ERA_SHOWA, 1980, 13, 0 }, NULL },
		{ { ERA_SHOWA, 1980, 1, 32 }, NULL },
		{ { ERA_SHOWA, -1, 1, 1 }, NULL },
		{ { ERA_SHOWA, 10000, 0, 0 }, NULL },
		{ { (enum era)6, 1980, 1, 1 }, NULL },
	};
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		struct resident resident = resident_of_shiroi();
		resident.birth = cases[i].birth;
		int r = extension(&resident);
		assert_int_equal(r, cases[i].expected == NULL ? -FAULT_LIMIT : 0);
		char hex[64] = "";
		if (cases[i].expected != NULL)
			hex_encode(bytes_of_text(cases[i].expected), hex);
		assert_non_null(strstr(text, hex));
	}
}

/* Every text of a resident has room for these. */
static void put(char *place, const char *value)
{
	memcpy(place, value, strlen(value) + 1);
}

static void test_items_that_do_not_fit(void **state)
{
	(void)state;
	const struct resident good = resident_of_shiroi();
	assert_int_equal(extension(&good), 0);
	struct resident bad[9];
	for (size_t i = 0; i < LENGTH_OF(bad); i++)
		bad[i] = good;
	put(bad[0].name, "");
	put(bad[1].name_flags, "0000");
	put(bad[2].name_flags, "000000");
	put(bad[3].name_flags, "0000x");
	put(bad[4].address, "\xff");
	put(bad[5].address, "千葉県白井市復１１\n３");
	bad[6].sex = (enum sex)0;
	bad[7].sex = (enum sex)4;
	put(bad[8].address_flags, "");
	for (size_t i = 0; i < LENGTH_OF(bad); i++) {
		assert_int_equal(extension(&bad[i]), -FAULT_LIMIT);
		assert_null(strstr(fault_text(), "白井"));
	}
}

static void test_two_hundred_characters(void **state)
{
	(void)state;
	struct resident resident = resident_of_shiroi();
	memset(resident.name, 'a', 200);
	memset(resident.name_flags, '1', 200);
	assert_int_equal(extension(&resident), 0);
	memset(resident.name, 'a', 201);
	assert_int_equal(extension(&resident), -FAULT_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_published_check_value),
		cmocka_unit_test(test_birth_dates),
		cmocka_unit_test(test_items_that_do_not_fit),
		cmocka_unit_test(test_two_hundred_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
