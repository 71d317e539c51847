// SPDX-License-Identifier: 0BSD
/*
 * A mailslot client in Java: each TEXT is one message; without TEXT standard input is one, whatever bytes it has.
 * It writes by a channel: FileOutputStream would leave a file where there is no slot. Java sends no empty message.
 *
 *	java client.java NAME [TEXT...]
 */
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

final class Client {
	public static void main(String[] arguments) {
		if (arguments.length < 1) {
			System.err.println("usage: java client.java NAME [TEXT...]");
			System.exit(2);
		}
		Path path = Path.of("/dev/mailslot", arguments[0]);
		try (FileChannel slot = FileChannel.open(path, StandardOpenOption.WRITE)) {
			for (int i = 1; i < arguments.length; i++)
				slot.write(ByteBuffer.wrap(arguments[i].getBytes(StandardCharsets.UTF_8)));
			if (arguments.length == 1)
				slot.write(ByteBuffer.wrap(System.in.readAllBytes()));
		} catch (FileSystemException error) {
			System.err.println(error);
			System.exit(1);
		} catch (IOException error) {
			System.err.println(path + ": " + error.getMessage());
			System.exit(1);
		}
	}
}
