/* outputs/tls.c: see tls.h. OpenSSL, TLS 1.2 and later; the peer's certificate must be
 * good and fit its name unless the configuration says otherwise (RFC 5425 section 4). */
#include "outputs/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tls {
	SSL_CTX *context;
	SSL *ssl; /* of the connection; NULL: there is none */
	const tl_conf_tls *conf;
	const char *name; /* that the certificate must fit */
	char problem[160];
};

/* The reason that OpenSSL gives, or that of the system. */
static void
explain(char *to, size_t max, const char *what)
{
	unsigned long error = ERR_peek_last_error();
	const char *reason = error != 0 ? ERR_reason_error_string(error) : NULL;
	int system = ERR_GET_LIB(error) == ERR_LIB_SYS ? ERR_GET_REASON(error) : 0;

	if (reason == NULL)
		reason = system != 0  ? strerror(system)
			 : errno != 0 ? strerror(errno)
				      : "it failed";
	snprintf(to, max, "%.120s: %.100s", what, reason);
	ERR_clear_error();
}

static bool
trust(tls *t)
{
	if (!t->conf->verify) {
		SSL_CTX_set_verify(t->context, SSL_VERIFY_NONE, NULL);
		return true;
	}
	SSL_CTX_set_verify(t->context, SSL_VERIFY_PEER, NULL);
	if (t->conf->ca == NULL)
		return SSL_CTX_set_default_verify_paths(t->context) == 1;
	return SSL_CTX_load_verify_file(t->context, t->conf->ca) == 1;
}

static bool
own(tls *t)
{
	return SSL_CTX_use_certificate_chain_file(t->context, t->conf->cert) == 1 &&
	       SSL_CTX_use_PrivateKey_file(t->context, t->conf->key, SSL_FILETYPE_PEM) ==
		   1 &&
	       SSL_CTX_check_private_key(t->context) == 1;
}

static bool
prepare(tls *t, char problem[OUTPUT_PROBLEM_MAX])
{
	const tl_conf_tls *conf = t->conf;

	ERR_clear_error();
	errno = 0;
	t->context = SSL_CTX_new(TLS_client_method());
	if (t->context == NULL ||
	    SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION) != 1) {
		explain(problem, OUTPUT_PROBLEM_MAX, "tls");
		return false;
	}
	SSL_CTX_set_mode(t->context,
	    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (!trust(t)) {
		explain(problem, OUTPUT_PROBLEM_MAX,
		    conf->ca != NULL ? conf->ca : "the system's certificates");
		return false;
	}
	if (conf->cert != NULL && !own(t)) {
		explain(problem, OUTPUT_PROBLEM_MAX, conf->cert);
		return false;
	}
	return true;
}

tls *
tls_new(const tl_conf_tls *conf, const char *host, char problem[OUTPUT_PROBLEM_MAX])
{
	tls *t = calloc(1, sizeof *t);

	if (t == NULL) {
		snprintf(problem, OUTPUT_PROBLEM_MAX, "%s", tl_err_text(TL_ENOMEM));
		return NULL;
	}
	t->conf = conf;
	t->name = conf->server_name != NULL ? conf->server_name : host;
	if (prepare(t, problem))
		return t;
	tls_free(t);
	return NULL;
}

void
tls_free(tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	SSL_CTX_free(t->context);
	free(t);
}

static bool
is_address(const char *name)
{
	uint8_t room[16];

	return inet_pton(AF_INET, name, room) == 1 ||
	       inet_pton(AF_INET6, name, room) == 1;
}

bool
tls_begin(tls *t, int fd)
{
	ERR_clear_error();
	t->ssl = SSL_new(t->context);
	if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1)
		return false;
	SSL_set_connect_state(t->ssl);
	if (is_address(t->name))
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->ssl), t->name) ==
		       1;
	return SSL_set_tlsext_host_name(t->ssl, t->name) == 1 &&
	       SSL_set1_host(t->ssl, t->name) == 1;
}

/* What OpenSSL's answer |result| means; |what| was tried. */
static int
meaning(tls *t, int result, const char *what)
{
	int error = errno;

	switch (SSL_get_error(t->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANTS_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANTS_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		snprintf(t->problem, sizeof t->problem, "the peer has closed");
		return TLS_FAILED;
	default:
		errno = error;
		explain(t->problem, sizeof t->problem, what);
		return TLS_FAILED;
	}
}

int
tls_shake(tls *t)
{
	ERR_clear_error();
	errno = 0;
	int result = SSL_do_handshake(t->ssl);
	if (result == 1)
		return 0;
	int what = meaning(t, result, "TLS handshake");
	long verdict = SSL_get_verify_result(t->ssl);
	if (what == TLS_FAILED && verdict != X509_V_OK)
		snprintf(t->problem, sizeof t->problem, "its certificate: %s",
		    X509_verify_cert_error_string(verdict));
	return what;
}

ssize_t
tls_write(tls *t, tl_span bytes)
{
	size_t done = 0;

	ERR_clear_error();
	errno = 0;
	int result = SSL_write_ex(t->ssl, bytes.ptr, bytes.len, &done);
	return result == 1 ? (ssize_t)done : meaning(t, result, "TLS");
}

/* A server of syslog says nothing: whatever it sends is thrown away. */
bool
tls_is_alive(tls *t)
{
	uint8_t room[256];
	int result;

	do {
		ERR_clear_error();
		errno = 0;
		result = SSL_read(t->ssl, room, sizeof room);
	} while (result > 0);
	return meaning(t, result, "TLS") != TLS_FAILED;
}

void
tls_end(tls *t)
{
	if (t->ssl == NULL)
		return;
	ERR_clear_error();
	if (SSL_is_init_finished(t->ssl))
		SSL_shutdown(t->ssl);
	SSL_free(t->ssl);
	t->ssl = NULL;
	ERR_clear_error();
}

const char *
tls_problem(const tls *t)
{
	return t->problem;
}
