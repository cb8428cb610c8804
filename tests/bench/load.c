/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load HOST PORT CERTIFICATE KEY CA CONNECTIONS: POSTs CSRs over keep-alive mutual TLS, one thread a
 * connection. Lines on stdin: application id, tab, CSR as the content of a JSON string. Prints one
 * JSON object: requests, statuses, seconds, rate, latency in microseconds, own CPU seconds.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#define JOBS_MAX 200000
#define REQUEST_MAX 8192
#define ANSWER_MAX 65536
#define CONNECTIONS_MAX 256

struct job {
	char *application, *csr;
	double latency_us;
	int status;
};

static struct job jobs[JOBS_MAX];
static size_t job_count;
static atomic_size_t next_job;
static SSL_CTX *tls;
static const char *host, *port;

static void demand(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "load: %s failed\n", what);
	ERR_print_errors_fp(stderr);
	exit(EXIT_FAILURE);
}

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static SSL *open_connection(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	SSL *ssl = SSL_new(tls);

	address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	demand(inet_pton(AF_INET, host, &address.sin_addr) == 1, "address");
	demand(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	demand(SSL_set_fd(ssl, fd) == 1 && SSL_connect(ssl) == 1, "TLS handshake");
	return ssl;
}

/* Reads one answer with Content-Length; gives its status, 0 when the connection ended. */
static int read_answer(SSL *ssl)
{
	char answer[ANSWER_MAX + 1];
	size_t len = 0, whole = 0;
	int status = 0;

	while (whole == 0 || len < whole) {
		int n = SSL_read(ssl, answer + len, (int)(ANSWER_MAX - len));
		char *end, *field;

		if (n <= 0)
			return 0;
		len += (size_t)n;
		answer[len] = '\0';
		end = whole == 0 ? strstr(answer, "\r\n\r\n") : NULL;
		if (end == NULL)
			continue;
		field = strcasestr(answer, "\r\nContent-Length:");
		demand(field != NULL && sscanf(answer, "HTTP/1.1 %d", &status) == 1,
			"answer's head");
		whole = (size_t)(end - answer) + 4 + strtoul(field + 17, NULL, 10);
	}
	return status;
}

static int post(SSL *ssl, const struct job *job)
{
	char request[REQUEST_MAX];
	size_t body = strlen(job->csr) +
		sizeof("{\"csr\":\"\",\"key_made_by\":\"applicant\",\"clerk\":\"load\"}") - 1;
	int len = snprintf(request, sizeof(request),
		"POST /v1/applications/%s/csr HTTP/1.1\r\nHost: %s:%s\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n"
		"{\"csr\":\"%s\",\"key_made_by\":\"applicant\",\"clerk\":\"load\"}",
		job->application, host, port, body, job->csr);

	demand(len > 0 && (size_t)len < sizeof(request), "request");
	if (SSL_write(ssl, request, len) != len)
		return 0;
	return read_answer(ssl);
}

static void *run(void *unused)
{
	SSL *ssl = open_connection();
	size_t i;

	(void)unused;
	while ((i = atomic_fetch_add(&next_job, 1)) < job_count) {
		double start = now_us();

		jobs[i].status = post(ssl, &jobs[i]);
		jobs[i].latency_us = now_us() - start;
		if (jobs[i].status == 0)
			ssl = open_connection();
	}
	return NULL;
}

static void read_jobs(void)
{
	char *line = NULL;
	size_t size = 0;

	while (job_count < JOBS_MAX && getline(&line, &size, stdin) > 0) {
		char *tab = strchr(line, '\t');

		demand(tab != NULL, "reading a job");
		*tab = '\0';
		tab[1 + strcspn(tab + 1, "\n")] = '\0';
		jobs[job_count].application = strdup(line);
		jobs[job_count++].csr = strdup(tab + 1);
	}
	free(line);
}

static int by_latency(const void *a, const void *b)
{
	const struct job *left = a, *right = b;

	return (left->latency_us > right->latency_us) - (left->latency_us < right->latency_us);
}

static void print(double seconds)
{
	struct rusage used;
	size_t created = 0;

	getrusage(RUSAGE_SELF, &used);
	for (size_t i = 0; i < job_count; i++)
		created += jobs[i].status == 201;
	qsort(jobs, job_count, sizeof(jobs[0]), by_latency);
	printf("{\"requests\":%zu,\"created\":%zu,\"seconds\":%.3f,\"rate\":%.1f,\"p50_us\":%.0f,\"p99_us\":%.0f,"
	       "\"cpu_s\":%.3f}\n",
		job_count, created, seconds, (double)created / seconds,
		jobs[job_count / 2].latency_us, jobs[job_count * 99 / 100].latency_us,
		(double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
			(double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
}

int main(int argc, char **argv)
{
	pthread_t threads[CONNECTIONS_MAX];
	unsigned long connections = argc == 7 ? strtoul(argv[6], NULL, 10) : 0;
	double start;

	demand(connections > 0 && connections <= CONNECTIONS_MAX,
		"usage: load HOST PORT CERTIFICATE KEY CA CONNECTIONS <jobs;");
	host = argv[1];
	port = argv[2];
	tls = SSL_CTX_new(TLS_client_method());
	demand(SSL_CTX_use_certificate_file(tls, argv[3], SSL_FILETYPE_PEM) == 1 &&
			SSL_CTX_use_PrivateKey_file(tls, argv[4], SSL_FILETYPE_PEM) == 1 &&
			SSL_CTX_load_verify_locations(tls, argv[5], NULL) == 1,
		"loading certificates");
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	read_jobs();
	demand(job_count > 0, "reading jobs");
	start = now_us();
	for (unsigned long i = 0; i < connections; i++)
		demand(pthread_create(&threads[i], NULL, run, NULL) == 0, "thread");
	for (unsigned long i = 0; i < connections; i++)
		pthread_join(threads[i], NULL);
	print((now_us() - start) / 1e6);
	return EXIT_SUCCESS;
}
