/* daemon/page.h: a text that grows: for status, alarms and metrics. */
#ifndef DAEMON_PAGE_H
#define DAEMON_PAGE_H

#include "trapline/base.h"

/* Zero-initialise; a NUL stands behind it. What cannot be added for want of memory sets
 * |failed|, and the rest is left out. */
typedef struct page {
	char *ptr;
	size_t len, cap;
	bool failed;
} page;

void page_put(page *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void page_add(page *t, const void *bytes, size_t len);

/* A JSON string, quotes included; bytes that are no UTF-8 become U+FFFD. */
void page_json(page *t, tl_span bytes);
void page_json_puts(page *t, const char *s);

/* The value of a Prometheus label: with \, " and line feed escaped. */
void page_label(page *t, tl_span bytes);

void page_free(page *t);

#endif
