/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "front/certificate_reply.h"

static const struct {
	const char *accept;
	int outcome;
	enum front_certificate_form form;
} rows[] = {
	{ "", 0, FRONT_FORM_JSON },
	{ " , ", 0, FRONT_FORM_JSON },
	{ "*/*", 0, FRONT_FORM_JSON },
	{ "application/json", 0, FRONT_FORM_JSON },
	{ "application/pkix-cert", 0, FRONT_FORM_DER },
	{ "Application/PKIX-Cert;q=0.9", 0, FRONT_FORM_DER },
	{ "application/pem-certificate-chain", 0, FRONT_FORM_PEM },
	{ "text/html, application/pkix-cert", 0, FRONT_FORM_DER },
	{ "application/pkix-cert, */*", 0, FRONT_FORM_DER },
	{ "*/*, application/pkix-cert", 0, FRONT_FORM_JSON },
	{ "application/*", 0, FRONT_FORM_JSON },
	{ "text/html", FRONT_FORM_NONE, FRONT_FORM_JSON },
	{ "application/pkix-certificate", FRONT_FORM_NONE, FRONT_FORM_JSON },
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH_OF(rows); i++) {
		enum front_certificate_form form = FRONT_FORM_JSON;
		int r = front_certificate_form(rows[i].accept, &form);
		if (r != rows[i].outcome || form != rows[i].form)
			fail_msg("%s: %d, form %d", rows[i].accept, r, (int)form);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
