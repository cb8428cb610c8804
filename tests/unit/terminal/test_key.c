/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/file.h"
#include "pki/csr.h"
#include "terminal/key.h"

#define TEXT_MAX 16384

static char folder[64], path[96];

static int folder_make(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/hakko-key-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/key.pem", folder);
	return 0;
}

static int folder_remove(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static struct secret password_of(const char *text)
{
	struct secret password;
	assert_int_equal(secret_init(&password, strlen(text)), 0);
	memcpy(password.data, text, strlen(text));
	return password;
}

static void test_make_and_load(void **state)
{
	(void)state;
	SECRET_CLEANUP struct secret password = password_of("ABC123");
	SECRET_CLEANUP struct secret other = password_of("ABC124");
	CLEANUP(terminal_key_done) EVP_PKEY *key = NULL;
	CLEANUP(terminal_key_done) EVP_PKEY *again = NULL;
	assert_int_equal(terminal_key_make(path, &password, &key), 0);
	struct stat status;
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(EVP_PKEY_get_bits(key), TERMINAL_KEY_BITS);
	assert_int_equal(terminal_key_load(path, &password, &again), 0);
	assert_int_equal(EVP_PKEY_eq(key, again), 1);
	EVP_PKEY *none = NULL;
	assert_int_equal(terminal_key_load(path, &other, &none), -FAULT_SETTINGS);
	assert_null(none);
}

static void test_never_over_another(void **state)
{
	(void)state;
	SECRET_CLEANUP struct secret password = password_of("ABC123");
	EVP_PKEY *key = NULL;
	assert_int_equal(file_create(path, bytes_of_text("kept"), 0600), 0);
	assert_int_equal(terminal_key_make(path, &password, &key), TERMINAL_KEY_THERE);
	assert_null(key);
	BUFFER_CLEANUP struct buffer content = BUFFER(0);
	assert_int_equal(file_read(path, TEXT_MAX, &content), 0);
	assert_true(bytes_equal(buffer_bytes(&content), bytes_of_text("kept")));
}

/* What the service will check. */
static void test_request(void **state)
{
	(void)state;
	SECRET_CLEANUP struct secret password = password_of("ABC123");
	CLEANUP(terminal_key_done) EVP_PKEY *key = NULL;
	BUFFER_CLEANUP struct buffer first = BUFFER(TEXT_MAX);
	BUFFER_CLEANUP struct buffer second = BUFFER(TEXT_MAX);
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CSR_MAX);
	assert_int_equal(terminal_key_make(path, &password, &key), 0);
	assert_int_equal(terminal_key_request(key, &first), 0);
	assert_int_equal(terminal_key_request(key, &second), 0);
	assert_true(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
	assert_int_equal(first.data[first.len - 1], '\0');

	enum refusal refusal;
	struct pki_public_key public_key;
	const char *text = (const char *)first.data;
	assert_int_equal(pki_csr_from_text(text, strlen(text), &der, &refusal), 0);
	assert_int_equal(pki_csr_check(buffer_bytes(&der), &public_key, &refusal), 0);
	struct digest digest;
	assert_int_equal(pki_key_digest(key, &digest), 0);
	assert_true(digest_equal(&digest, &public_key.digest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_make_and_load, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			test_never_over_another, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(test_request, folder_make, folder_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
