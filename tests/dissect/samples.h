/* tests/dissect/samples.h: messages in hexadecimal, and the walk that the tests share. */
#ifndef TEST_DISSECT_SAMPLES_H
#define TEST_DISSECT_SAMPLES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trapline/dissect.h"

#define V1_TRAP                                                                          \
	"303e02010004067075626c6963a43106082b060104010901014004c0000209020106020111"     \
	"4303057e403014301206082b060102010105000406636f72652d31"
#define V2C_TRAP                                                                         \
	"30819202010104067075626c6963a781840201070201000201003079301006082b060102010103" \
	"00"                                                                             \
	"430400bc614e3017060a2b06010603010104010006092b0601060301010503300f060a2b060102" \
	"01"                                                                             \
	"02020101030201033014060a2b0601020102020106030406001122aabbcc3017060a2b06010201" \
	"02"                                                                             \
	"02010a034609008000000000000000300c06082b060104010909010500"
#define V2C_INFORM                                                                       \
	"303e020101040163a6360201fe020100020100302b301006082b06010201010300430400bc614e" \
	"3017060a2b06010603010104010006092b0601060301010503"
#define GETBULK                                                                          \
	"302502010104067075626c6963a51802016302010002010a300d300b06072b0601020102020500"
#define RESPONSE "30200201010400a219020101020112020101300e300c06082b060102010105008000"
#define SCOPED                                                                           \
	"3045040980001f8804727472310400a736020105020100020100302b301006082b060102010103" \
	"00430400bc614e3017060a2b06010603010104010006092b0601060301010503"
#define V3_PLAIN                                                                         \
	"3079020103300f020203e8020300ffe3040100020103041c301a040980001f8804727472310201" \
	"00"                                                                             \
	"02010004036e6f6304000400" SCOPED
#define V3_ENCRYPTED                                                                     \
	"307d020103300f020203e8020300ffe3040103020103043d303b040980001f8804727472310201" \
	"03"                                                                             \
	"0202126704036e6f630418000102030405060708090a0b0c0d0e0f101112131415161704080000" \
	"00"                                                                             \
	"00000000000428404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f" \
	"60"                                                                             \
	"61626364656667"

static const char *const samples[] = { V1_TRAP, V2C_TRAP, V2C_INFORM, GETBULK, RESPONSE,
	V3_PLAIN, V3_ENCRYPTED };
#define SAMPLES (sizeof samples / sizeof *samples)

#define BYTES_MAX 65535u

/* Bytes of a block of their own, so that the sanitizer sees who reads past them. */
static inline tl_span
unhex(const char *hex)
{
	size_t len = strlen(hex) / 2;
	uint8_t *bytes = malloc(len);

	for (size_t i = 0; i < len; i++) {
		unsigned byte;
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		bytes[i] = (uint8_t)byte;
	}
	return (tl_span){ bytes, len };
}

static inline void
drop(tl_span s)
{
	free((void *)(uintptr_t)s.ptr);
}

/* Walks over |bytes|, checks that the pieces cover each byte once and in order, and
 * returns the first thing wrong. |text|, if not NULL, gets a line for each piece:
 * depth, name, type, meaning. */
static inline tl_diag
walk(tl_dissect_what what, tl_span bytes, tl_buf *text)
{
	static uint8_t room[4 * BYTES_MAX];
	tl_dissector *d;
	tl_dissect_item item;
	size_t covered = 0, pieces = 0;

	assert_int_equal(tl_dissector_new(&d), TL_OK);
	tl_dissector_start(d, what, bytes, 0);
	for (;;) {
		tl_buf meaning = { .ptr = room, .cap = sizeof room };
		if (!tl_dissector_next(d, &item, &meaning))
			break;
		assert_int_equal(item.offset, covered);
		assert_true(item.depth <= TL_DISSECT_DEPTH);
		assert_true(++pieces <= 2 * bytes.len + TL_DISSECT_DEPTH + 1);
		assert_non_null(item.name);
		covered += item.header_len + (item.inner ? 0 : item.content_len);
		assert_true(covered <= bytes.len);
		if (text != NULL)
			text->len += (size_t)snprintf((char *)text->ptr + text->len,
			    text->cap - text->len, "%u %s [%s] %.*s\n", item.depth,
			    item.name, item.type, (int)meaning.len, (char *)room);
	}
	assert_int_equal(covered, bytes.len);
	tl_diag diag = *tl_dissector_diag(d);
	tl_dissector_free(d);
	return diag;
}

#endif
