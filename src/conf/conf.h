/* conf/conf.h: the configuration of `trapline run`: one immutable snapshot a file. What
 * each key means, its default and range stand in the tables of schema*.c and, made from
 * them, in docs/configuration.md; here is how the values are kept. Times are in
 * nanoseconds. */
#ifndef TL_CONF_CONF_H
#define TL_CONF_CONF_H

#include "conf/types.h"
#include "trapline/render.h"

typedef struct tl_conf_user {
	const char *name;
	tl_auth auth;
	tl_conf_secret auth_secret;
	tl_priv priv;
	tl_conf_secret priv_secret;
	tl_span engine_id;  /* empty: any */
	tl_level min_level; /* TL_LEVEL_NONE: all that the secrets allow */
	bool window;        /* the time window is kept */
} tl_conf_user;

typedef struct tl_conf_users {
	const tl_conf_user *at;
	size_t count;
} tl_conf_users;

/* A named list of networks. */
typedef struct tl_conf_list {
	const char *name;
	tl_conf_cidrs nets;
} tl_conf_list;

typedef struct tl_conf_lists {
	const tl_conf_list *at;
	size_t count;
} tl_conf_lists;

typedef enum tl_conf_when_full {
	TL_FULL_DROP_LOWEST, /* the lowest severity first, of that the newest */
	TL_FULL_DROP_OLDEST,
	TL_FULL_DROP_NEWEST
} tl_conf_when_full;

typedef struct tl_conf_queue {
	int64_t events, bytes;
	tl_conf_when_full when_full;
} tl_conf_queue;

/* Conditions on an event: it matches if it fits all that are given; of a list, one. A
 * sets of words has the bit 1 << value of each; 0: any. */
typedef struct tl_conf_match {
	tl_conf_patterns trap;
	tl_conf_sources source; /* the device's address, as source_address chose it */
	uint32_t versions;      /* bits 1, 2, 3 */
	uint32_t kinds;         /* of tl_conf_kind */
	tl_conf_texts user, context, community;
	tl_conf_patterns enterprise; /* of version 1 */
	uint32_t severities;         /* of tl_severity */
	tl_conf_texts tags;          /* all of them */
	tl_conf_pairs fields;        /* equal text */
	tl_conf_varbinds varbinds;   /* each of them */
} tl_conf_match;

typedef enum tl_conf_kind {
	TL_KIND_TRAP,
	TL_KIND_INFORM,
	TL_KIND_REFUSED,
	TL_KIND_OWN /* events of ours: lost, suppressed, ... */
} tl_conf_kind;

typedef enum tl_conf_address {
	TL_ADDRESS_TRAP_ADDRESS, /* snmpTrapAddress.0, from trusted relays */
	TL_ADDRESS_AGENT,        /* agent-addr of version 1 */
	TL_ADDRESS_ENGINE,       /* engine_addresses */
	TL_ADDRESS_PEER          /* who sent the datagram */
} tl_conf_address;

typedef enum tl_conf_alarm_state {
	TL_ALARM_UNSAID, /* as the pairs say */
	TL_ALARM_RAISE,
	TL_ALARM_CLEAR,
	TL_ALARM_NONE /* not an alarm */
} tl_conf_alarm_state;

/* What a rule changes. */
typedef struct tl_conf_set {
	tl_severity severity; /* NONE: as it is */
	tl_conf_texts tags;   /* added */
	tl_conf_fields fields;
	tl_conf_template message;
	tl_conf_ints source; /* tl_conf_address, first to last; none: as for all */
	tl_conf_alarm_state alarm;
	tl_conf_template alarm_key;
	const char *charset; /* of texts that are not UTF-8; NULL: as for all */
} tl_conf_set;

typedef struct tl_conf_rule {
	const char *name; /* NULL: known by its place */
	tl_conf_match match;
	tl_conf_match
	    unless; /* the rule is passed over if this matches; see has_unless */
	bool has_unless;
	tl_conf_set set;
	tl_conf_refs route; /* only to these; none: as it is */
	bool drop;          /* counted as suppressed */
	bool stop;          /* no later rule is looked at */
	tl_conf_mark mark;
} tl_conf_rule;

typedef struct tl_conf_rules {
	const tl_conf_rule *at;
	size_t count;
} tl_conf_rules;

typedef enum tl_conf_severity_source {
	TL_SEVERITY_BY_VARBIND,
	TL_SEVERITY_BY_MIB,  /* --#SEVERITY */
	TL_SEVERITY_BUILT_IN /* of the standard notifications */
} tl_conf_severity_source;

typedef enum tl_conf_severity_scale {
	TL_SCALE_LABEL,  /* the enum's label is a severity's name, or near to one */
	TL_SCALE_SYSLOG, /* 0 emergency to 7 debug */
	TL_SCALE_X733,   /* ItuPerceivedSeverity: 1 cleared ... 6 warning */
	TL_SCALE_VALUES  /* values[] */
} tl_conf_severity_scale;

typedef struct tl_conf_severity_value {
	const char *value; /* a number or a text */
	tl_severity severity;
} tl_conf_severity_value;

typedef struct tl_conf_severity_values {
	const tl_conf_severity_value *at;
	size_t count;
} tl_conf_severity_values;

typedef struct tl_conf_severity_object {
	tl_conf_name object;
	tl_conf_severity_scale scale;
	tl_conf_severity_values values;
} tl_conf_severity_object;

typedef struct tl_conf_severity_objects {
	const tl_conf_severity_object *at;
	size_t count;
} tl_conf_severity_objects;

typedef struct tl_conf_severity {
	tl_severity fallback;
	tl_conf_ints sources; /* tl_conf_severity_source, first to last */
	tl_conf_severity_objects objects;
} tl_conf_severity;

typedef struct tl_conf_dedup {
	bool enabled;
	tl_conf_texts key; /* fields, as in templates */
	int64_t window_ns;
	int64_t entries;
} tl_conf_dedup;

typedef struct tl_conf_flapping {
	bool enabled;
	int64_t changes, settled; /* in window_ns: begins at the one, ends at the other */
	int64_t window_ns;
	int64_t entries;
} tl_conf_flapping;

typedef struct tl_conf_alarm_pair {
	const char *name;
	tl_conf_patterns raise, clear;
	tl_conf_texts key; /* fields; the source is always part of it */
} tl_conf_alarm_pair;

typedef struct tl_conf_alarm_pairs {
	const tl_conf_alarm_pair *at;
	size_t count;
} tl_conf_alarm_pairs;

typedef struct tl_conf_alarms {
	bool enabled;
	bool standard_pairs;
	int64_t entries;
	int64_t age_out_ns; /* 0: never */
	tl_conf_alarm_pairs pairs;
} tl_conf_alarms;

typedef struct tl_conf_threshold {
	const char *name;
	tl_conf_match match; /* counted for each source and trap by itself */
	int64_t count,
	    rearm; /* in window_ns: above the one it acts, until at the other */
	int64_t window_ns;
} tl_conf_threshold;

typedef struct tl_conf_thresholds {
	const tl_conf_threshold *at;
	size_t count;
} tl_conf_thresholds;

typedef struct tl_conf_limits {
	int64_t rate, burst; /* of a source: a second, at once; rate 0: no limit */
	int64_t sources;     /* remembered */
	int64_t summary_ns;  /* between two events that tell what was suppressed */
	tl_conf_thresholds thresholds;
	tl_conf_sources block;
	tl_conf_patterns block_traps;
} tl_conf_limits;

typedef enum tl_conf_table_type {
	TL_TABLE_CSV,
	TL_TABLE_JSON,
	TL_TABLE_SQLITE
} tl_conf_table_type;

typedef enum tl_conf_lookup {
	TL_LOOKUP_EXACT,
	TL_LOOKUP_CIDR /* the column holds networks: the longest that fits */
} tl_conf_lookup;

typedef struct tl_conf_enrichment {
	const char *name;
	tl_conf_table_type type;
	const char *key;  /* the event's field that is looked up */
	const char *file; /* absolute */
	const char *column;
	tl_conf_lookup match;
	const char *query;    /* SQLITE: with one ?, the key */
	char separator;       /* CSV */
	tl_conf_pairs fields; /* event's field, column; none: every column by its name */
	int64_t refresh_ns;
	tl_conf_mark mark; /* of |file| */
} tl_conf_enrichment;

typedef struct tl_conf_enrichments {
	const tl_conf_enrichment *at;
	size_t count;
} tl_conf_enrichments;

typedef struct tl_conf_reverse_dns {
	bool enabled;
	int64_t entries, ttl_ns, failed_ttl_ns;
} tl_conf_reverse_dns;

typedef struct tl_conf_engine_address {
	tl_span engine_id;
	tl_conf_cidr address; /* of 128 bits */
} tl_conf_engine_address;

typedef struct tl_conf_engine_addresses {
	const tl_conf_engine_address *at;
	size_t count;
} tl_conf_engine_addresses;

typedef enum tl_conf_output_type {
	TL_OUTPUT_FILE,
	TL_OUTPUT_STDOUT,
	TL_OUTPUT_SYSLOG,
	TL_OUTPUT_EXEC,
	TL_OUTPUT_HTTP,
	TL_OUTPUT_FORWARD
} tl_conf_output_type;

typedef enum tl_conf_form { /* how an event is written */
	TL_FORM_AUTO,       /* text on a terminal, else json */
	TL_FORM_JSON,
	TL_FORM_TEXT,
	TL_FORM_KV,
	TL_FORM_TEMPLATE
} tl_conf_form;

typedef struct tl_conf_batch {
	int64_t events, bytes, wait_ns;
} tl_conf_batch;

typedef struct tl_conf_retry {
	int64_t first_ns, most_ns; /* waits: doubled each time, with jitter */
	int64_t give_up_ns;        /* 0: never */
} tl_conf_retry;

typedef enum tl_conf_compress { TL_COMPRESS_NONE, TL_COMPRESS_ZSTD } tl_conf_compress;

typedef struct tl_conf_rotate {
	int64_t size_bytes, every_ns; /* 0: not by it */
	int64_t keep;
	tl_conf_compress compress;
} tl_conf_rotate;

typedef struct tl_conf_file {
	const char *path; /* relative: to the state folder */
	int64_t mode;     /* permissions */
	bool sync;        /* fsync with each batch */
	tl_conf_rotate rotate;
} tl_conf_file;

typedef struct tl_conf_tls {
	const char *ca, *cert; /* PEM files; ca NULL: the system's */
	const char *key;
	bool verify;
	const char *server_name; /* NULL: the host's */
	tl_conf_mark mark;
} tl_conf_tls;

typedef enum tl_conf_transport {
	TL_TRANSPORT_UDP,
	TL_TRANSPORT_TCP,
	TL_TRANSPORT_TLS,
	TL_TRANSPORT_UNIX
} tl_conf_transport;

/* "udp:HOST:PORT", "tcp:", "tls:" or "unix:PATH". */
typedef struct tl_conf_target {
	const char *text;
	tl_conf_transport transport;
	const char *host; /* a name or an address; a path for UNIX */
	uint16_t port;
	tl_conf_mark mark;
} tl_conf_target;

typedef struct tl_conf_targets {
	const tl_conf_target *at;
	size_t count;
} tl_conf_targets;

typedef struct tl_conf_syslog {
	tl_conf_target address;
	int facility; /* 0 kern to 23 local7, RFC 5424 section 6.2.1 */
	const char *app_name;
	const char *hostname; /* NULL: the event's source */
	bool structured_data; /* of RFC 5675 */
	tl_conf_tls tls;
} tl_conf_syslog;

typedef enum tl_conf_input {
	TL_INPUT_JSON,
	TL_INPUT_TRAPHANDLE /* as snmptrapd gives it */
} tl_conf_input;

typedef struct tl_conf_exec {
	tl_conf_texts command; /* argv; [0] is an absolute path */
	tl_conf_input input;   /* its stdin */
	int64_t parallel, timeout_ns;
} tl_conf_exec;

typedef enum tl_conf_http_api {
	TL_HTTP_WEBHOOK,
	TL_HTTP_ELASTICSEARCH, /* _bulk, OpenSearch too */
	TL_HTTP_SPLUNK         /* HEC */
} tl_conf_http_api;

typedef enum tl_conf_method { TL_HTTP_POST, TL_HTTP_PUT, TL_HTTP_PATCH } tl_conf_method;

typedef struct tl_conf_http {
	const char *url;
	tl_conf_mark url_mark;
	tl_conf_http_api api;
	tl_conf_method method;
	tl_conf_fields headers;
	tl_conf_template body; /* WEBHOOK: none: as |form| says */
	const char *content_type;
	tl_conf_secret token; /* Bearer; Splunk: its own; see tl_conf_names_token() */
	const char *username;
	tl_conf_secret password;
	tl_conf_template index;              /* ELASTICSEARCH, SPLUNK */
	tl_conf_template source, sourcetype; /* SPLUNK */
	bool gzip;
	int64_t timeout_ns;
	tl_conf_tls tls;
} tl_conf_http;

typedef enum tl_conf_encoding {
	TL_ENCODE_RAW,  /* the datagram as it came */
	TL_ENCODE_SAME, /* anew, in the version that it came in */
	TL_ENCODE_V1,
	TL_ENCODE_V2C,
	TL_ENCODE_V3
} tl_conf_encoding;

typedef enum tl_conf_send_as {
	TL_SEND_SAME,
	TL_SEND_TRAP,
	TL_SEND_INFORM
} tl_conf_send_as;

typedef struct tl_conf_forward {
	tl_conf_targets to; /* of UDP */
	tl_conf_encoding encoding;
	tl_conf_send_as send_as;
	tl_conf_secret community; /* none: the event's */
	tl_conf_users user;       /* one, for version 3 */
	bool add_address;         /* snmpTrapAddress.0, where there is none */
	int64_t timeout_ns, retries;
} tl_conf_forward;

typedef struct tl_conf_output {
	const char *name;
	tl_conf_output_type type;
	bool enabled;
	tl_conf_match filter;
	tl_conf_form form;
	tl_conf_template template; /* of TL_FORM_TEMPLATE */
	tl_conf_queue queue;
	tl_conf_batch batch;
	tl_conf_retry retry;
	union {
		tl_conf_file file;
		tl_conf_syslog syslog;
		tl_conf_exec exec;
		tl_conf_http http;
		tl_conf_forward forward;
	};
} tl_conf_output;

enum { TL_CONF_OUTPUTS_MAX = 64 }; /* a bit of event.routes each */

typedef struct tl_conf_outputs {
	const tl_conf_output *at;
	size_t count;
} tl_conf_outputs;

typedef struct tl_conf_metrics {
	bool enabled;
	tl_conf_target listen;
	const char *path;
	int64_t top_sources;
} tl_conf_metrics;

typedef enum tl_conf_log_level {
	TL_LOG_ERROR,
	TL_LOG_WARNING,
	TL_LOG_INFO,
	TL_LOG_DEBUG
} tl_conf_log_level;

typedef enum tl_conf_log_format { TL_LOG_TEXT, TL_LOG_JSON } tl_conf_log_format;

typedef enum tl_conf_log_target {
	TL_LOG_STDERR,
	TL_LOG_SYSLOG,
	TL_LOG_JOURNALD
} tl_conf_log_target;

typedef struct tl_conf_log {
	tl_conf_log_level level;
	tl_conf_log_format format;
	tl_conf_log_target target;
	int64_t rate; /* lines a second of one kind; 0: no limit */
} tl_conf_log;

typedef struct tl_conf {
	const char *path;     /* of the file; NULL: none was read */
	tl_conf_texts listen; /* "udp:HOST:PORT", for tl_rx_open() */
	int64_t receive_buffer_bytes;
	tl_conf_secrets communities; /* none: any */
	tl_conf_users users;
	tl_span engine_id;  /* empty: the state folder's */
	const char *state;  /* absolute; NULL: the default folder */
	const char *run_as; /* USER or USER:GROUP; NULL: as started */
	tl_conf_texts mibs; /* folders, absolute */
	const char *charset;
	int64_t threads; /* 0: as many as there are processors */
	int64_t max_engines;
	bool refused; /* refusals are events, too */
	tl_conf_queue queue;
	tl_conf_lists lists;
	tl_conf_rules rules;
	tl_conf_severity severity;
	tl_conf_dedup dedup;
	tl_conf_flapping flapping;
	tl_conf_alarms alarms;
	tl_conf_limits limits;
	tl_conf_enrichments enrichment;
	tl_conf_reverse_dns reverse_dns;
	tl_conf_ints source_address; /* tl_conf_address, first to last */
	tl_conf_sources trusted_relays;
	tl_conf_engine_addresses engine_addresses;
	tl_conf_outputs outputs;
	tl_conf_metrics metrics;
	tl_conf_log log;
	const char *control; /* relative: to the state folder */
	tl_conf_names used;  /* fields that something asks for */
	tl_conf_mark run_as_mark;
	tl_pool pool;
} tl_conf;

/* Reads the file |path|, NULL: nothing, which gives the defaults. All that is wrong with
 * it and with what it names (secrets, folders, tables) is noted in |errors|, by place; a
 * configuration with errors gives none, one with warnings does. Reads no clock and
 * changes nothing, but reads files and the environment. Errors: TL_EFORMAT (see
 * |errors|), TL_ENOMEM (|errors| is empty). Free with tl_conf_free(). */
TL_CHECK tl_err tl_conf_load(const char *path, tl_conf **out, tl_conf_errors *errors);

/* The same, but a file with errors gives what is right in it, if it could be read at all:
 * what is not is missing, defaults as well, and nothing may rely on it. */
TL_CHECK tl_err tl_conf_load_rough(
    const char *path, tl_conf **out, tl_conf_errors *errors);

/* The same of |text|, which |path| names; relative files are looked up beside it. */
TL_CHECK tl_err tl_conf_load_text(
    tl_span text, const char *path, tl_conf **out, tl_conf_errors *errors);

/* Wipes and frees it; NULL is fine. */
void tl_conf_free(tl_conf *c);

/* Warns of names of notifications and objects in |c| that |mib| does not have, and says
 * which of its names are near to them. */
void tl_conf_check_names(const tl_conf *c, const tl_mib *mib, tl_conf_errors *errors);

/* "; did you mean 'IF-MIB::linkDown'?" for a name that |mib| does not have, or nothing:
 * in |room|, which is returned. */
enum { TL_CONF_ADVICE_ROOM = 512 };
const char *tl_conf_advise(
    const tl_mib *mib, const char *text, char room[TL_CONF_ADVICE_ROOM]);

/* |u| as the library takes it; borrows. */
tl_user tl_conf_user_get(const tl_conf_user *u);

/* Appends the configuration as YAML, defaults and all; of secrets only where they are
 * kept. Loading it gives the same but for hidden secrets. TL_ENOMEM is the only error;
 * the text, with a NUL behind it, is the caller's to free. */
TL_CHECK tl_err tl_conf_write(const tl_conf *c, char **text, size_t *len);

/* Appends a JSON schema of configuration files, for editors; as above. */
TL_CHECK tl_err tl_conf_write_schema(char **text, size_t *len);

typedef struct tl_conf_change {
	const char *key; /* static: of the file's uppermost level */
	bool restart;    /* what changed takes effect with a restart only */
} tl_conf_change;

enum { TL_CONF_KEYS_MAX = 64 }; /* of the uppermost level */

/* What differs between two configurations, secrets and what they were read from included.
 * Returns how many keys. Errors: SIZE_MAX: memory is short. */
size_t tl_conf_diff(
    const tl_conf *old, const tl_conf *new, tl_conf_change changes[TL_CONF_KEYS_MAX]);

/* Whether two outputs are configured alike, so that a reload lets one go on running;
 * false also if memory is short. References to lists count by name: a list that changed
 * shows in tl_conf_diff(). */
bool tl_conf_output_equal(const tl_conf_output *a, const tl_conf_output *b);

#endif
