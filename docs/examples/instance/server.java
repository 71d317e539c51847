// SPDX-License-Identifier: 0BSD
/*
 * A mailslot server in Java for a slot of an instance: opening makes the slot; prints each message, and ends after COUNT.
 *
 *	java docs/examples/instance/server.java PATH [COUNT]
 *
 * PATH is below a mount of type mailslot, as /run/slots/log.
 */
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

final class InstanceServer {
	public static void main(String[] arguments) throws IOException {
		Path path = Path.of(arguments[0]);
		long count = arguments.length > 1 ? Long.parseLong(arguments[1]) : Long.MAX_VALUE;
		ByteBuffer buffer = ByteBuffer.allocate(65536);
		PrintStream output = System.out;

		// CREATE_NEW counts only with WRITE; the server end takes no messages all the same.
		try (ByteChannel slot = Files.newByteChannel(path, CREATE_NEW, READ, WRITE)) {
			// Others may write, whatever the umask says.
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw--w--w-"));
			for (long number = 1; number <= count; number++) {
				buffer.clear();
				// -1, else the end of a file, is an empty message: a slot has no end.
				int length = Math.max(slot.read(buffer), 0);
				int text = length;

				// A line's end, as echo writes it, is not worth a line of ours.
				if (text > 0 && buffer.get(text - 1) == '\n')
					text--;
				String head = "message " + number + ", " + length + " bytes: ";
				output.write(head.getBytes(StandardCharsets.UTF_8));
				output.write(buffer.array(), 0, text);
				output.write('\n');
				output.flush();
			}
		}
	}
}
