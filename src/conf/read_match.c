/* conf/read_match.c: names, patterns and tests of values; see read.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <string.h>

#include "conf/read.h"
#include "conf/units.h"

enum { REGEX_MAX = 4096, NAME_MAX_BYTES = 255 };

bool
tl_read_output(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_conf_ref *ref = out;
	tl_conf_pending *pending = tl_pool_add(r->pool, &r->outputs, sizeof *pending);

	(void)row;
	ref->name = tl_conf_keep(r, n->text);
	ref->index = -1;
	if (pending != NULL)
		*pending = (tl_conf_pending){ n, &ref->index };
	return pending != NULL;
}

/* Dotted digits into |out|; its len stays 0 if |text| is not an OID. */
static bool
read_oid(tl_conf_reader *r, const char *text, size_t len, tl_oid *out)
{
	uint8_t room[TL_OID_BER_MAX];
	tl_oid oid;

	if (tl_oid_from_text(text, len, room, &oid) != TL_OK)
		return true;
	out->ber = (const uint8_t *)tl_pool_text(r->pool, oid.ber, oid.len);
	out->len = oid.len;
	return out->ber != NULL;
}

static bool
is_dotted(const char *text)
{
	return text[strspn(text, "0123456789.")] == '\0';
}

/* A name, "MODULE::name" or "name", perhaps with an instance behind a dot; with |glob|
 * also
 * * and ?. */
static bool
is_name(const char *text, size_t len, const char *glob)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_.:";

	if (len == 0 || len > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < len; i++)
		if (strchr(allowed, text[i]) == NULL && strchr(glob, text[i]) == NULL)
			return false;
	return strchr("-.:0123456789", text[0]) == NULL;
}

bool
tl_read_name(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_conf_name name = { .text = tl_conf_keep(r, n->text),
		.mark = tl_conf_mark_of(r, n) };
	size_t len = strlen(n->text);

	if (name.text == NULL || !read_oid(r, n->text, len, &name.oid))
		return false;
	if (name.oid.len == 0 && (is_dotted(n->text) || !is_name(n->text, len, "")))
		return tl_conf_wrong(r, n, row,
		    "'%s' is neither a name, as IF-MIB::ifIndex, nor an OID", n->text);
	memcpy(out, &name, sizeof name);
	return true;
}

static tl_conf_pattern_kind
kind_of(const char *text, size_t len, bool tree, bool oid)
{
	if (oid)
		return tree ? TL_PATTERN_OID_TREE : TL_PATTERN_OID;
	if (strcspn(text, "*?") < len)
		return TL_PATTERN_GLOB;
	return tree ? TL_PATTERN_NAME_TREE : TL_PATTERN_NAME;
}

bool
tl_read_pattern(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_conf_pattern p = { .shown = tl_conf_keep(r, n->text),
		.mark = tl_conf_mark_of(r, n) };
	size_t len = strlen(n->text);
	bool tree = len > 2 && strcmp(n->text + len - 2, ".*") == 0;

	if (tree && strcspn(n->text, "*?") == len - 1)
		len -= 2;
	else
		tree = false;
	p.text = tl_pool_text(r->pool, n->text, len);
	if (p.shown == NULL || p.text == NULL || !read_oid(r, n->text, len, &p.oid))
		return false;
	if (p.oid.len == 0 && (is_dotted(p.text) || !is_name(n->text, len, "*?")))
		return tl_conf_wrong(r, n, row,
		    "'%s' is neither a name, as IF-MIB::linkDown, nor an OID, nor one of "
		    "them with .* behind it, nor a glob",
		    n->text);
	p.kind = kind_of(n->text, len, tree, p.oid.len > 0);
	memcpy(out, &p, sizeof p);
	return true;
}

/* Digits with a sign, the whole of |len| bytes. */
static bool
read_number(const char *text, size_t len, int64_t *out)
{
	bool minus = len > 0 && text[0] == '-';
	int64_t value = 0;

	if (len == minus)
		return false;
	for (size_t i = minus; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, text[i] - '0', &value))
			return false;
	}
	if (!minus && value == INT64_MIN)
		return false;
	*out = minus ? value : -value;
	return true;
}

typedef struct operator
{
	const char *sign;
	tl_conf_op op;
	bool numeric;
}
operator;

static const operator operators[] = { { "!=", TL_OP_UNEQUAL, false },
	{ "<=", TL_OP_AT_MOST, true }, { ">=", TL_OP_AT_LEAST, true },
	{ "<", TL_OP_LESS, true }, { ">", TL_OP_GREATER, true },
	{ "==", TL_OP_EQUAL, false }, { "=", TL_OP_EQUAL, false } };

/* Compiles a regular expression to see whether it can be. */
static bool
check_regex(
    tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, const tl_conf_test *t)
{
	uint32_t options = PCRE2_UTF | (t->caseless ? PCRE2_CASELESS : 0);
	uint8_t text[160];
	int error;
	size_t at;
	pcre2_code *code = pcre2_compile(
	    (const uint8_t *)t->text, PCRE2_ZERO_TERMINATED, options, &error, &at, NULL);

	pcre2_code_free(code);
	if (code != NULL)
		return true;
	if (error == PCRE2_ERROR_HEAP_FAILED) {
		r->pool->failed = true;
		return false;
	}
	pcre2_get_error_message(error, text, sizeof text);
	return tl_conf_wrong(r, n, row,
	    "the regular expression /%s/: %s, at its character %zu", t->text,
	    (const char *)text, at + 1);
}

/* "/REGEX/" or "/REGEX/i" at |text|. */
static bool
read_regex(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, const char *text,
    tl_conf_test *t)
{
	const char *end = strrchr(text + 1, '/');

	if (end == NULL || (end[1] != '\0' && strcmp(end + 1, "i") != 0))
		return tl_conf_wrong(r, n, row,
		    "'%s' is not a regular expression: /REGEX/, or /REGEX/i for letters "
		    "of any case",
		    text);
	if (end - text - 1 > REGEX_MAX)
		return tl_conf_wrong(
		    r, n, row, "a regular expression has up to %d bytes", REGEX_MAX);
	t->op = text == n->text ? TL_OP_REGEX : TL_OP_NO_REGEX;
	t->caseless = end[1] == 'i';
	t->text = tl_pool_text(r->pool, text + 1, (size_t)(end - text - 1));
	return t->text != NULL && check_regex(r, n, row, t);
}

/* "LOW..HIGH"; false if |text| is none, which is no error. */
static bool
read_range(const char *text, tl_conf_test *t)
{
	const char *dots = strstr(text, "..");

	if (dots == NULL || !read_number(text, (size_t)(dots - text), &t->low) ||
	    !read_number(dots + 2, strlen(dots + 2), &t->high))
		return false;
	t->op = TL_OP_RANGE;
	t->is_number = true;
	return true;
}

/* Warns of what is compared as a text though it looks as if something else were meant:
 * half a range or one of numbers that are too large, an operator that there is not. */
static void
warn_of_text(
    tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, const char *text)
{
	static const char digits[] = "0123456789";
	size_t len = strlen(text), numbers = strspn(text, "0123456789-. ");
	const char *advice = NULL;

	if (strchr("<>=!", text[0]) != NULL && len > 0)
		advice = "the signs are = != < <= > >=";
	else if (numbers == len && strcspn(text, digits) < len &&
		 strstr(text, "..") != NULL)
		advice =
		    "a range is LOW..HIGH, as 1..5, of numbers that fit 64 bits with "
		    "their sign";
	if (advice != NULL)
		tl_conf_complain(r->errors, TL_CONF_WARNING, n->mark,
		    "%s: '%s' is compared as a text: %s", row->key, text, advice);
}

static bool
read_comparison(
    tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, tl_conf_test *t)
{
	const char *text = n->text;
	bool numeric = false;

	t->op = TL_OP_EQUAL;
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		size_t len = strlen(operators[i].sign);
		if (strncmp(text, operators[i].sign, len) != 0)
			continue;
		t->op = operators[i].op;
		numeric = operators[i].numeric;
		text += len;
		text += strspn(text, " ");
		break;
	}
	t->is_number = read_number(text, strlen(text), &t->low);
	if (numeric && !t->is_number)
		return tl_conf_wrong(
		    r, n, row, "'%s' needs a number behind the sign", n->text);
	if (!t->is_number)
		warn_of_text(r, n, row, text);
	t->text = tl_conf_keep(r, text);
	return t->text != NULL;
}

static bool
read_test(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, tl_conf_test *t)
{
	const char *text = n->text;

	if (n->kind != TL_NODE_TEXT)
		return tl_conf_wrong(r, n, row, "a test is a text, as down or '> 5'");
	t->shown = tl_conf_keep(r, text);
	if (strcmp(text, "*") == 0 || strcmp(text, "!*") == 0) {
		t->op = text[0] == '*' ? TL_OP_THERE : TL_OP_MISSING;
		return true;
	}
	if (text[0] == '/' || strncmp(text, "!/", 2) == 0)
		return read_regex(r, n, row, text + (text[0] == '!'), t);
	if (!read_range(text, t))
		return read_comparison(r, n, row, t);
	return t->low <= t->high ||
	       tl_conf_wrong(r, n, row, "the range '%s' is empty", text);
}

bool
tl_read_tests(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	bool one = n->kind == TL_NODE_TEXT, good = true;
	size_t count = one ? 1 : n->count;
	tl_conf_test *at = tl_pool_take(r->pool, count * sizeof *at);
	tl_conf_tests tests = { at, count };

	if (count == 0)
		return tl_conf_wrong(r, n, row, "needs a test");
	for (size_t i = 0; at != NULL && i < count; i++)
		good &= read_test(r, one ? n : n->items[i], row, &at[i]);
	memcpy(out, &tests, sizeof tests);
	return good && at != NULL;
}
