/* SPDX-License-Identifier: Apache-2.0 */
#include "crash_points.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const names[] = {
#define CRASH_POINT(program_, name_, text_, what_) [CRASH_##name_] = text_,
#include "crash_points.def"
#undef CRASH_POINT
};

static int connect_control(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* Until a line ends or nobody is there any more. */
static void wait_line(int fd)
{
	char octet = 0;
	ssize_t got;
	do {
		got = read(fd, &octet, 1);
	} while ((got < 0 && errno == EINTR) || (got == 1 && octet != '\n'));
}

void crash_point_reach(enum crash_point point)
{
	const char *path = getenv("HAKKO_CRASH_CONTROL");
	if (path == NULL)
		return;
	int before = errno;
	int fd = connect_control(path);
	if (fd >= 0) {
		if (dprintf(fd, "%s %ld\n", names[point], (long)getpid()) > 0)
			wait_line(fd);
		(void)close(fd);
	}
	errno = before;
}
