/* Writing captures: what the reader and tshark make of them, and disks that are full. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "receiver/pcap.h"
#include "sys/fs.h"

static char path[64];
static const tl_span no_comment = { 0 };

static int
make_path(void **state)
{
	int fd;

	(void)state;
	(void)snprintf(path, sizeof path, "/tmp/trapline-pcapng-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int
remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

static tl_span
text(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

static tl_endpoint
v4(uint8_t last, uint16_t port)
{
	return (tl_endpoint){ { [10] = 0xff, 0xff, 192, 0, 2, last }, 0, port };
}

static tl_endpoint
v6(uint8_t last, uint16_t port)
{
	return (tl_endpoint){ { 0x20, 1, 0xd, 0xb8, [15] = last }, 0, port };
}

static tl_pcap_writer *
create(void)
{
	tl_pcap_writer *w = NULL;

	assert_int_equal(tl_pcap_create(path, &w), TL_OK);
	return w;
}

static void
put(tl_pcap_writer *w, tl_span bytes, tl_endpoint from, tl_endpoint to, tl_span comment)
{
	tl_datagram d = { .bytes = bytes, .from = from, .to = to };

	d.realtime_ns = INT64_C(1800000000123456789) + from.port;
	assert_int_equal(tl_pcap_write(w, &d, comment), TL_OK);
}

/* Opens what was written. */
static tl_pcap *
reopen(int *fd)
{
	tl_pcap *p;

	*fd = open(path, O_RDONLY);
	assert_true(*fd >= 0);
	assert_int_equal(tl_pcap_open_fd(*fd, 0, &p), TL_OK);
	return p;
}

static void
what_is_written_is_read_again(void **state)
{
	static uint8_t bytes[65507];
	static const size_t sizes[] = { 0, 1, 2, 3, 484, 1472, 65506, 65507 };
	tl_pcap_writer *w = create();
	tl_pcap_record r;
	int fd;
	(void)state;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 13 >> 2);
	for (size_t i = 0; i < 8; i++) {
		put(w, (tl_span){ bytes, sizes[i] }, v4(7, 9), v4(1, 162), no_comment);
		put(w, (tl_span){ bytes, sizes[i] }, v6(7, 9), v6(1, 162),
		    text("refused"));
	}
	assert_int_equal(tl_pcap_writer_close(w), TL_OK);
	tl_pcap *p = reopen(&fd);
	for (size_t i = 0; i < 16; i++) {
		assert_int_equal(tl_pcap_next(p, &r), TL_OK);
		const tl_datagram *d = &r.datagram;
		tl_endpoint from = i % 2 == 0 ? v4(7, 9) : v6(7, 9);
		assert_int_equal(d->bytes.len, sizes[i / 2]);
		assert_memory_equal(d->bytes.ptr, bytes, d->bytes.len);
		assert_memory_equal(d->from.addr, from.addr, 16);
		assert_int_equal(d->from.port, 9);
		assert_int_equal(d->to.port, 162);
		assert_true(d->realtime_ns == INT64_C(1800000000123456798));
	}
	assert_int_equal(tl_pcap_next(p, &r), TL_ENOTFOUND);
	tl_pcap_close(p);
	(void)close(fd);
}

/* IPv6 may carry 20 bytes more, and the receiver's buffers hold more than either can:
 * what a length field of 16 bits cannot say is cut, and said to be. */
static void
lengths_keep_within_16_bits(void **state)
{
	static uint8_t bytes[65536];
	static const struct {
		bool v6;
		size_t len;
		tl_frame kind;
	} cases[] = { { true, 65527, TL_FRAME_DATAGRAM },
		{ true, 65528, TL_FRAME_DATAGRAM }, { true, 65536, TL_FRAME_DATAGRAM },
		{ false, 65508, TL_FRAME_DATAGRAM } };
	tl_pcap_writer *w = create();
	tl_pcap_record r;
	int fd;
	(void)state;

	for (size_t i = 0; i < 4; i++)
		put(w, (tl_span){ bytes, cases[i].len },
		    cases[i].v6 ? v6(7, 9) : v4(7, 9),
		    cases[i].v6 ? v6(1, 162) : v4(1, 162), no_comment);
	assert_int_equal(tl_pcap_writer_close(w), TL_OK);
	tl_pcap *p = reopen(&fd);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(tl_pcap_next(p, &r), TL_OK);
		assert_int_equal(r.datagram.bytes.len, cases[i].v6 ? 65527 : 65507);
	}
	tl_pcap_close(p);
	(void)close(fd);
}

static void
a_local_address_that_is_not_known_is_fine(void **state)
{
	tl_endpoint nowhere = { .port = 162 };
	tl_pcap_writer *w = create();
	tl_pcap_record r;
	int fd;
	(void)state;

	put(w, text("x"), v4(7, 9), nowhere, no_comment);
	put(w, text("x"), v6(7, 9), nowhere, no_comment);
	assert_int_equal(tl_pcap_writer_close(w), TL_OK);
	tl_pcap *p = reopen(&fd);
	assert_int_equal(tl_pcap_next(p, &r), TL_OK);
	assert_memory_equal(
	    r.datagram.to.addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\0", 16);
	assert_int_equal(tl_pcap_next(p, &r), TL_OK);
	assert_memory_equal(r.datagram.to.addr, nowhere.addr, 16);
	tl_pcap_close(p);
	(void)close(fd);
}

/* Bytes of a peer that found their way into a comment harm no terminal. */
static void
comments_are_made_printable_and_bounded(void **state)
{
	static uint8_t filler[TL_PCAP_COMMENT_MAX + 100];
	tl_pcap_writer *w = create();
	uint8_t *file;
	size_t len;
	(void)state;

	memset(filler, 'z', sizeof filler);
	put(w, text("x"), v4(7, 9), v4(1, 162), text("a\x1b[31m\nb"));
	put(w, text("x"), v4(7, 9), v4(1, 162), (tl_span){ filler, sizeof filler });
	put(w, text("x"), v4(7, 9), v4(1, 162), (tl_span){ filler, TL_PCAP_COMMENT_MAX });
	assert_int_equal(tl_pcap_writer_close(w), TL_OK);
	assert_int_equal(tl_file_read(AT_FDCWD, path, 1 << 20, &file, &len), TL_OK);
	assert_null(memchr(file, '\x1b', len));
	assert_non_null(memmem(file, len, "[31m", 4));
	free(file);
}

static void
nothing_is_in_the_file_before_the_flush(void **state)
{
	tl_pcap_writer *w = create();
	tl_pcap_record r;
	int fd;
	(void)state;

	put(w, text("x"), v4(7, 9), v4(1, 162), no_comment);
	for (int flushed = 0; flushed < 2; flushed++) {
		tl_pcap *p = reopen(&fd);
		assert_int_equal(tl_pcap_next(p, &r), flushed ? TL_OK : TL_ENOTFOUND);
		tl_pcap_close(p);
		(void)close(fd);
		assert_int_equal(tl_pcap_flush(w), TL_OK);
	}
	assert_int_equal(tl_pcap_writer_close(w), TL_OK);
}

static void
an_existing_file_begins_anew(void **state)
{
	tl_pcap_record r;
	int fd;
	(void)state;

	for (int i = 0; i < 2; i++) {
		tl_pcap_writer *w = create();
		for (int j = i; j < 2; j++)
			put(w, text("x"), v4(7, 9), v4(1, 162), no_comment);
		assert_int_equal(tl_pcap_writer_close(w), TL_OK);
	}
	tl_pcap *p = reopen(&fd);
	assert_int_equal(tl_pcap_next(p, &r), TL_OK);
	assert_int_equal(tl_pcap_next(p, &r), TL_ENOTFOUND);
	tl_pcap_close(p);
	(void)close(fd);
}

static void
a_file_that_cannot_be_made_is_an_error(void **state)
{
	tl_pcap_writer *w;
	(void)state;

	errno = 0;
	assert_int_equal(tl_pcap_create("/nowhere/at/all", &w), TL_EIO);
	assert_int_equal(errno, ENOENT);
	errno = 0;
	assert_int_equal(tl_pcap_create("/dev/full", &w), TL_EIO);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(tl_pcap_writer_close(NULL), TL_OK);
}

/* That the file has |count| of them, and then ends well. */
static void
assert_datagrams(unsigned count)
{
	tl_pcap_record r;
	int fd;
	tl_pcap *p = reopen(&fd);

	while (count-- > 0)
		assert_int_equal(tl_pcap_next(p, &r), TL_OK);
	assert_int_equal(tl_pcap_next(p, &r), TL_ENOTFOUND);
	tl_pcap_close(p);
	(void)close(fd);
}

/* A disk that is full for a while: told once, counted, and what is there stays readable.
 */
static void
a_full_disk_is_told_once_and_counted(void **state)
{
	struct rlimit limit, before;
	tl_pcap_writer *w = create();
	tl_datagram d = {
		.bytes = text("0123456789"), .from = v4(7, 9), .to = v4(1, 162)
	};
	(void)state;

	assert_int_equal(tl_pcap_write(w, &d, no_comment), TL_OK);
	assert_int_equal(tl_pcap_flush(w), TL_OK);
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 200; /* in the middle of the second datagram's block */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(tl_pcap_write(w, &d, no_comment), TL_OK);
	assert_int_equal(tl_pcap_flush(w), TL_EIO);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(tl_pcap_write(w, &d, no_comment), TL_OK);
	assert_int_equal(tl_pcap_write(w, &d, no_comment), TL_OK);
	assert_int_equal(tl_pcap_flush(w), TL_OK);
	assert_int_equal(tl_pcap_unwritten(w), 3);
	assert_datagrams(1); /* half a block was taken back */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(tl_pcap_write(w, &d, no_comment), TL_OK);
	assert_int_equal(tl_pcap_unwritten(w), 3);
	assert_int_equal(tl_pcap_writer_close(w), TL_OK);
	assert_datagrams(2);
}

/* A reader of a pipe that goes away. */
static void
a_closed_pipe_is_told_once_and_counted(void **state)
{
	tl_datagram d = { .bytes = text("x"), .from = v4(7, 9), .to = v4(1, 162) };
	tl_pcap_writer *w;
	char name[32];
	int ends[2];
	(void)state;

	assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	assert_int_equal(pipe(ends), 0);
	(void)snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
	assert_int_equal(tl_pcap_create(name, &w), TL_OK);
	(void)close(ends[0]);
	(void)close(ends[1]);
	assert_int_equal(tl_pcap_write(w, &d, no_comment), TL_OK);
	assert_int_equal(tl_pcap_flush(w), TL_EIO);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(tl_pcap_write(w, &d, no_comment), TL_OK);
	assert_int_equal(tl_pcap_flush(w), TL_OK);
	assert_int_equal(tl_pcap_unwritten(w), 2);
	assert_int_equal(tl_pcap_writer_close(w), TL_OK);
}

/* Reads what |command| prints; NULL when it cannot be run. */
static char *
output_of(const char *command)
{
	static char out[65536];
	FILE *f = popen(command, "r");
	size_t n = f == NULL ? 0 : fread(out, 1, sizeof out - 1, f);

	out[n] = '\0';
	return f != NULL && pclose(f) == 0 ? out : NULL;
}

/* tshark decodes the SNMP inside, finds the checksums good, and shows time and comment.
 */
static void
tshark_reads_it(void **state)
{
	static const uint8_t trap[] = { 0x30, 0x2f, 2, 1, 1, 4, 6, 'p', 'u', 'b', 'l',
		'i', 'c', 0xa7, 0x22, 2, 1, 5, 2, 1, 0, 2, 1, 0, 0x30, 0x17, 0x30, 0x15,
		6, 10, 0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0, 6, 7, 0x2b, 6, 1, 6, 3, 1, 1 };
	tl_pcap_writer *w;
	char command[512];
	const char *out;
	(void)state;

	if (output_of("tshark -v 2>/dev/null") == NULL) {
		print_message("# no tshark here: skipped\n");
		return;
	}
	w = create();
	put(w, (tl_span){ trap, sizeof trap }, v4(7, 50000), v4(1, 162), no_comment);
	put(w, (tl_span){ trap, 20 }, v6(7, 50001), v6(1, 162),
	    text("refused: ber-truncated at offset 3, msgVersion"));
	assert_int_equal(tl_pcap_writer_close(w), TL_OK);
	(void)snprintf(command, sizeof command,
	    "tshark -r %s -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields "
	    "-E separator='|' -e frame.time_epoch -e ip.src -e ipv6.src -e udp.srcport "
	    "-e ip.checksum.status -e udp.checksum.status -e snmp.community "
	    "-e frame.comment 2>/dev/null",
	    path);
	out = output_of(command);
	assert_non_null(out);
	assert_string_equal(out, "1800000000.123506789|192.0.2.7||50000|1|1|public|\n"
				 "1800000000.123506790||2001:db8::7|50001||1||"
				 "refused: ber-truncated at offset 3, msgVersion\n");
}

/* What Wireshark's own tools write of it is read as well. */
static void
formats_of_editcap_are_read(void **state)
{
	static const char *const formats[] = { "pcap", "nsecpcap", "pcapng" };
	char command[512], converted[80];
	tl_pcap_writer *w;
	tl_pcap_record r;
	(void)state;

	if (output_of("editcap -h 2>/dev/null") == NULL) {
		print_message("# no editcap here: skipped\n");
		return;
	}
	w = create();
	put(w, text("hello"), v4(7, 50000), v4(1, 162), no_comment);
	put(w, text("hello"), v6(7, 50000), v6(1, 162), text("a comment"));
	assert_int_equal(tl_pcap_writer_close(w), TL_OK);
	for (size_t i = 0; i < 3; i++) {
		tl_pcap *p;
		(void)snprintf(converted, sizeof converted, "%s.%s", path, formats[i]);
		(void)snprintf(command, sizeof command, "editcap -F %s %s %s 2>/dev/null",
		    formats[i], path, converted);
		assert_non_null(output_of(command));
		int fd = open(converted, O_RDONLY);
		assert_int_equal(unlink(converted), 0);
		assert_int_equal(tl_pcap_open_fd(fd, 0, &p), TL_OK);
		for (int j = 0; j < 2; j++) {
			assert_int_equal(tl_pcap_next(p, &r), TL_OK);
			assert_int_equal(r.datagram.bytes.len, 5);
			assert_memory_equal(r.datagram.bytes.ptr, "hello", 5);
			assert_true(r.datagram.realtime_ns / (i == 0 ? 1000 : 1) ==
				    INT64_C(1800000000123506789) / (i == 0 ? 1000 : 1));
		}
		assert_int_equal(tl_pcap_next(p, &r), TL_ENOTFOUND);
		tl_pcap_close(p);
		(void)close(fd);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make_path, remove_path)
	const struct CMUnitTest tests[] = {
		T(what_is_written_is_read_again),
		T(lengths_keep_within_16_bits),
		T(a_local_address_that_is_not_known_is_fine),
		T(comments_are_made_printable_and_bounded),
		T(nothing_is_in_the_file_before_the_flush),
		T(an_existing_file_begins_anew),
		T(a_file_that_cannot_be_made_is_an_error),
		T(a_full_disk_is_told_once_and_counted),
		T(a_closed_pipe_is_told_once_and_counted),
		T(tshark_reads_it),
		T(formats_of_editcap_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
