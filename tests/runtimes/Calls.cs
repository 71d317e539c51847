// SPDX-License-Identifier: GPL-2.0-only
using System;
using System.IO;

/// C#'s ways to write the file TEXT into SLOT, for `run.py`: Calls CALL. Console's output is the slot already.
class Calls {
	static void Main(string[] arguments)
	{
		string slot = Environment.GetEnvironmentVariable("SLOT");
		string text = File.ReadAllText(Environment.GetEnvironmentVariable("TEXT"));

		switch (arguments[0]) {
		case "Console":
			Console.Write(text);
			break;
		case "File.WriteAllText":
			File.WriteAllText(slot, text);
			break;
		case "append":
			File.AppendAllText(slot, text);
			break;
		default:
			using (var file = new FileStream(slot, FileMode.Open, FileAccess.Write)) {
				byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);

				file.Write(bytes, 0, bytes.Length);
				file.Flush(arguments[0] == "sync");
			}
			break;
		}
	}
}
