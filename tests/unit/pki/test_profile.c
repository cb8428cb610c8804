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
#include "pki/profile.h"

static void test_the_shipped_profile_can_stand(void **state)
{
	(void)state;
	const struct pki_profile profile = fixture_profile();
	assert_int_equal(pki_profile_check(&profile), 0);
	assert_string_equal(profile.name, "juki-signature");
	assert_int_equal(profile.validity_years, 3);
	assert_int_equal(profile.crl_validity_s, 48 * 3600);
}

static void test_each_row_is_judged(void **state)
{
	(void)state;
	const struct pki_profile good = fixture_profile();
	const struct {
		size_t offset;
		const char *value;
	} cases[] = {
		{ offsetof(struct pki_profile, name), "" },
		{ offsetof(struct pki_profile, prefecture), "" },
		{ offsetof(struct pki_profile, policy_oid), "1.2.x" },
		{ offsetof(struct pki_profile, policy_oid), "" },
		{ offsetof(struct pki_profile, item_oid), "3.1" },
		{ offsetof(struct pki_profile, cps_uri), "" },
		{ offsetof(struct pki_profile, cps_uri), "www.jpki.go.jp" },
		{ offsetof(struct pki_profile, issuer_alt_organisation), "" },
		{ offsetof(struct pki_profile, issuer_alt_units), "千葉県||千葉県知事" },
		{ offsetof(struct pki_profile, issuer_alt_units), "1|2|3|4|5|6|7|8|9" },
		{ offsetof(struct pki_profile, crl_uri), "" },
		{ offsetof(struct pki_profile, crl_uri), "ldap://x" },
		{ offsetof(struct pki_profile, ca_issuers_uri), "x" },
		{ offsetof(struct pki_profile, ocsp_uri), "http://a b" },
	};
	for (size_t i = 0; i < LENGTH_OF(cases); i++) {
		struct pki_profile profile = good;
		memcpy((char *)&profile + cases[i].offset, &cases[i].value, sizeof(cases[i].value));
		assert_int_equal(pki_profile_check(&profile), -FAULT_SETTINGS);
		assert_non_null(strstr(fault_text(), "profile."));
	}
}

/* Every row but the CRL's changes the digest; its value is held against Python's in foreign.py. */
static void test_the_digest_is_of_what_shapes_a_certificate(void **state)
{
	(void)state;
	const struct pki_profile good = fixture_profile();
	struct digest first, digest;
	assert_int_equal(pki_profile_digest(&good, &first), 0);
	assert_int_equal(pki_profile_digest(&good, &digest), 0);
	assert_true(digest_equal(&first, &digest));
	for (size_t i = 0; i < pki_profile_settings_count; i++) {
		const struct setting *row = &pki_profile_settings[i];
		struct pki_profile profile = good;
		const char *text = "another";
		int64_t number = 5000;
		if (row->type == SETTING_NUMBER)
			memcpy((char *)&profile + row->offset, &number, sizeof(number));
		else
			memcpy((char *)&profile + row->offset, &text, sizeof(text));
		assert_int_equal(pki_profile_digest(&profile, &digest), 0);
		assert_int_equal(digest_equal(&first, &digest),
			row->offset == offsetof(struct pki_profile, crl_validity_s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_shipped_profile_can_stand),
		cmocka_unit_test(test_each_row_is_judged),
		cmocka_unit_test(test_the_digest_is_of_what_shapes_a_certificate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
