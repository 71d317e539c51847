-- SPDX-License-Identifier: GPL-2.0-only
-- A mailslot server as LuaJIT programs for Windows are written, with wide names made by MultiByteToWideChar.
local ffi = require('ffi')
ffi.cdef[[
typedef void *HANDLE;
typedef uint32_t DWORD;
typedef int BOOL;
typedef uint16_t WCHAR;
HANDLE CreateMailslotW(const WCHAR *name, DWORD max, DWORD timeout, void *security);
BOOL GetMailslotInfo(HANDLE slot, DWORD *max, DWORD *next, DWORD *count, DWORD *timeout);
BOOL ReadFile(HANDLE file, void *buffer, DWORD size, DWORD *read, void *overlapped);
BOOL CloseHandle(HANDLE handle);
DWORD GetLastError(void);
void Sleep(DWORD milliseconds);
int MultiByteToWideChar(unsigned int page, DWORD flags, const char *text, int length, WCHAR *wide, int size);
int WideCharToMultiByte(unsigned int page, DWORD flags, const WCHAR *wide, int length, char *text, int size,
			const char *substitute, BOOL *substituted);
]]
local C = ffi.load('kernel32')
local CP_UTF8 = 65001
local INVALID_HANDLE_VALUE = ffi.cast('HANDLE', -1)
local MAILSLOT_NO_MESSAGE = 0xFFFFFFFF
local NAME = [[\\.\mailslot\kernel32\lua]]

local function wide(text)
	local size = C.MultiByteToWideChar(CP_UTF8, 0, text, -1, nil, 0)
	local buffer = ffi.new('WCHAR[?]', size)
	C.MultiByteToWideChar(CP_UTF8, 0, text, -1, buffer, size)
	return buffer
end

local function narrow(units, count)
	local size = C.WideCharToMultiByte(CP_UTF8, 0, units, count, nil, 0, nil, nil)
	local buffer = ffi.new('char[?]', size)
	C.WideCharToMultiByte(CP_UTF8, 0, units, count, buffer, size, nil, nil)
	return ffi.string(buffer, size)
end

local function create(name)
	return C.CreateMailslotW(wide(name), 0, 0, nil)
end

local slot = create(NAME .. '-errors')
if create(NAME .. '-errors') == INVALID_HANDLE_VALUE then
	print('CreateMailslot again: ' .. ffi.errno())
end
if create('blah') == INVALID_HANDLE_VALUE then
	print('CreateMailslot blah: ' .. ffi.errno())
end
local read, following, small = ffi.new('DWORD[1]'), ffi.new('DWORD[1]'), ffi.new('char[2]')
if C.ReadFile(slot, small, 2, read, nil) == 0 then
	print('ReadFile, empty: ' .. ffi.errno())
end
C.CloseHandle(slot)
slot = create(NAME)
assert(slot ~= INVALID_HANDLE_VALUE, C.GetLastError())
local told, message
repeat
	while true do
		assert(C.GetMailslotInfo(slot, nil, following, nil, nil) ~= 0)
		if following[0] ~= MAILSLOT_NO_MESSAGE then
			break
		end
		C.Sleep(50)
	end
	if not told and C.ReadFile(slot, small, 2, read, nil) == 0 then
		print('ReadFile, small: ' .. C.GetLastError())
	end
	told = true
	local buffer = ffi.new('WCHAR[?]', following[0] / 2)
	assert(C.ReadFile(slot, buffer, following[0], read, nil) ~= 0)
	message = narrow(buffer, read[0] / 2)
	print('message: ' .. message)
until message == 'quit'
C.CloseHandle(slot)
print('closed')
