// SPDX-License-Identifier: LGPL-2.1-or-later
// JNA's interface of this name, for Linux. In JNA's own, every function has Windows' calling convention for 32 bits, and
// each call throws where that does not exist. Here it is an ordinary library with the same names. The file comes before
// jna.jar in the class path, so that programs that extend StdCallLibrary run unchanged.
package com.sun.jna.win32;

import com.sun.jna.Callback;
import com.sun.jna.Function;
import com.sun.jna.FunctionMapper;
import com.sun.jna.Library;

public interface StdCallLibrary extends Library {
	/** The calling convention that a program may ask for by this name. */
	int STDCALL_CONVENTION = Function.C_CONVENTION;

	/** Names without the decoration that 32-bit functions have on Windows. */
	FunctionMapper FUNCTION_MAPPER = new StdCallFunctionMapper();

	/** A function of the program's that the library calls. */
	interface StdCallCallback extends Callback {
	}
}
