/* outputs/plain.c: file and stdout, in their simplest form. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>

#include "outputs/output.h"

enum { ROOM = 8 << 20 };

typedef struct plain {
	int fd;
	const tl_conf_output *conf;
	tl_renderer *renderer;
	dictionary *dictionary;
	tl_buf buf;
} plain;

static tl_err
plain_open(const tl_conf_output *conf, void **self, char problem[256])
{
	plain *p = calloc(1, sizeof *p);

	if (p == NULL)
		return TL_ENOMEM;
	p->conf = conf;
	p->fd = conf->type == TL_OUTPUT_STDOUT
		    ? STDOUT_FILENO
		    : open(conf->file.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
			  (mode_t)conf->file.mode);
	p->buf = (tl_buf){ .ptr = malloc(ROOM), .cap = ROOM };
	if (p->fd < 0 || p->buf.ptr == NULL) {
		snprintf(problem, 256, "%s: %s", conf->file.path, strerror(errno));
		free(p->buf.ptr);
		free(p);
		return TL_EIO;
	}
	*self = p;
	return TL_OK;
}

static tl_err
use(plain *p, dictionary *d)
{
	tl_renderer_options opt = { .format = TL_FORMAT_JSON, .mib = d->mib };

	if (p->dictionary == d)
		return TL_OK;
	if (p->conf->form == TL_FORM_TEXT ||
	    (p->conf->form == TL_FORM_AUTO && isatty(p->fd)))
		opt.format = TL_FORMAT_TEXT;
	tl_renderer_free(p->renderer);
	p->renderer = NULL;
	if (p->dictionary != NULL)
		dictionary_drop(p->dictionary);
	p->dictionary = dictionary_hold(d);
	return tl_renderer_new(&opt, &p->renderer);
}

static void
flush(plain *p)
{
	size_t done = 0;

	while (done < p->buf.len) {
		ssize_t n = write(p->fd, p->buf.ptr + done, p->buf.len - done);
		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	p->buf.len = 0;
}

static delivery
plain_deliver(void *self, batch *b)
{
	plain *p = self;

	for (size_t i = 0; i < b->count; i++) {
		parcel *it = b->items[i];
		if (use(p, it->dictionary) != TL_OK)
			continue;
		for (int tries = 0; tries < 2; tries++) {
			tl_err err =
			    it->n != NULL
				? tl_render_judged(p->renderer, it->n, &it->j, &p->buf)
				: tl_render_own(p->renderer, it->own, &p->buf);
			if (err != TL_ENOSPC)
				break;
			flush(p);
		}
	}
	flush(p);
	return DELIVERED;
}

static void
plain_close(void *self)
{
	plain *p = self;

	if (p->conf->type == TL_OUTPUT_FILE)
		close(p->fd);
	tl_renderer_free(p->renderer);
	if (p->dictionary != NULL)
		dictionary_drop(p->dictionary);
	free(p->buf.ptr);
	free(p);
}

static const output_type file = {
	.name = "file", .open = plain_open, .deliver = plain_deliver, .close = plain_close
};
static const output_type out = { .name = "stdout",
	.open = plain_open,
	.deliver = plain_deliver,
	.close = plain_close };
static const output_type end = { 0 };
const output_type *const output_types[] = { &file, &out, &end };
