/* cli/main.c: finds the command and runs it. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/cli.h"

typedef struct command {
	const char *name;
	cli_command *run;
	const char *help;
} command;

static const command commands[] = {
	{ "listen", cmd_listen, "receive and print notifications" },
	{ "run", cmd_run, "receive, judge and deliver, as a configuration says" },
	{ "status", cmd_status, "how the running 'trapline run' is" },
	{ "reload", cmd_reload, "let it read its configuration again" },
	{ "alarms", cmd_alarms, "list its active alarms, or clear one" },
	{ "send", cmd_send, "send a trap" },
	{ "inform", cmd_inform, "send an inform and wait for its acknowledgement" },
	{ "snmptrap", cmd_snmptrap, "send a trap, with net-snmp's arguments" },
	{ "snmpinform", cmd_snmpinform, "send an inform, with net-snmp's arguments" },
	{ "decode", cmd_decode,
	    "explain datagrams from a capture, a hex string or stdin" },
	{ "explain", cmd_explain, "show which rule does what to a notification" },
	{ "mib", cmd_mib, "compile, check and search MIBs" },
	{ "blast", cmd_blast, "generate load, count what was sent and answered" },
	{ "check", cmd_check, "check a configuration and everything that it names" },
	{ "config", cmd_config, "print a configuration with all its defaults" },
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

enum { MESSAGE_ROOM = 4096, NAME_ROOM = 64 };

static void
help(FILE *to)
{
	fprintf(to,
	    "usage: trapline COMMAND [OPTIONS]\n\n"
	    "Receives, explains, delivers and sends SNMP notifications: traps and\n"
	    "informs, v1, v2c and v3.\n\ncommands:\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
	fprintf(to,
	    "\n'trapline COMMAND --help' tells its options, 'trapline --version' the\n"
	    "version. Exit status: 0 done, 1 it failed, 2 wrong usage.\n");
}

/* What a message says may come from files' names and from what others wrote: nothing of
 * it reaches the terminal but text. */
static __attribute__((format(printf, 2, 0))) void
print_message(const char *name, const char *format, va_list args)
{
	char message[MESSAGE_ROOM];
	uint8_t room[6 * MESSAGE_ROOM];
	tl_buf text = { .ptr = room, .cap = sizeof room };
	int len = vsnprintf(message, sizeof message, format, args);

	if (len < 0)
		return;
	if ((size_t)len >= sizeof message)
		len = sizeof message - 1;
	tl_buf_printable(&text, (tl_span){ (const uint8_t *)message, (size_t)len });
	fprintf(
	    stderr, "trapline %s: %.*s\n", name, (int)text.len, (const char *)text.ptr);
}

void
cli_error(const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message(name, format, args);
	va_end(args);
}

int
cli_usage_error(const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message(name, format, args);
	va_end(args);
	fprintf(stderr, "Try 'trapline %s --help'.\n", name);
	return EXIT_USAGE;
}

int
cli_run(cli_command *run, const char *name, int argc, char **argv)
{
	char whole[NAME_ROOM];

	(void)snprintf(whole, sizeof whole, "trapline %s", name);
	argv[0] = whole;
	return run(argc, argv);
}

/* Standard descriptors that the parent closed get a place-holder: else a file of ours
 * would take their number, and what is printed. Writing to it fails. */
static void
keep_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* The program may be called by the name of one of net-snmp's, which it stands in for. */
static bool
is_called(const char *path, const char *name)
{
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	return path != NULL && strcmp(slash != NULL ? slash + 1 : path, name) == 0;
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	keep_standard_descriptors();
	if (is_called(argv[0], "snmptrap"))
		return cmd_snmptrap(argc, argv);
	if (is_called(argv[0], "snmpinform"))
		return cmd_snmpinform(argc, argv);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0)
			return cli_run(commands[i].run, name, argc - 1, argv + 1);
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
	    strcmp(name, "help") == 0) {
		help(stdout);
		return EXIT_DONE;
	}
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
		printf("trapline " TL_VERSION "\n");
		return EXIT_DONE;
	}
	if (argc > 1)
		fprintf(stderr, "trapline: there is no command '%s'\n\n", name);
	help(stderr);
	return EXIT_USAGE;
}
