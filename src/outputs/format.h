/* outputs/format.h: parcels as the lines of an output: JSON, text, key=value or by a
 * template. One a thread. */
#ifndef OUTPUTS_FORMAT_H
#define OUTPUTS_FORMAT_H

#include "conf/conf.h"
#include "pipeline/parcel.h"

/* Bytes of one event at most, however it is written. */
#define FORMAT_EVENT_MAX (16u << 20)

typedef struct formatter formatter;

typedef struct formatter_options {
	tl_conf_form form;                /* AUTO: JSON */
	bool colour;                      /* TEXT */
	const tl_conf_template *template; /* TEMPLATE; borrowed */
} formatter_options;

/* NULL without memory. */
formatter *formatter_new(const formatter_options *opt);
void formatter_free(formatter *f); /* NULL is fine */

/* Appends |p|, newline included: one line, but for TEXT, whose lines after the first are
 * indented. Grows |out|, whose memory the caller frees. Errors, |out| being as it was:
 * TL_ENOMEM; TL_ELIMIT: it has more than FORMAT_EVENT_MAX. */
TL_CHECK tl_err formatter_write(formatter *f, const parcel *p, tl_buf *out);

/* Makes room for |more| bytes. */
TL_CHECK tl_err buf_reserve(tl_buf *out, size_t more);

#endif
