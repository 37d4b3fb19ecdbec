/* outputs/tls.h: TLS as a client, on a socket that does not block. For wire.c. */
#ifndef OUTPUTS_TLS_H
#define OUTPUTS_TLS_H

#include <sys/types.h>

#include "outputs/output.h"

typedef struct tls tls;

/* What connections to |host| have in common: certificates are read here. Borrows both.
 * NULL: |problem| says why. */
tls *tls_new(const tl_conf_tls *conf, const char *host, char problem[OUTPUT_PROBLEM_MAX]);
void tls_free(tls *t); /* NULL is fine */

/* What a call comes to: a number of bytes, or one of these. */
enum { TLS_WANTS_READ = -1, TLS_WANTS_WRITE = -2, TLS_FAILED = -3 };

/* Begins on |fd|. False without memory. */
bool tls_begin(tls *t, int fd);

/* Goes on with the handshake: 0 when it is done; TLS_FAILED: tls_problem() says why. */
int tls_shake(tls *t);

/* Writes some of |bytes|; how many. Not to be called with others until those are out. */
ssize_t tls_write(tls *t, tl_span bytes);

/* Whether the peer has neither closed nor failed. */
bool tls_is_alive(tls *t);

/* Says that this is all, and forgets the connection. */
void tls_end(tls *t);

/* Why the last call failed, in a line. */
const char *tls_problem(const tls *t);

#endif
