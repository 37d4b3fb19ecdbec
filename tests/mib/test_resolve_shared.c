/* mib/resolve.c on real MIBs: the folders "mibs" and "mibs-hard" of TRAPLINE_SHARED, or
 * of a folder "shared" beside the source, give the OIDs that their TRUTH.tsv has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "resolving.h"

static bool
find_shared(const char *name, char path[static 1024])
{
	const char *shared = getenv("TRAPLINE_SHARED");
	struct stat st;

	for (int up = 0; up < 4; up++) {
		static const char *const beside[] = { "../shared", "../../shared",
			"../../../shared", "../../../../shared" };
		const char *dir = shared != NULL ? shared : beside[up];
		(void)snprintf(path, 1024, "%s/%s", dir, name);
		if (stat(path, &st) == 0)
			return true;
	}
	return false;
}

/* Reads the modules of a folder, all files but those that describe them. */
static bool
read_folder(resolving *r, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_shown, alphasort);
	bool good = count >= 0;

	for (int i = 0; i < count; i++) {
		char file[2048];
		(void)snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
		if (strstr(entries[i]->d_name, ".tsv") == NULL)
			good = good && add_file(r, file);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return good;
}

/* Whether a notification module::name has |oid|, among those of that name. */
static bool
has_oid(resolving *r, const char *module, const char *name, const char *oid)
{
	char text[TL_OID_TEXT_MAX];
	uint32_t i = def_named(r, module, name, TL_MIB_NOTIFICATION, 0);

	for (; i != UINT32_MAX;
	     i = def_named(r, module, name, TL_MIB_NOTIFICATION, i + 1))
		if (strcmp(oid_text(r, set_def(r, i), text), oid) == 0)
			return true;
	return false;
}

typedef struct score {
	unsigned rows, wrong, missing;
} score;

/* Modules whose notifications hang on modules that are in neither folder. */
static bool
is_incomplete(const char *module)
{
	static const char *const modules[] = { "DES3200-10-L2MGMT-MIB",
		"EXTREME-V2TRAP-MIB", "Juniper-DHCP-MIB", "NBS-CONNECTIVITY-MIB",
		"RDN-EVT-NOTIFICATIONS", "STEELHEAD-MIB", "XYLANTRAP-MIB" };

	for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++)
		if (strcmp(module, modules[i]) == 0)
			return true;
	return false;
}

static score
compare(resolving *r, const char *folder)
{
	char path[2048], line[4096];
	score s = { 0 };

	(void)snprintf(path, sizeof path, "%s/TRUTH.tsv", folder);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		char *rest = line, *field[4];
		for (int i = 0; i < 4; i++)
			field[i] = strsep(&rest, "\t");
		if (line[0] == '#' || rest == NULL)
			continue;
		bool agreed = strcmp(field[3], "yes") == 0;
		bool right = has_oid(r, field[0], field[1], field[2]);
		bool there = def_named(r, field[0], field[1], TL_MIB_NOTIFICATION, 0) !=
			     UINT32_MAX;
		right = right || (!there && (!agreed || is_incomplete(field[0])));
		s.rows++;
		s.wrong += !right;
		s.missing += !there;
		if (!right)
			print_message(
			    "# wrong: %s::%s %s\n", field[0], field[1], field[2]);
	}
	(void)fclose(f);
	print_message("# %s: %u rows, %u wrong, %u without an OID\n", folder, s.rows,
	    s.wrong, s.missing);
	return s;
}

static score
judge(const char *folder, const char *more)
{
	char path[1024], other[1024];
	static resolving r;

	if (!find_shared(folder, path) || !find_shared(more, other)) {
		print_message("# no %s in TRAPLINE_SHARED\n", folder);
		skip();
	}
	assert_true(resolving_init(&r));
	assert_true(read_folder(&r, path));
	if (strcmp(folder, more) != 0)
		assert_true(read_folder(&r, other));
	assert_int_equal(TL_OK, resolve_all(&r));
	score s = compare(&r, path);
	resolving_fini(&r);
	return s;
}

static void
test_finds_the_agreed_oids_of_well_known_modules(void **state)
{
	(void)state;
	score s = judge("mibs", "mibs");

	assert_int_equal(0, s.wrong);
	assert_int_equal(0, s.missing);
}

static void
test_finds_the_agreed_oids_of_damaged_modules(void **state)
{
	(void)state;
	score s = judge("mibs-hard", "mibs");

	assert_int_equal(0, s.wrong);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_the_agreed_oids_of_well_known_modules),
		cmocka_unit_test(test_finds_the_agreed_oids_of_damaged_modules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
