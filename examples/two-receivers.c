/* Two receivers in one epoll loop: traps on port 1162 and SNMPv3 informs of one user on
 * port 1163. Build: cc two-receivers.c $(pkg-config --cflags --libs libtrapline) */
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <trapline/trapline.h>

static tl_span
text(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

static tl_receiver *
open_on(const char *address, const tl_user *user, int epoll)
{
	const char *listen[] = { address, NULL };
	tl_receiver_options options = {
		.listen = listen, .users = user, .user_count = user != NULL
	};
	tl_receiver *r = NULL;

	if (tl_receiver_open(&options, &r) != TL_OK)
		return NULL;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = r };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, tl_receiver_fd(r), &event) == 0)
		return r;
	tl_receiver_close(r);
	return NULL;
}

int
main(void)
{
	tl_user noc = { .name = text("noc"),
		.auth = TL_AUTH_SHA256,
		.auth_secret = { TL_SECRET_PASSPHRASE, text("authpass123") },
		.priv = TL_PRIV_AES128,
		.priv_secret = { TL_SECRET_PASSPHRASE, text("privpass123") } };
	int epoll = epoll_create1(0);
	struct epoll_event ready;

	if (open_on("udp:0.0.0.0:1162", NULL, epoll) == NULL ||
	    open_on("udp:0.0.0.0:1163", &noc, epoll) == NULL)
		return 1;
	while (epoll_wait(epoll, &ready, 1, -1) >= 0) {
		tl_event event;
		while (tl_receiver_next(ready.data.ptr, 0, &event) == TL_OK) {
			char oid[TL_OID_TEXT_MAX];
			tl_oid_text(event.n->trap_oid, oid);
			printf("v%d %s, %zu varbinds\n", event.n->version, oid,
			    event.n->vb_count);
		}
	}
	return 0;
}
