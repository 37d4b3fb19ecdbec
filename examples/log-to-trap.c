/* An application's log handler that sends traps: messages of its chosen severity or
 * worse, of the chosen part of the program, with the text as an object; at most ten in a
 * row. Build: cc log-to-trap.c $(pkg-config --cflags --libs libtrapline) */
#include <stdio.h>
#include <string.h>
#include <trapline/trapline.h>

enum severity { DEBUG, INFO, WARNING, ERROR };
struct log {
	tl_manager *manager;
	enum severity least; /* for a trap */
	const char *part;    /* only of this part of the program; NULL: of all */
};
/* 1.3.6.1.4.1.12345.0.2, an event of the log; .1.3.0 and .1.4.0, its severity and text.
 */
static const uint8_t event[] = { 0x2b, 6, 1, 4, 1, 0xe0, 0x39, 0, 2 };
static const uint8_t severity_of[] = { 0x2b, 6, 1, 4, 1, 0xe0, 0x39, 1, 3, 0 };
static const uint8_t text_of[] = { 0x2b, 6, 1, 4, 1, 0xe0, 0x39, 1, 4, 0 };

static bool
is_wanted(const struct log *log, enum severity severity, const char *part)
{
	return severity >= log->least &&
	       (log->part == NULL || strcmp(part, log->part) == 0);
}

static void
log_message(struct log *log, enum severity severity, const char *part, const char *text)
{
	tl_varbind objects[] = { { .name = { severity_of, sizeof severity_of },
				     .type = TL_T_INTEGER,
				     .v.i64 = severity },
		{ .name = { text_of, sizeof text_of },
		    .type = TL_T_OCTETS,
		    .v.octets = { (const uint8_t *)text, strlen(text) } } };
	tl_outgoing trap = {
		.trap_oid = { event, sizeof event }, .vb = objects, .vb_count = 2
	};

	fprintf(stderr, "%s: %s\n", part, text);
	if (is_wanted(log, severity, part) &&
	    tl_manager_send_trap(log->manager, &trap) != TL_OK)
		fprintf(stderr, "log: the trap was not sent\n");
}

int
main(int argc, char **argv)
{
	struct log log = { .least = WARNING, .part = "disk" };

	if (tl_manager_open(argc > 1 ? argv[1] : "localhost", 1162, NULL, &log.manager) !=
	    TL_OK)
		return 1;
	log_message(&log, DEBUG, "disk", "opened /dev/sda");
	log_message(&log, WARNING, "network", "slow");
	log_message(&log, ERROR, "disk", "/dev/sda is full");
	tl_manager_close(log.manager);
	return 0;
}
