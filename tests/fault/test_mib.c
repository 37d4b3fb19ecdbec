/* tests/fault/test_mib.c: making a dictionary while allocations fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fault/failmalloc.h"
#include "trapline/mib_builder.h"

static const char text[] =
    "ACME-MIB DEFINITIONS ::= BEGIN\n"
    "IMPORTS OBJECT-TYPE, NOTIFICATION-TYPE, enterprises FROM SNMPv2-SMI\n"
    "    TEXTUAL-CONVENTION FROM SNMPv2-TC gone FROM GONE-MIB;\n"
    "acme OBJECT IDENTIFIER ::= { enterprises 99999 }\n"
    "AcmeName ::= TEXTUAL-CONVENTION DISPLAY-HINT \"255a\" STATUS current\n"
    "    DESCRIPTION \"\" SYNTAX OCTET STRING (SIZE (0..255))\n"
    "acmeTable OBJECT-TYPE SYNTAX SEQUENCE OF AcmeEntry\n"
    "    MAX-ACCESS not-accessible STATUS current DESCRIPTION \"\" ::= { acme 1 }\n"
    "acmeEntry OBJECT-TYPE SYNTAX AcmeEntry\n"
    "    MAX-ACCESS not-accessible STATUS current DESCRIPTION \"\"\n"
    "    INDEX { IMPLIED acmeName } ::= { acmeTable 1 }\n"
    "AcmeEntry ::= SEQUENCE { acmeName AcmeName, acmeState INTEGER }\n"
    "acmeName OBJECT-TYPE SYNTAX AcmeName\n"
    "    MAX-ACCESS not-accessible STATUS current DESCRIPTION \"\" ::= { acmeEntry 1 }\n"
    "acmeState OBJECT-TYPE SYNTAX INTEGER { good(1), bad(2) }\n"
    "    MAX-ACCESS read-only STATUS current DESCRIPTION \"\" ::= { acmeEntry 2 }\n"
    "acmeTrap NOTIFICATION-TYPE OBJECTS { acmeState } STATUS current\n"
    "    DESCRIPTION \"\" ::= { acme 0 7 }\n"
    "END\n"
    "LOST-MIB DEFINITIONS ::= BEGIN lost OBJECT IDENTIFIER ::= { gone 1 } \" END\n";

static tl_err
scenario(void *arg)
{
	const tl_mib_builder_options opt = { .bare = *(bool *)arg };
	const tl_span source = { (const uint8_t *)text, sizeof text - 1 };
	tl_mib_builder *b = NULL;
	tl_mib *mib = NULL;
	tl_err err = tl_mib_builder_new(&opt, &b);

	if (err == TL_OK)
		err = tl_mib_builder_add_source(b, source, source);
	if (err == TL_OK)
		err = tl_mib_builder_build(b, &mib, NULL);
	if (err == TL_OK)
		assert_non_null(tl_mib_find_name(mib, "ACME-MIB::acmeTrap", 18));
	tl_mib_builder_free(b);
	tl_mib_free(mib);
	return err;
}

static void
test_a_dictionary_of_sources_alone(void **state)
{
	bool bare = true;
	(void)state;

	assert_true(fail_each(scenario, &bare) > 20);
}

static void
test_a_dictionary_with_the_builtin_modules(void **state)
{
	bool bare = false;
	(void)state;

	assert_true(fail_each(scenario, &bare) > 20);
}

static tl_err
nothing_after_a_failure(void *arg)
{
	const tl_span source = { (const uint8_t *)text, sizeof text - 1 };
	tl_mib_builder *b = NULL;
	tl_mib *mib = NULL;
	tl_err err = tl_mib_builder_new(arg, &b);

	if (err != TL_OK)
		return err;
	err = tl_mib_builder_add_source(b, source, source);
	if (err != TL_OK) {
		assert_int_equal(err, tl_mib_builder_add_source(b, source, source));
		assert_int_equal(err, tl_mib_builder_build(b, &mib, NULL));
	}
	tl_mib_builder_free(b);
	return err;
}

static void
test_a_builder_that_failed_stays_so(void **state)
{
	(void)state;
	assert_true(fail_each(nothing_after_a_failure, NULL) > 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_dictionary_of_sources_alone),
		cmocka_unit_test(test_a_dictionary_with_the_builtin_modules),
		cmocka_unit_test(test_a_builder_that_failed_stays_so),
	};
	fail_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
