/* SPDX-License-Identifier: Apache-2.0 */
#include "client/command.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/setting_value.h"

#define NAME_SIZE 40 /* a setting's name as an option, with terminator */
#define DESCRIPTION_SIZE 1024
#define FIXED_OPTIONS 5

/* The options that every program has; overrides of its settings follow them in the table. */
struct program_options {
	const char *config;
	bool print_config, check_config, version, help;
	const char *overrides[CLIENT_SETTINGS_MAX];
};

/* A run of the program, from its command line to its end. */
struct run {
	const struct client_program *program;
	struct client_option table[FIXED_OPTIONS + CLIENT_SETTINGS_MAX + 1];
	char names[CLIENT_SETTINGS_MAX][NAME_SIZE];
	struct program_options options;
	const struct client_command *command;
	void *values;   /* the command's options */
	void *settings; /* the program's struct */
	bool loaded;
	struct client_call call;
};

static void run_done(struct run *run)
{
	if (run->loaded)
		settings_done(run->program->settings, run->program->settings_count, run->settings);
	free(run->settings);
	free(run->values);
}

/* "rehearsal_clock" is --rehearsal-clock; a unit at the end ("_s") is left out. */
static void option_name(const char *key, char out[NAME_SIZE])
{
	size_t len = strlen(key);
	if (len > 2 && strcmp(key + len - 2, "_s") == 0)
		len -= 2;
	assert(len < NAME_SIZE);
	for (size_t i = 0; i < len; i++)
		out[i] = key[i] == '_' ? '-' : key[i];
	out[len] = '\0';
}

static void table_make(struct run *run)
{
	static const struct client_option fixed[FIXED_OPTIONS] = {
		{ .name = "config",
			.value = "FILE",
			.type = CLIENT_OPTION_TEXT,
			.offset = offsetof(struct program_options, config),
			.help = "the settings file" },
		{ .name = "print-config",
			.type = CLIENT_OPTION_FLAG,
			.offset = offsetof(struct program_options, print_config),
			.help = "print all settings and end" },
		{ .name = "check-config",
			.type = CLIENT_OPTION_FLAG,
			.offset = offsetof(struct program_options, check_config),
			.help = "check the settings file and end" },
		{ .name = "version",
			.type = CLIENT_OPTION_FLAG,
			.offset = offsetof(struct program_options, version),
			.help = "print the version and end" },
		{ .name = "help",
			.type = CLIENT_OPTION_FLAG,
			.offset = offsetof(struct program_options, help),
			.help = "print this and end" },
	};
	memcpy(run->table, fixed, sizeof(fixed));
	assert(run->program->settings_count <= CLIENT_SETTINGS_MAX);
	for (size_t i = 0; i < run->program->settings_count; i++) {
		const struct setting *row = &run->program->settings[i];
		option_name(row->key, run->names[i]);
		run->table[FIXED_OPTIONS + i] = (struct client_option){
			.name = run->names[i],
			.value = "VALUE",
			.type = CLIENT_OPTION_TEXT,
			.offset = offsetof(struct program_options, overrides) +
				i * sizeof(const char *),
			.help = row->help,
		};
	}
}

/* How many words of argv name the command; 0 when they do not. */
static int words_of(const struct client_command *command, int count, char *const *argv)
{
	const char *space = strchr(command->name, ' ');
	if (space == NULL)
		return count >= 1 && strcmp(argv[0], command->name) == 0 ? 1 : 0;
	size_t first = (size_t)(space - command->name);
	return count >= 2 && strlen(argv[0]) == first &&
			strncmp(argv[0], command->name, first) == 0 &&
			strcmp(argv[1], space + 1) == 0
		? 2
		: 0;
}

static const struct client_command *command_find(
	const struct client_program *program, int count, char *const *argv, int *ret_words)
{
	for (size_t i = 0; program->commands[i] != NULL; i++) {
		int words = words_of(program->commands[i], count, argv);
		if (words == 0)
			continue;
		*ret_words = words;
		return program->commands[i];
	}
	return NULL;
}

static void help_all(const struct run *run)
{
	const struct client_program *program = run->program;
	FILE *out = run->call.out;
	(void)fprintf(out, "%s: %s\n\nusage: %s [options] command [options]\n\ncommands:\n",
		program->name, program->purpose, program->name);
	for (size_t i = 0; program->commands[i] != NULL; i++)
		(void)fprintf(
			out, "  %-24s%s\n", program->commands[i]->name, program->commands[i]->help);
	(void)fprintf(out, "  %-24s%s\n", "help [command]", "this, or the options of a command");
	(void)fprintf(out, "\noptions of every command (settings of %s):\n", program->config);
	client_option_help(run->table, out);
}

static void help_command(const struct run *run, const struct client_command *command)
{
	(void)fprintf(run->call.out, "usage: %s %s [options]\n%s\n", run->program->name,
		command->name, command->help);
	client_option_help(command->options, run->call.out);
}

static int help(const struct run *run, int count, char *const *argv)
{
	if (count == 0) {
		help_all(run);
		return 0;
	}
	int words = 0;
	const struct client_command *command = command_find(run->program, count, argv, &words);
	if (command == NULL || words != count)
		return client_command_usage(
			&run->call, "no such command; see %s help", run->program->name);
	(void)fprintf(run->call.out, "usage: %s %s [options]\n%s\n", run->program->name,
		command->name, command->help);
	client_option_help(command->options, run->call.out);
	return 0;
}

/* Reads the options in front of the command. */
static int take_front(
	struct run *run, struct client_option_set *set, int argc, char *const *argv, int *place)
{
	int r = 0;
	while (r == 0 && *place < argc && strncmp(argv[*place], "--", 2) == 0)
		r = client_option_take(set, 1, argc, argv, place, run->call.err);
	return r;
}

/* Reads the command and everything behind it. */
static int take_command(struct run *run, const struct client_option_set *program_set, int argc,
	char *const *argv, int place)
{
	int words = 0;
	run->command = command_find(run->program, argc - place, argv + place, &words);
	if (run->command == NULL)
		return client_command_usage(&run->call, "%s; see %s help",
			place == argc ? "no command is given" : "no such command",
			run->program->name);
	run->values = calloc(1, run->command->options_size + 1);
	if (run->values == NULL)
		return fault_new(FAULT_MEMORY, "no memory for options");

	struct client_option_set sets[] = {
		{ run->command->options, run->values, 0 },
		*program_set,
	};
	int r = 0;
	place += words;
	while (r == 0 && place < argc)
		r = client_option_take(sets, LENGTH_OF(sets), argc, argv, &place, run->call.err);
	bool ends_early = run->options.print_config || run->options.check_config ||
		run->options.version || run->options.help;
	if (r == 0 && !ends_early)
		r = client_option_finish(&sets[0], run->call.err);
	return r < 0 ? fault_trace(r) : r;
}

/* Puts one override into the program's struct. A path may be relative here. */
static int override_apply(struct run *run, size_t place)
{
	const char *text = run->options.overrides[place];
	struct setting row = run->program->settings[place];
	if (row.type == SETTING_PATH)
		row.type = SETTING_TEXT;
	union setting_value value;
	const char *why;
	int r = setting_value_from_text(&row, text, &value, &why);
	if (r < 0)
		return fault_trace(r);
	if (r == SETTING_BAD)
		return client_command_usage(&run->call, "--%s %s", run->names[place], why);
	char *member = (char *)run->settings + row.offset;
	if (!setting_type_is_text(row.type)) {
		memcpy(member, &value,
			row.type == SETTING_BOOLEAN ? sizeof(bool) : sizeof(value.number));
		return 0;
	}
	char *old;
	memcpy(&old, member, sizeof(old));
	free(old);
	memcpy(member, &value.text, sizeof(value.text));
	return 0;
}

static int load(struct run *run)
{
	const struct client_program *program = run->program;
	const char *path = run->options.config;
	if (path == NULL)
		path = access(program->config, F_OK) == 0 || errno != ENOENT ? program->config
									     : "/dev/null";
	run->call.config = path;
	run->settings = calloc(1, program->settings_size);
	if (run->settings == NULL)
		return fault_new(FAULT_MEMORY, "no memory for settings");
	int r = settings_load(program->settings, program->settings_count, path, run->settings);
	if (r < 0)
		return fault_trace(r);
	run->loaded = true;
	for (size_t i = 0; i < program->settings_count; i++) {
		r = run->options.overrides[i] != NULL ? override_apply(run, i) : 0;
		if (r != 0)
			return r < 0 ? fault_trace(r) : r;
	}
	run->call.settings = run->settings;
	return 0;
}

/* What ends the program before any command; *ret_ends says whether it did. */
static int finish_early(struct run *run, bool *ret_ends)
{
	*ret_ends = true;
	if (run->options.help) {
		help_command(run, run->command);
		return 0;
	}
	if (run->options.version) {
		(void)fprintf(run->call.out, "%s %s\n", run->program->name, HAKKO_VERSION);
		return 0;
	}
	int r = load(run);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (run->options.print_config)
		settings_print(run->program->settings, run->program->settings_count, run->settings,
			run->call.out);
	*ret_ends = run->options.print_config || run->options.check_config;
	return 0;
}

static int run_program(struct run *run, int argc, char *const *argv)
{
	struct client_option_set set = { run->table, &run->options, 0 };
	int place = 1;
	int r = take_front(run, &set, argc, argv, &place);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	if (place < argc && strcmp(argv[place], "help") == 0)
		return help(run, argc - place - 1, argv + place + 1);
	if (run->options.help)
		return help(run, 0, argv);
	bool alone = place == argc &&
		(run->options.print_config || run->options.check_config || run->options.version);
	r = alone ? 0 : take_command(run, &set, argc, argv, place);
	if (r != 0)
		return r < 0 ? fault_trace(r) : r;
	bool ends;
	r = finish_early(run, &ends);
	if (r != 0 || ends)
		return r < 0 ? fault_trace(r) : r;
	r = run->command->run(&run->call, run->values);
	return r < 0 ? fault_trace(r) : r;
}

int client_command_main(
	const struct client_program *program, int argc, char *const *argv, FILE *out, FILE *err)
{
	__attribute__((cleanup(run_done))) struct run run = {
		.program = program,
		.call = { .program = program->name, .out = out, .err = err },
	};
	table_make(&run);
	int r = run_program(&run, argc, argv);
	/* What a full disk swallowed was not done. */
	if (r == 0 && (fflush(out) != 0 || ferror(out) != 0))
		r = fault_new(FAULT_IO, "standard output: %s", strerrordesc_np(errno));
	if (r >= 0)
		return r;
	char text[DESCRIPTION_SIZE];
	(void)fprintf(err, "%s: %s: %s\n", program->name, fault_kind_name(fault_kind(r)),
		fault_describe(text, sizeof(text)));
	return CLIENT_EXIT_FAULT;
}

int client_command_need(const struct client_call *call, const char *key, const char *value)
{
	if (*value != '\0')
		return 0;
	return client_command_usage(
		call, "the setting %s is needed here: in %s or as an option", key, call->config);
}

PRINTF_LIKE(2, 0)
static void say(const struct client_call *call, const char *format, va_list args)
{
	(void)fprintf(call->err, "%s: ", call->program);
	(void)vfprintf(call->err, format, args);
	(void)fputc('\n', call->err);
}

int client_command_refuse(const struct client_call *call, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	say(call, format, args);
	va_end(args);
	return CLIENT_REFUSED;
}

int client_command_usage(const struct client_call *call, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	say(call, format, args);
	va_end(args);
	return CLIENT_USAGE;
}
