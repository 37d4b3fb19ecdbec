/* pipeline/template.h: texts made of an event: "{ifDescr} on {site|upper}". */
#ifndef PIPELINE_TEMPLATE_H
#define PIPELINE_TEMPLATE_H

#include "pipeline/field.h"

typedef struct template template;

/* Resolves a template's fields with |mib|; borrows |conf|. NULL without memory. */
template *template_new(const tl_conf_template *conf, const tl_mib *mib);

/* Writes the text; |out|->full says whether it did not fit. A field that is not there
 * writes nothing, or its default. */
void template_write(const template *t, const event *ev, tl_buf *out);

/* Whether it has no fields, but is always the same |text|, which it borrows. */
bool template_is_constant(const template *t, tl_span *text);

void template_free(template *t); /* NULL is fine */

#endif
