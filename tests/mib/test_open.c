/* tests/mib/test_open.c: dictionaries from bytes: their own, damaged ones, and such as
 * somebody made up. */
#include "help.h"
#include "sample.h"
#include "use.h"

/* A copy of the sample's bytes, to be freed. */
static uint8_t *
sample_bytes(size_t *len)
{
	tl_mib *mib = mib_of(sample_text);
	tl_span contents = tl_mib_contents(mib);
	uint8_t *copy = malloc(contents.len);

	assert_non_null(copy);
	memcpy(copy, contents.ptr, contents.len);
	*len = contents.len;
	tl_mib_free(mib);
	return copy;
}

static tl_err
open_bytes(const uint8_t *bytes, size_t len)
{
	tl_mib *mib;
	tl_err err = tl_mib_open((tl_span){ bytes, len }, NULL, &mib);

	if (err == TL_OK)
		tl_mib_free(mib);
	return err;
}

/* Makes the sum of a changed head right again. */
static void
sign(uint8_t *bytes)
{
	tl_mib_image *image = (void *)bytes;

	image->head_sum = 0;
	image->head_sum = tl_mib_sum((tl_span){ bytes, sizeof *image });
}

static void
test_opens_what_it_wrote(void **state)
{
	(void)state;
	size_t len;
	uint8_t *bytes = sample_bytes(&len);
	tl_mib *mib;

	assert_int_equal(TL_OK, tl_mib_open((tl_span){ bytes, len }, NULL, &mib));
	assert_int_equal(TL_OK, tl_mib_check(mib));
	assert_ptr_equal(bytes, tl_mib_contents(mib).ptr);
	assert_int_equal(len, tl_mib_contents(mib).len);
	assert_name("IF-MIB::ifOperStatus", mib,
	    tl_mib_find(mib, OID("1.3.6.1.2.1.2.2.1.8.3")).node);
	assert_name("IF-MIB::linkDown", mib,
	    tl_mib_find_notification(mib, OID("1.3.6.1.6.3.1.1.5.3")));
	use_all(mib, UINT32_MAX);
	tl_mib_free(mib);
	free(bytes);
}

static void
test_writes_the_same_bytes_each_time(void **state)
{
	(void)state;
	size_t len, again_len;
	uint8_t *bytes = sample_bytes(&len), *again = sample_bytes(&again_len);

	assert_int_equal(len, again_len);
	assert_memory_equal(bytes, again, len);
	free(bytes);
	free(again);
}

static int released;

static void
release(tl_span bytes)
{
	released++;
	free((void *)bytes.ptr);
}

static void
test_gives_the_bytes_back_once(void **state)
{
	(void)state;
	size_t len;
	uint8_t *bytes = sample_bytes(&len);
	tl_mib *mib;

	released = 0;
	assert_int_equal(
	    TL_EFORMAT, tl_mib_open((tl_span){ bytes, len - 8 }, release, &mib));
	assert_int_equal(0, released);
	assert_int_equal(TL_OK, tl_mib_open((tl_span){ bytes, len }, release, &mib));
	tl_mib_free(mib);
	assert_int_equal(1, released);
}

static void
test_refuses_an_address_between_words(void **state)
{
	(void)state;
	size_t len;
	uint8_t *bytes = sample_bytes(&len), *moved = malloc(len + 8);

	memcpy(moved + 4, bytes, len);
	assert_int_equal(TL_EINVAL, open_bytes(moved + 4, len));
	free(moved);
	free(bytes);
}

static void
test_refuses_a_file_of_another_length(void **state)
{
	(void)state;
	size_t len;
	uint8_t *bytes = sample_bytes(&len);

	for (size_t cut = 0; cut < len; cut++) {
		tl_span copy = exactly(bytes, cut);
		assert_int_equal(TL_EFORMAT, open_bytes(copy.ptr, copy.len));
		free((void *)copy.ptr);
	}
	bytes = realloc(bytes, len + 8);
	assert_int_equal(TL_EFORMAT, open_bytes(bytes, len + 8));
	free(bytes);
}

static void
test_refuses_a_damaged_head(void **state)
{
	(void)state;
	size_t len;
	uint8_t *bytes = sample_bytes(&len);

	for (size_t i = 0; i < sizeof(tl_mib_image); i++) {
		bytes[i] ^= 0x10;
		assert_int_equal(TL_EFORMAT, open_bytes(bytes, len));
		bytes[i] ^= 0x10;
	}
	assert_int_equal(TL_OK, open_bytes(bytes, len));
	free(bytes);
}

static void
test_refuses_another_version_or_layout(void **state)
{
	(void)state;
	size_t len;
	uint8_t *bytes = sample_bytes(&len);
	tl_mib_image *image = (void *)bytes;

	image->version++;
	sign(bytes);
	assert_int_equal(TL_EFORMAT, open_bytes(bytes, len));
	image->version--;
	image->layout++;
	sign(bytes);
	assert_int_equal(TL_EFORMAT, open_bytes(bytes, len));
	image->layout--;
	image->magic = __builtin_bswap32(image->magic);
	sign(bytes);
	assert_int_equal(TL_EFORMAT, open_bytes(bytes, len));
	image->magic = __builtin_bswap32(image->magic);
	sign(bytes);
	assert_int_equal(TL_OK, open_bytes(bytes, len));
	free(bytes);
}

/* Each number of the head as somebody might set it, with the right sum. */
static void
test_refuses_sections_that_are_not_inside(void **state)
{
	(void)state;
	size_t len, first = offsetof(tl_mib_image, nodes) / 4;
	uint8_t *bytes = sample_bytes(&len);
	uint32_t *head = (void *)bytes;

	for (size_t i = first; i < sizeof(tl_mib_image) / 4; i++) {
		const uint32_t bad[] = { UINT32_MAX, UINT32_MAX - 7, 0x80000000u,
			(uint32_t)len + 8, 0x40000000u };
		uint32_t good = head[i];
		for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
			head[i] = bad[k];
			sign(bytes);
			assert_int_equal(TL_EFORMAT, open_bytes(bytes, len));
		}
		head[i] = good;
	}
	sign(bytes);
	assert_int_equal(TL_OK, open_bytes(bytes, len));
	free(bytes);
}

static void
test_refuses_sections_that_look_ups_could_not_bear(void **state)
{
	(void)state;
	size_t len;
	uint8_t *bytes = sample_bytes(&len);
	tl_mib_image good = *(tl_mib_image *)(void *)bytes, *image = (void *)bytes;

#define REFUSES(change)                                                                  \
	do {                                                                             \
		*image = good;                                                           \
		change;                                                                  \
		sign(bytes);                                                             \
		assert_int_equal(TL_EFORMAT, open_bytes(bytes, len));                    \
	} while (0)
	REFUSES(image->buckets.count--);
	REFUSES(image->buckets.count = 1);
	REFUSES(image->steps.count = TL_MIB_ROOT);
	REFUSES(image->places.count--);
	REFUSES(image->internet = image->steps.count);
	REFUSES(image->mib_2 = image->steps.count);
	REFUSES(image->enterprises = image->steps.count);
	REFUSES(image->nodes.at += 4);
	REFUSES(image->nodes.at = 0);
	*image = good;
	assert_int_equal(TL_OK, open_bytes(bytes, len));
	free(bytes);
}

static void
test_tells_a_damaged_body(void **state)
{
	(void)state;
	size_t len;
	uint8_t *bytes = sample_bytes(&len);
	tl_mib *mib;

	for (size_t i = sizeof(tl_mib_image); i < len; i += 7) {
		bytes[i] ^= 1;
		if (tl_mib_open((tl_span){ bytes, len }, NULL, &mib) == TL_OK) {
			assert_int_equal(TL_EFORMAT, tl_mib_check(mib));
			tl_mib_free(mib);
		}
		bytes[i] ^= 1;
	}
	free(bytes);
}

/* Every word of the body as somebody might set it: nothing outside is read, everything
 * ends, and what comes out is text. */
static void
test_bears_any_body(void **state)
{
	(void)state;
	static const uint32_t bad[] = { 0, 1, 0x7fffffff, 0x80000000u, UINT32_MAX,
		0x10000, 0x22, 0x1b5b1b5b };
	size_t len;
	uint8_t *bytes = sample_bytes(&len);
	uint32_t *words = (void *)bytes;
	tl_mib *mib;

	for (size_t i = sizeof(tl_mib_image) / 4; i < len / 4; i++) {
		uint32_t good = words[i];
		words[i] = bad[i % (sizeof bad / sizeof bad[0])];
		if (tl_mib_open((tl_span){ bytes, len }, NULL, &mib) == TL_OK) {
			use_all(mib, 3);
			tl_mib_free(mib);
		}
		words[i] = good;
	}
	free(bytes);
}

static void
test_bears_a_random_body(void **state)
{
	(void)state;
	size_t len;
	uint8_t *bytes = sample_bytes(&len);
	uint64_t random = 11;
	tl_mib *mib;

	const tl_mib_section text = ((tl_mib_image *)(void *)bytes)->text;
	for (int round = 0; round < 40; round++) {
		for (int n = 0; n < 1 << round % 12; n++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			size_t at = sizeof(tl_mib_image) +
				    (random >> 33) % (len - sizeof(tl_mib_image));
			if (at < text.at || at >= text.at + text.count)
				bytes[at] = (uint8_t)(random >> 20);
		}
		assert_int_equal(TL_OK, tl_mib_open((tl_span){ bytes, len }, NULL, &mib));
		use_all(mib, 30);
		tl_mib_free(mib);
	}
	free(bytes);
}

/* The last node says that the next has the same OID, and what stands behind the nodes
 * looks like a notification. */
static void
test_ends_at_the_last_node(void **state)
{
	(void)state;
	size_t len;
	uint8_t *bytes = sample_bytes(&len);
	tl_mib_image *image = (void *)bytes;
	tl_mib_node *nodes = (void *)(bytes + image->nodes.at);
	tl_mib_node *last = &nodes[image->nodes.count - 1];
	tl_mib *mib;

	assert_int_equal(TL_OK, tl_mib_open((tl_span){ bytes, len }, NULL, &mib));
	tl_oid oid = tl_mib_node_oid(mib, last);
	assert_ptr_equal(last, tl_mib_find_notification(mib, oid));
	last[1] = *last;
	last->facts = (uint16_t)(TL_MIB_SAME_OID | TL_MIB_OBJECT << TL_MIB_KIND_SHIFT |
				 (last->facts & TL_MIB_OID_LEN));
	assert_null(tl_mib_find_notification(mib, oid));
	tl_mib_free(mib);
	free(bytes);
}

/* What a file says in place of a name never gets out. */
static void
test_refuses_names_that_could_do_harm(void **state)
{
	(void)state;
	static const uint8_t bad[] = { '"', '\\', ' ', '\n', '\033', '!', 0, 0x7f, 0x80,
		0xff };
	size_t len;
	uint8_t *bytes = sample_bytes(&len);
	const tl_mib_image *image = (void *)bytes;

	for (size_t i = 0; i < image->text.count; i++) {
		uint8_t *c = bytes + image->text.at + i, good = *c;
		*c = bad[i % sizeof bad];
		assert_int_equal(TL_EFORMAT, open_bytes(bytes, len));
		*c = good;
	}
	for (unsigned c = 0; c < 256; c++) {
		bytes[image->text.at + 1] = (uint8_t)c;
		assert_int_equal(tl_mib_is_plain((uint8_t)c) ? TL_OK : TL_EFORMAT,
		    open_bytes(bytes, len));
	}
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opens_what_it_wrote),
		cmocka_unit_test(test_writes_the_same_bytes_each_time),
		cmocka_unit_test(test_gives_the_bytes_back_once),
		cmocka_unit_test(test_refuses_an_address_between_words),
		cmocka_unit_test(test_refuses_a_file_of_another_length),
		cmocka_unit_test(test_refuses_a_damaged_head),
		cmocka_unit_test(test_refuses_another_version_or_layout),
		cmocka_unit_test(test_refuses_sections_that_are_not_inside),
		cmocka_unit_test(test_refuses_sections_that_look_ups_could_not_bear),
		cmocka_unit_test(test_tells_a_damaged_body),
		cmocka_unit_test(test_bears_any_body),
		cmocka_unit_test(test_bears_a_random_body),
		cmocka_unit_test(test_ends_at_the_last_node),
		cmocka_unit_test(test_refuses_names_that_could_do_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
