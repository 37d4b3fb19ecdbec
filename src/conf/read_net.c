/* conf/read_net.c: networks, addresses and where to connect to; see read.h. Resolves
 * nothing. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "conf/read.h"
#include "receiver/address.h"
#include "sys/fs.h"

enum { V4_PREFIX = 96, CIDR_TEXT_MAX = 64, LIST_BYTES_MAX = 16 << 20, PORT_MAX = 65535 };

/* A decimal number of at most |most|; -1 if it is none. */
static int
small_number(const char *text, int most)
{
	int value = 0;

	if (*text == '\0' || strlen(text) > 5)
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		value = 10 * value + *text - '0';
	}
	return value <= most ? value : -1;
}

static bool
parse_ip(const char *text, tl_conf_cidr *out)
{
	tl_endpoint mapped;
	uint8_t v4[4];

	if (inet_pton(AF_INET, text, v4) == 1) {
		tl_endpoint_set_v4(&mapped, v4);
		memcpy(out->addr, mapped.addr, sizeof out->addr);
		out->bits = V4_PREFIX;
		return true;
	}
	out->bits = 0;
	return inet_pton(AF_INET6, text, out->addr) == 1;
}

static bool
has_bits_behind(const tl_conf_cidr *c)
{
	for (unsigned bit = c->bits; bit < 128; bit++)
		if ((c->addr[bit / 8] >> (7 - bit % 8) & 1) != 0)
			return true;
	return false;
}

/* ADDRESS or ADDRESS/BITS into |out| but for its text. Returns what is wrong; NULL:
 * nothing. */
static const char *
parse_cidr(const char *text, tl_conf_cidr *out)
{
	char address[CIDR_TEXT_MAX];
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);

	if (len >= sizeof address)
		return "is not a network: ADDRESS or ADDRESS/BITS";
	memcpy(address, text, len);
	address[len] = '\0';
	if (!parse_ip(address, out))
		return "is not a network: ADDRESS or ADDRESS/BITS, as 10.0.0.0/8";
	int bits = 128 - out->bits;
	if (slash != NULL)
		bits = small_number(slash + 1, bits);
	if (bits < 0)
		return out->bits != 0 ? "needs 0 to 32 bits behind the slash"
				      : "needs 0 to 128 bits behind the slash";
	out->bits = (uint8_t)(out->bits + bits);
	return has_bits_behind(out) ? "has bits set behind its prefix: an address in the "
				      "network, not the network's own"
				    : NULL;
}

bool
tl_read_cidr(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_conf_cidr cidr = { 0 };
	const char *problem = parse_cidr(n->text, &cidr);

	if (problem != NULL)
		return tl_conf_wrong(r, n, row, "'%s' %s", n->text, problem);
	cidr.text = tl_conf_keep(r, n->text);
	memcpy(out, &cidr, sizeof cidr);
	return cidr.text != NULL;
}

bool
tl_read_address(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	if (strchr(n->text, '/') != NULL)
		return tl_conf_wrong(r, n, row, "'%s' is not one address", n->text);
	return tl_read_cidr(r, n, row, out);
}

static bool
add_net(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, tl_pool_list *nets)
{
	tl_conf_cidr *net = tl_pool_add(r->pool, nets, sizeof *net);

	return net != NULL && tl_read_cidr(r, n, row, net);
}

/* One line of a file of networks: a network, and a comment behind #. */
static bool
add_line(tl_conf_reader *r, char *line, tl_conf_mark mark, tl_pool_list *nets)
{
	tl_conf_row row = { .key = "lists" };
	size_t len = strcspn(line, "#");

	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
		len--;
	line[len] = '\0';
	mark.column += (uint32_t)strspn(line, " \t");
	line += strspn(line, " \t");
	tl_node n = { .kind = TL_NODE_TEXT, .mark = mark, .text = line };
	return line[0] == '\0' || add_net(r, &n, &row, nets);
}

static bool
add_lines(tl_conf_reader *r, char *text, const char *path, tl_pool_list *nets)
{
	tl_conf_mark mark = { path, 1, 1 };
	bool good = true;

	for (char *line = text, *next; line != NULL; line = next, mark.line++) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		good &= add_line(r, line, mark, nets);
	}
	return good;
}

static bool
add_file(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, tl_pool_list *nets)
{
	const char *path = tl_conf_absolute(r, n->text + 1);
	uint8_t *bytes;
	size_t len;

	if (path == NULL)
		return false;
	tl_err err = tl_file_read(AT_FDCWD, path, LIST_BYTES_MAX, &bytes, &len);
	if (err == TL_ENOMEM)
		r->pool->failed = true;
	if (err != TL_OK)
		return tl_conf_wrong(r, n, row, "%s: %s", path,
		    err == TL_EIO         ? strerror(errno)
		    : err == TL_ENOTFOUND ? "there is no such file"
					  : tl_err_text(err));
	bool good = add_lines(r, (char *)bytes, path, nets);
	free(bytes);
	return good;
}

static bool
add_nets(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, tl_pool_list *nets)
{
	if (n->kind != TL_NODE_TEXT)
		return tl_conf_wrong(r, n, row, "needs a network");
	if (n->text[0] == '@')
		return add_file(r, n, row, nets);
	return add_net(r, n, row, nets);
}

bool
tl_read_nets(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_pool_list list = { 0 };
	bool good = true;
	size_t count = n->kind == TL_NODE_LIST ? n->count : 1;

	for (size_t i = 0; i < count; i++)
		good &=
		    add_nets(r, n->kind == TL_NODE_LIST ? n->items[i] : n, row, &list);
	tl_conf_cidrs nets = { list.at, list.count };
	memcpy(out, &nets, sizeof nets);
	return good;
}

/* What has a dot, a colon or a slash is a network: a list's name has none. */
bool
tl_read_source(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_conf_source *source = out;
	tl_conf_pending *pending;

	source->list = -1;
	if (strpbrk(n->text, ".:/") != NULL)
		return tl_read_cidr(r, n, row, &source->net);
	source->net.text = tl_conf_keep(r, n->text);
	pending = tl_pool_add(r->pool, &r->lists, sizeof *pending);
	if (pending != NULL)
		*pending = (tl_conf_pending){ n, &source->list };
	return pending != NULL;
}

/* Looks at what |len| bytes of |text| have behind their last colon: false if that is a
 * number out of |least| to 65535, which is noted. What is no number is looked at
 * elsewhere. */
static bool
check_port(
    tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, tl_span text, int least)
{
	const char *end = (const char *)text.ptr + text.len;
	size_t digits = 0;
	int value = 0;

	while (
	    digits < text.len && *(end - digits - 1) >= '0' && *(end - digits - 1) <= '9')
		digits++;
	if (digits == 0 || (digits < text.len && *(end - digits - 1) != ':'))
		return true;
	for (const char *d = end - digits; d < end && value <= PORT_MAX; d++)
		value = 10 * value + *d - '0';
	if (value >= least && value <= PORT_MAX)
		return true;
	return tl_conf_wrong(r, n, row, "'%s': the port %.*s is not from %d to %d%s",
	    n->text, (int)digits, end - digits, least, PORT_MAX,
	    least == 0 ? ", 0 for a free one" : "");
}

static tl_span
whole(const char *text)
{
	return (tl_span){ (const uint8_t *)text, strlen(text) };
}

bool
tl_read_listen(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_listen_spec spec;

	if (!check_port(r, n, row, whole(n->text), 0))
		return false;
	if (tl_listen_parse(n->text, &spec) != TL_OK)
		return tl_conf_wrong(r, n, row,
		    "'%s' is not udp:HOST:PORT, an IPv6 host in brackets", n->text);
	return tl_read_text(r, n, row, out);
}

/* What transports are called, as in tl_conf_transport. */
static const char *const schemes[] = { "udp:", "tcp:", "tls:", "unix:", NULL };

/* Takes the scheme, which must be among |words|, off |text|; where there is none it is
 * the first of them. NULL: it is not allowed. */
static const char *
take_scheme(const char *text, const char *const *words, tl_conf_transport *out)
{
	int first = 0;

	while (words[first][0] == '\0')
		first++;
	*out = (tl_conf_transport)first;
	for (int i = 0; schemes[i] != NULL; i++) {
		size_t len = strlen(schemes[i]);
		if (strncmp(text, schemes[i], len) != 0)
			continue;
		*out = (tl_conf_transport)i;
		for (int w = 0; words[w] != NULL; w++)
			if (strlen(words[w]) == len - 1 &&
			    strncmp(words[w], text, len - 1) == 0)
				return text + len;
		return NULL;
	}
	return text;
}

/* HOST:PORT, [V6]:PORT. */
static bool
read_host_port(tl_conf_reader *r, const char *text, tl_conf_target *out)
{
	const char *colon = strrchr(text, ':');
	tl_conf_cidr ip = { 0 };
	int port = colon != NULL ? small_number(colon + 1, PORT_MAX) : -1;

	if (port < 0 || colon == text)
		return false;
	bool v6 = text[0] == '[';
	if (v6 && (colon[-1] != ']' || colon - text < 4))
		return false;
	char *host = tl_pool_text(r->pool, text + v6, (size_t)(colon - text) - 2u * v6);
	if (host == NULL)
		return false;
	out->host = host;
	out->port = (uint16_t)port;
	if (v6)
		return parse_ip(host, &ip) && ip.bits == 0;
	return strpbrk(host, ":/[] ") == NULL && strlen(host) <= TL_HOST_MAX;
}

bool
tl_read_target(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_conf_target target = { 0 };
	const char *rest = take_scheme(n->text, row->words, &target.transport);
	bool good = rest != NULL;

	if (good && target.transport == TL_TRANSPORT_UNIX) {
		target.host = tl_conf_keep(r, rest);
		good = rest[0] == '/';
	} else if (good) {
		bool own = strcmp(row->key, "listen") == 0;
		if (!check_port(r, n, row, whole(rest), own ? 0 : 1))
			return false;
		good = read_host_port(r, rest, &target);
	}
	if (!good)
		return tl_conf_wrong(r, n, row,
		    "'%s' is not an address: %s%s:HOST:PORT, an IPv6 host in brackets%s",
		    n->text, row->example != NULL ? "as " : "",
		    row->words[0][0] != '\0' ? row->words[0] : row->words[1],
		    strcmp(row->key, "address") == 0
			? ", or tcp:HOST:PORT, tls:HOST:PORT, unix:/PATH"
			: "");
	target.text = tl_conf_keep(r, n->text);
	target.mark = tl_conf_mark_of(r, n);
	memcpy(out, &target, sizeof target);
	return target.text != NULL;
}

bool
tl_read_url(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	const char *text = n->text;
	size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
			: strncmp(text, "http://", 7) == 0 ? 7
							   : 0;

	const char *slashes = strstr(text, "://");
	const char *host = slashes != NULL ? slashes + 3 : text;
	if (memchr(host, '@', strcspn(host, "/?#")) !=
	    NULL) /* of any scheme: not shown */
		return tl_conf_wrong(r, n, row,
		    "a URL must not hold a password: use username and password");
	if (scheme == 0 || strpbrk(text, " \t\r\n\"<>") != NULL ||
	    strchr("/?#:", text[scheme]) != NULL)
		return tl_conf_wrong(
		    r, n, row, "'%s' is not a URL: https://HOST[:PORT]/PATH", text);
	size_t len = strcspn(text + scheme, "/?#");
	if (!check_port(r, n, row, (tl_span){ (const uint8_t *)text + scheme, len }, 1))
		return false;
	return tl_read_text(r, n, row, out);
}
