/* YAML into a tree: aliases, merge keys, repeats, and every bound. */
#include "conf/help.h"
#include "conf/tree.h"

static tl_pool pool;
static tl_conf_errors errors;

static const tl_node *
tree(const char *yaml)
{
	return tl_tree_read(span_of(yaml), "t.yaml", &pool, &errors);
}

static int
clear(void **state)
{
	(void)state;
	tl_pool_free(&pool);
	tl_conf_errors_free(&errors);
	return 0;
}

static void
assert_error(const char *yaml, unsigned line, unsigned column, const char *text)
{
	clear(NULL);
	(void)tree(yaml);
	assert_int_equal(errors.count, 1);
	assert_string_equal(errors.at[0].text, text);
	assert_int_equal(errors.at[0].mark.line, line);
	assert_int_equal(errors.at[0].mark.column, column);
}

static const char *
text_of(const tl_node *map, const char *key)
{
	const tl_node *n = tl_node_get(map, key);

	assert_non_null(n);
	assert_int_equal(n->kind, TL_NODE_TEXT);
	return n->text;
}

static void
test_values_stay_text(void **state)
{
	const tl_node *root = tree("a: no\nb: 0x10\nc: '~'\nd: ~\ne:\nf: \"\"\n");

	(void)state;
	assert_string_equal(text_of(root, "a"), "no");
	assert_string_equal(text_of(root, "b"), "0x10");
	assert_false(tl_node_is_empty(tl_node_get(root, "c")));
	assert_true(tl_node_is_empty(tl_node_get(root, "d")));
	assert_true(tl_node_is_empty(tl_node_get(root, "e")));
	assert_false(tl_node_is_empty(tl_node_get(root, "f")));
	assert_null(tl_node_get(root, "g"));
}

static void
test_places_count_characters(void **state)
{
	const tl_node *root = tree("a: 1\n\xc3\xa4\xc3\xb6: [x,  y]\n");

	(void)state;
	const tl_node *list = tl_node_get(root, "\xc3\xa4\xc3\xb6");
	assert_int_equal(list->mark.line, 2);
	assert_int_equal(list->mark.column, 5);
	assert_int_equal(list->items[1]->mark.column, 10);
}

static void
test_empty_text_is_an_empty_map(void **state)
{
	(void)state;
	assert_int_equal(tree("")->kind, TL_NODE_MAP);
	assert_int_equal(tree("# nothing\n")->count, 0);
}

static void
test_aliases_stand_for_what_they_name(void **state)
{
	const tl_node *root = tree("a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x\n");

	(void)state;
	assert_ptr_equal(tl_node_get(root, "a"), tl_node_get(root, "b"));
	assert_string_equal(text_of(root, "d"), "3");
}

static void
test_merge_keys_yield_to_own_and_earlier_ones(void **state)
{
	const tl_node *root = tree("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\n"
				   "z:\n  a: 0\n  <<: [*x, *y]\n");
	const tl_node *z = tl_node_get(root, "z");

	(void)state;
	assert_int_equal(errors.count, 0);
	assert_int_equal(z->count, 3);
	assert_string_equal(text_of(z, "a"), "0");
	assert_string_equal(text_of(z, "b"), "1");
	assert_string_equal(text_of(z, "c"), "2");
}

static void
test_refuses_what_no_tree_is_made_of(void **state)
{
	(void)state;
	assert_error(
	    "a: 1\nb: 2\na: 3\n", 3, 1, "the key 'a' is there already, in line 1");
	assert_error("a: *b\n", 1, 4, "there is no anchor of this name before it");
	assert_error("a: &b [*b]\n", 1, 8, "the alias stands for what it is part of");
	assert_error("a: !!str 1\n", 1, 4,
	    "tags ('!...') mean nothing here; a text that begins with an exclamation "
	    "mark "
	    "needs quotes");
	assert_error("a: \"\\0\"\n", 1, 4, "a NUL character");
	assert_error(
	    "a: 1\n---\nb: 2\n", 2, 1, "a second document: a configuration is one");
	assert_error("[a]: 1\n", 1, 1, "a key must be a text");
	assert_error("a: {<<: 1}\n", 1, 9, "'<<' takes a mapping, or a list of mappings");
	assert_error("a: @b\n", 1, 4,
	    "found character that cannot start any token while scanning for the next "
	    "token; a text that begins with @ needs quotes");
	assert_error("a: [1\n", 2, 1,
	    "did not find expected ',' or ']' while parsing a flow sequence");
	assert_error("a: 'x\xff'\n", 1, 1, "invalid leading UTF-8 octet");
}

/* "a: [[[...]]]" with |depth| lists. */
static char *
nested(unsigned depth)
{
	char *text = calloc(1, 2 * depth + 8);

	assert_non_null(text);
	memcpy(text, "a: ", 3);
	memset(text + 3, '[', depth);
	memset(text + 3 + depth, ']', depth);
	return text;
}

static void
test_takes_a_depth_of_32_refuses_more(void **state)
{
	char *most = nested(TL_TREE_DEPTH_MAX - 1), *more = nested(TL_TREE_DEPTH_MAX);

	(void)state;
	assert_non_null(tree(most));
	assert_int_equal(errors.count, 0);
	assert_error(more, 1, 3 + TL_TREE_DEPTH_MAX, "nested too deeply");
	free(most);
	free(more);
}

/* Ten aliases of ten aliases of ...: ten to the |levels|. */
static void
write_laughs(FILE *to, unsigned levels)
{
	fputs("a0: &a0 [x, x, x, x, x, x, x, x, x]\n", to);
	for (unsigned i = 1; i < levels; i++) {
		fprintf(to, "a%u: &a%u [", i, i);
		for (unsigned k = 0; k < 9; k++)
			fprintf(to, "%s*a%u", k > 0 ? ", " : "", i - 1);
		fputs("]\n", to);
	}
}

static void
test_counts_aliases_as_what_they_stand_for(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	write_laughs(to, 9);
	fclose(to);
	assert_null(tree(text));
	assert_int_equal(errors.count, 1);
	assert_string_equal(errors.at[0].text,
	    "too large: it has more than 1,000,000 values, aliases included");
	free(text);
}

/* "a: [x,x,...]" of |count| values, the list and the map and the key counted. */
static char *
values(size_t count)
{
	char *text = malloc(2 * count + 8), *at = text;

	assert_non_null(text);
	memcpy(at, "a: [x", 5);
	at += 5;
	for (size_t i = 4; i < count; i++, at += 2)
		memcpy(at, ",x", 2);
	memcpy(at, "]", 2);
	return text;
}

static void
test_takes_a_million_values_refuses_more(void **state)
{
	char *most = values(TL_TREE_NODES_MAX), *more = values(TL_TREE_NODES_MAX + 1);

	(void)state;
	assert_non_null(tree(most));
	clear(NULL);
	assert_null(tree(more));
	free(most);
	free(more);
}

static void
test_takes_1000_anchors_refuses_more(void **state)
{
	char *text = NULL;
	size_t len, whole;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	for (unsigned i = 0; i < TL_TREE_ANCHORS_MAX; i++)
		fprintf(to, "k%u: &k%u x\n", i, i);
	fflush(to);
	whole = len;
	fputs("last: &last x\n", to);
	fclose(to);
	assert_error(text, TL_TREE_ANCHORS_MAX + 1, 7, "more than 1,000 anchors");
	clear(NULL);
	text[whole] = '\0';
	assert_non_null(tree(text));
	free(text);
}

static void
test_refuses_more_than_16_mib(void **state)
{
	char *text = malloc(TL_TREE_BYTES_MAX + 2);

	(void)state;
	assert_non_null(text);
	memset(text, '#', TL_TREE_BYTES_MAX + 1);
	text[TL_TREE_BYTES_MAX] = '\0';
	assert_non_null(tree(text));
	text[TL_TREE_BYTES_MAX] = '#';
	text[TL_TREE_BYTES_MAX + 1] = '\0';
	assert_error(text, 0, 0, "larger than 16 MiB");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_values_stay_text, clear),
		cmocka_unit_test_teardown(test_places_count_characters, clear),
		cmocka_unit_test_teardown(test_empty_text_is_an_empty_map, clear),
		cmocka_unit_test_teardown(test_aliases_stand_for_what_they_name, clear),
		cmocka_unit_test_teardown(
		    test_merge_keys_yield_to_own_and_earlier_ones, clear),
		cmocka_unit_test_teardown(test_refuses_what_no_tree_is_made_of, clear),
		cmocka_unit_test_teardown(test_takes_a_depth_of_32_refuses_more, clear),
		cmocka_unit_test_teardown(
		    test_counts_aliases_as_what_they_stand_for, clear),
		cmocka_unit_test_teardown(
		    test_takes_a_million_values_refuses_more, clear),
		cmocka_unit_test_teardown(test_takes_1000_anchors_refuses_more, clear),
		cmocka_unit_test_teardown(test_refuses_more_than_16_mib, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
