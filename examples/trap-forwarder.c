/* A trap forwarder: what comes to port 1162, of any version, goes upstream as an inform,
 * and an inform is acknowledged only when upstream has acknowledged it. Build: cc
 * trap-forwarder.c $(pkg-config --cflags --libs libtrapline) */
#include <stdio.h>
#include <trapline/trapline.h>

/* Whether upstream has it. */
static bool
forward(tl_manager *upstream, const tl_notification *n)
{
	tl_outgoing out;
	tl_send_result result = { .why = "" };
	tl_err err;

	tl_outgoing_of(n, &out);
	err = tl_manager_send_inform(upstream, &out, -1, &result);
	if (err != TL_OK)
		fprintf(stderr, "not forwarded: %s; %s\n", tl_err_text(err), result.why);
	return err == TL_OK;
}

int
main(int argc, char **argv)
{
	tl_receiver_options listen = { .manual_ack = true };
	tl_receiver *receiver = NULL;
	tl_manager *upstream = NULL;
	tl_event event;
	tl_err err;

	if (argc != 2) {
		fprintf(stderr, "usage: trap-forwarder UPSTREAM\n");
		return 2;
	}
	err = tl_manager_open(argv[1], 162, NULL, &upstream);
	if (err == TL_OK)
		err = tl_receiver_open(&listen, &receiver);
	while (err == TL_OK) {
		err = tl_receiver_next(receiver, -1, &event);
		if (err != TL_OK)
			break;
		bool safe = forward(upstream, event.n);
		if (event.n->kind != TL_INFORM)
			continue;
		if (!safe) /* its sender sends it again: take it as new then */
			tl_engine_forget(tl_receiver_engine(receiver), event.n);
		else if (tl_receiver_ack(receiver, event.n) != TL_OK)
			fprintf(stderr, "an acknowledgement was not sent\n");
	}
	fprintf(stderr, "trap-forwarder: %s\n", tl_err_text(err));
	tl_receiver_close(receiver);
	tl_manager_close(upstream);
	return 1;
}
