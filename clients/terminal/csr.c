/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/csr.h"

#include <unistd.h>

#include "base/fault.h"
#include "terminal/card.h"
#include "terminal/commands.h"
#include "terminal/key.h"
#include "terminal/password.h"
#include "terminal/say.h"

#define CSR_TEXT_MAX 8192 /* octets of PEM */

static const char *const makers[] = { "applicant", "staff", "representative", NULL };

struct csr {
	const char *application, *key_file, *password_file, *made_by, *out;
};

static const struct client_option options_table[] = {
	{ .name = "application",
		.value = "ID",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct csr, application),
		.help = "which application" },
	{ .name = "key-file",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct csr, key_file),
		.help = "the key pair; made when it is not there" },
	{ .name = "password-file",
		.value = "FILE",
		.type = CLIENT_OPTION_TEXT,
		.required = true,
		.offset = offsetof(struct csr, password_file),
		.help = "its password (K1); nobody else's to read" },
	{ .name = "made-by",
		.value = "WORD",
		.type = CLIENT_OPTION_WORD,
		.offset = offsetof(struct csr, made_by),
		.words = makers,
		.fallback = "applicant",
		.help = "who makes it (K3)" },
	{ .name = "out",
		.value = "FOLDER",
		.type = CLIENT_OPTION_TEXT,
		.offset = offsetof(struct csr, out),
		.help = "write the certificate there" },
	{ .name = NULL },
};

int terminal_csr_password(
	const struct client_call *call, const char *path, struct secret *ret_password)
{
	int r = secret_harden_process();
	if (r == 0)
		r = terminal_password_load(path, ret_password);
	if (r < 0)
		return fault_trace(r);
	if (r == TERMINAL_PASSWORD_BAD) {
		terminal_say_aside(call, TERMINAL_PASSWORD_BAD_LINE, "");
		return CLIENT_REFUSED;
	}
	return 0;
}

int terminal_csr_key(
	const struct client_call *call, const struct terminal_key_place *place, EVP_PKEY **ret_key)
{
	bool is_there = access(place->key_file, F_OK) == 0;
	int r = TERMINAL_KEY_THERE;
	if (!is_there)
		r = terminal_key_make(place->key_file, place->password, ret_key);
	else if (place->may_be_there)
		r = terminal_key_load(place->key_file, place->password, ret_key);
	if (r < 0)
		return fault_trace(r);
	if (r == TERMINAL_KEY_THERE) {
		terminal_say_aside(call, TERMINAL_KEY_THERE_LINE, place->key_file);
		return CLIENT_REFUSED;
	}
	terminal_say(call, is_there ? TERMINAL_KEY_FOUND : TERMINAL_KEY_MADE, place->key_file);
	return 0;
}

int terminal_csr_submit(struct terminal_counter *counter, const char *id, const char *made_by,
	EVP_PKEY *key, struct client_answer *ret_certificate)
{
	const char *clerk;
	char path[TERMINAL_PATH_MAX];
	BUFFER_CLEANUP struct buffer pem = BUFFER(CSR_TEXT_MAX);
	int r = terminal_counter_clerk(counter->call, &clerk);
	if (r == 0)
		r = terminal_counter_path(counter->call, id, "/csr", path);
	if (r == 0)
		r = terminal_key_request(key, &pem);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	const struct terminal_request request = {
		.method = "POST",
		.path = path,
		.body = json_pack("{ss ss ss}", "csr", (const char *)pem.data, "key_made_by",
			made_by, "clerk", clerk),
		.repeatable = true,
	};
	r = terminal_counter_ask(counter, &request, ret_certificate);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	terminal_say(counter->call, TERMINAL_ISSUED, client_answer_text(ret_certificate, "serial"));
	terminal_say(counter->call, TERMINAL_NOT_AFTER,
		client_answer_text(ret_certificate, "not_after"));
	return 0;
}

int terminal_csr_write(const struct client_call *call, const char *folder,
	const struct client_answer *certificate, EVP_PKEY *key)
{
	const struct terminal_card card = {
		.certificate = client_answer_text(certificate, "certificate"),
		.ca = client_answer_text(certificate, "ca_certificate"),
		.serial = client_answer_text(certificate, "serial"),
		.key = key,
	};
	int r = terminal_card_write(folder, &card);
	if (r < 0)
		return fault_trace(r);
	if (r == TERMINAL_CARD_FOREIGN) {
		terminal_say_aside(call, TERMINAL_CERTIFICATE_FOREIGN, "");
		return fault_new(FAULT_PROTOCOL, "the certificate is not the one asked for");
	}
	terminal_say(call, TERMINAL_WRITTEN, folder);
	return 0;
}

static int submit_and_write(
	struct terminal_counter *counter, const struct csr *options, EVP_PKEY *key)
{
	CLIENT_ANSWER_CLEANUP struct client_answer certificate = { .status = 0 };
	int r = terminal_csr_submit(
		counter, options->application, options->made_by, key, &certificate);
	if (r == 0 && options->out != NULL)
		r = terminal_csr_write(counter->call, options->out, &certificate, key);
	return r < 0 ? fault_trace(r) : r;
}

static int run(const struct client_call *call, const void *given)
{
	const struct csr *options = given;
	TERMINAL_COUNTER_CLEANUP struct terminal_counter counter = { .call = call };
	SECRET_CLEANUP struct secret password = { NULL, 0, 0 };
	CLEANUP(terminal_key_done) EVP_PKEY *key = NULL;
	int r = terminal_csr_password(call, options->password_file, &password);
	if (r == 0 && options->out != NULL)
		r = terminal_card_check(options->out);
	if (r == 0)
		r = terminal_counter_open(call, &counter);
	const struct terminal_key_place place = { options->key_file, &password, true };
	if (r == 0)
		r = terminal_csr_key(call, &place, &key);
	if (r == 0)
		r = submit_and_write(&counter, options, key);
	return r < 0 ? fault_trace(r) : r;
}

const struct client_command terminal_csr = {
	.name = "csr",
	.help = "make the key pair and have it certified",
	.options = options_table,
	.options_size = sizeof(struct csr),
	.run = run,
};
