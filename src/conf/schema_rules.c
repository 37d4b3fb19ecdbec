/* conf/schema_rules.c: the tables of rules and of conditions; see schema.h. */
#include "conf/finish.h"
#include "conf/schema_parts.h"

static const char *const versions[] = { "", "1", "2c", "3", NULL };
static const char *const kinds[] = { "trap", "inform", "refused", "own", NULL };
static const char *const alarm_states[] = { "", "raise", "clear", "none", NULL };

#define OF(member) offsetof(OWNER, member)

#define OWNER tl_conf_match
static const tl_conf_row match_rows[] = {
	{ "trap", TL_TYPE_PATTERN, TL_LIST, .offset = OF(trap),
	    .help = "The notification: a name, an OID, `NAME.*` or `OID.*` for all below "
		    "it, or a glob of names.",
	    .example = "[IF-MIB::linkDown, 1.3.6.1.4.1.9.*, 'CISCO-*::*']" },
	{ "source", TL_TYPE_SOURCE, TL_LIST, .offset = OF(source),
	    .help = "The device's address: networks, or names of `lists`.",
	    .example = "[10.0.0.0/8, core]" },
	{ "version", TL_TYPE_SET, .offset = OF(versions), .words = versions,
	    .help = "The version of SNMP.", .example = "[1, 2c]" },
	{ "kind", TL_TYPE_SET, .offset = OF(kinds), .words = kinds,
	    .help = "Traps, informs, refused datagrams, or events of our own.",
	    .example = "[trap, inform]" },
	{ "user", TL_TYPE_TEXT, TL_LIST, .offset = OF(user), .help = "The user of v3.",
	    .example = "[noc]" },
	{ "context", TL_TYPE_TEXT, TL_LIST, .offset = OF(context),
	    .help = "The context's name, v3.", .example = "[vrf-a]" },
	{ "community", TL_TYPE_TEXT, TL_LIST, .offset = OF(community), .secret = true,
	    .help = "The community of v1 and v2c.", .example = "[public]" },
	{ "enterprise", TL_TYPE_PATTERN, TL_LIST, .offset = OF(enterprise),
	    .help = "The enterprise of a v1 trap.", .example = "[1.3.6.1.4.1.9.*]" },
	{ "severity", TL_TYPE_SEVERITIES, .offset = OF(severities),
	    .words = tl_words_severity,
	    .help = "Its severity so far; `>= WORD` and `<= WORD` stand for several.",
	    .example = "'>= major'" },
	{ "tags", TL_TYPE_TEXT, TL_LIST, .offset = OF(tags),
	    .help = "Tags that it must have.", .example = "[uplink]" },
	{ "fields", TL_TYPE_TEXT, TL_MAP, .key_type = TL_TYPE_FIELD, .offset = OF(fields),
	    .help = "Fields with just this text, such as those of enrichment.",
	    .example = "{site: Berlin}" },
	{ "varbinds", TL_TYPE_TESTS, TL_MAP, .key_type = TL_TYPE_NAME,
	    .offset = OF(varbinds),
	    .help = "Objects and their values: a value or label, `!= VALUE`, `< N`, "
		    "`<= N`, `> N`, `>= N`, a range `1..24`, a regular expression "
		    "`/^Gi/` or `/^gi/i`, `!/REGEX/`, `'*'` if it is there, `'!*'` if "
		    "not. Of several in a list one must hold.",
	    .example = "{ifOperStatus: down, ifIndex: 1..24, ifDescr: /^Gi/}" },
	{ 0 },
};
#undef OWNER
const tl_conf_section tl_section_match = { "match", sizeof(tl_conf_match), match_rows };

#define OWNER tl_conf_set
static const tl_conf_row set_rows[] = {
	{ "severity", TL_TYPE_ENUM, .offset = OF(severity), .words = tl_words_severity,
	    .help = "The severity.", .example = "major" },
	{ "tags", TL_TYPE_TEXT, TL_LIST, .offset = OF(tags), .help = "Tags to add.",
	    .example = "[uplink]" },
	{ "fields", TL_TYPE_TEMPLATE, TL_MAP, .key_type = TL_TYPE_FIELD,
	    .offset = OF(fields), .help = "Fields to set, each from a template.",
	    .example = "{team: core, port: '{ifDescr|lower}'}" },
	{ "message", TL_TYPE_TEMPLATE, .offset = OF(message),
	    .help = "The line that tells a person what happened.",
	    .example = "'{ifDescr} on {site} is {ifOperStatus}'" },
	{ "source", TL_TYPE_ORDER, .offset = OF(source), .words = tl_words_address,
	    .absent = "as `source_address` says",
	    .help = "Which address is the device's.",
	    .example = "[agent_address, peer]" },
	{ "alarm", TL_TYPE_ENUM, .offset = OF(alarm), .words = alarm_states,
	    .absent = "as `alarms` says",
	    .help = "It raises an alarm, clears one, or has nothing to do with any.",
	    .example = "raise" },
	{ "alarm_key", TL_TYPE_TEMPLATE, .offset = OF(alarm_key),
	    .absent = "as `alarms` says, else the trap",
	    .help = "What tells this alarm of a source from its others.",
	    .example = "'fan/{acmeFanIndex}'" },
	{ "charset", TL_TYPE_CHARSET, .offset = OF(charset),
	    .absent = "as `charset` says",
	    .help = "What a text is taken for that is not UTF-8.", .example = "GB18030" },
	{ 0 },
};
#undef OWNER
static const tl_conf_section set = { "set", sizeof(tl_conf_set), set_rows };

#define OWNER tl_conf_rule
static const tl_conf_row rule_rows[] = {
	{ "name", TL_TYPE_TEXT, .offset = OF(name), .min = 1, .max = 64,
	    .absent = "its number", .help = "What events and `trapline explain` call it.",
	    .example = "uplinks" },
	{ "match", TL_TYPE_SECTION, .offset = OF(match), .section = &tl_section_match,
	    .absent = "every notification",
	    .help = "Which notifications: those that fit all that stands here." },
	{ "unless", TL_TYPE_SECTION, .offset = OF(unless), .section = &tl_section_match,
	    .help = "But not those that fit all that stands here." },
	{ "set", TL_TYPE_SECTION, .offset = OF(set), .section = &set,
	    .help = "What it changes." },
	{ "route", TL_TYPE_OUTPUT, TL_LIST, .offset = OF(route),
	    .absent = "all outputs whose filter it fits",
	    .help = "To these outputs only; of several rules the last decides.",
	    .example = "[file]" },
	{ "drop", TL_TYPE_BOOL, .offset = OF(drop), .fallback = "false",
	    .help = "Suppress it; it is counted." },
	{ "stop", TL_TYPE_BOOL, .offset = OF(stop), .fallback = "false",
	    .help = "Look at no later rule." },
	{ 0 },
};
#undef OWNER
const tl_conf_section tl_section_rule = { "rule", sizeof(tl_conf_rule), rule_rows,
	.check = tl_conf_rule_check };
