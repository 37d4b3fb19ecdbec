/* The event as JSON: docs/event.md, clause by clause. */
#include "sample.h"

static const tl_renderer_options json = { .format = TL_FORMAT_JSON, .mib = &fake_mib };
static const tl_renderer_options nameless = { .format = TL_FORMAT_JSON };

/* The line of a v2c trap with this one varbind holds |want|. */
static void
assert_varbind(const tl_renderer_options *opt, tl_varbind vb, const char *want)
{
	tl_notification n = sample_v2c();
	const char *line, *at;

	n.vb = &vb;
	n.vb_count = 1;
	line = sample_render(opt, &n);
	at = strstr(line, "\"varbinds\":[");
	assert_non_null(at);
	at += strlen("\"varbinds\":[");
	if (strncmp(at, want, strlen(want)) != 0 ||
	    strncmp(at + strlen(want), "],", 2) != 0)
		assert_string_equal(at, want);
}

static void
assert_value(tl_varbind vb, const char *want)
{
	char whole[4096];

	vb.name = sample_oid("1.3.6.1.4.1.5.1");
	(void)snprintf(whole, sizeof whole, "{\"oid\":\"1.3.6.1.4.1.5.1\",%s}", want);
	assert_varbind(&nameless, vb, whole);
}

static void
assert_octets(tl_span bytes, const char *want)
{
	char whole[2048];

	(void)snprintf(
	    whole, sizeof whole, "\"type\":\"OCTET STRING\",\"value\":%s", want);
	assert_value(sample_octets("1.3.6.1", bytes), whole);
}

static void
assert_has(const char *line, const char *want)
{
	if (strstr(line, want) == NULL)
		assert_string_equal(line, want);
}

static void
assert_lacks(const char *line, const char *unwanted)
{
	if (strstr(line, unwanted) != NULL)
		assert_string_equal(line, unwanted);
}

static void
test_v2c_trap_with_names(void **state)
{
	tl_notification n = sample_v2c();
	tl_varbind vb[] = { sample_integer("1.3.6.1.2.1.2.2.1.1.12", 12),
		sample_integer("1.3.6.1.2.1.2.2.1.8.12", 2) };

	(void)state;
	n.vb = vb;
	n.vb_count = 2;
	n.has_agent_address = true;
	memcpy(n.agent_address, "\xac\x11\xf6\x09", 4);
	assert_string_equal(sample_render(&json, &n),
	    "{\"schema\":1,\"id\":\"18e9bf0f94aa4d150123456789abcdef\","
	    "\"time\":\"2026-11-20T12:00:00.123456789Z\",\"kind\":\"trap\","
	    "\"version\":\"2c\",\"source\":{\"address\":\"192.0.2.7\",\"port\":50123,"
	    "\"transport\":\"udp\"},\"local\":{\"address\":\"192.0.2.1\",\"port\":1162},"
	    "\"agent_address\":\"172.17.246.9\",\"community\":\"public\","
	    "\"request_id\":7,\"uptime\":123456,\"trap_oid\":\"1.3.6.1.6.3.1.1.5.3\","
	    "\"trap_name\":\"IF-MIB::linkDown\",\"severity\":\"major\",\"varbinds\":["
	    "{\"oid\":\"1.3.6.1.2.1.2.2.1.1.12\",\"name\":\"IF-MIB::ifIndex.12\","
	    "\"index\":{\"ifIndex\":12},\"type\":\"INTEGER\",\"value\":12},"
	    "{\"oid\":\"1.3.6.1.2.1.2.2.1.8.12\",\"name\":\"IF-MIB::ifOperStatus.12\","
	    "\"index\":{\"ifIndex\":12},\"type\":\"INTEGER\",\"value\":2,"
	    "\"text\":\"down\"}],\"flags\":[]}\n");
}

static void
test_v3_has_security_and_context_in_place_of_community(void **state)
{
	tl_notification n = sample_v3();

	(void)state;
	n.kind = TL_INFORM;
	n.v3.context_name = SPAN("\xff");
	assert_string_equal(sample_render(&nameless, &n),
	    "{\"schema\":1,\"id\":\"18e9bf0f94aa4d150123456789abcdef\","
	    "\"time\":\"2026-11-20T12:00:00.123456789Z\",\"kind\":\"inform\","
	    "\"version\":\"3\",\"source\":{\"address\":\"192.0.2.7\",\"port\":50123,"
	    "\"transport\":\"udp\"},\"local\":{\"address\":\"192.0.2.1\",\"port\":1162},"
	    "\"security\":{\"user\":\"noc\",\"level\":\"authPriv\",\"auth\":\"SHA-256\","
	    "\"priv\":\"AES-128\",\"engine_id\":\"80001f880478\",\"boots\":3,"
	    "\"time\":4711},\"context\":{\"engine_id\":\"80001f880478\","
	    "\"name\":\"ff\",\"name_encoding\":\"hex\"},\"request_id\":7,"
	    "\"uptime\":123456,\"trap_oid\":\"1.3.6.1.6.3.1.1.5.3\",\"varbinds\":[],"
	    "\"flags\":[]}\n");
}

static void
test_auth_and_priv_are_left_out_when_there_are_none(void **state)
{
	tl_notification n = sample_v3();

	(void)state;
	n.v3.level = TL_NOAUTH_NOPRIV;
	n.v3.auth = TL_AUTH_NONE;
	n.v3.priv = TL_PRIV_NONE;
	n.v3.user = SPAN("\x01");
	assert_has(sample_render(&nameless, &n),
	    "\"security\":{\"user\":\"01\",\"user_encoding\":\"hex\","
	    "\"level\":\"noAuthNoPriv\",\"engine_id\":\"80001f880478\",\"boots\":3,");
}

static void
test_v1_adds_its_own_fields_and_has_no_request_id(void **state)
{
	tl_notification n = sample_v2c();
	const char *line;

	(void)state;
	n.version = 1;
	n.v1.present = true;
	n.v1.enterprise = sample_oid("1.3.6.1.4.1.9");
	n.v1.generic = 6;
	n.v1.specific = -2147483647 - 1;
	n.trap_oid = sample_oid("1.3.6.1.4.1.9.0.1");
	line = sample_render(&json, &n);
	assert_has(line, "\"version\":\"1\"");
	assert_has(line, "\"community\":\"public\",\"uptime\":123456,"
			 "\"trap_oid\":\"1.3.6.1.4.1.9.0.1\","
			 "\"v1\":{\"enterprise\":\"1.3.6.1.4.1.9\",\"generic\":6,"
			 "\"specific\":-2147483648},\"varbinds\":[],"
			 "\"flags\":[\"unresolved\"]}\n");
}

static void
test_request_id_is_signed(void **state)
{
	tl_notification n = sample_v2c();

	(void)state;
	n.request_id = 0xffffffff;
	assert_has(sample_render(&json, &n), "\"request_id\":-1,");
}

static void
test_absent_means_not_known(void **state)
{
	tl_notification n = sample_v2c();
	const char *line;

	(void)state;
	n.flags = TL_FLAG_NO_UPTIME | TL_FLAG_NO_TRAP_OID;
	n.trap_oid = (tl_oid){ NULL, 0 };
	n.to.port = 0;
	line = sample_render(&json, &n);
	assert_lacks(line, "uptime\":");
	assert_lacks(line, "trap_oid\":");
	assert_lacks(line, "trap_name");
	assert_lacks(line, "severity");
	assert_lacks(line, "local");
	assert_lacks(line, "agent_address");
	assert_has(line, "\"varbinds\":[],\"flags\":[\"no-uptime\",\"no-trap-oid\"]}\n");
}

static void
test_every_flag_has_its_word(void **state)
{
	tl_notification n = sample_v2c();

	(void)state;
	n.flags = 0xffff;
	assert_has(sample_render(&json, &n),
	    "\"flags\":[\"no-uptime\",\"no-trap-oid\",\"second-varbind-not-trap-oid\","
	    "\"trailing-bytes\",\"odd-encoding\",\"pdu-of-other-version\","
	    "\"time-window-off\",\"reportable-trap\",\"unresolved\",\"syntax-mismatch\","
	    "\"duplicate\"]}\n");
}

static void
test_integers_of_all_widths_are_numbers(void **state)
{
	static const int64_t samples[] = { 0, 9, 10, 99, 100, 101, 999, 1000, 65535, -1,
		-10, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN };
	char want[100];

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		(void)snprintf(want, sizeof want, "\"type\":\"INTEGER\",\"value\":%lld",
		    (long long)samples[i]);
		assert_value(sample_integer("1.3.6.1", samples[i]), want);
	}
	for (uint64_t v = 1, i = 0; i < 20; i++, v *= 10)
		for (int off = -1; off <= 1; off++) {
			(void)snprintf(want, sizeof want,
			    "\"type\":\"Counter64\",\"value\":%llu",
			    (unsigned long long)(v + (uint64_t)off));
			assert_value((tl_varbind){ .type = TL_T_COUNTER64,
					 .v.u64 = v + (uint64_t)off },
			    want);
		}
}

static void
test_each_type_has_its_name_and_form(void **state)
{
	static const uint8_t address[4] = { 10, 0, 200, 255 };

	(void)state;
	assert_value((tl_varbind){ .type = TL_T_COUNTER32, .v.u64 = UINT32_MAX },
	    "\"type\":\"Counter32\",\"value\":4294967295");
	assert_value((tl_varbind){ .type = TL_T_GAUGE32, .v.u64 = 1 },
	    "\"type\":\"Gauge32\",\"value\":1");
	assert_value((tl_varbind){ .type = TL_T_TIMETICKS, .v.u64 = 1 },
	    "\"type\":\"TimeTicks\",\"value\":1");
	assert_value((tl_varbind){ .type = TL_T_IPADDRESS, .v.octets = { address, 4 } },
	    "\"type\":\"IpAddress\",\"value\":\"10.0.200.255\"");
	assert_value((tl_varbind){ .type = TL_T_OPAQUE, .v.octets = SPAN("ab") },
	    "\"type\":\"Opaque\",\"value\":\"6162\",\"encoding\":\"hex\"");
	assert_value((tl_varbind){ .type = TL_T_OID,
			 .v.oid = sample_oid("2.999.4294967295.128.0") },
	    "\"type\":\"OBJECT IDENTIFIER\",\"value\":\"2.999.4294967295.128.0\"");
	assert_value((tl_varbind){ .type = TL_T_OID, .v.oid = { NULL, 0 } },
	    "\"type\":\"OBJECT IDENTIFIER\",\"value\":\"\"");
	assert_value(
	    (tl_varbind){ .type = TL_T_NULL }, "\"type\":\"NULL\",\"value\":null");
	assert_value((tl_varbind){ .type = TL_T_NOSUCHOBJECT },
	    "\"type\":\"noSuchObject\",\"value\":null");
	assert_value((tl_varbind){ .type = TL_T_NOSUCHINSTANCE },
	    "\"type\":\"noSuchInstance\",\"value\":null");
	assert_value((tl_varbind){ .type = TL_T_ENDOFMIBVIEW },
	    "\"type\":\"endOfMibView\",\"value\":null");
}

/* The words of the renderer's table are those of the library. */
static void
test_type_words_are_the_librarys(void **state)
{
	char want[100];

	(void)state;
	for (int type = 0; type < 256; type++) {
		tl_varbind vb = { .type = (tl_type)type, .v = { .octets = { NULL, 0 } } };
		tl_notification n = sample_v2c();
		n.vb = &vb;
		n.vb_count = 1;
		(void)snprintf(
		    want, sizeof want, "\"type\":\"%s\",", tl_type_name((tl_type)type));
		assert_has(sample_render(&nameless, &n), want);
	}
}

static void
test_octets_that_are_text_are_escaped_text(void **state)
{
	(void)state;
	assert_octets(SPAN(""), "\"\"");
	assert_octets(SPAN("Gi0/1"), "\"Gi0/1\"");
	assert_octets(SPAN("12345678"), "\"12345678\"");
	assert_octets(SPAN("\""), "\"\\\"\"");
	assert_octets(SPAN("0123456\"9abcdefg\\"), "\"0123456\\\"9abcdefg\\\\\"");
	assert_octets(SPAN("a\tb\r\nc"), "\"a\\tb\\r\\nc\"");
	assert_octets(SPAN("Gr\xc3\xbc\xc3\x9f Gott, \xf0\x9f\x98\x80"),
	    "\"Gr\xc3\xbc\xc3\x9f Gott, \xf0\x9f\x98\x80\"");
	assert_octets(
	    SPAN("12345678\xe2\x80\xa8x\xe2\x80\xa9"), "\"12345678\\u2028x\\u2029\"");
	assert_octets(SPAN("\xe2\x80\xa7\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xaf\xe2\x81\x9f"
			   "\xe2\x81\xb0\xef\xbb\xbe\xef\xbc\x80\xe3\x80\xaa"),
	    "\"\xe2\x80\xa7\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xaf\xe2\x81\x9f"
	    "\xe2\x81\xb0\xef\xbb\xbe\xef\xbc\x80\xe3\x80\xaa\"");
}

/* A right-to-left override would let a device write a line that reads as another. */
static void
test_what_turns_or_hides_text_is_escaped(void **state)
{
	(void)state;
	assert_octets(SPAN("\xe2\x80\x8b\xe2\x80\x8f\xe2\x80\xaa\xe2\x80\xae"),
	    "\"\\u200b\\u200f\\u202a\\u202e\"");
	assert_octets(
	    SPAN("a\xe2\x81\xa0\xe2\x81\xaf\xef\xbb\xbf"), "\"a\\u2060\\u206f\\ufeff\"");
}

static void
test_other_octets_are_hexadecimal(void **state)
{
	(void)state;
	assert_octets(SPAN("text\0"), "\"7465787400\",\"encoding\":\"hex\"");
	assert_octets(SPAN("\x7f"), "\"7f\",\"encoding\":\"hex\"");
	assert_octets(SPAN("abcdefg\x7f"), "\"616263646566677f\",\"encoding\":\"hex\"");
	assert_octets(SPAN("\x1b[31m"), "\"1b5b33316d\",\"encoding\":\"hex\"");
	assert_octets(SPAN("\xc2\x9b"), "\"c29b\",\"encoding\":\"hex\"");
	assert_octets(SPAN("\xc0\x80"), "\"c080\",\"encoding\":\"hex\"");
	assert_octets(SPAN("\xed\xa0\x80"), "\"eda080\",\"encoding\":\"hex\"");
	assert_octets(SPAN("\xff\xfe\x00\xAB"), "\"fffe00ab\",\"encoding\":\"hex\"");
	assert_octets(SPAN("line one\nend \x80"),
	    "\"6c696e65206f6e650a656e642080\",\"encoding\":\"hex\"");
}

/* Each byte in each place of a run of eight, which is checked at once. */
static void
test_each_byte_at_each_place(void **state)
{
	(void)state;
	for (int c = 0; c < 128; c++)
		for (size_t place = 0; place < 17; place++) {
			uint8_t bytes[17];
			char want[100], text[3] = { (char)c };
			bool control =
			    (c < 32 && strchr("\t\r\n", c) == NULL) || c == 127 || c == 0;
			memset(bytes, 'z', sizeof bytes);
			bytes[place] = (uint8_t)c;
			const char *special = "\t\r\n\"\\", *letters = "trn\"\\";
			if (c != 0 && strchr(special, c) != NULL) {
				text[0] = '\\';
				text[1] = letters[strchr(special, c) - special];
			}
			(void)snprintf(want, sizeof want, "\"%.*s%s%.*s\"", (int)place,
			    "zzzzzzzzzzzzzzzzz", text, (int)(16 - place),
			    "zzzzzzzzzzzzzzzzz");
			if (control) {
				char *to = want;
				*to++ = '"';
				for (size_t i = 0; i < sizeof bytes; i++, to += 2)
					(void)snprintf(to, 3, "%02x", bytes[i]);
				(void)snprintf(to, 30, "\",\"encoding\":\"hex\"");
			}
			assert_octets((tl_span){ bytes, sizeof bytes }, want);
		}
}

static void
test_community_follows_the_rule_of_values(void **state)
{
	tl_notification n = sample_v2c();

	(void)state;
	n.community = SPAN("a\"b\n");
	assert_has(
	    sample_render(&json, &n), "\"community\":\"a\\\"b\\n\",\"request_id\"");
	n.community = SPAN("pub\0lic");
	assert_has(sample_render(&json, &n), "\"community\":\"7075620"
					     "06c6963\",\"community_encoding\":\"hex\",");
	n.community = (tl_span){ NULL, 0 };
	assert_has(sample_render(&json, &n), "\"community\":\"\",");
}

static void
test_empty_oid_is_an_empty_string(void **state)
{
	tl_varbind vb = { .type = TL_T_NULL };

	(void)state;
	assert_varbind(&json, vb, "{\"oid\":\"\",\"type\":\"NULL\",\"value\":null}");
}

static void
test_name_is_left_out_under_a_mere_subtree(void **state)
{
	(void)state;
	assert_varbind(&json, sample_integer("1.3.6.1.4.1.9.1.2", 5),
	    "{\"oid\":\"1.3.6.1.4.1.9.1.2\",\"type\":\"INTEGER\",\"value\":5}");
}

static void
test_index_only_when_it_decodes_fully(void **state)
{
	(void)state;
	assert_varbind(&json, sample_integer("1.3.6.1.4.1.99.1.4.3.97.98.99", 5),
	    "{\"oid\":\"1.3.6.1.4.1.99.1.4.3.97.98.99\","
	    "\"name\":\"TEST-MIB::testEntry.4.3.97.98.99\","
	    "\"index\":{\"testRow\":4,\"testName\":\"abc\"},"
	    "\"type\":\"INTEGER\",\"value\":5}");
	assert_varbind(&json, sample_integer("1.3.6.1.4.1.99.1.4.3.97.98", 5),
	    "{\"oid\":\"1.3.6.1.4.1.99.1.4.3.97.98\","
	    "\"name\":\"TEST-MIB::testEntry.4.3.97.98\","
	    "\"type\":\"INTEGER\",\"value\":5}");
	assert_varbind(&json, sample_integer("1.3.6.1.4.1.99.1.4", 5),
	    "{\"oid\":\"1.3.6.1.4.1.99.1.4\","
	    "\"name\":\"TEST-MIB::testEntry.4\","
	    "\"type\":\"INTEGER\",\"value\":5}");
	assert_varbind(&json, sample_integer("1.3.6.1.4.1.99.1.4.1.97.98", 5),
	    "{\"oid\":\"1.3.6.1.4.1.99.1.4.1.97.98\","
	    "\"name\":\"TEST-MIB::testEntry.4.1.97.98\","
	    "\"type\":\"INTEGER\",\"value\":5}");
	assert_varbind(&json, sample_integer("1.3.6.1.4.1.99.1.4.2.97.7", 5),
	    "{\"oid\":\"1.3.6.1.4.1.99.1.4.2.97.7\","
	    "\"name\":\"TEST-MIB::testEntry.4.2.97.7\","
	    "\"type\":\"INTEGER\",\"value\":5}");
	assert_varbind(&json, sample_integer("1.3.6.1.2.1.2.2.1.1", 5),
	    "{\"oid\":\"1.3.6.1.2.1.2.2.1.1\",\"name\":\"IF-MIB::ifIndex\","
	    "\"type\":\"INTEGER\",\"value\":5}");
	assert_varbind(&json,
	    (tl_varbind){ sample_oid("1.3.6.1.2.1.1.3.0"), TL_T_TIMETICKS, { .u64 = 5 } },
	    "{\"oid\":\"1.3.6.1.2.1.1.3.0\",\"name\":\"SNMPv2-MIB::sysUpTime.0\","
	    "\"type\":\"TimeTicks\",\"value\":5}");
}

static void
test_text_stands_beside_the_raw_value(void **state)
{
	tl_varbind vb = { sample_oid("1.3.6.1.6.3.1.1.4.3.0"), TL_T_OID,
		{ .oid = sample_oid("1.3.6.1.6.3.1.1.5.4.7") } };

	(void)state;
	assert_varbind(&json,
	    sample_octets("1.3.6.1.2.1.2.2.1.6.1", SPAN("\x00\x1a\x2b")),
	    "{\"oid\":\"1.3.6.1.2.1.2.2.1.6.1\",\"name\":\"IF-MIB::ifPhysAddress.1\","
	    "\"index\":{\"ifIndex\":1},\"type\":\"OCTET STRING\",\"value\":\"001a2b\","
	    "\"encoding\":\"hex\",\"text\":\"00:1a:2b\"}");
	assert_varbind(&json, vb,
	    "{\"oid\":\"1.3.6.1.6.3.1.1.4.3.0\",\"type\":\"OBJECT IDENTIFIER\","
	    "\"value\":\"1.3.6.1.6.3.1.1.5.4.7\",\"text\":\"IF-MIB::linkUp.7\"}");
}

/* A dictionary that breaks its promise breaks no line. */
static void
test_text_that_is_no_text_is_left_out(void **state)
{
	(void)state;
	assert_varbind(&json, sample_octets("1.3.6.1.4.1.99.2.0", SPAN("a\"b")),
	    "{\"oid\":\"1.3.6.1.4.1.99.2.0\",\"name\":\"TEST-MIB::testRaw.0\","
	    "\"type\":\"OCTET STRING\",\"value\":\"a\\\"b\",\"text\":\"a\\\"b\"}");
	assert_varbind(&json, sample_octets("1.3.6.1.4.1.99.2.0", SPAN("\xff")),
	    "{\"oid\":\"1.3.6.1.4.1.99.2.0\",\"name\":\"TEST-MIB::testRaw.0\","
	    "\"type\":\"OCTET STRING\",\"value\":\"ff\",\"encoding\":\"hex\"}");
}

static void
test_value_of_another_type_is_raw_and_flagged(void **state)
{
	tl_notification n = sample_v2c();
	tl_varbind vb = sample_octets("1.3.6.1.2.1.2.2.1.8.1", SPAN("down"));

	(void)state;
	n.vb = &vb;
	n.vb_count = 1;
	assert_has(sample_render(&json, &n),
	    "\"type\":\"OCTET STRING\",\"value\":\"down\"}],"
	    "\"flags\":[\"syntax-mismatch\"]}\n");
}

static void
test_mismatch_is_flagged_each_time(void **state)
{
	tl_notification n = sample_v2c();
	tl_varbind vb = sample_integer("1.3.6.1.2.1.2.2.1.2.7", 5);
	uint8_t line[4096];
	tl_renderer *r;

	(void)state;
	n.vb = &vb;
	n.vb_count = 1;
	assert_int_equal(tl_renderer_new(&json, &r), TL_OK);
	for (int i = 0; i < 3; i++) {
		tl_buf out = { .ptr = line, .cap = sizeof line - 1 };
		assert_int_equal(tl_render_notification(r, &n, &out), TL_OK);
		line[out.len] = '\0';
		assert_has((char *)line, "\"flags\":[\"syntax-mismatch\"]}\n");
	}
	tl_renderer_free(r);
}

static void
test_repeated_varbinds_are_all_kept_in_order(void **state)
{
	tl_notification n = sample_v2c();
	tl_varbind vb[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		vb[i] = sample_integer("1.3.6.1.2.1.2.2.1.1.7", i);
	n.vb = vb;
	n.vb_count = 3;
	const char *head =
	    "{\"oid\":\"1.3.6.1.2.1.2.2.1.1.7\",\"name\":\"IF-MIB::ifIndex.7\","
	    "\"index\":{\"ifIndex\":7},\"type\":\"INTEGER\",\"value\":";
	char want[1000];
	(void)snprintf(
	    want, sizeof want, "\"varbinds\":[%s0},%s1},%s2}],", head, head, head);
	assert_has(sample_render(&json, &n), want);
}

/* What a renderer keeps of OIDs and seconds never shows: each line is that of a new one.
 */
static void
test_kept_fragments_change_nothing(void **state)
{
	static char fresh[1 << 16];
	tl_renderer *r;

	(void)state;
	assert_int_equal(tl_renderer_new(&json, &r), TL_OK);
	for (unsigned i = 0; i < 900; i++) {
		static const char *const columns[] = {
			"1.3.6.1.2.1.2.2.1.1", "1.3.6.1.2.1.2.2.1.8", "1.3.6.1.4.1.7.7.7",
			"1.3.6.1.4.1.12345.1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18"
		};
		char oid[200];
		uint8_t line[1 << 16];
		tl_buf out = { .ptr = line, .cap = sizeof line };
		tl_notification n = sample_v2c();
		(void)snprintf(oid, sizeof oid, "%s.%u", columns[i / 3 % 4], i / 4 % 70);
		tl_varbind vb = sample_integer(oid, i / 560);
		n.vb = &vb;
		n.vb_count = 1;
		n.trap_oid = sample_oid(i % 2 ? "1.3.6.1.6.3.1.1.5.4" : oid);
		n.received_ns += i * INT64_C(400000000);
		n.from.port = (uint16_t)(n.from.port + i % 3);
		n.to.scope = i % 2;
		n.to.addr[11] = (uint8_t)(i % 5);
		memcpy(fresh, sample_render(&json, &n), sizeof fresh);
		assert_int_equal(tl_render_notification(r, &n, &out), TL_OK);
		assert_int_equal(out.len, strlen(fresh));
		assert_memory_equal(line, fresh, out.len);
	}
	tl_renderer_free(r);
}

static void
test_times_before_1970_and_at_the_ends(void **state)
{
	tl_notification n = sample_v2c();

	(void)state;
	n.received_ns = -1;
	assert_has(sample_render(&json, &n),
	    "\"id\":\"ffffffffffffffff0123456789abcdef\","
	    "\"time\":\"1969-12-31T23:59:59.999999999Z\"");
	n.received_ns = INT64_MAX;
	assert_has(
	    sample_render(&json, &n), "\"time\":\"2262-04-11T23:47:16.854775807Z\"");
	n.received_ns = INT64_MIN;
	assert_has(
	    sample_render(&json, &n), "\"time\":\"1677-09-21T00:12:43.145224192Z\"");
	n.received_ns = 0;
	assert_has(
	    sample_render(&json, &n), "\"time\":\"1970-01-01T00:00:00.000000000Z\"");
}

static const char *
render_refusal(const tl_datagram *in, const tl_refusal *refusal, tl_span hint)
{
	static uint8_t line[8192];
	tl_buf out = { .ptr = line, .cap = sizeof line - 1 };
	tl_renderer *r;

	assert_int_equal(tl_renderer_new(&json, &r), TL_OK);
	assert_int_equal(tl_render_refusal(r, in, refusal, hint, &out), TL_OK);
	tl_renderer_free(r);
	line[out.len] = '\0';
	return (const char *)line;
}

static void
test_refusal_says_where_and_what_was_read(void **state)
{
	uint8_t bytes[182] = { 0 };
	tl_datagram in = { .bytes = { bytes, sizeof bytes },
		.from = sample_ipv4(192, 0, 2, 7, 50123),
		.to = sample_ipv4(192, 0, 2, 1, 1162),
		.realtime_ns = SAMPLE_NS };
	tl_refusal refusal = {
		.diag = { TL_EUSM_DIGEST, 57, "msgAuthenticationParameters" },
		.version = 3,
		.has_user = true,
		.has_engine_id = true,
		.user = SPAN("noc"),
		.engine_id = SPAN("\x80\x00\x1f\x88"),
		.level = TL_AUTH_PRIV,
		.id_hash = 1,
	};

	(void)state;
	assert_string_equal(render_refusal(&in, &refusal, SPAN("try \"SHA-1\"")),
	    "{\"schema\":1,\"id\":\"18e9bf0f94aa4d150000000000000001\","
	    "\"time\":\"2026-11-20T12:00:00.123456789Z\",\"kind\":\"refused\","
	    "\"version\":\"3\",\"source\":{\"address\":\"192.0.2.7\",\"port\":50123,"
	    "\"transport\":\"udp\"},\"local\":{\"address\":\"192.0.2.1\",\"port\":1162},"
	    "\"user\":\"noc\",\"level\":\"authPriv\",\"engine_id\":\"80001f88\","
	    "\"reason\":\"usm-wrong-digest\",\"offset\":57,"
	    "\"where\":\"msgAuthenticationParameters\",\"size\":182,"
	    "\"hint\":\"try \\\"SHA-1\\\"\"}\n");
}

static void
test_refusal_leaves_out_what_was_not_read(void **state)
{
	tl_datagram in = { .from = sample_ipv4(192, 0, 2, 7, 50123) };
	tl_refusal refusal = { .diag = { TL_EMSG_SIZE, 0, NULL } };

	(void)state;
	assert_string_equal(render_refusal(&in, &refusal, (tl_span){ NULL, 0 }),
	    "{\"schema\":1,\"id\":\"00000000000000000000000000000000\","
	    "\"time\":\"1970-01-01T00:00:00.000000000Z\",\"kind\":\"refused\","
	    "\"source\":{\"address\":\"192.0.2.7\",\"port\":50123,\"transport\":\"udp\"},"
	    "\"reason\":\"msg-size\",\"offset\":0,\"size\":0}\n");
	assert_lacks(render_refusal(&in, &refusal, SPAN("\xff")), "hint");
	refusal.version = 1;
	refusal.has_community = true;
	refusal.community = SPAN("\x01");
	assert_has(render_refusal(&in, &refusal, (tl_span){ NULL, 0 }),
	    "\"community\":\"01\",\"community_encoding\":\"hex\",\"reason\"");
}

static void
test_loss_is_an_event_with_an_identity(void **state)
{
	uint8_t line[1000];
	tl_buf out = { .ptr = line, .cap = sizeof line };
	tl_loss loss = { sample_ipv4(0, 0, 0, 0, 1162), 4213, SAMPLE_NS };
	tl_renderer *r;
	char again[1000];

	(void)state;
	assert_int_equal(tl_renderer_new(&json, &r), TL_OK);
	for (int i = 0; i < 2; i++) {
		out.len = 0;
		assert_int_equal(tl_render_loss(r, &loss, &out), TL_OK);
		line[out.len] = '\0';
		if (i == 0)
			memcpy(again, line, out.len + 1);
	}
	assert_string_equal(again, (char *)line);
	assert_has(again, "{\"schema\":1,\"id\":\"18e9bf0f94aa4d15");
	assert_has(again, "\"time\":\"2026-11-20T12:00:00.123456789Z\",\"kind\":\"lost\","
			  "\"local\":{\"address\":\"0.0.0.0\",\"port\":1162},"
			  "\"count\":4213}\n");
	tl_renderer_free(r);
}

static void
test_renderer_refuses_options_out_of_range(void **state)
{
	tl_renderer *r;

	(void)state;
	assert_int_equal(tl_renderer_new(&(tl_renderer_options){ 0 }, &r), TL_EINVAL);
	assert_int_equal(
	    tl_renderer_new(&(tl_renderer_options){ .format = 4 }, &r), TL_EINVAL);
	assert_int_equal(tl_renderer_new(&(tl_renderer_options){ .format = TL_FORMAT_TEXT,
					     .utc_offset_s = 86401 },
			     &r),
	    TL_EINVAL);
	tl_renderer_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v2c_trap_with_names),
		cmocka_unit_test(test_v3_has_security_and_context_in_place_of_community),
		cmocka_unit_test(test_auth_and_priv_are_left_out_when_there_are_none),
		cmocka_unit_test(test_v1_adds_its_own_fields_and_has_no_request_id),
		cmocka_unit_test(test_request_id_is_signed),
		cmocka_unit_test(test_absent_means_not_known),
		cmocka_unit_test(test_every_flag_has_its_word),
		cmocka_unit_test(test_integers_of_all_widths_are_numbers),
		cmocka_unit_test(test_each_type_has_its_name_and_form),
		cmocka_unit_test(test_type_words_are_the_librarys),
		cmocka_unit_test(test_octets_that_are_text_are_escaped_text),
		cmocka_unit_test(test_what_turns_or_hides_text_is_escaped),
		cmocka_unit_test(test_other_octets_are_hexadecimal),
		cmocka_unit_test(test_each_byte_at_each_place),
		cmocka_unit_test(test_community_follows_the_rule_of_values),
		cmocka_unit_test(test_empty_oid_is_an_empty_string),
		cmocka_unit_test(test_name_is_left_out_under_a_mere_subtree),
		cmocka_unit_test(test_index_only_when_it_decodes_fully),
		cmocka_unit_test(test_text_stands_beside_the_raw_value),
		cmocka_unit_test(test_text_that_is_no_text_is_left_out),
		cmocka_unit_test(test_value_of_another_type_is_raw_and_flagged),
		cmocka_unit_test(test_mismatch_is_flagged_each_time),
		cmocka_unit_test(test_repeated_varbinds_are_all_kept_in_order),
		cmocka_unit_test(test_kept_fragments_change_nothing),
		cmocka_unit_test(test_times_before_1970_and_at_the_ends),
		cmocka_unit_test(test_refusal_says_where_and_what_was_read),
		cmocka_unit_test(test_refusal_leaves_out_what_was_not_read),
		cmocka_unit_test(test_loss_is_an_event_with_an_identity),
		cmocka_unit_test(test_renderer_refuses_options_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
