/* io/mib_cache.h: dictionaries that tl_mib_load() keeps, one file for a set of paths. */
#ifndef TL_IO_MIB_CACHE_H
#define TL_IO_MIB_CACHE_H

#include "sys/walk.h"
#include "trapline/io.h"

enum { TL_MIB_CACHE_FILES = 8 }; /* that are kept */

/* What a dictionary is kept for. */
typedef struct tl_mib_cache_key {
	uint64_t set;      /* of the paths: names the file */
	uint64_t files[2]; /* of all files, and of this version */
} tl_mib_cache_key;

tl_mib_cache_key tl_mib_cache_key_of(const char *const *paths, const tl_walk *walk);

/* Opens what |dir| has of |key|; |loaded| gets what was counted when it was made.
 * Errors: TL_ENOTFOUND, also for what is damaged; TL_ENOMEM. */
TL_CHECK tl_err tl_mib_cache_open(
    const char *dir, const tl_mib_cache_key *key, tl_mib **out, tl_mib_loaded *loaded);

/* Keeps |mib|, and removes the oldest of too many. Errors: TL_EIO, TL_ENOMEM. */
TL_CHECK tl_err tl_mib_cache_keep(const char *dir, const tl_mib_cache_key *key,
    const tl_mib *mib, const tl_mib_loaded *loaded);

#endif
