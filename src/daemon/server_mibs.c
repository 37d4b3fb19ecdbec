/* daemon/server_mibs.c: the dictionary that a configuration wants; see server.h. Called
 * at the start and by reloads. */
#include <stdlib.h>
#include <unistd.h>

#include "daemon/server.h"

/* Those that there are: of the others reading the configuration has warned. */
static size_t
take_folders(const tl_conf_texts *from, const char **paths)
{
	size_t count = 0;

	for (size_t i = 0; i < from->count; i++)
		if (access(from->at[i], F_OK) == 0)
			paths[count++] = from->at[i];
	return count;
}

dictionary *
server_load_mibs(server *s, const tl_conf *conf, tl_mib_loaded *loaded)
{
	tl_mib *mib = NULL;
	const char **paths = calloc(conf->mibs.count + 1, sizeof *paths);
	tl_mib_load_options opt = { .paths = paths, .cache_dir = "mib-cache" };
	tl_err err = paths != NULL ? TL_OK : TL_ENOMEM;

	*loaded = (tl_mib_loaded){ 0 };
	size_t count = paths != NULL ? take_folders(&conf->mibs, paths) : 0;
	if (err == TL_OK && count > 0)
		err = tl_mib_load(&opt, &mib, loaded);
	else if (err == TL_OK)
		err = tl_mib_builtin(&mib);
	const char *what = loaded->bad_path != NULL ? loaded->bad_path : "MIBs";
	bool failed = server_failed(s, err, what);
	free(paths);
	if (failed)
		return NULL;
	dictionary *d = dictionary_new(mib);
	if (d == NULL)
		tl_mib_free(mib);
	(void)server_failed(s, d != NULL ? TL_OK : TL_ENOMEM, "memory");
	if (count > 0)
		server_say(s, TL_LOG_INFO, "mibs: files %u, modules %u, notifications %u",
		    loaded->files.files, loaded->summary.modules,
		    loaded->summary.notifications);
	return d;
}
