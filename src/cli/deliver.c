/* cli/deliver.c: see deliver.h. */
#include "cli/deliver.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "trapline/render.h"

enum { NAME_ROOM = 512, ENDPOINT_ROOM = TL_ADDRESS_TEXT_MAX + 8 };

static void
write_endpoint(const tl_endpoint *ep, char out[ENDPOINT_ROOM])
{
	char address[TL_ADDRESS_TEXT_MAX];

	tl_address_text(ep, address);
	bool v6 = strchr(address, ':') != NULL;
	snprintf(out, ENDPOINT_ROOM, "%s%s%s:%u", v6 ? "[" : "", address, v6 ? "]" : "",
	    ep->port);
}

/* "nms (192.0.2.1:162)", or just the address if that is what the user wrote. */
static void
write_name(const delivery *to, char name[NAME_ROOM])
{
	tl_endpoint peer = tl_manager_peer(to->manager);
	char address[TL_ADDRESS_TEXT_MAX], endpoint[ENDPOINT_ROOM];

	tl_address_text(&peer, address);
	bool same = strcmp(address, to->host) == 0;
	write_endpoint(&peer, endpoint);
	snprintf(name, NAME_ROOM, "%.255s%s%s%s", same ? "" : to->host, same ? "" : " (",
	    endpoint, same ? "" : ")");
}

/* " from 192.0.2.9:162" if the answer came from another address. */
static void
write_answerer(const delivery *to, char more[ENDPOINT_ROOM + 8])
{
	tl_endpoint from = tl_manager_answerer(to->manager);
	tl_endpoint peer = tl_manager_peer(to->manager);
	char endpoint[ENDPOINT_ROOM];

	more[0] = '\0';
	if (memcmp(from.addr, peer.addr, sizeof peer.addr) == 0 && from.port == peer.port)
		return;
	write_endpoint(&from, endpoint);
	snprintf(more, ENDPOINT_ROOM + 8, " from %s", endpoint);
}

static void
fail(deliveries *d, const delivery *to, const char *why, const char *more)
{
	char name[NAME_ROOM];

	d->failed = true;
	write_name(to, name);
	cli_error(d->command, "%s: %s%s", name, why, more);
}

static void
write_sizes(char more[64], size_t size, size_t limit)
{
	if (size > 0)
		snprintf(more, 64, " (%zu bytes, the limit is %zu)", size, limit);
}

/* It could not even be sent. */
static void
fail_to_send(deliveries *d, const delivery *to, tl_err err)
{
	const tl_send_problem *p = tl_sender_problem(tl_manager_sender(to->manager));
	char more[64] = "";

	if (err == TL_EIO) {
		fail(d, to, strerror(errno), "");
		return;
	}
	if (err == TL_ELIMIT_SIZE)
		write_sizes(more, p->size_bytes, p->limit_bytes);
	else if (err == TL_ETYPE)
		snprintf(more, sizeof more, " (object %zu)", p->varbind + 1);
	fail(d, to, p->why[0] != '\0' ? p->why : tl_err_text(err), more);
}

static const char *
tries_word(uint32_t tries)
{
	return tries == 1 ? "try" : "tries";
}

static void
tell_result(deliveries *d, const delivery *to, const tl_send_result *r)
{
	char name[NAME_ROOM], from[ENDPOINT_ROOM + 8], more[64] = "";
	double ms = (double)r->latency_ns / 1e6;

	write_name(to, name);
	if (r->err == TL_OK) {
		write_answerer(to, from);
		if (!d->quiet)
			printf("%s: acknowledged%s after %.3f ms, %u %s\n", name, from,
			    ms, r->tries, tries_word(r->tries));
		return;
	}
	if (r->err == TL_ELIMIT_SIZE)
		write_sizes(more, r->size_bytes, r->limit_bytes);
	else if (r->err == TL_EREPLY)
		snprintf(more, sizeof more, " (%s, object %d)",
		    tl_error_status_name(r->error_status), r->error_index);
	else
		snprintf(more, sizeof more, " (%u %s in %.3f s)", r->tries,
		    tries_word(r->tries), ms / 1000);
	fail(d, to, r->why[0] != '\0' ? r->why : tl_err_text(r->err), more);
}

static const char *
open_problem(tl_err err, const tl_manager_options *opt)
{
	if (err == TL_EIO && errno == ENXIO)
		return "there is no such host";
	if (err == TL_EIO)
		return strerror(errno);
	if (opt->sender.user != NULL && (err == TL_EINVAL || err == TL_ESECRET))
		return tl_user_problem(err, opt->sender.user);
	return tl_err_text(err);
}

static int
open_one(deliveries *d, char *text, const tl_manager_options *opt)
{
	cli_host host;
	delivery to = { .host = text };

	if (!cli_read_host(text, &host))
		return cli_usage_error(d->command,
		    "HOST[:PORT] is wanted, [V6]:PORT of an IPv6 address, "
		    "with a port from 1 to 65535");
	to.host = host.host;
	tl_err err = tl_manager_open(host.host, host.port, opt, &to.manager);
	if (err == TL_OK) {
		d->to[d->count++] = to;
		return -1;
	}
	if (err == TL_EINVAL || err == TL_ESECRET) { /* whatever the host */
		cli_error(d->command, "%s", open_problem(err, opt));
		return EXIT_USAGE;
	}
	bool from = opt->source != NULL;
	cli_error(d->command, "%s%s%s: %s", host.host, from ? " from " : "",
	    from ? opt->source : "", open_problem(err, opt));
	d->failed = true;
	return -1;
}

int
deliver_open(deliveries *d, char *hosts, const tl_manager_options *opt)
{
	int status = -1;

	while (status < 0 && hosts != NULL) {
		char *comma = strchr(hosts, ',');
		if (comma != NULL)
			*comma++ = '\0';
		if (d->count == DELIVER_MAX)
			return cli_usage_error(
			    d->command, "more than %d receivers", DELIVER_MAX);
		status = open_one(d, hosts, opt);
		hosts = comma;
	}
	return status;
}

/* Takes the results that there are. */
static void
take_results(deliveries *d, delivery *to)
{
	tl_send_result r;
	tl_err err;

	while (
	    to->waiting && (err = tl_manager_poll(to->manager, 0, &r)) != TL_ETIMEOUT) {
		to->waiting = err == TL_OK && r.ticket != to->ticket;
		if (err != TL_OK)
			fail_to_send(d, to, err);
		else if (!to->waiting)
			tell_result(d, to, &r);
	}
}

/* Waits until something may have come, or is to be sent again. False: nothing is waited
 * for. */
static bool
wait_for_any(deliveries *d)
{
	struct pollfd fds[DELIVER_MAX];
	nfds_t count = 0;
	int wait_ms = -1;

	for (size_t i = 0; i < d->count; i++) {
		if (!d->to[i].waiting)
			continue;
		int ms = tl_manager_timeout_ms(d->to[i].manager);
		wait_ms = ms >= 0 && (wait_ms < 0 || ms < wait_ms) ? ms : wait_ms;
		fds[count++] = (struct pollfd){
			.fd = tl_manager_fd(d->to[i].manager),
			.events = POLLIN,
		};
	}
	if (count > 0)
		poll(fds, count, wait_ms);
	return count > 0;
}

static void
start(deliveries *d, delivery *to, const tl_outgoing *out)
{
	char name[NAME_ROOM];
	tl_err err = out->kind == TL_INFORM
			 ? tl_manager_submit(to->manager, out, &to->ticket)
			 : tl_manager_send_trap(to->manager, out);

	to->waiting = out->kind == TL_INFORM && err == TL_OK;
	if (err != TL_OK) {
		fail_to_send(d, to, err);
	} else if (!to->waiting && !d->quiet) {
		write_name(to, name);
		printf("%s: sent\n", name);
	}
}

void
deliver(deliveries *d, const tl_outgoing *out)
{
	for (size_t i = 0; i < d->count; i++)
		start(d, &d->to[i], out);
	while (wait_for_any(d))
		for (size_t i = 0; i < d->count; i++)
			take_results(d, &d->to[i]);
	fflush(stdout);
}

void
deliver_close(deliveries *d)
{
	for (size_t i = 0; i < d->count; i++)
		tl_manager_close(d->to[i].manager);
	d->count = 0;
}
