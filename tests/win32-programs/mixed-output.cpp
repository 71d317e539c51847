// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that writes through everything that writes, narrow and wide by
 * turns, with formats as Windows reads them.
 */
#include <iostream>
#include <cstdio>
#include <io.h>
#include <fcntl.h>
#include <windows.h>
#include <tchar.h>
#include <conio.h>

int main()
{
    DWORD big = 4000000000u;
    LONG negative = -5;
    __int64 huge = 1234567890123456789LL;

    SetConsoleOutputCP(CP_UTF8);
    printf("printf\n");
    wprintf(L"wprintf %s %S %hs %ls\n", L"wide", "narrow", "short", L"long");
    std::cout << "cout" << std::endl;
    std::wcout << L"wcout \x20ac" << std::endl;
    puts("puts");
    fputws(L"fputws \x00e9\n", stdout);
    _putts(TEXT("_putts"));
    putwchar(L'w');
    putchar('n');
    putwchar(L'\n');
    _cprintf("%s\n", "_cprintf");
    std::printf("%s %S %ls %hs %C %c\n", "narrow", L"wide", L"long", "short", L'C', 'c');
    printf("%lu %ld %lx %d\n", big, negative, big, 7);
    printf("%I64d %I64u %I32d %Iu %llu\n", huge, huge, negative, sizeof(char), 18446744073709551615ULL);
    printf("%p %5d|%-5d|%05d %.3f %e %%\n", (void *) 0x1a2b, 42, 42, 42, 3.14159, 1.5);
    std::wprintf(L"%-8s|%8s|%.3s|%c%C\n", L"left", L"right", L"precision", L'x', 'y');
    fwprintf(stdout, L"%lu %I64d\n", big, huge);
    std::wcout << 12 << L' ' << 1.5 << L' ' << L"end" << L'\n';
    fprintf(stdout, "%s", "last\n");
    return 0;
}
