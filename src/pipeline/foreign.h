/* pipeline/foreign.h: texts from files, databases and name servers, made fit for events:
 * one line of UTF-8, of bounded length. */
#ifndef PIPELINE_FOREIGN_H
#define PIPELINE_FOREIGN_H

#include "trapline/base.h"

/* What was done to a text, bits. */
enum { FOREIGN_CUT = 1, FOREIGN_CHARSET = 2 };

/* Room that |max| bytes of text may take. */
#define FOREIGN_ROOM(max) (3 * (max))

/* Appends |text| to |out|, which has FOREIGN_ROOM(max) left: without blanks around it,
 * each control character a blank, cut to |max| bytes; what is no UTF-8 is taken as
 * windows-1252, which has ISO 8859-1 in it. Returns what was done. */
unsigned foreign_text(tl_span text, size_t max, tl_buf *out);

#endif
