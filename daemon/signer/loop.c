/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/service.h"
#include "signer/round.h"
#include "signer/verb.h"

#define SOCKET_NAME "signer"
#define SOCKET_MODE 0660
#define BACKLOG 64
#define TICK_MS 250        /* stalls, idle syncs and the status line are looked at so often */
#define STATUS_US 10000000 /* microseconds between status lines */
#define LEAVE_MS 10000     /* how long what was accepted may still take after SIGTERM */

/* What is polled before the peers. */
enum { LISTENER, SIGNALS, POOL, PEERS };

struct loop {
	struct signer *signer;
	int listener_fd, signals_fd;
	struct pollfd *polled;
	bool is_leaving;
	struct deadline leave;
	int64_t status_us;
};

/* A path left behind by a signer that is gone; the journal's lock keeps living ones apart. */
static int remove_old_socket(const char *path)
{
	struct stat status;
	if (lstat(path, &status) != 0)
		return errno == ENOENT
			? 0
			: fault_new(FAULT_SETTINGS, "%s: %s", path, strerrordesc_np(errno));
	if (!S_ISSOCK(status.st_mode))
		return fault_new(FAULT_SETTINGS, "%s: in the socket's place", path);
	if (unlink(path) != 0)
		return fault_new(FAULT_SETTINGS, "%s: %s", path, strerrordesc_np(errno));
	return 0;
}

static int listen_at(const char *path, int fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	if (len >= sizeof(address.sun_path))
		return fault_new(FAULT_SETTINGS, "%s: too long for a socket's path", path);
	memcpy(address.sun_path, path, len + 1);
	int r = remove_old_socket(path);
	if (r < 0)
		return fault_trace(r);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
		chmod(path, SOCKET_MODE) != 0 || listen(fd, BACKLOG) != 0)
		return fault_new(FAULT_SETTINGS, "%s: %s", path, strerrordesc_np(errno));
	return 0;
}

int signer_loop_listen(const struct signer_settings *settings, int *ret_fd)
{
	int fd;
	int r = service_socket(SOCKET_NAME, &fd);
	if (r < 0)
		return fault_trace(r);
	if (r == 0) {
		/* A handed-over socket blocks; a peer gone before accept() would hold us up. */
		if (fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) != 0)
			return fault_new(FAULT_IO, "socket: %s", strerrordesc_np(errno));
		*ret_fd = fd;
		return 0;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fault_new(FAULT_IO, "socket: %s", strerrordesc_np(errno));
	r = listen_at(settings->socket, fd);
	if (r < 0) {
		(void)close(fd);
		return fault_trace(r);
	}
	*ret_fd = fd;
	return 0;
}

static struct signer_peer *free_peer(struct signer *signer)
{
	for (size_t i = 0; i < signer->peers_count; i++)
		if (signer->peers[i].state == SIGNER_PEER_FREE)
			return &signer->peers[i];
	return NULL;
}

static int accept_peer(struct signer *signer, struct signer_peer *peer, int fd)
{
	int r = signer_peer_open(peer, fd);
	if (r < 0) {
		(void)close(fd);
		return fault_trace(r);
	}
	if (!signer_verb_is_expected(signer->settings, peer->uid)) {
		log_event(
			LOG_LEVEL_WARNING, "peer-not-permitted", "uid=%u", (unsigned int)peer->uid);
		signer_peer_close(peer);
	}
	return 0;
}

static int accept_peers(struct loop *loop)
{
	struct signer_peer *peer;
	while ((peer = free_peer(loop->signer)) != NULL) {
		int fd = accept4(loop->listener_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED))
			return 0;
		if (fd < 0)
			return fault_new(FAULT_IO, "accept: %s", strerrordesc_np(errno));
		int r = accept_peer(loop->signer, peer, fd);
		if (r < 0)
			return fault_trace(r);
	}
	return 0;
}

static int take_signal(struct loop *loop)
{
	int number;
	int r = service_signal_read(loop->signals_fd, &number);
	if (r < 0)
		return fault_trace(r);
	/* There is nothing to read anew: settings, key and journal stay what they are. */
	if (number == SIGHUP)
		return 0;
	log_event(LOG_LEVEL_NOTICE, "leaving", "signal=%d", number);
	service_stopping();
	loop->is_leaving = true;
	loop->leave = deadline_after_ms(LEAVE_MS);
	return 0;
}

/* What is waited for from one peer. */
static short wanted(const struct loop *loop, const struct signer_peer *peer)
{
	if (signer_peer_has_output(peer))
		return POLLOUT;
	return peer->state == SIGNER_PEER_READING && !loop->is_leaving ? POLLIN : 0;
}

/* Fills the array to poll; true when a whole frame waits in some buffer already. */
static bool prepare(struct loop *loop)
{
	struct signer *signer = loop->signer;
	bool has_frame = false;
	bool may_accept = !loop->is_leaving && free_peer(signer) != NULL;
	loop->polled[LISTENER] = (struct pollfd){ .fd = may_accept ? loop->listener_fd : -1,
		.events = POLLIN };
	loop->polled[SIGNALS] = (struct pollfd){ .fd = loop->is_leaving ? -1 : loop->signals_fd,
		.events = POLLIN };
	loop->polled[POOL] = (struct pollfd){ .fd = signer_pool_fd(signer->pool),
		.events = POLLIN };
	for (size_t i = 0; i < signer->peers_count; i++) {
		const struct signer_peer *peer = &signer->peers[i];
		struct bytes frame;
		bool is_free = peer->state == SIGNER_PEER_FREE;
		loop->polled[PEERS + i] = (struct pollfd){ .fd = is_free ? -1 : peer->fd,
			.events = is_free ? 0 : wanted(loop, peer) };
		if (!is_free && wanted(loop, peer) == POLLIN && signer_peer_frame(peer, &frame))
			has_frame = true;
	}
	return has_frame;
}

static int wait_for_events(struct loop *loop)
{
	int timeout_ms = prepare(loop) ? 0 : TICK_MS;
	nfds_t count = PEERS + loop->signer->peers_count;
	int ready = poll(loop->polled, count, timeout_ms);
	if (ready < 0 && errno == EINTR) {
		for (nfds_t i = 0; i < count; i++)
			loop->polled[i].revents = 0;
		return 0;
	}
	if (ready < 0)
		return fault_new(FAULT_IO, "poll: %s", strerrordesc_np(errno));
	return 0;
}

/* SIGNER_PEER_END. */
static int serve_peer(struct signer_peer *peer, short events)
{
	if (peer->state == SIGNER_PEER_READING && (events & POLLIN) != 0) {
		int r = signer_peer_read(peer);
		return r < 0 ? fault_trace(r) : r;
	}
	/* While it waits nothing is read from it, so that its going away shows here. */
	return (events & (POLLHUP | POLLERR)) != 0 ? SIGNER_PEER_END : 0;
}

static int serve_peers(struct loop *loop)
{
	struct signer *signer = loop->signer;
	for (size_t i = 0; i < signer->peers_count; i++) {
		short events = loop->polled[PEERS + i].revents;
		if (signer->peers[i].state == SIGNER_PEER_FREE || events == 0)
			continue;
		int r = serve_peer(&signer->peers[i], events);
		if (r < 0)
			return fault_trace(r);
		if (r == SIGNER_PEER_END)
			signer_round_close_peer(&signer->peers[i]);
	}
	return 0;
}

/* Sends what there is to send, and ends who stalls. */
static void flush_peers(struct signer *signer)
{
	int64_t now_us = monotonic_us();
	int64_t patience_us = signer->settings->frame_timeout_s * SECOND;
	for (size_t i = 0; i < signer->peers_count; i++) {
		struct signer_peer *peer = &signer->peers[i];
		if (peer->state == SIGNER_PEER_FREE)
			continue;
		int r = signer_peer_flush(peer);
		signer_peer_note_stall(peer, now_us);
		bool is_stalled = peer->stalled_since_us != 0 &&
			now_us - peer->stalled_since_us > patience_us;
		if (is_stalled)
			log_event(LOG_LEVEL_WARNING, "peer-stalled", "uid=%u",
				(unsigned int)peer->uid);
		if (r == SIGNER_PEER_END || is_stalled)
			signer_round_close_peer(peer);
	}
}

static void tell_status(struct loop *loop)
{
	const struct signer *signer = loop->signer;
	int64_t now_us = monotonic_us();
	if (now_us - loop->status_us < STATUS_US)
		return;
	loop->status_us = now_us;
	char now[INSTANT_TEXT_SIZE];
	service_status("%llu certificates, %llu CRLs, %llu refusals; journal at %lld; %s%s",
		(unsigned long long)signer->certificates, (unsigned long long)signer->crls,
		(unsigned long long)signer->refusals,
		(long long)signer_journal_last(signer->journal)->position,
		instant_to_text(signer_now_at(signer), now),
		signer_now_at(signer) >= signer->limits.closing_at ? "; closed" : "");
	service_watchdog();
}

static bool is_busy(const struct signer *signer)
{
	if (signer->jobs.used > 0)
		return true;
	for (size_t i = 0; i < signer->peers_count; i++)
		if (signer->peers[i].state == SIGNER_PEER_SYNCING ||
			(signer->peers[i].state != SIGNER_PEER_FREE &&
				signer_peer_has_output(&signer->peers[i])))
			return true;
	return false;
}

/* One round, in this order; a fault of any step is the signer's end. */
static int go_round(struct loop *loop)
{
	struct signer *signer = loop->signer;
	int r = wait_for_events(loop);
	if (r == 0 && loop->polled[SIGNALS].revents != 0)
		r = take_signal(loop);
	if (r == 0)
		r = signer_round_finish(signer);
	if (r < 0)
		return fault_trace(r);
	flush_peers(signer);
	r = serve_peers(loop);
	if (r == 0 && loop->polled[LISTENER].revents != 0)
		r = accept_peers(loop);
	if (r == 0 && !loop->is_leaving)
		r = signer_round_ask(signer);
	if (r == 0)
		r = signer_round_settle(signer);
	if (r < 0)
		return fault_trace(r);
	flush_peers(signer);
	tell_status(loop);
	return 0;
}

static int run(struct loop *loop)
{
	while (!loop->is_leaving || (is_busy(loop->signer) && deadline_left_ms(loop->leave) > 0)) {
		int r = go_round(loop);
		if (r < 0)
			return fault_trace(r);
	}
	int r = signer_journal_sync(loop->signer->journal);
	return r < 0 ? fault_trace(r) : 0;
}

int signer_loop_run(struct signer *signer, int listener_fd, int signals_fd)
{
	struct loop loop = { .signer = signer,
		.listener_fd = listener_fd,
		.signals_fd = signals_fd,
		.polled = calloc(PEERS + signer->peers_count, sizeof(*loop.polled)) };
	if (loop.polled == NULL)
		return fault_new(FAULT_MEMORY, "no memory for the loop");
	int r = run(&loop);
	free(loop.polled);
	return r < 0 ? fault_trace(r) : 0;
}
