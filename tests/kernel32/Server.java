// SPDX-License-Identifier: GPL-2.0-only
// A mailslot server as Java programs for Windows are written: JNA, an interface that extends StdCallLibrary, Unicode names
// as Strings, and LastErrorException in the declaration of what must not fail.
import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.win32.StdCallLibrary;
import com.sun.jna.win32.W32APIOptions;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

public class Server {
	interface Kernel32 extends StdCallLibrary {
		Kernel32 INSTANCE = Native.load("kernel32", Kernel32.class, W32APIOptions.DEFAULT_OPTIONS);

		Pointer CreateMailslot(String name, int maxMessageSize, int readTimeout, Pointer securityAttributes);
		boolean GetMailslotInfo(Pointer slot, IntByReference maxMessageSize, IntByReference nextSize,
				IntByReference messageCount, IntByReference readTimeout) throws LastErrorException;
		boolean ReadFile(Pointer file, byte[] buffer, int size, IntByReference read, Pointer overlapped)
				throws LastErrorException;
		boolean CloseHandle(Pointer handle) throws LastErrorException;
	}

	static final String NAME = "\\\\.\\mailslot\\kernel32\\java";
	static final Pointer INVALID_HANDLE_VALUE = Pointer.createConstant(-1L);
	static final int MAILSLOT_NO_MESSAGE = -1;
	static final Kernel32 kernel32 = Kernel32.INSTANCE;
	static PrintStream out;

	static void read(Pointer slot, int size, String what) {
		try {
			kernel32.ReadFile(slot, new byte[size], size, new IntByReference(), null);
		} catch (LastErrorException e) {
			out.println(what + ": " + e.getErrorCode());
		}
	}

	public static void main(String[] arguments) throws Exception {
		boolean told = false;
		String message;

		out = new PrintStream(System.out, true, "UTF-8");
		Pointer slot = kernel32.CreateMailslot(NAME + "-errors", 0, 0, null);
		if (INVALID_HANDLE_VALUE.equals(kernel32.CreateMailslot(NAME + "-errors", 0, 0, null)))
			out.println("CreateMailslot again: " + Native.getLastError());
		if (INVALID_HANDLE_VALUE.equals(kernel32.CreateMailslot("blah", 0, 0, null)))
			out.println("CreateMailslot blah: " + Native.getLastError());
		read(slot, 2, "ReadFile, empty");
		kernel32.CloseHandle(slot);
		slot = kernel32.CreateMailslot(NAME, 0, 0, null);
		if (INVALID_HANDLE_VALUE.equals(slot))
			throw new LastErrorException(Native.getLastError());
		do {
			IntByReference next = new IntByReference(), read = new IntByReference();

			for (;;) {
				kernel32.GetMailslotInfo(slot, null, next, null, null);
				if (next.getValue() != MAILSLOT_NO_MESSAGE)
					break;
				Thread.sleep(50);
			}
			if (!told)
				read(slot, 2, "ReadFile, small");
			told = true;
			byte[] buffer = new byte[next.getValue()];
			kernel32.ReadFile(slot, buffer, buffer.length, read, null);
			message = new String(buffer, 0, read.getValue(), StandardCharsets.UTF_16LE);
			out.println("message: " + message);
		} while (!message.equals("quit"));
		kernel32.CloseHandle(slot);
		out.println("closed");
	}
}
