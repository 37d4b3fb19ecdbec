/* outputs/archive.h: what becomes of a file that is full: it is named by the moment, with
 * ".20261120T120000.123Z" behind its path, compressed in the background, and deleted when
 * there are too many. */
#ifndef OUTPUTS_ARCHIVE_H
#define OUTPUTS_ARCHIVE_H

#include "outputs/output.h"

typedef struct archive archive;

/* For the file |path|; starts a thread, which first sees to what an earlier run left.
 * Both are borrowed. NULL without memory or thread. */
archive *archive_new(const char *path, const tl_conf_rotate *conf);

/* Ends the thread: what it was compressing stays as it was, for the next run. NULL is
 * fine. */
void archive_free(archive *a);

/* Moves the file out of the way, at |realtime_ns|. False: errno says why not. */
bool archive_take(archive *a, int64_t realtime_ns);

/* What went wrong in the background since the last call; empty: nothing. */
void archive_problem(archive *a, char problem[OUTPUT_PROBLEM_MAX]);

/* Makes what |path|'s folder has of new names safe. False: errno says why not. */
bool archive_sync_folder(const char *path);

#endif
