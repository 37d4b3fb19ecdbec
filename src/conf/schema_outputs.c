/* conf/schema_outputs.c: the tables of outputs; see schema.h. A new output is a row of
 * |types|, of |variants|, and a table of its own. */
#include "conf/finish.h"
#include "conf/schema_parts.h"

static const char *const types[] = { "file", "stdout", "syslog", "exec", "http",
	"forward", NULL };
static const char *const forms[] = { "auto", "json", "text", "kv", "template", NULL };
static const char *const compressions[] = { "none", "zstd", NULL };
static const char *const syslog_transports[] = { "udp", "tcp", "tls", "unix", NULL };
static const char *const udp_only[] = { "udp", NULL };
static const char *const facilities[] = { "kern", "user", "mail", "daemon", "auth",
	"syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit",
	"alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5",
	"local6", "local7", NULL };
static const char *const inputs[] = { "json", "traphandle", NULL };
static const char *const apis[] = { "webhook", "elasticsearch", "splunk", NULL };
static const char *const methods[] = { "POST", "PUT", "PATCH", NULL };
static const char *const encodings[] = { "raw", "same", "1", "2c", "3", NULL };
static const char *const send_as[] = { "same", "trap", "inform", NULL };

#define OF(member) offsetof(OWNER, member)

#define OWNER tl_conf_batch
static const tl_conf_row batch_rows[] = {
	{ "events", TL_TYPE_INT, .offset = OF(events), .min = 1, .max = 1000000,
	    .fallback = "1000", .help = "Events in one write or request." },
	{ "bytes", TL_TYPE_SIZE, .offset = OF(bytes), .min = 1024, .max = 1 << 30,
	    .fallback = "1MiB", .help = "Their size." },
	{ "wait", TL_TYPE_DURATION, .offset = OF(wait_ns), .min = 0,
	    .max = INT64_C(3600) * TL_NS_PER_S, .fallback = "0",
	    .help = "How long to wait for more; 0: take what there is." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section batch = { "batch", sizeof(tl_conf_batch), batch_rows };

#define OWNER tl_conf_retry
static const tl_conf_row retry_rows[] = {
	{ "first", TL_TYPE_DURATION, .offset = OF(first_ns), .min = 1000000,
	    .max = TL_CONF_DAY_NS, .fallback = "1s", .help = "The first wait." },
	{ "most", TL_TYPE_DURATION, .offset = OF(most_ns), .min = 1000000,
	    .max = TL_CONF_DAY_NS, .fallback = "1m",
	    .help = "The longest: each is twice the one before, with jitter." },
	{ "give_up", TL_TYPE_DURATION, .offset = OF(give_up_ns), .min = 0,
	    .max = 30 * TL_CONF_DAY_NS, .fallback = "0",
	    .help = "Drop what could not be delivered for so long, counted; 0: never." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section retry = { "retry", sizeof(tl_conf_retry), retry_rows,
	.check = tl_conf_retry_check };

#define OWNER tl_conf_rotate
static const tl_conf_row rotate_rows[] = {
	{ "size", TL_TYPE_SIZE, .offset = OF(size_bytes), .min = 0,
	    .max = INT64_C(1) << 50, .fallback = "100MiB",
	    .help = "Begin a new file at this size; 0: not by size." },
	{ "every", TL_TYPE_DURATION, .offset = OF(every_ns), .min = 0,
	    .max = 366 * TL_CONF_DAY_NS, .fallback = "0",
	    .help = "Begin one after this time; 0: not by time." },
	{ "keep", TL_TYPE_INT, .offset = OF(keep), .min = 0, .max = 100000,
	    .fallback = "10", .help = "How many old files are kept." },
	{ "compress", TL_TYPE_ENUM, .offset = OF(compress), .words = compressions,
	    .fallback = "none", .help = "What becomes of them." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section rotate = { "rotate", sizeof(tl_conf_rotate), rotate_rows };

#define OWNER tl_conf_tls
static const tl_conf_row tls_rows[] = {
	{ "ca", TL_TYPE_FILE, .offset = OF(ca), .absent = "the system's",
	    .help = "Certificates to trust, PEM.", .example = "/etc/ssl/ca.pem" },
	{ "cert", TL_TYPE_FILE, .offset = OF(cert), .help = "Our own certificate, PEM.",
	    .example = "/etc/trapline/client.pem" },
	{ "key", TL_TYPE_FILE, .offset = OF(key), .help = "Its key, PEM.",
	    .example = "/etc/trapline/client.key" },
	{ "verify", TL_TYPE_BOOL, .offset = OF(verify), .fallback = "true",
	    .help = "Refuse a server whose certificate does not fit." },
	{ "server_name", TL_TYPE_TEXT, .offset = OF(server_name), .min = 1, .max = 253,
	    .absent = "the host's", .help = "The name that it must fit.",
	    .example = "logs.example.net" },
	{ 0 },
};
#undef OWNER
static const tl_conf_section tls = { "tls", sizeof(tl_conf_tls), tls_rows,
	.check = tl_conf_tls_check };

#define OWNER tl_conf_output
static const tl_conf_row file_rows[] = {
	{ "path", TL_TYPE_NEW_FILE, .offset = OF(file.path), .required = true,
	    .help = "The file; relative: in the state folder. A reload opens it anew.",
	    .example = "/var/log/trapline/events.json" },
	{ "mode", TL_TYPE_MODE, .offset = OF(file.mode), .fallback = "0640",
	    .help = "The permissions of a new file, octal." },
	{ "sync", TL_TYPE_BOOL, .offset = OF(file.sync), .fallback = "false",
	    .help = "Wait until each batch is on the disk." },
	{ "rotate", TL_TYPE_SECTION, .offset = OF(file.rotate), .section = &rotate,
	    .help = "When to begin a new one." },
	{ 0 },
};
static const tl_conf_row stdout_rows[] = { { 0 } };
static const tl_conf_row syslog_rows[] = {
	{ "address", TL_TYPE_TARGET, .offset = OF(syslog.address), .required = true,
	    .words = syslog_transports,
	    .help = "`udp:HOST:PORT`, `tcp:HOST:PORT` with octet counting, "
		    "`tls:HOST:PORT`, or `unix:PATH`.",
	    .example = "tls:logs.example.net:6514" },
	{ "facility", TL_TYPE_ENUM, .offset = OF(syslog.facility), .words = facilities,
	    .fallback = "local0", .help = "The facility." },
	{ "app_name", TL_TYPE_TEXT, .offset = OF(syslog.app_name), .min = 1, .max = 48,
	    .fallback = "trapline", .help = "APP-NAME of RFC 5424." },
	{ "hostname", TL_TYPE_TEXT, .offset = OF(syslog.hostname), .min = 1, .max = 255,
	    .absent = "the device's address", .help = "HOSTNAME of RFC 5424.",
	    .example = "traps.example.net" },
	{ "structured_data", TL_TYPE_BOOL, .offset = OF(syslog.structured_data),
	    .fallback = "true", .help = "Put the varbinds in as RFC 5675 says." },
	{ "tls", TL_TYPE_SECTION, .offset = OF(syslog.tls), .section = &tls,
	    .help = "For `tls:`." },
	{ 0 },
};
static const tl_conf_row exec_rows[] = {
	{ "command", TL_TYPE_PROGRAM, .offset = OF(exec.command), .required = true,
	    .help = "The program, by its whole path, and its arguments. No shell reads "
		    "them.",
	    .example = "[/usr/local/bin/on-trap, --verbose]" },
	{ "stdin", TL_TYPE_ENUM, .offset = OF(exec.input), .words = inputs,
	    .fallback = "json",
	    .help = "What it reads: the event as JSON, or what snmptrapd gives to a "
		    "traphandle." },
	{ "parallel", TL_TYPE_INT, .offset = OF(exec.parallel), .min = 1, .max = 256,
	    .fallback = "4", .help = "How many run at once." },
	{ "timeout", TL_TYPE_DURATION, .offset = OF(exec.timeout_ns), .min = 100000000,
	    .max = TL_CONF_DAY_NS, .fallback = "10s",
	    .help = "When one is ended that has not." },
	{ 0 },
};
static const tl_conf_row http_rows[] = {
	{ "url", TL_TYPE_URL, .offset = OF(http.url), .required = true, .secret = true,
	    .help = "Where to.", .example = "https://tickets.example.net/api/events" },
	{ "api", TL_TYPE_ENUM, .offset = OF(http.api), .words = apis,
	    .fallback = "webhook",
	    .help =
		"What answers there: anything, Elasticsearch or OpenSearch (`_bulk`), "
		"or Splunk's HTTP Event Collector." },
	{ "method", TL_TYPE_ENUM, .offset = OF(http.method), .words = methods,
	    .fallback = "POST", .help = "The method of a webhook." },
	{ "headers", TL_TYPE_TEMPLATE, TL_MAP, .offset = OF(http.headers), .secret = true,
	    .help = "More headers.", .example = "{X-Site: '{site}'}" },
	{ "body", TL_TYPE_TEMPLATE, .offset = OF(http.body),
	    .absent = "as `format` says, one event a line",
	    .help = "The body of a webhook, one request an event.",
	    .example = "'{\"text\": {message|json}}'" },
	{ "content_type", TL_TYPE_TEXT, .offset = OF(http.content_type), .min = 1,
	    .max = 255, .absent = "what fits the body", .help = "Its type.",
	    .example = "application/json" },
	{ "token", TL_TYPE_SECRET, .offset = OF(http.token),
	    .help = "Sent as `Authorization: Bearer`, to Splunk as it wants it; where "
		    "`{token}` stands in `url`, `headers` or `body`, there instead.",
	    .example = "\"@/etc/trapline/token\"" },
	{ "username", TL_TYPE_TEXT, .offset = OF(http.username), .min = 1, .max = 255,
	    .help = "For basic authentication.", .example = "trapline" },
	{ "password", TL_TYPE_SECRET, .offset = OF(http.password), .help = "With it.",
	    .example = "credential:http-password" },
	{ "index", TL_TYPE_TEMPLATE, .offset = OF(http.index),
	    .absent = "`traps`, and Splunk's own",
	    .help = "The index of Elasticsearch or Splunk.",
	    .example = "'traps-{site}'" },
	{ "source", TL_TYPE_TEMPLATE, .offset = OF(http.source), .absent = "`trapline`",
	    .help = "Splunk's source.", .example = "'snmp:{source}'" },
	{ "sourcetype", TL_TYPE_TEMPLATE, .offset = OF(http.sourcetype),
	    .absent = "`trapline`", .help = "Splunk's sourcetype.",
	    .example = "snmp:trap" },
	{ "gzip", TL_TYPE_BOOL, .offset = OF(http.gzip), .fallback = "true",
	    .help = "Compress the body, except for a webhook with a template." },
	{ "timeout", TL_TYPE_DURATION, .offset = OF(http.timeout_ns), .min = 100000000,
	    .max = INT64_C(3600) * TL_NS_PER_S, .fallback = "30s",
	    .help = "Of one request." },
	{ "tls", TL_TYPE_SECTION, .offset = OF(http.tls), .section = &tls,
	    .help = "For `https:`." },
	{ 0 },
};
static const tl_conf_row forward_rows[] = {
	{ "to", TL_TYPE_TARGET, TL_LIST, .offset = OF(forward.to), .required = true,
	    .least = 1, .words = udp_only,
	    .help = "Each of them gets every notification.",
	    .example = "['udp:nms1.example.net:162', 'udp:nms2.example.net:162']" },
	{ "version", TL_TYPE_ENUM, .offset = OF(forward.encoding), .words = encodings,
	    .fallback = "raw",
	    .help = "`raw`: the datagram as it came. Else encoded anew: in the `same` "
		    "version or another, as RFC 3584 says." },
	{ "send_as", TL_TYPE_ENUM, .offset = OF(forward.send_as), .words = send_as,
	    .fallback = "same",
	    .help =
		"As what it came, or as traps, or as informs, which are repeated until "
		"they are acknowledged." },
	{ "community", TL_TYPE_SECRET, .offset = OF(forward.community),
	    .max = TL_COMMUNITY_MAX, .absent = "that of the notification, else `public`",
	    .help = "Of versions 1 and 2c.", .example = "env:COMMUNITY" },
	{ "user", TL_TYPE_SECTION, TL_LIST, .offset = OF(forward.user), .most = 1,
	    .section = &tl_section_user, .help = "Of version 3, one.",
	    .example = "'relay,auth=SHA-256:@relay.auth'" },
	{ "add_address", TL_TYPE_BOOL, .offset = OF(forward.add_address),
	    .fallback = "true",
	    .help = "Add snmpTrapAddress.0 with the device's address where it is not "
		    "there." },
	{ "timeout", TL_TYPE_DURATION, .offset = OF(forward.timeout_ns), .min = 10000000,
	    .max = INT64_C(600) * TL_NS_PER_S, .fallback = "1s",
	    .help = "How long to wait for an acknowledgement." },
	{ "retries", TL_TYPE_INT, .offset = OF(forward.retries), .min = 0, .max = 100,
	    .fallback = "5", .help = "How often to repeat an inform." },
	{ 0 },
};
static const tl_conf_variant variants[] = { { file_rows }, { stdout_rows },
	{ syslog_rows }, { exec_rows }, { http_rows }, { forward_rows } };

static const tl_conf_row output_rows[] = {
	{ "type", TL_TYPE_ENUM, .offset = OF(type), .required = true, .words = types,
	    .help = "What it is.", .example = "file" },
	{ "enabled", TL_TYPE_BOOL, .offset = OF(enabled), .fallback = "true",
	    .help = "Whether it is used." },
	{ "filter", TL_TYPE_SECTION, .offset = OF(filter), .section = &tl_section_match,
	    .absent = "every event",
	    .help = "Only events that fit all that stands here." },
	{ "format", TL_TYPE_ENUM, .offset = OF(form), .words = forms, .fallback = "auto",
	    .help =
		"How an event is written: as [JSON, text or key=value](event.md), or "
		"from `template`. auto: text on a terminal and for syslog, else json." },
	{ "template", TL_TYPE_TEMPLATE, .offset = OF(template),
	    .help = "The line of `format: template`.",
	    .example = "'{time} {source} {severity} {trap_name}: {message}'" },
	{ "queue", TL_TYPE_SECTION, .offset = OF(queue), .section = &tl_section_queue,
	    .inherits = true, .absent = "each key as in the uppermost level's `queue`",
	    .help = "What waits for it." },
	{ "batch", TL_TYPE_SECTION, .offset = OF(batch), .section = &batch,
	    .help = "How much is delivered at once." },
	{ "retry", TL_TYPE_SECTION, .offset = OF(retry), .section = &retry,
	    .help = "What happens when it fails." },
	{ 0 },
};
#undef OWNER
const tl_conf_section tl_section_output = { "output", sizeof(tl_conf_output), output_rows,
	variants, .check = tl_conf_output_check };
