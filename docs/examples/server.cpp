// SPDX-License-Identifier: 0BSD
/*
 * A mailslot server in C++17 on the kernel's own interface: makes the slot, prints each message with
 * its sender, and ends after COUNT.
 *
 *	c++ -std=c++17 -o server server.cpp
 *	./server NAME [COUNT]
 */
#include <cerrno>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <linux/mailslot.h>
#include <pwd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

class Server {
public:
	struct Message {
		std::string_view bytes;		/* until the next receive() */
		std::uint64_t sequence;
		pid_t pid;
		uid_t uid;
	};

	/* A new slot that everybody may write to. */
	explicit Server(const std::string &name, std::uint32_t longest = 65536) : buffer(longest)
	{
		mailslot_create create = {};

		if (name.size() >= sizeof(create.name))
			throw std::system_error(ENAMETOOLONG, std::generic_category(), name);
		name.copy(create.name, name.size());
		create.mode = 0666;
		/* What the buffer cannot take is refused when it is written. */
		create.max_message_size = longest;
		create.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;

		int control = open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
		umask(0);
		fd = control < 0 ? -1 : ioctl(control, MAILSLOT_IOC_CREATE, &create);
		int error = errno;
		if (control >= 0)
			close(control);
		if (fd < 0)
			throw std::system_error(error, std::generic_category(), name);
	}
	~Server() { close(fd); }
	Server(const Server &) = delete;
	Server &operator=(const Server &) = delete;

	Message receive()
	{
		mailslot_recv_msg message = {};
		mailslot_receive request = {};

		message.buffer = reinterpret_cast<std::uintptr_t>(buffer.data());
		message.capacity = buffer.size();
		request.messages = reinterpret_cast<std::uintptr_t>(&message);
		request.count = 1;
		request.message_size = sizeof(message);
		if (ioctl(fd, MAILSLOT_IOC_RECEIVE, &request) < 0)
			throw std::system_error(errno, std::generic_category(), "receive");
		return { { buffer.data(), message.length }, message.sequence,
			 static_cast<pid_t>(message.pid), message.uid };
	}

private:
	std::vector<char> buffer;
	int fd = -1;
};

static std::string user_name(uid_t uid)
{
	const passwd *user = getpwuid(uid);

	return user ? user->pw_name : std::to_string(uid);
}

int main(int argc, char **argv)
try {
	if (argc < 2) {
		std::cerr << "usage: " << argv[0] << " NAME [COUNT]\n";
		return 2;
	}
	Server server(argv[1]);

	std::cout << "listening on " MAILSLOT_DIR "/" << argv[1] << std::endl;
	for (long left = argc > 2 ? std::stol(argv[2]) : -1; left; left--) {
		Server::Message message = server.receive();
		std::string_view text = message.bytes;

		/* A line's end, as echo writes it, is not worth a line of ours. */
		if (!text.empty() && text.back() == '\n')
			text.remove_suffix(1);
		std::cout << "message " << message.sequence << " from process " << message.pid << ", user "
			  << user_name(message.uid) << ", " << message.bytes.size() << " bytes: " << text
			  << std::endl;
	}
	return 0;
} catch (const std::exception &error) {
	std::cerr << error.what() << '\n';
	return 1;
}
