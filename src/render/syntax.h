/* render/syntax.h: how JSON and key=value lines spell an event. The walk over an event
 * (render/walk.h) is the same for both: a syntax is a table of fragments. */
#ifndef TL_RENDER_SYNTAX_H
#define TL_RENDER_SYNTAX_H

#include "render/out.h"
#include "trapline/notification.h"

/* Key, JSON, key=value. A key of JSON whose value is always a clean string holds the
 * opening quote, one that always stands behind such a string the closing one. In
 * key=value lines the keys of a varbind stand behind its prefix
 * (" varbind.1."), so they have no space of their own. */
#define TL_KEYS(X)                                                                       \
	X(SCHEMA, "{\"schema\":1,\"id\":\"", "schema=1 id=")                             \
	X(TIME, "\",\"time\":\"", " time=")                                              \
	X(TRAP, "\",\"kind\":\"trap\"", " kind=trap")                                    \
	X(INFORM, "\",\"kind\":\"inform\"", " kind=inform")                              \
	X(REFUSED, "\",\"kind\":\"refused\"", " kind=refused")                           \
	X(LOST, "\",\"kind\":\"lost\"", " kind=lost")                                    \
	X(VERSION_1, ",\"version\":\"1\"", " version=1")                                 \
	X(VERSION_2C, ",\"version\":\"2c\"", " version=2c")                              \
	X(VERSION_3, ",\"version\":\"3\"", " version=3")                                 \
	X(SOURCE, ",\"source\":{\"address\":\"", " source.address=")                     \
	X(SOURCE_PORT, "\",\"port\":", " source.port=")                                  \
	X(SOURCE_UDP, ",\"transport\":\"udp\"}", " source.transport=udp")                \
	X(LOCAL, ",\"local\":{\"address\":\"", " local.address=")                        \
	X(LOCAL_PORT, "\",\"port\":", " local.port=")                                    \
	X(AGENT_ADDRESS, ",\"agent_address\":\"", " agent_address=")                     \
	X(COMMUNITY, ",\"community\":", " community=")                                   \
	X(COMMUNITY_HEX, ",\"community_encoding\":\"hex\"", " community_encoding=hex")   \
	X(REQUEST_ID, ",\"request_id\":", " request_id=")                                \
	X(UPTIME, ",\"uptime\":", " uptime=")                                            \
	X(TRAP_OID, ",\"trap_oid\":\"", " trap_oid=")                                    \
	X(TRAP_NAME, ",\"trap_name\":\"", " trap_name=")                                 \
	X(SEVERITY_CLEARED, ",\"severity\":\"cleared\"", " severity=cleared")            \
	X(SEVERITY_INFO, ",\"severity\":\"info\"", " severity=info")                     \
	X(SEVERITY_WARNING, ",\"severity\":\"warning\"", " severity=warning")            \
	X(SEVERITY_MINOR, ",\"severity\":\"minor\"", " severity=minor")                  \
	X(SEVERITY_MAJOR, ",\"severity\":\"major\"", " severity=major")                  \
	X(SEVERITY_CRITICAL, ",\"severity\":\"critical\"", " severity=critical")         \
	X(MESSAGE, ",\"message\":", " message=")                                         \
	X(TAGS, ",\"tags\":[", " tags=")                                                 \
	X(FIELDS, ",\"fields\":{\"", " fields.")                                         \
	X(FIELDS_NEXT, ",\"", " fields.")                                                \
	X(DEVICE, ",\"device\":{\"address\":\"", " device.address=")                     \
	X(DEVICE_NAME, ",\"name\":", " device.name=")                                    \
	X(ALARM, ",\"alarm\":{\"key\":", " alarm.key=")                                  \
	TL_ALARM_STATES(TL_ALARM_KEY)                                                    \
	X(ALARM_COUNT, ",\"count\":", " alarm.count=")                                   \
	X(RULE, ",\"rule\":", " rule=")                                                  \
	X(KIND, "\",\"kind\":\"", " kind=")                                              \
	X(SOURCE_END, "\"}", "")                                                         \
	X(NUMBER, ",\"", " ")                                                            \
	X(V1, ",\"v1\":{\"enterprise\":\"", " v1.enterprise=")                           \
	X(GENERIC, ",\"generic\":", " v1.generic=")                                      \
	X(SPECIFIC, ",\"specific\":", " v1.specific=")                                   \
	X(SECURITY, ",\"security\":{\"user\":", " security.user=")                       \
	X(SECURITY_USER_HEX, ",\"user_encoding\":\"hex\"",                               \
	    " security.user_encoding=hex")                                               \
	X(NOAUTH_NOPRIV, ",\"level\":\"noAuthNoPriv\"", " security.level=noAuthNoPriv")  \
	X(AUTH_NOPRIV, ",\"level\":\"authNoPriv\"", " security.level=authNoPriv")        \
	X(AUTH_PRIV, ",\"level\":\"authPriv\"", " security.level=authPriv")              \
	TL_AUTH_PROTOCOLS(TL_AUTH_KEY)                                                   \
	TL_PRIV_PROTOCOLS(TL_PRIV_KEY)                                                   \
	X(SECURITY_ENGINE, ",\"engine_id\":\"", " security.engine_id=")                  \
	X(BOOTS, ",\"boots\":", " security.boots=")                                      \
	X(ENGINE_TIME, ",\"time\":", " security.time=")                                  \
	X(CONTEXT, ",\"context\":{\"engine_id\":\"", " context.engine_id=")              \
	X(CONTEXT_NAME, ",\"name\":", " context.name=")                                  \
	X(CONTEXT_HEX, ",\"name_encoding\":\"hex\"", " context.name_encoding=hex")       \
	X(VARBINDS, ",\"varbinds\":[", "")                                               \
	X(OID, "{\"oid\":\"", "oid=")                                                    \
	X(NAME, ",\"name\":\"", "name=")                                                 \
	X(INDEX, ",\"index\":{", "")                                                     \
	X(ITEM, "\"", "index.")                                                          \
	X(ITEM_VALUE, "\":", "=")                                                        \
	X(TYPE, ",\"type\":", "type=")                                                   \
	X(VALUE, ",\"value\":", "value=")                                                \
	X(VALUE_HEX, ",\"encoding\":\"hex\"", "encoding=hex")                            \
	X(TEXT, ",\"text\":", "text=")                                                   \
	X(FLAGS, "],\"flags\":[", " flags=")                                             \
	X(REFUSED_USER, ",\"user\":", " user=")                                          \
	X(REFUSED_USER_HEX, ",\"user_encoding\":\"hex\"", " user_encoding=hex")          \
	X(REFUSED_LEVEL, ",\"level\":\"", " level=")                                     \
	X(REFUSED_ENGINE, ",\"engine_id\":\"", " engine_id=")                            \
	X(REASON, ",\"reason\":\"", " reason=")                                          \
	X(OFFSET, ",\"offset\":", " offset=")                                            \
	X(WHERE, ",\"where\":\"", " where=")                                             \
	X(SIZE, ",\"size\":", " size=")                                                  \
	X(HINT, ",\"hint\":", " hint=")                                                  \
	X(LOST_COUNT, ",\"count\":", " count=")                                          \
	X(NULL, "null", "null")                                                          \
	X(LIST_COMMA, ",", ",")                                                          \
	X(LINE_END, "}\n", "\n")                                                         \
	TL_TYPE_WORDS(X)

/* One key a protocol, in the order of their values. Whoever expands the table calls its
 * macro TL_X. */
#define TL_AUTH_KEY(suffix, value, name)                                                 \
	TL_X(AUTH_##suffix, ",\"auth\":\"" name "\"", " security.auth=" name)
#define TL_PRIV_KEY(suffix, value, name)                                                 \
	TL_X(PRIV_##suffix, ",\"priv\":\"" name "\"", " security.priv=" name)

/* What becomes of an alarm, in the order of tl_alarm_state. */
#define TL_ALARM_STATES(X)                                                               \
	X(RAISED, "raised")                                                              \
	X(CHANGED, "changed")                                                            \
	X(REPEATED, "repeated")                                                          \
	X(CLEARED, "cleared")                                                            \
	X(EXPIRED, "expired")
#define TL_ALARM_KEY(name, word)                                                         \
	TL_X(ALARM_##name, ",\"state\":\"" word "\"", " alarm.state=" word)

/* The types' names, as tl_type_name() gives them. */
#define TL_TYPE_WORDS(X)                                                                 \
	X(T_UNKNOWN, "\"unknown\"", "unknown")                                           \
	X(T_INTEGER, "\"INTEGER\"", "INTEGER")                                           \
	X(T_OCTETS, "\"OCTET STRING\"", "\"OCTET STRING\"")                              \
	X(T_NULL, "\"NULL\"", "NULL")                                                    \
	X(T_OID, "\"OBJECT IDENTIFIER\"", "\"OBJECT IDENTIFIER\"")                       \
	X(T_IPADDRESS, "\"IpAddress\"", "IpAddress")                                     \
	X(T_COUNTER32, "\"Counter32\"", "Counter32")                                     \
	X(T_GAUGE32, "\"Gauge32\"", "Gauge32")                                           \
	X(T_TIMETICKS, "\"TimeTicks\"", "TimeTicks")                                     \
	X(T_OPAQUE, "\"Opaque\"", "Opaque")                                              \
	X(T_COUNTER64, "\"Counter64\"", "Counter64")                                     \
	X(T_NOSUCHOBJECT, "\"noSuchObject\"", "noSuchObject")                            \
	X(T_NOSUCHINSTANCE, "\"noSuchInstance\"", "noSuchInstance")                      \
	X(T_ENDOFMIBVIEW, "\"endOfMibView\"", "endOfMibView")

typedef enum tl_key {
#define TL_X(key, json, kv) TL_KEY_##key,
	TL_KEYS(TL_X)
#undef TL_X
	    TL_KEY_COUNT
} tl_key;

typedef struct tl_syntax {
	bool flat; /* key=value: no objects, bare words, numbered varbinds */
	bool (*put_text)(tl_out *o, tl_span text); /* tl_walk_text() */
	uint8_t json; /* 1, and 0 in key=value: bytes of a character that only JSON has */
	tl_fragment keys[TL_KEY_COUNT];
} tl_syntax;

extern const tl_syntax tl_syntax_json, tl_syntax_kv;

#endif
