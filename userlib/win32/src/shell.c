// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The functions of Windows' shell and desktop that console programs use: a command line split into
 * arguments, strings compared, a message box.
 */
#include "internal.h"
#include <shellapi.h>
#include <shlwapi.h>
#include <winsock2.h>

static void put(wchar_t *out, size_t *n, wchar_t c, size_t count)
{
	if (out)
		wmemset(out + *n, c, count);
	*n += count;
}

/*
 * Take the program's name: up to its closing quote, or to a blank; a backslash has no special
 * meaning.
 */
static size_t take_program(const wchar_t **line, wchar_t *out)
{
	bool quoted = **line == L'"';
	const wchar_t *p = *line + quoted;
	size_t n = wcscspn(p, quoted ? L"\"" : L" \t");

	if (out)
		wmemcpy(out, p, n);
	*line = p + n + (quoted && p[n]);
	return n;
}

/*
 * Take the next argument from a command line to @out, if that is there; returns how many
 * characters it has.  Backslashes before a quote halve, and the odd one keeps the quote.
 */
static size_t take_argument(const wchar_t **line, wchar_t *out)
{
	const wchar_t *p = *line;
	bool quoted = false;
	size_t n = 0;

	while (*p && (quoted || (*p != L' ' && *p != L'\t'))) {
		size_t slashes = wcsspn(p, L"\\");

		p += slashes;
		put(out, &n, L'\\', *p == L'"' ? slashes / 2 : slashes);
		if (*p == L'"' && slashes % 2) {
			put(out, &n, L'"', 1);
			p++;
		} else if (*p == L'"') {
			/* two where text is quoted are one, and end the quoting */
			if (quoted && p[1] == L'"')
				put(out, &n, *p++, 1);
			quoted = !quoted;
			p++;
		} else if (!slashes) {
			put(out, &n, *p++, 1);
		}
	}
	*line = p;
	return n;
}

/* All arguments, into one block if there is one; returns how many. */
static int take_arguments(const wchar_t *line, LPWSTR *argv, wchar_t *text, size_t *characters)
{
	int count = 0;

	*characters = 0;
	do {
		wchar_t *out;
		size_t n;

		if (argv)
			argv[count] = text + *characters;
		out = argv ? text + *characters : NULL;
		n = count ? take_argument(&line, out) : take_program(&line, out);
		if (argv)
			text[*characters + n] = L'\0';
		*characters += n + 1;
		count++;
		line += wcsspn(line, L" \t");
	} while (*line);
	return count;
}

LPWSTR *WINAPI CommandLineToArgvW(LPCWSTR line, int *count)
{
	wchar_t path[PATH_MAX];
	size_t characters;
	LPWSTR *argv;
	int n;

	if (!line || !count) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (!*line) {
		if (!GetModuleFileNameW(NULL, path + 1, PATH_MAX - 2))
			return NULL;
		/* as one argument, whatever is in it */
		path[0] = L'"';
		wcscat(path, L"\"");
		line = path;
	}
	n = take_arguments(line, NULL, NULL, &characters);
	argv = LocalAlloc(LPTR, ((size_t)n + 1) * sizeof(*argv) + characters * sizeof(wchar_t));
	if (!argv)
		return NULL;
	*count = take_arguments(line, argv, (wchar_t *)(argv + n + 1), &characters);
	return argv;
}

int WINAPI StrCmpW(LPCWSTR a, LPCWSTR b)
{
	return lstrcmpW(a, b);
}

int WINAPI StrCmpIW(LPCWSTR a, LPCWSTR b)
{
	return lstrcmpiW(a, b);
}

/* The beginnings in memory of their own, compared as wholes are. */
static int compare_wide(LPCWSTR a, LPCWSTR b, int count, int (WINAPI *compare)(LPCWSTR, LPCWSTR))
{
	wchar_t *left = a && count > 0 ? wcsdup(a) : NULL;
	wchar_t *right = b && count > 0 ? wcsdup(b) : NULL;
	int result = 0;

	if (left)
		left[wcsnlen(left, (size_t)count)] = L'\0';
	if (right)
		right[wcsnlen(right, (size_t)count)] = L'\0';
	if (count > 0)
		result = compare(left, right);
	free(left);
	free(right);
	return result;
}

static int compare_narrow(LPCSTR a, LPCSTR b, int count, int (WINAPI *compare)(LPCSTR, LPCSTR))
{
	char *left = a && count > 0 ? strndup(a, (size_t)count) : NULL;
	char *right = b && count > 0 ? strndup(b, (size_t)count) : NULL;
	int result = count > 0 ? compare(left, right) : 0;

	free(left);
	free(right);
	return result;
}

int WINAPI StrCmpNA(LPCSTR a, LPCSTR b, int count)
{
	return compare_narrow(a, b, count, lstrcmpA);
}

int WINAPI StrCmpNW(LPCWSTR a, LPCWSTR b, int count)
{
	return compare_wide(a, b, count, lstrcmpW);
}

int WINAPI StrCmpNIA(LPCSTR a, LPCSTR b, int count)
{
	return compare_narrow(a, b, count, lstrcmpiA);
}

int WINAPI StrCmpNIW(LPCWSTR a, LPCWSTR b, int count)
{
	return compare_wide(a, b, count, lstrcmpiW);
}

/* The buttons of each type of box, in their order. */
static const int buttons[][3] = {
	[MB_OK] = { IDOK },
	[MB_OKCANCEL] = { IDOK, IDCANCEL },
	[MB_ABORTRETRYIGNORE] = { IDABORT, IDRETRY, IDIGNORE },
	[MB_YESNOCANCEL] = { IDYES, IDNO, IDCANCEL },
	[MB_YESNO] = { IDYES, IDNO },
	[MB_RETRYCANCEL] = { IDRETRY, IDCANCEL },
	[MB_CANCELTRYCONTINUE] = { IDCANCEL, IDTRYAGAIN, IDCONTINUE },
};

/* Nobody is asked: the default button is what is pressed. */
int WINAPI MessageBoxA(HWND window, LPCSTR text, LPCSTR caption, UINT type)
{
	UINT kind = type & MB_TYPEMASK, button = (type & MB_DEFMASK) >> 8;

	(void)window;
	if (kind >= ARRAYSIZE(buttons))
		return fail(ERROR_INVALID_MSGBOX_STYLE);
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", caption ? caption : "Error", text ? text : "");
	return button < 3 && buttons[kind][button] ? buttons[kind][button] : buttons[kind][0];
}

int WINAPI MessageBoxW(HWND window, LPCWSTR text, LPCWSTR caption, UINT type)
{
	char *narrow_text, *narrow_caption;
	int button = 0;

	if (!utf8_dup_or_fail(text, &narrow_text))
		return 0;
	if (utf8_dup_or_fail(caption, &narrow_caption)) {
		button = MessageBoxA(window, narrow_text, narrow_caption, type);
		free(narrow_caption);
	}
	free(narrow_text);
	return button;
}

int WINAPI WSAGetLastError(void)
{
	return (int)GetLastError();
}

void WINAPI WSASetLastError(int error)
{
	SetLastError((DWORD)error);
}
