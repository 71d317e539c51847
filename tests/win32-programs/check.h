/* SPDX-License-Identifier: GPL-2.0-only */
/* How the programs that test functions count and tell; for who has included windows.h and stdio.h. */
static int number, failed_here;

#define CHECK(what) \
    do { \
        if (!(what)) { \
            printf("# line %d: %s (last error %lu)\n", __LINE__, #what, GetLastError()); \
            failed_here++; \
        } \
    } while (0)

static void Report(const char *name)
{
    printf("%s %d - %s\n", failed_here ? "not ok" : "ok", ++number, name);
    failed_here = 0;
}
