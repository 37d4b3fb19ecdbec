/* cli/cmd_check.c: `trapline check` and `trapline config`, which look at a configuration.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/check.h"
#include "cli/cli.h"

static const char check_help[] =
    "usage: trapline check [-c FILE]\n"
    "\n"
    "Checks a configuration of 'trapline run' and everything that it names: secrets,\n"
    "folders, files, programs, certificates, users, hosts, tables and their columns,\n"
    "statements, regular expressions, templates, and names by the MIBs. Tells all that "
    "is\n"
    "wrong, a line each: FILE:LINE:COLUMN: error: what, and what would do. Changes "
    "nothing.\n"
    "\n"
    "  -c, --config FILE     the configuration (default: /etc/trapline/trapline.yaml)\n"
    "      --help            this text\n"
    "\n"
    "Exit status: 0 no error, perhaps warnings; 2 errors.\n"
    "\n"
    "Example: trapline check -c trapline.yaml\n";

static const char config_help[] =
    "usage: trapline config [-c FILE | --default | --schema]\n"
    "\n"
    "Prints the configuration as 'trapline run' would take it, as YAML: every value, "
    "also\n"
    "those that the file leaves to their defaults. Secrets are hidden.\n"
    "\n"
    "  -c, --config FILE     the configuration (default: /etc/trapline/trapline.yaml)\n"
    "      --default         print the defaults, without any file\n"
    "      --schema          print a JSON schema of configurations, for editors\n"
    "      --help            this text\n"
    "\n"
    "Example: trapline config -c trapline.yaml\n";

enum { OPT_DEFAULT = 256, OPT_SCHEMA, OPT_HELP };

typedef struct options {
	const char *command, *help;
	const char *path; /* NULL: the defaults */
	bool schema;
} options;

static int
read_option(options *o, int opt)
{
	switch (opt) {
	case 'c':
		o->path = optarg;
		return -1;
	case OPT_DEFAULT:
		o->path = NULL;
		return -1;
	case OPT_SCHEMA:
		o->schema = true;
		return -1;
	case OPT_HELP:
		fputs(o->help, stdout);
		return EXIT_DONE;
	default:
		fprintf(stderr, "Try 'trapline %s --help'.\n", o->command);
		return EXIT_USAGE;
	}
}

static int
read_options(int argc, char **argv, const struct option *known, options *o)
{
	int opt, status = -1;

	o->path = CLI_CONF_PATH;
	while (status < 0 && (opt = getopt_long(argc, argv, "c:", known, NULL)) != -1)
		status = read_option(o, opt);
	if (status < 0 && optind < argc)
		return cli_usage_error(o->command, "'%s' is not an option", argv[optind]);
	return status;
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* Loads; with |deep| all that the file names is looked at, too. The exit status, with
 * |*c| NULL, if that fails. */
static int
load(const options *o, bool deep, tl_conf **c, tl_conf_errors *errors)
{
	tl_err err = tl_conf_load(o->path, c, errors);
	int status = -1;

	if (err == TL_OK && deep)
		status = check_names(o->command, *c, errors);
	if (err == TL_OK && deep && !check_named(*c, errors))
		err = TL_ENOMEM;
	tl_conf_errors_sort(errors);
	cli_print_conf_errors(errors);
	if (err != TL_OK && err != TL_EFORMAT) {
		cli_error(o->command, "%s", tl_err_text(err));
		return EXIT_FAILED;
	}
	if (errors->errors == 0)
		return status < 0 ? EXIT_DONE : status;
	fprintf(stderr, "%zu error%s, %zu warning%s\n", errors->errors,
	    plural(errors->errors), errors->warnings, plural(errors->warnings));
	return EXIT_USAGE;
}

int
cmd_check(int argc, char **argv)
{
	static const struct option known[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, OPT_HELP },
		{ NULL, 0, NULL, 0 },
	};
	options o = { .command = "check", .help = check_help };
	int status = read_options(argc, argv, known, &o);
	tl_conf_errors errors = { 0 };
	tl_conf *c = NULL;

	if (status >= 0)
		return status;
	status = load(&o, true, &c, &errors);
	if (status == EXIT_DONE && printf("%s: no error, %zu warning%s\n", o.path,
				       errors.warnings, plural(errors.warnings)) < 0)
		status = EXIT_FAILED;
	tl_conf_free(c);
	tl_conf_errors_free(&errors);
	return status;
}

/* Prints what |err| says that there is, and frees it. */
static int
print(const options *o, tl_err err, char *text, size_t len)
{
	if (err != TL_OK) {
		cli_error(o->command, "%s", tl_err_text(err));
		return EXIT_FAILED;
	}
	bool whole = fwrite(text, 1, len, stdout) == len && fflush(stdout) == 0;
	free(text);
	return whole ? EXIT_DONE : EXIT_FAILED;
}

static int
print_config(const options *o)
{
	tl_conf_errors errors = { 0 };
	tl_conf *c = NULL;
	char *text = NULL;
	size_t len = 0;
	int status = load(o, false, &c, &errors);

	if (status == EXIT_DONE) {
		tl_err err = tl_conf_write(c, &text, &len);
		status = print(o, err, text, len);
	}
	tl_conf_free(c);
	tl_conf_errors_free(&errors);
	return status;
}

int
cmd_config(int argc, char **argv)
{
	static const struct option known[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "default", no_argument, NULL, OPT_DEFAULT },
		{ "schema", no_argument, NULL, OPT_SCHEMA },
		{ "help", no_argument, NULL, OPT_HELP },
		{ NULL, 0, NULL, 0 },
	};
	options o = { .command = "config", .help = config_help };
	char *text = NULL;
	size_t len = 0;

	int status = read_options(argc, argv, known, &o);
	if (status >= 0)
		return status;
	if (!o.schema)
		return print_config(&o);
	tl_err err = tl_conf_write_schema(&text, &len);
	return print(&o, err, text, len);
}
