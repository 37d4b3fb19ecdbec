/* fuzz/fuzz_bulk.c: any bytes as what a server answers to _bulk, or to Splunk's Event
 * Collector. The first says how many events were sent. Each is settled at most one way,
 * and all are when it says so. */
#include <stdlib.h>
#include <string.h>

#include "outputs/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { EVENTS_MAX = 8, ARENA_BYTES = 64 << 10 };

static void
judge(const http_api *api, tl_span body, size_t count, tl_arena *arena)
{
	static http h;
	progress_item items[EVENTS_MAX] = { 0 };
	size_t places[EVENTS_MAX], settled = 0;
	const http_reply reply = { .status = 200, .body = body };

	for (size_t i = 0; i < count; i++)
		places[i] = i;
	h = (http){ .arena = arena,
		.asked = places,
		.asked_count = count,
		.progress = { .all = 1, .at = items, .count = count } };
	bool all = api->judge(&h, &reply);
	for (size_t i = 0; i < count; i++) {
		if ((items[i].has & items[i].never) != 0)
			abort();
		settled += (items[i].has | items[i].never) == 1;
	}
	if (all != (settled == count) || (!all && h.problem[0] == '\0') ||
	    memchr(h.problem, '\0', sizeof h.problem) == NULL)
		abort();
	http_complain_of(&h, 500, body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static tl_arena *arena;

	if (arena == NULL && tl_arena_new(ARENA_BYTES, &arena) != TL_OK)
		abort();
	if (len == 0)
		return 0;
	const tl_span body = { data + 1, len - 1 };
	size_t count = 1 + data[0] % EVENTS_MAX;
	judge(&http_elasticsearch, body, count, arena);
	judge(&http_splunk, body, count, arena);
	return 0;
}
