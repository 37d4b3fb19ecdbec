/* fault/failforeign.c: what other libraries make for us, without memory; see
 * failmalloc.h. They are linked dynamically, so what they allocate inside never fails. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <curl/curl.h>
#include <pcre2.h>
#include <zstd.h>

#include "fault/failmalloc.h"

pcre2_code *__real_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE len, uint32_t options,
    int *error, PCRE2_SIZE *at, pcre2_compile_context *context);
pcre2_code *__wrap_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE len, uint32_t options,
    int *error, PCRE2_SIZE *at, pcre2_compile_context *context);
ZSTD_CStream *__real_ZSTD_createCStream(void);
ZSTD_CStream *__wrap_ZSTD_createCStream(void);
CURL *__real_curl_easy_init(void);
CURL *__wrap_curl_easy_init(void);
CURLU *__real_curl_url(void);
CURLU *__wrap_curl_url(void);
struct curl_slist *__real_curl_slist_append(struct curl_slist *list, const char *text);
struct curl_slist *__wrap_curl_slist_append(struct curl_slist *list, const char *text);

pcre2_code *
__wrap_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE len, uint32_t options, int *error,
    PCRE2_SIZE *at, pcre2_compile_context *context)
{
	if (!fail_now())
		return __real_pcre2_compile_8(pattern, len, options, error, at, context);
	*error = PCRE2_ERROR_HEAP_FAILED;
	*at = 0;
	return NULL;
}

ZSTD_CStream *
__wrap_ZSTD_createCStream(void)
{
	return fail_now() ? NULL : __real_ZSTD_createCStream();
}

CURL *
__wrap_curl_easy_init(void)
{
	return fail_now() ? NULL : __real_curl_easy_init();
}

CURLU *
__wrap_curl_url(void)
{
	return fail_now() ? NULL : __real_curl_url();
}

struct curl_slist *
__wrap_curl_slist_append(struct curl_slist *list, const char *text)
{
	return fail_now() ? NULL : __real_curl_slist_append(list, text);
}
