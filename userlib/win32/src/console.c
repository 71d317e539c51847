// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The console: standard handles, keys, colours, code page, Ctrl+C. The terminal understands ANSI
 * sequences and UTF-8; ANSI sequences are written to terminals only.
 */
#include "internal.h"
#include <libmailslot-object.h>
#include <conio.h>
#include <fcntl.h>
#include <io.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>
#include <win32/crt.h>

/*
 * Text on a Windows console appears as it is written, without a newline or fflush();
 * prompts rely on it.
 */
__attribute__((constructor)) static void show_output_at_once(void)
{
	if (isatty(STDOUT_FILENO))
		setvbuf(stdout, NULL, _IONBF, 0);
}

/* Standard handles */

struct standard {
	int fd;
	FILE **stream;
	HANDLE handle;		/* under standard_lock */
};

static pthread_mutex_t standard_lock = PTHREAD_MUTEX_INITIALIZER;
static struct standard standards[] = {
	{ STDIN_FILENO, &stdin, NULL },
	{ STDOUT_FILENO, &stdout, NULL },
	{ STDERR_FILENO, &stderr, NULL },
};

static DWORD standard_read(void *data, void *buffer, DWORD size, DWORD *done)
{
	struct standard *s = data;
	ssize_t n;

	do
		n = read(s->fd, buffer, size);
	while (n < 0 && errno == EINTR);
	*done = n < 0 ? 0 : (DWORD)n;
	return n < 0 ? error_from_errno(errno) : ERROR_SUCCESS;
}

static DWORD standard_write(void *data, const void *buffer, DWORD size, DWORD *done)
{
	struct standard *s = data;
	const char *at = buffer;

	/* what was printed before comes before */
	if (s->fd != STDIN_FILENO)
		fflush(*s->stream);
	for (*done = 0; *done < size;) {
		ssize_t n = write(s->fd, at + *done, size - *done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_from_errno(errno);
		*done += (DWORD)n;
	}
	return ERROR_SUCCESS;
}

static const struct mailslot_object_type standard_type = {
	.read = standard_read,
	.write = standard_write,
};

/* Is it still the handle that was made here, or has the program closed it? */
static bool is_standard(HANDLE handle)
{
	struct mailslot_object *object =
		handle ? mailslot_object_get(handle, &standard_type) : NULL;

	if (object)
		mailslot_object_put(object);
	return object;
}

HANDLE WINAPI GetStdHandle(DWORD which)
{
	DWORD i = STD_INPUT_HANDLE - which;
	DWORD error = GetLastError();
	struct standard *s;
	int fd;

	if (i >= ARRAYSIZE(standards)) {
		SetLastError(ERROR_INVALID_HANDLE);
		return INVALID_HANDLE_VALUE;
	}
	s = &standards[i];
	pthread_mutex_lock(&standard_lock);
	if (!is_standard(s->handle)) {
		fd = fcntl(s->fd, F_DUPFD_CLOEXEC, 3);
		s->handle = fd < 0 ? NULL : mailslot_object_create(&standard_type, s, fd, FALSE);
		if (fd >= 0 && !s->handle)
			close(fd);
	}
	pthread_mutex_unlock(&standard_lock);
	if (s->handle)
		SetLastError(error);
	return s->handle;
}

/* The descriptor of a console handle, or -1 and the last error. */
static int console_fd(HANDLE console)
{
	struct mailslot_object *object = mailslot_object_get(console, &standard_type);
	int fd = -1;

	if (object) {
		fd = ((struct standard *)mailslot_object_data(object))->fd;
		mailslot_object_put(object);
	}
	if (fd >= 0 && !isatty(fd)) {
		SetLastError(ERROR_INVALID_HANDLE);
		fd = -1;
	}
	return fd;
}

/* Fail if @console is not a console, as on Windows: this does not write to redirected output. */
BOOL WINAPI WriteConsoleA(HANDLE console, const void *text, DWORD length, LPDWORD written,
			  LPVOID reserved)
{
	(void)reserved;
	if (console_fd(console) < 0)
		return FALSE;
	return WriteFile(console, text, length, written, NULL);
}

BOOL WINAPI WriteConsoleW(HANDLE console, const void *text, DWORD length, LPDWORD written,
			  LPVOID reserved)
{
	size_t size = utf8_from_wide(NULL, 0, text, length, NULL);
	char *narrow;
	BOOL ok;

	if (console_fd(console) < 0)
		return FALSE;
	narrow = malloc(size + 1);
	if (!narrow)
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	utf8_from_wide(narrow, size, text, length, NULL);
	ok = WriteConsoleA(console, narrow, (DWORD)size, NULL, reserved);
	free(narrow);
	if (written)
		*written = ok ? length : 0;
	return ok;
}

BOOL WINAPI GetConsoleMode(HANDLE console, LPDWORD mode)
{
	int fd = console_fd(console);
	struct termios t;

	if (fd < 0)
		return FALSE;
	if (tcgetattr(fd, &t))
		return fail(error_from_errno(errno));
	if (fd != STDIN_FILENO) {
		*mode = ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT |
			ENABLE_VIRTUAL_TERMINAL_PROCESSING;
		return TRUE;
	}
	*mode = (t.c_lflag & ISIG ? ENABLE_PROCESSED_INPUT : 0) |
		(t.c_lflag & ICANON ? ENABLE_LINE_INPUT : 0) |
		(t.c_lflag & ECHO ? ENABLE_ECHO_INPUT : 0);
	return TRUE;
}

BOOL WINAPI SetConsoleMode(HANDLE console, DWORD mode)
{
	int fd = console_fd(console);
	struct termios t;

	if (fd < 0)
		return FALSE;
	/* a terminal's output is as Windows' with every mode on: nothing to change */
	if (fd != STDIN_FILENO)
		return TRUE;
	if (tcgetattr(fd, &t))
		return fail(error_from_errno(errno));
	t.c_lflag &= (tcflag_t)~(ISIG | ICANON | ECHO);
	t.c_lflag |= (mode & ENABLE_PROCESSED_INPUT ? ISIG : 0) |
		     (mode & ENABLE_LINE_INPUT ? ICANON : 0) |
		     (mode & ENABLE_ECHO_INPUT ? ECHO : 0);
	return tcsetattr(fd, TCSANOW, &t) ? fail(error_from_errno(errno)) : TRUE;
}

BOOL WINAPI SetConsoleTitleA(LPCSTR title)
{
	if (!title)
		return fail(ERROR_INVALID_PARAMETER);
	if (isatty(STDOUT_FILENO)) {
		fprintf(stdout, "\033]0;%s\007", title);
		fflush(stdout);
	}
	return TRUE;
}

BOOL WINAPI SetConsoleTitleW(LPCWSTR title)
{
	char *narrow = utf8_dup(title);
	BOOL ok = SetConsoleTitleA(narrow);

	free(narrow);
	return ok;
}

/* Blue is bit 0 there and bit 2 in ANSI's numbers. */
static int ansi_colour(WORD bits)
{
	return (bits & 1) << 2 | (bits & 2) | (bits & 4) >> 2;
}

BOOL WINAPI SetConsoleTextAttribute(HANDLE console, WORD attributes)
{
	int fd = console_fd(console);
	FILE *stream = fd == STDERR_FILENO ? stderr : stdout;

	if (fd < 0)
		return FALSE;
	fprintf(stream, "\033[0;%d;%dm",
		(attributes & FOREGROUND_INTENSITY ? 90 : 30) + ansi_colour(attributes & 7),
		(attributes & BACKGROUND_INTENSITY ? 100 : 40) + ansi_colour(attributes >> 4 & 7));
	fflush(stream);
	return TRUE;
}

BOOL WINAPI Beep(DWORD frequency, DWORD milliseconds)
{
	(void)frequency;
	fputc('\a', stderr);
	Sleep(milliseconds);
	return TRUE;
}

/* A terminal's encoding is not a program's to change. */
UINT WINAPI GetConsoleCP(void)
{
	return CP_UTF8;
}

UINT WINAPI GetConsoleOutputCP(void)
{
	return CP_UTF8;
}

BOOL WINAPI SetConsoleCP(UINT code_page)
{
	return code_page == CP_UTF8 ? TRUE : fail(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI SetConsoleOutputCP(UINT code_page)
{
	return SetConsoleCP(code_page);
}

/*
 * Ctrl+C.  Windows runs the routines in a thread of their own, where they may do
 * anything; so here a thread takes the signals that a handler only passes on.
 */
#define MOST_ROUTINES	32

static pthread_mutex_t control_lock = PTHREAD_MUTEX_INITIALIZER;
static PHANDLER_ROUTINE routines[MOST_ROUTINES];	/* under control_lock */
static unsigned int routine_count;			/* under control_lock */
static int control_pipe[2] = { -1, -1 };

static const struct {
	int signal;
	DWORD type;
} controls[] = {
	{ SIGINT, CTRL_C_EVENT },
	{ SIGQUIT, CTRL_BREAK_EVENT },
	{ SIGHUP, CTRL_CLOSE_EVENT },
	{ SIGTERM, CTRL_SHUTDOWN_EVENT },
};

static void on_signal(int number)
{
	unsigned char byte = (unsigned char)number;
	int error = errno;

	if (write(control_pipe[1], &byte, 1) != 1)
		_exit(128 + number);
	errno = error;
}

/* Newest first, until one says that it has dealt with it. */
static bool run_routines(DWORD type)
{
	PHANDLER_ROUTINE copy[MOST_ROUTINES];
	unsigned int n;

	pthread_mutex_lock(&control_lock);
	n = routine_count;
	memcpy(copy, routines, n * sizeof(copy[0]));
	pthread_mutex_unlock(&control_lock);
	while (n)
		if (copy[--n](type))
			return true;
	return false;
}

static void *control_thread(void *unused)
{
	unsigned char byte;

	(void)unused;
	while (read(control_pipe[0], &byte, 1) == 1) {
		for (size_t i = 0; i < ARRAYSIZE(controls); i++) {
			if (controls[i].signal != byte)
				continue;
			/* Ctrl+C and Ctrl+Break alone can be ignored */
			if (run_routines(controls[i].type) && controls[i].type <= CTRL_BREAK_EVENT)
				continue;
			fflush(NULL);
			signal(byte, SIG_DFL);
			kill(getpid(), byte);
		}
	}
	return NULL;
}

static BOOL start_control_thread(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	pthread_attr_t attributes;
	sigset_t all, old;
	pthread_t thread;
	int error;

	if (control_pipe[0] >= 0)
		return TRUE;
	if (pipe2(control_pipe, O_CLOEXEC))
		return fail(error_from_errno(errno));
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&thread, &attributes, control_thread, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attributes);
	if (error) {
		close(control_pipe[0]);
		close(control_pipe[1]);
		control_pipe[0] = -1;
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	}
	for (size_t i = 0; i < ARRAYSIZE(controls); i++)
		sigaction(controls[i].signal, &action, NULL);
	return TRUE;
}

/* NULL stands for ignoring Ctrl+C, which children inherit. */
static BOOL ignore_control_c(BOOL ignore)
{
	struct sigaction action = { .sa_handler = ignore ? SIG_IGN : SIG_DFL };

	if (!ignore && control_pipe[0] >= 0)
		action.sa_handler = on_signal;
	return sigaction(SIGINT, &action, NULL) ? fail(error_from_errno(errno)) : TRUE;
}

BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE routine, BOOL add)
{
	BOOL ok = FALSE;

	if (!routine)
		return ignore_control_c(add);
	pthread_mutex_lock(&control_lock);
	if (add) {
		if (routine_count == MOST_ROUTINES) {
			SetLastError(ERROR_NO_SYSTEM_RESOURCES);
		} else if (start_control_thread()) {
			routines[routine_count++] = routine;
			ok = TRUE;
		}
	} else {
		for (unsigned int i = routine_count; i-- && !ok;) {
			if (routines[i] != routine)
				continue;
			routine_count--;
			memmove(routines + i, routines + i + 1,
				(routine_count - i) * sizeof(routines[0]));
			ok = TRUE;
		}
		if (!ok)
			SetLastError(ERROR_INVALID_PARAMETER);
	}
	pthread_mutex_unlock(&control_lock);
	return ok;
}

/* Keys */

/*
 * A terminal's keys are read past the stream, as on Windows: the newline that a scanf
 * left there is no key, and what was typed ahead stays where _kbhit sees it.
 */
static int next_byte(bool terminal)
{
	unsigned char c;
	ssize_t n;

	if (!terminal)
		return getchar();
	do
		n = read(STDIN_FILENO, &c, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 ? c : EOF;
}

static int key(void)
{
	struct termios old, raw;
	bool terminal = !tcgetattr(STDIN_FILENO, &old);
	int c;

	fflush(stdout);
	if (terminal) {
		raw = old;
		raw.c_lflag &= (tcflag_t)~(ICANON | ECHO | ISIG);
		raw.c_cc[VMIN] = 1;
		raw.c_cc[VTIME] = 0;
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	c = next_byte(terminal);
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &old);
	/* Enter is a carriage return there */
	return terminal && c == '\n' ? '\r' : c;
}

int _getch(void)
{
	return key();
}

int _getche(void)
{
	int c = key();

	if (c != EOF)
		_putch(c);
	return c;
}

/* A character of several bytes comes as so many keys. */
wint_t _getwch(void)
{
	char bytes[4];
	wchar_t wide;
	size_t n = 0;
	int c;

	do {
		c = key();
		if (c == EOF)
			return WEOF;
		bytes[n++] = (char)c;
	} while (n < utf8_length((unsigned char)bytes[0]));
	wide_from_utf8(&wide, 1, bytes, n, NULL);
	return (wint_t)wide;
}

int _kbhit(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	struct termios old, raw;
	bool terminal = !tcgetattr(STDIN_FILENO, &old);
	int ready;

	if (terminal) {
		raw = old;
		raw.c_lflag &= (tcflag_t)~(ICANON | ECHO);
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	ready = poll(&p, 1, 0);
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &old);
	/* the end of input is no key */
	return (ready > 0 && (p.revents & POLLIN)) ||
	       (!terminal && stdin->_IO_read_ptr < stdin->_IO_read_end);
}

int _putch(int c)
{
	putchar(c);
	return fflush(stdout) ? EOF : c;
}

int _cputs(const char *text)
{
	return fputs(text, stdout) == EOF || fflush(stdout) ? EOF : 0;
}

int _cputws(const wchar_t *text)
{
	return win32_fputws(text, stdout) || fflush(stdout) ? EOF : 0;
}

int _cprintf(const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = win32_vfprintf(stdout, format, arguments);
	va_end(arguments);
	fflush(stdout);
	return n;
}

int _cwprintf(const wchar_t *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = win32_vfwprintf(stdout, format, arguments);
	va_end(arguments);
	fflush(stdout);
	return n;
}

/* io.h */

int _setmode(int fd, int mode)
{
	static int modes[3] = { _O_TEXT, _O_TEXT, _O_TEXT };
	int old = _O_TEXT;

	if (mode != _O_TEXT && mode != _O_BINARY && mode != _O_WTEXT && mode != _O_U16TEXT &&
	    mode != _O_U8TEXT) {
		errno = EINVAL;
		return -1;
	}
	if (fcntl(fd, F_GETFD) < 0)
		return -1;
	if (fd >= 0 && fd < 3) {
		old = modes[fd];
		modes[fd] = mode;
	}
	return old;
}

intptr_t _get_osfhandle(int fd)
{
	if (fd >= 0 && fd < 3)
		return (intptr_t)GetStdHandle(STD_INPUT_HANDLE - (DWORD)fd);
	errno = EBADF;
	return -1;
}
