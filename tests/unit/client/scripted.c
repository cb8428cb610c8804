/* SPDX-License-Identifier: Apache-2.0 */
#include "scripted.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOLDER_SIZE 64
#define PATHS 16 /* names in use at one time */

static struct {
	char folder[FOLDER_SIZE];
	char url[64];
	pid_t pid;
	int standard_input;
} server;

static void child(int input, int output)
{
	(void)dup2(input, 0);
	(void)dup2(output, 1);
	(void)execl(TEST_PYTHON, TEST_PYTHON, "-B", TEST_SERVER, server.folder, (char *)NULL);
	_exit(127);
}

int scripted_start(void **state)
{
	(void)state;
	int input[2], output[2], port = 0;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(server.folder, sizeof(server.folder), "/tmp/hakko-client.XXXXXX");
	if (mkdtemp(server.folder) == NULL || pipe2(input, O_CLOEXEC) != 0 ||
		pipe2(output, O_CLOEXEC) != 0)
		return -1;
	server.pid = fork();
	if (server.pid == 0)
		child(input[0], output[1]);
	(void)close(input[0]);
	(void)close(output[1]);
	server.standard_input = input[1];
	FILE *lines = fdopen(output[0], "r");
	int got = lines != NULL ? fscanf(lines, "%d", &port) : 0;
	(void)snprintf(server.url, sizeof(server.url), "https://127.0.0.1:%d", port);
	return got == 1 ? 0 : -1;
}

int scripted_stop(void **state)
{
	(void)state;
	static const char *const names[] = { "ca", "server", "client", "other-ca", "stranger" };
	static const char *const endings[] = { "pem", "key" };
	(void)close(server.standard_input);
	(void)waitpid(server.pid, NULL, 0);
	for (size_t i = 0; i < 2 * LENGTH_OF(names); i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "%s.%s", names[i / 2], endings[i % 2]);
		(void)unlink(scripted_file(name));
	}
	return rmdir(server.folder);
}

const char *scripted_file(const char *name)
{
	static char paths[PATHS][FOLDER_SIZE + 32];
	static unsigned int next;
	char *path = paths[next++ % PATHS];
	(void)snprintf(path, sizeof(paths[0]), "%s/%s", server.folder, name);
	return path;
}

const char *scripted_url(void)
{
	return server.url;
}

int scripted_open(const char *ca, const char *identity, struct client_https **ret_https)
{
	char certificate[32], key[32];
	(void)snprintf(certificate, sizeof(certificate), "%s.pem", identity);
	(void)snprintf(key, sizeof(key), "%s.key", identity);
	const struct client_https_settings settings = {
		.url = server.url,
		.ca = scripted_file(ca),
		.certificate = scripted_file(certificate),
		.key = scripted_file(key),
		.language = "ja",
	};
	return client_https_open(&settings, ret_https);
}
