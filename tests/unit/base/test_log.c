/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/log.h"

int __wrap_sd_journal_sendv(const struct iovec *fields, int count);

/* What the journal was sent: one field a line. */
static char journal[16384];
static int journal_answer;

int __wrap_sd_journal_sendv(const struct iovec *fields, int count)
{
	size_t len = 0;
	for (int i = 0; i < count; i++)
		len += (size_t)snprintf(journal + len, sizeof(journal) - len, "%.*s\n",
			(int)fields[i].iov_len, (const char *)fields[i].iov_base);
	return journal_answer;
}

/* Standard error is a pipe while a test runs. */
static int pipe_end, stderr_before;

static int stderr_catch(void **state)
{
	(void)state;
	int ends[2];
	if (pipe2(ends, 0) != 0)
		return -1;
	stderr_before = dup(STDERR_FILENO);
	journal[0] = '\0';
	journal_answer = 0;
	pipe_end = ends[0];
	(void)unsetenv("JOURNAL_STREAM");
	return dup2(ends[1], STDERR_FILENO) < 0 || close(ends[1]) != 0 ? -1 : 0;
}

static int stderr_give_back(void **state)
{
	(void)state;
	return dup2(stderr_before, STDERR_FILENO) < 0 || close(stderr_before) != 0 ||
			close(pipe_end) != 0
		? -1
		: 0;
}

/* What was written to standard error since it was caught. */
static const char *caught(void)
{
	static char text[8192];
	assert_true(dup2(stderr_before, STDERR_FILENO) >= 0);
	size_t len = 0;
	ssize_t got;
	while ((got = read(pipe_end, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	return text;
}

static void name_the_stream(const char *format)
{
	struct stat status;
	char stream[64];
	assert_int_equal(fstat(STDERR_FILENO, &status), 0);
	(void)snprintf(stream, sizeof(stream), "%ju:%ju%s", (uintmax_t)status.st_dev,
		(uintmax_t)status.st_ino, format);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
	log_open("hakkod");
}

static void test_one_line_an_event(void **state)
{
	(void)state;
	log_open("hakkod");
	log_event(LOG_LEVEL_INFO, "started", "workers=%d", 8);
	log_event(LOG_LEVEL_NOTICE, "stopping", "%s", "");
	log_event(LOG_LEVEL_NOTICE, "stopped", "a=%s b=2", "x\ny\x1b[1m");
	assert_string_equal(caught(), "started workers=8\nstopping \nstopped a=x?y?[1m b=2\n");
	assert_string_equal(journal, "");
}

static void test_an_event_without_fields(void **state)
{
	(void)state;
	const char *nothing = "";
	log_open("hakkod");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	log_event(LOG_LEVEL_INFO, "closing-reached", nothing);
#pragma GCC diagnostic pop
	assert_string_equal(caught(), "closing-reached\n");
}

static void test_long_lines_are_cut(void **state)
{
	(void)state;
	char lengthy[LOG_LINE_MAX * 2];
	memset(lengthy, 'x', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	log_open("hakkod");
	log_event(LOG_LEVEL_INFO, "event", "key=%s", lengthy);
	const char *text = caught();
	assert_int_equal(strlen(text), LOG_LINE_MAX + 1);
	assert_int_equal(text[LOG_LINE_MAX], '\n');
}

static void test_a_fault_is_logged_once(void **state)
{
	(void)state;
	log_open("hakkod");
	int r = fault_new(FAULT_DATABASE, "relation \"x\" is gone");
	log_fault("request-failed", r);
	assert_string_equal(fault_text(), "");
	const char *text = caught();
	static const char start[] = "request-failed kind=database fault=\"relation 'x' is gone (";
	assert_memory_equal(text, start, sizeof(start) - 1);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void test_the_journal_gets_fields(void **state)
{
	(void)state;
	name_the_stream("");
	log_event(LOG_LEVEL_WARNING, "signer-away",
		"request=%s tries=%d why=\"%s\" =x bare k-y=1 az_09=5 end=", "ab12", 3,
		"went away");
	assert_string_equal(journal,
		"MESSAGE=signer-away request=ab12 tries=3 why=\"went away\" =x bare k-y=1 az_09=5 end=\n"
		"PRIORITY=4\n"
		"SYSLOG_IDENTIFIER=hakkod\n"
		"HAKKO_EVENT=signer-away\n"
		"HAKKO_REQUEST=ab12\n"
		"HAKKO_TRIES=3\n"
		"HAKKO_WHY=went away\n"
		"HAKKO_AZ_09=5\n"
		"HAKKO_END=\n");
	assert_string_equal(caught(), "");
}

static void test_more_fields_than_there_is_room_for(void **state)
{
	(void)state;
	name_the_stream("");
	char many[LOG_LINE_MAX];
	size_t len = 0;
	for (int i = 0; i < 200; i++)
		len += (size_t)snprintf(many + len, sizeof(many) - len, "k%d=%d ", i, i);
	log_event(LOG_LEVEL_INFO, "many", "%s", many);
	assert_non_null(strstr(journal, "k199=199"));
	assert_non_null(strstr(journal, "HAKKO_K15=15\n"));
	assert_null(strstr(journal, "HAKKO_K16="));
}

static void test_without_the_journal_stderr_has_it(void **state)
{
	(void)state;
	name_the_stream("0"); /* another inode */
	log_event(LOG_LEVEL_INFO, "one", "k=1");
	assert_string_equal(journal, "");
	name_the_stream("");
	journal_answer = -1;
	log_event(LOG_LEVEL_INFO, "two", "k=2");
	assert_string_equal(caught(), "one k=1\ntwo k=2\n");
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, stderr_catch, stderr_give_back)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_line_an_event),
		TEST(test_an_event_without_fields),
		TEST(test_long_lines_are_cut),
		TEST(test_a_fault_is_logged_once),
		TEST(test_the_journal_gets_fields),
		TEST(test_more_fields_than_there_is_room_for),
		TEST(test_without_the_journal_stderr_has_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
