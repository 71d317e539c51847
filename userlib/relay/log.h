/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines for the log, on standard error, as systemd takes them from there (sd-daemon(3)).
 */
#ifndef LOG_H
#define LOG_H

#include <systemd/sd-daemon.h>

/* Read the environment; before there are threads. */
void log_begin(void);

/*
 * Log a line. @level is SD_ERR, SD_WARNING, SD_NOTICE, SD_INFO or SD_DEBUG; the rest is as for
 * printf(3), without a line end.
 */
void log_line(const char *level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* LOG_H */
