// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Windows program in C++: a server that prints the lines it gets through every
 * kind of output there is, one after the other, and none may be lost.
 */
#include <Windows.h>
#include <tchar.h>
#include <iostream>
#include <string>
#include <vector>

typedef std::basic_string<TCHAR> tstring;

#ifdef UNICODE
#define tcout std::wcout
#else
#define tcout std::cout
#endif

class Slot
{
public:
    explicit Slot(const tstring &name) : handle_(CreateMailslot(name.c_str(), 400, 5000, NULL)) {}
    ~Slot()
    {
        if (IsOpen())
            CloseHandle(handle_);
    }
    bool IsOpen() const { return handle_ != INVALID_HANDLE_VALUE; }

    bool Read(tstring &line)
    {
        std::vector<TCHAR> buffer(401);
        DWORD read = 0;

        if (!ReadFile(handle_, &buffer[0], 400, &read, NULL))
            return false;
        line.assign(&buffer[0], read / sizeof(TCHAR));
        return true;
    }

private:
    HANDLE handle_;
};

int _tmain(int argc, _TCHAR *argv[])
{
    Slot slot(argc > 1 ? argv[1] : _T("\\\\.\\mailslot\\app\\log"));
    tstring line;
    int n = 0;

    if (!slot.IsOpen())
    {
        std::cerr << "error " << GetLastError() << std::endl;
        return 1;
    }
    std::cout << "ready" << std::endl;
    while (slot.Read(line) && line != _T("stop"))
    {
        switch (n++ % 4)
        {
        case 0:
            tcout << _T("stream: ") << line << std::endl;
            break;
        case 1:
            _tprintf(_T("printf: %s\n"), line.c_str());
            break;
        case 2:
            std::wcout << L"wide stream: " << line.length() << L" characters" << std::endl;
            break;
        default:
            std::cout << "narrow stream: " << line.length() << " characters" << std::endl;
        }
    }
    std::cout << n << " lines, last error " << GetLastError() << std::endl;
    return 0;
}
