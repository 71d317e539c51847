#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Boost.Interprocess makes shared memory that ignores the umask: under umask 077 a message_queue (and a managed_shared_memory) without
# permissions of its own has mode 0644, so that every user of the machine can read the messages that wait; shm_open(3) with 0644, and mq_open(3),
# give 0600. The library calls fchmod(2) after shm_open(3). Only an argument of class permissions gives another mode. Boost 1.74.0 of Debian 12.
# Guessed before: the umask is applied, as by open(2), shm_open(3) and mq_open(3), so the queue is its maker's alone.
set -eu

VERSION=1.74.0+ds1-21
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v g++ > /dev/null || { echo 'g++ is needed' >&2; exit 4; }
apt-get -q -o APT::Sandbox::User=root download "libboost1.74-dev=$VERSION" > /dev/null
dpkg-deb -x ./*.deb root
cat > modes.cpp <<'CPP'
#include <boost/interprocess/ipc/message_queue.hpp>
#include <boost/interprocess/managed_shared_memory.hpp>
#include <cstdio>
#include <fcntl.h>
#include <mqueue.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace boost::interprocess;

static void tell(const char *what, int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		perror(what);
	else
		printf("%s %04o\n", what, st.st_mode & 07777);
}

int main()
{
	std::string name = "finding-" + std::to_string(getpid()), posix = "/" + name;

	umask(077);
	{
		message_queue queue(create_only, name.c_str(), 4, 16);
		tell("message_queue", shm_open(posix.c_str(), O_RDONLY, 0));
		message_queue::remove(name.c_str());
	}
	{
		managed_shared_memory memory(create_only, name.c_str(), 65536);
		tell("managed_shared_memory", shm_open(posix.c_str(), O_RDONLY, 0));
		shared_memory_object::remove(name.c_str());
	}
	{
		permissions mine(0600);
		message_queue queue(create_only, name.c_str(), 4, 16, mine);
		tell("message_queue with permissions(0600)", shm_open(posix.c_str(), O_RDONLY, 0));
		message_queue::remove(name.c_str());
	}
	tell("shm_open", shm_open(posix.c_str(), O_CREAT | O_EXCL | O_RDWR, 0644));
	shm_unlink(posix.c_str());
	tell("mq_open", mq_open(posix.c_str(), O_CREAT | O_EXCL | O_RDWR, 0644, nullptr));
	mq_unlink(posix.c_str());
}
CPP
g++ -std=c++17 -O1 -Iroot/usr/include -o modes modes.cpp -lrt -pthread
./modes > output
cat > expected <<'END'
message_queue 0644
managed_shared_memory 0644
message_queue with permissions(0600) 0600
shm_open 0600
mq_open 0600
END
echo "Boost $VERSION, umask 077:"
cat output
diff expected output > /dev/null || { echo 'The behaviour has changed.' >&2; exit 1; }
