/* smi/time.c: times of LAST-UPDATED and REVISION, RFC 2578 section 2: YYMMDDHHMMZ for the
 * years from 1900 on, or YYYYMMDDHHMMZ. */
#include "smi/parser.h"

static uint64_t
number_of(const uint8_t *digits, size_t len)
{
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++)
		n = 10 * n + (uint64_t)(digits[i] - '0');
	return n;
}

/* Months and days as the calendar has them at most. */
static bool
is_time(uint64_t time)
{
	uint64_t month = time / 1000000 % 100, day = time / 10000 % 100;

	return month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
	       time / 100 % 100 <= 24 && time % 100 <= 59;
}

uint64_t
tl_smi_time_of(tl_span text)
{
	size_t len = 0;
	uint64_t time;

	while (text.len > 0 && *text.ptr == ' ') {
		text.ptr++;
		text.len--;
	}
	while (len < text.len && text.ptr[len] >= '0' && text.ptr[len] <= '9')
		len++;
	if (len != 10 && len != 12)
		return 0;
	time = number_of(text.ptr, len);
	if (len == 10)
		time += 190000000000;
	return is_time(time) ? time : 0;
}
