/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/bio.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "ctl/commands.h"
#include "ctl/owner.h"
#include "ledger/leaf.h"
#include "pki/ca.h"

#define KEY_FILE_MAX 16384 /* octets of PEM */
#define KEY_MODE 0600
#define CERTIFICATE_MODE 0644

CLEANUP_DEFINE(key_done, EVP_PKEY, EVP_PKEY_free)
CLEANUP_DEFINE(bio_done, BIO, BIO_free_all)
#define CA_CLEANUP __attribute__((cleanup(pki_ca_done)))

static const char *const kinds[] = { "rehearsal", "production", NULL };

struct create {
	const char *kind, *organisation, *prefecture, *alt_organisation, *alt_units;
	int64_t years, bits, not_before_at;
	const char *key, *passphrase_file, *certificate;
};

static const struct client_option create_options[] = {
	{ .name = "kind",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.required = true,
		.offset = offsetof(struct create, kind),
		.words = kinds,
		.help = "what it is for" },
	{ .name = "organisation",
		.value = "TEXT",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct create, organisation),
		.fallback = "JPKI",
		.help = "O of the subject" },
	{ .name = "prefecture",
		.value = "TEXT",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct create, prefecture),
		.help = "OU of the subject, romaji" },
	{ .name = "alt-organisation",
		.value = "TEXT",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct create, alt_organisation),
		.fallback = "公的個人認証サービス",
		.help = "O of the Japanese name" },
	{ .name = "alt-units",
		.value = "TEXT",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct create, alt_units),
		.help = "OUs of the Japanese name, '|' between them" },
	{ .name = "years",
		.value = "N",
		.type = CLIENT_OPTION_NUMBER,
		.offset = offsetof(struct create, years),
		.fallback = "10",
		.min = 1,
		.max = PKI_CA_YEARS_MAX,
		.help = "validity" },
	{ .name = "bits",
		.value = "N",
		.type = CLIENT_OPTION_NUMBER,
		.offset = offsetof(struct create, bits),
		.fallback = "2048",
		.min = 2048,
		.max = 4096,
		.help = "of the RSA key" },
	{ .name = "not-before",
		.value = "INSTANT",
		.type = CLIENT_OPTION_INSTANT,
		.offset = offsetof(struct create, not_before_at),
		.help = "first instant, rehearsal only (now)" },
	{ .name = "key",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct create, key),
		.help = "where the encrypted key goes" },
	{ .name = "passphrase-file",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct create, passphrase_file),
		.help = "guards the key; nobody else's to read" },
	{ .name = "certificate",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct create, certificate),
		.help = "where the certificate goes, PEM" },
	{ .name = NULL },
};

static void hex_print(FILE *out, const char *label, struct bytes octets)
{
	char text[2 * DIGEST_LEN + 1];
	hex_encode(octets, text);
	(void)fprintf(out, "%s: %s\n", label, text);
}

static void subject_print(FILE *out, const struct pki_ca *ca)
{
	CLEANUP(bio_done) BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	if (bio == NULL ||
		X509_NAME_print_ex(bio, X509_get_subject_name(ca->certificate), 0,
			XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
		return;
	long len = BIO_get_mem_data(bio, &text);
	(void)fprintf(out, "subject: %.*s\n", (int)len, text);
}

/* What a ceremony's minutes write down. */
static int ca_print(FILE *out, const struct pki_ca *ca)
{
	char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
	struct digest sha256;
	uint8_t sha1[EVP_MAX_MD_SIZE];
	unsigned int sha1_len = 0;
	int r = digest_of(buffer_bytes(&ca->der), &sha256);
	if (r < 0)
		return fault_trace(r);
	if (X509_digest(ca->certificate, EVP_sha1(), sha1, &sha1_len) != 1)
		return fault_new(FAULT_CRYPTO, "no SHA-1");
	subject_print(out, ca);
	(void)fprintf(out, "kind: %s\n", ca->kind == SERVICE_REHEARSAL ? kinds[0] : kinds[1]);
	hex_print(out, "key id", (struct bytes){ ca->key_id, PKI_KEY_ID_LEN });
	(void)fprintf(out, "valid: %s to %s\n", instant_to_text(ca->not_before_at, from),
		instant_to_text(ca->not_after_at, to));
	hex_print(out, "certificate SHA-256", digest_bytes(&sha256));
	hex_print(out, "certificate SHA-1", (struct bytes){ sha1, sha1_len });
	hex_print(out, "public key SHA-256", digest_bytes(&ca->key_digest));
	return 0;
}

/* Everything that can be known to fail before a key is made. */
static int create_check(const struct client_call *call, const struct create *options)
{
	bool rehearsal = strcmp(options->kind, kinds[0]) == 0;
	if (!rehearsal && options->not_before_at != 0)
		return client_command_usage(
			call, "--not-before is a rehearsal's; a production CA begins now");
	const char *units = options->alt_units;
	if (*units == '|' || units[strlen(units) - 1] == '|' || strstr(units, "||") != NULL)
		return client_command_usage(call, "--alt-units has an empty part");
	const char *paths[] = { options->key, options->certificate };
	for (size_t i = 0; i < LENGTH_OF(paths); i++)
		if (access(paths[i], F_OK) == 0)
			return client_command_refuse(
				call, "%s is there already and stays as it is", paths[i]);
	return 0;
}

static int create_file(
	const struct client_call *call, const char *path, const struct buffer *pem, mode_t mode)
{
	int r = file_create(path, buffer_bytes(pem), mode);
	if (r == FILE_EXISTS)
		return client_command_refuse(call, "%s is there already and stays as it is", path);
	return r < 0 ? fault_trace(r) : 0;
}

/* The key is on disk before its certificate: a certificate without its key would be waste. */
static int create_write(const struct client_call *call, const struct create *options, EVP_PKEY *key,
	const struct secret *passphrase, struct bytes der)
{
	BUFFER_CLEANUP struct buffer key_pem = BUFFER(KEY_FILE_MAX);
	BUFFER_CLEANUP struct buffer certificate_pem = BUFFER(PKI_CA_TEXT_MAX);
	int r = pki_private_key_encode(key, passphrase, &key_pem);
	if (r == 0)
		r = pki_certificate_to_pem(der, &certificate_pem);
	if (r == 0)
		r = create_file(call, options->key, &key_pem, KEY_MODE);
	if (r == 0)
		r = create_file(call, options->certificate, &certificate_pem, CERTIFICATE_MODE);
	return r < 0 ? fault_trace(r) : r;
}

static int create_make(const struct client_call *call, const struct create *options,
	const struct secret *passphrase)
{
	const struct pki_ca_request request = {
		.kind = strcmp(options->kind, kinds[0]) == 0 ? SERVICE_REHEARSAL
							     : SERVICE_PRODUCTION,
		.organisation = options->organisation,
		.prefecture = options->prefecture,
		.alt_organisation = options->alt_organisation,
		.alt_units = options->alt_units,
		.not_before_at = options->not_before_at != 0 ? options->not_before_at
							     : clock_real_now_at(),
		.years = (int)options->years,
	};
	CLEANUP(key_done) EVP_PKEY *key = NULL;
	BUFFER_CLEANUP struct buffer der = BUFFER(PKI_CA_CERTIFICATE_MAX);
	CA_CLEANUP struct pki_ca ca = { .certificate = NULL };
	int r = pki_private_key_make((int)options->bits, &key);
	if (r == 0)
		r = pki_ca_make(&request, key, &der);
	if (r == 0)
		r = pki_ca_from_der(buffer_bytes(&der), &ca);
	if (r == 0)
		r = create_write(call, options, key, passphrase, buffer_bytes(&der));
	if (r == 0)
		r = ca_print(call->out, &ca);
	return r < 0 ? fault_trace(r) : r;
}

static int create_run(const struct client_call *call, const void *given)
{
	const struct create *options = given;
	int r = create_check(call, options);
	if (r != 0)
		return r;
	r = secret_harden_process();
	if (r < 0)
		return fault_trace(r);
	SECRET_CLEANUP struct secret passphrase = { NULL, 0, 0 };
	r = secret_load(&passphrase, options->passphrase_file, true);
	if (r == 0)
		r = create_make(call, options, &passphrase);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command ctl_ca_create = {
	.name = "ca create",
	.help = "make a CA key and its certificate (the ceremony)",
	.options = create_options,
	.options_size = sizeof(struct create),
	.run = create_run,
};

struct registration {
	const char *certificate;
};

static const struct client_option register_options[] = {
	{ .name = "certificate",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct registration, certificate),
		.help = "the CA certificate, PEM" },
	{ .name = NULL },
};

static int register_insert(const struct client_call *call, struct store *store,
	const struct pki_ca *ca, int64_t now_at)
{
	struct digest certificate;
	int r = digest_of(buffer_bytes(&ca->der), &certificate);
	if (r < 0)
		return fault_trace(r);
	char key[DIGEST_HEX_SIZE];
	digest_to_text(&ca->key_digest, key);
	const struct leaf leaf = {
		.kind = LEAF_CA,
		.happened_at = now_at,
		.certificate = &certificate,
		.subject = key,
	};
	struct leaf_octets octets;
	r = ledger_leaf_encode(&leaf, &octets);
	if (r < 0)
		return fault_trace(r);
	struct store_ca row = {
		.key = ca->key_digest,
		.not_after_at = ca->not_after_at,
		.der_len = ca->der.len,
	};
	_Static_assert(PKI_CA_CERTIFICATE_MAX <= sizeof(row.der), "a CA certificate fits");
	memcpy(row.der, ca->der.data, ca->der.len);
	r = store_ca_insert(store, &row, &leaf, &octets);
	if (r == STORE_EXISTS)
		return client_command_refuse(call, "this CA key is registered already");
	return r < 0 ? fault_trace(r) : r;
}

static int register_run(const struct client_call *call, const void *given)
{
	const struct registration *options = given;
	CA_CLEANUP struct pki_ca ca = { .certificate = NULL };
	CLEANUP(ctl_owner_done) struct store *store = NULL;
	struct store_system system;
	int r = pki_ca_load(options->certificate, &ca);
	if (r < 0)
		return fault_trace(r);
	r = ctl_owner_open_system(call, &store, &system);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (ca.kind != system.kind)
		return client_command_refuse(call, "%s",
			ca.kind == SERVICE_REHEARSAL
				? "a rehearsal's CA has no place in a production database"
				: "a production CA has no place in a rehearsal's database");
	r = register_insert(call, store, &ca, system.now_at);
	if (r == 0)
		r = ca_print(call->out, &ca);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command ctl_ca_register = {
	.name = "ca register",
	.help = "enter a CA certificate in the database",
	.options = register_options,
	.options_size = sizeof(struct registration),
	.run = register_run,
};
