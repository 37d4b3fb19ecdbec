/* fuzz/fuzz_dissect.c: any bytes as a message, a scopedPDU and a PDU: the pieces cover
 * each byte once, in order. */
#include <stdlib.h>

#include "trapline/dissect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(tl_dissector *d, tl_dissect_what what, tl_span bytes)
{
	static uint8_t room[1 << 16];
	tl_dissect_item item;
	size_t covered = 0, pieces = 0;
	tl_buf meaning = { .ptr = room, .cap = sizeof room };

	tl_dissector_start(d, what, bytes, 0);
	while (tl_dissector_next(d, &item, &meaning)) {
		if (item.offset != covered ||
		    ++pieces > 2 * bytes.len + TL_DISSECT_DEPTH + 1)
			abort();
		covered += item.header_len + (item.inner ? 0 : item.content_len);
		meaning.len = 0;
	}
	if (covered != bytes.len)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tl_dissector *d;

	if (tl_dissector_new(&d) != TL_OK)
		abort();
	for (int what = TL_DISSECT_MESSAGE; what <= TL_DISSECT_PDU; what++)
		walk(d, (tl_dissect_what)what, (tl_span){ data, size });
	tl_dissector_free(d);
	return 0;
}
