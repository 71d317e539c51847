/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * std::wcout, wcerr, wclog and wcin on narrow streams, so that their output is not
 * lost beside that of cout and printf (see win32/stdio.h).  C++ only.
 */
#ifndef MAILSLOT_WIN32_IOSTREAM_H
#define MAILSLOT_WIN32_IOSTREAM_H

#if defined(__cplusplus) && !defined(MAILSLOT_WIN32_PLAIN_STDIO)

#include "win32/stdio.h"

extern "C++" {
#include <iostream>
#include <streambuf>

namespace mailslot_win32 {

class wide_buffer : public std::wstreambuf {
public:
	explicit wide_buffer(FILE *stream) : stream_(stream), last_(WEOF) {}

protected:
	int_type overflow(int_type c) override
	{
		wchar_t w = traits_type::to_char_type(c);

		if (traits_type::eq_int_type(c, traits_type::eof()))
			return traits_type::not_eof(c);
		return win32_fwrite_wide(&w, 1, stream_) == 1 ? c : traits_type::eof();
	}

	std::streamsize xsputn(const wchar_t *text, std::streamsize length) override
	{
		return static_cast<std::streamsize>(
			win32_fwrite_wide(text, static_cast<size_t>(length), stream_));
	}

	int sync() override
	{
		return std::fflush(stream_);
	}

	int_type underflow() override
	{
		wint_t c = win32_fgetwc(stream_);

		return c == WEOF ? traits_type::eof() : win32_ungetwc(c, stream_);
	}

	int_type uflow() override
	{
		return last_ = win32_fgetwc(stream_);
	}

	int_type pbackfail(int_type c) override
	{
		if (traits_type::eq_int_type(c, traits_type::eof()))
			c = last_;
		last_ = WEOF;
		return c == WEOF ? traits_type::eof() : win32_ungetwc(c, stream_);
	}

private:
	FILE *stream_;
	int_type last_;
};

/* The buffers are never freed: the streams are flushed after all destructors. */
inline bool take_over_wide_streams()
{
	std::wcin.rdbuf(new wide_buffer(stdin));
	std::wcout.rdbuf(new wide_buffer(stdout));
	std::wcerr.rdbuf(new wide_buffer(stderr));
	std::wclog.rdbuf(new wide_buffer(stderr));
	return true;
}

inline bool wide_streams()
{
	static bool taken = take_over_wide_streams();

	return taken;
}

static const bool wide_streams_taken __attribute__((unused)) = wide_streams();

}
}

#endif

#endif /* MAILSLOT_WIN32_IOSTREAM_H */
