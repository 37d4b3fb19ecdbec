/* receiver/address.c: "udp:HOST:PORT" to socket addresses, for the opening of sockets,
 * and endpoints to socket addresses, for answers. */
#include "receiver/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>

enum { PORT_DIGITS_MAX = 5, PORT_MAX = 65535 };

/* Takes the scheme off |text| and returns what follows. */
static const char *
take_scheme(const char *text, tl_listen_spec *spec)
{
	static const struct {
		const char *name;
		bool v4, v6;
	} schemes[] = {
		{ "udp:", true, true },
		{ "udp4:", true, false },
		{ "udp6:", false, true },
	};

	spec->v4 = spec->v6 = true;
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		size_t len = strlen(schemes[i].name);
		if (strncmp(text, schemes[i].name, len) != 0)
			continue;
		spec->v4 = schemes[i].v4;
		spec->v6 = schemes[i].v6;
		return text + len;
	}
	return text;
}

static tl_err
parse_port(const char *text, uint16_t *port)
{
	uint32_t value = 0;
	size_t len = strlen(text);

	if (len == 0 || len > PORT_DIGITS_MAX)
		return TL_EFORMAT;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return TL_EFORMAT;
		value = value * 10 + (uint32_t)(*text - '0');
	}
	if (value > PORT_MAX)
		return TL_EFORMAT;
	*port = (uint16_t)value;
	return TL_OK;
}

/* "V6", perhaps with "%ZONE", out of its brackets. */
static tl_err
parse_v6(const char *text, size_t len, tl_listen_spec *spec)
{
	struct in6_addr addr;
	char *zone;

	if (len > TL_HOST_MAX || !spec->v6)
		return TL_EFORMAT;
	memcpy(spec->host, text, len);
	spec->host[len] = '\0';
	zone = strchr(spec->host, '%');
	if (zone != NULL)
		*zone = '\0';
	if (inet_pton(AF_INET6, spec->host, &addr) != 1)
		return TL_EFORMAT;
	if (zone != NULL && zone[1] == '\0')
		return TL_EFORMAT;
	/* Our sockets of IPv6 are of IPv6 only. */
	if (IN6_IS_ADDR_V4MAPPED(&addr))
		return TL_EFORMAT;
	if (zone != NULL)
		*zone = '%';
	spec->numeric = true;
	spec->v4 = false;
	return TL_OK;
}

/* A name or an IPv4 address. What is only digits and dots must be a full address, or the
 * resolver would read "10.1" as 10.0.0.1. */
static tl_err
parse_name(const char *text, size_t len, tl_listen_spec *spec)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	struct in_addr addr;

	if (len > TL_HOST_MAX)
		return TL_EFORMAT;
	if (len == 1 && *text == '*')
		return TL_OK;
	memcpy(spec->host, text, len);
	spec->host[len] = '\0';
	if (strspn(spec->host, letters) != len || *spec->host == '-')
		return TL_EFORMAT;
	if (strspn(spec->host, "0123456789.") != len)
		return TL_OK;
	if (!spec->v4 || inet_pton(AF_INET, spec->host, &addr) != 1)
		return TL_EFORMAT;
	spec->numeric = true;
	spec->v6 = false;
	return TL_OK;
}

tl_err
tl_listen_parse(const char *text, tl_listen_spec *out)
{
	const char *rest, *colon, *close;
	tl_err err = TL_OK;

	*out = (tl_listen_spec){ 0 };
	rest = take_scheme(text, out);
	colon = strrchr(rest, ':');
	if (colon == NULL)
		return parse_port(rest, &out->port);
	if (*rest == '[') {
		close = strchr(rest, ']');
		if (close == NULL || close + 1 != colon)
			return TL_EFORMAT;
		err = parse_v6(rest + 1, (size_t)(close - rest) - 1, out);
	} else if (colon > rest) {
		err = parse_name(rest, (size_t)(colon - rest), out);
	}
	return err != TL_OK ? err : parse_port(colon + 1, &out->port);
}

/* What getaddrinfo() said, as an error with an errno that a person can read. */
static tl_err
resolve_error(int rc)
{
	if (rc == EAI_MEMORY)
		return TL_ENOMEM;
	if (rc != EAI_SYSTEM)
		errno = ENXIO;
	return TL_EIO;
}

static bool
have(const tl_sockaddr *list, size_t count, const struct addrinfo *ai)
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(&list[i], ai->ai_addr, ai->ai_addrlen) == 0)
			return true;
	return false;
}

static tl_err
copy_addresses(
    const struct addrinfo *found, uint16_t port, tl_sockaddr **out, size_t *count)
{
	size_t n = 0;

	for (const struct addrinfo *ai = found; ai != NULL; ai = ai->ai_next)
		n++;
	tl_sockaddr *list = calloc(n, sizeof *list);
	if (list == NULL)
		return TL_ENOMEM;
	n = 0;
	for (const struct addrinfo *ai = found; ai != NULL; ai = ai->ai_next)
		if (ai->ai_addrlen <= sizeof *list && !have(list, n, ai))
			memcpy(&list[n++], ai->ai_addr, ai->ai_addrlen);
	for (size_t i = 0; i < n; i++) {
		if (list[i].any.sa_family == AF_INET)
			list[i].v4.sin_port = htons(port);
		else
			list[i].v6.sin6_port = htons(port);
	}
	*out = list;
	*count = n;
	return TL_OK;
}

tl_err
tl_listen_resolve(const tl_listen_spec *spec, tl_sockaddr **out, size_t *count)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *found = NULL;
	const char *host = *spec->host != '\0' ? spec->host : NULL;

	hints.ai_flags = AI_PASSIVE | (spec->numeric ? AI_NUMERICHOST : 0);
	if (!spec->v4)
		hints.ai_family = AF_INET6;
	if (!spec->v6)
		hints.ai_family = AF_INET;
	/* Some service is needed where there is no host. */
	int rc = getaddrinfo(host, host == NULL ? "0" : NULL, &hints, &found);
	if (rc != 0)
		return resolve_error(rc);
	tl_err err = copy_addresses(found, spec->port, out, count);
	freeaddrinfo(found);
	return err;
}

bool
tl_endpoint_is_v4(const tl_endpoint *ep)
{
	tl_endpoint mapped;

	tl_endpoint_set_v4(&mapped, ep->addr + 12);
	return memcmp(ep->addr, mapped.addr, sizeof mapped.addr) == 0;
}

tl_endpoint
tl_endpoint_of(const tl_sockaddr *sa)
{
	tl_endpoint ep = { 0 };

	if (sa->any.sa_family == AF_INET) {
		tl_endpoint_set_v4(&ep, &sa->v4.sin_addr);
		ep.port = ntohs(sa->v4.sin_port);
		return ep;
	}
	memcpy(ep.addr, &sa->v6.sin6_addr, sizeof ep.addr);
	ep.port = ntohs(sa->v6.sin6_port);
	if (tl_v6_is_link_local(ep.addr))
		ep.scope = sa->v6.sin6_scope_id;
	return ep;
}

socklen_t
tl_endpoint_sockaddr(const tl_endpoint *ep, int family, tl_sockaddr *sa)
{
	*sa = (tl_sockaddr){ 0 };
	if (family == AF_INET) {
		sa->v4.sin_family = AF_INET;
		sa->v4.sin_port = htons(ep->port);
		memcpy(&sa->v4.sin_addr, ep->addr + 12, 4);
		return sizeof sa->v4;
	}
	sa->v6.sin6_family = AF_INET6;
	sa->v6.sin6_port = htons(ep->port);
	sa->v6.sin6_scope_id = ep->scope;
	memcpy(&sa->v6.sin6_addr, ep->addr, sizeof ep->addr);
	return sizeof sa->v6;
}
