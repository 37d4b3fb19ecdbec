/* daemon/page.c: see page.h. */
#include "daemon/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
make_room(page *t, size_t more)
{
	size_t cap = t->cap > 0 ? t->cap : 1024;

	while (cap - t->len <= more)
		cap *= 2;
	if (cap == t->cap || t->failed)
		return !t->failed;
	char *ptr = realloc(t->ptr, cap);
	t->failed = ptr == NULL;
	if (ptr != NULL) {
		t->ptr = ptr;
		t->cap = cap;
	}
	return !t->failed;
}

void
page_add(page *t, const void *bytes, size_t len)
{
	if (!make_room(t, len))
		return;
	if (len > 0)
		memcpy(t->ptr + t->len, bytes, len);
	t->len += len;
	t->ptr[t->len] = '\0';
}

void
page_put(page *t, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	if (len >= 0 && make_room(t, (size_t)len)) {
		vsnprintf(t->ptr + t->len, t->cap - t->len, format, again);
		t->len += (size_t)len;
	}
	va_end(again);
	va_end(args);
}

/* Bytes of the UTF-8 character at |p|; 0: it is none (RFC 3629 section 4). */
static size_t
utf8_len(const uint8_t *p, size_t left)
{
	size_t len = p[0] < 0x80                     ? 1
		     : (p[0] >= 0xc2 && p[0] < 0xe0) ? 2
		     : (p[0] & 0xf0) == 0xe0         ? 3
		     : (p[0] >= 0xf0 && p[0] < 0xf5) ? 4
						     : 0;

	if (len == 0 || len > left)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90))
		return 0;
	return len;
}

void
page_json(page *t, tl_span bytes)
{
	page_add(t, "\"", 1);
	for (size_t i = 0; i < bytes.len;) {
		const uint8_t *p = bytes.ptr + i;
		size_t len = utf8_len(p, bytes.len - i);
		if (len == 0)
			page_add(t, "\\ufffd", 6);
		else if (*p == '"' || *p == '\\')
			page_put(t, "\\%c", *p);
		else if (*p < ' ' || *p == 0x7f)
			page_put(t, "\\u%04x", *p);
		else
			page_add(t, p, len);
		i += len > 0 ? len : 1;
	}
	page_add(t, "\"", 1);
}

void
page_json_puts(page *t, const char *s)
{
	page_json(t, (tl_span){ (const uint8_t *)s, strlen(s) });
}

void
page_label(page *t, tl_span bytes)
{
	for (size_t i = 0; i < bytes.len;) {
		const uint8_t *p = bytes.ptr + i;
		size_t len = utf8_len(p, bytes.len - i);
		if (*p == '\n')
			page_add(t, "\\n", 2);
		else if (*p == '"' || *p == '\\')
			page_put(t, "\\%c", *p);
		else if (len > 0)
			page_add(t, p, len);
		else
			page_add(t, "\xef\xbf\xbd", 3);
		i += len > 0 ? len : 1;
	}
}

void
page_free(page *t)
{
	free(t->ptr);
	*t = (page){ 0 };
}
