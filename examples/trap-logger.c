/* A trap logger: prints every notification that comes to port 1162, and acknowledges
 * informs. Build: cc trap-logger.c $(pkg-config --cflags --libs libtrapline) */
#include <stdio.h>
#include <trapline/trapline.h>

static void
print_varbind(const tl_varbind *vb)
{
	char name[TL_OID_TEXT_MAX], text[TL_OID_TEXT_MAX];

	tl_oid_text(vb->name, name);
	printf("  %s = %s ", name, tl_type_name(vb->type));
	if (vb->type == TL_T_INTEGER)
		printf("%lld\n", (long long)vb->v.i64);
	else if (vb->type == TL_T_OCTETS)
		printf("of %zu bytes\n", vb->v.octets.len);
	else if (vb->type == TL_T_OID && tl_oid_text(vb->v.oid, text) > 0)
		printf("%s\n", text);
	else
		printf("\n");
}

static void
print_notification(const tl_notification *n)
{
	char source[TL_ADDRESS_TEXT_MAX], oid[TL_OID_TEXT_MAX];

	tl_address_text(&n->from, source);
	tl_oid_text(n->trap_oid, oid);
	printf("[%s] %s -> %s\n", n->kind == TL_INFORM ? "Inform" : "Trap", source, oid);
	for (size_t i = 0; i < n->vb_count; i++)
		print_varbind(&n->vb[i]);
}

int
main(void)
{
	tl_receiver *receiver;
	tl_event event;
	tl_err err = tl_receiver_open(NULL, &receiver);

	if (err != TL_OK) {
		fprintf(stderr, "cannot receive: %s\n", tl_err_text(err));
		return 1;
	}
	printf("Listening for notifications on port 1162...\n");
	while ((err = tl_receiver_next(receiver, -1, &event)) == TL_OK)
		print_notification(event.n);
	tl_receiver_close(receiver);
	return 1;
}
