/* fuzz/fuzz_sender.c: any bytes as answers, |what| being v2c, v3 without or with a
 * digest, or engine discovery. The ID of what was sent is put where an answer has it. */
#include <stdlib.h>
#include <string.h>

#include "trapline/sender.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t oid[9] = { 0x2b, 6, 1, 6, 3, 1, 1, 5, 1 }, key[20];
	static uint8_t room[TL_SENDER_BUFFER_BYTES];
	const size_t len = size > 0 ? size - 1 : 0, what = size > 0 ? data[0] % 4 : 0;
	const size_t at = what == 0 ? 17 : 9;
	tl_user user = { 0 };
	tl_sender_options opt = { .version = what == 0 ? 2 : 3, .user = &user };
	const tl_outgoing out = { .kind = TL_INFORM, .trap_oid = { oid, sizeof oid } };
	tl_buf buf = { .ptr = room, .cap = sizeof room };
	uint8_t *in = malloc(len > 0 ? len : 1);
	tl_span sent;
	uint64_t ticket;
	tl_sender *s;
	opt.peer.engine_id_len = what == 3 ? 0 : 5;
	user.auth = what == 2 ? TL_AUTH_SHA1 : TL_AUTH_NONE;
	if (what == 2)
		user.auth_secret = (tl_secret){ TL_SECRET_MASTER_KEY, { key, 20 } };
	if (tl_sender_new(&opt, &s) != TL_OK ||
	    tl_sender_notify(s, &out, 0, &ticket) != TL_OK ||
	    tl_sender_next_output(s, 0, &buf, &sent) != TL_OK)
		abort();
	memcpy(in, data + (size > 0), len);
	if (len >= at + 4 && in[at - 1] == 4)
		memcpy(in + at, sent.ptr + at + (sent.ptr[1] == 0x81), 4);
	if (tl_sender_input(s, (tl_span){ in, len }, 1) != TL_OK)
		abort();
	free(in);
	return tl_sender_free(s), 0;
}
