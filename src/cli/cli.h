/* cli/cli.h: what the commands share. Each command is one row of the table in main.c. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "conf/errors.h"
#include "conf/user.h"
#include "trapline/engine.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* A command: it gets its own arguments, argv[0] being what errors begin with, and returns
 * the exit status. */
typedef int cli_command(int argc, char **argv);

int cmd_alarms(int argc, char **argv);
int cmd_blast(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_decode(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_inform(int argc, char **argv);
int cmd_listen(int argc, char **argv);
int cmd_mib(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_send(int argc, char **argv);
int cmd_snmpinform(int argc, char **argv);
int cmd_snmptrap(int argc, char **argv);
int cmd_status(int argc, char **argv);

/* Runs the command |name| with the arguments behind its name, which argv[0] is. */
int cli_run(cli_command *run, const char *name, int argc, char **argv);

/* Prints "trapline COMMAND: message" to stderr, as printf does. */
void cli_error(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with "Try 'trapline COMMAND --help'." behind it; returns EXIT_USAGE. */
int cli_usage_error(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints what is wrong with a configuration to stderr, a line each; more than are kept
 * are counted. */
void cli_print_conf_errors(const tl_conf_errors *e);

/* Takes the name of a charset that there is into |out|, which borrows it. Returns -1 to
 * go on, or EXIT_USAGE and says so. */
int cli_read_charset(const char *command, const char *name, const char **out);

/* The values of an option that may be repeated; zero-initialise. */
typedef struct cli_list {
	char **at; /* closed by a NULL; NULL: none */
	size_t count;
} cli_list;

/* Appends |value|, which is borrowed. False when memory is short. */
bool cli_list_add(cli_list *list, char *value);
void cli_list_free(cli_list *list);

/* Adds the user that |spec| describes, NAME[,auth=PROTOCOL:SECRET][,priv=PROTOCOL:SECRET]
 * [,engine=HEX][,level=LEVEL][,window=off], to |e|. The secrets are wiped from |spec|,
 * which is an argument that other people see in the process list. On an error it is
 * written to |problem| (256 bytes) and false is returned. */
bool cli_add_user(tl_engine *e, char *spec, char problem[256]);

/* Where a configuration is by default. */
#define CLI_CONF_PATH "/etc/trapline/trapline.yaml"

/* Where trapline.service keeps its state. */
#define CLI_SERVICE_STATE "/var/lib/trapline"

/* $STATE_DIRECTORY, which systemd sets, else $XDG_STATE_HOME/trapline, or where that is
 * by default; false if there is no home. */
bool cli_default_state(char path[4096]);

/* The same, made if it is missing, for those who send; NULL if there is none or it cannot
 * be used, of which |command| tells: an engine ID of the moment will do then, for
 * receivers that accept any engine. */
const char *cli_usable_state(const char *command, char path[4096]);

/* Where to send: a host's name or address, and its port. */
typedef struct cli_host {
	char *host;    /* without brackets; in the text that it was read from */
	uint16_t port; /* 0: not said */
} cli_host;

/* Reads HOST, HOST:PORT, [V6], [V6]:PORT or V6 in |text|, which is changed. */
bool cli_read_host(char *text, cli_host *out);

#endif
