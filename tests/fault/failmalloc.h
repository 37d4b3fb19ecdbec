/* fault/failmalloc.h: makes an allocation of the library, or of OpenSSL under it, fail,
 * or the start of a thread. A test links failmalloc.c and is linked with --wrap (see
 * meson.build). Only what the thread does that asked for it fails. */
#ifndef FAULT_FAILMALLOC_H
#define FAULT_FAILMALLOC_H

#include "trapline/base.h"

typedef enum fail_mode {
	FAIL_ONE = 1, /* the chosen allocation only */
	FAIL_FROM     /* it and all after it */
} fail_mode;

/* Takes OpenSSL's allocations over. Call it first of all, before OpenSSL allocates. */
void fail_init(void);

/* Of the allocations from now on the |n|-th fails, from 1; 0: none does. */
void fail_at(size_t n, fail_mode mode);

/* While it pauses nothing fails or counts: for what a scenario needs beside what it
 * tries. */
void fail_pause(bool pause);

/* For what stands for a function of others: whether it must fail now. Sets errno. */
bool fail_now(void);

/* Whether an allocation has failed since fail_at(). */
bool fail_happened(void);

/* Runs |scenario| without a failure, when it must say TL_OK; then with the first
 * allocation failing, the second, and so on until none is left to fail: each time it must
 * say TL_ENOMEM or TL_ECRYPTO, or TL_OK where what failed was not needed, and must have
 * freed all that it took. Asserts that (cmocka); returns how many failures were tried. */
size_t fail_each(tl_err (*scenario)(void *arg), void *arg);

#endif
