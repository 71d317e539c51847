// SPDX-License-Identifier: 0BSD
/*
 * A mailslot client in C++17: each TEXT is one message; without TEXT standard input is one,
 * whatever bytes it has.  It writes with write(2): a stream would merge and split messages.
 *
 *	c++ -std=c++17 -o client client.cpp
 *	./client NAME [TEXT...]
 */
#include <cerrno>
#include <exception>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

class Slot {
public:
	explicit Slot(const std::string &name)
		: path("/dev/mailslot/" + name), fd(open(path.c_str(), O_WRONLY | O_CLOEXEC))
	{
		if (fd < 0)
			throw std::system_error(errno, std::generic_category(), path);
	}
	~Slot() { close(fd); }
	Slot(const Slot &) = delete;
	Slot &operator=(const Slot &) = delete;

	void send(std::string_view message)
	{
		/* All of it or nothing: there is no rest to write. */
		if (write(fd, message.data(), message.size()) < 0)
			throw std::system_error(errno, std::generic_category(), path);
	}

private:
	std::string path;
	int fd;
};

int main(int argc, char **argv)
try {
	if (argc < 2) {
		std::cerr << "usage: " << argv[0] << " NAME [TEXT...]\n";
		return 2;
	}
	Slot slot(argv[1]);

	for (int i = 2; i < argc; i++)
		slot.send(argv[i]);
	if (argc == 2)
		slot.send(std::string(std::istreambuf_iterator<char>(std::cin), {}));
	return 0;
} catch (const std::exception &error) {
	std::cerr << error.what() << '\n';
	return 1;
}
