/* pipeline/event.c: what stages read of an event and add to it. The worker makes one for
 * every notification. */
#include "pipeline/event.h"

const char *
suppression_word(suppression why)
{
	static const char *const words[] = { "",
#define TL_X(name, word, text) word,
		SUPPRESSIONS(TL_X)
#undef TL_X
	};

	return (unsigned)why < SUPPRESSION_COUNT ? words[why] : "";
}

void
event_init(event *ev, const tl_notification *n, const tl_mib *mib, tl_arena *arena)
{
	ev->n = n;
	ev->own = NULL;
	ev->mib = mib;
	ev->arena = arena;
	ev->trap = mib != NULL ? tl_mib_find_notification(mib, n->trap_oid) : NULL;
	ev->j = (tl_judgement){ .tags = ev->tags, .fields = ev->fields };
	ev->device = n->from;
	ev->device.port = 0;
	ev->routes = UINT64_MAX;
	ev->suppressed = SUPPRESSED_NOT;
	ev->rule = 0;
	ev->alarm = TL_ALARM_UNSAID;
	ev->source_order = NULL;
	ev->charset = NULL;
	ev->memo = NULL;
}

tl_span
event_field(const event *ev, tl_span name)
{
	size_t i = event_field_at(ev, name);

	return i < ev->j.field_count ? ev->fields[i].text : (tl_span){ NULL, 0 };
}

const tl_span *
event_find_field(const event *ev, tl_span name)
{
	size_t i = event_field_at(ev, name);

	if (i < ev->j.field_count)
		return &ev->fields[i].text;
	for (i = 0; ev->own != NULL && i < ev->own->field_count; i++)
		if (spans_equal(ev->own->fields[i].name, name))
			return &ev->own->fields[i].text;
	return NULL;
}

tl_oid
event_trap_oid(const event *ev)
{
	static const tl_oid none;

	return ev->n != NULL     ? ev->n->trap_oid
	       : ev->own != NULL ? ev->own->trap_oid
				 : none;
}

const tl_mib_node *
event_trap(const event *ev)
{
	if (ev->own == NULL || ev->mib == NULL)
		return ev->trap;
	return tl_mib_find_notification(ev->mib, ev->own->trap_oid);
}

tl_oid
event_enterprise(const event *ev)
{
	static const uint8_t object[] = { 0x2b, 6, 1, 6, 3, 1, 1, 4, 3, 0 };
	const tl_oid none = { NULL, 0 };

	if (ev->n == NULL || ev->n->v1.present)
		return ev->n != NULL ? ev->n->v1.enterprise : none;
	const tl_varbind *vb = event_varbind(ev, (tl_oid){ object, sizeof object });
	return vb != NULL && vb->type == TL_T_OID ? vb->v.oid : none;
}

const tl_varbind *
event_varbind(const event *ev, tl_oid object)
{
	for (size_t i = 0; ev->n != NULL && i < ev->n->vb_count; i++)
		if (tl_oid_starts_with(ev->n->vb[i].name, object))
			return &ev->n->vb[i];
	return NULL;
}
