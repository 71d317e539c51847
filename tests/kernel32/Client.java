// SPDX-License-Identifier: GPL-2.0-only
// A mailslot client as Java programs for Windows are written: with the class Kernel32 of JNA's platform library.
import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.WinBase;
import com.sun.jna.platform.win32.WinError;
import com.sun.jna.platform.win32.WinNT;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import com.sun.jna.ptr.IntByReference;
import java.nio.charset.StandardCharsets;

public class Client {
	static HANDLE open() {
		return Kernel32.INSTANCE.CreateFile("\\\\.\\mailslot\\kernel32\\java", WinNT.GENERIC_WRITE, WinNT.FILE_SHARE_READ,
				null, WinNT.OPEN_EXISTING, WinNT.FILE_ATTRIBUTE_NORMAL, null);
	}

	public static void main(String[] messages) throws Exception {
		boolean told = false;
		HANDLE slot;

		while (WinBase.INVALID_HANDLE_VALUE.equals(slot = open())) {
			int error = Kernel32.INSTANCE.GetLastError();

			if (!told)
				System.out.println("CreateFile: " + error);
			told = true;
			if (error != WinError.ERROR_FILE_NOT_FOUND)
				System.exit(1);
			Thread.sleep(100);
		}
		for (String message : messages) {
			byte[] bytes = message.getBytes(StandardCharsets.UTF_16LE);
			IntByReference written = new IntByReference();

			if (!Kernel32.INSTANCE.WriteFile(slot, bytes, bytes.length, written, null)) {
				System.out.println("WriteFile: " + Kernel32.INSTANCE.GetLastError());
				System.exit(1);
			}
			System.out.println("sent " + written.getValue() + " bytes");
		}
		Kernel32.INSTANCE.CloseHandle(slot);
	}
}
