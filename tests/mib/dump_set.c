/* tests/mib/dump_set.c: prints what a set of MIB files comes down to, for those who judge
 * it: "module<TAB>name<TAB>oid<TAB>kind" of all notifications, or with -a of all
 * definitions, and what is known of them, as dump_builtin has it: type, special, hint,
 * SIZE, labels, objects or index. On stderr a summary, with -p all problems as well.
 *
 *   dump_set [-a] [-p] FILE|FOLDER... */
#include "resolving.h"

#include <time.h>
#include <unistd.h>

static double
cpu_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
print_span(tl_span s)
{
	(void)printf("%.*s", (int)s.len, (const char *)s.ptr);
}

static void
print_syntax(const resolving *r, const tl_mib_def *def)
{
	if (def->syntax == TL_MIB_NONE) {
		(void)printf("\t0\t\t\t\t");
		return;
	}
	const tl_mib_def_syntax *s =
	    TL_VEC_AT(&r->set.syntaxes, const tl_mib_def_syntax, def->syntax);
	const tl_mib_def_label *labels =
	    TL_VEC_AT(&r->set.labels, const tl_mib_def_label, s->label);
	(void)printf("\t%u\t%u\t", s->type, s->special);
	print_span(name_text(r, s->hint));
	(void)printf("\t%u..%u\t", s->size_min, s->size_max);
	for (uint32_t i = 0; i < s->label_count; i++) {
		(void)printf("%s", i > 0 ? " " : "");
		print_span(name_text(r, labels[i].text));
		(void)printf("(%d)", labels[i].value);
	}
}

static void
print_list(const resolving *r, const tl_mib_def *def)
{
	(void)printf("\t");
	if (def->list == TL_MIB_NONE)
		return;
	const uint32_t *list = TL_VEC_AT(&r->set.lists, const uint32_t, def->list);
	for (uint32_t i = 1; i <= list[0]; i++) {
		(void)printf("%s", i > 1 ? " " : "");
		if (list[i] == TL_MIB_NONE) {
			(void)printf("?");
			continue;
		}
		const tl_mib_def *to = set_def(r, list[i] & ~TL_MIB_IMPLIED);
		(void)printf("%s", (list[i] & TL_MIB_IMPLIED) != 0 ? "IMPLIED " : "");
		print_span(module_text(r, to));
		(void)printf("::");
		print_span(name_text(r, to->name));
	}
}

static void
print_defs(const resolving *r, bool all)
{
	static const char *const kinds[] = { "", "identity", "object", "notification" };
	char text[TL_OID_TEXT_MAX];

	for (uint32_t i = 0; i < r->set.defs.count; i++) {
		const tl_mib_def *def = set_def(r, i);
		if (!all && def->kind != TL_MIB_NOTIFICATION)
			continue;
		print_span(module_text(r, def));
		(void)printf("\t");
		print_span(name_text(r, def->name));
		(void)printf("\t%s\t%s", oid_text(r, def, text), kinds[def->kind]);
		if (all) {
			print_syntax(r, def);
			print_list(r, def);
		}
		(void)printf("\n");
	}
}

static void
print_summary(const resolving *r)
{
	const tl_mib_summary *s = &r->summary;

	(void)fprintf(stderr,
	    "sources %u modules %u duplicates %u\ndefinitions %u nodes %u notifications "
	    "%u\nunresolved %u, notifications %u\nsyntaxes %u labels %u lists %u oids "
	    "%u names %u\n",
	    s->sources, s->modules, s->duplicates, s->definitions, s->nodes,
	    s->notifications, s->unresolved, s->unresolved_notifications,
	    r->set.syntaxes.count, r->set.labels.count, r->set.lists.count,
	    r->set.oids.count, tl_smi_names_count(r->tree.names));
	for (int i = 0; i < TL_MIB_PROBLEM_COUNT; i++)
		if (s->problems[i] != 0)
			(void)fprintf(stderr, "%s %u\n",
			    tl_mib_problem_word((tl_mib_problem_kind)i), s->problems[i]);
}

int
main(int argc, char **argv)
{
	static resolving r;
	bool all = false;
	int option;

	if (!resolving_init(&r))
		return 1;
	while ((option = getopt(argc, argv, "ap")) != -1) {
		all = all || option == 'a';
		r.print = option == 'p' ? stderr : r.print;
		if (option == '?')
			return 2;
	}
	for (int i = optind; i < argc; i++)
		if (!add_path(&r, argv[i])) {
			(void)fprintf(stderr, "cannot read %s\n", argv[i]);
			return 1;
		}
	double parsed = cpu_seconds();
	if (resolve_all(&r) != TL_OK)
		return 1;
	(void)fprintf(stderr, "parsed in %.2f s, resolved in %.2f s\n", parsed,
	    cpu_seconds() - parsed);
	print_defs(&r, all);
	print_summary(&r);
	resolving_fini(&r);
	return 0;
}
