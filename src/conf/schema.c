/* conf/schema.c: the uppermost level of a configuration and the small sections. A table:
 * what the columns mean is told in schema.h. */
#include "conf/finish.h"
#include "conf/schema_parts.h"

static const char *const when_full[] = { "drop-lowest", "drop-oldest", "drop-newest",
	NULL };
static const char *const severity_sources[] = { "varbinds", "mib", "built-in", NULL };
static const char *const scales[] = { "label", "syslog", "x733", "values", NULL };
static const char *const log_levels[] = { "error", "warning", "info", "debug", NULL };
static const char *const log_formats[] = { "text", "json", NULL };
static const char *const log_targets[] = { "stderr", "syslog", "journald", NULL };
static const char *const table_types[] = { "csv", "json", "sqlite", NULL };
static const char *const matches[] = { "exact", "cidr", NULL };
static const char *const tcp_only[] = { "", "tcp", NULL };

const char *const tl_words_address[] = { "snmpTrapAddress", "agent_address", "engine_id",
	"peer", NULL };
const char *const tl_words_severity[] = { "", "cleared", "info", "warning", "minor",
	"major", "critical", NULL };

#define OF(member) offsetof(OWNER, member)

#define OWNER tl_conf_queue
static const tl_conf_row queue_rows[] = {
	{ "events", TL_TYPE_INT, .offset = OF(events), .min = 1, .max = 100000000,
	    .fallback = "10000",
	    .help = "How many events may wait, besides the batch that is being "
		    "delivered: status and metrics count both as waiting." },
	{ "bytes", TL_TYPE_SIZE, .offset = OF(bytes), .min = 65536,
	    .max = INT64_C(1) << 40, .fallback = "64MiB",
	    .help = "How much memory they may take." },
	{ "when_full", TL_TYPE_ENUM, .offset = OF(when_full), .words = when_full,
	    .fallback = "drop-lowest",
	    .help = "What goes when there is no room: the event of the lowest severity, "
		    "the oldest, or the one that has just come. Each is counted." },
	{ 0 },
};
#undef OWNER
const tl_conf_section tl_section_queue = { "queue", sizeof(tl_conf_queue), queue_rows };

#define OWNER tl_conf_user
static const tl_conf_row user_rows[] = {
	{ "name", TL_TYPE_TEXT, .offset = OF(name), .required = true, .max = 32, .min = 1,
	    .help = "The user's name, msgUserName. It may be given several times with "
		    "different secrets: each is tried.",
	    .example = "noc" },
	{ "auth", TL_TYPE_AUTH, .offset = OF(auth), .absent = "without authentication",
	    .help = "The authentication protocol.", .example = "SHA-256" },
	{ "auth_secret", TL_TYPE_SECRET, .offset = OF(auth_secret),
	    .help = "Its passphrase of 8 bytes or more, or `key:HEX`: a localized key, "
		    "which needs `engine_id`.",
	    .example = "\"@/etc/trapline/noc.auth\"" },
	{ "priv", TL_TYPE_PRIV, .offset = OF(priv), .absent = "without privacy",
	    .help =
		"The privacy protocol. The C forms extend keys as Cisco's devices do.",
	    .example = "AES-128" },
	{ "priv_secret", TL_TYPE_SECRET, .offset = OF(priv_secret),
	    .help = "Its passphrase or key.", .example = "env:NOC_PRIV" },
	{ "engine_id", TL_TYPE_HEX, .offset = OF(engine_id), .min = TL_ENGINE_ID_MIN,
	    .max = TL_ENGINE_ID_MAX, .absent = "from any engine",
	    .help = "Accept the user from this engine only.",
	    .example = "80001f8804636f7265" },
	{ "level", TL_TYPE_LEVEL, .offset = OF(min_level),
	    .absent = "all that the secrets allow", .help = "The least that is accepted.",
	    .example = "authPriv" },
	{ "window", TL_TYPE_BOOL, .offset = OF(window), .fallback = "true",
	    .help =
		"Refuse messages outside the time window of 150 s. Without it replays "
		"are not noticed: for devices without a clock." },
	{ 0 },
};
#undef OWNER
const tl_conf_section tl_section_user = { "user", sizeof(tl_conf_user), user_rows,
	.read_text = tl_conf_user_text, .check = tl_conf_user_check,
	.text_help = "`NAME[,auth=PROTOCOL:SECRET][,priv=PROTOCOL:SECRET][,engine=HEX]"
		     "[,level=LEVEL][,window=off]`, as on the command line" };

#define OWNER tl_conf_severity_object
static const tl_conf_row severity_object_rows[] = {
	{ "object", TL_TYPE_NAME, .offset = OF(object), .required = true,
	    .help = "The object, by name or OID.", .example = "clogHistSeverity" },
	{ "as", TL_TYPE_ENUM, .offset = OF(scale), .words = scales, .fallback = "label",
	    .help =
		"How to read it: by the label that the MIB gives, as syslog's 0 to 7, "
		"as X.733's 1 cleared to 6 warning, or by `values`." },
	{ "values", TL_TYPE_ENUM, TL_MAP, .offset = OF(values),
	    .words = tl_words_severity,
	    .help = "Which value, a number or a text, is which severity.",
	    .example = "{1: critical, 2: major}" },
	{ 0 },
};
#undef OWNER
static const tl_conf_section severity_object = { "severity object",
	sizeof(tl_conf_severity_object), severity_object_rows,
	.check = tl_conf_severity_object_check };

#define OWNER tl_conf_severity
static const tl_conf_row severity_rows[] = {
	{ "default", TL_TYPE_ENUM, .offset = OF(fallback), .words = tl_words_severity,
	    .fallback = "info", .help = "When nothing else tells." },
	{ "sources", TL_TYPE_ORDER, .offset = OF(sources), .words = severity_sources,
	    .fallback = "[varbinds, mib, built-in]",
	    .help =
		"Who tells the severity, the first that can, unless a rule sets it: "
		"`objects` among the varbinds, `--#SEVERITY` in the MIB, the table of "
		"standard notifications." },
	{ "objects", TL_TYPE_SECTION, TL_LIST, .offset = OF(objects),
	    .section = &severity_object,
	    .help = "Objects whose value is a severity, besides the well-known ones." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section severity = { "severity", sizeof(tl_conf_severity),
	severity_rows };

#define OWNER tl_conf_dedup
static const tl_conf_row dedup_rows[] = {
	{ "enabled", TL_TYPE_BOOL, .offset = OF(enabled), .fallback = "true",
	    .help =
		"Deliver the first of equal notifications at once, count the repeats, "
		"and sum them up in one event at the window's end." },
	{ "key", TL_TYPE_FIELD, TL_LIST, .offset = OF(key), .least = 1,
	    .fallback = "[origin, trap_oid, uptime]",
	    .help =
		"The fields that make two notifications equal. `origin` is the context "
		"engine ID, or the source where there is none.",
	    .example = "[source, trap_oid, ifIndex]" },
	{ "window", TL_TYPE_DURATION, .offset = OF(window_ns), .min = 1000000,
	    .max = TL_CONF_DAY_NS, .fallback = "10s",
	    .help = "How long after the first a repeat counts as one." },
	{ "entries", TL_TYPE_INT, .offset = OF(entries), .min = 1, .max = 100000000,
	    .fallback = "100000", .help = "How many are remembered." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section dedup = { "dedup", sizeof(tl_conf_dedup), dedup_rows };

#define OWNER tl_conf_flapping
static const tl_conf_row flapping_rows[] = {
	{ "enabled", TL_TYPE_BOOL, .offset = OF(enabled), .fallback = "false",
	    .help = "Sum up alarms that are raised and cleared again and again." },
	{ "changes", TL_TYPE_INT, .offset = OF(changes), .min = 2, .max = 1000000,
	    .fallback = "10",
	    .help = "Flapping begins with so many changes in a window." },
	{ "settled", TL_TYPE_INT, .offset = OF(settled), .min = 0, .max = 1000000,
	    .fallback = "2", .help = "It ends when there are so many, or fewer." },
	{ "window", TL_TYPE_DURATION, .offset = OF(window_ns), .min = 1000000000,
	    .max = TL_CONF_DAY_NS, .fallback = "2m", .help = "The window." },
	{ "entries", TL_TYPE_INT, .offset = OF(entries), .min = 1, .max = 100000000,
	    .fallback = "100000", .help = "How many alarms are watched." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section flapping = { "flapping", sizeof(tl_conf_flapping),
	flapping_rows, .check = tl_conf_flapping_check };

#define OWNER tl_conf_alarm_pair
static const tl_conf_row pair_rows[] = {
	{ "raise", TL_TYPE_PATTERN, TL_LIST, .offset = OF(raise), .required = true,
	    .least = 1, .help = "Notifications that raise the alarm.",
	    .example = "[acmeFanFailed]" },
	{ "clear", TL_TYPE_PATTERN, TL_LIST, .offset = OF(clear),
	    .absent = "cleared by a notification of the severity cleared",
	    .help = "Notifications that clear it.", .example = "[acmeFanOk]" },
	{ "key", TL_TYPE_FIELD, TL_LIST, .offset = OF(key),
	    .absent = "one alarm a source",
	    .help = "The fields that tell one such alarm of a source from another.",
	    .example = "[acmeFanIndex]" },
	{ 0 },
};
#undef OWNER
static const tl_conf_section pair = { "alarm pair", sizeof(tl_conf_alarm_pair),
	pair_rows };

#define OWNER tl_conf_alarms
static const tl_conf_row alarm_rows[] = {
	{ "enabled", TL_TYPE_BOOL, .offset = OF(enabled), .fallback = "true",
	    .help = "Keep a table of active alarms." },
	{ "standard_pairs", TL_TYPE_BOOL, .offset = OF(standard_pairs),
	    .fallback = "true",
	    .help = "Know linkDown and linkUp and the other standard pairs." },
	{ "pairs", TL_TYPE_SECTION, TL_MAP, .offset = OF(pairs), .section = &pair,
	    .help = "More pairs of notifications, by name." },
	{ "age_out", TL_TYPE_DURATION, .offset = OF(age_out_ns), .min = 0,
	    .max = 3650 * TL_CONF_DAY_NS, .fallback = "7d",
	    .help = "Clear an alarm that has not been heard of so long; 0: never." },
	{ "entries", TL_TYPE_INT, .offset = OF(entries), .min = 1, .max = 100000000,
	    .fallback = "100000", .help = "How many alarms may be active." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section alarms = { "alarms", sizeof(tl_conf_alarms), alarm_rows };

#define OWNER tl_conf_threshold
static const tl_conf_row threshold_rows[] = {
	{ "match", TL_TYPE_SECTION, .offset = OF(match), .section = &tl_section_match,
	    .help =
		"Which notifications; each trap of each source is counted by itself." },
	{ "count", TL_TYPE_INT, .offset = OF(count), .required = true, .min = 1,
	    .max = 1000000000, .help = "More than so many in a window are suppressed.",
	    .example = "100" },
	{ "rearm", TL_TYPE_INT, .offset = OF(rearm), .min = 0, .max = 1000000000,
	    .fallback = "0", .help = "Until there are so many in a window, or fewer." },
	{ "window", TL_TYPE_DURATION, .offset = OF(window_ns), .min = 1000000000,
	    .max = TL_CONF_DAY_NS, .fallback = "1m", .help = "The window." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section threshold = { "threshold", sizeof(tl_conf_threshold),
	threshold_rows, .check = tl_conf_threshold_check };

#define OWNER tl_conf_limits
static const tl_conf_row limit_rows[] = {
	{ "rate", TL_TYPE_INT, .offset = OF(rate), .min = 0, .max = 100000000,
	    .fallback = "1000",
	    .help = "Notifications a second that one source may send for long; 0: no "
		    "limit. More are suppressed, counted and summed up in an event." },
	{ "burst", TL_TYPE_INT, .offset = OF(burst), .min = 1, .max = 100000000,
	    .fallback = "5000", .help = "How many it may send at once." },
	{ "sources", TL_TYPE_INT, .offset = OF(sources), .min = 1, .max = 100000000,
	    .fallback = "100000", .help = "How many sources are watched." },
	{ "thresholds", TL_TYPE_SECTION, TL_MAP, .offset = OF(thresholds),
	    .section = &threshold, .help = "Limits for certain notifications, by name." },
	{ "block", TL_TYPE_SOURCE, TL_LIST, .offset = OF(block),
	    .help = "Suppress all from these networks or lists.",
	    .example = "[10.66.0.0/16]" },
	{ "block_traps", TL_TYPE_PATTERN, TL_LIST, .offset = OF(block_traps),
	    .help = "Suppress these notifications.",
	    .example = "[SNMPv2-MIB::authenticationFailure]" },
	{ "summary", TL_TYPE_DURATION, .offset = OF(summary_ns), .min = 1000000000,
	    .max = TL_CONF_DAY_NS, .fallback = "10s",
	    .help = "How often an event tells what was suppressed." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section limits = { "limits", sizeof(tl_conf_limits), limit_rows };

#define OWNER tl_conf_enrichment
static const tl_conf_row sqlite_rows[] = {
	{ "query", TL_TYPE_TEXT, .offset = OF(query), .required = true, .min = 1,
	    .help =
		"The statement, with one `?` for the key; without one it lists all rows, "
		"the key first.",
	    .example = "SELECT site, rack FROM devices WHERE address = ?" },
	{ 0 },
};
#define COLUMN                                                                           \
	{ "column", TL_TYPE_TEXT, .offset = OF(column), .required = true, .min = 1,      \
		.help = "The column, or key, that it is compared with.",                 \
		.example = "address" },                                                  \
	{                                                                                \
		"match", TL_TYPE_ENUM,                                                   \
		    .offset = OF(match), .words = matches, .fallback = "exact",          \
		    .help = "Equal text, or the longest network that the address is in." \
	}
static const tl_conf_row json_rows[] = { COLUMN, { 0 } };
static const tl_conf_row csv_rows[] = {
	COLUMN,
	{ "separator", TL_TYPE_CHARACTER, .offset = OF(separator), .fallback = "','",
	    .help = "What stands between two columns. The first line has their names." },
	{ 0 },
};
static const tl_conf_variant tables[] = { { csv_rows }, { json_rows }, { sqlite_rows } };
static const tl_conf_row enrichment_rows[] = {
	{ "type", TL_TYPE_ENUM, .offset = OF(type), .required = true,
	    .words = table_types,
	    .help = "A CSV file with a header, a JSON file with a list of objects, or an "
		    "SQLite database.",
	    .example = "csv" },
	{ "file", TL_TYPE_FILE, .offset = OF(file), .required = true,
	    .help = "The file; it is read again when it has changed.",
	    .example = "devices.csv" },
	{ "key", TL_TYPE_FIELD, .offset = OF(key), .fallback = "device",
	    .help = "The field of the event that is looked up." },
	{ "fields", TL_TYPE_TEXT, TL_MAP, .key_type = TL_TYPE_FIELD, .offset = OF(fields),
	    .absent = "each column under its own name",
	    .help = "The fields to add, and the column that each comes from.",
	    .example = "{site: location, rack: rack}" },
	{ "refresh", TL_TYPE_DURATION, .offset = OF(refresh_ns), .min = 1000000000,
	    .max = TL_CONF_DAY_NS, .fallback = "30s",
	    .help =
		"How often to look whether the file has changed; for SQLite, how long "
		"an answer is remembered." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section enrichment = { "enrichment table",
	sizeof(tl_conf_enrichment), enrichment_rows, tables,
	.check = tl_conf_enrichment_check };

#define OWNER tl_conf_reverse_dns
static const tl_conf_row dns_rows[] = {
	{ "enabled", TL_TYPE_BOOL, .offset = OF(enabled), .fallback = "false",
	    .help =
		"Look up the name of each device, shown beside its address and as the "
		"field `device_name`. No event waits for it: see "
		"[enrichment](enrichment.md#names)." },
	{ "entries", TL_TYPE_INT, .offset = OF(entries), .min = 1, .max = 10000000,
	    .fallback = "100000", .help = "How many names are remembered." },
	{ "ttl", TL_TYPE_DURATION, .offset = OF(ttl_ns), .min = 1000000000,
	    .max = 30 * TL_CONF_DAY_NS, .fallback = "1h", .help = "How long." },
	{ "failed_ttl", TL_TYPE_DURATION, .offset = OF(failed_ttl_ns), .min = 1000000000,
	    .max = 30 * TL_CONF_DAY_NS, .fallback = "5m",
	    .help = "How long that there is none." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section reverse_dns = { "reverse_dns", sizeof(tl_conf_reverse_dns),
	dns_rows };

#define OWNER tl_conf_metrics
static const tl_conf_row metrics_rows[] = {
	{ "enabled", TL_TYPE_BOOL, .offset = OF(enabled), .fallback = "true",
	    .help = "Serve metrics for Prometheus, `/healthz` and `/readyz`." },
	{ "listen", TL_TYPE_TARGET, .offset = OF(listen), .words = tcp_only,
	    .fallback = "127.0.0.1:9162", .help = "Where.", .example = "0.0.0.0:9162" },
	{ "path", TL_TYPE_TEXT, .offset = OF(path), .min = 1, .max = 255,
	    .fallback = "/metrics", .help = "The path of the metrics." },
	{ "top_sources", TL_TYPE_INT, .offset = OF(top_sources), .min = 0, .max = 1000,
	    .fallback = "20", .help = "How many of the busiest sources have their own." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section metrics = { "metrics", sizeof(tl_conf_metrics), metrics_rows,
	.check = tl_conf_metrics_check };

#define OWNER tl_conf_log
static const tl_conf_row log_rows[] = {
	{ "level", TL_TYPE_ENUM, .offset = OF(level), .words = log_levels,
	    .fallback = "info", .help = "The least that is written." },
	{ "format", TL_TYPE_ENUM, .offset = OF(format), .words = log_formats,
	    .fallback = "text", .help = "Lines of text or of JSON." },
	{ "target", TL_TYPE_ENUM, .offset = OF(target), .words = log_targets,
	    .fallback = "stderr", .help = "Where to." },
	{ "rate", TL_TYPE_INT, .offset = OF(rate), .min = 0, .max = 1000000,
	    .fallback = "10",
	    .help = "Lines a second of one kind; more are counted. 0: no limit." },
	{ 0 },
};
#undef OWNER
static const tl_conf_section log_section = { "log", sizeof(tl_conf_log), log_rows };

#define OWNER tl_conf
static const tl_conf_row root_rows[] = {
	{ "listen", TL_TYPE_LISTEN, TL_LIST, .offset = OF(listen), .least = 1,
	    .fallback = "['udp:0.0.0.0:1162', 'udp:[::]:1162']",
	    .help = "Where to receive: `udp:HOST:PORT`, an IPv6 host in brackets; port 0 "
		    "picks a free one. Standard is 162, which needs a right: see "
		    "[building](building.md#a-port-below-1024).",
	    .example = "['udp:0.0.0.0:162', 'udp:[::]:162']" },
	{ "receive_buffer", TL_TYPE_SIZE, .offset = OF(receive_buffer_bytes),
	    .min = 65536, .max = INT64_C(1) << 31, .reload = TL_RESTART,
	    .fallback = "64MiB",
	    .help =
		"The receive buffer to ask for, for each socket. The kernel may grant "
		"less: see [kernel buffers](kernel-buffers.md)." },
	{ "communities", TL_TYPE_SECRET, TL_LIST, .offset = OF(communities),
	    .absent = "any community", .max = TL_COMMUNITY_MAX,
	    .help = "Accept only these communities of v1 and v2c.",
	    .example = "[public, 'env:COMMUNITY']" },
	{ "users", TL_TYPE_SECTION, TL_LIST, .offset = OF(users),
	    .section = &tl_section_user, .most = 10000, .absent = "no SNMPv3",
	    .help = "The users of SNMPv3.",
	    .example = "['noc,auth=SHA-256:@noc.auth,priv=AES-128:@noc.priv']" },
	{ "engine_id", TL_TYPE_HEX, .offset = OF(engine_id), .min = TL_ENGINE_ID_MIN,
	    .max = TL_ENGINE_ID_MAX, .reload = TL_RESTART,
	    .absent = "made once and kept in the state folder",
	    .help = "Our engine ID, for informs of SNMPv3.",
	    .example = "80001f8804747261706c696e65" },
	{ "state", TL_TYPE_TEXT, .offset = OF(state), .min = 1, .reload = TL_RESTART,
	    .absent = "`$STATE_DIRECTORY`, which systemd sets, else "
		      "`$XDG_STATE_HOME/trapline`, else `~/.local/state/trapline`",
	    .help = "The folder for what must outlast a restart: engine ID, engineBoots, "
		    "clocks, alarms.",
	    .example = "/var/lib/trapline" },
	{ "run_as", TL_TYPE_TEXT, .offset = OF(run_as), .min = 1, .reload = TL_RESTART,
	    .absent = "who started it",
	    .help = "Become this user once the sockets are open: `USER` or `USER:GROUP`.",
	    .example = "trapline:trapline" },
	{ "mibs", TL_TYPE_FOLDER, TL_LIST, .offset = OF(mibs),
	    .absent = "the built-in dictionary",
	    .help = "Folders with MIB files, besides the built-in dictionary.",
	    .example = "[/usr/share/snmp/mibs]" },
	{ "charset", TL_TYPE_CHARSET, .offset = OF(charset), .fallback = "UTF-8",
	    .help = "What a text is taken for that is not UTF-8; UTF-8: show it in "
		    "hexadecimal. Rules may set it for some devices.",
	    .example = "ISO-8859-1" },
	{ "threads", TL_TYPE_INT, .offset = OF(threads), .min = 0, .max = 64,
	    .reload = TL_RESTART, .fallback = "1",
	    .help =
		"Threads that receive; each source stays with one. 0: one a processor." },
	{ "max_engines", TL_TYPE_INT, .offset = OF(max_engines), .min = 1,
	    .max = 100000000, .reload = TL_RESTART, .fallback = "1000000",
	    .help = "How many senders of SNMPv3 are remembered; the least recently heard "
		    "goes first." },
	{ "refused", TL_TYPE_BOOL, .offset = OF(refused), .fallback = "false",
	    .help = "Hand refused datagrams to the outputs as events, too. They are "
		    "counted in any case." },
	{ "queue", TL_TYPE_SECTION, .offset = OF(queue), .section = &tl_section_queue,
	    .help = "What may wait for each output, where its own `queue` does not say "
		    "otherwise, key by key." },
	{ "lists", TL_TYPE_NETS, TL_MAP, .offset = OF(lists),
	    .help =
		"Named lists of networks and addresses for rules, limits and filters; "
		"`@FILE`: one in a line.",
	    .example = "{core: [10.0.0.0/24, 'fd00:1::/64'], edge: '@edge.txt'}" },
	{ "source_address", TL_TYPE_ORDER, .offset = OF(source_address),
	    .words = tl_words_address,
	    .fallback = "[snmpTrapAddress, agent_address, engine_id, peer]",
	    .help = "Which address is the device's: the first that there is. "
		    "snmpTrapAddress.0 and agent-addr are believed of trusted relays, "
		    "agent-addr also where it is the peer itself." },
	{ "trusted_relays", TL_TYPE_SOURCE, TL_LIST, .offset = OF(trusted_relays),
	    .help = "Forwarders whose word about the device is believed.",
	    .example = "[192.0.2.10]" },
	{ "engine_addresses", TL_TYPE_ADDRESS, TL_MAP, .key_type = TL_TYPE_HEX,
	    .offset = OF(engine_addresses), .min = TL_ENGINE_ID_MIN,
	    .max = TL_ENGINE_ID_MAX,
	    .help = "The device's address by its engine ID, for those behind NAT.",
	    .example = "{80001f8804636f7265: 10.1.2.3}" },
	{ "rules", TL_TYPE_SECTION, TL_LIST, .offset = OF(rules),
	    .section = &tl_section_rule,
	    .help = "What to make of which notification, in this order." },
	{ "severity", TL_TYPE_SECTION, .offset = OF(severity), .section = &severity,
	    .help = "How severe a notification is." },
	{ "dedup", TL_TYPE_SECTION, .offset = OF(dedup), .section = &dedup,
	    .help = "Repeats of one notification." },
	{ "flapping", TL_TYPE_SECTION, .offset = OF(flapping), .section = &flapping,
	    .help = "Alarms that come and go." },
	{ "alarms", TL_TYPE_SECTION, .offset = OF(alarms), .section = &alarms,
	    .help = "Which alarms are active." },
	{ "limits", TL_TYPE_SECTION, .offset = OF(limits), .section = &limits,
	    .help = "Storms, and who is not heard." },
	{ "enrichment", TL_TYPE_SECTION, TL_MAP, .offset = OF(enrichment),
	    .section = &enrichment,
	    .help = "Tables that tell more of a device, by name; of fields that several "
		    "have the last tells." },
	{ "reverse_dns", TL_TYPE_SECTION, .offset = OF(reverse_dns),
	    .section = &reverse_dns, .help = "The names of sources." },
	{ "outputs", TL_TYPE_SECTION, TL_MAP, .offset = OF(outputs), .least = 1,
	    .most = TL_CONF_OUTPUTS_MAX, .section = &tl_section_output,
	    .fallback = "{terminal: {type: stdout}, "
			"file: {type: file, path: events.json}}",
	    .help = "Where events go, by name; up to 64." },
	{ "metrics", TL_TYPE_SECTION, .offset = OF(metrics), .section = &metrics,
	    .help = "What can be watched." },
	{ "log", TL_TYPE_SECTION, .offset = OF(log), .section = &log_section,
	    .help = "Our own log." },
	{ "control", TL_TYPE_TEXT, .offset = OF(control), .min = 1, .max = 107,
	    .reload = TL_RESTART, .fallback = "control",
	    .help =
		"The socket for `trapline status`, `alarms` and `reload`; relative: in "
		"the state folder.",
	    .example = "/run/trapline/control" },
	{ 0 },
};
#undef OWNER
const tl_conf_section tl_conf_root = { "configuration", sizeof(tl_conf), root_rows,
	.check = tl_conf_root_check };
