/* conf/template.h: templates taken apart. */
#ifndef TL_CONF_TEMPLATE_H
#define TL_CONF_TEMPLATE_H

#include "conf/conf.h"

enum { TL_TEMPLATE_PROBLEM_MAX = 256 }; /* bytes of a sentence, with its NUL */

/* Takes |text| apart: "{ifDescr}" or "{site|upper|default:-}" is a field. A brace that no
 * letter, digit or underscore follows stands for itself, as in JSON, "{{" for one brace,
 * and a closing brace outside of a field for itself. False: |problem| says what is wrong;
 * it is empty, and the pool has failed, if memory was short. */
bool tl_template_parse(const char *text, tl_pool *pool, tl_conf_template *out,
    char problem[TL_TEMPLATE_PROBLEM_MAX]);

/* Whether {token} stands in the URL, a header or the body: the token goes there. */
bool tl_conf_names_token(const tl_conf_http *h);

/* Whether |part| is that field. */
bool tl_part_is_token(const tl_conf_part *part);

#endif
