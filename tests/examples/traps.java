// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Java's classes make of a slot, for `traps.py`: run with the name of a slot whose longest message is 64 bytes, of one
 * that takes 64 KiB, and of one that is not there; with the server end of a fourth as standard input.
 */
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

final class Traps {
	private static FileChannel open(String name) throws IOException {
		return FileChannel.open(Path.of("/dev/mailslot", name), StandardOpenOption.WRITE);
	}

	public static void main(String[] names) throws Exception {
		byte[] buffer = new byte[65536];

		try (FileChannel slot = open(names[0])) {
			System.out.println("empty write: " + slot.write(ByteBuffer.allocate(0)));
			try {
				slot.write(ByteBuffer.allocate(65));
			} catch (IOException error) {
				System.out.println("too long: " + error.getMessage());
			}
			slot.write(ByteBuffer.wrap("end".getBytes()));
			for (;;) {
				slot.write(ByteBuffer.allocate(1));
				Thread.sleep(10);
			}
		} catch (IOException error) {
			System.out.println("gone: " + error.getMessage());
		}

		Files.write(Path.of("/dev/mailslot", names[1]), new byte[20000]);
		try (FileOutputStream stream = new FileOutputStream("/dev/mailslot/" + names[1])) {
			stream.write(new byte[20000]);
			stream.write(new byte[0]);
		}
		try (FileOutputStream stream = new FileOutputStream("/dev/mailslot/" + names[2])) {
			stream.write(1);
		}

		// What waits there: "one", "two", an empty message, 8193 bytes; then none within the slot's timeout.
		System.out.println("System.in: " + System.in.read(buffer));
		System.out.println("empty read: " + System.in.read(buffer));
		try {
			new BufferedReader(new InputStreamReader(System.in)).readLine();
		} catch (IOException error) {
			System.out.println("long line: " + error.getMessage());
		}
		FileInputStream input = new FileInputStream(FileDescriptor.in);
		input.read(buffer);
		try {
			input.read(buffer);
		} catch (IOException error) {
			System.out.println("timed out: " + error.getMessage());
		}
	}
}
