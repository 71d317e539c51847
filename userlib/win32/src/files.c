// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Pipes, directories, files and the environment by the names of Windows' C library, and
 * by wide names.
 */
#include "internal.h"
#include <direct.h>
#include <io.h>
#include <sys/stat.h>
#include <sys/timeb.h>
#include <sys/wait.h>
#include <unistd.h>

/* Text and binary are the same here, and popen(3) takes no letter for either. */
FILE *_popen(const char *command, const char *mode)
{
	char plain[2] = { 0 };

	if (!command || !mode || (*mode != 'r' && *mode != 'w')) {
		errno = EINVAL;
		return NULL;
	}
	plain[0] = *mode;
	fflush(NULL);
	return popen(command, plain);
}

int _pclose(FILE *stream)
{
	int status = stream ? pclose(stream) : -1;

	if (!stream)
		errno = EINVAL;
	if (status == -1)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* UTF-8 of a name; NULL and an errno. */
static char *narrow_name(const wchar_t *name)
{
	char *narrow = name ? utf8_dup(name) : NULL;

	if (!narrow)
		errno = name ? ENOMEM : EINVAL;
	return narrow;
}

FILE *_wpopen(const wchar_t *command, const wchar_t *mode)
{
	char *narrow = narrow_name(command), *narrow_mode = narrow_name(mode);
	FILE *stream = narrow && narrow_mode ? _popen(narrow, narrow_mode) : NULL;

	free(narrow);
	free(narrow_mode);
	return stream;
}

FILE *_wfreopen(const wchar_t *name, const wchar_t *mode, FILE *stream)
{
	char *narrow = narrow_name(name), *narrow_mode = narrow_name(mode);
	FILE *result = narrow && narrow_mode ? freopen(narrow, narrow_mode, stream) : NULL;

	free(narrow);
	free(narrow_mode);
	return result;
}

FILE *_wfdopen(int fd, const wchar_t *mode)
{
	char *narrow = narrow_name(mode);
	FILE *stream = narrow ? fdopen(fd, narrow) : NULL;

	free(narrow);
	return stream;
}

/* Call a function with the narrow form of a name. */
static int with_name(const wchar_t *name, int (*function)(const char *name))
{
	char *narrow = narrow_name(name);
	int result = narrow ? function(narrow) : -1;

	free(narrow);
	return result;
}

/* The umask, and nothing else, takes from the permissions. */
int _mkdir(const char *path)
{
	return mkdir(path, 0777);
}

int _wmkdir(const wchar_t *path)
{
	return with_name(path, _mkdir);
}

int _wrmdir(const wchar_t *path)
{
	return with_name(path, rmdir);
}

int _wchdir(const wchar_t *path)
{
	return with_name(path, chdir);
}

int _wremove(const wchar_t *path)
{
	return with_name(path, remove);
}

int _wunlink(const wchar_t *path)
{
	return with_name(path, unlink);
}

int _waccess(const wchar_t *path, int mode)
{
	char *narrow = narrow_name(path);
	int result = narrow ? access(narrow, mode) : -1;

	free(narrow);
	return result;
}

int _wrename(const wchar_t *from, const wchar_t *to)
{
	char *narrow_from = narrow_name(from), *narrow_to = narrow_name(to);
	int result = narrow_from && narrow_to ? rename(narrow_from, narrow_to) : -1;

	free(narrow_from);
	free(narrow_to);
	return result;
}

/* If @buffer is NULL, the text is in memory of its own, as with getcwd(3). */
wchar_t *_wgetcwd(wchar_t *buffer, int size)
{
	char *text = getcwd(NULL, 0);
	wchar_t *wide = text ? wide_dup(text) : NULL;

	free(text);
	if (!buffer || !wide)
		return wide;
	if (size <= 0 || wcslen(wide) >= (size_t)size) {
		errno = ERANGE;
		buffer = NULL;
	} else {
		wcscpy(buffer, wide);
	}
	free(wide);
	return buffer;
}

/* Copy "NAME=VALUE", unlike putenv(3); if there is no value, remove the name. */
int _putenv(const char *setting)
{
	const char *equals = setting ? strchr(setting, '=') : NULL;
	char *name;
	int result;

	if (!equals || equals == setting) {
		errno = EINVAL;
		return -1;
	}
	name = strndup(setting, (size_t)(equals - setting));
	if (!name)
		return -1;
	result = equals[1] ? setenv(name, equals + 1, 1) : unsetenv(name);
	free(name);
	return result;
}

int _wputenv(const wchar_t *setting)
{
	return with_name(setting, _putenv);
}

errno_t _putenv_s(const char *name, const char *value)
{
	if (!name || !value)
		return EINVAL;
	return (*value ? setenv(name, value, 1) : unsetenv(name)) ? errno : 0;
}

errno_t _wputenv_s(const wchar_t *name, const wchar_t *value)
{
	char *narrow = narrow_name(name), *narrow_value = narrow_name(value);
	errno_t error = narrow && narrow_value ? _putenv_s(narrow, narrow_value) : errno;

	free(narrow);
	free(narrow_value);
	return error;
}

errno_t _wdupenv_s(wchar_t **buffer, size_t *length, const wchar_t *name)
{
	char *narrow = narrow_name(name);
	const char *text = narrow ? getenv(narrow) : NULL;

	free(narrow);
	if (!buffer || !name)
		return EINVAL;
	*buffer = text ? wide_dup(text) : NULL;
	if (length)
		*length = *buffer ? wcslen(*buffer) + 1 : 0;
	return text && !*buffer ? ENOMEM : 0;
}

errno_t _wgetenv_s(size_t *length, wchar_t *buffer, size_t size, const wchar_t *name)
{
	wchar_t *text = NULL;
	errno_t error;

	if (!length || (!buffer && size))
		return EINVAL;
	error = _wdupenv_s(&text, length, name);
	if (buffer && size)
		buffer[0] = L'\0';
	if (!error && text && size) {
		if (*length > size)
			error = ERANGE;
		else
			wcscpy(buffer, text);
	}
	free(text);
	return error;
}

errno_t _ftime_s(struct _timeb *now)
{
	struct timespec time;
	struct tm local;

	if (!now)
		return EINVAL;
	clock_gettime(CLOCK_REALTIME, &time);
	tzset();
	localtime_r(&time.tv_sec, &local);
	now->time = time.tv_sec;
	now->millitm = (unsigned short)(time.tv_nsec / 1000000);
	now->timezone = (short)(timezone / 60);
	now->dstflag = local.tm_isdst > 0;
	return 0;
}

void _ftime(struct _timeb *now)
{
	_ftime_s(now);
}
