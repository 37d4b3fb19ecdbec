/* outputs/http_text.h: the templates of the output http: headers, body, index, source. */
#ifndef OUTPUTS_HTTP_TEXT_H
#define OUTPUTS_HTTP_TEXT_H

#include "conf/conf.h"
#include "pipeline/parcel.h"

typedef struct http_text http_text;

enum { HTTP_INDEX_MAX = 255 }; /* bytes of the name of an index: Elasticsearch's limit */

/* Borrows |conf|. NULL without memory. */
http_text *http_text_new(const tl_conf_http *conf);
void http_text_free(http_text *t); /* NULL is fine */

/* Appends the headers of |p|, each "Name: value" and a NUL; control characters become
 * blanks. Errors, of these three: TL_ENOMEM. */
TL_CHECK tl_err http_text_headers(http_text *t, const parcel *p, tl_buf *out);

/* Appends the body of |p|. */
TL_CHECK tl_err http_text_body(http_text *t, const parcel *p, tl_buf *out);

/* Appends Splunk's source and its sourcetype; nothing where they are not configured. */
TL_CHECK tl_err http_text_source(http_text *t, const parcel *p, tl_buf *out);
TL_CHECK tl_err http_text_sourcetype(http_text *t, const parcel *p, tl_buf *out);

/* Writes the index of |p| into |out|, which has room for HTTP_INDEX_MAX bytes: in lower
 * case, with "-" for what the name of an index must not have; empty if there is none. */
TL_CHECK tl_err http_text_index(http_text *t, const parcel *p, tl_buf *out);

#endif
