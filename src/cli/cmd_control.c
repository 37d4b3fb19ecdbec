/* cli/cmd_control.c: `trapline status`, `trapline reload` and `trapline alarms`, which
 * ask the running daemon over its control socket. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/control_show.h"
#include "conf/conf.h"

enum { PATH_ROOM = 4096, OPT_JSON = 256, OPT_HELP };

#define HELP_OPTIONS                                                                     \
	"  -c, --config FILE     the daemon's configuration, which names the socket\n"   \
	"                        (default: /etc/trapline/trapline.yaml if there is "     \
	"one)\n"                                                                         \
	"  -s, --socket PATH     the socket itself\n"                                    \
	"      --json            print the answer as it comes, in JSON\n"                \
	"      --help            this text\n"                                            \
	"\n"                                                                             \
	"Exit status: 0 done, 1 it failed or nobody answers, 2 wrong usage.\n"

#define DEFAULT_NAME "control" /* what 'control' is by default */

/* One command. */
typedef struct control_command {
	const char *name, *help, *request;
	bool (*show)(tl_span answer); /* prints it for people; false: it says no */
	bool takes_key;               /* "clear KEY" may follow */
} control_command;

typedef struct control_options {
	const char *config, *socket;
	bool json;
} control_options;

/* Joins the folder of the state and |name|, unless that is absolute. */
static bool
join(char path[PATH_ROOM], const char *dir, const char *name)
{
	int len = name[0] == '/' ? snprintf(path, PATH_ROOM, "%s", name)
				 : snprintf(path, PATH_ROOM, "%s/%s", dir, name);

	return len > 0 && len < PATH_ROOM;
}

/* What may not be seen is there. */
static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0 || errno == EACCES;
}

/* The socket |name| in the default folders: that of who asks, or, if there is none but
 * one there, that of the service. */
static bool
find_default(const char *name, char path[PATH_ROOM])
{
	char own[PATH_ROOM];
	bool found = cli_default_state(own) && join(path, own, name);

	if (found && is_there(path))
		return true;
	if (!join(own, CLI_SERVICE_STATE, name))
		return found;
	if (!found || is_there(own))
		memcpy(path, own, PATH_ROOM);
	return true;
}

/* Where the socket of |config| is. That may have errors, as when it asks for secrets that
 * only the service has: the socket is still where it says, or where it is by default, and
 * the daemon tells of the errors itself. */
static bool
find_by_config(const char *command, const char *config, char path[PATH_ROOM])
{
	tl_conf_errors errors = { 0 };
	tl_conf *conf = NULL;
	const char *name = DEFAULT_NAME;
	bool found;

	tl_err err = tl_conf_load_rough(config, &conf, &errors);
	if (conf != NULL && conf->control != NULL)
		name = conf->control;
	if (conf != NULL && conf->state != NULL)
		found = join(path, conf->state, name);
	else
		found = find_default(name, path);
	found = found && (err == TL_OK || is_there(path));
	if (!found) {
		cli_print_conf_errors(&errors);
		cli_error(command,
		    "no daemon was asked, since the file does not tell where it is: one "
		    "that runs goes on as it was; --socket PATH asks it");
	}
	tl_conf_errors_free(&errors);
	tl_conf_free(conf);
	return found;
}

static bool
find_socket(const char *command, const control_options *o, char path[PATH_ROOM])
{
	const char *config = o->config;

	if (o->socket != NULL)
		return join(path, ".", o->socket);
	if (config == NULL && access(CLI_CONF_PATH, F_OK) == 0)
		config = CLI_CONF_PATH;
	return find_by_config(command, config, path);
}

static int
connect_to(const char *command, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = -1;

	errno = ENAMETOOLONG;
	if (strlen(path) < sizeof at.sun_path) {
		memcpy(at.sun_path, path, strlen(path));
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	}
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	cli_error(command, "%s: %s%s", path, strerror(errno),
	    errno == ENOENT || errno == ECONNREFUSED ? ": is 'trapline run' running?"
	    : errno == EACCES ? ": only its own user and root may ask it"
			      : "");
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Reads until the line's end; what comes is freed by the caller. */
static char *
read_answer(int fd, size_t *len)
{
	size_t cap = 65536;
	char *text = malloc(cap);
	ssize_t n = 1;

	for (*len = 0; text != NULL && n > 0; *len += (size_t)n) {
		if (*len > 0 && text[*len - 1] == '\n')
			return text;
		if (*len == cap) {
			char *more = realloc(text, cap *= 2);
			if (more == NULL)
				break;
			text = more;
		}
		n = read(fd, text + *len, cap - *len);
		n = n < 0 && errno != EINTR ? 0 : n < 0 ? 0 : n;
	}
	free(text);
	return NULL;
}

static int
ask(const control_command *c, const control_options *o, const char *request)
{
	char path[PATH_ROOM];
	size_t len;

	if (!find_socket(c->name, o, path))
		return EXIT_FAILED;
	int fd = connect_to(c->name, path);
	if (fd < 0)
		return EXIT_FAILED;
	char *answer = NULL;
	if (dprintf(fd, "%s\n", request) > 0)
		answer = read_answer(fd, &len);
	close(fd);
	if (answer == NULL) {
		cli_error(c->name, "%s: no answer", path);
		return EXIT_FAILED;
	}
	tl_span said = { (const uint8_t *)answer, len - 1 };
	bool good = o->json ? control_show_json(said) : c->show(said);
	free(answer);
	return good && fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* What stands behind the options: nothing, or "clear KEY". */
static int
run(const control_command *c, const control_options *o, char **rest)
{
	static const control_command clear = { .name = "alarms",
		.show = control_show_cleared };
	char request[2048];

	if (rest[0] == NULL)
		return ask(c, o, c->request);
	if (!c->takes_key || strcmp(rest[0], "clear") != 0)
		return cli_usage_error(c->name, "'%s' is not an option", rest[0]);
	if (rest[1] == NULL || rest[2] != NULL || strpbrk(rest[1], "\n") != NULL)
		return cli_usage_error(c->name, "clear needs the key of one alarm");
	int len = snprintf(request, sizeof request, "clear %s", rest[1]);
	if (len < 0 || (size_t)len >= sizeof request)
		return cli_usage_error(c->name, "the key is too long");
	return ask(&clear, o, request);
}

static int
control(const control_command *c, int argc, char **argv)
{
	static const struct option known[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, OPT_JSON },
		{ "help", no_argument, NULL, OPT_HELP },
		{ NULL, 0, NULL, 0 },
	};
	control_options o = { 0 };
	int opt;

	while ((opt = getopt_long(argc, argv, "c:s:", known, NULL)) != -1) {
		if (opt == 'c') {
			o.config = optarg;
		} else if (opt == 's') {
			o.socket = optarg;
		} else if (opt == OPT_JSON) {
			o.json = true;
		} else if (opt == OPT_HELP) {
			fputs(c->help, stdout);
			return EXIT_DONE;
		} else {
			fprintf(stderr, "Try 'trapline %s --help'.\n", c->name);
			return EXIT_USAGE;
		}
	}
	return run(c, &o, argv + optind);
}

int
cmd_status(int argc, char **argv)
{
	static const control_command c = { .name = "status",
		.request = "status",
		.show = control_show_status,
		.help = "usage: trapline status [OPTIONS]\n\nTells how the running "
			"'trapline run' is.\n\n" HELP_OPTIONS
			"\nExample: trapline status -c trapline.yaml\n" };

	return control(&c, argc, argv);
}

int
cmd_reload(int argc, char **argv)
{
	static const control_command c = { .name = "reload",
		.request = "reload",
		.show = control_show_reload,
		.help =
		    "usage: trapline reload [OPTIONS]\n\nLets the running 'trapline run' "
		    "read its configuration again, and tells what came\nof it. A file "
		    "with errors changes nothing.\n\n" HELP_OPTIONS
		    "\nExample: trapline reload -c trapline.yaml\n" };

	return control(&c, argc, argv);
}

int
cmd_alarms(int argc, char **argv)
{
	static const control_command c = { .name = "alarms",
		.request = "alarms",
		.show = control_show_alarms,
		.takes_key = true,
		.help =
		    "usage: trapline alarms [OPTIONS] [clear KEY]\n\nLists the active "
		    "alarms of the running 'trapline run', or clears one by "
		    "hand.\n\n" HELP_OPTIONS
		    "\nExample: trapline alarms clear 192.0.2.7/linkDown/3\n" };

	return control(&c, argc, argv);
}
