/* cli/mib_translate.h: OIDs by name, so that the name can be read back. */
#ifndef CLI_MIB_TRANSLATE_H
#define CLI_MIB_TRANSLATE_H

#include "trapline/mib.h"

/* Puts the instance of |node| that |rest| stands for: numbers, and strings in quotes. */
void mib_put_instance(
    const tl_mib *mib, const tl_mib_node *node, tl_oid rest, tl_buf *out);

/* Puts the name of |oid|, "IF-MIB::ifOperStatus.3". False if nothing is known of it, or
 * it does not fit. */
bool mib_put_name(const tl_mib *mib, tl_oid oid, tl_buf *out);

#endif
