/* cli/cmd_run.c: `trapline run`, the daemon. What it is made of is daemon/server.c. */
#include <getopt.h>
#include <stdio.h>

#include "cli/cli.h"
#include "daemon/server.h"

static const char help[] =
    "usage: trapline run [-c FILE]\n"
    "\n"
    "Receives notifications, names and judges them, and delivers them to outputs, as a\n"
    "configuration file says. It stays in the foreground.\n"
    "\n"
    "  -c, --config FILE     the configuration (default: /etc/trapline/trapline.yaml)\n"
    "      --help            this text\n"
    "\n"
    "SIGHUP reads the configuration again and reopens files, SIGUSR1 prints the "
    "counters,\n"
    "SIGINT and SIGTERM deliver what was received, print the counters and end.\n"
    "\n"
    "Example: trapline run -c trapline.yaml\n";

enum { OPT_HELP = 256 };

int
cmd_run(int argc, char **argv)
{
	static const struct option known[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, OPT_HELP },
		{ NULL, 0, NULL, 0 },
	};
	server_options o = { .conf_path = CLI_CONF_PATH };
	char state[4096];
	int opt;

	while ((opt = getopt_long(argc, argv, "c:", known, NULL)) != -1) {
		if (opt == OPT_HELP) {
			fputs(help, stdout);
			return EXIT_DONE;
		}
		if (opt != 'c') {
			fputs("Try 'trapline run --help'.\n", stderr);
			return EXIT_USAGE;
		}
		o.conf_path = optarg;
	}
	if (optind < argc)
		return cli_usage_error("run", "'%s' is not an option", argv[optind]);
	if (cli_default_state(state))
		o.default_state = state;
	return server_run(&o);
}
