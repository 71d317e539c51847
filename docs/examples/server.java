// SPDX-License-Identifier: 0BSD
/*
 * A mailslot server in Java: prints each message it reads, and ends after COUNT. Java has no ioctl, so the mailslot
 * command makes the slot and hands it over as standard input:
 *
 *	mailslot create -m 666 -M 64K NAME -- java docs/examples/server.java [COUNT]
 *
 * It reads the descriptor itself: System.in makes one of the messages that wait.
 */
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

final class Server {
	public static void main(String[] arguments) throws IOException {
		long count = arguments.length > 0 ? Long.parseLong(arguments[0]) : Long.MAX_VALUE;
		byte[] buffer = new byte[65536];
		FileInputStream slot = new FileInputStream(FileDescriptor.in);
		PrintStream output = System.out;

		for (long number = 1; number <= count; number++) {
			// -1, else the end of a file, is an empty message: a slot has no end.
			int length = Math.max(slot.read(buffer), 0);
			int text = length;

			// A line's end, as echo writes it, is not worth a line of ours.
			if (text > 0 && buffer[text - 1] == '\n')
				text--;
			String head = "message " + number + ", " + length + " bytes: ";
			output.write(head.getBytes(StandardCharsets.UTF_8));
			output.write(buffer, 0, text);
			output.write('\n');
			output.flush();
		}
	}
}
