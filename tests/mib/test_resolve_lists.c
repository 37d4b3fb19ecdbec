/* mib/lists.c: objects of notifications, and indexes. */
#include "resolving_test.h"

#define HEAD(name, imports)                                                              \
	name " DEFINITIONS ::= BEGIN\nIMPORTS enterprises FROM SNMPv2-SMI " imports ";"  \
	     "\n"
#define OID(name, value) name " OBJECT IDENTIFIER ::= { " value " }\n"
#define OBJECT(name, value)                                                              \
	name " OBJECT-TYPE SYNTAX INTEGER MAX-ACCESS read-only STATUS current "          \
	     "DESCRIPTION \"\" ::= { " value " }\n"
#define ROW(name, index, value)                                                          \
	name " OBJECT-TYPE SYNTAX Entry MAX-ACCESS not-accessible STATUS current "       \
	     "DESCRIPTION \"\" " index " ::= { " value " }\n"
#define NOTE(name, objects, value)                                                       \
	name " NOTIFICATION-TYPE OBJECTS { " objects " } STATUS current "                \
	     "DESCRIPTION \"\" ::= { " value " }\n"

static resolving r;

static int
finish(void **state)
{
	(void)state;
	resolving_fini(&r);
	return 0;
}

static void
test_lists_the_objects_of_a_notification(void **state)
{
	(void)state;
	READ(&r,
	    HEAD("A", "there FROM B") OBJECT("here", "enterprises 1")
		NOTE("note", "here, gone, there", "enterprises 9") NOTE(
		    "none", "gone", "enterprises 10") "trap TRAP-TYPE ENTERPRISE "
						      "enterprises VARIABLES { there } "
						      "::= 3\nEND\n",
	    HEAD("B", "") OBJECT("there", "enterprises 2")
		OBJECT("here", "enterprises 3") "END\n");
	assert_list(&r, "A", "note", "A::here B::there");
	assert_list(&r, "A", "none", "");
	assert_list(&r, "A", "trap", "B::there");
	assert_problem(&r, "A:4 no-object note||gone|");
	assert_int_equal(0, count_problems(&r, "A:5 no-object"));
}

static void
test_prefers_objects_to_notifications_of_the_name(void **state)
{
	(void)state;
	READ(&r, HEAD("A", "") OBJECT("both", "enterprises 1")
		     NOTE("both", "both", "enterprises 9") "END\n");
	uint32_t note = def_named(&r, "A", "both", TL_MIB_NOTIFICATION, 0);
	uint32_t object = def_named(&r, "A", "both", TL_MIB_OBJECT, 0);
	const uint32_t *list =
	    TL_VEC_AT(&r.set.lists, const uint32_t, set_def(&r, note)->list);
	assert_int_equal(1, list[0]);
	assert_int_equal(object, list[1]);
}

static void
test_guesses_objects_that_are_not_imported(void **state)
{
	(void)state;
	READ(&r, HEAD("A", "") NOTE("note", "there", "enterprises 9") "END\n",
	    HEAD("B", "") OBJECT("there", "enterprises 2") "END\n");
	assert_list(&r, "A", "note", "B::there");
	assert_problem(&r, "A:3 guessed A||there|B");
}

static void
test_gives_columns_the_index_of_their_row(void **state)
{
	(void)state;
	READ(&r,
	    HEAD("A", "outer FROM B") OID("table", "enterprises 1") ROW("row",
		"INDEX { outer, IMPLIED column }", "table 1") OBJECT("column", "row 1")
		OBJECT("other", "row 2") OBJECT("scalar", "enterprises 5") "END\n",
	    HEAD("B", "") OBJECT("outer", "enterprises 2") "END\n");
	assert_list(&r, "A", "row", "B::outer IMPLIED A::column");
	assert_list(&r, "A", "column", "B::outer IMPLIED A::column");
	assert_list(&r, "A", "other", "B::outer IMPLIED A::column");
	assert_list(&r, "A", "scalar", NULL);
	assert_list(&r, "A", "table", NULL);
	assert_int_equal(
	    nth_def(&r, "A", "row", 0)->list, nth_def(&r, "A", "other", 0)->list);
}

static void
test_keeps_the_place_of_index_items_that_are_not_known(void **state)
{
	(void)state;
	READ(&r, HEAD("A", "") ROW("row", "INDEX { gone, column }", "enterprises 1")
		     ROW("old", "INDEX { INTEGER, column }", "enterprises 2")
			 OBJECT("column", "row 1") "END\n");
	assert_list(&r, "A", "row", "?::? A::column");
	assert_list(&r, "A", "old", "?::? A::column");
	assert_problem(&r, "A:3 no-object row||gone|");
	assert_int_equal(0, count_problems(&r, "A:4 no-object"));
}

static void
test_borrows_the_index_of_the_row_that_is_augmented(void **state)
{
	(void)state;
	READ(&r,
	    HEAD("A", "rowB FROM B") ROW("rowA", "AUGMENTS { rowB }", "enterprises 1")
		OBJECT("a", "rowA 1")
		    ROW("lost", "AUGMENTS { gone }", "enterprises 7") "END\n",
	    HEAD("B", "rowC FROM C")
		ROW("rowB", "AUGMENTS { rowC }", "enterprises 2") "END\n",
	    HEAD("C", "") ROW("rowC", "INDEX { c }", "enterprises 3")
		OBJECT("c", "rowC 1") "END\n",
	    HEAD("D", "") ROW("rowC", "INDEX { c }", "enterprises 4")
		OBJECT("c", "rowC 1") "END\n");
	assert_list(&r, "B", "rowB", "C::c");
	assert_list(&r, "A", "rowA", "C::c");
	assert_list(&r, "A", "a", "C::c");
	assert_list(&r, "A", "lost", NULL);
	assert_problem(&r, "A:5 no-object lost||gone|");
}

static void
test_ends_where_rows_augment_each_other(void **state)
{
	(void)state;
	READ(&r, HEAD("A", "") ROW("ring", "AUGMENTS { gnir }", "enterprises 1")
		     ROW("gnir", "AUGMENTS { ring }", "enterprises 2")
			 ROW("self", "AUGMENTS { self }", "enterprises 3") "END\n");
	assert_list(&r, "A", "ring", NULL);
	assert_list(&r, "A", "self", NULL);
}

/* What only says the same again is not in the set, and what refers to it finds the
 * other. */
static void
test_refers_to_the_definition_that_stays(void **state)
{
	(void)state;
	READ(&r,
	    HEAD("A", "") OBJECT("object", "enterprises 1")
		OID("x", "enterprises 5") "END\n",
	    HEAD("A", "") OBJECT("object", "enterprises 1")
		NOTE("note", "object", "enterprises 2") OID("x", "enterprises 5")
		    OID("y", "enterprises 6") "END\n",
	    HEAD("A", "") OBJECT("object", "enterprises 1")
		NOTE("more", "object", "enterprises 3") "END\n");
	uint32_t object = def_named(&r, "A", "object", 0, 0);
	assert_int_equal(UINT32_MAX, def_named(&r, "A", "object", 0, object + 1));
	assert_list(&r, "A", "note", "A::object");
	assert_list(&r, "A", "more", "A::object");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_lists_the_objects_of_a_notification),
		TEST(test_prefers_objects_to_notifications_of_the_name),
		TEST(test_guesses_objects_that_are_not_imported),
		TEST(test_gives_columns_the_index_of_their_row),
		TEST(test_keeps_the_place_of_index_items_that_are_not_known),
		TEST(test_borrows_the_index_of_the_row_that_is_augmented),
		TEST(test_ends_where_rows_augment_each_other),
		TEST(test_refers_to_the_definition_that_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
