// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * MultiByteToWideChar and its reverse.  UTF-8, which every default code page is
 * here, is utf8.c's; any other code page is iconv's by number.
 */
#include "internal.h"
#include <iconv.h>

/* gcc's analyzer takes iconv_open's (iconv_t)-1, which is no descriptor, for one that leaks. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

static bool is_utf8(UINT code_page)
{
	return code_page == CP_ACP || code_page == CP_OEMCP || code_page == CP_THREAD_ACP ||
	       code_page == CP_UTF8;
}

/* iconv's name for a code page. */
static const char *iconv_name(UINT code_page, char *name, size_t size)
{
	if (code_page == 20127)
		return "US-ASCII";
	if (code_page == 20866)
		return "KOI8-R";
	if (code_page == 21866)
		return "KOI8-U";
	if (code_page > 28590 && code_page < 28606)
		snprintf(name, size, "ISO-8859-%u", code_page - 28590);
	else
		snprintf(name, size, "CP%u", code_page);
	return name;
}

static iconv_t iconv_for(UINT code_page, bool to_wide)
{
	char buffer[32];
	const char *name = iconv_name(code_page, buffer, sizeof(buffer));

	return to_wide ? iconv_open("WCHAR_T", name) : iconv_open(name, "WCHAR_T");
}

/* Returns the characters it takes; *invalid as in utf8.c. */
static size_t wide_by_iconv(iconv_t cd, wchar_t *out, size_t size, const char *text, size_t n,
			    bool *invalid)
{
	char *in = (char *)text;
	size_t used = 0;

	while (n) {
		wchar_t chunk[64];
		char *to = (char *)chunk;
		size_t left = sizeof(chunk), got;
		size_t rc = iconv(cd, &in, &n, &to, &left);

		got = (sizeof(chunk) - left) / sizeof(wchar_t);
		if (rc == (size_t)-1 && errno != E2BIG) {
			chunk[got < 64 ? got++ : 63] = L'\xfffd';
			*invalid = true;
			in++;
			n--;
		}
		for (size_t i = 0; i < got; i++, used++)
			if (used < size)
				out[used] = chunk[i];
	}
	return used;
}

static size_t text_by_iconv(iconv_t cd, char *out, size_t size, const wchar_t *wide, size_t n,
			    const char *substitute, bool *invalid)
{
	char *in = (char *)wide;
	size_t bytes = n * sizeof(*wide), used = 0;
	bool fits = true;

	while (bytes) {
		size_t one = sizeof(*wide), left = 16, got;
		char chunk[16], *to = chunk;
		const char *from = chunk;

		if (iconv(cd, &in, &one, &to, &left) == (size_t)-1) {
			in += one;
			from = substitute;
			got = strlen(substitute);
			*invalid = true;
		} else {
			got = sizeof(chunk) - left;
		}
		bytes -= sizeof(*wide);
		fits = fits && got <= size - used;
		if (fits)
			memcpy(out + used, from, got);
		used += got;
	}
	return used;
}

int WINAPI MultiByteToWideChar(UINT code_page, DWORD flags, LPCCH text, int length, LPWSTR wide,
			       int size)
{
	bool invalid = false;
	size_t n, used;

	if (!text || !length || length < -1 || size < 0 ||
	    (size && (!wide || (void *)wide == text)))
		return fail(ERROR_INVALID_PARAMETER);
	n = length == -1 ? strlen(text) + 1 : (size_t)length;
	if (is_utf8(code_page)) {
		used = wide_from_utf8(wide, (size_t)size, text, n, &invalid);
	} else {
		iconv_t cd = iconv_for(code_page, true);

		if (cd == (iconv_t)-1)
			return fail(ERROR_INVALID_PARAMETER);
		used = wide_by_iconv(cd, wide, (size_t)size, text, n, &invalid);
		iconv_close(cd);
	}
	if (invalid && (flags & MB_ERR_INVALID_CHARS))
		return fail(ERROR_NO_UNICODE_TRANSLATION);
	if (size && used > (size_t)size)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	return (int)used;
}

int WINAPI WideCharToMultiByte(UINT code_page, DWORD flags, LPCWCH wide, int length, LPSTR text,
			       int size, LPCCH substitute, LPBOOL substituted)
{
	bool invalid = false;
	size_t n, used;

	if (!wide || !length || length < -1 || size < 0 ||
	    (size && (!text || (void *)text == wide)))
		return fail(ERROR_INVALID_PARAMETER);
	/* UTF-8 can say everything: Windows refuses a substitute for it */
	if (code_page == CP_UTF8 && (substitute || substituted))
		return fail(ERROR_INVALID_PARAMETER);
	n = length == -1 ? wcslen(wide) + 1 : (size_t)length;
	if (is_utf8(code_page)) {
		used = utf8_from_wide(text, (size_t)size, wide, n, &invalid);
	} else {
		iconv_t cd = iconv_for(code_page, false);
		char one[2] = { substitute ? *substitute : '?', '\0' };

		if (cd == (iconv_t)-1)
			return fail(ERROR_INVALID_PARAMETER);
		used = text_by_iconv(cd, text, (size_t)size, wide, n, one, &invalid);
		iconv_close(cd);
	}
	if (substituted)
		*substituted = invalid;
	if (invalid && (flags & WC_ERR_INVALID_CHARS))
		return fail(ERROR_NO_UNICODE_TRANSLATION);
	if (size && used > (size_t)size)
		return fail(ERROR_INSUFFICIENT_BUFFER);
	return (int)used;
}

UINT WINAPI GetACP(void)
{
	return CP_UTF8;
}

UINT WINAPI GetOEMCP(void)
{
	return CP_UTF8;
}
