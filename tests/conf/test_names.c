/* What a configuration names outside of itself: networks, addresses, files, folders,
 * programs; and outputs, whose keys deny each other. */
#include <sys/stat.h>

#include "conf/folder.h"

static void
assert_net(const char *text, unsigned bits, uint8_t last)
{
	char yaml[128];

	(void)snprintf(yaml, sizeof yaml, "lists: {a: ['%s']}", text);
	tl_conf *c = good(yaml);
	assert_int_equal(c->lists.at[0].nets.at[0].bits, bits);
	assert_int_equal(c->lists.at[0].nets.at[0].addr[15], last);
	assert_string_equal(c->lists.at[0].nets.at[0].text, text);
	tl_conf_free(c);
}

static void
test_reads_networks_of_both_families(void **state)
{
	(void)state;
	assert_net("10.0.0.0/8", 104, 0);
	assert_net("192.0.2.7", 128, 7);
	assert_net("192.0.2.7/32", 128, 7);
	assert_net("fd00::9/128", 128, 9);
	assert_net("0.0.0.0/0", 96, 0);
	assert_net("fd00::/8", 8, 0);
	assert_net("fd00::9", 128, 9);
	assert_net("::/0", 0, 0);
}

static void
test_reads_networks_of_a_file(void **state)
{
	tl_conf *c;

	(void)state;
	write_file("nets", "# core\n10.0.0.0/24\n\n  10.0.1.1 # one\r\nfd00::/8");
	c = good("lists: {a: ['@nets', 192.0.2.1]}");
	assert_int_equal(c->lists.at[0].nets.count, 4);
	assert_string_equal(c->lists.at[0].nets.at[1].text, "10.0.1.1");
	assert_string_equal(c->lists.at[0].nets.at[3].text, "192.0.2.1");
	tl_conf_free(c);
}

static void
test_errors_in_a_file_of_networks_name_it(void **state)
{
	tl_conf_errors errors = { 0 };
	char path[128];
	tl_conf *c;

	(void)state;
	write_file("nets", "10.0.0.0/24\n  10.0.0.1/24\n");
	(void)snprintf(path, sizeof path, "%s/nets", folder);
	assert_int_equal(
	    tl_conf_load_text(LIT("lists: {a: '@nets'}"), "t.yaml", &c, &errors),
	    TL_EFORMAT);
	assert_string_equal(errors.at[0].mark.file, path);
	assert_int_equal(errors.at[0].mark.line, 2);
	assert_int_equal(errors.at[0].mark.column, 3);
	tl_conf_errors_free(&errors);
}

#define NO_NET " is not a network: ADDRESS or ADDRESS/BITS, as 10.0.0.0/8\n"
#define NO_LISTEN " is not udp:HOST:PORT, an IPv6 host in brackets\n"
#define NO_TARGET                                                                        \
	" is not an address: as udp:HOST:PORT, an IPv6 host in brackets, or "            \
	"tcp:HOST:PORT, tls:HOST:PORT, unix:/PATH\n"
#define NO_URL " is not a URL: https://HOST[:PORT]/PATH\n"

static void
test_refuses_what_is_no_address(void **state)
{
	static const wrong_case cases[] = {
		{ "lists: {a: [10.0.0]}", "1:13 lists: '10.0.0'" NO_NET },
		{ "lists: {a: [10.0.0.0/33]}",
		    "1:13 lists: '10.0.0.0/33' needs 0 to 32 bits behind the slash\n" },
		{ "lists: {a: ['fd00::/129']}",
		    "1:13 lists: 'fd00::/129' needs 0 to 128 bits behind the slash\n" },
		{ "lists: {a: [10.1.0.0/8]}", "1:13 lists: '10.1.0.0/8' has bits set "
					      "behind its prefix: an address in "
					      "the network, not the network's own\n" },
		{ "lists: {a: ['@none']}",
		    "1:13 lists: $DIR/none: there is no such file\n" },
		{ "lists: {a.b: []}", "1:9 'a.b' is no name for one of lists: up to 64 "
				      "letters, digits, _ and "
				      "-\n" },
		{ "engine_addresses: {8000000001: 10.0.0.0/8}",
		    "1:32 engine_addresses: '10.0.0.0/8' is not one address\n" },
		{ "listen: [tcp:0.0.0.0:1, udp:0.0.0.0, udp:0.0.0.0:x]",
		    "1:10 listen: 'tcp:0.0.0.0:1'" NO_LISTEN
		    "1:25 listen: 'udp:0.0.0.0'" NO_LISTEN
		    "1:38 listen: 'udp:0.0.0.0:x'" NO_LISTEN },
		{ "listen: [udp:0.0.0.0:1, udp:0.0.0.0:1]",
		    "1:25 the address 'udp:0.0.0.0:1' is there already, in line 1\n" },
		{ "listen: [b:1, a:1, a:1, b:1, c:1, a:1]",
		    "1:20 the address 'a:1' is there already, in line 1\n"
		    "1:25 the address 'b:1' is there already, in line 1\n"
		    "1:35 the address 'a:1' is there already, in line 1\n" },
		{ "metrics: {listen: udp:127.0.0.1:1, path: x}",
		    "1:19 listen: 'udp:127.0.0.1:1' is not an address: as tcp:HOST:PORT, "
		    "an "
		    "IPv6 host in brackets\n" },
		{ "metrics: {path: x}", "1:17 a path begins with /, as /metrics\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_found_in_folder(cases[i].yaml, cases[i].found);
}

static void
test_reads_addresses_of_outputs(void **state)
{
	static const struct {
		const char *text, *host;
		tl_conf_transport transport;
		uint16_t port;
	} cases[] = {
		{ "udp:logs.example.net:514", "logs.example.net", TL_TRANSPORT_UDP, 514 },
		{ "logs:65535", "logs", TL_TRANSPORT_UDP, 65535 },
		{ "tcp:[fd00::1]:601", "fd00::1", TL_TRANSPORT_TCP, 601 },
		{ "tls:10.0.0.1:6514", "10.0.0.1", TL_TRANSPORT_TLS, 6514 },
		{ "unix:/dev/log", "/dev/log", TL_TRANSPORT_UNIX, 0 },
	};
	static const char *const bad[] = { "logs", "tcp:logs", ":514", "udp::514",
		"[fd00::1]", "[10.0.0.1]:1", "fd00::1:514", "unix:log", "a b:1", "[]:1",
		"x:000001" };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char yaml[128];
		(void)snprintf(yaml, sizeof yaml,
		    "outputs: {s: {type: syslog, address: '%s'}}", cases[i].text);
		tl_conf *c = good(yaml);
		const tl_conf_target *t = &c->outputs.at[0].syslog.address;
		assert_string_equal(t->host, cases[i].host);
		assert_int_equal(t->transport, cases[i].transport);
		assert_int_equal(t->port, cases[i].port);
		tl_conf_free(c);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		char yaml[128], wanted[256];
		(void)snprintf(yaml, sizeof yaml,
		    "outputs: {s: {type: syslog, address: '%s'}}", bad[i]);
		(void)snprintf(
		    wanted, sizeof wanted, "1:38 address: '%s'" NO_TARGET, bad[i]);
		assert_found(yaml, wanted);
	}
}

static void
test_tells_the_range_of_ports(void **state)
{
#define RANGE(port, least) ": the port " port " is not from " least " to 65535"
	static const wrong_case cases[] = {
		{ "listen: udp:0.0.0.0:65535", "" },
		{ "listen: 'udp:[::]:0'", "" },
		{ "listen: udp:0.0.0.0:99999", "1:9 listen: 'udp:0.0.0.0:99999'" RANGE(
						   "99999", "0") ", 0 for a free one\n" },
		{ "listen: 65536",
		    "1:9 listen: '65536'" RANGE("65536", "0") ", 0 for a free one\n" },
		{ "metrics: {listen: 'x:99999999999999999999'}",
		    "1:19 listen: 'x:99999999999999999999'" RANGE(
			"99999999999999999999", "0") ", 0 for a free one\n" },
		{ "metrics: {listen: 'x:0'}", "" },
		{ "outputs: {s: {type: syslog, address: 'tcp:x:65536'}}",
		    "1:38 address: 'tcp:x:65536'" RANGE("65536", "1") "\n" },
		{ "outputs: {s: {type: syslog, address: 'x:0'}}",
		    "1:38 address: 'x:0'" RANGE("0", "1") "\n" },
		{ "outputs: {f: {type: forward, to: ['udp:[::1]:0']}}",
		    "1:35 to: 'udp:[::1]:0'" RANGE("0", "1") "\n" },
		{ "outputs: {h: {type: http, url: 'http://x:65536/a:0'}}",
		    "1:32 url: 'http://x:65536/a:0'" RANGE("65536", "1") "\n" },
		{ "outputs: {h: {type: http, url: 'http://[::1]:65535?a:0'}}", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_found_in_folder(cases[i].yaml, cases[i].found);
}

static void
test_takes_hosts_of_253_bytes_only(void **state)
{
	char yaml[400] = "outputs: {s: {type: syslog, address: '";
	size_t at = strlen(yaml);

	(void)state;
	memset(yaml + at, 'h', 253);
	memcpy(yaml + at + 253, ":1'}}", 6);
	tl_conf_free(good(yaml));
	memcpy(yaml + at + 253, "h:1'}}", 7);
	char *found = findings(yaml);
	assert_non_null(strstr(found, "is not an address"));
	free(found);
}

static void
test_looks_at_files_and_folders(void **state)
{
	static const wrong_case cases[] = {
		{ "mibs: [none]", "~1:8 mibs: $DIR/none: No such file or directory\n" },
		{ "mibs: [file]", "1:8 mibs: $DIR/file is not a folder\n" },
		{ "mibs: [$DIR]", "" },
		{ "mibs: [empty]", "~1:8 mibs: there is no file in $DIR/empty\n" },
		{ "enrichment: {a: {type: csv, column: a, file: none.csv}}",
		    "1:46 file: $DIR/none.csv: No such file or directory\n" },
		{ "enrichment: {a: {type: csv, column: a, file: .}}",
		    "1:46 file: $DIR/. is a folder\n" },
		{ "enrichment: {a: {type: sqlite, column: a, file: file}}",
		    "1:17 needs 'query', as in 'query: SELECT site, rack FROM devices "
		    "WHERE "
		    "address = ?'\n"
		    "1:32 'column' is for the type csv, not for this one\n" },
		{ "outputs: {a: {type: file, path: $DIR/none/x}}",
		    "1:33 path: $DIR/none: No such file or directory\n" },
		{ "outputs: {a: {type: file, path: $DIR}}",
		    "1:33 path: $DIR is a folder\n" },
		{ "outputs: {a: {type: file, path: $DIR/x}}", "" },
		{ "outputs: {a: {type: file, path: x}, b: {type: file, path: x}}",
		    "1:59 an output to the file 'x' is there already, in line 1\n" },
		{ "enrichment: {a: {type: csv, column: a, file: file, separator: ab}}",
		    "1:63 separator: 'ab' is not one character of ASCII\n" },
		{ "outputs: {a: {type: stdout}, b: {type: stdout}}",
		    "1:40 an output to 'stdout' is there already, in line 1\n" },
		{ "outputs: {e: {type: exec, command: [ls, -l]}}",
		    "1:37 command: 'ls' needs its whole path, from / on\n" },
		{ "outputs: {e: {type: exec, command: $DIR/none}}",
		    "1:36 command: $DIR/none: No such file or directory\n" },
		{ "outputs: {e: {type: exec, command: $DIR}}",
		    "1:36 command: $DIR is a folder\n" },
		{ "outputs: {e: {type: exec, command: $DIR/file}}",
		    "1:36 command: $DIR/file: Permission denied\n" },
		{ "outputs: {e: {type: exec, command: []}}",
		    "1:36 command: needs a program\n" },
		{ "outputs: {e: {type: exec, command: [[a]]}}",
		    "1:37 command: an argument is a text\n" },
	};

	(void)state;
	write_file("file", "x\n");
	assert_int_equal(mkdir("empty", 0700), 0);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_found_in_folder(cases[i].yaml, cases[i].found);
}

static void
test_finds_one_file_by_all_its_spellings(void **state)
{
	static const struct {
		const char *state, *a, *b;
		bool same;
	} cases[] = {
		{ "", "x", "./x", true },
		{ "", "x", "d/..//x", true },
		{ "", "d/x", "./d/./x", true },
		{ "", "../x", "d/../../x", true },
		{ "", "../x", "../../x", false },
		{ "", "x", "$DIR/x", false },
		{ "", "x", "d/x", false },
		{ "state: $DIR/none", "d/x", "d/./x", true },
		{ "state: $DIR/none", "d/x", "x", false },
		{ "state: $DIR", "x", "$DIR/x", true },
		{ "state: $DIR", "new", "$DIR/link/new", true },
		{ "state: .", "new", "link/new", true },
		{ "", "$DIR/new", "$DIR/link/new", true },
		{ "", "$DIR/file", "$DIR/other", true },
		{ "", "$DIR/file", "$DIR/nets", false },
		{ "", "$DIR/x", "/$DIR//x", true },
		{ "", "/dev/null", "/../dev/./null", true },
	};

	(void)state;
	write_file("file", "x\n");
	write_file("nets", "10.0.0.0/24\n");
	assert_int_equal(symlink(".", "link"), 0);
	assert_int_equal(symlink("file", "other"), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char yaml[400], wanted[200] = "";
		(void)snprintf(yaml, sizeof yaml,
		    "%s\noutputs:\n  a: {type: file, path: '%s'}\n"
		    "  b: {type: file, path: '%s'}\n",
		    cases[i].state, cases[i].a, cases[i].b);
		if (cases[i].same)
			(void)snprintf(wanted, sizeof wanted,
			    "4:25 an output to the file '%s' is there already, in line "
			    "3\n",
			    cases[i].b);
		assert_found_in_folder(yaml, wanted);
	}
}

static void
test_refuses_outputs_that_cannot_work(void **state)
{
	static const wrong_case cases[] = {
		{ "outputs: {a: {type: htp}}",
		    "1:21 there is no type 'htp'; did you mean 'http'? There are: file, "
		    "stdout, syslog, exec, http, forward\n" },
		{ "outputs: {a: {path: x}}", "1:14 needs 'type', as in 'type: file'\n" },
		{ "outputs: {a: {type: stdout, url: x}}",
		    "1:29 'url' is for the type http, not for this one\n" },
		{ "outputs: {a: {type: stdout, format: template}}",
		    "1:14 'format: template' needs a template\n" },
		{ "outputs: {a: {type: stdout, template: x}}",
		    "1:39 a template needs 'format: template'\n" },
		{ "outputs: {a: {type: stdout, retry: {first: 2m}}}",
		    "1:36 most, the longest wait, must not be less than first\n" },
		{ "outputs: {a b: {type: stdout}}",
		    "1:11 'a b' is no name for one of outputs: up to 64 letters, digits, "
		    "_ and "
		    "-\n" },
		{ "outputs: {a: {type: http, url: ftp://x}}",
		    "1:32 url: 'ftp://x'" NO_URL },
		{ "outputs: {a: {type: http, url: 'https://a:b@x/'}}",
		    "1:32 url: a URL must not hold a password: use username and "
		    "password\n" },
		{ "outputs: {a: {type: http, url: 'https:///x'}}",
		    "1:32 url: 'https:///x'" NO_URL },
		{ "outputs: {a: {type: http, url: http://x, username: u}}",
		    "1:14 username and password need each other\n" },
		{ "outputs: {a: {type: http, url: http://x, api: splunk, body: x}}",
		    "1:14 'api: splunk' needs a token\n"
		    "1:61 a body is for 'api: webhook'\n" },
		{ "outputs: {a: {type: http, url: http://x, index: x}}",
		    "1:49 an index is for 'api: elasticsearch' and 'api: splunk'\n" },
		{ "outputs: {a: {type: http, url: http://x, source: x, sourcetype: y}}",
		    "1:50 a source is for 'api: splunk'\n"
		    "1:65 a sourcetype is for 'api: splunk'\n" },
		{ "outputs: {a: {type: http, url: 'http://x/{token}'}}",
		    "1:14 '{token}' needs a token\n" },
		{ "outputs: {a: {type: http, url: http://x, body: '{token|json}'}}",
		    "1:14 '{token}' needs a token\n" },
		{ "outputs: {a: {type: http, url: http://x, headers: {A: 'B {token}'}}}",
		    "1:14 '{token}' needs a token\n" },
		{ "outputs: {a: {type: http, url: 'http://x/{token}/{site}', token: t}}",
		    "1:32 of fields only '{token}' can stand in a URL\n" },
		{ "outputs: {a: {type: http, url: http://x, tls: {cert: /dev/null}}}",
		    "1:47 cert needs key\n" },
		{ "outputs: {a: {type: forward, to: []}}",
		    "1:34 to: needs 1 at least\n" },
		{ "outputs: {a: {type: forward, to: 'x:162', version: 3}}",
		    "1:14 'version: 3' needs a user\n" },
		{ "outputs: {a: {type: forward, to: 'x:162', version: 1, send_as: "
		  "inform}}",
		    "1:64 version 1 has no informs: use another version\n" },
		{ "outputs: {a: {type: forward, to: 'x:162', send_as: trap}}",
		    "1:52 'version: raw' sends the datagram as it came: use another "
		    "version\n" },
		{ "outputs: {a: {type: forward, to: 'x:162', user: [a, b]}}",
		    "1:49 user: takes 1, not 2\n" },
	};

	(void)state;
	assert_all_found(cases, COUNT(cases));
}

/* A 65th would have no bit among an event's routes. */
static void
test_takes_64_outputs(void **state)
{
	(void)state;
	for (int count = 64; count <= 65; count++) {
		char yaml[65 * 64] = "outputs: {";
		size_t len = strlen(yaml);
		for (int i = 0; i < count; i++)
			len += (size_t)snprintf(yaml + len, sizeof yaml - len,
			    "o%d: {type: syslog, address: 'udp:h:1'}%s", i,
			    i + 1 < count ? ", " : "}");
		tl_conf_errors errors = { 0 };
		tl_conf *c;
		tl_err err = tl_conf_load_text(
		    (tl_span){ (const uint8_t *)yaml, len }, NULL, &c, &errors);
		assert_int_equal(err, count == 64 ? TL_OK : TL_EFORMAT);
		if (err != TL_OK)
			assert_string_equal(
			    errors.at[0].text, "outputs: takes 64, not 65");
		tl_conf_errors_free(&errors);
		tl_conf_free(c);
	}
}

static void
test_a_file_that_cannot_be_read_is_an_error(void **state)
{
	tl_conf_errors errors = { 0 };
	tl_conf *c;

	(void)state;
	assert_int_equal(tl_conf_load("none.yaml", &c, &errors), TL_EFORMAT);
	assert_null(c);
	assert_string_equal(errors.at[0].text, "there is no such file");
	assert_int_equal(errors.at[0].mark.line, 0);
	tl_conf_errors_free(&errors);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_networks_of_both_families),
		cmocka_unit_test(test_reads_networks_of_a_file),
		cmocka_unit_test(test_errors_in_a_file_of_networks_name_it),
		cmocka_unit_test(test_refuses_what_is_no_address),
		cmocka_unit_test(test_reads_addresses_of_outputs),
		cmocka_unit_test(test_tells_the_range_of_ports),
		cmocka_unit_test(test_takes_hosts_of_253_bytes_only),
		cmocka_unit_test(test_looks_at_files_and_folders),
		cmocka_unit_test(test_finds_one_file_by_all_its_spellings),
		cmocka_unit_test(test_refuses_outputs_that_cannot_work),
		cmocka_unit_test(test_takes_64_outputs),
		cmocka_unit_test(test_a_file_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
