// SPDX-License-Identifier: GPL-2.0-only
// A mailslot server as C# programs for Windows are written: kernel32.dll, SetLastError, an own SafeHandle.
using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Microsoft.Win32.SafeHandles;

internal sealed class SafeMailslotHandle : SafeHandleZeroOrMinusOneIsInvalid
{
	private SafeMailslotHandle() : base(true) { }

	protected override bool ReleaseHandle()
	{
		return NativeMethods.CloseHandle(handle);
	}
}

internal static class NativeMethods
{
	public const int MAILSLOT_NO_MESSAGE = -1;

	[DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
	public static extern SafeMailslotHandle CreateMailslot(string name, uint maxMessageSize, uint readTimeout,
		IntPtr securityAttributes);

	[StructLayout(LayoutKind.Sequential)]
	public struct SECURITY_ATTRIBUTES
	{
		public int nLength;
		public IntPtr lpSecurityDescriptor;
		[MarshalAs(UnmanagedType.Bool)] public bool bInheritHandle;
	}

	[DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
	public static extern SafeMailslotHandle CreateMailslot(string name, uint maxMessageSize, uint readTimeout,
		ref SECURITY_ATTRIBUTES securityAttributes);

	[DllImport("advapi32.dll", CharSet = CharSet.Auto, SetLastError = true)]
	[return: MarshalAs(UnmanagedType.Bool)]
	public static extern bool ConvertStringSecurityDescriptorToSecurityDescriptor(string text, int revision,
		out IntPtr securityDescriptor, IntPtr size);

	[DllImport("kernel32.dll")]
	public static extern IntPtr LocalFree(IntPtr memory);

	[DllImport("kernel32.dll", SetLastError = true)]
	[return: MarshalAs(UnmanagedType.Bool)]
	public static extern bool GetMailslotInfo(SafeMailslotHandle mailslot, IntPtr maxMessageSize, out int nextSize,
		out int messageCount, IntPtr readTimeout);

	[DllImport("kernel32.dll", SetLastError = true)]
	[return: MarshalAs(UnmanagedType.Bool)]
	public static extern bool ReadFile(SafeMailslotHandle file, byte[] buffer, int size, out int read, IntPtr overlapped);

	[DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
	public static extern IntPtr CreateMutex(IntPtr securityAttributes, bool initialOwner, string name);

	[DllImport("kernel32.dll", SetLastError = true)]
	[return: MarshalAs(UnmanagedType.Bool)]
	public static extern bool CloseHandle(IntPtr handle);
}

internal static class Server
{
	const string Name = @"\\.\mailslot\kernel32\csharp";

	static int Main()
	{
		IntPtr mutex = NativeMethods.CreateMutex(IntPtr.Zero, false, "kernel32-csharp");
		IntPtr again = NativeMethods.CreateMutex(IntPtr.Zero, false, "kernel32-csharp");
		Console.WriteLine("CreateMutex again: {0}", Marshal.GetLastWin32Error());
		NativeMethods.CloseHandle(again);
		NativeMethods.CloseHandle(mutex);

		using (SafeMailslotHandle slot = NativeMethods.CreateMailslot(Name + "-errors", 0, 0, IntPtr.Zero)) {
			int read;

			if (NativeMethods.CreateMailslot(Name + "-errors", 0, 0, IntPtr.Zero).IsInvalid)
				Console.WriteLine("CreateMailslot again: {0}", Marshal.GetLastWin32Error());
			if (NativeMethods.CreateMailslot("blah", 0, 0, IntPtr.Zero).IsInvalid)
				Console.WriteLine("CreateMailslot blah: {0}", Marshal.GetLastWin32Error());
			if (!NativeMethods.ReadFile(slot, new byte[2], 2, out read, IntPtr.Zero))
				Console.WriteLine("ReadFile, empty: {0}", Marshal.GetLastWin32Error());
		}
		NativeMethods.SECURITY_ATTRIBUTES attributes = new NativeMethods.SECURITY_ATTRIBUTES();
		attributes.nLength = Marshal.SizeOf(attributes);
		if (!NativeMethods.ConvertStringSecurityDescriptorToSecurityDescriptor("D:(A;;GRGW;;;WD)", 1,
				out attributes.lpSecurityDescriptor, IntPtr.Zero))
			throw new Win32Exception(Marshal.GetLastWin32Error());
		using (SafeMailslotHandle slot = NativeMethods.CreateMailslot(Name, 0, 0, ref attributes)) {
			NativeMethods.LocalFree(attributes.lpSecurityDescriptor);
			if (slot.IsInvalid)
				throw new Win32Exception(Marshal.GetLastWin32Error());
			while (ReadMessage(slot) != "quit")
				;
		}
		Console.WriteLine("closed");
		return 0;
	}

	static bool toldSmall;

	static string ReadMessage(SafeMailslotHandle slot)
	{
		int next, count, read;
		byte[] buffer = new byte[2];

		for (;;) {
			if (!NativeMethods.GetMailslotInfo(slot, IntPtr.Zero, out next, out count, IntPtr.Zero))
				throw new Win32Exception();
			if (next != NativeMethods.MAILSLOT_NO_MESSAGE)
				break;
			Thread.Sleep(50);
		}
		if (!toldSmall && !NativeMethods.ReadFile(slot, buffer, buffer.Length, out read, IntPtr.Zero)) {
			Console.WriteLine("ReadFile, small: {0}", Marshal.GetLastWin32Error());
			toldSmall = true;
		}
		buffer = new byte[next];
		if (!NativeMethods.ReadFile(slot, buffer, buffer.Length, out read, IntPtr.Zero))
			throw new Win32Exception();
		string message = Encoding.Unicode.GetString(buffer, 0, read);
		Console.WriteLine("message: {0}", message);
		return message;
	}
}
