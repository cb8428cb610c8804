/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "http/request.h"

#define UNAVAILABLE 503
#define NOT_KEPT "no-cache" /* kept, but asked for again each time, with its ETag */

CLEANUP_DEFINE(json_done, json_t, json_decref)
CLEANUP_DEFINE(text_done, char, free)

static struct http_reply reply_of(int status, const char *content_type)
{
	return (struct http_reply){
		.status = status,
		.content_type = content_type,
		.file_fd = -1,
		.retry_after_s = status == UNAVAILABLE ? HTTP_RETRY_AFTER_S : 0,
	};
}

int http_reply_bytes(
	struct http_request *request, int status, const char *content_type, struct bytes body)
{
	struct http_reply reply = reply_of(status, content_type);
	int r = arena_copy(&request->arena, body, &reply.body);
	if (r < 0)
		return fault_trace(r);

	assert(request->reply.status == 0);
	request->reply = reply;
	return 0;
}

static int reply_text(
	struct http_request *request, int status, const char *content_type, const json_t *root)
{
	CLEANUP(text_done) char *text = json_dumps(root, JSON_COMPACT);
	if (text == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a JSON reply");
	int r = http_reply_bytes(request, status, content_type, bytes_of_text(text));
	return r < 0 ? fault_trace(r) : 0;
}

int http_reply_json(struct http_request *request, int status, json_t *root)
{
	CLEANUP(json_done) json_t *taken = root;
	if (taken == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a JSON reply");
	int r = reply_text(request, status, "application/json", taken);
	return r < 0 ? fault_trace(r) : 0;
}

int http_reply_file(struct http_request *request, int status, const char *content_type, int fd)
{
	struct http_reply reply = reply_of(status, content_type);
	struct stat file;
	int r = 0;

	assert(request->reply.status == 0);
	if (fstat(fd, &file) != 0)
		r = fault_new(FAULT_IO, "a file to send: %s", strerrordesc_np(errno));
	else if (!S_ISREG(file.st_mode))
		r = fault_new(FAULT_STATE, "a file to send is no regular file");
	else
		r = arena_printf(&request->arena, &reply.etag, "\"%lx-%lx-%lx%08lx\"",
			(unsigned long)file.st_ino, (unsigned long)file.st_size,
			(unsigned long)file.st_mtim.tv_sec, (unsigned long)file.st_mtim.tv_nsec);
	if (r < 0) {
		(void)close(fd);
		return fault_trace(r);
	}
	reply.file_fd = fd;
	reply.file_given = true;
	reply.file_len = (uint64_t)file.st_size;
	reply.cache_control = NOT_KEPT;
	request->reply = reply;
	return 0;
}

/* Adds "code" and, where there is one, "rule". Not 0 without memory. */
static int refusal_add(json_t *object, const struct refusal_text *text)
{
	int bad = json_object_set_new(object, "code", json_string(text->code));
	if (text->rule[0] != '\0')
		bad |= json_object_set_new(object, "rule", json_string(text->rule));
	return bad;
}

static json_t *violation_build(const struct violation *violation)
{
	const struct refusal_text *text = refusal_text(violation->refusal);
	CLEANUP(json_done) json_t *object = json_object();
	int bad = refusal_add(object, text);

	bad |= json_object_set_new(object, "field", json_string(violation->field));
	bad |= json_object_set_new(object, "ja", json_string(text->ja));
	bad |= json_object_set_new(object, "en", json_string(text->en));
	return bad != 0 ? NULL : STEAL(object);
}

/* The problem document of RFC 9457, 3; NULL without memory. */
static json_t *problem_build(
	const struct http_request *request, const struct verdict *verdict, json_t *extra)
{
	const struct refusal_text *first = refusal_text(verdict->violations[0].refusal);
	const char *title = request->language == HTTP_ENGLISH ? first->en : first->ja;
	CLEANUP(json_done) json_t *problem = json_object();
	json_t *violations = json_array();
	int bad = json_object_set_new(problem, "type", json_string("about:blank"));

	bad |= json_object_set_new(problem, "title", json_string(title));
	bad |= json_object_set_new(problem, "status", json_integer(first->status));
	bad |= refusal_add(problem, first);
	bad |= json_object_set_new(problem, "instance", json_string(request->id));
	bad |= json_object_set_new(problem, "violations", violations);
	if (bad != 0)
		return NULL;
	for (size_t i = 0; i < verdict->count; i++)
		bad |= json_array_append_new(violations, violation_build(&verdict->violations[i]));
	if (extra != NULL)
		bad |= json_object_update_missing(problem, extra);
	return bad != 0 ? NULL : STEAL(problem);
}

int http_reply_verdict(struct http_request *request, const struct verdict *verdict, json_t *extra)
{
	CLEANUP(json_done) json_t *taken = extra;
	CLEANUP(json_done) json_t *problem = NULL;
	int r;

	assert(!verdict_allows(verdict));
	problem = problem_build(request, verdict, taken);
	if (problem == NULL)
		return fault_new(FAULT_MEMORY, "no memory for a problem document");
	r = reply_text(request, refusal_text(verdict->violations[0].refusal)->status,
		"application/problem+json", problem);
	if (r < 0)
		return fault_trace(r);
	request->reply.refusal = verdict->violations[0].refusal;
	return 0;
}

int http_reply_refusal(struct http_request *request, enum refusal refusal, const char *field)
{
	struct verdict verdict = { .count = 0 };
	verdict_refuse(&verdict, refusal, field);
	int r = http_reply_verdict(request, &verdict, NULL);
	return r < 0 ? fault_trace(r) : 0;
}
