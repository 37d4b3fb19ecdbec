/* cli/netsnmp_dump.c: see netsnmp_dump.h. */
#include "cli/netsnmp_dump.h"

#include <stdio.h>
#include <string.h>

#include "trapline/render.h"

enum { ROW = 16 };

/* "0000: 30 45 02 01  01 04 ...    0E...." */
static void
print_row(const uint8_t *bytes, size_t count, size_t at)
{
	fprintf(stderr, "%04zu: ", at);
	for (size_t i = 0; i < ROW; i++) {
		if (i < count)
			fprintf(stderr, "%02X ", bytes[i]);
		else
			fputs("   ", stderr);
		if (i % 4 == 3 && i + 1 < ROW)
			fputc(' ', stderr);
	}
	fputs("   ", stderr);
	for (size_t i = 0; i < count; i++)
		fputc(bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '.', stderr);
	fputc('\n', stderr);
}

void
netsnmp_dump(void *unused, bool sent, tl_span message, const tl_endpoint *peer)
{
	char address[TL_ADDRESS_TEXT_MAX];
	(void)unused;

	tl_address_text(peer, address);
	const char *transport = strchr(address, ':') != NULL ? "UDP/IPv6" : "UDP";
	fprintf(stderr,
	    sent ? "\nSending %zu bytes to %s: [%s]:%u\n"
		 : "\nReceived %zu byte packet from %s: [%s]:%u\n",
	    message.len, transport, address, peer->port);
	for (size_t i = 0; i < message.len; i += ROW)
		print_row(
		    message.ptr + i, message.len - i < ROW ? message.len - i : ROW, i);
	fputc('\n', stderr);
}
