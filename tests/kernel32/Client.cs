// SPDX-License-Identifier: GPL-2.0-only
// A mailslot client as C# programs for Windows are written, with plain IntPtr handles and CharSet.Auto.
using System;
using System.Runtime.InteropServices;
using System.Text;

class Client
{
	const uint GENERIC_WRITE = 0x40000000;
	const uint FILE_SHARE_READ = 1;
	const uint OPEN_EXISTING = 3;
	const int ERROR_FILE_NOT_FOUND = 2;
	static readonly IntPtr INVALID_HANDLE_VALUE = new IntPtr(-1);

	[DllImport("Kernel32.dll", CharSet = CharSet.Auto, SetLastError = true)]
	static extern IntPtr CreateFile(string fileName, uint access, uint share, IntPtr securityAttributes,
		uint creationDisposition, uint flagsAndAttributes, IntPtr templateFile);

	[DllImport("Kernel32.dll", SetLastError = true)]
	static extern bool WriteFile(IntPtr file, byte[] buffer, uint size, out uint written, IntPtr overlapped);

	[DllImport("Kernel32.dll")]
	static extern bool CloseHandle(IntPtr handle);

	[DllImport("Kernel32.dll")]
	static extern void Sleep(uint milliseconds);

	static int Main(string[] messages)
	{
		bool told = false;
		IntPtr slot;

		while ((slot = CreateFile(@"\\.\mailslot\kernel32\csharp", GENERIC_WRITE, FILE_SHARE_READ, IntPtr.Zero,
					  OPEN_EXISTING, 0, IntPtr.Zero)) == INVALID_HANDLE_VALUE) {
			int error = Marshal.GetLastWin32Error();

			if (!told)
				Console.WriteLine("CreateFile: {0}", error);
			told = true;
			if (error != ERROR_FILE_NOT_FOUND)
				return 1;
			Sleep(100);
		}
		foreach (string message in messages) {
			byte[] bytes = Encoding.Unicode.GetBytes(message);
			uint written;

			if (!WriteFile(slot, bytes, (uint)bytes.Length, out written, IntPtr.Zero)) {
				Console.WriteLine("WriteFile: {0}", Marshal.GetLastWin32Error());
				return 1;
			}
			Console.WriteLine("sent {0} bytes", written);
		}
		CloseHandle(slot);
		return 0;
	}
}
