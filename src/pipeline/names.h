/* pipeline/names.h: the names of devices in the DNS, looked up beside the way of the
 * events and remembered. A name is what the reverse zone says: it is shown, and not
 * proven. */
#ifndef PIPELINE_NAMES_H
#define PIPELINE_NAMES_H

#include "conf/conf.h"
#include "pipeline/answers.h"
#include "pipeline/event.h"

enum {
	NAMES_LENGTH_MAX = 253,  /* RFC 1035 section 2.3.4, as text */
	NAMES_WAITING_MAX = 1024 /* addresses whose names are asked for at once */
};

/* Finds the name of |address|, with a NUL. False: there is none. Sets |*failed| if it
 * could not be asked. Any thread. */
typedef bool names_resolve(
    const tl_endpoint *address, char name[NAMES_LENGTH_MAX + 1], bool *failed);

typedef struct names names;

/* Starts the threads that ask, by |resolve|; NULL: the system's resolver. |seed| is
 * random. NULL without memory or threads. */
names *names_new(const tl_conf_reverse_dns *conf, uint64_t seed, names_resolve *resolve);

/* Does not wait for who is asking just now. NULL is fine. */
void names_free(names *n);

/* Sets the device's name and, to show it, the device of |ev|, if it is known; asks for it
 * else. Any thread. */
void names_judge(names *n, event *ev);

answers_counters names_count(names *n);

#endif
