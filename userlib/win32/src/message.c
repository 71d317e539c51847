// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * FormatMessage: the texts of the error codes that mailslot programs meet, and
 * texts of the caller's own with %1 and its kind in them.
 */
#include "internal.h"

static const struct {
	DWORD id;
	const char *text;
} messages[] = {
	{ ERROR_SUCCESS, "The operation completed successfully." },
	{ ERROR_INVALID_FUNCTION, "Incorrect function." },
	{ ERROR_FILE_NOT_FOUND, "The system cannot find the file specified." },
	{ ERROR_PATH_NOT_FOUND, "The system cannot find the path specified." },
	{ ERROR_TOO_MANY_OPEN_FILES, "The system cannot open the file." },
	{ ERROR_ACCESS_DENIED, "Access is denied." },
	{ ERROR_INVALID_HANDLE, "The handle is invalid." },
	{ ERROR_NOT_ENOUGH_MEMORY,
	  "Not enough memory resources are available to process this command." },
	{ ERROR_INVALID_DATA, "The data is invalid." },
	{ ERROR_OUTOFMEMORY,
	  "Not enough memory resources are available to complete this operation." },
	{ ERROR_NOT_READY, "The device is not ready." },
	{ ERROR_GEN_FAILURE, "A device attached to the system is not functioning." },
	{ ERROR_SHARING_VIOLATION,
	  "The process cannot access the file because it is being used by another process." },
	{ ERROR_HANDLE_EOF, "Reached the end of the file." },
	{ ERROR_NOT_SUPPORTED, "The request is not supported." },
	{ ERROR_BAD_NETPATH, "The network path was not found." },
	{ ERROR_BAD_NET_NAME, "The network name cannot be found." },
	{ ERROR_FILE_EXISTS, "The file exists." },
	{ ERROR_INVALID_PARAMETER, "The parameter is incorrect." },
	{ ERROR_BROKEN_PIPE, "The pipe has been ended." },
	{ ERROR_DISK_FULL, "There is not enough space on the disk." },
	{ ERROR_CALL_NOT_IMPLEMENTED, "This function is not supported on this system." },
	{ ERROR_SEM_TIMEOUT, "The semaphore timeout period has expired." },
	{ ERROR_INSUFFICIENT_BUFFER, "The data area passed to a system call is too small." },
	{ ERROR_INVALID_NAME,
	  "The filename, directory name, or volume label syntax is incorrect." },
	{ ERROR_MOD_NOT_FOUND, "The specified module could not be found." },
	{ ERROR_PROC_NOT_FOUND, "The specified procedure could not be found." },
	{ ERROR_BUSY, "The requested resource is in use." },
	{ ERROR_ALREADY_EXISTS, "Cannot create a file when that file already exists." },
	{ ERROR_BAD_EXE_FORMAT, "%1 is not a valid Win32 application." },
	{ ERROR_ENVVAR_NOT_FOUND,
	  "The system could not find the environment option that was entered." },
	{ ERROR_FILENAME_EXCED_RANGE, "The filename or extension is too long." },
	{ ERROR_NO_DATA, "The pipe is being closed." },
	{ ERROR_MORE_DATA, "More data is available." },
	{ WAIT_TIMEOUT, "The wait operation timed out." },
	{ ERROR_NO_MORE_ITEMS, "No more data is available." },
	{ ERROR_DIRECTORY, "The directory name is invalid." },
	{ ERROR_NOT_OWNER, "Attempt to release mutex not owned by caller." },
	{ ERROR_TOO_MANY_POSTS, "Too many posts were made to a semaphore." },
	{ ERROR_ABANDONED_WAIT_0,
	  "The wait completed because the object that was waited for was abandoned." },
	{ ERROR_OPERATION_ABORTED,
	  "The I/O operation has been aborted because of either a thread exit or an application request."
	},
	{ ERROR_IO_INCOMPLETE, "Overlapped I/O event is not in a signaled state." },
	{ ERROR_IO_PENDING, "Overlapped I/O operation is in progress." },
	{ ERROR_NOACCESS, "Invalid access to memory location." },
	{ ERROR_INVALID_FLAGS, "Invalid flags." },
	{ ERROR_NO_UNICODE_TRANSLATION,
	  "No mapping for the Unicode character exists in the target multi-byte code page." },
	{ ERROR_NOT_FOUND, "Element not found." },
	{ ERROR_CANCELLED, "The operation was canceled by the user." },
	{ ERROR_PRIVILEGE_NOT_HELD, "A required privilege is not held by the client." },
	{ ERROR_UNKNOWN_REVISION, "The revision level is unknown." },
	{ ERROR_REVISION_MISMATCH, "Indicates two revision levels are incompatible." },
	{ ERROR_NONE_MAPPED, "No mapping between account names and security IDs was done." },
	{ ERROR_INVALID_ACL, "The access control list (ACL) structure is invalid." },
	{ ERROR_INVALID_SID, "The security ID structure is invalid." },
	{ ERROR_INVALID_SECURITY_DESCR, "The security descriptor structure is invalid." },
	{ ERROR_ALLOTTED_SPACE_EXCEEDED,
	  "No more memory is available for security information updates." },
	{ ERROR_INVALID_MSGBOX_STYLE, "Invalid message box style." },
	{ ERROR_NO_SYSTEM_RESOURCES,
	  "Insufficient system resources exist to complete the requested service." },
	{ ERROR_TIMEOUT, "This operation returned because the timeout period expired." },
	{ RPC_S_SERVER_UNAVAILABLE, "The RPC server is unavailable." },
	{ ERROR_REMOTE_MAILSLOTS_DEPRECATED,
	  "The mailslot file system no longer accepts remote mailslots." },
	{ WSAEINTR, "A blocking operation was interrupted by a call to WSACancelBlockingCall." },
	{ WSAEBADF, "The file handle supplied is not valid." },
	{ WSAEACCES,
	  "An attempt was made to access a socket in a way forbidden by its access permissions." },
	{ WSAEFAULT,
	  "The system detected an invalid pointer address in attempting to use a pointer argument in a call."
	},
	{ WSAEINVAL, "An invalid argument was supplied." },
	{ WSAEMFILE, "Too many open sockets." },
	{ WSAEWOULDBLOCK, "A non-blocking socket operation could not be completed immediately." },
	{ WSAENOTSOCK, "An operation was attempted on something that is not a socket." },
	{ WSAEMSGSIZE,
	  "A message sent on a datagram socket was larger than the internal message buffer or some other network limit, or the buffer used to receive a datagram into was smaller than the datagram itself."
	},
	{ WSAEADDRINUSE,
	  "Only one usage of each socket address (protocol/network address/port) is normally permitted."
	},
	{ WSAEADDRNOTAVAIL, "The requested address is not valid in its context." },
	{ WSAENETDOWN, "A socket operation encountered a dead network." },
	{ WSAENETUNREACH, "A socket operation was attempted to an unreachable network." },
	{ WSAECONNABORTED,
	  "An established connection was aborted by the software in your host machine." },
	{ WSAECONNRESET, "An existing connection was forcibly closed by the remote host." },
	{ WSAENOTCONN,
	  "A request to send or receive data was disallowed because the socket is not connected and (when sending on a datagram socket using a sendto call) no address was supplied."
	},
	{ WSAETIMEDOUT,
	  "A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond."
	},
	{ WSAECONNREFUSED,
	  "No connection could be made because the target machine actively refused it." },
	{ WSAEHOSTUNREACH, "A socket operation was attempted to an unreachable host." },
	{ WSASYSNOTREADY,
	  "WSAStartup cannot function at this time because the underlying system it uses to provide network services is currently unavailable."
	},
	{ WSAVERNOTSUPPORTED, "The Windows Sockets version requested is not supported." },
	{ WSANOTINITIALISED,
	  "Either the application has not called WSAStartup, or WSAStartup failed." },
	{ WSAHOST_NOT_FOUND, "No such host is known." },
};

/* The inserts: a va_list or an array, whichever the caller has. */
struct inserts {
	bool wide;		/* the kind of a %1 without a format of its own */
	bool given;
	uintptr_t value[99];
};

/* The highest number of an insert in a text. */
static unsigned int highest_insert(const char *text)
{
	unsigned int highest = 0;

	for (const char *p = text; (p = strchr(p, '%')) != NULL;) {
		unsigned long n = strtoul(p + 1, NULL, 10);

		if (p[1] >= '1' && p[1] <= '9' && n < 100 && n > highest)
			highest = (unsigned int)n;
		p += p[1] ? 2 : 1;
	}
	return highest;
}

static void take_inserts(struct inserts *in, const char *text, DWORD flags, va_list *arguments)
{
	unsigned int n = highest_insert(text);

	in->given = arguments;
	for (unsigned int i = 0; i < n && arguments; i++) {
		if (flags & FORMAT_MESSAGE_ARGUMENT_ARRAY)
			in->value[i] = ((uintptr_t *)arguments)[i];
		else
			in->value[i] = va_arg(*arguments, uintptr_t);
	}
}

/* Print one insert in its printf format; %1 without a format is a string. */
static bool put_insert(FILE *out, const struct inserts *in, unsigned int n, const char *format,
		       size_t length)
{
	char spec[64];
	char *text;
	int rc;

	if (!in->given || length > sizeof(spec) - 3)
		return false;
	spec[0] = '%';
	memcpy(spec + 1, format, length);
	spec[length + 1] = '\0';
	/* the format takes the bits that it needs of the 64 bits */
	if (in->wide && length && strchr("sScC", format[length - 1])) {
		char letter = format[length - 1];
		bool sized = length > 1 && strchr("hlw", format[length - 2]);

		/* the other case of the letter is the other kind of string */
		if (!sized)
			spec[length] = (char)(letter ^ ('a' ^ 'A'));
	}
	rc = _scprintf(spec, in->value[n - 1]);
	text = rc < 0 ? NULL : malloc((size_t)rc + 1);
	if (!text)
		return false;
	sprintf_s(text, (size_t)rc + 1, spec, in->value[n - 1]);
	fputs(text, out);
	free(text);
	return true;
}

/* Return a text with its inserts and escapes expanded, in new memory; NULL on failure. */
static char *expand(const char *text, const struct inserts *in, bool ignore, DWORD width)
{
	char *buffer = NULL;
	size_t size;
	FILE *out = open_memstream(&buffer, &size);
	bool ok = out;

	for (const char *p = text; ok && *p; p++) {
		char *end;
		unsigned long n;

		if ((*p == '\r' || *p == '\n') && width) {
			/* breaks of the text's own are spaces when lines have a width */
			if (p[0] == '\r' && p[1] == '\n')
				p++;
			fputc(' ', out);
			continue;
		}
		if (*p != '%' || ignore) {
			fputc(*p, out);
			continue;
		}
		p++;
		n = strtoul(p, &end, 10);
		if (*p >= '1' && *p <= '9' && n < 100) {
			const char *format = "s";
			size_t length = 1;

			if (*end == '!' && strchr(end + 1, '!')) {
				format = end + 1;
				length = (size_t)(strchr(format, '!') - format);
				end = (char *)format + length + 1;
			}
			ok = put_insert(out, in, (unsigned int)n, format, length);
			p = end - 1;
		} else if (*p == '0') {
			break;
		} else if (*p == 'n') {
			fputs("\r\n", out);
		} else if (*p == 'r') {
			fputc('\r', out);
		} else if (*p == 't') {
			fputc('\t', out);
		} else if (*p) {
			fputc(*p, out);
		} else {
			break;
		}
	}
	if (out && fclose(out))
		ok = false;
	if (!ok) {
		free(buffer);
		return NULL;
	}
	return buffer;
}

/* Return the text for the arguments, expanded; NULL and the last error if there is none. */
static char *message(DWORD flags, const char *source, DWORD id, va_list *arguments, bool wide)
{
	struct inserts in = { .wide = wide };
	char line[320], *text;
	const char *raw = NULL;

	if (flags & FORMAT_MESSAGE_FROM_STRING) {
		raw = source;
		if (!raw) {
			SetLastError(ERROR_INVALID_PARAMETER);
			return NULL;
		}
	} else if (flags & FORMAT_MESSAGE_FROM_SYSTEM) {
		for (size_t i = 0; i < ARRAYSIZE(messages) && !raw; i++)
			if (messages[i].id == id)
				raw = messages[i].text;
		/* the system's texts are lines */
		if (raw) {
			snprintf(line, sizeof(line), "%s\r\n", raw);
			raw = line;
		}
	}
	if (!raw) {
		SetLastError(317);	/* ERROR_MR_MID_NOT_FOUND */
		return NULL;
	}
	if (!(flags & FORMAT_MESSAGE_IGNORE_INSERTS))
		take_inserts(&in, raw, flags, arguments);
	text = expand(raw, &in, flags & FORMAT_MESSAGE_IGNORE_INSERTS,
		      flags & FORMAT_MESSAGE_MAX_WIDTH_MASK);
	if (!text)
		SetLastError(ERROR_INVALID_PARAMETER);
	return text;
}

DWORD WINAPI FormatMessageA(DWORD flags, LPCVOID source, DWORD id, DWORD language, LPSTR buffer,
			    DWORD size, va_list *arguments)
{
	char *text = message(flags, source, id, arguments, false);
	size_t length;

	(void)language;
	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER)
		*(char **)(void *)buffer = NULL;
	if (!text)
		return 0;
	length = strlen(text);
	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		char *copy = LocalAlloc(LMEM_FIXED, max(length + 1, size));

		if (copy)
			memcpy(copy, text, length + 1);
		*(char **)(void *)buffer = copy;
		if (!copy)
			length = 0;
	} else if (length < size) {
		memcpy(buffer, text, length + 1);
	} else {
		SetLastError(ERROR_INSUFFICIENT_BUFFER);
		length = 0;
	}
	free(text);
	return (DWORD)length;
}

DWORD WINAPI FormatMessageW(DWORD flags, LPCVOID source, DWORD id, DWORD language, LPWSTR buffer,
			    DWORD size, va_list *arguments)
{
	char *narrow_source = flags & FORMAT_MESSAGE_FROM_STRING ? utf8_dup(source) : NULL;
	char *text = message(flags, narrow_source, id, arguments, true);
	wchar_t *wide = wide_dup(text);
	size_t length;

	(void)language;
	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER)
		*(wchar_t **)(void *)buffer = NULL;
	free(narrow_source);
	free(text);
	if (!wide)
		return 0;
	length = wcslen(wide);
	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		wchar_t *copy = LocalAlloc(LMEM_FIXED, max(length + 1, size) * sizeof(wchar_t));

		if (copy)
			wmemcpy(copy, wide, length + 1);
		*(wchar_t **)(void *)buffer = copy;
		if (!copy)
			length = 0;
	} else if (length < size) {
		wmemcpy(buffer, wide, length + 1);
	} else {
		SetLastError(ERROR_INSUFFICIENT_BUFFER);
		length = 0;
	}
	free(wide);
	return (DWORD)length;
}
