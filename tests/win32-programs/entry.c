// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entry points that end without a return, which Microsoft's compiler lets succeed
 * whatever the name, and the ways to write their arguments.  FORM chooses one.
 */
#include <windows.h>
#include <stdio.h>
#include <tchar.h>

static int Show(int argc, const TCHAR *const *argv)
{
    int i;

    for (i = 1; i < argc; i++)
        _tprintf(TEXT("%s\n"), argv[i]);
    return argc;
}

#if FORM == 0
int _tmain(int argc, TCHAR *argv[])
{
    if (Show(argc, (const TCHAR *const *)argv) == 1)
        return 7;
}
#elif FORM == 1
int _tmain(int argc, _TCHAR **argv, _TCHAR **envp)
{
    if (Show(argc, (const TCHAR *const *)argv) == 1 || envp[0] == NULL)
        return 7;
}
#elif FORM == 2
int _cdecl wmain()
{
    const TCHAR *const words[] = { TEXT("program"), TEXT("no arguments") };

    Show(2, words);
}
#elif FORM == 3
int wmain(int argc, const wchar_t *const argv[])
{
    if (Show(argc, argv) == 1)
        return 7;
}
#elif FORM == 4
#ifdef __cplusplus
extern "C"
#endif
int wmain(int, wchar_t **);

#ifdef __cplusplus
extern "C"
#endif
int
wmain(
    int argc,
    wchar_t **argv
)
{
    if (Show(argc, (const TCHAR *const *)argv) == 1)
        return 7;
}
#elif FORM == 5
void _tmain(int argc, TCHAR *argv[])
{
    Show(argc, (const TCHAR *const *)argv);
#ifndef __cplusplus
    exit(0);
#endif
}
#elif FORM == 6
wmain(argc, argv)
int argc;
wchar_t **argv;
{
    if (Show(argc, (const TCHAR *const *)argv) == 1)
        return 7;
}
#endif
