// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program that asks about the machine and the system, takes paths and command
 * lines apart, and uses the generic names of tchar.h.  TAP on standard output.
 */
#include <winsock2.h>
#include <windows.h>
#include <winBase.h>
#include <basetsd.h>
#include <processenv.h>
#include <libloaderapi.h>
#include <initguid.h>
#include <sddl.h>
#include <shellapi.h>
#include <shlwapi.h>
#include <mmsystem.h>
#include <conio.h>
#include <direct.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timeb.h>
#include <time.h>
#include <tchar.h>

#pragma comment(lib, "shlwapi.lib")
#pragma comment(lib, "winmm.lib")

// {12345678-9ABC-DEF0-0123-456789ABCDEF}
DEFINE_GUID(GUID_NAMES, 0x12345678, 0x9abc, 0xdef0, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef);

#include "check.h"

static void TestVersion(void)
{
    OSVERSIONINFO version = { sizeof(OSVERSIONINFO) };
    OSVERSIONINFOEX more;
    DWORD whole = GetVersion();

    CHECK(GetVersionEx(&version));
    CHECK(version.dwPlatformId == VER_PLATFORM_WIN32_NT);
    CHECK(version.dwMajorVersion == LOBYTE(LOWORD(whole)) && version.dwMinorVersion == HIBYTE(LOWORD(whole)));
    CHECK(version.dwBuildNumber == HIWORD(whole) && version.szCSDVersion[0] == 0 && version.dwMajorVersion >= 6);
    ZeroMemory(&more, sizeof(more));
    more.dwOSVersionInfoSize = sizeof(more);
    CHECK(GetVersionEx((LPOSVERSIONINFO) &more) && more.wProductType == VER_NT_WORKSTATION);
    more.dwOSVersionInfoSize = 12;
    CHECK(!GetVersionEx((LPOSVERSIONINFO) &more) && GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    Report("GetVersion, GetVersionEx");
}

static void TestMachine(void)
{
    SYSTEM_INFO info;
    TCHAR name[256], host[256], full[256], small[1];
    DWORD size, needed;
    DWORD before = timeGetTime();

    GetSystemInfo(&info);
    CHECK(info.dwNumberOfProcessors >= 1 && (info.dwActiveProcessorMask & 1));
    CHECK(info.dwPageSize >= 4096 && !(info.dwPageSize & (info.dwPageSize - 1)));
    CHECK(info.dwAllocationGranularity % info.dwPageSize == 0);
    CHECK((ULONG_PTR) &info > (ULONG_PTR) info.lpMinimumApplicationAddress &&
        (ULONG_PTR) &info < (ULONG_PTR) info.lpMaximumApplicationAddress);

    size = 256;
    CHECK(GetComputerNameEx(ComputerNameDnsHostname, host, &size) && size == _tcslen(host) && size > 0);
    size = 256;
    CHECK(GetComputerNameEx(ComputerNameDnsFullyQualified, full, &size) && !_tcsncmp(full, host, _tcslen(host)));
    size = 256;
    CHECK(GetComputerNameEx(ComputerNameDnsDomain, name, &size));
    CHECK(_tcslen(name) == (_tcslen(full) > _tcslen(host) ? _tcslen(full) - _tcslen(host) - 1 : 0));
    size = 256;
    CHECK(GetComputerNameEx(ComputerNameNetBIOS, name, &size) && !_tcsicmp(name, host));
    size = 1;
    CHECK(!GetComputerNameEx(ComputerNameDnsHostname, small, &size) && GetLastError() == ERROR_MORE_DATA);
    needed = 0;
    CHECK(!GetComputerNameEx(ComputerNameDnsHostname, NULL, &needed) && GetLastError() == ERROR_MORE_DATA);
    CHECK(size == needed && needed == _tcslen(host) + 1);
    CHECK(!GetComputerNameEx(ComputerNameMax, name, &size) && GetLastError() == ERROR_INVALID_PARAMETER);

    CHECK(timeBeginPeriod(1) == TIMERR_NOERROR);
    Sleep(20);
    CHECK(timeGetTime() - before >= 20 && timeGetTime() - before < 20000);
    CHECK(timeEndPeriod(1) == TIMERR_NOERROR && timeBeginPeriod(0) == TIMERR_NOCANDO);
    CHECK(CLK_TCK == CLOCKS_PER_SEC);
    Report("GetSystemInfo, GetComputerNameEx, timeGetTime");
}

static void TestModule(void)
{
    TCHAR path[MAX_PATH], again[MAX_PATH], file[_MAX_FNAME], ext[_MAX_EXT];
    HMODULE module = GetModuleHandle(NULL);

    CHECK(module != NULL);
    CHECK(GetModuleFileName(NULL, path, MAX_PATH) && GetModuleFileName(module, again, MAX_PATH));
    CHECK(!_tcscmp(path, again));
    _tsplitpath(path, NULL, NULL, file, ext);
    _tcscat(file, ext);
    CHECK(GetModuleHandle(file) == module);
    CHECK(!GetModuleHandle(TEXT("nothing.dll")) && GetLastError() == ERROR_MOD_NOT_FOUND);
    Report("GetModuleHandle");
}

// What a command line is taken apart to, with | between the arguments.
static BOOL Splits(LPCWSTR line, LPCWSTR expected)
{
    WCHAR joined[256] = L"";
    int count = -1, i;
    LPWSTR *argv = CommandLineToArgvW(line, &count);

    if (argv == NULL)
        return FALSE;
    for (i = 0; i < count; i++)
    {
        if (i)
            wcscat(joined, L"|");
        wcscat(joined, argv[i]);
    }
    if (LocalFree(argv) != NULL || wcscmp(joined, expected))
    {
        wprintf(L"# %s gave %s\n", line, joined);
        return FALSE;
    }
    return TRUE;
}

static void TestCommandLine(void)
{
    WCHAR path[MAX_PATH];
    LPWSTR *argv;
    int count;

    CHECK(Splits(L"prog", L"prog"));
    CHECK(Splits(L"prog a  b\tc ", L"prog|a|b|c"));
    CHECK(Splits(L" prog", L"|prog"));
    CHECK(Splits(L"\"C:\\a b\\prog.exe\" \"x y\" z", L"C:\\a b\\prog.exe|x y|z"));
    CHECK(Splits(L"C:\\dir\\\"prog x", L"C:\\dir\\\"prog|x"));
    CHECK(Splits(L"p \"a b c\" d e", L"p|a b c|d|e"));
    CHECK(Splits(L"p \"ab\\\"c\" \"\\\\\" d", L"p|ab\"c|\\|d"));
    CHECK(Splits(L"p a\\\\\\b d\"e f\"g h", L"p|a\\\\\\b|de fg|h"));
    CHECK(Splits(L"p a\\\\\\\"b c d", L"p|a\\\"b|c|d"));
    CHECK(Splits(L"p a\\\\\\\\\"b c\" d e", L"p|a\\\\b c|d|e"));
    CHECK(Splits(L"p \"\" x", L"p||x"));
    argv = CommandLineToArgvW(L"", &count);
    CHECK(argv != NULL && count == 1 && GetModuleFileNameW(NULL, path, MAX_PATH) && !wcscmp(argv[0], path));
    LocalFree(argv);
    CHECK(!CommandLineToArgvW(NULL, &count));
    argv = CommandLineToArgvW(GetCommandLineW(), &count);
    CHECK(argv != NULL && count == 1 && wcsstr(argv[0], L"names"));
    LocalFree(argv);
    CHECK(strstr(GetCommandLineA(), "names") != NULL);
    Report("CommandLineToArgvW, GetCommandLine");
}

static void TestStrings(void)
{
    GUID same = GUID_NAMES, zero;

    ZeroMemory(&zero, sizeof(zero));
    CHECK(sizeof(GUID) == 16 && GUID_NAMES.Data1 == 0x12345678 && GUID_NAMES.Data4[7] == 0xef);
#ifdef __cplusplus
    CHECK(IsEqualGUID(same, GUID_NAMES) && same == GUID_NAMES && zero != same);
#else
    CHECK(IsEqualGUID(&same, &GUID_NAMES) && !IsEqualGUID(&zero, &same));
#endif
    CHECK(StrCmpIW(L"\x00c4pfel", L"\x00e4PFEL") == 0 && StrCmpIW(L"a", L"B") < 0 && StrCmpIW(L"b", L"A") > 0);
    CHECK(StrCmpW(L"a", L"a") == 0 && StrCmpW(L"a", L"A") != 0);
    CHECK(StrCmpNI(TEXT("abcX"), TEXT("ABCy"), 3) == 0 && StrCmpNI(TEXT("abcX"), TEXT("ABCy"), 4) < 0);
    CHECK(StrCmpN(TEXT("abx"), TEXT("aby"), 2) == 0 && StrCmpN(TEXT("abx"), TEXT("aby"), 3) < 0);
    CHECK(StrCmpN(TEXT("a"), TEXT("b"), 0) == 0);
    CHECK(MulDiv(10, 3, 4) == 8 && MulDiv(-10, 3, 4) == -8 && MulDiv(10, 3, -4) == -8 && MulDiv(9, 1, 4) == 2);
    CHECK(MulDiv(0x7fffffff, 2, 1) == -1 && MulDiv(1, 1, 0) == -1 && MulDiv(0x7fffffff, 96, 96) == 0x7fffffff);
    Report("GUIDs, StrCmpIW and its kin, MulDiv");
}

// The text of an error, without the end of its line.
static BOOL TextIs(DWORD error, LPCSTR expected)
{
    char text[512];
    DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, text,
        sizeof(text), NULL);

    while (length && (text[length - 1] == '\r' || text[length - 1] == '\n'))
        text[--length] = 0;
    return !strcmp(text, expected);
}

static void TestSockets(void)
{
    SOCKET nothing = INVALID_SOCKET;

    WSASetLastError(WSAECONNREFUSED);
    CHECK(WSAGetLastError() == 10061 && GetLastError() == WSAECONNREFUSED && nothing == (SOCKET) SOCKET_ERROR);
    CHECK(TextIs(WSAGetLastError(), "No connection could be made because the target machine actively refused it."));
    CHECK(TextIs(WSANOTINITIALISED,
        "Either the application has not called WSAStartup, or WSAStartup failed."));
    CHECK(TextIs(WSAHOST_NOT_FOUND, "No such host is known."));
    Report("WSAGetLastError and its texts");
}

static void TestDescriptors(void)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    SECURITY_DESCRIPTOR_RELATIVE *head;
    SID_IDENTIFIER_AUTHORITY nt = SECURITY_NT_AUTHORITY;
    PSID system = NULL, users = NULL;
    ULONG size = 0;
    ACL *acl;
    BYTE space[100];

    CHECK(ConvertStringSecurityDescriptorToSecurityDescriptor(
        TEXT("O:BAG:SYD:PAI(A;OICI;GA;;;WD)(D;;0x3;;;S-1-5-7)S:(ML;;NW;;;LW)"), SDDL_REVISION_1, &descriptor, &size));
    head = (SECURITY_DESCRIPTOR_RELATIVE *) descriptor;
    CHECK(head->Revision == 1 && (head->Control & SE_SELF_RELATIVE) && (head->Control & SE_DACL_PRESENT));
    CHECK((head->Control & SE_DACL_PROTECTED) && (head->Control & SE_SACL_PRESENT) && size > sizeof(*head));
    acl = (ACL *) ((BYTE *) descriptor + head->Dacl);
    CHECK(acl->AclRevision == ACL_REVISION && acl->AceCount == 2 && head->Dacl + acl->AclSize <= size);
    CHECK(((ACCESS_ALLOWED_ACE *) (acl + 1))->Mask == GENERIC_ALL);
    CHECK(((ACCESS_ALLOWED_ACE *) (acl + 1))->Header.AceFlags == (OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE));
    CHECK(AllocateAndInitializeSid(&nt, 1, SECURITY_LOCAL_SYSTEM_RID, 0, 0, 0, 0, 0, 0, 0, &system));
    CHECK(AllocateAndInitializeSid(&nt, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_USERS, 0, 0, 0, 0, 0, 0,
        &users));
    CHECK(IsValidSid(system) && GetLengthSid(system) == 12 && GetLengthSid(users) == 16);
    CHECK(EqualSid(system, (BYTE *) descriptor + head->Group) && !EqualSid(system, users));
    CHECK(!SetSecurityDescriptorDacl(descriptor, TRUE, NULL, FALSE) && GetLastError() == ERROR_INVALID_SECURITY_DESCR);
    CHECK(LocalFree(descriptor) == NULL);

#define FAILS(text, revision, error) \
    CHECK(!ConvertStringSecurityDescriptorToSecurityDescriptor(text, revision, &descriptor, NULL) && \
        GetLastError() == (error))
    FAILS(TEXT("D:(A;;GA;;;WD)"), 2, ERROR_UNKNOWN_REVISION);
    FAILS(NULL, SDDL_REVISION_1, ERROR_INVALID_PARAMETER);
    FAILS(TEXT("X:WD"), SDDL_REVISION_1, ERROR_INVALID_PARAMETER);
    FAILS(TEXT("D:(A;;GA;;;WD"), SDDL_REVISION_1, ERROR_INVALID_PARAMETER);
    FAILS(TEXT("D:(A;;ZZ;;;WD)"), SDDL_REVISION_1, ERROR_INVALID_PARAMETER);
    FAILS(TEXT("D:(A;;GA;;;WD)D:(A;;GA;;;WD)"), SDDL_REVISION_1, ERROR_INVALID_PARAMETER);
    FAILS(TEXT("D:(A;;GA;;;DA)"), SDDL_REVISION_1, ERROR_NONE_MAPPED);
    FAILS(TEXT("D:(A;;GA;;;S-1)"), SDDL_REVISION_1, ERROR_INVALID_SID);
    FAILS(TEXT("D:(OA;;GA;;;WD)"), SDDL_REVISION_1, ERROR_NOT_SUPPORTED);

    acl = (ACL *) space;
    CHECK(!InitializeAcl(acl, 4, ACL_REVISION) && GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    CHECK(!InitializeAcl(acl, 100, 9) && GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(InitializeAcl(acl, sizeof(ACL) + 20, ACL_REVISION));
    CHECK(!AddAccessAllowedAce(acl, ACL_REVISION, GENERIC_READ, NULL) && GetLastError() == ERROR_INVALID_SID);
    CHECK(!AddAccessAllowedAce(acl, 9, GENERIC_READ, system) && GetLastError() == ERROR_REVISION_MISMATCH);
    CHECK(!AddAccessAllowedAce(acl, ACL_REVISION, GENERIC_READ, users) &&
        GetLastError() == ERROR_ALLOTTED_SPACE_EXCEEDED);
    CHECK(AddAccessAllowedAce(acl, ACL_REVISION, GENERIC_READ, system) && acl->AceCount == 1);
    CHECK(!AllocateAndInitializeSid(&nt, 9, 0, 0, 0, 0, 0, 0, 0, 0, &users) && GetLastError() == ERROR_INVALID_SID);
    CHECK(FreeSid(system) == NULL);
    FreeSid(users);
    Report("security descriptors, access lists, SIDs");
}

static void TestPaths(void)
{
    TCHAR drive[_MAX_DRIVE], dir[_MAX_DIR], name[_MAX_FNAME], ext[_MAX_EXT], path[_MAX_PATH], small[3];

    _tsplitpath(_T("C:\\dir.x\\sub\\file.tar.gz"), drive, dir, name, ext);
    CHECK(!_tcscmp(drive, _T("C:")) && !_tcscmp(dir, _T("\\dir.x\\sub\\")));
    CHECK(!_tcscmp(name, _T("file.tar")) && !_tcscmp(ext, _T(".gz")));
    _tmakepath(path, drive, dir, name, ext);
    CHECK(!_tcscmp(path, _T("C:\\dir.x\\sub\\file.tar.gz")));
    _tsplitpath(_T("/usr/lib/x.so"), drive, dir, name, ext);
    CHECK(!drive[0] && !_tcscmp(dir, _T("/usr/lib/")) && !_tcscmp(name, _T("x")) && !_tcscmp(ext, _T(".so")));
    _tsplitpath(_T("dir.d/plain"), drive, dir, name, ext);
    CHECK(!_tcscmp(dir, _T("dir.d/")) && !_tcscmp(name, _T("plain")) && !ext[0]);
    _tmakepath(path, NULL, _T("a\\b"), _T("c"), _T("txt"));
    CHECK(!_tcscmp(path, _T("a\\b\\c.txt")));
    _tmakepath(path, NULL, _T("a/b"), _T("c"), NULL);
    CHECK(!_tcscmp(path, _T("a/b/c")));
    CHECK(_tsplitpath_s(_T("x/abcd.e"), NULL, 0, NULL, 0, small, 3, NULL, 0) == ERANGE && !small[0]);
    CHECK(_tsplitpath_s(_T("x/ab.e"), NULL, 0, NULL, 0, small, 3, NULL, 0) == 0 && !_tcscmp(small, _T("ab")));
    CHECK(_tmakepath_s(small, 3, NULL, NULL, _T("abc"), NULL) == ERANGE && !small[0]);
    Report("_splitpath, _makepath");
}

static void TestFiles(void)
{
    TCHAR directory[_MAX_PATH], old[_MAX_PATH], now[_MAX_PATH], text[32];
    struct _timeb before, after;
    FILE *stream;

    _stprintf(directory, _T("/tmp/names-%lu"), GetCurrentProcessId());
    CHECK(_tgetcwd(old, _MAX_PATH) == old && _tmkdir(directory) == 0 && _tmkdir(directory) == -1 && errno == EEXIST);
    CHECK(_tchdir(directory) == 0 && _tgetcwd(now, _MAX_PATH) && !_tcscmp(now, directory));
    stream = _tfopen(_T("one"), _T("w"));
    CHECK(stream != NULL);
    fclose(stream);
    CHECK(_trename(_T("one"), _T("two")) == 0 && _taccess(_T("two"), 0) == 0 && _taccess(_T("one"), 0) == -1);
    CHECK(_tremove(_T("two")) == 0 && _tunlink(_T("two")) == -1 && errno == ENOENT);
    CHECK(_tchdir(old) == 0 && _trmdir(directory) == 0);

    stream = _tpopen(_T("echo piped; exit 3"), _T("rt"));
    CHECK(stream != NULL && _fgetts(text, 32, stream) && !_tcscmp(text, _T("piped\n")));
    CHECK(_pclose(stream) == 3);
    CHECK(_tpopen(_T("true"), _T("x")) == NULL && errno == EINVAL);

    _ftime(&before);
    Sleep(20);
    CHECK(_ftime_s(&after) == 0 && before.millitm < 1000 && before.time >= time(NULL) - 60);
    CHECK((after.time - before.time) * 1000 + after.millitm - before.millitm >= 20);
    CHECK(before.dstflag == 0 || before.dstflag == 1);
    CHECK(_ftime_s(NULL) == EINVAL);
    Report("directories, _popen, _ftime");
}

static void TestGeneric(void)
{
    TCHAR text[32] = _T("one two"), *value = NULL, buffer[32];
    size_t length = 0;
    time_t zero = 0;

    CHECK(!_tcscmp(_tcstok(text, _T(" ")), _T("one")) && !_tcscmp(_tcstok(NULL, _T(" ")), _T("two")));
    CHECK(_tcstok(NULL, _T(" ")) == NULL);
    CHECK(!_tcscmp(_tcsset(_tcscpy(text, _T("abc")), _T('x')), _T("xxx")));
    CHECK(!_tcscmp(_tcsnset(text, _T('y'), 2), _T("yyx")) && _tcsncicmp(_T("ABc"), _T("abd"), 2) == 0);
    CHECK(_tcsupr_s(text, 32) == 0 && !_tcscmp(text, _T("YYX")) && _tcslwr_s(text, 3) == EINVAL && !text[0]);
    CHECK(_tcsicoll(_T("a"), _T("A")) == 0 && _tcslen(_tcserror(ENOENT)) > 0);
    CHECK(_tcserror_s(buffer, 5, ENOENT) == 0 && _tcslen(buffer) == 4);
    CHECK(_tcstof(_T("1.5"), NULL) == 1.5f && _tcstoll(_T("-9"), NULL, 10) == -9 && _ttof(_T("2.5")) == 2.5);
    CHECK(!_tcscmp(_i64tot(-5000000000LL, buffer, 10), _T("-5000000000")));
    CHECK(_istcntrl(_T('\n')) && _istgraph(_T('x')) && _istascii(_T('x')) && !_istlead(_T('x')));
    CHECK(_tcsinc(text) == text + 1 && _tcsdec(text, text + 1) == text && _tcsdec(text, text) == NULL);
    CHECK(_tputenv(_T("NAMES_TEST=v\x61lue")) == 0 && !_tcscmp(_tgetenv(_T("NAMES_TEST")), _T("value")));
    CHECK(_tdupenv_s(&value, &length, _T("NAMES_TEST")) == 0 && length == 6 && !_tcscmp(value, _T("value")));
    free(value);
    CHECK(_tgetenv_s(&length, buffer, 3, _T("NAMES_TEST")) == ERANGE && length == 6);
    CHECK(_tgetenv_s(&length, buffer, 32, _T("NAMES_TEST")) == 0 && !_tcscmp(buffer, _T("value")));
    CHECK(_tputenv_s(_T("NAMES_TEST"), _T("")) == 0 && _tgetenv(_T("NAMES_TEST")) == NULL);
    CHECK(_tcslen(_tctime(&zero)) == 25 && _tctime_s(buffer, 32, &zero) == 0 && _tcslen(buffer) == 25);
    CHECK(_tasctime(gmtime(&zero)) && _tasctime_s(buffer, 32, gmtime(&zero)) == 0);
    CHECK(!_tcscmp(buffer, _T("Thu Jan  1 00:00:00 1970\n")));
    Report("the rest of tchar.h");
}

int _tmain(void)
{
    TestVersion();
    TestMachine();
    TestModule();
    TestCommandLine();
    TestStrings();
    TestSockets();
    TestDescriptors();
    TestPaths();
    TestFiles();
    TestGeneric();
    printf("1..%d\n", number);
    return 0;
}
