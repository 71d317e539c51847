// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that asks for a number and then takes keys as they are pressed,
 * until Enter.
 */
#include <stdio.h>
#include <conio.h>
#include <windows.h>
#include <tchar.h>

int main()
{
    int number = 0;
    _TINT key;

    _tprintf(_T("number? "));
    if (_tscanf(_T("%d"), &number) != 1)
        return 1;
    printf("got %d\n", number);
    printf("%s\n", _kbhit() ? "key there" : "no key yet");
    while ((key = _gettch()) != _T('\r') && key != _TEOF)
    {
#ifdef _UNICODE
        wprintf(L"key %c\n", key);
#else
        static char text[3];
        static int length;

        // a letter of two bytes is two keys
        text[length++] = (char) key;
        if (length == 1 && (key & 0x80))
            continue;
        text[length] = 0;
        length = 0;
        printf("key %s\n", text);
#endif
    }
    printf("key %s\n", key == _T('\r') ? "Enter" : "?");
    return 0;
}
