/* outputs/syslog_message.c: see syslog_message.h. Called by output_syslog.c. */
#include "outputs/syslog_message.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "pipeline/field.h"

/* RFC 5424 section 6: how long the fields of the header may be. */
enum { HOSTNAME_MAX = 255, MSGID_MAX = 32, MICROSECONDS_LEN = 26 };

int
syslog_severity(tl_severity severity)
{
	static const int severities[] = {
		[TL_SEVERITY_NONE] = 5,    /* notice, RFC 5675 section 3.1 */
		[TL_SEVERITY_CLEARED] = 5, /* notice */
		[TL_SEVERITY_INFO] = 6,    /* informational: not an alarm */
		[TL_SEVERITY_WARNING] = 4,
		[TL_SEVERITY_MINOR] = 3,    /* error */
		[TL_SEVERITY_MAJOR] = 2,    /* critical */
		[TL_SEVERITY_CRITICAL] = 1, /* alert */
	};

	return severities[severity];
}

/* A field of the header: printable ASCII without spaces, of |max| bytes; "-" for none. */
static void
put_word(tl_buf *out, const uint8_t *text, size_t len, size_t max)
{
	tl_buf_putc(out, ' ');
	for (size_t i = 0; i < len && i < max; i++)
		tl_buf_putc(out, text[i] > ' ' && text[i] < 0x7f ? (char)text[i] : '_');
	if (len == 0)
		tl_buf_putc(out, '-');
}

static void
put_text(tl_buf *out, const char *text, size_t max)
{
	put_word(out, (const uint8_t *)text, strlen(text), max);
}

/* RFC 3339 with the microseconds that section 6.2.3 allows. */
static void
put_time(tl_buf *out, int64_t realtime_ns)
{
	tl_buf_putc(out, ' ');
	tl_buf_time(out, realtime_ns);
	if (!out->full) {
		out->len -= sizeof "789Z" - 1;
		tl_buf_putc(out, 'Z');
	}
}

/* Whose notification it is; NULL: nobody's. */
static const tl_endpoint *
device_of(const parcel *p)
{
	return p->n != NULL ? &p->device : p->own->source;
}

static void
put_host(tl_buf *out, const syslog_writer *w, const parcel *p)
{
	char name[HOST_NAME_MAX > TL_ADDRESS_TEXT_MAX ? HOST_NAME_MAX + 1
						      : TL_ADDRESS_TEXT_MAX] = "";

	if (w->conf->hostname != NULL) {
		put_text(out, w->conf->hostname, HOSTNAME_MAX);
		return;
	}
	if (device_of(p) != NULL)
		tl_address_text(device_of(p), name);
	else if (gethostname(name, sizeof name - 1) != 0)
		name[0] = '\0';
	put_text(out, name, HOSTNAME_MAX);
}

/* The notification's name without its module; an OID as far as it has none. */
static void
put_id(tl_buf *out, const parcel *p)
{
	const tl_mib *mib = p->dictionary->mib;
	uint8_t text[TL_OID_TEXT_MAX];
	tl_buf oid = { .ptr = text, .cap = sizeof text };

	if (p->n == NULL) {
		put_text(out, p->own->kind, MSGID_MAX);
		return;
	}
	const tl_mib_node *node =
	    mib != NULL ? tl_mib_find_notification(mib, p->n->trap_oid) : NULL;
	if (node != NULL) {
		tl_span name = tl_mib_node_name(mib, node);
		put_word(out, name.ptr, name.len, MSGID_MAX);
		return;
	}
	tl_buf_oid(&oid, p->n->trap_oid);
	put_word(out, text, oid.len <= MSGID_MAX ? oid.len : 0, MSGID_MAX);
}

static void
put_header(tl_buf *out, const syslog_writer *w, const parcel *p)
{
	int pri = w->conf->facility * 8 + syslog_severity(p->j.severity);

	tl_buf_putc(out, '<');
	tl_buf_u64(out, (uint64_t)pri);
	tl_buf_lit(out, ">1");
	put_time(out, p->n != NULL ? p->n->received_ns : p->own->realtime_ns);
	put_host(out, w, p);
	put_text(out, w->conf->app_name, 48);
	tl_buf_putc(out, ' ');
	tl_buf_u64(out, (uint64_t)w->pid);
	put_id(out, p);
	tl_buf_putc(out, ' ');
}

/* Structured data. */

/* Begins a parameter: ` v12="`. */
static void
begin(tl_buf *out, char letter, unsigned number)
{
	tl_buf_putc(out, ' ');
	tl_buf_putc(out, letter);
	tl_buf_u64(out, number);
	tl_buf_lit(out, "=\"");
}

static void
end(tl_buf *out)
{
	tl_buf_putc(out, '"');
}

/* Section 6.3.3: a quote, a backslash and a closing bracket are escaped. */
static void
put_escaped(tl_buf *out, tl_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\\' || text.ptr[i] == ']')
			tl_buf_putc(out, '\\');
		tl_buf_putc(out, (char)text.ptr[i]);
	}
}

/* Text from anywhere: without control characters, then escaped. What is longer than the
 * room is cut: it is there for people. */
static void
put_printable(tl_buf *out, tl_span text)
{
	uint8_t room[1024];
	tl_buf b = { .ptr = room, .cap = sizeof room };

	tl_buf_printable(&b, text);
	put_escaped(out, tl_buf_written(&b));
}

/* RFC 5675 section 3.2: the value by its type. */
static void
put_value(tl_buf *out, const tl_varbind *vb, unsigned i)
{
	static const struct {
		tl_type type;
		char letter;
	} rows[] = {
		{ TL_T_INTEGER, 'd' },
		{ TL_T_OID, 'o' },
		{ TL_T_IPADDRESS, 'i' },
		{ TL_T_COUNTER32, 'c' },
		{ TL_T_COUNTER64, 'C' },
		{ TL_T_GAUGE32, 'u' },
		{ TL_T_TIMETICKS, 't' },
		{ TL_T_OCTETS, 'x' },
		{ TL_T_OPAQUE, 'p' },
	};
	char letter = 'n'; /* NULL, and what stands in its place */

	for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++)
		if (rows[row].type == vb->type)
			letter = rows[row].letter;
	begin(out, letter, i);
	if (letter == 'x' || letter == 'p')
		tl_buf_hex(out, vb->v.octets);
	else
		field_write_raw(vb, out);
	end(out);
}

/* "ifDescr.3" */
static void
put_label(tl_buf *out, const tl_mib *mib, tl_oid oid, unsigned i)
{
	tl_mib_match m = { 0 };

	if (mib != NULL)
		m = tl_mib_find(mib, oid);
	if (m.node == NULL)
		return;
	begin(out, 'l', i);
	tl_buf_span(out, tl_mib_node_name(mib, m.node));
	tl_buf_oid_rest(out, m.rest);
	end(out);
}

typedef struct data {
	tl_buf *out;
	const tl_mib *mib;
	tl_charset *charset;
	size_t limit;    /* of out->len, behind the closing bracket */
	bool for_people; /* with labels and alternatives */
	bool cut;        /* not all are there */
	unsigned count;
} data;

/* What a person reads, where that is something else than the value. */
static void
put_alternative(const data *d, const tl_varbind *vb, unsigned i)
{
	uint8_t room[1024], raw_room[1024];
	tl_buf text = { .ptr = room, .cap = sizeof room };
	tl_buf raw = { .ptr = raw_room, .cap = sizeof raw_room };
	tl_buf *out = d->out;

	if (!field_write_text(d->mib, d->charset, vb, &text) || text.full)
		return;
	if (vb->type != TL_T_OCTETS)
		field_write_raw(vb, &raw);
	else
		tl_buf_hex(&raw, vb->v.octets);
	if (raw.len == text.len && memcmp(raw_room, room, raw.len) == 0)
		return;
	begin(out, 'a', i);
	put_printable(out, tl_buf_written(&text));
	end(out);
}

static void
put_varbind(data *d, const tl_varbind *vb)
{
	tl_buf *out = d->out;
	size_t start = out->len;
	unsigned i = d->count + 1;

	if (d->cut)
		return;
	begin(out, 'v', i);
	tl_buf_oid(out, vb->name);
	end(out);
	if (d->for_people)
		put_label(out, d->mib, vb->name, i);
	put_value(out, vb, i);
	if (d->for_people)
		put_alternative(d, vb, i);
	d->cut = out->full || out->len >= d->limit;
	if (d->cut)
		out->len = start;
	else
		d->count = i;
	out->full = false;
}

/* What the normal form has beside the varbinds stands there as RFC 3584 makes it of a v1
 * trap; but for the community, which is nobody's business. */
static void
put_varbinds(data *d, const tl_notification *n)
{
	static const uint8_t uptime[] = { 0x2b, 6, 1, 2, 1, 1, 3, 0 };
	static const uint8_t trap[] = { 0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0 };
	static const uint8_t address[] = { 0x2b, 6, 1, 6, 3, 18, 1, 3, 0 };
	static const uint8_t enterprise[] = { 0x2b, 6, 1, 6, 3, 1, 1, 4, 3, 0 };

	if ((n->flags & TL_FLAG_NO_UPTIME) == 0)
		put_varbind(d, &(tl_varbind){ { uptime, sizeof uptime }, TL_T_TIMETICKS,
				   .v.u64 = n->uptime_cs });
	if (n->trap_oid.len > 0)
		put_varbind(d, &(tl_varbind){ { trap, sizeof trap }, TL_T_OID,
				   .v.oid = n->trap_oid });
	for (size_t i = 0; i < n->vb_count; i++)
		put_varbind(d, &n->vb[i]);
	if (!n->v1.present)
		return;
	put_varbind(d, &(tl_varbind){ { address, sizeof address }, TL_T_IPADDRESS,
			   .v.octets = { n->agent_address, 4 } });
	put_varbind(d, &(tl_varbind){ { enterprise, sizeof enterprise }, TL_T_OID,
			   .v.oid = n->v1.enterprise });
}

static void
put_context(tl_buf *out, const tl_notification *n)
{
	if (n->version != 3)
		return;
	tl_buf_lit(out, " ctxEngine=\"");
	tl_buf_hex(out, n->v3.context_engine_id);
	tl_buf_lit(out, "\" ctxName=\"");
	put_printable(out, n->v3.context_name);
	tl_buf_putc(out, '"');
}

/* Section 7.2: who the originator is, whatever HOSTNAME says. */
static void
put_origin(tl_buf *out, const parcel *p)
{
	char text[TL_ADDRESS_TEXT_MAX];

	if (device_of(p) == NULL)
		return;
	tl_buf_lit(out, "[origin ip=\"");
	tl_buf_put(out, text, tl_address_text(device_of(p), text));
	tl_buf_lit(out, "\"]");
}

/* The structured data, of |max| bytes at most from |start| on. False: not all is there.
 */
static bool
put_data(tl_buf *out, const parcel *p, size_t limit, bool for_people)
{
	data d = { out, p->dictionary->mib, p->j.charset, limit - 1, for_people };
	size_t start = out->len;

	put_origin(out, p);
	if (p->n != NULL) {
		tl_buf_lit(out, "[snmp");
		put_context(out, p->n);
		put_varbinds(&d, p->n);
		tl_buf_putc(out, ']');
	}
	if (out->len == start)
		tl_buf_putc(out, '-');
	return !d.cut;
}

/* MSG. */

static void
put_name_and_value(tl_buf *out, const parcel *p, const tl_varbind *vb)
{
	const tl_mib *mib = p->dictionary->mib;
	uint8_t room[4096];
	tl_buf text = { .ptr = room, .cap = sizeof room };
	tl_mib_match m = { 0 };

	if (mib != NULL)
		m = tl_mib_find(mib, vb->name);
	if (m.node != NULL) {
		tl_buf_span(out, tl_mib_node_name(mib, m.node));
		tl_buf_oid_rest(out, m.rest);
	} else {
		tl_buf_oid(out, vb->name);
	}
	tl_buf_putc(out, '=');
	if (!field_write_text(mib, p->j.charset, vb, &text))
		tl_buf_puts(out, tl_type_name(vb->type));
	else if (text.full)
		tl_buf_lit(out, "...");
	else
		tl_buf_printable(out, tl_buf_written(&text));
}

/* "IF-MIB::linkDown ifIndex.3=3 ifOperStatus.3=down", or what a rule says of it. */
static void
put_line(tl_buf *out, const parcel *p)
{
	const tl_mib *mib = p->dictionary->mib;

	if (p->n == NULL || p->j.message.len > 0) {
		tl_buf_printable(out, p->n == NULL ? p->own->message : p->j.message);
		return;
	}
	const tl_mib_node *node =
	    mib != NULL ? tl_mib_find_notification(mib, p->n->trap_oid) : NULL;
	if (node != NULL)
		tl_mib_node_write_name(mib, node, out);
	else
		tl_buf_oid(out, p->n->trap_oid);
	for (size_t i = 0; i < p->n->vb_count; i++) {
		tl_buf_putc(out, ' ');
		put_name_and_value(out, p, &p->n->vb[i]);
	}
}

static tl_err
write_text(syslog_writer *w, const parcel *p)
{
	tl_err err = buf_reserve(&w->text, w->max_bytes);

	w->text.len = 0;
	if (err != TL_OK)
		return err;
	if (w->form == TL_FORM_AUTO || w->form == TL_FORM_TEXT) {
		put_line(&w->text, p);
		w->text.full = false; /* it is cut in any case */
		return TL_OK;
	}
	err = formatter_write(w->formatter, p, &w->text);
	if (err == TL_OK)
		w->text.len--; /* the newline */
	return err;
}

/* The first |len| bytes at most of UTF-8, whole characters only. */
static size_t
cut_text(const uint8_t *text, size_t have, size_t len)
{
	if (have <= len)
		return have;
	while (len > 0 && (text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static bool
is_ascii(const uint8_t *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] >= 0x80)
			return false;
	return true;
}

/* Section 6.4: a byte order mark tells that it is UTF-8; what is ASCII does without. */
static void
put_text_to(tl_buf *out, const tl_buf *text, size_t limit)
{
	bool mark = !is_ascii(text->ptr, text->len);
	size_t need = 1 + (mark ? 3 : 0);

	if (text->len == 0 || limit < out->len + need)
		return;
	tl_buf_putc(out, ' ');
	if (mark)
		tl_buf_lit(out, "\xef\xbb\xbf");
	tl_buf_put(out, text->ptr, cut_text(text->ptr, text->len, limit - out->len));
}

/* Structured data may take what MSG does not need, and three quarters in any case. */
static void
put_all(const syslog_writer *w, const parcel *p, tl_buf *out)
{
	size_t limit = out->len + w->max_bytes;

	put_header(out, w, p);
	if (!w->conf->structured_data) {
		tl_buf_putc(out, '-');
	} else {
		size_t at = out->len, quarter = (limit - at) / 4;
		size_t rest = w->text.len + 4 < quarter ? w->text.len + 4 : quarter;
		if (!put_data(out, p, limit - rest, true)) {
			out->len = at;
			put_data(out, p, limit - rest, false);
		}
	}
	put_text_to(out, &w->text, limit);
}

tl_err
syslog_write(syslog_writer *w, const parcel *p, tl_buf *out)
{
	tl_err err = write_text(w, p);

	/* A varbind is written before it is found to be too long. */
	if (err == TL_OK)
		err = buf_reserve(out, 2 * w->max_bytes);
	if (err == TL_OK)
		put_all(w, p, out);
	return err;
}
