/* fuzz/main.c: replays files, and the files of folders, through a fuzzer's entry, so that
 * the corpora are tests under any compiler. Writes TAP, one case for the whole corpus. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 }; /* bytes */

/* Runs the file's bytes from memory of just their size, so that the sanitizer sees a read
 * past the end. */
static int
replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return -1;
	uint8_t *whole = malloc(INPUT_MAX);
	size_t len = whole != NULL ? fread(whole, 1, INPUT_MAX, f) : 0;
	uint8_t *data = whole != NULL ? realloc(whole, len > 0 ? len : 1) : NULL;
	int bad = ferror(f) || data == NULL;

	printf("# %s\n", path);
	fflush(stdout);
	if (!bad)
		LLVMFuzzerTestOneInput(data, len);
	free(data);
	fclose(f);
	return bad ? -1 : 1;
}

/* How many files were replayed; -1 when one could not be read. */
static int
replay(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0, more;

	if (dir == NULL)
		return errno == ENOTDIR ? replay_file(path) : -1;
	for (struct dirent *e; (e = readdir(dir)) != NULL; n += more) {
		char name[4096];
		int len = snprintf(name, sizeof name, "%s/%s", path, e->d_name);
		more = e->d_name[0] == '.' ? 0 : replay_file(name);
		if (len < 0 || (size_t)len >= sizeof name || more < 0) {
			n = -1;
			break;
		}
	}
	closedir(dir);
	return n;
}

int
main(int argc, char **argv)
{
	int total = 0;

	printf("1..1\n");
	for (int i = 1; i < argc; i++) {
		int n = replay(argv[i]);
		if (n < 0) {
			printf("not ok 1 - %s cannot be read\n", argv[i]);
			return 1;
		}
		total += n;
	}
	printf("%sok 1 - %d inputs\n", total > 0 ? "" : "not ", total);
	return total > 0 ? 0 : 1;
}
