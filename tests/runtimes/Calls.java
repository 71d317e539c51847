// SPDX-License-Identifier: GPL-2.0-only
import java.io.FileOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Java's ways to write the file TEXT into SLOT, for `run.py`: Calls CALL. */
class Calls {
    public static void main(String[] arguments) throws Exception {
        Path slot = Path.of(System.getenv("SLOT"));
        byte[] text = Files.readAllBytes(Path.of(System.getenv("TEXT")));
        switch (arguments[0]) {
        case "Files.write":
            Files.write(slot, text);
            break;
        case "Files.copy":
            Files.copy(Path.of(System.getenv("TEXT")), Files.newOutputStream(slot));
            break;
        case "FileOutputStream":
        case "append":
            try (FileOutputStream out = new FileOutputStream(slot.toFile(), arguments[0].equals("append"))) {
                out.write(text);
            }
            break;
        default:
            try (FileChannel out = FileChannel.open(slot, StandardOpenOption.WRITE)) {
                out.write(ByteBuffer.wrap(text));
                if (arguments[0].equals("sync")) {
                    out.force(true);
                }
            }
        }
    }
}
