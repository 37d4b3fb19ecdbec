/* engine/engine.h: what the files of engine/ share. */
#ifndef TL_ENGINE_ENGINE_H
#define TL_ENGINE_ENGINE_H

#include "engine/duplicates.h"
#include "pdu/message.h"
#include "pdu/pdu.h"
#include "usm/usm.h"

typedef struct tl_community {
	uint8_t len;
	uint8_t name[TL_COMMUNITY_MAX];
} tl_community;

struct tl_engine {
	tl_usm *usm;
	bool observer;
	uint32_t max_varbinds;
	tl_community *communities; /* none: any is accepted */
	size_t community_count;
	tl_duplicates duplicates;
	int64_t now_ns; /* monotonic, of the latest datagram */
	tl_counters counters;
};

/* One datagram on its way through tl_engine_input(): what each step found. */
typedef struct tl_work {
	tl_engine *e;
	const tl_datagram *in;
	tl_arena *arena;
	tl_notification *n;
	tl_message m;
	tl_usm_in usm;   /* version 3 */
	tl_usm_out auth; /* version 3 */
	tl_reader pdu;
	tl_diag diag;
} tl_work;

/* Reads the head of a v3 message up to what tl_usm_process() needs: |w|->usm. */
void tl_work_read_usm(tl_work *w);

/* The Report for a refused reportable message, in the arena; empty if none is due.
 * |err| is why it was refused. */
TL_CHECK tl_err tl_engine_report(tl_work *w, tl_err err, tl_span *out);

#endif
