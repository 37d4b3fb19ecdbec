/* conf/template.h: templates taken apart. */
#ifndef TL_CONF_TEMPLATE_H
#define TL_CONF_TEMPLATE_H

#include "conf/types.h"

enum { TL_TEMPLATE_PROBLEM_MAX = 256 }; /* bytes of a sentence, with its NUL */

/* Takes |text| apart: "{ifDescr}" or "{site|upper|default:-}" is a field. A brace that no
 * letter, digit or underscore follows stands for itself, as in JSON, "{{" for one brace,
 * and a closing brace outside of a field for itself. False: |problem| says what is wrong;
 * it is empty, and the pool has failed, if memory was short. */
bool tl_template_parse(const char *text, tl_pool *pool, tl_conf_template *out,
    char problem[TL_TEMPLATE_PROBLEM_MAX]);

#endif
