/* fuzz/mutate_smi.c: changes of texts that keep much of the language: lines are copied,
 * moved and dropped, words and signs put in; and now and then any bytes change. */
#include <stdint.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static const char *const words[] = { "OBJECT-TYPE", "NOTIFICATION-TYPE", "TRAP-TYPE",
	"MODULE-IDENTITY", "OBJECT-IDENTITY", "OBJECT-GROUP", "MODULE-COMPLIANCE",
	"AGENT-CAPABILITIES", "TEXTUAL-CONVENTION", "OBJECT IDENTIFIER ::= {", "MACRO",
	"BEGIN", "END", "DEFINITIONS", "DEFINITIONS ::= BEGIN", "IMPORTS", "EXPORTS",
	"FROM", "SYNTAX", "ACCESS", "STATUS", "DESCRIPTION", "INDEX {", "AUGMENTS {",
	"DEFVAL {", "OBJECTS {", "VARIABLES {", "ENTERPRISE", "DISPLAY-HINT",
	"LAST-UPDATED", "IMPLIED", "INTEGER {", "OCTET STRING", "BITS {", "SEQUENCE {",
	"SEQUENCE OF", "CHOICE {", "(SIZE (", "IMPLICIT", "[APPLICATION 1]", "MAX", "MIN",
	"::=", "..", "{", "}", "(", ")", ",", ";", "|", ".", "\"", "'", "'0F'H", "--",
	"--#SEVERITY MAJOR", "\n", "\r", "\"\"", "/*", "*/", "//", "[Page 1]\n",
	"RFC 1 x 1999", "0", "1", "4294967295", "4294967296", "-1", "a", "A", "a_b",
	"OBJECT", "name ", "Name ", "\f", "\x1a", "\xa0", "\xff" };

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* The start of a line at or before |at|. */
static size_t
line_start(const uint8_t *data, size_t at)
{
	while (at > 0 && data[at - 1] != '\n')
		at--;
	return at;
}

static size_t
insert(uint8_t *data, size_t size, size_t at, const uint8_t *piece, size_t len)
{
	memmove(data + at + len, data + at, size - at);
	memcpy(data + at, piece, len);
	return size + len;
}

static size_t
drop_lines(uint8_t *data, size_t size, size_t from, size_t to)
{
	memmove(data + from, data + to, size - to);
	return size - (to - from);
}

size_t LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max_size, unsigned int seed);

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	static uint8_t piece[4096];
	uint32_t state = seed;
	uint32_t what = next(&state) % 8;

	if (size == 0 || what == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	size_t a = next(&state) % size, b = line_start(data, next(&state) % size);
	if (what < 4) {
		const char *word = words[next(&state) % (sizeof words / sizeof *words)];
		size_t len = strlen(word);
		return size + len <= max_size
			   ? insert(data, size, a, (const uint8_t *)word, len)
			   : size;
	}
	size_t from = line_start(data, a);
	size_t to = from + next(&state) % 400;
	to = to < size ? line_start(data, to) : size;
	if (to <= from || to - from > sizeof piece)
		return LLVMFuzzerMutate(data, size, max_size);
	memcpy(piece, data + from, to - from);
	if (what == 4)
		return drop_lines(data, size, from, to);
	return size + (to - from) <= max_size ? insert(data, size, b, piece, to - from)
					      : size;
}
