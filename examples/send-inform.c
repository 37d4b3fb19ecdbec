/* Sends an SNMPv3 inform with two objects and waits for its acknowledgement.
 * Build: cc send-inform.c $(pkg-config --cflags --libs libtrapline) */
#include <stdio.h>
#include <string.h>
#include <trapline/trapline.h>

static tl_span
text(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

int
main(int argc, char **argv)
{
	tl_user noc = { .name = text("noc"),
		.auth = TL_AUTH_SHA256,
		.auth_secret = { TL_SECRET_PASSPHRASE, text("authpass123") },
		.priv = TL_PRIV_AES128,
		.priv_secret = { TL_SECRET_PASSPHRASE, text("privpass123") } };
	tl_manager_options options = { .sender = { .version = 3, .user = &noc } };
	uint8_t oids[3][TL_OID_BER_MAX];
	tl_varbind objects[] = { { .type = TL_T_INTEGER, .v.i64 = 95 },
		{ .type = TL_T_OCTETS, .v.octets = text("CPU High") } };
	tl_outgoing inform = { .vb = objects, .vb_count = 2 };
	tl_send_result result = { .why = "" };
	tl_manager *manager = NULL;
	tl_err err;

	if (tl_oid_from_text("1.3.6.1.4.1.12345.0.1", 21, oids[0], &inform.trap_oid) !=
		TL_OK ||
	    tl_oid_from_text("1.3.6.1.4.1.12345.1.1.0", 23, oids[1], &objects[0].name) !=
		TL_OK ||
	    tl_oid_from_text("1.3.6.1.4.1.12345.1.2.0", 23, oids[2], &objects[1].name) !=
		TL_OK)
		return 2;
	err = tl_manager_open(argc > 1 ? argv[1] : "localhost", 1162, &options, &manager);
	if (err == TL_OK)
		err = tl_manager_send_inform(manager, &inform, -1, &result);
	if (err == TL_OK)
		printf("acknowledged after %.3f ms, %u %s\n",
		    (double)result.latency_ns / 1e6, result.tries,
		    result.tries == 1 ? "try" : "tries");
	else
		fprintf(stderr, "%s; %s\n", tl_err_text(err), result.why);
	tl_manager_close(manager);
	return err != TL_OK;
}
