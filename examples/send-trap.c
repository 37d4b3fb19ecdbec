/* Sends a trap. Build: cc send-trap.c $(pkg-config --cflags --libs libtrapline) */
#include <stdio.h>
#include <trapline/trapline.h>

int
main(int argc, char **argv)
{
	static const uint8_t cold_start[] = { 0x2b, 6, 1, 6, 3, 1, 1, 5, 1 };
	tl_outgoing trap = { .trap_oid = { cold_start, sizeof cold_start } };
	tl_manager *manager;
	tl_err err =
	    tl_manager_open(argc > 1 ? argv[1] : "localhost", 1162, NULL, &manager);

	if (err == TL_OK)
		err = tl_manager_send_trap(manager, &trap);
	if (err != TL_OK)
		return fprintf(stderr, "not sent: %s\n", tl_err_text(err)), 1;
	tl_manager_close(manager);
	return 0;
}
