/* fault/test_resolve.c: resolving modules, with one allocation after another failing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fault/failmalloc.h"
#include "mib/resolving.h"

/* Something for each step: types, labels, guesses, duplicates, lists, what is lost. */
static const char *const sources[] = {
	"SNMPv2-SMI DEFINITIONS ::= BEGIN\n"
	"enterprises OBJECT IDENTIFIER ::= { iso org(3) dod internet(1) 4 1 }\nEND\n",
	"A DEFINITIONS ::= BEGIN IMPORTS enterprises FROM SNMPv2-SMI other FROM B\n"
	"gone FROM GONE-MIB statistics FROM RFC1271-MIB;\n"
	"State ::= INTEGER { up(1), down(2) }\n"
	"twice OBJECT IDENTIFIER ::= { enterprises 1 }\n"
	"twice OBJECT IDENTIFIER ::= { enterprises 2 }\n"
	"row OBJECT-TYPE SYNTAX Row MAX-ACCESS not-accessible STATUS current\n"
	"DESCRIPTION \"\" INDEX { state } ::= { twice 1 }\n"
	"state OBJECT-TYPE SYNTAX State MAX-ACCESS read-only STATUS current\n"
	"DESCRIPTION \"\" ::= { row 1 }\n"
	"note NOTIFICATION-TYPE OBJECTS { state, missing } STATUS current\n"
	"DESCRIPTION \"\" ::= { guessed 1 }\n"
	"lost OBJECT IDENTIFIER ::= { gone 1 }\n"
	"wrong OBJECT-TYPE SYNTAX Unknown MAX-ACCESS read-only STATUS current\n"
	"DESCRIPTION \"\" ::= { statistics 1 }\nEND\n",
	"A DEFINITIONS ::= BEGIN row OBJECT IDENTIFIER ::= { 1 3 1 } END\n",
	"B DEFINITIONS ::= BEGIN guessed OBJECT IDENTIFIER ::= { 1 3 2 } END\n",
	"RMON-MIB DEFINITIONS ::= BEGIN statistics OBJECT IDENTIFIER ::= { 1 3 3 } END\n",
};

/* Resolving uses the arcs up; each time begins with all of them. */
static tl_smi_arc arcs[256];
static uint32_t arc_count;

static tl_err
give_arcs(resolving *r)
{
	tl_vec_free(&r->tree.arcs);
	tl_smi_arc *to = tl_vec_grow(&r->tree.arcs, sizeof *to, arc_count);

	if (to == NULL)
		return TL_ENOMEM;
	memcpy(to, arcs, arc_count * sizeof *to);
	return TL_OK;
}

static tl_err
resolve_once(void *arg)
{
	resolving *r = arg;
	tl_err err = give_arcs(r);

	if (err == TL_OK)
		err = resolve_all(r);

	if (err == TL_OK)
		assert_int_equal(10, r->set.defs.count);
	tl_mib_set_fini(&r->set);
	return err;
}

static void
test_resolving_survives_each_failing_allocation(void **state)
{
	static resolving r;
	(void)state;

	assert_true(resolving_init(&r));
	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
		assert_true(add_source(&r, "file", text_span(sources[i])));
	arc_count = r.tree.arcs.count;
	assert_true(arc_count <= sizeof arcs / sizeof arcs[0]);
	memcpy(arcs, r.tree.arcs.ptr, arc_count * sizeof *arcs);
	assert_true(fail_each(resolve_once, &r) > 20);
	resolving_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolving_survives_each_failing_allocation),
	};
	fail_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
