/* daemon/notes.c: see notes.h. */
#include "daemon/notes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "trapline/render.h"

#define INTERVAL_NS INT64_C(10000000000)

/* The two questions that open an SNMPv3 inform are refused by the book and answered by
 * Reports: nothing is wrong (RFC 3414 section 4). */
static bool
is_discovery(const tl_refusal *r)
{
	if (!r->reportable)
		return false;
	return (r->diag.err == TL_EUSM_ENGINE && r->engine_id.len == 0) ||
	       (r->diag.err == TL_EUSM_TIME && r->boots == 0 && r->time_s == 0);
}

bool
notes_wants(notes *n, const tl_refusal *r, int64_t now_ns)
{
	tl_err err = r->diag.err;

	if (is_discovery(r))
		return false;
	if (now_ns < n->next_ns[err]) {
		n->untold[err]++;
		return false;
	}
	n->next_ns[err] = now_ns + INTERVAL_NS;
	return true;
}

/* These hints repeat the name that came. An event may; a log line of ours has nothing in
 * it that a peer chose, and no credential. */
static bool
hint_names_the_peers_text(tl_err err)
{
	return err == TL_ECOMMUNITY || err == TL_EUSM_USER;
}

enum { LINE_ROOM = 2048 };

static void
tell(notes *n, const char *line)
{
	if (n->tell != NULL)
		n->tell(n->context, line);
	else
		dprintf(n->fd, "%s\n", line);
}

void
notes_refusal(notes *n, const tl_datagram *in, const tl_refusal *r, tl_span hint)
{
	char source[TL_ADDRESS_TEXT_MAX], line[LINE_ROOM], more[64] = "";
	const char *shown = n->tell == NULL
				? "--refused shows which, and what to do"
				: "'refused: true' shows which, and what to do";
	tl_err err = r->diag.err;

	if (hint_names_the_peers_text(err))
		hint = (tl_span){ (const uint8_t *)shown, strlen(shown) };
	tl_address_text(&in->from, source);
	if (n->untold[err] > 0)
		snprintf(more, sizeof more,
		    " (and %" PRIu64 " more of this reason before it)", n->untold[err]);
	snprintf(line, sizeof line,
	    "refused %s from %s port %u: %s at offset %" PRIu32 " of %zu bytes%s%.*s%s",
	    tl_err_word(err), source, in->from.port, r->diag.where, r->diag.offset,
	    in->bytes.len, hint.len > 0 ? "; " : "", (int)hint.len,
	    (const char *)hint.ptr, more);
	tell(n, line);
	n->untold[err] = 0;
}

void
notes_trouble(notes *n, tl_err err, const char *what)
{
	const char *why = err == TL_EIO ? strerror(errno) : tl_err_text(err);
	char line[LINE_ROOM];

	snprintf(line, sizeof line, "%s: %s", what, why);
	tell(n, line);
}
