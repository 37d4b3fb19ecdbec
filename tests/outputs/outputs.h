/* tests/outputs/outputs.h: an output of a type, opened from a configuration as a person
 * writes it, and batches by hand. */
#ifndef TESTS_OUTPUTS_OUTPUTS_H
#define TESTS_OUTPUTS_OUTPUTS_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "outputs/parcels.h"
#include "outputs/types.h"
#include "sys/clock.h"
#include "sys/fs.h"

#define MS INT64_C(1000000)
enum { BATCH_MAX = 256 };

typedef struct sample_output {
	tl_conf *conf;
	const output_type *type;
	output_place place;
	void *self;
	char problem[OUTPUT_PROBLEM_MAX]; /* of open, or of the last batch */
	parcel *items[BATCH_MAX];
	batch b;
	_Atomic int64_t end_ns;
} sample_output;

/* Opens the output that |yaml|, a flow mapping, describes; what it returned. */
static inline tl_err
output_try(sample_output *o, const output_type *type, const char *yaml)
{
	char text[4096];

	snprintf(text, sizeof text, "outputs: {out: %s}\n", yaml);
	o->conf = good(text);
	o->type = type;
	atomic_init(&o->end_ns, INT64_MAX);
	return type->open(&o->conf->outputs.at[0], &o->place, &o->self, o->problem);
}

static inline void
output_open(sample_output *o, const output_type *type, const char *yaml)
{
	tl_err err = output_try(o, type, yaml);

	if (err != TL_OK)
		print_message("# %s\n", o->problem);
	assert_int_equal(err, TL_OK);
}

static inline void
output_close(sample_output *o)
{
	if (o->self != NULL)
		o->type->close(o->self);
	tl_conf_free(o->conf);
	*o = (sample_output){ 0 };
}

/* Delivers what |items| has, which stays the caller's; o->b says what became of it. */
static inline delivery
output_deliver(sample_output *o, parcel *const *items, size_t count)
{
	o->b = (batch){ .items = items, .count = count, .end_ns = &o->end_ns };
	delivery what = o->type->deliver(o->self, &o->b);

	if (what == DELIVERED)
		o->b.done = count;
	memcpy(o->problem, o->b.problem, sizeof o->problem);
	return what;
}

/* The parcels |first| to |last|, each a linkDown of that request-id. */
static inline size_t
output_fill(sample_output *o, uint32_t first, uint32_t last)
{
	size_t n = 0;

	for (uint32_t i = first; i <= last; i++)
		o->items[n++] = numbered(i, TL_SEVERITY_MAJOR);
	return n;
}

static inline void
output_empty(sample_output *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		parcel_drop(o->items[i]);
}

/* Delivers |first| to |last|, which must work. */
static inline void
output_numbers(sample_output *o, uint32_t first, uint32_t last)
{
	size_t n = output_fill(o, first, last);
	delivery what = output_deliver(o, o->items, n);

	if (what != DELIVERED)
		print_message("# %s\n", o->problem);
	assert_int_equal(what, DELIVERED);
	output_empty(o, n);
}

/* A folder of its own, for a test; removed with all in it. */
static char the_folder[64];

static inline int
make_folder(void **state)
{
	(void)state;
	snprintf(the_folder, sizeof the_folder, "/tmp/trapline-test-XXXXXX");
	return mkdtemp(the_folder) != NULL ? 0 : -1;
}

static inline int
remove_folder(void **state)
{
	(void)state;
	char *const argv[] = { "rm", "-rf", the_folder, NULL };
	pid_t pid = fork();
	if (pid == 0) {
		execvp("rm", argv);
		_exit(1);
	}
	return pid > 0 ? 0 : -1;
}

/* The path of |name| in the folder; two at a time. */
static inline const char *
in_folder(const char *name)
{
	static char paths[2][512];
	static unsigned next;
	char *path = paths[next++ % 2];

	snprintf(path, sizeof paths[0], "%s/%s", the_folder, name);
	return path;
}

/* What a file of the folder says; free() it. */
static inline char *
read_text(const char *name)
{
	uint8_t *text;
	size_t len;

	assert_int_equal(
	    tl_file_read(AT_FDCWD, in_folder(name), 1 << 26, &text, &len), TL_OK);
	return (char *)text;
}

/* The request-ids of the JSON lines in |text|, each whole, as "1 2 3 ". */
static inline const char *
numbers_in(const char *text)
{
	static char list[65536];
	size_t len = 0;

	list[0] = '\0';
	while (*text != '\0') {
		const char *end = strchr(text, '\n');
		const char *id = strstr(text, "\"request_id\":");
		assert_non_null(end);
		assert_int_equal(strncmp(text, "{\"schema\":1,", 12), 0);
		assert_int_equal(end[-1], '}');
		assert_true(id != NULL && id < end);
		assert_true(len + 12 < sizeof list);
		len += (size_t)snprintf(
		    list + len, sizeof list - len, "%ld ", strtol(id + 13, NULL, 10));
		text = end + 1;
	}
	return list;
}

static inline void
assert_numbers(const char *name, const char *numbers)
{
	char *text = read_text(name);

	assert_string_equal(numbers_in(text), numbers);
	free(text);
}

#endif
