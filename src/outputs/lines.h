/* outputs/lines.h: the lines of a batch, written to a descriptor in large writes so that
 * each stands there once and whole, also when a write stops halfway. For files and
 * standard output. */
#ifndef OUTPUTS_LINES_H
#define OUTPUTS_LINES_H

#include <sys/types.h>

#include "base/vec.h"
#include "outputs/format.h"
#include "outputs/output.h"

typedef struct lines {
	formatter *format;
	int fd;
	bool is_socket;
	bool may_block; /* a write waits for the reader: look first */
	tl_buf buf;
	tl_vec ends;       /* size_t: where each line in |buf| ends */
	const void *half;  /* the parcel whose line was begun; never followed. Or another
			      address: its line is ended first */
	size_t half_bytes; /* that are out already */
	size_t skip;       /* bytes of |buf| that are out already */
	size_t prefix;     /* bytes of |buf| that end another's line */
} lines;

/* Prepares |w| without a descriptor. Errors: TL_ENOMEM. */
TL_CHECK tl_err lines_init(lines *w, const formatter_options *opt);

/* Frees what it holds but for the descriptor. */
void lines_fini(lines *w);

/* Forms the lines of |b| from item |from| on, until they have |bytes|; how many. 0: there
 * is none left, or item |from| cannot be formed: then |*err| says why. */
size_t lines_form(lines *w, const batch *b, size_t from, size_t bytes, tl_err *err);

/* How many of the lines formed fit into |bytes|. */
size_t lines_that_fit(const lines *w, uint64_t bytes);

/* Bytes of the first |count| lines. */
size_t lines_bytes(const lines *w, size_t count);

/* Writes the first |count|, items |from| on of |b|. Returns how many stand there whole;
 * if not all, errno says why: EAGAIN: nobody reads. Waits for a reader as long as |b|
 * lets it, and LINES_PATIENCE_MS. |*partial| is how much of the next is out: if any, the
 * caller takes it back, or calls lines_keep_half(). */
enum { LINES_PATIENCE_MS = 10000 };
size_t lines_write(lines *w, size_t count, const batch *b, size_t *partial);

/* Remembers that |bytes| of the line of |p| are out: what follows is the rest of it.
 * NULL: of a line that nobody knows: what follows is its end. */
void lines_keep_half(lines *w, const parcel *p, size_t bytes);

#endif
