/* bench/naming.c: names traps over and over, for bench/run naming to count the
 * instructions: naming FILE KIND COUNT. FILE is a dictionary; naming FILE make writes one
 * of 650,000 made-up definitions and some of IF-MIB. KIND: "link" is a linkDown with 3
 * varbinds; "string" a made-up trap with 3 whose row has a string and an address for an
 * index. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mib/make.h"
#include "trapline/mib_builder.h"

enum { VENDORS = 2000, TRAPS = 12, TABLES = 3, COLUMNS = 104 };

static const char if_mib[] =
    "identity|SNMPv2-SMI::mib-2|1.3.6.1.2.1\n"
    "identity|SNMPv2-SMI::enterprises|1.3.6.1.4.1\n"
    "object|SNMPv2-MIB::sysUpTime|1.3.6.1.2.1.1.3|TimeTicks\n"
    "object|SNMPv2-MIB::snmpTrapOID|1.3.6.1.6.3.1.1.4.1|OID\n"
    "notification|SNMPv2-MIB::coldStart|1.3.6.1.6.3.1.1.5.1\n"
    "identity|IF-MIB::ifTable|1.3.6.1.2.1.2.2\n"
    "identity|IF-MIB::ifEntry|1.3.6.1.2.1.2.2.1\n"
    "object|IF-MIB::ifName|1.3.6.1.2.1.31.1.1.1.1|OCTETS||255a|||IF-MIB::ifIndex\n"
    "object|IF-MIB::ifIndex|1.3.6.1.2.1.2.2.1.1|INTEGER||d|||IF-MIB::ifIndex\n"
    "object|IF-MIB::ifAdminStatus|1.3.6.1.2.1.2.2.1.7|INTEGER||||"
    "up(1) down(2) testing(3)|IF-MIB::ifIndex\n"
    "object|IF-MIB::ifOperStatus|1.3.6.1.2.1.2.2.1.8|INTEGER||||"
    "up(1) down(2) testing(3) unknown(4) dormant(5) notPresent(6)|IF-MIB::ifIndex\n"
    "notification|IF-MIB::linkDown|1.3.6.1.6.3.1.1.5.3||||||"
    "IF-MIB::ifIndex IF-MIB::ifAdminStatus IF-MIB::ifOperStatus\n"
    "object|X-MIB::xName|1.3.6.1.4.1.4242.1.1|OCTETS||255a|0..32\n"
    "object|X-MIB::xAddress|1.3.6.1.4.1.4242.1.2|IpAddress\n"
    "object|X-MIB::xState|1.3.6.1.4.1.4242.1.3|INTEGER||||good(1) bad(2)|"
    "X-MIB::xName X-MIB::xAddress\n"
    "object|X-MIB::xText|1.3.6.1.4.1.4242.1.4|OCTETS||255a|||"
    "X-MIB::xName X-MIB::xAddress\n"
    "object|X-MIB::xSince|1.3.6.1.4.1.4242.1.5|TimeTicks|||||"
    "X-MIB::xName X-MIB::xAddress\n"
    "notification|X-MIB::xTrap|1.3.6.1.4.1.4242.0.1\n";

static void
add(maker *m, uint32_t module, uint8_t kind, const char *name, const char *dotted)
{
	uint8_t room[TL_OID_BER_MAX];
	tl_oid oid;

	maker_need(tl_oid_from_text(dotted, strlen(dotted), room, &oid) == TL_OK, m);
	tl_mib_def *def = maker_grow(&m->set.defs, sizeof *def, 1);
	*def = (tl_mib_def){ .name = maker_name(m, name, strlen(name)),
		.module = module,
		.oid = m->set.oids.count,
		.oid_len = (uint16_t)oid.len,
		.syntax = kind == TL_MIB_OBJECT ? m->set.defs.count % 4 : TL_MIB_NONE,
		.list = TL_MIB_NONE,
		.kind = kind };
	memcpy(maker_grow(&m->set.oids, 1, oid.len), oid.ber, oid.len);
}

/* A vendor's traps, and its tables with their columns. */
static void
add_vendor(maker *m, unsigned v)
{
	char name[64], oid[128];
	int len = snprintf(name, sizeof name, "VENDOR%u-MIB", v);
	uint32_t module = maker_module(m, maker_name(m, name, (size_t)len));
	unsigned number = 5000 + v * 23;

	for (unsigned i = 1; i <= TRAPS; i++) {
		snprintf(name, sizeof name, "vendor%uAlarm%u", v, i);
		snprintf(oid, sizeof oid, "1.3.6.1.4.1.%u.1.0.%u", number, i);
		add(m, module, TL_MIB_NOTIFICATION, name, oid);
	}
	for (unsigned t = 1; t <= TABLES; t++)
		for (unsigned c = 1; c <= COLUMNS; c++) {
			snprintf(name, sizeof name, "vendor%uTable%uColumn%u", v, t, c);
			snprintf(
			    oid, sizeof oid, "1.3.6.1.4.1.%u.1.2.%u.1.%u", number, t, c);
			add(m, module, TL_MIB_OBJECT, name, oid);
		}
}

static tl_mib *
make_up(void)
{
	maker m;
	tl_mib *mib = NULL;

	maker_init(&m, if_mib);
	for (unsigned v = 0; v < VENDORS; v++)
		add_vendor(&m, v);
	maker_need(tl_mib_link(&m.set, &mib) == TL_OK, &m);
	maker_fini(&m);
	return mib;
}

static tl_mib *
open_file(const char *path)
{
	struct stat st = { 0 };
	tl_mib *mib = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0)
		return NULL;
	void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (bytes == MAP_FAILED ||
	    tl_mib_open((tl_span){ bytes, (size_t)st.st_size }, NULL, &mib) != TL_OK)
		return NULL;
	return mib;
}

/* A trap as it was received. */
typedef struct trap {
	uint8_t room[4][TL_OID_BER_MAX];
	tl_oid oid;
	tl_varbind vb[3];
} trap;

static tl_oid
read_oid(const char *text, uint8_t room[TL_OID_BER_MAX])
{
	tl_oid oid;

	maker_need(tl_oid_from_text(text, strlen(text), room, &oid) == TL_OK, NULL);
	return oid;
}

static void
read_trap(trap *t, const char *const oids[4])
{
	t->oid = read_oid(oids[0], t->room[0]);
	for (int i = 0; i < 3; i++)
		t->vb[i] = (tl_varbind){ .name = read_oid(oids[1 + i], t->room[1 + i]),
			.type = TL_T_INTEGER,
			.v.i64 = 2 };
}

/* To copy the name is for whoever renders. */
static void
name_node(const tl_mib *mib, const tl_mib_node *node, tl_buf *out)
{
	out->full =
	    tl_mib_node_module(mib, node).len + tl_mib_node_name(mib, node).len == 0;
}

static void
name_varbind(const tl_mib *mib, const tl_varbind *vb, tl_buf *out)
{
	uint8_t room[512];
	tl_mib_index item = { .text = { .ptr = room, .cap = sizeof room } };
	tl_mib_match m = tl_mib_find(mib, vb->name);
	size_t at = 0;
	bool mismatch;

	maker_need(m.node != NULL, NULL);
	name_node(mib, m.node, out);
	do
		if (!tl_mib_index_next(mib, m.node, &at, &m.rest, &item))
			break;
	while (!item.last);
	maker_need(m.rest.len == 0, NULL);
	tl_mib_value_text(mib, m.node, vb, out, &mismatch);
	maker_need(!mismatch, NULL);
}

static void
name_trap(const tl_mib *mib, const trap *t, tl_buf *out)
{
	const tl_mib_node *node = tl_mib_find_notification(mib, t->oid);

	maker_need(node != NULL, NULL);
	name_node(mib, node, out);
	for (int i = 0; i < 3; i++)
		name_varbind(mib, &t->vb[i], out);
}

static int
save(const char *path)
{
	tl_mib *mib = make_up();
	tl_span bytes = tl_mib_contents(mib);
	FILE *f = fopen(path, "wb");
	bool bad = f == NULL || fwrite(bytes.ptr, 1, bytes.len, f) != bytes.len;

	if (f != NULL && fclose(f) != 0)
		bad = true;
	printf("%u definitions, %zu bytes\n", tl_mib_count(mib), bytes.len);
	tl_mib_free(mib);
	return bad;
}

int
main(int argc, char **argv)
{
	static const char *const link[] = { "1.3.6.1.6.3.1.1.5.3",
		"1.3.6.1.2.1.2.2.1.1.12", "1.3.6.1.2.1.2.2.1.7.12",
		"1.3.6.1.2.1.2.2.1.8.12" };
	static const char *const string[] = { "1.3.6.1.4.1.4242.0.1",
		"1.3.6.1.4.1.4242.1.3.4.101.116.104.48.10.0.0.1",
		"1.3.6.1.4.1.4242.1.4.4.101.116.104.48.10.0.0.1",
		"1.3.6.1.4.1.4242.1.5.4.101.116.104.48.10.0.0.1" };
	uint8_t room[4096];
	trap t;

	if (argc == 3 && strcmp(argv[2], "make") == 0)
		return save(argv[1]);
	tl_mib *mib = argc == 4 ? open_file(argv[1]) : NULL;
	if (mib == NULL) {
		fprintf(stderr, "naming: a dictionary, link or string, and a count\n");
		return 2;
	}
	bool strings = argv[2][0] == 's';
	read_trap(&t, strings ? string : link);
	if (strings) {
		t.vb[1].type = TL_T_OCTETS;
		t.vb[1].v.octets = (tl_span){ (const uint8_t *)"link lost", 9 };
		t.vb[2].type = TL_T_TIMETICKS;
	}
	for (long i = strtol(argv[3], NULL, 10); i > 0; i--)
		name_trap(mib, &t, &(tl_buf){ .ptr = room, .cap = sizeof room });
	tl_mib_free(mib);
	return 0;
}
