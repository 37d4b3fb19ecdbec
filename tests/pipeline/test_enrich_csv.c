/* Tests of pipeline/enrich_csv.c, and of how rows are kept. */
#include "pipeline/enrich_help.h"
#include "pipeline/enrich_read.h"

#define TABLE(more)                                                                      \
	"enrichment:\n"                                                                  \
	"  devices: {type: csv, file: devices.csv, column: address" more "}\n"

/* A table of |text|, what is told when it is read, and what it knows of |address|. */
static void
assert_csv(
    const char *text, const char *what_told, const char *address, const char *wanted)
{
	tables t;

	write_file("devices.csv", text);
	tables_open(&t, TABLE());
	assert_told(&t, what_told);
	assert_known(&t, address, wanted);
	tables_close(&t);
}

static void
test_columns_become_fields(void **state)
{
	(void)state;
	assert_csv("address,site,rack\n10.0.0.1,Berlin,7\n10.0.0.2,Rome,9\n",
	    "info devices: 2 rows read\n", "10.0.0.1", "site=Berlin rack=7");
	assert_csv("site,address\nBerlin,10.0.0.1\n", "info devices: 1 rows read\n",
	    "10.0.0.9", "");
}

/* The 256th column is the last that is looked at. */
static void
test_looks_at_256_columns(void **state)
{
	char text[4096];

	(void)state;
	for (size_t columns = 256; columns <= 257; columns++) {
		tables t;
		size_t len = (size_t)snprintf(text, sizeof text, "address");
		for (size_t i = 2; i < columns; i++)
			len +=
			    (size_t)snprintf(text + len, sizeof text - len, ",c%zu", i);
		len += (size_t)snprintf(text + len, sizeof text - len, ",site\n10.0.0.1");
		for (size_t i = 2; i < columns; i++)
			len += (size_t)snprintf(text + len, sizeof text - len, ",x");
		snprintf(text + len, sizeof text - len, ",Berlin\n");
		write_file("devices.csv", text);
		tables_open(&t, TABLE(", fields: {site: site}"));
		assert_known(&t, "10.0.0.1", columns == 256 ? "site=Berlin" : "");
		tables_close(&t);
	}
}

static void
test_reads_quoted_columns(void **state)
{
	(void)state;
	assert_csv("\"address\",\"site\",x\r\n"
		   "\"10.0.0.1\" , \"a \"\"b\"\", c\r\nd\" ,  e f  \r\n",
	    "info devices: 1 rows read\n", "10.0.0.1", "site=a \"b\", c  d x=e f");
	assert_csv("address,site\n10.0.0.1,\"\"\n", "info devices: 1 rows read\n",
	    "10.0.0.1", "");
	assert_csv("address,site\n10.0.0.1,5\" disk\n", "info devices: 1 rows read\n",
	    "10.0.0.1", "site=5\" disk");
}

static void
test_takes_any_line_end_and_no_line(void **state)
{
	(void)state;
	assert_csv("\n\naddress,site\r10.0.0.1,Berlin\r\r10.0.0.2,Rome",
	    "info devices: 2 rows read\n", "10.0.0.2", "site=Rome");
}

static void
test_skips_the_byte_order_mark(void **state)
{
	(void)state;
	assert_csv("\xef\xbb\xbf"
		   "address,site\n10.0.0.1,Berlin\n",
	    "info devices: 1 rows read\n", "10.0.0.1", "site=Berlin");
	assert_csv("\xff\xfe"
		   "a",
	    "error devices: devices.csv is in UTF-16; save it as UTF-8\n", "10.0.0.1",
	    "");
}

static void
test_takes_what_is_not_utf8_as_windows_1252(void **state)
{
	(void)state;
	assert_csv("address,site\n10.0.0.1,Z\xfcrich\n10.0.0.2,K\xc3\xb6ln\n",
	    "info devices: 2 rows read\nwarning devices: 1 texts that are not UTF-8, "
	    "taken as windows-1252 (first: 2)\n",
	    "10.0.0.1", "site=Zürich");
}

static void
test_another_separator(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address\tsite\track\n10.0.0.1\t\"Ber\tlin\"\t\n");
	tables_open(&t, TABLE(", separator: \"\\t\""));
	assert_known(&t, "10.0.0.1", "site=Ber lin");
	tables_close(&t);
}

static void
test_fields_choose_and_rename_columns(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address,site,rack,x\n10.0.0.1,Berlin,7,y\n");
	tables_open(&t, TABLE(", fields: {place: site, town: site, at: address}"));
	assert_known(&t, "10.0.0.1", "at=10.0.0.1 place=Berlin town=Berlin");
	tables_close(&t);
}

static void
test_tells_what_is_odd(void **state)
{
	(void)state;
	assert_csv("address,site\n"
		   "10.0.0.1,Berlin,extra\n"
		   "nothing,Rome\n"
		   "10.0.0.1,Paris\n"
		   "10.0.0.3\n"
		   ",Oslo\n",
	    "info devices: 2 rows read\nwarning devices: "
	    "2 rows without a usable key, left out (first: 3); "
	    "1 keys that are there already, the last counts (first: 4); "
	    "2 rows with more or fewer columns than the first line (first: 2)\n",
	    "10.0.0.1", "site=Paris");
}

static void
test_lines_in_quotes_count(void **state)
{
	(void)state;
	assert_csv("address,site\n10.0.0.1,\"a\nb\n\"\nnothing,c\n",
	    "info devices: 1 rows read\nwarning devices: 1 rows without a usable key, "
	    "left "
	    "out (first: 5)\n",
	    "10.0.0.1", "site=a b");
}

static void
test_refuses_what_is_no_table(void **state)
{
	static const char *const wrong[][2] = {
		{ "", "devices.csv is empty" },
		{ "\n\r\n", "devices.csv is empty" },
		{ "site,rack\n", "devices.csv:1 has no column of the name that `column` "
				 "says" },
		{ "address,site\n1,\"a\n\nb\n",
		    "devices.csv:2 has a quote that is not closed" },
		{ "address\n\n1\n\"a\" b\n",
		    "devices.csv:4 has text behind a closing quote" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		char what_told[256];
		(void)snprintf(
		    what_told, sizeof what_told, "error devices: %s\n", wrong[i][1]);
		assert_csv(wrong[i][0], what_told, "10.0.0.1", "");
	}
}

static void
test_cuts_texts_to_1024_bytes(void **state)
{
	char text[2048] = "address,site\n10.0.0.1,", wanted[2048] = "site=";
	size_t len = strlen(text);

	(void)state;
	memset(text + len, 'x', 1025);
	memset(wanted + 5, 'x', 1024);
	assert_csv(text,
	    "info devices: 1 rows read\nwarning devices: 1 texts longer than 1,024 "
	    "bytes, cut (first: 2)\n",
	    "10.0.0.1", wanted);
	text[len + 1024] = '\0';
	assert_csv(text, "info devices: 1 rows read\n", "10.0.0.1", wanted);
}

static void
test_takes_32_columns(void **state)
{
	char text[1024] = "address", wanted[1024] = "";

	(void)state;
	for (int i = 0; i < 33; i++)
		(void)sprintf(text + strlen(text), ",c%d", i);
	(void)strcat(text, "\n10.0.0.1");
	for (int i = 0; i < 33; i++)
		(void)sprintf(text + strlen(text), ",%d", i);
	for (int i = 0; i < 32; i++)
		(void)sprintf(
		    wanted + strlen(wanted), "%sc%d=%d", i > 0 ? " " : "", i, i);
	assert_csv(text,
	    "info devices: 1 rows read\nwarning devices: 1 columns beyond the 32 that an "
	    "event has room for (first: 2)\n",
	    "10.0.0.1", wanted);
}

static void
test_addresses_compare_in_any_form(void **state)
{
	(void)state;
	assert_csv("address,site\n2001:DB8:0::1,Berlin\n::ffff:10.0.0.1,Rome\n",
	    "info devices: 2 rows read\n", "2001:db8::1", "site=Berlin");
	assert_csv("address,site\n2001:DB8:0::1,Berlin\n::ffff:10.0.0.1,Rome\n",
	    "info devices: 2 rows read\n", "10.0.0.1", "site=Rome");
}

static void
test_the_longest_network_counts(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address,site\n0.0.0.0/0,world\n10.0.0.0/8,ten\n"
				  "10.1.2.77/24,near\n10.1.2.3,one\nfd00::/8,six\n"
				  "10.0.0.0/33,bad\n10.0.0.0/,bad\n10.1.0.0/8,again\n");
	tables_open(&t, TABLE(", match: cidr"));
	assert_told(&t, "info devices: 5 rows read\nwarning devices: 2 rows without a "
			"usable key, left out (first: 7); 1 keys that are there already, "
			"the last counts (first: 9)\n");
	assert_known(&t, "10.1.2.3", "site=one");
	assert_known(&t, "10.1.2.4", "site=near");
	assert_known(&t, "10.1.3.4", "site=again");
	assert_known(&t, "192.0.2.1", "site=world");
	assert_known(&t, "fd01::1", "site=six");
	assert_known(&t, "2001:db8::1", "");
	tables_close(&t);
}

static void
test_reads_rows_of_any_number(void **state)
{
	FILE *f = fopen("devices.csv", "w");
	tables t;
	enrich_counters c;

	(void)state;
	fputs("address,site,rack,owner\n", f);
	for (unsigned i = 0; i < 100000; i++)
		fprintf(f, "10.%u.%u.%u,site-%u,r%u,team\n", i >> 16, i >> 8 & 255,
		    i & 255, i, i % 42);
	fclose(f);
	tables_open(&t, TABLE());
	enrich_count(t.e, 0, &c);
	assert_int_equal(c.rows, 100000);
	assert_in_range(c.bytes, 5000000, 12000000);
	assert_known(&t, "10.1.2.3", "site=site-66051 rack=r27 owner=team");
	assert_known(&t, "10.2.0.0", "");
	tables_close(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_become_fields),
		cmocka_unit_test(test_reads_quoted_columns),
		cmocka_unit_test(test_looks_at_256_columns),
		cmocka_unit_test(test_takes_any_line_end_and_no_line),
		cmocka_unit_test(test_skips_the_byte_order_mark),
		cmocka_unit_test(test_takes_what_is_not_utf8_as_windows_1252),
		cmocka_unit_test(test_another_separator),
		cmocka_unit_test(test_fields_choose_and_rename_columns),
		cmocka_unit_test(test_tells_what_is_odd),
		cmocka_unit_test(test_lines_in_quotes_count),
		cmocka_unit_test(test_refuses_what_is_no_table),
		cmocka_unit_test(test_cuts_texts_to_1024_bytes),
		cmocka_unit_test(test_takes_32_columns),
		cmocka_unit_test(test_addresses_compare_in_any_form),
		cmocka_unit_test(test_the_longest_network_counts),
		cmocka_unit_test(test_reads_rows_of_any_number),
	};

	return enter_folder(NULL) != 0
		   ? 1
		   : cmocka_run_group_tests(tests, load_mib, leave_folder);
}
