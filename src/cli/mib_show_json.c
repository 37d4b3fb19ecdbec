/* cli/mib_show_json.c: what `trapline mib show` finds in a definition's text, and all of
 * it as JSON. */
#include "base/buf.h"
#include "cli/mib_show.h"
#include "cli/mib_translate.h"

static bool
is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Where a word, a string, a comment or another character that begins at |at| ends. */
static size_t
end_of_piece(tl_span text, size_t at)
{
	size_t end = at + 1;
	uint8_t c = text.ptr[at];

	if (c == '-' && end < text.len && text.ptr[end] == '-') {
		while (end < text.len && text.ptr[end] != '\n')
			end++;
	} else if (c == '"') {
		while (end < text.len && text.ptr[end] != '"')
			end++;
		end += end < text.len;
	} else if (is_word(c)) {
		while (end < text.len && is_word(text.ptr[end]))
			end++;
	}
	return end;
}

/* What is behind |open|, at |at|, up to |close|. */
static tl_span
between(tl_span text, size_t at, uint8_t close)
{
	size_t end = at + 1;

	while (end < text.len && text.ptr[end] != close)
		end++;
	while (at + 1 < end && text.ptr[at + 1] <= ' ')
		at++;
	while (end > at + 1 && text.ptr[end - 1] <= ' ')
		end--;
	return (tl_span){ text.ptr + at + 1, end - at - 1 };
}

/* The value that stands at |at|, behind blanks. */
static tl_span
value_at(tl_span text, size_t at)
{
	while (at < text.len && text.ptr[at] <= ' ')
		at++;
	if (at == text.len)
		return (tl_span){ 0 };
	if (text.ptr[at] == '"' || text.ptr[at] == '{')
		return between(text, at, text.ptr[at] == '{' ? '}' : '"');
	size_t end = end_of_piece(text, at);
	return (tl_span){ text.ptr + at, end - at };
}

tl_span
show_clause(tl_span whole, const char *clause)
{
	size_t len = strlen(clause), end;

	for (size_t at = 0; at < whole.len; at = end) {
		end = end_of_piece(whole, at);
		if (end - at == len && memcmp(whole.ptr + at, clause, len) == 0)
			return value_at(whole, end);
	}
	return (tl_span){ 0 };
}

tl_span
show_access(tl_span whole)
{
	tl_span access = show_clause(whole, "MAX-ACCESS");

	return access.len > 0 ? access : show_clause(whole, "ACCESS");
}

uint32_t
show_children(const tl_mib *mib, const tl_mib_node *node)
{
	tl_oid above = tl_mib_node_oid(mib, node), last = { 0 };
	uint32_t arcs[TL_OID_MAX], count = 0;
	size_t depth = tl_oid_arcs(above, arcs) + 1;
	const tl_mib_node *other;

	for (uint32_t i = 0; (other = tl_mib_at(mib, i)) != NULL; i++) {
		tl_oid oid = tl_mib_node_oid(mib, other);
		if (oid.len <= above.len || !tl_oid_starts_with(oid, above) ||
		    tl_oid_arcs(oid, arcs) != depth || tl_oid_equal(oid, last))
			continue;
		last = oid;
		count++;
	}
	return count;
}

static void
put(const char *key, tl_span value)
{
	if (value.len == 0)
		return;
	printf(",\"%s\":", key);
	mib_print_json(stdout, value);
}

static void
put_labels(const tl_mib *mib, const tl_mib_node *node)
{
	const char *before = ",\"labels\":[";
	int32_t number;
	tl_span label;
	size_t i = 0;

	for (; tl_mib_node_label_at(mib, node, i, &label, &number); i++) {
		printf("%s{\"number\":%d,\"label\":", before, number);
		mib_print_json(stdout, label);
		putchar('}');
		before = ",";
	}
	if (i > 0)
		putchar(']');
}

static void
put_syntax(const tl_mib *mib, const tl_mib_node *node)
{
	int type = tl_mib_node_type(mib, node);
	uint16_t min, max;

	if (tl_mib_node_kind(node) != TL_MIB_OBJECT)
		return;
	if (type != 0)
		printf(",\"type\":\"%s\"", tl_type_name((tl_type)type));
	put_labels(mib, node);
	put("hint", tl_mib_node_hint(mib, node));
	tl_mib_node_size(mib, node, &min, &max);
	if (type == TL_T_OCTETS && (min > 0 || max < UINT16_MAX))
		printf(",\"size\":[%u,%u]", min, max);
}

static void
put_index(const tl_mib *mib, const tl_mib_node *node)
{
	const char *before = ",\"index\":[";
	tl_mib_index_object object;
	size_t i = 0;

	for (; tl_mib_node_index(mib, node, i, &object); i++) {
		fputs(before, stdout);
		putchar('{');
		if (object.node != NULL)
			mib_print_json_node(stdout, mib, object.node);
		printf("%s\"implied\":%s}", object.node != NULL ? "," : "",
		    object.implied ? "true" : "false");
		before = ",";
	}
	if (i > 0)
		putchar(']');
}

static void
put_objects(const tl_mib *mib, const tl_mib_node *node)
{
	const tl_mib_node *object;
	const char *before = "";

	if (tl_mib_node_kind(node) != TL_MIB_NOTIFICATION)
		return;
	fputs(",\"objects\":[", stdout);
	for (size_t i = 0; (object = tl_mib_node_object(mib, node, i)) != NULL; i++) {
		printf("%s{", before);
		mib_print_json_node(stdout, mib, object);
		putchar('}');
		before = ",";
	}
	putchar(']');
}

/* The instance as text, and its items as the event has them. */
static void
put_instance(const tl_mib *mib, const subject *what)
{
	uint8_t room[NAME_ROOM], text[NAME_ROOM];
	tl_buf b = { .ptr = room, .cap = sizeof room };
	tl_mib_index item = { .text = { .ptr = text, .cap = sizeof text } };
	tl_oid rest = what->rest;
	const char *before = "";
	size_t at = 0;

	if (rest.len == 0)
		return;
	mib_put_instance(mib, what->node, rest, &b);
	put("instance", tl_buf_written(&b));
	fputs(",\"instance_index\":{", stdout);
	while (tl_mib_index_next(mib, what->node, &at, &rest, &item)) {
		fputs(before, stdout);
		mib_print_json(stdout, item.name);
		putchar(':');
		if (item.is_number)
			printf("%llu", (unsigned long long)item.value);
		else
			mib_print_json(stdout, tl_buf_written(&item.text));
		item.text = (tl_buf){ .ptr = text, .cap = sizeof text };
		before = ",";
	}
	putchar('}');
}

void
show_json(const shower *s, const subject *what)
{
	const tl_mib *mib = s->job.mib;
	const tl_mib_node *node = what->node;
	uint32_t line;
	tl_span path = tl_mib_node_source(mib, node, &line);

	putchar('{');
	mib_print_json_node(stdout, mib, node);
	put_instance(mib, what);
	if (tl_mib_node_severity(node) != TL_SEVERITY_NONE)
		printf(
		    ",\"severity\":\"%s\"", tl_severity_name(tl_mib_node_severity(node)));
	put_syntax(mib, node);
	put("units", show_clause(s->text.whole, "UNITS"));
	put("status", show_clause(s->text.whole, "STATUS"));
	put("access", show_access(s->text.whole));
	put_index(mib, node);
	put("augments", show_clause(s->text.whole, "AUGMENTS"));
	put_objects(mib, node);
	printf(",\"children\":%u", show_children(mib, node));
	put("file", path);
	if (path.len > 0)
		printf(",\"line\":%u", line);
	put("description", s->text.description);
	if (s->definition)
		put("definition", s->text.whole);
	puts("}");
}
