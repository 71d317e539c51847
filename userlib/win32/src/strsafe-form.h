/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The functions of strsafe.h in one form, narrow or wide, as the macros say that
 * strsafe.c defines before it includes this file.  No header guard: it comes twice.
 */

/* Fill the rest behind the NUL, or the whole after a failure, and store the end. */
static HRESULT FORM(finish)(char_t *buffer, size_t size, size_t at, HRESULT hr, char_t **end,
			    size_t *left, DWORD flags)
{
	if (FAILED(hr) && (flags & (STRSAFE_NO_TRUNCATION | STRSAFE_NULL_ON_FAILURE)))
		at = 0;
	if (FAILED(hr) && (flags & STRSAFE_FILL_ON_FAILURE)) {
		memset(buffer, (int)(flags & 0xff), size * sizeof(char_t));
		at = (flags & 0xff) ? size - 1 : 0;
	} else if (SUCCEEDED(hr) && (flags & STRSAFE_FILL_BEHIND_NULL)) {
		memset(buffer + at + 1, (int)(flags & 0xff), (size - at - 1) * sizeof(char_t));
	}
	buffer[at] = 0;
	if (end)
		*end = buffer + at;
	if (left)
		*left = size - at;
	return hr;
}

/* Put @n characters behind the first @at, as far as they go in. */
static HRESULT FORM(put)(char_t *buffer, size_t size, size_t at, const char_t *text, size_t n,
			 char_t **end, size_t *left, DWORD flags)
{
	HRESULT hr = S_OK;

	if (n > size - at - 1) {
		n = size - at - 1;
		hr = STRSAFE_E_INSUFFICIENT_BUFFER;
		/* the text is refused as a whole: the string stays as it was */
		if (flags & STRSAFE_NO_TRUNCATION) {
			if (at) {
				flags &= ~(DWORD)STRSAFE_NO_TRUNCATION;
				n = 0;
			}
		}
	}
	COPY(buffer + at, text, n);
	return FORM(finish)(buffer, size, at + n, hr, end, left, flags);
}

static HRESULT FORM(check)(const char_t *buffer, size_t size)
{
	return buffer && size && size <= STRSAFE_MAX_CCH ? S_OK : STRSAFE_E_INVALID_PARAMETER;
}

static HRESULT FORM(copy)(char_t *buffer, size_t size, const char_t *text, size_t most, bool append,
			  char_t **end, size_t *left, DWORD flags)
{
	static const char_t empty[1];
	size_t at = 0;

	if (FAILED(FORM(check)(buffer, size)))
		return STRSAFE_E_INVALID_PARAMETER;
	if (!text && (flags & STRSAFE_IGNORE_NULLS))
		text = empty;
	if (!text)
		return STRSAFE_E_INVALID_PARAMETER;
	if (append) {
		at = LENGTH(buffer, size);
		if (at == size)
			return STRSAFE_E_INVALID_PARAMETER;
	}
	return FORM(put)(buffer, size, at, text, LENGTH(text, most), end, left, flags);
}

static HRESULT FORM(vprintf)(char_t *buffer, size_t size, char_t **end, size_t *left, DWORD flags,
			     const char_t *format, va_list arguments)
{
	char_t *text;
	HRESULT hr;
	int length;

	if (FAILED(FORM(check)(buffer, size)) || !format)
		return STRSAFE_E_INVALID_PARAMETER;
	text = FORMAT(format, arguments, &length);
	if (!text) {
		buffer[0] = 0;
		return STRSAFE_E_INVALID_PARAMETER;
	}
	hr = FORM(put)(buffer, size, 0, text, (size_t)length, end, left, flags);
	free(text);
	return hr;
}

static HRESULT FORM(length)(const char_t *text, size_t size, size_t *length)
{
	size_t n = text && size <= STRSAFE_MAX_CCH ? LENGTH(text, size) : size;

	if (length)
		*length = n < size ? n : 0;
	return n < size ? S_OK : STRSAFE_E_INVALID_PARAMETER;
}

static HRESULT FORM(gets)(char_t *buffer, size_t size)
{
	size_t n = 0;
	GETC_T c = END_OF_FILE;

	if (FAILED(FORM(check)(buffer, size)))
		return STRSAFE_E_INVALID_PARAMETER;
	while (n < size - 1 && (c = GETC()) != END_OF_FILE && c != '\n')
		buffer[n++] = (char_t)c;
	buffer[n] = 0;
	if (c == END_OF_FILE && !n && size > 1)
		return STRSAFE_E_END_OF_FILE;
	return n < size - 1 || c == '\n' ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

#define BYTES(n)	((n) / sizeof(char_t))

#define PRINTF(end, left, flags, size) \
	do { \
		va_list arguments; \
		HRESULT hr; \
		va_start(arguments, format); \
		hr = FORM(vprintf)(buffer, size, end, left, flags, format, arguments); \
		va_end(arguments); \
		return hr; \
	} while (0)

HRESULT FORM(StringCchCopy)(char_t *buffer, size_t size, const char_t *text)
{
	return FORM(copy)(buffer, size, text, STRSAFE_MAX_CCH, false, NULL, NULL, 0);
}

HRESULT FORM(StringCbCopy)(char_t *buffer, size_t bytes, const char_t *text)
{
	return FORM(StringCchCopy)(buffer, BYTES(bytes), text);
}

HRESULT FORM(StringCchCopyN)(char_t *buffer, size_t size, const char_t *text, size_t length)
{
	return FORM(copy)(buffer, size, text, length, false, NULL, NULL, 0);
}

HRESULT FORM(StringCbCopyN)(char_t *buffer, size_t bytes, const char_t *text, size_t length)
{
	return FORM(StringCchCopyN)(buffer, BYTES(bytes), text, BYTES(length));
}

HRESULT FORM(StringCchCopyEx)(char_t *buffer, size_t size, const char_t *text, char_t **end,
			      size_t *left, DWORD flags)
{
	return FORM(copy)(buffer, size, text, STRSAFE_MAX_CCH, false, end, left, flags);
}

HRESULT FORM(StringCbCopyEx)(char_t *buffer, size_t bytes, const char_t *text, char_t **end,
			     size_t *left, DWORD flags)
{
	HRESULT hr = FORM(StringCchCopyEx)(buffer, BYTES(bytes), text, end, left, flags);

	if (left && hr != STRSAFE_E_INVALID_PARAMETER)
		*left *= sizeof(char_t);
	return hr;
}

HRESULT FORM(StringCchCat)(char_t *buffer, size_t size, const char_t *text)
{
	return FORM(copy)(buffer, size, text, STRSAFE_MAX_CCH, true, NULL, NULL, 0);
}

HRESULT FORM(StringCbCat)(char_t *buffer, size_t bytes, const char_t *text)
{
	return FORM(StringCchCat)(buffer, BYTES(bytes), text);
}

HRESULT FORM(StringCchCatN)(char_t *buffer, size_t size, const char_t *text, size_t length)
{
	return FORM(copy)(buffer, size, text, length, true, NULL, NULL, 0);
}

HRESULT FORM(StringCbCatN)(char_t *buffer, size_t bytes, const char_t *text, size_t length)
{
	return FORM(StringCchCatN)(buffer, BYTES(bytes), text, BYTES(length));
}

HRESULT FORM(StringCchCatEx)(char_t *buffer, size_t size, const char_t *text, char_t **end,
			     size_t *left, DWORD flags)
{
	return FORM(copy)(buffer, size, text, STRSAFE_MAX_CCH, true, end, left, flags);
}

HRESULT FORM(StringCbCatEx)(char_t *buffer, size_t bytes, const char_t *text, char_t **end,
			    size_t *left, DWORD flags)
{
	HRESULT hr = FORM(StringCchCatEx)(buffer, BYTES(bytes), text, end, left, flags);

	if (left && hr != STRSAFE_E_INVALID_PARAMETER)
		*left *= sizeof(char_t);
	return hr;
}

HRESULT FORM(StringCchVPrintf)(char_t *buffer, size_t size, const char_t *format, va_list arguments)
{
	return FORM(vprintf)(buffer, size, NULL, NULL, 0, format, arguments);
}

HRESULT FORM(StringCbVPrintf)(char_t *buffer, size_t bytes, const char_t *format, va_list arguments)
{
	return FORM(vprintf)(buffer, BYTES(bytes), NULL, NULL, 0, format, arguments);
}

HRESULT FORM(StringCchPrintf)(char_t *buffer, size_t size, const char_t *format, ...)
{
	PRINTF(NULL, NULL, 0, size);
}

HRESULT FORM(StringCbPrintf)(char_t *buffer, size_t bytes, const char_t *format, ...)
{
	PRINTF(NULL, NULL, 0, BYTES(bytes));
}

HRESULT FORM(StringCchPrintfEx)(char_t *buffer, size_t size, char_t **end, size_t *left,
				DWORD flags, const char_t *format, ...)
{
	PRINTF(end, left, flags, size);
}

HRESULT FORM(StringCbPrintfEx)(char_t *buffer, size_t bytes, char_t **end, size_t *left,
			       DWORD flags, const char_t *format, ...)
{
	va_list arguments;
	HRESULT hr;

	va_start(arguments, format);
	hr = FORM(vprintf)(buffer, BYTES(bytes), end, left, flags, format, arguments);
	va_end(arguments);
	if (left && hr != STRSAFE_E_INVALID_PARAMETER)
		*left *= sizeof(char_t);
	return hr;
}

HRESULT FORM(StringCchLength)(const char_t *text, size_t size, size_t *length)
{
	return FORM(length)(text, size, length);
}

HRESULT FORM(StringCbLength)(const char_t *text, size_t bytes, size_t *length)
{
	HRESULT hr = FORM(length)(text, BYTES(bytes), length);

	if (length)
		*length *= sizeof(char_t);
	return hr;
}

HRESULT FORM(StringCchGets)(char_t *buffer, size_t size)
{
	return FORM(gets)(buffer, size);
}

HRESULT FORM(StringCbGets)(char_t *buffer, size_t bytes)
{
	return FORM(gets)(buffer, BYTES(bytes));
}

#undef PRINTF
#undef BYTES
#undef char_t
#undef FORM
#undef LENGTH
#undef COPY
#undef FORMAT
#undef GETC
#undef END_OF_FILE
#undef GETC_T
