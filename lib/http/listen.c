/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "http/server.h"

#define HOST_MAX 253 /* octets of a host's name */
#define PORT_MAX 65535

CLEANUP_DEFINE(addresses_done, struct addrinfo, freeaddrinfo)

/* getaddrinfo() takes a greater number modulo 65536. */
static bool port_exists(const char *port)
{
	size_t len = strlen(port);

	return len > 0 && len <= 5 && strspn(port, "0123456789") == len &&
		strtol(port, NULL, 10) <= PORT_MAX;
}

/* Takes "host:port", "[v6]:port" or ":port" apart; false when it is none. */
static bool address_split(const char *address, char host[HOST_MAX + 1], const char **ret_port)
{
	const char *colon = strrchr(address, ':');
	if (colon == NULL || !port_exists(colon + 1))
		return false;
	size_t len = (size_t)(colon - address);

	if (address[0] == '[' && len > 2 && address[len - 1] == ']') {
		address++;
		len -= 2;
	} else if (memchr(address, ':', len) != NULL) {
		return false;
	}
	if (len > HOST_MAX)
		return false;
	memcpy(host, address, len);
	host[len] = '\0';
	*ret_port = colon + 1;
	return true;
}

/* A listening socket on one address, or -1 with errno. */
static int socket_listen(const struct addrinfo *address)
{
	const int yes = 1;
	int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
		address->ai_protocol);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
		bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	int why = errno;
	(void)close(fd);
	errno = why;
	return -1;
}

int http_listen(const char *address, int *ret_fd)
{
	const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM };
	CLEANUP(addresses_done) struct addrinfo *found = NULL;
	char host[HOST_MAX + 1];
	const char *port;

	if (!address_split(address, host, &port))
		return fault_new(FAULT_SETTINGS, "%s: not host:port", address);
	int wrong = getaddrinfo(host[0] == '\0' ? NULL : host, port, &hints, &found);
	if (wrong != 0)
		return fault_new(FAULT_SETTINGS, "%s: %s", address, gai_strerror(wrong));

	int fd = -1;
	for (const struct addrinfo *next = found; next != NULL && fd < 0; next = next->ai_next)
		fd = socket_listen(next);
	if (fd < 0)
		return fault_new(
			FAULT_SETTINGS, "listen on %s: %s", address, strerrordesc_np(errno));
	*ret_fd = fd;
	return 0;
}
