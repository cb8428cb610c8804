/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server of lib/http for loopback.py: a few errands and a register that standard input commands.
 *
 *	serve '{"tls": ["cert.pem", "key.pem"], "workers": 2, ...}'
 *
 * Prints its port, then answers each command line with one line. Commands: "client HEX ROLE",
 * "suspended HEX", "unknown HEX", "register 0|1", "serving 0|1", "release", "hold", "counts",
 * "stop MS" (the errands that are held end 300 ms later).
 */
#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "http/server.h"

#define CLIENTS_MAX 16
#define LINE_MAX_LEN 256
#define RELEASE_MS 300

struct entry {
	struct client client;
	enum http_peer_state state;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct entry entries[CLIENTS_MAX];
	size_t count;
	bool has_register, serves, holds;
	long held; /* errands that wait now */
} world = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
	.has_register = true,
	.serves = true,
};

static atomic_long errands, reports, report_faults, workers_open, peer_calls;

static enum http_peer_state peer(
	const struct digest *fingerprint, struct client *ret_client, void *context)
{
	enum http_peer_state state = HTTP_PEER_UNKNOWN;

	(void)context;
	peer_calls++;
	(void)pthread_mutex_lock(&world.lock);
	for (size_t i = 0; i < world.count; i++) {
		if (!digest_equal(&world.entries[i].client.fingerprint, fingerprint))
			continue;
		state = world.entries[i].state;
		*ret_client = world.entries[i].client;
	}
	if (!world.has_register)
		state = HTTP_PEER_REGISTER_MISSING;
	(void)pthread_mutex_unlock(&world.lock);
	return state;
}

static bool is_serving(void *context)
{
	(void)context;
	(void)pthread_mutex_lock(&world.lock);
	bool serves = world.serves;
	(void)pthread_mutex_unlock(&world.lock);
	return serves;
}

static int worker_open(void *context, void **ret_worker)
{
	(void)context;
	workers_open++;
	*ret_worker = &workers_open;
	return 0;
}

static void worker_close(void *worker)
{
	assert(worker == &workers_open);
	workers_open--;
}

static void report(const struct http_request *request, const struct http_route *route, int fault,
	void *context)
{
	(void)route;
	(void)context;
	assert(request->reply.status != 0);
	assert(strlen(request->id) == HTTP_REQUEST_ID_LEN);
	reports++;
	if (fault < 0)
		report_faults++;
}

static const char *text_of(const char *text)
{
	return text == NULL ? "" : text;
}

/* Everything an errand sees, back to the client. */
static int errand_mirror(struct http_request *request, void *worker)
{
	json_t *query = json_object();

	assert(worker == &workers_open);
	errands++;
	for (size_t i = 0; i < request->query_count; i++)
		(void)json_object_set_new(
			query, request->query[i][0], json_string(request->query[i][1]));
	struct bytes body = request->body.len > 0 ? request->body : bytes_of_text("");
	json_t *root = json_pack("{ss ss ss ss ss sI si so sI ss%}", "method", request->method,
		"path", request->path, "first", text_of(request->parameters[0]), "second",
		text_of(request->parameters[1]), "accept", request->accept, "len",
		(json_int_t)body.len, "role", (int)request->peer.role, "query", query, "left_ms",
		(json_int_t)deadline_left_ms(request->deadline), "body", (const char *)body.data,
		body.len < 1000 ? body.len : (size_t)0);
	int r = http_reply_json(request, 200, root);
	return r < 0 ? fault_trace(r) : 0;
}

struct item {
	char name[17];
	int64_t amount;
};

static const struct http_json_field item_fields[] = {
	{ .name = "name",
		.type = HTTP_JSON_TEXT,
		.required = true,
		.offset = offsetof(struct item, name),
		.given = -1,
		.max = 16 },
	{ .name = "amount",
		.type = HTTP_JSON_NUMBER,
		.required = true,
		.offset = offsetof(struct item, amount),
		.given = -1,
		.min = 1,
		.max = 500 },
	{ .name = NULL },
};

static int errand_item(struct http_request *request, void *worker)
{
	struct item item = { .amount = 0 };
	struct verdict verdict;
	int r = http_json_decode(request->body, item_fields, &item, &verdict);

	(void)worker;
	errands++;
	if (r == HTTP_JSON_REFUSED)
		r = http_reply_verdict(request, &verdict, json_pack("{ss}", "hint", "look"));
	else if (r == 0)
		r = http_reply_json(request, 201,
			json_pack("{sssI}", "name", item.name, "amount", item.amount));
	if (r == 0 && request->reply.status == 201)
		request->reply.location = "/items/1";
	return r < 0 ? fault_trace(r) : 0;
}

/* Waits until released. */
static int errand_hold(struct http_request *request, void *worker)
{
	(void)worker;
	errands++;
	(void)pthread_mutex_lock(&world.lock);
	world.held++;
	(void)pthread_cond_broadcast(&world.changed);
	while (world.holds)
		(void)pthread_cond_wait(&world.changed, &world.lock);
	world.held--;
	(void)pthread_mutex_unlock(&world.lock);
	int r = http_reply_bytes(request, 200, "text/plain", bytes_of_text("held"));
	return r < 0 ? fault_trace(r) : 0;
}

static int errand_fault(struct http_request *request, void *worker)
{
	(void)worker;
	errands++;
	int kind = request->parameters[0][0] - '0';
	int r = http_reply_bytes(request, 200, "text/plain", bytes_of_text("half done"));
	if (r < 0)
		return fault_trace(r);
	return fault_new((enum fault_kind)kind, "password=hunter2");
}

static int errand_nothing(struct http_request *request, void *worker)
{
	(void)request;
	(void)worker;
	errands++;
	return 0;
}

static int errand_large(struct http_request *request, void *worker)
{
	size_t len = (size_t)strtoul(http_query(request, "len"), NULL, 10);
	uint8_t *octets = calloc(1, len + 1);
	int r;

	(void)worker;
	errands++;
	r = http_reply_bytes(
		request, 200, "application/octet-stream", (struct bytes){ octets, len });
	free(octets);
	return r < 0 ? fault_trace(r) : 0;
}

static int errand_file(struct http_request *request, void *worker)
{
	(void)worker;
	errands++;
	int fd = open(http_query(request, "path"), O_RDONLY | O_CLOEXEC);
	int r = http_reply_file(request, 200, "application/pkix-crl", fd);
	return r < 0 ? fault_trace(r) : 0;
}

#define ANYONE (HTTP_PUBLIC | HTTP_TERMINAL)

static const struct http_route routes[] = {
	{ "GET", "/mirror", ANYONE, NULL, errand_mirror, "mirror" },
	{ "POST", "/mirror", ANYONE, "application/json", errand_mirror, "mirror" },
	{ "GET", "/mirror/{first}/of/{second}", ANYONE, NULL, errand_mirror, "mirror" },
	{ "POST", "/items", ANYONE, "application/json", errand_item, "item" },
	{ "PUT", "/items", HTTP_OPERATOR, "application/json", errand_item, "item" },
	{ "GET", "/hold", ANYONE, NULL, errand_hold, "hold" },
	{ "GET", "/fault/{kind}", ANYONE, NULL, errand_fault, "fault" },
	{ "GET", "/nothing", ANYONE, NULL, errand_nothing, "nothing" },
	{ "GET", "/large", ANYONE, NULL, errand_large, "large" },
	{ "GET", "/file", ANYONE, NULL, errand_file, "file" },
	{ "GET", "/operators", HTTP_OPERATOR, NULL, errand_mirror, "operators" },
	{ "GET", "/terminals", HTTP_TERMINAL, NULL, errand_mirror, "terminals" },
};

static void entry_set(const char *hex, enum http_peer_state state, int role)
{
	struct digest fingerprint;
	size_t len;
	size_t place = 0;
	int r = hex_decode(hex, fingerprint.octets, sizeof(fingerprint.octets), &len);

	assert(r == 0 && len == DIGEST_LEN);
	while (place < world.count &&
		!digest_equal(&world.entries[place].client.fingerprint, &fingerprint))
		place++;
	assert(place < CLIENTS_MAX);
	if (place == world.count)
		world.count++;
	world.entries[place].client.fingerprint = fingerprint;
	world.entries[place].state = state;
	if (role != 0)
		world.entries[place].client.role = (enum client_role)role;
}

static void counts_print(void)
{
	(void)printf("{\"errands\":%ld,\"reports\":%ld,\"faults\":%ld,\"held\":%ld,"
		     "\"workers\":%ld,\"peer_calls\":%ld}\n",
		errands, reports, report_faults, world.held, workers_open, peer_calls);
	(void)fflush(stdout);
}

/* One command, under the world's lock. */
static void command_run(const char *line)
{
	char hex[DIGEST_HEX_SIZE];
	int number;

	if (sscanf(line, "client %64s %d", hex, &number) == 2)
		entry_set(hex, HTTP_PEER_KNOWN, number);
	else if (sscanf(line, "suspended %64s", hex) == 1)
		entry_set(hex, HTTP_PEER_SUSPENDED, 0);
	else if (sscanf(line, "unknown %64s", hex) == 1)
		entry_set(hex, HTTP_PEER_UNKNOWN, 0);
	else if (sscanf(line, "register %d", &number) == 1)
		world.has_register = number != 0;
	else if (sscanf(line, "serving %d", &number) == 1)
		world.serves = number != 0;
	else if (strcmp(line, "hold\n") == 0)
		world.holds = true;
	else if (strcmp(line, "release\n") == 0)
		world.holds = false;
	else
		assert(strcmp(line, "counts\n") == 0);
	(void)pthread_cond_broadcast(&world.changed);
	counts_print();
}

static int64_t number_of(const json_t *root, const char *name, int64_t otherwise)
{
	const json_t *value = json_object_get(root, name);

	return value == NULL ? otherwise : json_integer_value(value);
}

static struct http_server_settings settings_of(const json_t *root)
{
	const json_t *tls = json_object_get(root, "tls");

	return (struct http_server_settings){
		.tls = tls != NULL,
		.tls_certificate = json_string_value(json_array_get(tls, 0)),
		.tls_key = json_string_value(json_array_get(tls, 1)),
		.rehearsal = json_is_true(json_object_get(root, "rehearsal")),
		.threads = number_of(root, "threads", 2),
		.workers = number_of(root, "workers", 2),
		.queue_max = number_of(root, "queue_max", 64),
		.connections_max = number_of(root, "connections_max", 256),
		.idle_timeout_s = number_of(root, "idle_timeout_s", 30),
		.request_deadline_s = number_of(root, "request_deadline_s", 30),
		.routes = routes,
		.route_count = LENGTH_OF(routes),
		.peer = peer,
		.is_serving = is_serving,
		.worker_open = worker_open,
		.worker_close = worker_close,
		.report = report,
	};
}

/* Lets go of what is held while the server stops. */
static void *release_late(void *unused)
{
	(void)unused;
	(void)pthread_mutex_lock(&world.lock);
	bool holds = world.holds;
	(void)pthread_mutex_unlock(&world.lock);
	(void)poll(NULL, 0, holds ? RELEASE_MS : 0);
	(void)pthread_mutex_lock(&world.lock);
	world.holds = false;
	(void)pthread_cond_broadcast(&world.changed);
	(void)pthread_mutex_unlock(&world.lock);
	return NULL;
}

static int serve(const json_t *root)
{
	struct http_server_settings settings = settings_of(root);
	struct http_server *server;
	struct sockaddr_in address;
	socklen_t len = sizeof(address);
	char line[LINE_MAX_LEN];
	int stop_ms = 0;
	int r = http_listen("127.0.0.1:0", &settings.listen_fd);
	if (r == 0)
		r = http_server_start(&settings, &server);
	if (r < 0)
		return fault_trace(r);
	if (getsockname(settings.listen_fd, (struct sockaddr *)&address, &len) != 0)
		abort();
	(void)printf("%d\n", ntohs(address.sin_port));
	(void)fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL && sscanf(line, "stop %d", &stop_ms) != 1) {
		(void)pthread_mutex_lock(&world.lock);
		command_run(line);
		(void)pthread_mutex_unlock(&world.lock);
	}
	pthread_t thread;
	if (pthread_create(&thread, NULL, release_late, NULL) != 0)
		abort();
	http_server_stop(server, deadline_after_ms(stop_ms));
	(void)pthread_join(thread, NULL);
	assert(workers_open == 0);
	counts_print();
	return 0;
}

int main(int argc, char **argv)
{
	json_t *root = argc == 2 ? json_loads(argv[1], 0, NULL) : NULL;
	char text[FAULT_TEXT_MAX];

	assert(root != NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	int r = serve(root);
	if (r < 0)
		(void)fprintf(stderr, "%s\n", fault_describe(text, sizeof(text)));
	json_decref(root);
	return r == 0 ? 0 : 1;
}
