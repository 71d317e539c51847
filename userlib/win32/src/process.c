// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Processes: made with posix_spawn, waited for by their pidfd.  A child gets the
 * inheritable handles under the same values, or none.
 */
#include "internal.h"
#include <libmailslot-object.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>

struct process {
	pthread_mutex_t lock;
	int fd;			/* pidfd of its own */
	pid_t id;
	bool child;		/* ours: to be reaped, and its exit code to be had */
	bool reaped;		/* under lock, as the code */
	bool terminated;	/* by TerminateProcess, with the code it gave */
	DWORD code;
};

/*
 * Children whose handles were closed while they ran.  Nobody asks for their exit
 * codes any more, but they have to be reaped: the next CreateProcess does it.
 */
struct orphan {
	struct orphan *next;
	pid_t id;
};

static pthread_mutex_t orphan_lock = PTHREAD_MUTEX_INITIALIZER;
static struct orphan *orphans;		/* under orphan_lock */

static void reap_orphans(void)
{
	pthread_mutex_lock(&orphan_lock);
	for (struct orphan **p = &orphans; *p;) {
		struct orphan *o = *p;

		if (waitpid(o->id, NULL, WNOHANG)) {
			*p = o->next;
			free(o);
		} else {
			p = &o->next;
		}
	}
	pthread_mutex_unlock(&orphan_lock);
}

static void leave_to_reaper(pid_t id)
{
	struct orphan *o = malloc(sizeof(*o));

	if (!o)
		return;
	o->id = id;
	pthread_mutex_lock(&orphan_lock);
	o->next = orphans;
	orphans = o;
	pthread_mutex_unlock(&orphan_lock);
}

static bool has_ended(const struct process *p)
{
	struct pollfd poll_fd = { .fd = p->fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) > 0;
}

/* Reap it if it has ended. */
static void look(struct process *p)
{
	siginfo_t info = { 0 };

	if (!p->child || p->reaped || !has_ended(p))
		return;
	if (waitid(P_PID, (id_t)p->id, &info, WEXITED | WNOHANG) || !info.si_pid)
		return;
	p->reaped = true;
	if (info.si_code == CLD_EXITED)
		p->code = (DWORD)info.si_status;
	else if (!p->terminated)
		p->code = 128 + (DWORD)info.si_status;
}

static void process_destroy(void *data)
{
	struct process *p = data;

	look(p);
	if (p->child && !p->reaped)
		leave_to_reaper(p->id);
	close(p->fd);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* A pidfd polls readable once its process has ended. */
static const struct mailslot_object_type process_type = {
	.destroy = process_destroy,
};

static HANDLE process_handle(pid_t id, bool child, bool inherit)
{
	struct process *p = calloc(1, sizeof(*p));
	HANDLE handle = NULL;
	int fd;

	if (!p) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pthread_mutex_init(&p->lock, NULL);
	p->id = id;
	p->fd = pidfd_open(id, 0);
	if (p->fd < 0) {
		SetLastError(error_from_errno(errno));
		free(p);
		return NULL;
	}
	fd = fcntl(p->fd, F_DUPFD_CLOEXEC, 3);
	if (fd >= 0)
		handle = mailslot_object_create(&process_type, p, fd, inherit);
	if (!handle) {
		if (fd >= 0)
			close(fd);
		else
			SetLastError(error_from_errno(errno));
		process_destroy(p);
		return NULL;
	}
	p->child = child;
	return handle;
}

/* Command lines */

/*
 * The next argument of a command line, by Windows' rules: quotes keep blanks, and
 * backslashes before a quote halve, the odd one keeping the quote.  The program's
 * name, which comes first, has no such backslashes.  There is one: has_argument().
 * NULL: no memory.
 */
static char *next_argument(const char **line, bool first)
{
	const char *p = *line + strspn(*line, " \t");
	char *argument, *out;
	bool quoted = false;

	argument = malloc(strlen(p) + 1);
	if (!argument)
		return NULL;
	for (out = argument; *p && (quoted || (*p != ' ' && *p != '\t'));) {
		size_t slashes = first ? 0 : strspn(p, "\\");

		if (slashes && p[slashes] == '"') {
			memset(out, '\\', slashes / 2);
			out += slashes / 2;
			p += slashes;
			if (slashes % 2)
				*out++ = *p++;
		} else if (slashes) {
			memset(out, '\\', slashes);
			out += slashes;
			p += slashes;
		} else if (*p == '"') {
			if (quoted && !first && p[1] == '"')
				*out++ = *p++;
			else
				quoted = !quoted;
			p++;
		} else {
			*out++ = *p++;
		}
	}
	*out = '\0';
	*line = p;
	return argument;
}

static void free_strings(char **strings)
{
	for (char **s = strings; s && *s; s++)
		free(*s);
	free(strings);
}

static bool has_argument(const char *line)
{
	return line[strspn(line, " \t")];
}

/* All arguments; NULL: no memory. */
static char **split(const char *line)
{
	/* an argument takes a character and a blank at least */
	char **argv = calloc(strlen(line) / 2 + 2, sizeof(*argv));

	for (size_t n = 0; argv && has_argument(line); n++) {
		argv[n] = next_argument(&line, n == 0);
		if (!argv[n]) {
			free_strings(argv);
			return NULL;
		}
	}
	return argv;
}

/* As next_argument() takes it apart again. */
static void put_argument(FILE *out, const char *argument)
{
	if (*argument && !strpbrk(argument, " \t\"")) {
		fputs(argument, out);
		return;
	}
	fputc('"', out);
	for (const char *p = argument; *p;) {
		size_t slashes = strspn(p, "\\");

		/* backslashes before a quote, even the closing one, count half */
		if (p[slashes] == '"' || !p[slashes])
			fprintf(out, "%.*s", (int)slashes, p);
		fprintf(out, "%.*s", (int)slashes, p);
		p += slashes;
		if (*p == '"')
			fputc('\\', out);
		if (*p)
			fputc(*p++, out);
	}
	fputc('"', out);
}

static char *command_line;
static wchar_t *wide_command_line;

static void read_command_line(void)
{
	FILE *in = fopen("/proc/self/cmdline", "re");
	char *argument = NULL;
	size_t size = 0, length;
	FILE *out = open_memstream(&command_line, &length);
	bool first = true;

	while (in && out && getdelim(&argument, &size, '\0', in) > 0) {
		if (!first)
			fputc(' ', out);
		first = false;
		put_argument(out, argument);
	}
	free(argument);
	if (in)
		fclose(in);
	if (out)
		fclose(out);
	wide_command_line = wide_dup(command_line);
}

static pthread_once_t command_line_once = PTHREAD_ONCE_INIT;

LPSTR WINAPI GetCommandLineA(void)
{
	pthread_once(&command_line_once, read_command_line);
	return command_line;
}

LPWSTR WINAPI GetCommandLineW(void)
{
	pthread_once(&command_line_once, read_command_line);
	return wide_command_line;
}

/* Starting */

static bool is_program(const char *path)
{
	struct stat st;

	return !access(path, X_OK) && !stat(path, &st) && S_ISREG(st.st_mode);
}

/*
 * The file that a program's name means: as it is, else with slashes for backslashes,
 * else without .exe, else in PATH if it has no directory.  NULL and the last error if
 * there is none.
 */
static char *find_program(const char *name)
{
	char *path = strdup(name), *found = NULL;
	const char *directories = getenv("PATH");
	size_t length;

	if (path && !is_program(path)) {
		for (char *p = path; *p; p++)
			if (*p == '\\')
				*p = '/';
		length = strlen(path);
		if (!is_program(path) && length > 4 && !strcasecmp(path + length - 4, ".exe"))
			path[length - 4] = '\0';
	}
	if (path && is_program(path))
		return path;
	while (path && !strchr(path, '/') && directories && *directories && !found) {
		length = strcspn(directories, ":");
		if (asprintf(&found, "%.*s/%s", (int)length, directories, path) < 0) {
			found = NULL;
			free(path);
			path = NULL;
		} else if (!is_program(found)) {
			free(found);
			found = NULL;
		}
		directories += length + (directories[length] == ':');
	}
	if (!found)
		SetLastError(!path ? ERROR_NOT_ENOUGH_MEMORY :
			     access(path, F_OK) ? ERROR_FILE_NOT_FOUND : ERROR_ACCESS_DENIED);
	free(path);
	return found;
}

/* An environment block: strings one after the other, an empty one last.  They stay there. */
static char **split_environment(char *block)
{
	size_t n = 0;
	char **envp;

	for (const char *p = block; *p; p += strlen(p) + 1)
		n++;
	envp = calloc(n + 1, sizeof(*envp));
	for (size_t i = 0; envp && i < n; i++, block += strlen(block) + 1)
		envp[i] = block;
	return envp;
}

struct start {
	char **argv;
	char **envp;
	const char *directory;
	bool inherit;
	DWORD flags;
	bool use_standard;
	HANDLE standard[3];
};

static int spawn(pid_t *id, const char *program, const struct start *s)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	short flags = POSIX_SPAWN_SETSIGMASK;
	sigset_t none;
	int error = 0;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	if (s->flags & CREATE_NEW_PROCESS_GROUP)
		flags |= POSIX_SPAWN_SETPGROUP;
	if (s->flags & DETACHED_PROCESS)
		flags |= POSIX_SPAWN_SETSID;
	posix_spawnattr_setflags(&attributes, flags);
	for (int i = 0; i < 3 && s->use_standard && !error; i++) {
		int fd = mailslot_fd(s->standard[i]);

		if (fd >= 0)
			error = posix_spawn_file_actions_adddup2(&actions, fd, i);
	}
	if (!error && !s->inherit)
		error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	if (!error && s->directory)
		error = posix_spawn_file_actions_addchdir_np(&actions, s->directory);
	if (!error)
		error = posix_spawn(id, program, &actions, &attributes, s->argv, s->envp);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static BOOL create(const char *name, const char *line, LPSECURITY_ATTRIBUTES process_attributes,
		   LPSECURITY_ATTRIBUTES thread_attributes, struct start *s,
		   LPPROCESS_INFORMATION information)
{
	struct mailslot_object *object;
	BOOL ok = FALSE, inherit;
	char *program = NULL;
	int error;
	pid_t id;

	reap_orphans();
	fflush(NULL);
	s->argv = split(line ? line : "");
	if (s->argv && !s->argv[0] && name)
		s->argv[0] = strdup(name);
	if (!s->argv || !s->argv[0]) {
		SetLastError(s->argv && !name ? ERROR_INVALID_PARAMETER : ERROR_NOT_ENOUGH_MEMORY);
		goto out;
	}
	program = find_program(name ? name : s->argv[0]);
	if (!program)
		goto out;
	error = spawn(&id, program, s);
	if (error) {
		SetLastError(error_from_errno(error));
		goto out;
	}
	information->dwProcessId = (DWORD)id;
	information->dwThreadId = (DWORD)id;
	information->hThread = NULL;
	inherit = process_attributes && process_attributes->bInheritHandle;
	information->hProcess = process_handle(id, true, inherit);
	if (!information->hProcess) {
		/* what failed has started nothing */
		kill(id, SIGKILL);
		leave_to_reaper(id);
		goto out;
	}
	/* another handle to the process serves as its first thread, which ends at the same time */
	object = mailslot_object_get(information->hProcess, &process_type);
	if (object) {
		inherit = thread_attributes && thread_attributes->bInheritHandle;
		information->hThread = mailslot_object_handle(object, inherit);
		mailslot_object_put(object);
	}
	ok = information->hThread ? TRUE : FALSE;
	if (!ok) {
		kill(id, SIGKILL);
		CloseHandle(information->hProcess);
	}
out:
	free(program);
	free_strings(s->argv);
	return ok;
}

/* Refuse what this library cannot do, and do not ignore it. */
static BOOL check(const void *startup, const void *information, DWORD flags)
{
	if (!startup || !information)
		return fail(ERROR_INVALID_PARAMETER);
	if (flags & (CREATE_SUSPENDED | DEBUG_PROCESS))
		return fail(ERROR_NOT_SUPPORTED);
	return TRUE;
}

BOOL WINAPI CreateProcessA(LPCSTR program, LPSTR line, LPSECURITY_ATTRIBUTES process_attributes,
			   LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit_handles,
			   DWORD flags, LPVOID environment, LPCSTR directory,
			   LPSTARTUPINFOA startup, LPPROCESS_INFORMATION information)
{
	struct start s = { .directory = directory, .inherit = inherit_handles, .flags = flags };
	BOOL ok;

	if (!check(startup, information, flags))
		return FALSE;
	if (startup->dwFlags & STARTF_USESTDHANDLES) {
		s.use_standard = true;
		s.standard[0] = startup->hStdInput;
		s.standard[1] = startup->hStdOutput;
		s.standard[2] = startup->hStdError;
	}
	s.envp = environment ? split_environment(environment) : environ;
	if (!s.envp)
		return fail(ERROR_NOT_ENOUGH_MEMORY);
	ok = create(program, line, process_attributes, thread_attributes, &s, information);
	if (environment)
		free(s.envp);
	return ok;
}

/* The UTF-8 of a wide environment block. */
static char *narrow_environment(const wchar_t *block)
{
	const wchar_t *end = block;
	size_t length, size;
	char *narrow;

	while (*end)
		end += wcslen(end) + 1;
	length = (size_t)(end - block) + 1;
	size = utf8_from_wide(NULL, 0, block, length, NULL);
	narrow = malloc(size);
	if (narrow)
		utf8_from_wide(narrow, size, block, length, NULL);
	return narrow;
}

BOOL WINAPI CreateProcessW(LPCWSTR program, LPWSTR line, LPSECURITY_ATTRIBUTES process_attributes,
			   LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit_handles,
			   DWORD flags, LPVOID environment, LPCWSTR directory,
			   LPSTARTUPINFOW startup, LPPROCESS_INFORMATION information)
{
	STARTUPINFOA narrow_startup = { .cb = sizeof(narrow_startup) };
	char *narrow_program = utf8_dup(program), *narrow_line = utf8_dup(line);
	char *narrow_directory = utf8_dup(directory), *block = environment;
	BOOL ok = FALSE;

	if (environment && (flags & CREATE_UNICODE_ENVIRONMENT))
		block = narrow_environment(environment);
	if (startup) {
		narrow_startup.dwFlags = startup->dwFlags;
		narrow_startup.hStdInput = startup->hStdInput;
		narrow_startup.hStdOutput = startup->hStdOutput;
		narrow_startup.hStdError = startup->hStdError;
	}
	if ((program && !narrow_program) || (line && !narrow_line) ||
	    (directory && !narrow_directory) || (environment && !block))
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
	else
		ok = CreateProcessA(narrow_program, narrow_line, process_attributes,
				    thread_attributes, inherit_handles, flags, block,
				    narrow_directory, startup ? &narrow_startup : NULL,
				    information);
	if (block != environment)
		free(block);
	free(narrow_program);
	free(narrow_line);
	free(narrow_directory);
	return ok;
}

void WINAPI ExitProcess(UINT code)
{
	exit((int)code);
}

/* Handles and what they tell */

HANDLE WINAPI OpenProcess(DWORD access, BOOL inherit, DWORD id)
{
	(void)access;
	return process_handle((pid_t)id, false, inherit);
}

DWORD WINAPI GetProcessId(HANDLE process)
{
	struct mailslot_object *object;
	DWORD id;

	if (process == GetCurrentProcess())
		return (DWORD)getpid();
	object = mailslot_object_get(process, &process_type);
	if (!object)
		return 0;
	id = (DWORD)((struct process *)mailslot_object_data(object))->id;
	mailslot_object_put(object);
	return id;
}

DWORD WINAPI GetCurrentProcessId(void)
{
	return (DWORD)getpid();
}

BOOL WINAPI GetExitCodeProcess(HANDLE process, LPDWORD code)
{
	struct mailslot_object *object;
	struct process *p;
	BOOL ok = TRUE;

	if (!code)
		return fail(ERROR_NOACCESS);
	if (process == GetCurrentProcess()) {
		*code = STILL_ACTIVE;
		return TRUE;
	}
	object = mailslot_object_get(process, &process_type);
	if (!object)
		return FALSE;
	p = mailslot_object_data(object);
	pthread_mutex_lock(&p->lock);
	look(p);
	if (!p->reaped && !has_ended(p))
		*code = STILL_ACTIVE;
	else if (p->reaped || p->terminated)
		*code = p->code;
	else
		/* another's child: only its parent learns the code */
		ok = fail(ERROR_NOT_SUPPORTED);
	pthread_mutex_unlock(&p->lock);
	mailslot_object_put(object);
	return ok;
}

BOOL WINAPI TerminateProcess(HANDLE process, UINT code)
{
	struct mailslot_object *object;
	struct process *p;
	BOOL ok;

	if (process == GetCurrentProcess()) {
		fflush(NULL);
		_exit((int)code);
	}
	object = mailslot_object_get(process, &process_type);
	if (!object)
		return FALSE;
	p = mailslot_object_data(object);
	pthread_mutex_lock(&p->lock);
	look(p);
	if (p->reaped || pidfd_send_signal(p->fd, SIGKILL, NULL, 0)) {
		/* one that has ended cannot be ended */
		ok = fail(p->reaped || errno == ESRCH ? ERROR_ACCESS_DENIED
						      : error_from_errno(errno));
	} else {
		p->terminated = true;
		p->code = code;
		ok = TRUE;
	}
	pthread_mutex_unlock(&p->lock);
	mailslot_object_put(object);
	return ok;
}

void WINAPI GetStartupInfoA(LPSTARTUPINFOA startup)
{
	memset(startup, 0, sizeof(*startup));
	startup->cb = sizeof(*startup);
}

void WINAPI GetStartupInfoW(LPSTARTUPINFOW startup)
{
	memset(startup, 0, sizeof(*startup));
	startup->cb = sizeof(*startup);
}
