/* cli/blast_account.c: reads the counters that `trapline listen` prints, a line of JSON
 * among other lines of its stderr. Other text is passed over. */
#include "cli/blast_account.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/clock.h"

enum { LOOK_NS = 50000000 }; /* between two looks at a file that grows */

/* The number of |key|, which is on the line once. */
static bool
read_number(const char *line, const char *key, uint64_t *out)
{
	const char *at = strstr(line, key);

	if (at == NULL)
		return false;
	at += strlen(key);
	*out = strtoull(at, NULL, 10);
	return at[0] >= '0' && at[0] <= '9';
}

/* "word":number pairs up to what is none. */
static void
read_reasons(const char *at, blast_counters *out)
{
	while (*at == '"' && out->reason_count < BLAST_REASONS_MAX) {
		const char *word = at + 1;
		const char *end =
		    word + strspn(word, "abcdefghijklmnopqrstuvwxyz-0123456789");
		if (end[0] != '"' || end[1] != ':' || end - word >= BLAST_WORD_MAX)
			return;
		blast_reason *r = &out->reasons[out->reason_count++];
		memcpy(r->word, word, (size_t)(end - word));
		r->word[end - word] = '\0';
		r->count = strtoull(end + 2, NULL, 10);
		at = end + 2;
		at += strspn(at, "0123456789");
		at += *at == ',';
	}
}

bool
blast_counters_read(const char *line, blast_counters *out)
{
	static const char reasons[] = "\"reasons\":{";
	blast_counters c = { 0 };
	const struct {
		const char *key;
		uint64_t *value;
	} fields[] = { { "{\"received\":", &c.received },
		{ ",\"delivered\":", &c.delivered }, { ",\"duplicate\":", &c.duplicate },
		{ ",\"suppressed\":", &c.suppressed }, { ",\"refused\":", &c.refused },
		{ ",\"lost\":", &c.lost } };

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (!read_number(line, fields[i].key, fields[i].value))
			return false;
	const char *at = strstr(line, reasons);
	if (at != NULL)
		read_reasons(at + sizeof reasons - 1, &c);
	*out = c;
	return true;
}

static void
end_line(blast_account *a)
{
	a->line[a->len] = '\0';
	a->len = 0;
	if (!a->skip && blast_counters_read(a->line, &a->after))
		a->found = true;
	a->skip = false;
}

static void
take(blast_account *a, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			end_line(a);
		else if (a->len + 1 < sizeof a->line)
			a->line[a->len++] = bytes[i];
		else
			a->skip = true;
	}
}

/* Takes what is there now; false at the end of what there will be. */
static bool
read_some(blast_account *a)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(a->fd, bytes, sizeof bytes)) > 0) {
		take(a, bytes, (size_t)n);
		if (!a->grows)
			return true;
	}
	return a->grows && n == 0;
}

tl_err
blast_account_open(blast_account *a, const char *path)
{
	struct stat st;

	*a = (blast_account){ .fd = STDIN_FILENO };
	if (strcmp(path, "-") != 0)
		a->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (a->fd < 0 || fstat(a->fd, &st) != 0)
		return TL_EIO;
	a->grows = S_ISREG(st.st_mode);
	if (a->grows)
		read_some(a);
	a->before = a->after;
	a->found = false;
	return TL_OK;
}

/* Of what |a| says, what was not in |b|, which is from before. */
static blast_counters
difference(const blast_counters *a, const blast_counters *b)
{
	blast_counters d = *a;

	d.received -= b->received;
	d.delivered -= b->delivered;
	d.duplicate -= b->duplicate;
	d.suppressed -= b->suppressed;
	d.refused -= b->refused;
	d.lost -= b->lost;
	for (size_t i = 0; i < d.reason_count; i++)
		for (size_t k = 0; k < b->reason_count; k++)
			if (strcmp(d.reasons[i].word, b->reasons[k].word) == 0)
				d.reasons[i].count -= b->reasons[k].count;
	return d;
}

bool
blast_account_read(
    blast_account *a, uint64_t sent, int fd, int64_t until_ns, blast_counters *out)
{
	bool more = true;

	while (more) {
		int64_t left_ns = until_ns - tl_now_monotonic_ns();
		if (left_ns <= 0)
			break;
		if (a->grows && left_ns > LOOK_NS)
			left_ns = LOOK_NS;
		struct timespec t = { left_ns / TL_NS_PER_S, left_ns % TL_NS_PER_S };
		struct pollfd p[2] = { { fd, POLLIN, 0 },
			{ a->grows ? -1 : a->fd, POLLIN, 0 } };
		if (ppoll(p, 2, &t, NULL) > 0 && p[0].revents != 0)
			break;
		if (a->grows || p[1].revents != 0)
			more = read_some(a);
		*out = difference(&a->after, &a->before);
		if (a->found && out->received + out->lost >= sent)
			break;
	}
	*out = difference(&a->after, &a->before);
	return a->found;
}

void
blast_account_close(blast_account *a)
{
	if (a->fd > STDERR_FILENO)
		close(a->fd);
	a->fd = -1;
}
