-- SPDX-License-Identifier: GPL-2.0-only
-- A mailslot client as LuaJIT programs for Windows are written, with narrow names; the name of the library
-- is that of the file on Windows.
local ffi = require('ffi')
ffi.cdef[[
void *CreateFileA(const char *name, uint32_t access, uint32_t share, void *security, uint32_t disposition,
		  uint32_t flags, void *template);
int WriteFile(void *file, const void *buffer, uint32_t size, uint32_t *written, void *overlapped);
int CloseHandle(void *handle);
uint32_t GetLastError(void);
void Sleep(uint32_t milliseconds);
int MultiByteToWideChar(unsigned int page, uint32_t flags, const char *text, int length, uint16_t *wide, int size);
]]
local kernel32 = ffi.load('kernel32.dll')
local INVALID_HANDLE_VALUE = ffi.cast('void *', -1)
local told, slot

io.stdout:setvbuf('no')
repeat
	slot = kernel32.CreateFileA([[\\.\mailslot\kernel32\lua]], 0x40000000, 1, nil, 3, 0, nil)
	if slot == INVALID_HANDLE_VALUE then
		local code = kernel32.GetLastError()

		if not told then
			print('CreateFile: ' .. code)
		end
		told = true
		if code ~= 2 then
			os.exit(1)
		end
		kernel32.Sleep(100)
	end
until slot ~= INVALID_HANDLE_VALUE
for _, message in ipairs(arg) do
	local units = ffi.new('uint16_t[?]', #message)
	local written = ffi.new('uint32_t[1]')
	local count = kernel32.MultiByteToWideChar(65001, 0, message, #message, units, #message)

	if kernel32.WriteFile(slot, units, 2 * count, written, nil) == 0 then
		print('WriteFile: ' .. kernel32.GetLastError())
		os.exit(1)
	end
	print('sent ' .. written[0] .. ' bytes')
end
kernel32.CloseHandle(slot)
