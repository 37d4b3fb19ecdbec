/* fuzz/fuzz_mib_image.c: a dictionary from anywhere, asked all that can be asked: the
 * input as it is, with a head that says it is whole, and as changes (place and value, 32
 * bits each) of a good one. */
#include "mib/sample.h"
#include "mib/use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* |bytes| become a dictionary whose head is right, except for where its sections lie. */
static void
use_signed(tl_span bytes)
{
	enum { NODES = 40 };
	uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);
	tl_mib_image *image = (void *)copy;
	tl_mib *mib;

	use_need(copy != NULL);
	if (bytes.len > 0)
		memcpy(copy, bytes.ptr, bytes.len);
	if (bytes.len >= sizeof *image) {
		image->magic = TL_MIB_MAGIC;
		image->version = TL_MIB_VERSION;
		image->layout = TL_MIB_LAYOUT;
		image->size = bytes.len;
		image->head_sum = 0;
		image->head_sum = tl_mib_sum((tl_span){ copy, sizeof *image });
	}
	if (tl_mib_open((tl_span){ copy, bytes.len }, NULL, &mib) == TL_OK) {
		use_all(mib, NODES);
		(void)!tl_mib_check(mib);
		tl_mib_free(mib);
	}
	free(copy);
}

static void
use_changed(const uint8_t *data, size_t len)
{
	tl_mib *mib = mib_of(sample_text);
	tl_span good = tl_mib_contents(mib);
	uint32_t change[2];

	for (; len >= sizeof change; data += sizeof change, len -= sizeof change) {
		memcpy(change, data, sizeof change);
		size_t at = change[0] % (good.len - sizeof change[1]);
		memcpy((uint8_t *)good.ptr + at, &change[1], sizeof change[1]);
	}
	use_signed(good);
	tl_mib_free(mib);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tl_mib *mib;

	if ((uintptr_t)data % 8 == 0 &&
	    tl_mib_open((tl_span){ data, len }, NULL, &mib) == TL_OK)
		tl_mib_free(mib);
	use_signed((tl_span){ data, len });
	use_changed(data, len);
	return 0;
}
