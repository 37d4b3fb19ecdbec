/* cli/objects.c: see objects.h. */
#include "cli/objects.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/cli.h"

enum { TEXT_ROOM = 256 };

typedef struct checker {
	const tl_mib *mib;
	const char *command;
	size_t found;
} checker;

__attribute__((format(printf, 2, 3))) static void
differ(checker *c, const char *format, ...)
{
	char text[4 * TEXT_ROOM];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	cli_error(c->command, "warning: %s", text);
	c->found++;
}

/* A definition's name for printf: NAME. */
#define NAME "%.*s::%.*s"
#define SPAN(s) (int)(s).len, (const char *)(s).ptr
#define NAMED(c, node)                                                                   \
	SPAN(tl_mib_node_module((c)->mib, node)), SPAN(tl_mib_node_name((c)->mib, node))

/* An object of its own: whether it has an instance and the right type. */
static void
check_object(checker *c, const tl_varbind *vb)
{
	tl_mib_match m = tl_mib_find(c->mib, vb->name);
	uint8_t room[TEXT_ROOM];
	tl_buf text = { .ptr = room, .cap = sizeof room };
	bool mismatch = false;

	if (m.node == NULL || tl_mib_node_kind(m.node) != TL_MIB_OBJECT)
		return;
	if (m.rest.len == 0)
		differ(c, NAME " has no instance: .0 for a scalar, .INDEX for a column",
		    NAMED(c, m.node));
	tl_mib_value_text(c->mib, m.node, vb, &text, &mismatch);
	if (mismatch)
		differ(c, "the value of " NAME " does not fit its definition",
		    NAMED(c, m.node));
}

/* The objects in their order: each lies below that of the definition. */
static void
check_list(checker *c, const tl_mib_node *notification, const tl_outgoing *out)
{
	const tl_mib_node *object;
	size_t i = 0;

	for (; (object = tl_mib_node_object(c->mib, notification, i)) != NULL; i++) {
		if (i >= out->vb_count)
			differ(c, NAME " has object %zu, " NAME ", which is missing",
			    NAMED(c, notification), i + 1, NAMED(c, object));
		else if (!tl_oid_starts_with(
			     out->vb[i].name, tl_mib_node_oid(c->mib, object)))
			differ(c, "object %zu of " NAME " is " NAME ", not what is given",
			    i + 1, NAMED(c, notification), NAMED(c, object));
	}
	if (out->vb_count > i)
		differ(c, NAME " has %zu objects, %zu are given", NAMED(c, notification),
		    i, out->vb_count);
}

size_t
objects_check(const tl_mib *mib, const char *command, const tl_outgoing *out)
{
	checker c = { mib, command, 0 };
	const tl_mib_node *notification = tl_mib_find_notification(mib, out->trap_oid);
	tl_mib_match exact = tl_mib_find(mib, out->trap_oid);

	if (notification != NULL)
		check_list(&c, notification, out);
	else if (exact.node != NULL && tl_mib_node_kind(exact.node) == TL_MIB_OBJECT)
		differ(
		    &c, NAME " is an object and no notification", NAMED(&c, exact.node));
	for (size_t i = 0; i < out->vb_count; i++)
		check_object(&c, &out->vb[i]);
	return c.found;
}
