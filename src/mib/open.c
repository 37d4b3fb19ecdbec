/* mib/open.c: a dictionary's bytes, from link.c or from a file, become a dictionary. Only
 * the head and the names are read; the rest is looked at where it is used. */
#include <stdlib.h>
#include <string.h>

#include "mib/image.h"
#include "trapline/mib_builder.h"

/* The hash of the head with its own place in it empty. */
static uint64_t
head_sum(const tl_mib_image *image)
{
	tl_mib_image head = *image;

	head.head_sum = 0;
	return tl_mib_sum((tl_span){ (const uint8_t *)&head, sizeof head });
}

static bool
is_head(const tl_mib_image *image, size_t size)
{
	return image->magic == TL_MIB_MAGIC && image->version == TL_MIB_VERSION &&
	       image->layout == TL_MIB_LAYOUT && image->size == size &&
	       image->head_sum == head_sum(image);
}

static bool
is_inside(tl_mib_section section, size_t item_bytes, uint32_t least, uint64_t size)
{
	return section.at % 8 == 0 && section.at >= sizeof(tl_mib_image) &&
	       section.at + (uint64_t)section.count * item_bytes <= size &&
	       section.count >= least;
}

/* Where the sections lie, and what else the look-ups rely on. */
static bool
is_sound(const tl_mib_image *image)
{
	uint32_t buckets = image->buckets.count - 1, steps = image->steps.count;
	uint32_t jumps = image->jumps.count - TL_MIB_JUMP_TRIES;
	bool sound = true;

#define TL_X(name, type, least)                                                          \
	sound = sound && is_inside(image->name, sizeof(type), least, image->size);
	TL_MIB_SECTIONS(TL_X)
#undef TL_X
	return sound && (buckets & (buckets - 1)) == 0 && (jumps & (jumps - 1)) == 0 &&
	       image->places.count == image->nodes.count && steps <= TL_MIB_STEPS_MAX &&
	       image->internet < steps && image->mib_2 < steps &&
	       image->enterprises < steps;
}

/* Sixteen bytes at once, by which a dictionary of 12 MB of names opens in 2 ms. */
typedef int8_t sixteen __attribute__((vector_size(16)));

/* Whether all of |text| is harmless. */
static bool
is_plain(tl_span text)
{
	sixteen bad = { 0 }, v, dashes = bad + '-';
	uint64_t halves[2];

	for (size_t i = 0; i < text.len; i += sizeof v) {
		v = dashes;
		if (text.len - i >= sizeof v)
			memcpy(&v, text.ptr + i, sizeof v);
		else
			memcpy(&v, text.ptr + i, text.len - i);
		bad |= (v < '#') | (v > '~') | (v == '\\');
	}
	memcpy(halves, &bad, sizeof halves);
	return (halves[0] | halves[1]) == 0;
}

tl_err
tl_mib_open(tl_span bytes, void (*release)(tl_span bytes), tl_mib **out)
{
	const tl_mib_image *image = (const void *)bytes.ptr;

	if ((uintptr_t)bytes.ptr % 8 != 0)
		return TL_EINVAL;
	if (bytes.len < sizeof *image || !is_head(image, bytes.len) || !is_sound(image) ||
	    !is_plain((tl_span){ bytes.ptr + image->text.at, image->text.count }))
		return TL_EFORMAT;
	tl_mib *mib = malloc(sizeof *mib);
	if (mib == NULL)
		return TL_ENOMEM;
	*mib = (tl_mib){
#define TL_X(part, type, least)                                                          \
	.part = (const void *)(bytes.ptr + image->part.at),                              \
	.part##_count = image->part.count,
		TL_MIB_SECTIONS(TL_X)
#undef TL_X
		    .jump_bits =
		    (unsigned)__builtin_ctz(image->jumps.count - TL_MIB_JUMP_TRIES),
		.text_len = image->text.count - TL_MIB_TEXT_TAIL,
		.bytes = bytes,
		.release = release,
	};
	mib->root = mib->steps[TL_MIB_ROOT];
	mib->internet = mib->steps[image->internet];
	mib->mib_2 = mib->steps[image->mib_2];
	mib->enterprises = mib->steps[image->enterprises];
	*out = mib;
	return TL_OK;
}

tl_err
tl_mib_check(const tl_mib *mib)
{
	const tl_mib_image *image = (const void *)mib->bytes.ptr;
	tl_span body = { mib->bytes.ptr + sizeof *image, mib->bytes.len - sizeof *image };

	return tl_mib_sum(body) == image->body_sum ? TL_OK : TL_EFORMAT;
}

tl_span
tl_mib_contents(const tl_mib *mib)
{
	return mib->bytes;
}

void
tl_mib_free(tl_mib *mib)
{
	if (mib == NULL)
		return;
	if (mib->release != NULL)
		mib->release(mib->bytes);
	free(mib);
}
