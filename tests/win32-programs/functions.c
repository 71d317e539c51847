// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that calls the functions of the porting headers one by one and
 * compares what they do with what Windows documents.  TAP on standard output.
 */
#include <windows.h>
#include <tchar.h>
#include <strsafe.h>
#include <process.h>
#include <conio.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/resource.h>

#include "check.h"

static void TestTypes(void)
{
    LARGE_INTEGER large;
    HRESULT hr = HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);

    CHECK(sizeof(BYTE) == 1 && sizeof(WORD) == 2 && sizeof(DWORD) == 4 && sizeof(LONG) == 4);
    CHECK(sizeof(__int64) == 8 && sizeof(ULONGLONG) == 8 && sizeof(unsigned __int64) == 8);
    CHECK(sizeof(HANDLE) == sizeof(void *) && sizeof(DWORD_PTR) == sizeof(void *));
    CHECK(sizeof(TEXT("abc")) == 4 * sizeof(TCHAR) && sizeof(_T("abc")) == 4 * sizeof(TCHAR));
    large.QuadPart = 0x123456789abcdef0LL;
    CHECK(large.LowPart == 0x9abcdef0 && large.HighPart == 0x12345678);
    CHECK(large.u.LowPart == large.LowPart);
    CHECK(MAKEWORD(0x34, 0x12) == 0x1234 && LOBYTE(0x1234) == 0x34 && HIBYTE(0x1234) == 0x12);
    CHECK(MAKELONG(0x5678, 0x1234) == 0x12345678);
    CHECK(LOWORD(0x12345678) == 0x5678 && HIWORD(0x12345678) == 0x1234);
    CHECK(FAILED(hr) && HRESULT_CODE(hr) == ERROR_FILE_NOT_FOUND && hr == (HRESULT)0x80070002);
    CHECK(min(3, 5) == 3 && max(3, 5) == 5);
    Report("types and their macros");
}

static void TestInterlocked(void)
{
    volatile LONG l = 5;
    volatile long crt = 5;
    volatile LONG64 wide = 1;
    int a = 0, b = 0;
    PVOID volatile p = &a;

    CHECK(InterlockedIncrement(&l) == 6 && InterlockedDecrement(&l) == 5);
    CHECK(InterlockedIncrement(&crt) == 6);
    CHECK(InterlockedExchange(&l, 9) == 5 && InterlockedExchangeAdd(&l, 2) == 9 && l == 11);
    CHECK(InterlockedCompareExchange(&l, 1, 10) == 11 && l == 11);
    CHECK(InterlockedCompareExchange(&l, 1, 11) == 11 && l == 1);
    CHECK(InterlockedIncrement64(&wide) == 2);
    CHECK(InterlockedCompareExchangePointer(&p, &b, &a) == &a && p == &b);
    Report("Interlocked functions, on LONG and on long");
}

static void TestTime(void)
{
    SYSTEMTIME st = { 2024, 2, 0, 29, 12, 34, 56, 789 }, back;
    FILETIME ft, local, zero = { 0, 0 };
    LARGE_INTEGER frequency, before, after;
    ULONGLONG tick = GetTickCount64();
    DWORD ms;

    CHECK(SystemTimeToFileTime(&st, &ft));
    CHECK(FileTimeToSystemTime(&ft, &back));
    CHECK(back.wYear == 2024 && back.wMonth == 2 && back.wDay == 29 && back.wDayOfWeek == 4);
    CHECK(back.wHour == 12 && back.wMinute == 34 && back.wSecond == 56 && back.wMilliseconds == 789);
    // 2024-02-29 12:34:56.789 UTC is 133536836967890000
    CHECK((((ULONGLONG)ft.dwHighDateTime << 32) | ft.dwLowDateTime) == 133536836967890000ULL);
    CHECK(FileTimeToSystemTime(&zero, &back) && back.wYear == 1601 && back.wMonth == 1 && back.wDay == 1);
    st.wMonth = 6;
    st.wDay = 31;
    CHECK(!SystemTimeToFileTime(&st, &ft) && GetLastError() == ERROR_INVALID_PARAMETER);
    GetSystemTimeAsFileTime(&ft);
    CHECK(CompareFileTime(&zero, &ft) == -1 && CompareFileTime(&ft, &zero) == 1 && !CompareFileTime(&ft, &ft));
    CHECK(FileTimeToLocalFileTime(&ft, &local) && LocalFileTimeToFileTime(&local, &local));
    CHECK(!CompareFileTime(&ft, &local));
    GetLocalTime(&st);
    GetSystemTime(&st);
    CHECK(st.wYear >= 2024);

    CHECK(QueryPerformanceFrequency(&frequency) && frequency.QuadPart > 0);
    QueryPerformanceCounter(&before);
    Sleep(50);
    QueryPerformanceCounter(&after);
    ms = (DWORD)((after.QuadPart - before.QuadPart) * 1000 / frequency.QuadPart);
    CHECK(ms >= 50 && ms < 5000);
    CHECK(GetTickCount64() - tick >= 50);
    Report("time");
}

static void TestMemory(void)
{
    HANDLE heap;
    char *p, *q;
    int i;

    p = (char *)GlobalAlloc(GPTR, 100);
    CHECK(p && p[0] == 0 && p[99] == 0 && GlobalSize(p) == 100);
    p[99] = 'x';
    p = (char *)GlobalReAlloc(p, 200, GMEM_MOVEABLE | GMEM_ZEROINIT);
    CHECK(p && p[99] == 'x' && p[100] == 0 && p[199] == 0 && GlobalSize(p) == 200);
    CHECK(GlobalFree(p) == NULL);
    p = (char *)GlobalAlloc(GHND, 10);
    q = (char *)GlobalLock(p);
    CHECK(q && q[9] == 0);
    GlobalUnlock(p);
    CHECK(GlobalHandle(q) == (HGLOBAL)p);
    GlobalFree(p);
    p = (char *)LocalAlloc(LPTR, 10);
    CHECK(p && p[9] == 0 && LocalSize(p) == 10 && LocalFree(p) == NULL);
    CHECK(!LocalFree(NULL));
    CHECK(!GlobalAlloc(GPTR, (SIZE_T)-100) && GetLastError() == ERROR_NOT_ENOUGH_MEMORY);

    p = (char *)HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 33);
    CHECK(p && p[32] == 0 && HeapSize(GetProcessHeap(), 0, p) == 33);
    p = (char *)HeapReAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, p, 66);
    CHECK(p && p[65] == 0 && HeapFree(GetProcessHeap(), 0, p));
    heap = HeapCreate(0, 0, 0);
    CHECK(heap != NULL);
    for (i = 0; i < 100; i++)
        CHECK(HeapAlloc(heap, 0, 1000) != NULL);
    CHECK(HeapDestroy(heap));
    Report("GlobalAlloc, LocalAlloc and HeapAlloc families");
}

// what is nobody's, or another heap's, is not freed and not looked into
static void TestForeignMemory(void)
{
    static char mine[256];
    HANDLE heap = HeapCreate(0, 0, 0), other = HeapCreate(0, 0, 0);
    char *p = (char *)HeapAlloc(heap, 0, 10), *page = (char *)0x1000;
    int i, n;

    SetLastError(0);
    CHECK(GlobalFree(mine + 128) == mine + 128 && GetLastError() == ERROR_INVALID_HANDLE);
    SetLastError(0);
    CHECK(LocalFree(page) == page && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(GlobalFree(p) == p && GlobalFree(p + 1) == p + 1);
    CHECK(!HeapFree(GetProcessHeap(), 0, page) && GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(!HeapFree(other, 0, p) && HeapFree(heap, 0, p) && !HeapFree(heap, 0, p));
    CHECK(GlobalSize(mine + 128) == 0 && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(HeapSize(heap, 0, mine + 128) == (SIZE_T)-1);
    CHECK(!GlobalReAlloc(mine + 128, 5, 0) && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(!HeapReAlloc(heap, 0, mine + 128, 5));
    CHECK(HeapDestroy(heap) && HeapDestroy(other));
    // a buffer that is printed without its zero ends all the same
    for (n = 1; n < 200; n++)
    {
        p = (char *)malloc((size_t)n + 128);
        memset(p, 'x', (size_t)n + 128);
        free(p);
        p = (char *)GlobalAlloc(GPTR, (SIZE_T)n);
        for (i = 0; i < (int)sizeof(wchar_t); i++)
            CHECK(p && !p[n + i]);
        CHECK(!GlobalFree(p));
    }
    // more blocks than the table began with
    {
        static char *many[3000];

        for (i = 0; i < 3000; i++)
            many[i] = (char *)LocalAlloc(LPTR, (SIZE_T)i);
        for (i = 0; i < 3000; i++)
            CHECK(LocalSize(many[i]) == (SIZE_T)i && !LocalFree(many[i]) && LocalFree(many[i]) == many[i]);
    }
    Report("memory that is somebody else's");
}

// wall time in milliseconds
static void TestClock(void)
{
    clock_t before = clock(), after;

    Sleep(300);
    after = clock();
    CHECK(CLOCKS_PER_SEC == 1000);
    CHECK(after - before >= 300 && after - before < 20000);
    Report("clock");
}

static HANDLE MakeNamed(int kind, LPCSTR name)
{
    SetLastError(0);
    switch (kind)
    {
    case 0: return CreateEventA(NULL, FALSE, FALSE, name);
    case 1: return CreateSemaphoreA(NULL, 0, 1, name);
    default: return CreateMutexA(NULL, FALSE, name);
    }
}

// events, semaphores and mutexes judge names and faults alike
static void TestObjectNames(void)
{
    static const struct { const char *name; DWORD error; } wrong[] = {
        { "Local\\Global\\twice", ERROR_PATH_NOT_FOUND },
        { "Other\\space", ERROR_PATH_NOT_FOUND },
        { "no text \xff\xfe", ERROR_INVALID_NAME },
    };
    char name[300];
    struct rlimit limit, old;
    HANDLE handles[200], one, other;
    int kind, i;

    for (kind = 0; kind < 3; kind++)
    {
        for (i = 0; i < 3; i++)
            CHECK(!MakeNamed(kind, wrong[i].name) && GetLastError() == wrong[i].error);
        memset(name, 'n', sizeof(name));
        name[239] = 0;
        one = MakeNamed(kind, name);
        CHECK(one && GetLastError() == 0 && CloseHandle(one));
        name[239] = 'n';
        name[240] = 0;
        CHECK(!MakeNamed(kind, name) && GetLastError() == ERROR_FILENAME_EXCED_RANGE);
        one = MakeNamed(kind, "Local\\same one");
        other = MakeNamed(kind, "Global\\same one");
        CHECK(one && other && GetLastError() == ERROR_ALREADY_EXISTS);
        CHECK(CloseHandle(one) && CloseHandle(other));
        // the soft limit of descriptors is no limit
        getrlimit(RLIMIT_NOFILE, &old);
        limit = old;
        limit.rlim_cur = 64;
        if (limit.rlim_max < 1000)
            continue;
        setrlimit(RLIMIT_NOFILE, &limit);
        for (i = 0; i < 200; i++)
        {
            snprintf(name, sizeof(name), "one of many %d", i);
            handles[i] = MakeNamed(kind, name);
            CHECK(handles[i] && GetLastError() == 0);
        }
        for (i = 0; i < 200; i++)
            CHECK(CloseHandle(handles[i]));
        setrlimit(RLIMIT_NOFILE, &old);
    }
    Report("names of events, semaphores and mutexes");
}

#define UNCHANGED(call) \
    do { \
        SetLastError(4711); \
        CHECK((call) && GetLastError() == 4711); \
    } while (0)
#define RESETS(call) \
    do { \
        SetLastError(4711); \
        CHECK((call) && GetLastError() == ERROR_SUCCESS); \
    } while (0)

// what success does to the last error: the table of porting.rst
static void TestLastError(void)
{
    HANDLE event, semaphore, mutex, timer, other;
    DWORD flags, slot = TlsAlloc();

    RESETS((event = CreateEventA(NULL, FALSE, FALSE, "last error")) != NULL);
    RESETS((semaphore = CreateSemaphoreA(NULL, 0, 9, "last error")) != NULL);
    RESETS((mutex = CreateMutexA(NULL, FALSE, "last error")) != NULL);
    RESETS((other = CreateMutexA(NULL, FALSE, NULL)) != NULL);
    UNCHANGED(CloseHandle(other));
    RESETS((timer = CreateWaitableTimerA(NULL, FALSE, NULL)) != NULL);
    UNCHANGED((other = OpenEventA(EVENT_ALL_ACCESS, FALSE, "last error")) != NULL);
    CHECK(CloseHandle(other));
    UNCHANGED((other = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "last error")) != NULL);
    CHECK(CloseHandle(other));
    UNCHANGED((other = OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "last error")) != NULL);
    CHECK(CloseHandle(other));
    UNCHANGED(SetEvent(event));
    UNCHANGED(WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    UNCHANGED(WaitForSingleObject(event, 1) == WAIT_TIMEOUT);
    UNCHANGED(ResetEvent(event) && PulseEvent(event));
    UNCHANGED(ReleaseSemaphore(semaphore, 1, NULL));
    UNCHANGED(WaitForSingleObject(semaphore, INFINITE) == WAIT_OBJECT_0);
    UNCHANGED(WaitForSingleObject(mutex, INFINITE) == WAIT_OBJECT_0);
    UNCHANGED(ReleaseMutex(mutex));
    UNCHANGED(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &other, 0, FALSE,
        DUPLICATE_SAME_ACCESS));
    UNCHANGED(GetHandleInformation(other, &flags) && SetHandleInformation(event, 1, 0));
    UNCHANGED(CloseHandle(other));
    UNCHANGED(SleepEx(1, TRUE) == 0);
    CHECK(slot != TLS_OUT_OF_INDEXES);
    RESETS(TlsGetValue(slot) == NULL);
    UNCHANGED(TlsFree(slot));
    UNCHANGED(LocalFree(LocalAlloc(LPTR, 5)) == NULL);
    CHECK(CloseHandle(event) && CloseHandle(semaphore) && CloseHandle(mutex) && CloseHandle(timer));
    Report("the last error after success");
}

#ifdef __cplusplus
// a count of 64 bits, and no count, of a handle that is none
static void TestCounts(void)
{
    unsigned long count = ~0ul;
    DWORD narrow = ~0u;
    char text[4] = "";

    CHECK(!WriteFile(NULL, "x", 1, &count, NULL) && count == 0 && GetLastError() == ERROR_INVALID_HANDLE);
    count = ~0ul;
    CHECK(!ReadFile(NULL, text, 1, &count, NULL) && count == 0 && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(!WriteFile(NULL, "x", 1, &narrow, NULL) && narrow == 0);
    CHECK(!ReadFile(NULL, text, 1, NULL, NULL) && !WriteFile(NULL, "x", 1, 0, NULL));
    CHECK(!ReadFile(NULL, text, 1, nullptr, NULL));
    Report("counts of 64 bits");
}
#endif

static void TestStrings(void)
{
    TCHAR text[20], small[4];
    size_t length;

    CHECK(lstrlen(NULL) == 0 && lstrlen(TEXT("four")) == 4);
    CHECK(lstrcpy(text, TEXT("abc")) == text && lstrcat(text, TEXT("def")) == text);
    CHECK(lstrcmp(text, TEXT("abcdef")) == 0 && lstrcmpi(text, TEXT("ABCdef")) == 0);
    CHECK(lstrcmp(TEXT("a"), TEXT("b")) < 0 && lstrcmp(NULL, TEXT("")) < 0);
    CHECK(lstrcpyn(small, text, 4) == small && lstrcmp(small, TEXT("abc")) == 0);
    CHECK(wsprintf(text, TEXT("%s-%d-%c"), TEXT("x"), 12, 'c') == 6 && !lstrcmp(text, TEXT("x-12-c")));
    CHECK(!lstrcmp(CharUpper(text), TEXT("X-12-C")) && !lstrcmp(CharLower(text), TEXT("x-12-c")));
    CHECK(lstrcmpiW(L"\x00c4\x0416", L"\x00e4\x0436") == 0 && lstrcmpiA("\xc3\x84", "\xc3\xa4") == 0);
    Report("lstr*, wsprintf, CharUpper");

    CHECK(StringCchCopy(small, 4, TEXT("abc")) == S_OK);
    CHECK(StringCchCopy(small, 4, TEXT("abcd")) == STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(!lstrcmp(small, TEXT("abc")));
    CHECK(StringCchCopy(small, 0, TEXT("abcd")) == STRSAFE_E_INVALID_PARAMETER);
    CHECK(StringCbCopy(small, 3 * sizeof(TCHAR), TEXT("abcd")) == STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(!lstrcmp(small, TEXT("ab")));
    CHECK(StringCchCat(small, 4, TEXT("c")) == S_OK && !lstrcmp(small, TEXT("abc")));
    CHECK(StringCchCat(small, 4, TEXT("d")) == STRSAFE_E_INSUFFICIENT_BUFFER && !lstrcmp(small, TEXT("abc")));
    CHECK(StringCchPrintf(text, 20, TEXT("%s %d %I64d"), TEXT("n"), 1, (__int64)2) == S_OK);
    CHECK(!lstrcmp(text, TEXT("n 1 2")));
    CHECK(StringCchPrintf(small, 4, TEXT("%d"), 12345) == STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(!lstrcmp(small, TEXT("123")));
    CHECK(StringCchLength(text, 20, &length) == S_OK && length == 5);
    CHECK(StringCbLength(text, sizeof(text), &length) == S_OK && length == 5 * sizeof(TCHAR));
    CHECK(StringCchLength(text, 5, &length) == STRSAFE_E_INVALID_PARAMETER && length == 0);
    CHECK(StringCchCopyN(text, 20, TEXT("abcdef"), 3) == S_OK && !lstrcmp(text, TEXT("abc")));
    CHECK(StringCchCopyEx(small, 4, TEXT("abcd"), NULL, &length, STRSAFE_NO_TRUNCATION) ==
        STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(small[0] == 0 && length == 4);
    Report("StringCch* and StringCb*");
}

static void TestCrt(void)
{
    TCHAR text[16], *context = NULL;
    char narrow[8], *token;
    wchar_t wide[8];
    time_t t = 0;
    struct tm tm;

    CHECK(_tcscpy_s(text, 16, _T("one")) == 0 && _tcscat_s(text, 16, _T(",two")) == 0);
    CHECK(!_tcscmp(_tcstok_s(text, _T(","), &context), _T("one")));
    CHECK(!_tcscmp(_tcstok_s(NULL, _T(","), &context), _T("two")));
    CHECK(strcpy_s(narrow, 4, "long") == ERANGE && narrow[0] == 0);
    CHECK(strcpy_s(narrow, 4, NULL) == EINVAL);
    CHECK(strncpy_s(narrow, 8, "truncated", _TRUNCATE) == STRUNCATE && !strcmp(narrow, "truncat"));
    CHECK(strncpy_s(narrow, 8, "truncated", 3) == 0 && !strcmp(narrow, "tru"));
    CHECK(wcscpy_s(wide, 8, L"abc") == 0 && wcscat_s(wide, 8, L"defgh") == ERANGE && wide[0] == 0);
    CHECK(_stprintf_s(text, 16, _T("%s %05lu"), _T("x"), (DWORD)42) == 7 && !_tcscmp(text, _T("x 00042")));
    CHECK(sprintf_s(narrow, 4, "%d", 12345) == -1 && narrow[0] == 0);
    CHECK(_snprintf(narrow, 4, "%d", 12345) == -1 && !memcmp(narrow, "1234", 4));
    CHECK(_snprintf_s(narrow, 4, _TRUNCATE, "%d", 12345) == -1 && !strcmp(narrow, "123"));
    CHECK(_sntprintf_s(text, 16, _TRUNCATE, _T("%s"), _T("fits")) == 4);
    CHECK(_sctprintf(_T("%s"), _T("seven..")) == 7);
    CHECK(_ttoi(_T("-17")) == -17 && _tcstoul(_T("ff"), NULL, 16) == 255);
    CHECK(!_tcsicmp(_T("ABC"), _T("abc")) && _tcsnicmp(_T("ABx"), _T("aby"), 2) == 0);
    CHECK(!_tcscmp(_itot(-255, text, 10), _T("-255")) && !_tcscmp(_itot(-1, text, 16), _T("ffffffff")));
    CHECK(_itot_s(255, text, 3, 16) == 0 && !_tcscmp(text, _T("ff")));
    CHECK(_itot_s(256, text, 3, 16) == ERANGE);
    CHECK(!_tcscmp(_tcsupr(_tcscpy(text, _T("up"))), _T("UP")) && !_tcscmp(_tcsrev(text), _T("PU")));
    CHECK(!strcmp(itoa(-42, narrow, 10), "-42") && !strcmp(ultoa(255, narrow, 16), "ff"));
    CHECK(!strcmp(strupr(narrow), "FF") && !strcmp(strlwr(narrow), "ff"));
    CHECK(_tcslen(_tstrtime(text)) == 8 && text[2] == _T(':') && text[5] == _T(':'));
    CHECK(_tcslen(_tstrdate(text)) == 8 && text[2] == _T('/') && text[5] == _T('/'));
    CHECK(gmtime_s(&tm, &t) == 0 && tm.tm_year == 70);
    CHECK(memcpy_s(narrow, 8, "abc", 4) == 0 && memcpy_s(narrow, 2, "abc", 4) == ERANGE);
    token = _strdup("dup");
    CHECK(!_stricmp(token, "DUP"));
    free(token);
    Report("_t* and *_s functions");
}

static void TestScan(void)
{
    DWORD dword = 0xffffffff;
    struct { DWORD value, guard; } pair = { 0, 0x5a5a5a5a };
    long crt = -1;
    unsigned __int64 huge = 0;
    int i = 0;
    TCHAR word[8], letter = 0;
    char narrow[8];

    CHECK(sscanf("17", "%lu", &dword) == 1 && dword == 17);
    CHECK(sscanf("18", "%lu", &pair.value) == 1 && pair.value == 18 && pair.guard == 0x5a5a5a5a);
    CHECK(sscanf("-19", "%ld", &crt) == 1 && crt == -19);
    CHECK(sscanf("12345678901234", "%I64u", &huge) == 1 && huge == 12345678901234ULL);
    CHECK(_stscanf(_T("word 20 z"), _T("%7s %d %c"), word, &i, &letter) == 3);
    CHECK(!_tcscmp(word, _T("word")) && i == 20 && letter == _T('z'));
    CHECK(_stscanf_s(_T("short 21"), _T("%s %d"), word, 8, &i) == 2);
    CHECK(!_tcscmp(word, _T("short")) && i == 21);
    CHECK(sscanf_s("toolongword", "%s", narrow, 8) == 1 ? strlen(narrow) == 7 : 1);
    CHECK(sscanf_s("abc=def", "%[^=]=%s", word, (unsigned)sizeof(word), narrow, 8) == 2 &&
        !strcmp((char *)word, "abc") && !strcmp(narrow, "def"));
    CHECK(_stscanf(_T("7%"), _T("%d%%"), &i) == 1 && i == 7);
    Report("scanf family: sizes of DWORD and long, wide strings, _s");
}

static void TestPrint(void)
{
    char text[64];
    wchar_t wide[64];

    sprintf(text, "%ld %lu %hu %hhu", (LONG)-1, (DWORD)-1, 70000, 300);
    CHECK(!strcmp(text, "-1 4294967295 4464 44"));
    sprintf(text, "%ls|%S|%hs|%C", L"\x00e4", L"w", "h", L'c');
    CHECK(!strcmp(text, "\xc3\xa4|w|h|c"));
    CHECK(_snwprintf(wide, 64, L"%s|%S|%hs|%ls|%c|%C", L"w", "\xc3\xa4", "h", L"l", L'c', 'n') == 11);
    CHECK(!wcscmp(wide, L"w|\x00e4|h|l|c|n"));
    sprintf(text, "%*d|%-*d|%.*s|%s", 4, 1, 4, 2, 2, "abc", (char *)NULL);
    CHECK(!strcmp(text, "   1|2   |ab|(null)"));
    sprintf(text, "%I64x %I32u %Ix %zu", 0x123456789abcdefLL, 5, (SIZE_T)0xff, sizeof(int));
    CHECK(!strcmp(text, "123456789abcdef 5 ff 4"));
    sprintf(text, "100%% %5.1f%%", 2.25);
    CHECK(!strncmp(text, "100%   2.", 9));
    CHECK(snprintf(text, 4, "%d", 12345) == 5 && !strcmp(text, "123"));
    Report("formats as Windows reads them");
}

static void TestConvert(void)
{
    static const char utf8[] = "gr\xc3\xbc\xc3\x9f \xe2\x82\xac";
    WCHAR wide[16];
    char text[16];
    BOOL substituted = FALSE;

    CHECK(MultiByteToWideChar(CP_UTF8, 0, utf8, -1, NULL, 0) == 7);
    CHECK(MultiByteToWideChar(CP_UTF8, 0, utf8, -1, wide, 16) == 7 && !wcscmp(wide, L"gr\x00fc\x00df \x20ac"));
    CHECK(MultiByteToWideChar(CP_ACP, 0, utf8, 2, wide, 16) == 2 && wide[0] == L'g');
    CHECK(!MultiByteToWideChar(CP_UTF8, 0, utf8, -1, wide, 3) && GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    CHECK(!MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "\xff", -1, wide, 16));
    CHECK(GetLastError() == ERROR_NO_UNICODE_TRANSLATION);
    CHECK(MultiByteToWideChar(CP_UTF8, 0, "\xff.", -1, wide, 16) == 3 && wide[0] == 0xfffd && wide[1] == L'.');
    CHECK(!MultiByteToWideChar(CP_UTF8, 0, utf8, 0, wide, 16) && GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(WideCharToMultiByte(CP_UTF8, 0, L"\x20ac", -1, text, 16, NULL, NULL) == 4);
    CHECK(!strcmp(text, "\xe2\x82\xac"));
    CHECK(WideCharToMultiByte(CP_UTF8, 0, L"\x20ac", 1, NULL, 0, NULL, NULL) == 3);
    CHECK(MultiByteToWideChar(1252, 0, "\x80\xe4", -1, wide, 16) == 3 && wide[0] == 0x20ac && wide[1] == 0xe4);
    CHECK(WideCharToMultiByte(1252, 0, L"\x20ac\x0416", -1, text, 16, "*", &substituted) == 3);
    CHECK(!strcmp(text, "\x80*") && substituted);
    CHECK(WideCharToMultiByte(28591, 0, L"\x00e4", -1, text, 16, NULL, &substituted) == 2 && !substituted);
    CHECK(!MultiByteToWideChar(99999, 0, "a", -1, wide, 16) && GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(GetACP() == CP_UTF8 && GetConsoleOutputCP() == CP_UTF8 && SetConsoleOutputCP(CP_UTF8));
    Report("MultiByteToWideChar, WideCharToMultiByte, code pages");
}

static void TestMessages(void)
{
    TCHAR text[128];
    LPTSTR allocated = NULL;
    DWORD_PTR arguments[2];
    DWORD length;

    length = FormatMessage(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
        ERROR_SEM_TIMEOUT, 0, text, 128, NULL);
    CHECK(length == (DWORD)lstrlen(text) && !lstrcmp(text, TEXT("The semaphore timeout period has expired.\r\n")));
    length = FormatMessage(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
        FORMAT_MESSAGE_MAX_WIDTH_MASK, NULL, ERROR_INVALID_HANDLE, 0, (LPTSTR)&allocated, 0, NULL);
    CHECK(length && !lstrcmp(allocated, TEXT("The handle is invalid. ")));
    LocalFree(allocated);
    allocated = text;
    CHECK(!FormatMessage(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM, NULL, 0x12345678, 0,
        (LPTSTR)&allocated, 0, NULL));
    CHECK(allocated == NULL);
    CHECK(!FormatMessage(FORMAT_MESSAGE_FROM_SYSTEM, NULL, ERROR_SEM_TIMEOUT, 0, text, 5, NULL));
    CHECK(GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    arguments[0] = (DWORD_PTR)TEXT("one");
    arguments[1] = 2;
    CHECK(FormatMessage(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, TEXT("%2!03d! %1 %%%n"), 0, 0,
        text, 128, (va_list *)arguments));
    CHECK(!lstrcmp(text, TEXT("002 one %\r\n")));
    Report("FormatMessage");
}

static void TestNames(void)
{
    TCHAR text[MAX_PATH], cut[2];
    DWORD size = MAX_PATH, again;

    CHECK(GetComputerName(text, &size) && size == (DWORD)lstrlen(text) && size > 0);
    again = 1;
    CHECK(!GetComputerName(cut, &again) && GetLastError() == ERROR_BUFFER_OVERFLOW && again == size + 1);
    size = MAX_PATH;
    CHECK(GetUserName(text, &size) && size == (DWORD)lstrlen(text) + 1);
    CHECK(SetEnvironmentVariable(TEXT("PORTING_TEST"), TEXT("value")));
    CHECK(GetEnvironmentVariable(TEXT("PORTING_TEST"), text, MAX_PATH) == 5 && !lstrcmp(text, TEXT("value")));
    CHECK(GetEnvironmentVariable(TEXT("PORTING_TEST"), text, 3) == 6);
    CHECK(SetEnvironmentVariable(TEXT("PORTING_TEST"), NULL));
    CHECK(!GetEnvironmentVariable(TEXT("PORTING_TEST"), text, MAX_PATH) && GetLastError() == ERROR_ENVVAR_NOT_FOUND);
    size = GetModuleFileName(NULL, text, MAX_PATH);
    CHECK(size == (DWORD)lstrlen(text) && _tcsstr(text, TEXT("functions")));
    CHECK(GetModuleFileName(NULL, cut, 2) == 2 && cut[1] == 0);
    CHECK(_tcsstr(GetCommandLine(), TEXT("functions")) != NULL);
    CHECK(GetCurrentDirectory(MAX_PATH, text) == (DWORD)lstrlen(text));
    CHECK(GetCurrentProcessId() == (DWORD)_getpid() && GetCurrentThreadId() != 0);
    Report("names of computer, user, program; environment");
}

static volatile LONG counter;
static CRITICAL_SECTION section;
static DWORD slotIndex;

static DWORD WINAPI Count(LPVOID times)
{
    INT_PTR i;

    CHECK(TlsGetValue(slotIndex) == NULL && TlsSetValue(slotIndex, times));
    for (i = 0; i < (INT_PTR)times; i++)
    {
        EnterCriticalSection(&section);
        EnterCriticalSection(&section);
        counter = counter + 1;
        LeaveCriticalSection(&section);
        LeaveCriticalSection(&section);
    }
    CHECK(TlsGetValue(slotIndex) == times);
    ExitThread(1000 + (DWORD)(INT_PTR)times);
    return 0;
}

static unsigned __stdcall ReturnFive(void *unused)
{
    (void)unused;
    return 5;
}

static void __cdecl CountOne(void *event)
{
    InterlockedIncrement(&counter);
    SetEvent((HANDLE)event);
}

static void TestThreads(void)
{
    HANDLE threads[4], event, thread;
    DWORD id[4], code;
    unsigned int crtId;
    int i;

    slotIndex = TlsAlloc();
    CHECK(slotIndex != TLS_OUT_OF_INDEXES);
    InitializeCriticalSection(&section);
    for (i = 0; i < 4; i++)
        threads[i] = CreateThread(NULL, 0, Count, (LPVOID)1000, 0, &id[i]);
    CHECK(WaitForMultipleObjects(4, threads, TRUE, 60000) == WAIT_OBJECT_0);
    CHECK(counter == 4000);
    for (i = 0; i < 4; i++)
    {
        CHECK(GetExitCodeThread(threads[i], &code) && code == 2000);
        CHECK(GetThreadId(threads[i]) == id[i]);
        CHECK(WaitForSingleObject(threads[i], 0) == WAIT_OBJECT_0);
        CHECK(CloseHandle(threads[i]) && !CloseHandle(threads[i]) && GetLastError() == ERROR_INVALID_HANDLE);
    }
    CHECK(TryEnterCriticalSection(&section));
    LeaveCriticalSection(&section);
    DeleteCriticalSection(&section);
    TlsFree(slotIndex);

    thread = (HANDLE)_beginthreadex(NULL, 0, ReturnFive, NULL, CREATE_SUSPENDED, &crtId);
    CHECK(thread && WaitForSingleObject(thread, 50) == WAIT_TIMEOUT);
    CHECK(GetExitCodeThread(thread, &code) && code == STILL_ACTIVE);
    CHECK(ResumeThread(thread) == 1 && WaitForSingleObject(thread, 60000) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &code) && code == 5 && ResumeThread(thread) == 0);
    CloseHandle(thread);

    counter = 0;
    event = CreateEvent(NULL, TRUE, FALSE, NULL);
    CHECK(_beginthread(CountOne, 0, event) != (uintptr_t)-1);
    CHECK(WaitForSingleObject(event, 60000) == WAIT_OBJECT_0 && counter == 1);
    CHECK(!GetExitCodeThread(event, &code) && GetLastError() == ERROR_INVALID_HANDLE);
    CloseHandle(event);
    CHECK(!CreateThread(NULL, 0, NULL, NULL, 0, NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
    Report("threads, critical sections, thread local storage");
}

static HANDLE RealHandle(void)
{
    HANDLE real = NULL;

    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &real, 0,
        FALSE, DUPLICATE_SAME_ACCESS);
    return real;
}

static DWORD WINAPI TellHandle(LPVOID real)
{
    *(HANDLE *)real = RealHandle();
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_LOWEST);
    return GetThreadId(GetCurrentThread()) == GetCurrentThreadId() ? 11 : 12;
}

static void TestCurrentThread(void)
{
    HANDLE real = RealHandle(), told = NULL, thread;
    DWORD code;

    CHECK(real && GetThreadId(real) == GetCurrentThreadId());
    CHECK(WaitForSingleObject(real, 20) == WAIT_TIMEOUT);
    CHECK(GetExitCodeThread(GetCurrentThread(), &code) && code == STILL_ACTIVE);
    CHECK(CloseHandle(real) && GetThreadId(GetCurrentThread()) == GetCurrentThreadId());
    CHECK(GetThreadPriority(GetCurrentThread()) == THREAD_PRIORITY_NORMAL);
    CHECK(SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_NORMAL));
    CHECK(!SetThreadPriority(GetCurrentThread(), 7) && GetLastError() == ERROR_INVALID_PARAMETER);
    thread = CreateThread(NULL, 0, TellHandle, &told, 0, NULL);
    CHECK(WaitForSingleObject(thread, 60000) == WAIT_OBJECT_0 && told);
    // what the thread gave away outlives it
    CHECK(WaitForSingleObject(told, 0) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(told, &code) && code == 11);
    CHECK(GetThreadPriority(told) == THREAD_PRIORITY_LOWEST);
    CHECK(CloseHandle(told) && CloseHandle(thread));
    CHECK(GetThreadPriority(thread) == THREAD_PRIORITY_ERROR_RETURN &&
        GetLastError() == ERROR_INVALID_HANDLE);
    Report("the current thread");
}

static DWORD WINAPI TakeMutex(LPVOID mutex)
{
    // and never gives it back
    return WaitForSingleObject((HANDLE)mutex, 60000);
}

static DWORD WINAPI TryMutex(LPVOID mutex)
{
    if (ReleaseMutex((HANDLE)mutex) || GetLastError() != ERROR_NOT_OWNER)
        return 1;
    return WaitForSingleObject((HANDLE)mutex, 50);
}

static DWORD InThread(LPTHREAD_START_ROUTINE routine, HANDLE argument)
{
    HANDLE thread = CreateThread(NULL, 0, routine, argument, 0, NULL);
    DWORD code = 99;

    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    return code;
}

static void TestSemaphore(LPCTSTR name)
{
    HANDLE semaphore = CreateSemaphore(NULL, 2, 3, name), other;
    LONG previous = -1;

    CHECK(semaphore && GetLastError() == ERROR_SUCCESS);
    CHECK(WaitForSingleObject(semaphore, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(semaphore, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(semaphore, 20) == WAIT_TIMEOUT);
    CHECK(ReleaseSemaphore(semaphore, 2, &previous) && previous == 0);
    CHECK(!ReleaseSemaphore(semaphore, 2, NULL) && GetLastError() == ERROR_TOO_MANY_POSTS);
    CHECK(ReleaseSemaphore(semaphore, 1, &previous) && previous == 2);
    if (name)
    {
        other = CreateSemaphore(NULL, 0, 1, name);
        CHECK(other && GetLastError() == ERROR_ALREADY_EXISTS);
        CHECK(WaitForSingleObject(other, 0) == WAIT_OBJECT_0);
        CHECK(ReleaseSemaphore(semaphore, 1, &previous) && previous == 2);
        CloseHandle(other);
        other = OpenSemaphore(SEMAPHORE_ALL_ACCESS, FALSE, name);
        CHECK(other != NULL);
        CloseHandle(other);
    }
    CHECK(!CreateSemaphore(NULL, 2, 1, NULL) && GetLastError() == ERROR_INVALID_PARAMETER);
    CloseHandle(semaphore);
    if (name)
        CHECK(!OpenSemaphore(SEMAPHORE_ALL_ACCESS, FALSE, name) && GetLastError() == ERROR_FILE_NOT_FOUND);
    Report(name ? "named semaphores" : "semaphores");
}

static void TestMutex(LPCTSTR name)
{
    HANDLE mutex = CreateMutex(NULL, TRUE, name), other, both[2], event;

    CHECK(mutex && GetLastError() == ERROR_SUCCESS);
    CHECK(InThread(TryMutex, mutex) == WAIT_TIMEOUT);
    CHECK(WaitForSingleObject(mutex, 0) == WAIT_OBJECT_0);
    CHECK(ReleaseMutex(mutex));
    CHECK(InThread(TryMutex, mutex) == WAIT_TIMEOUT);
    if (name)
    {
        other = CreateMutex(NULL, TRUE, name);
        CHECK(other && GetLastError() == ERROR_ALREADY_EXISTS);
        // the same mutex, and this thread has it
        CHECK(WaitForSingleObject(other, 0) == WAIT_OBJECT_0 && ReleaseMutex(mutex));
        CloseHandle(other);
    }
    CHECK(ReleaseMutex(mutex));
    CHECK(!ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER);
    // a thread that ends with it gives it up, which the next one is told
    CHECK(InThread(TakeMutex, mutex) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(mutex, 10000) == WAIT_ABANDONED);
    CHECK(WaitForSingleObject(mutex, 0) == WAIT_OBJECT_0 && ReleaseMutex(mutex) &&
        ReleaseMutex(mutex));
    CHECK(InThread(TakeMutex, mutex) == WAIT_OBJECT_0);
    CHECK(InThread(TakeMutex, mutex) == WAIT_ABANDONED);
    // all or nothing, and a wait that took nothing tells it to nobody
    event = CreateEvent(NULL, TRUE, FALSE, NULL);
    both[0] = mutex;
    both[1] = event;
    CHECK(WaitForMultipleObjects(2, both, TRUE, 20) == WAIT_TIMEOUT);
    CHECK(!ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER);
    SetEvent(event);
    CHECK(WaitForMultipleObjects(2, both, TRUE, 10000) == WAIT_ABANDONED_0 && ReleaseMutex(mutex));
    ResetEvent(event);
    CHECK(InThread(TakeMutex, mutex) == WAIT_OBJECT_0);
    both[0] = event;
    both[1] = mutex;
    CHECK(WaitForMultipleObjects(2, both, FALSE, 10000) == WAIT_ABANDONED_0 + 1 &&
        ReleaseMutex(mutex));
    both[0] = mutex;
    both[1] = event;
    CHECK(WaitForMultipleObjects(2, both, TRUE, 20) == WAIT_TIMEOUT);
    CHECK(!ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER);
    SetEvent(event);
    CHECK(WaitForMultipleObjects(2, both, TRUE, 10000) == WAIT_OBJECT_0 && ReleaseMutex(mutex));
    CloseHandle(event);
    CloseHandle(mutex);
    if (name)
        CHECK(!OpenMutex(MUTEX_ALL_ACCESS, FALSE, name) && GetLastError() == ERROR_FILE_NOT_FOUND);
    Report(name ? "named mutexes" : "mutexes");
}

#define CONTENDED TEXT("porting-test contended")

static DWORD WINAPI Contend(LPVOID unused)
{
    DWORD wrong = 0;
    int i;

    (void)unused;
    for (i = 0; i < 300; i++)
    {
        HANDLE mutex = CreateMutex(NULL, TRUE, CONTENDED);

        if (GetLastError() == ERROR_SUCCESS)
            wrong += !ReleaseMutex(mutex);
        else if (WaitForSingleObject(mutex, 0) != WAIT_TIMEOUT)
            wrong += !ReleaseMutex(mutex);
        CloseHandle(mutex);
    }
    return wrong;
}

// whoever makes a mutex for himself has it, whoever else opens it meanwhile
static void TestContendedMutex(void)
{
    HANDLE threads[3];
    DWORD wrong;
    int i;

    for (i = 0; i < 3; i++)
        threads[i] = CreateThread(NULL, 0, Contend, NULL, 0, NULL);
    CHECK(WaitForMultipleObjects(3, threads, TRUE, INFINITE) == WAIT_OBJECT_0);
    for (i = 0; i < 3; i++)
    {
        CHECK(GetExitCodeThread(threads[i], &wrong) && wrong == 0);
        CloseHandle(threads[i]);
    }
    Report("a mutex belongs to its maker");
}

static LARGE_INTEGER In(LONG milliseconds)
{
    LARGE_INTEGER due;

    due.QuadPart = -10000LL * milliseconds;
    return due;
}

static LARGE_INTEGER AtMoment(LONG milliseconds)
{
    LARGE_INTEGER due;
    FILETIME now;

    GetSystemTimeAsFileTime(&now);
    due.LowPart = now.dwLowDateTime;
    due.HighPart = now.dwHighDateTime;
    due.QuadPart += 10000LL * milliseconds;
    return due;
}

static void WINAPI OnTimer(LPVOID argument, DWORD low, DWORD high)
{
    (void)argument;
    (void)low;
    (void)high;
}

static void TestTimers(void)
{
    HANDLE timer = CreateWaitableTimer(NULL, FALSE, NULL), both[2], event;
    LARGE_INTEGER due = In(30), before, after;
    int i;

    CHECK(timer && WaitForSingleObject(timer, 0) == WAIT_TIMEOUT);
    QueryPerformanceCounter(&before);
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    CHECK(WaitForSingleObject(timer, 60000) == WAIT_OBJECT_0);
    QueryPerformanceCounter(&after);
    QueryPerformanceFrequency(&due);
    CHECK((after.QuadPart - before.QuadPart) * 1000 >= 30 * due.QuadPart);
    CHECK(WaitForSingleObject(timer, 60) == WAIT_TIMEOUT);
    due = AtMoment(30);
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    CHECK(WaitForSingleObject(timer, 60000) == WAIT_OBJECT_0);
    CHECK(AtMoment(0).QuadPart >= due.QuadPart);
    // 1601, and an hour ago
    due.QuadPart = 0;
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE) &&
        WaitForSingleObject(timer, 60000) == WAIT_OBJECT_0);
    due = AtMoment(-3600000);
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE) &&
        WaitForSingleObject(timer, 60000) == WAIT_OBJECT_0);
    due = In(1);
    CHECK(SetWaitableTimer(timer, &due, 10, NULL, NULL, FALSE));
    for (i = 0; i < 3; i++)
        CHECK(WaitForSingleObject(timer, 60000) == WAIT_OBJECT_0);
    CHECK(CancelWaitableTimer(timer));
    WaitForSingleObject(timer, 0);
    CHECK(WaitForSingleObject(timer, 60) == WAIT_TIMEOUT);
    // a wait for all that took nothing leaves it signalled
    event = CreateEvent(NULL, TRUE, FALSE, NULL);
    both[0] = timer;
    both[1] = event;
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    CHECK(WaitForMultipleObjects(2, both, TRUE, 60) == WAIT_TIMEOUT);
    SetEvent(event);
    CHECK(WaitForMultipleObjects(2, both, TRUE, 60000) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(timer, 0) == WAIT_TIMEOUT);
    CHECK(!CancelWaitableTimer(event) && GetLastError() == ERROR_INVALID_HANDLE);
    CloseHandle(event);
    CHECK(!SetWaitableTimer(timer, NULL, 0, NULL, NULL, FALSE) &&
        GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(!SetWaitableTimer(timer, &due, -1, NULL, NULL, FALSE) &&
        GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(!SetWaitableTimer(timer, &due, 0, OnTimer, NULL, FALSE) &&
        GetLastError() == ERROR_NOT_SUPPORTED);
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, TRUE) &&
        GetLastError() == ERROR_NOT_SUPPORTED);
    CHECK(CloseHandle(timer) && !CancelWaitableTimer(timer) &&
        GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(!CreateWaitableTimer(NULL, FALSE, TEXT("name")) && GetLastError() == ERROR_NOT_SUPPORTED);

    timer = CreateWaitableTimer(NULL, TRUE, NULL);
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    for (i = 0; i < 2; i++)
        CHECK(WaitForSingleObject(timer, 60000) == WAIT_OBJECT_0);
    CHECK(CancelWaitableTimer(timer) && WaitForSingleObject(timer, 60000) == WAIT_OBJECT_0);
    due = In(3600000);
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE) &&
        WaitForSingleObject(timer, 20) == WAIT_TIMEOUT);
    CloseHandle(timer);
    Report("waitable timers");
}

static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE condition = CONDITION_VARIABLE_INIT;
static BOOL ready;

static DWORD WINAPI MakeReady(LPVOID unused)
{
    (void)unused;
    AcquireSRWLockExclusive(&lock);
    ReleaseSRWLockExclusive(&lock);
    EnterCriticalSection(&section);
    ready = TRUE;
    LeaveCriticalSection(&section);
    WakeAllConditionVariable(&condition);
    return 0;
}

static void TestCondition(void)
{
    HANDLE thread;

    InitializeCriticalSection(&section);
    EnterCriticalSection(&section);
    CHECK(!SleepConditionVariableCS(&condition, &section, 30) && GetLastError() == ERROR_TIMEOUT);
    thread = CreateThread(NULL, 0, MakeReady, NULL, 0, NULL);
    while (!ready && SleepConditionVariableCS(&condition, &section, 60000))
        ;
    CHECK(ready);
    LeaveCriticalSection(&section);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    DeleteCriticalSection(&section);
    Report("slim locks and condition variables");
}

static BOOL Start(LPCTSTR arguments, PROCESS_INFORMATION *process)
{
    STARTUPINFO startup;
    TCHAR program[MAX_PATH], line[2 * MAX_PATH];

    ZeroMemory(&startup, sizeof(startup));
    startup.cb = sizeof(startup);
    GetModuleFileName(NULL, program, MAX_PATH);
    StringCchPrintf(line, ARRAYSIZE(line), TEXT("\"%s\" %s"), program, arguments);
    return CreateProcess(program, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, process);
}

static void TestProcesses(void)
{
    PROCESS_INFORMATION process;
    STARTUPINFO startup;
    HANDLE event, mutex, semaphore, opened;
    TCHAR missing[] = TEXT("no-such-program-here");
    DWORD code;

    CHECK(Start(TEXT("exit 33"), &process));
    CHECK(WaitForSingleObject(process.hProcess, 60000) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(process.hThread, 0) == WAIT_OBJECT_0);
    CHECK(GetExitCodeProcess(process.hProcess, &code) && code == 33);
    CHECK(GetExitCodeProcess(process.hProcess, &code) && code == 33);
    CHECK(GetProcessId(process.hProcess) == process.dwProcessId);
    CHECK(!TerminateProcess(process.hProcess, 1) && GetLastError() == ERROR_ACCESS_DENIED);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);

    event = CreateEvent(NULL, FALSE, FALSE, TEXT("porting-event"));
    mutex = CreateMutex(NULL, FALSE, TEXT("porting-mutex"));
    semaphore = CreateSemaphore(NULL, 0, 1, TEXT("porting-semaphore"));
    CHECK(Start(TEXT("hold"), &process));
    CHECK(WaitForSingleObject(event, 60000) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(mutex, 50) == WAIT_TIMEOUT);
    CHECK(WaitForSingleObject(semaphore, 10000) == WAIT_OBJECT_0);
    CHECK(GetExitCodeProcess(process.hProcess, &code) && code == STILL_ACTIVE);
    CHECK(WaitForSingleObject(process.hProcess, 0) == WAIT_TIMEOUT);
    opened = OpenProcess(PROCESS_ALL_ACCESS, FALSE, process.dwProcessId);
    CHECK(opened && GetProcessId(opened) == process.dwProcessId);
    CHECK(TerminateProcess(opened, 77));
    CHECK(WaitForSingleObject(process.hProcess, 60000) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(opened, 60000) == WAIT_OBJECT_0);
    // the mutex of a process that died is free, and the next one is told
    CHECK(WaitForSingleObject(mutex, 10000) == WAIT_ABANDONED && ReleaseMutex(mutex));
    CHECK(WaitForSingleObject(mutex, 0) == WAIT_OBJECT_0 && ReleaseMutex(mutex));
    CloseHandle(opened);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    CHECK(Start(TEXT("hold"), &process));
    CHECK(WaitForSingleObject(event, 60000) == WAIT_OBJECT_0 && TerminateProcess(process.hProcess, 78));
    CHECK(WaitForSingleObject(process.hProcess, 60000) == WAIT_OBJECT_0);
    CHECK(GetExitCodeProcess(process.hProcess, &code) && code == 78);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    CloseHandle(semaphore);
    CloseHandle(mutex);
    CloseHandle(event);

    ZeroMemory(&startup, sizeof(startup));
    CHECK(!CreateProcess(NULL, missing, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process));
    CHECK(GetLastError() == ERROR_FILE_NOT_FOUND);
    CHECK(!OpenProcess(PROCESS_ALL_ACCESS, FALSE, 0x7fffffff) && GetLastError() == ERROR_INVALID_PARAMETER);
    Report("processes; names shared with them");
}

static volatile LONG controls;

static BOOL WINAPI OnControl(DWORD type)
{
    if (type == CTRL_C_EVENT)
        InterlockedIncrement(&controls);
    return type == CTRL_C_EVENT;
}

static void TestConsole(void)
{
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD written, mode;
    int i;

    CHECK(out != NULL && out != INVALID_HANDLE_VALUE && out == GetStdHandle(STD_OUTPUT_HANDLE));
    printf("# in order: ");
    CHECK(WriteFile(out, "from WriteFile\n", 15, &written, NULL) && written == 15);
    CHECK(GetStdHandle(5) == INVALID_HANDLE_VALUE && GetLastError() == ERROR_INVALID_HANDLE);
    if (!_isatty(1))
        CHECK(!GetConsoleMode(out, &mode) && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(_setmode(_fileno(stdout), _O_U8TEXT) == _O_TEXT && _setmode(_fileno(stdout), _O_TEXT) == _O_U8TEXT);
    CHECK(_setmode(_fileno(stdout), 12345) == -1);
    CHECK(SetConsoleCtrlHandler(OnControl, TRUE));
    raise(SIGINT);
    for (i = 0; i < 100 && !controls; i++)
        Sleep(50);
    CHECK(controls == 1);
    CHECK(SetConsoleCtrlHandler(OnControl, FALSE) && !SetConsoleCtrlHandler(OnControl, FALSE));
    Report("standard handles, modes, Ctrl+C");
}

int _tmain(int argc, TCHAR *argv[])
{
    if (argc == 3 && !_tcscmp(argv[1], _T("exit")))
        ExitProcess(_ttoi(argv[2]));
    if (argc == 2 && !_tcscmp(argv[1], _T("hold")))
    {
        HANDLE mutex = OpenMutex(SYNCHRONIZE, FALSE, TEXT("porting-mutex"));
        HANDLE semaphore = OpenSemaphore(SEMAPHORE_MODIFY_STATE, FALSE, TEXT("porting-semaphore"));
        HANDLE event = OpenEvent(EVENT_MODIFY_STATE, FALSE, TEXT("porting-event"));

        WaitForSingleObject(mutex, INFINITE);
        ReleaseSemaphore(semaphore, 1, NULL);
        SetEvent(event);
        Sleep(60000);
        return 1;
    }
    TestTypes();
    TestInterlocked();
    TestTime();
    TestMemory();
    TestStrings();
    TestCrt();
    TestScan();
    TestPrint();
    TestConvert();
    TestMessages();
    TestNames();
    TestThreads();
    TestCurrentThread();
    TestForeignMemory();
    TestClock();
    TestObjectNames();
    TestLastError();
#ifdef __cplusplus
    TestCounts();
#endif
    TestSemaphore(NULL);
    TestSemaphore(TEXT("Local\\porting-test/semaphore"));
    TestMutex(NULL);
    TestMutex(TEXT("porting-test mutex"));
    TestContendedMutex();
    TestTimers();
    TestCondition();
    TestProcesses();
    TestConsole();
    printf("1..%d\n", number);
    return 0;
}
