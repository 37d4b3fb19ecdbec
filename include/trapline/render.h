/* trapline/render.h: events as JSON, text or key=value lines. */
#ifndef TRAPLINE_RENDER_H
#define TRAPLINE_RENDER_H

#include "trapline/engine.h"
#include "trapline/mib.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tl_format {
	TL_FORMAT_JSON = 1, /* one object a line; docs/event.md */
	TL_FORMAT_TEXT,     /* for people */
	TL_FORMAT_KV        /* key=value pairs on one line */
} tl_format;

typedef struct tl_renderer tl_renderer;
typedef struct tl_charset tl_charset;

typedef struct tl_renderer_options { /* zero-initialise */
	tl_format format;            /* needed */
	const tl_mib *mib;           /* NULL: no names; must outlive the renderer */
	bool colour;                 /* text: with ANSI colours */
	bool utc;             /* text: times in UTC instead of the local zone's offset */
	int32_t utc_offset_s; /* text: the local zone, seconds east; with utc false */
	const char *charset;  /* what strings are in that are not UTF-8, "ISO-8859-1";
				 NULL: not known. Only needed for tl_renderer_new() */
} tl_renderer_options;

/* Makes a renderer: it keeps fragments that recur. One a thread.
 * Errors: TL_EINVAL (an option, or the charset, that there is not), TL_ENOMEM. Free with
 * tl_renderer_free(). */
TL_API TL_CHECK tl_err tl_renderer_new(const tl_renderer_options *opt, tl_renderer **out);

/* From now on the names are those of |mib|, NULL for none; nothing of the dictionary
 * before is kept, and that may be freed. */
TL_API void tl_renderer_set_mib(tl_renderer *r, const tl_mib *mib);

/* Frees a renderer; NULL is fine. */
TL_API void tl_renderer_free(tl_renderer *r);

/* Appends the notification to |out|, newline included, whole or not at all.
 * Errors: TL_ENOSPC: it does not fit; |out| is as it was, |out|->full is clear. Never
 * allocates. 4 MiB hold any notification. */
TL_API TL_CHECK tl_err tl_render_notification(
    tl_renderer *r, const tl_notification *n, tl_buf *out);

/* A name and a text. */
typedef struct tl_field {
	tl_span name, text;
} tl_field;

typedef enum tl_alarm_state {
	TL_ALARM_NOT = 0,
	TL_ALARM_RAISED,  /* it is new, or active again */
	TL_ALARM_CHANGED, /* it is active, with another severity */
	TL_ALARM_REPEATED,
	TL_ALARM_CLEARED,
	TL_ALARM_EXPIRED
} tl_alarm_state;

/* "raised" ... "expired"; "" for TL_ALARM_NOT. Any thread. */
TL_API const char *tl_alarm_state_name(tl_alarm_state state);

/* What was found out about a notification beside what it says. Zero-initialise; what is
 * empty is not shown. */
typedef struct tl_judgement {
	tl_severity severity; /* TL_SEVERITY_NONE: that of its definition */
	tl_span message;      /* a sentence made of a template */
	const tl_span *tags;
	size_t tag_count;
	const tl_field *fields; /* site, rack, owner, ... */
	size_t field_count;
	const tl_endpoint *device; /* whose it is, if that is not the peer */
	tl_span device_name;
	tl_span alarm_key;
	tl_alarm_state alarm;
	uint32_t alarm_count;
	tl_span rule;        /* the name of the rule that decided */
	tl_charset *charset; /* what its strings are in that are not UTF-8; NULL: the
				renderer's */
} tl_judgement;

/* tl_render_notification() with what was found out: "severity", "message", "tags",
 * "fields", "device", "alarm", "rule". |j| may be NULL. */
TL_API TL_CHECK tl_err tl_render_judged(
    tl_renderer *r, const tl_notification *n, const tl_judgement *j, tl_buf *out);

/* A number that an event of our own tells. */
typedef struct tl_number {
	const char *name;
	uint64_t value;
} tl_number;

/* An event of our own: what was suppressed, what repeats, an alarm that expired, an
 * output that drops. */
typedef struct tl_own_event {
	const char *kind; /* "suppressed", "repeated", "flapping", "alarm", "dropped" */
	int64_t realtime_ns;
	tl_severity severity;
	tl_span message;           /* one line for people */
	const tl_endpoint *source; /* or NULL */
	tl_oid trap_oid;           /* or empty */
	const tl_number *numbers;  /* "count", "seconds" */
	size_t number_count;
	const tl_field *fields;
	size_t field_count;
	tl_span alarm_key;
	tl_alarm_state alarm;
	/* "refused": rendered as tl_render_refusal() does, and "lost" as
	 * tl_render_loss(); of the datagram's bytes only their number counts */
	const tl_datagram *datagram;
	const tl_refusal *refusal;
	tl_span hint;
	const struct tl_loss *loss;
} tl_own_event;

/* The same for an event of our own. */
TL_API TL_CHECK tl_err tl_render_own(
    tl_renderer *r, const tl_own_event *own, tl_buf *out);

/* The same for a refusal of the datagram |in|; |hint| may be empty. */
TL_API TL_CHECK tl_err tl_render_refusal(tl_renderer *r, const tl_datagram *in,
    const tl_refusal *refusal, tl_span hint, tl_buf *out);

/* Datagrams that the kernel dropped for want of room in a socket's receive buffer. */
typedef struct tl_loss {
	tl_endpoint local;
	uint64_t count;      /* since the last such event of this socket */
	int64_t realtime_ns; /* when it was noticed */
} tl_loss;

/* The same for a loss. */
TL_API TL_CHECK tl_err tl_render_loss(tl_renderer *r, const tl_loss *loss, tl_buf *out);

/* The counters as one JSON object on a line: received, delivered, duplicate,
 * suppressed, refused with the sum of each reason, lost, and the RFCs' counters.
 * |delivered| is the caller's: with received = delivered + duplicate + suppressed +
 * refused. Errors: TL_ENOSPC. Any thread. */
TL_API TL_CHECK tl_err tl_render_counters(
    const tl_counters *c, uint64_t suppressed, uint64_t lost, tl_buf *out);

/* A charset of old devices, as iconv_open() names them: "ISO-8859-1", "GBK",
 * "SHIFT_JIS". Any thread. Errors: TL_EINVAL (there is none of this name), TL_ENOMEM.
 * Free with tl_charset_free(); NULL is fine. */
TL_API TL_CHECK tl_err tl_charset_new(const char *name, tl_charset **out);
TL_API void tl_charset_free(tl_charset *c);

/* Appends to |out| what the value says in the charset |c| (NULL: nothing), if it is an
 * OCTET STRING that is not UTF-8, of an object |node| whose strings are text
 * (DISPLAY-HINT 255a or 255t, or nothing is known of it: NULL). True if it is written:
 * then it is UTF-8 without control characters other than tab, CR, LF. */
TL_API bool tl_charset_text(tl_charset *c, const tl_mib *mib, const tl_mib_node *node,
    const tl_varbind *vb, tl_buf *out);

/* An endpoint's address as text with a closing NUL: IPv4 dotted, IPv6 as RFC 5952, with
 * its zone index behind a percent sign. Returns its length. Any thread. */
#define TL_ADDRESS_TEXT_MAX 64
TL_API size_t tl_address_text(const tl_endpoint *ep, char text[TL_ADDRESS_TEXT_MAX]);

/* The event's id: 32 hexadecimal digits, without a NUL. Any thread. */
#define TL_ID_LEN 32
TL_API void tl_event_id(int64_t received_ns, uint64_t id_hash, char id[TL_ID_LEN]);

#ifdef __cplusplus
}
#endif
#endif
