/* SPDX-License-Identifier: Apache-2.0 */
#include "client/https.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/fault.h"

#define URL_MAX 300 /* octets of "https://host:port" */

struct client_https {
	CURL *curl;
	struct curl_slist *headers;
	char url[URL_MAX + 1];
	char language[CLIENT_LANGUAGE_SIZE];
	bool global;
	bool was_sent;
	bool fresh; /* the next call makes a connection of its own */
	bool alert; /* the server ended the handshake with an alert */
	char error[CURL_ERROR_SIZE];
};

CLEANUP_DEFINE(text_done, char, free)

/* Which CURLcode is which fault; all others are FAULT_UNAVAILABLE. */
static const struct {
	CURLcode code;
	enum fault_kind kind;
} faults[] = {
	{ CURLE_OPERATION_TIMEDOUT, FAULT_TIMEOUT },
	{ CURLE_OUT_OF_MEMORY, FAULT_MEMORY },
	{ CURLE_PEER_FAILED_VERIFICATION, FAULT_PROTOCOL },
	{ CURLE_WEIRD_SERVER_REPLY, FAULT_PROTOCOL },
	{ CURLE_WRITE_ERROR, FAULT_PROTOCOL },
	{ CURLE_BAD_CONTENT_ENCODING, FAULT_PROTOCOL },
	{ CURLE_FILESIZE_EXCEEDED, FAULT_PROTOCOL },
	{ CURLE_SSL_CERTPROBLEM, FAULT_SETTINGS },
	{ CURLE_SSL_CACERT_BADFILE, FAULT_SETTINGS },
	{ CURLE_URL_MALFORMAT, FAULT_SETTINGS },
	{ CURLE_UNSUPPORTED_PROTOCOL, FAULT_SETTINGS },
};

static int readable_check(const char *what, const char *path)
{
	if (access(path, R_OK) == 0)
		return 0;
	return fault_new(FAULT_SETTINGS, "%s %s: %s", what, path, strerrordesc_np(errno));
}

static int settings_check(const struct client_https_settings *settings)
{
	static const char scheme[] = "https://";
	const char *host = settings->url + strlen(scheme);
	if (strncmp(settings->url, scheme, strlen(scheme)) != 0 ||
		strlen(settings->url) > URL_MAX || *host == '\0' || strpbrk(host, "/?#@ ") != NULL)
		return fault_new(FAULT_SETTINGS, "the URL is not of the form https://host:port");
	int r = readable_check("the server's CA", settings->ca);
	if (r == 0)
		r = readable_check("the client certificate", settings->certificate);
	if (r == 0)
		r = readable_check("the client's key", settings->key);
	return r < 0 ? fault_trace(r) : 0;
}

static int header_add(struct client_https *https, const char *header)
{
	struct curl_slist *longer = curl_slist_append(https->headers, header);
	if (longer == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a header");
	https->headers = longer;
	return 0;
}

static int headers_make(struct client_https *https)
{
	bool japanese = strcmp(https->language, "ja") == 0;
	int r = header_add(
		https, japanese ? "Accept-Language: ja" : "Accept-Language: en, ja;q=0.5");
	if (r == 0)
		r = header_add(https, "Accept: application/json, application/problem+json");
	if (r == 0)
		r = header_add(https, "Content-Type: application/json");
	if (r == 0)
		r = header_add(https, "Expect:"); /* no 100-continue */
	return r < 0 ? fault_trace(r) : 0;
}

/*
 * A TLS alert is the server's own word: it does not want this client. With TLS 1.3 it comes after
 * the handshake, when the error buffer may hold a lesser complaint already, so it is looked for
 * among libcurl's messages: "...SSL routines::tlsv1 alert unknown ca...".
 */
static int take_message(CURL *curl, curl_infotype type, char *text, size_t len, void *context)
{
	struct client_https *https = context;
	(void)curl;
	if (type == CURLINFO_TEXT && memmem(text, len, "SSL routines:", 13) != NULL &&
		memmem(text, len, " alert ", 7) != NULL)
		https->alert = true;
	return 0;
}

/* What holds for every call of this handle. */
static int handle_set(struct client_https *https, const struct client_https_settings *settings)
{
	CURL *curl = https->curl;
	CURLcode bad = CURLE_OK;
	bad |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
	bad |= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(curl, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L); /* kept open at a time */
	bad |= curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	bad |= curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	bad |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	bad |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	bad |= curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca);
	/* Without this Debian's libcurl trusts every public CA beside ours. */
	bad |= curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	bad |= curl_easy_setopt(curl, CURLOPT_SSLCERT, settings->certificate);
	bad |= curl_easy_setopt(curl, CURLOPT_SSLKEY, settings->key);
	bad |= curl_easy_setopt(curl, CURLOPT_HTTPHEADER, https->headers);
	bad |= curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, https->error);
	bad |= curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* to take_message() alone */
	bad |= curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, take_message);
	bad |= curl_easy_setopt(curl, CURLOPT_DEBUGDATA, https);
	bad |= curl_easy_setopt(curl, CURLOPT_USERAGENT, "hakko/" HAKKO_VERSION);
	return bad == CURLE_OK ? 0 : fault_new(FAULT_MEMORY, "libcurl took not every option");
}

int client_https_open(const struct client_https_settings *settings, struct client_https **ret_https)
{
	int r = settings_check(settings);
	if (r < 0)
		return fault_trace(r);
	CLEANUP(client_https_done) struct client_https *https = calloc(1, sizeof(*https));
	if (https == NULL)
		return fault_new(FAULT_MEMORY, "no memory for HTTPS");
	(void)snprintf(https->url, sizeof(https->url), "%s", settings->url);
	(void)snprintf(https->language, sizeof(https->language), "%s", settings->language);

	https->global = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	https->curl = https->global ? curl_easy_init() : NULL;
	if (https->curl == NULL)
		return fault_new(FAULT_MEMORY, "libcurl does not start");
	r = headers_make(https);
	if (r == 0)
		r = handle_set(https, settings);
	if (r < 0)
		return fault_trace(r);
	*ret_https = STEAL(https);
	return 0;
}

void client_https_close(struct client_https *https)
{
	curl_easy_cleanup(https->curl);
	curl_slist_free_all(https->headers);
	if (https->global)
		curl_global_cleanup();
	free(https);
}

static size_t take_body(char *octets, size_t size, size_t count, void *context)
{
	struct client_answer *answer = context;
	struct bytes more = { (const uint8_t *)octets, size * count };
	/* Anything but the count ends the call with CURLE_WRITE_ERROR. */
	return buffer_append(&answer->body, more) == 0 ? size * count : 0;
}

/* True when the line is the header `name`; then its value without blanks around it. */
static bool header_is(struct bytes line, const char *name, char *value, size_t value_size)
{
	size_t name_len = strlen(name);
	const char *text = (const char *)line.data;
	if (line.len <= name_len || strncasecmp(text, name, name_len) != 0 || text[name_len] != ':')
		return false;
	size_t from = name_len + 1, to = line.len;
	while (from < to && strchr(" \t", text[from]) != NULL)
		from++;
	while (to > from && strchr(" \t\r\n", text[to - 1]) != NULL)
		to--;
	(void)snprintf(value, value_size, "%.*s", (int)(to - from), text + from);
	return true;
}

static size_t take_header(char *octets, size_t size, size_t count, void *context)
{
	struct client_answer *answer = context;
	struct bytes line = { (const uint8_t *)octets, size * count };
	char value[16];
	/* Its date form is not used by the service; a number of more digits is no wait at all. */
	if (header_is(line, "Retry-After", value, sizeof(value)) && strlen(value) < 6 &&
		*value != '\0' && strspn(value, "0123456789") == strlen(value))
		answer->retry_after_s = strtol(value, NULL, 10);
	if (header_is(line, "Hakko-Rehearsal", value, sizeof(value)))
		answer->rehearsal = strcmp(value, "yes") == 0;
	return size * count;
}

static int path_check(const char *path)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._~/?&=%:";
	if (path[0] != '/' || strlen(path) > CLIENT_PATH_MAX ||
		strspn(path, allowed) != strlen(path))
		return fault_new(FAULT_LIMIT, "no path of a request");
	return 0;
}

/* What is this call's alone. `text` is the body, or NULL. */
static int call_set(struct client_https *https, const char *method, const char *url,
	const char *text, struct deadline deadline, struct client_answer *answer)
{
	CURL *curl = https->curl;
	CURLcode bad = CURLE_OK;
	bad |= curl_easy_setopt(curl, CURLOPT_URL, url);
	bad |= curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
	if (text == NULL)
		bad |= curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	else
		bad |= curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, -1L);
	bad |= curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	bad |= curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, https->fresh ? 1L : 0L);
	bad |= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)deadline_left_ms(deadline));
	bad |= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	bad |= curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	bad |= curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	bad |= curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
	https->error[0] = '\0';
	https->fresh = false;
	https->alert = false;
	return bad == CURLE_OK ? 0 : fault_new(FAULT_MEMORY, "libcurl took not every option");
}

static int fault_of(const struct client_https *https, CURLcode code)
{
	const char *text = https->error[0] != '\0' ? https->error : curl_easy_strerror(code);
	if (https->alert)
		return fault_new(FAULT_PROTOCOL, "%s refuses this client: %s", https->url, text);
	for (size_t i = 0; i < LENGTH_OF(faults); i++)
		if (faults[i].code == code)
			return fault_new(faults[i].kind, "%s: %s", https->url, text);
	return fault_new(FAULT_UNAVAILABLE, "%s: %s", https->url, text);
}

static int perform(struct client_https *https, struct client_answer *answer)
{
	CURLcode code = curl_easy_perform(https->curl);
	curl_off_t before_us = 0;
	https->was_sent = curl_easy_getinfo(https->curl, CURLINFO_PRETRANSFER_TIME_T, &before_us) ==
			CURLE_OK &&
		before_us > 0;
	if (code != CURLE_OK)
		return fault_of(https, code);
	if (curl_easy_getinfo(https->curl, CURLINFO_RESPONSE_CODE, &answer->status) != CURLE_OK)
		return fault_new(FAULT_PROTOCOL, "%s: an answer without a status", https->url);
	if (answer->body.len > 0)
		answer->json = json_loadb((const char *)answer->body.data, answer->body.len,
			JSON_REJECT_DUPLICATES, NULL);
	return 0;
}

int client_https_call(struct client_https *https, const char *method, const char *path,
	json_t *body, struct deadline deadline, struct client_answer *ret_answer)
{
	https->was_sent = false;
	int r = path_check(path);
	if (r < 0)
		return fault_trace(r);
	if (deadline_left_ms(deadline) == 0)
		return fault_new(FAULT_TIMEOUT, "%s: no time left", https->url);
	CLEANUP(text_done) char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
	if (body != NULL && text == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a request");

	char url[URL_MAX + CLIENT_PATH_MAX + 1];
	(void)snprintf(url, sizeof(url), "%s%s", https->url, path);
	CLIENT_ANSWER_CLEANUP struct client_answer answer = {
		.body = BUFFER(CLIENT_ANSWER_MAX),
		.retry_after_s = -1,
	};
	memcpy(answer.language, https->language, sizeof(answer.language));
	r = call_set(https, method, url, text, deadline, &answer);
	if (r == 0)
		r = perform(https, &answer);
	if (r < 0)
		return fault_trace(r);
	*ret_answer = answer;
	answer = (struct client_answer){ .status = 0 };
	return 0;
}

bool client_https_was_sent(const struct client_https *https)
{
	return https->was_sent;
}

void client_https_use_fresh(struct client_https *https)
{
	https->fresh = true;
}
