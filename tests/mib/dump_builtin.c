/* tests/mib/dump_builtin.c: prints the built-in dictionary for check_builtin.py, a line a
 * definition, fields with tabs between: kind, name, OID, type, special, hint, SIZE,
 * labels, objects or index, severity. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "mib/image.h"

static void
print_span(tl_span s)
{
	printf("%.*s", (int)s.len, (const char *)s.ptr);
}

static void
print_syntax(const tl_mib *mib, const tl_mib_node *node)
{
	const tl_mib_syntax *s = tl_mib_syntax_of(mib, node);

	if (s == NULL) {
		printf("\t\t\t\t");
		return;
	}
	printf("\t%u\t", s->special);
	print_span(tl_mib_hint(mib, s));
	printf("\t%u..%u\t", s->size_min, s->size_max);
	tl_span label;
	int32_t number;
	for (size_t i = 0; tl_mib_node_label_at(mib, node, i, &label, &number); i++) {
		printf("%s", i > 0 ? " " : "");
		print_span(label);
		printf("(%" PRId32 ")", number);
	}
}

static void
print_name(const tl_mib *mib, const tl_mib_node *node)
{
	print_span(tl_mib_node_module(mib, node));
	printf("::");
	print_span(tl_mib_node_name(mib, node));
}

static void
print_list(const tl_mib *mib, const tl_mib_node *node)
{
	uint32_t count;
	const uint32_t *list = tl_mib_list(mib, node, &count);

	for (uint32_t i = 0; i < count; i++) {
		printf("%s%s", i > 0 ? " " : "",
		    (list[i] & TL_MIB_IMPLIED) != 0 ? "IMPLIED " : "");
		print_name(mib, mib->nodes + (list[i] & ~TL_MIB_IMPLIED));
	}
}

int
main(void)
{
	static const char *const kinds[] = { "", "identity", "object", "notification" };
	char oid[TL_OID_TEXT_MAX];
	tl_mib *mib;

	if (tl_mib_builtin(&mib) != TL_OK)
		return 1;
	for (uint32_t i = 0; i < tl_mib_count(mib); i++) {
		const tl_mib_node *node = &mib->nodes[i];
		tl_oid_text(tl_mib_node_oid(mib, node), oid);
		printf("%s\t", kinds[tl_mib_node_kind(node)]);
		print_name(mib, node);
		printf("\t%s\t%d", oid, tl_mib_node_type(mib, node));
		print_syntax(mib, node);
		printf("\t");
		print_list(mib, node);
		printf("\t%s\n", tl_severity_name(tl_mib_node_severity(node)));
	}
	tl_mib_free(mib);
	return 0;
}
