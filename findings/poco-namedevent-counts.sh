#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Poco::NamedEvent is a counter on Linux: after set() has been called three times, three wait() return. The header says that named events
# are always autoresetting; set() on an event that is set changes nothing then, and one wait() returns. Poco on Windows uses such an event,
# and Poco::Event, which is autoresetting too, lets one wait() through everywhere. A worker that is told three times of the same work runs
# three times, and the count outlives the processes: it is a System V semaphore that nobody removes. Guessed before: one wait() returns.
set -eu

VERSION=1.11.0-3+deb12u1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v g++ > /dev/null || { echo 'g++ is needed' >&2; exit 4; }
apt-get -q -o APT::Sandbox::User=root download "libpocofoundation80=$VERSION" "libpoco-dev=$VERSION" libpcre3=2:8.39-15 > /dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$(dirname "$(find "$place/root" -name libPocoFoundation.so)")
cat > event.cc <<'C'
#include <Poco/Event.h>
#include <Poco/NamedEvent.h>
#include <chrono>
#include <future>
#include <iostream>
#include <string>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <thread>
#include <unistd.h>

// How many of "limit" waits return within a second each, after three calls of set().
template <class T> static int waits(T &event, int limit)
{
	int count = 0;

	for (int i = 0; i < 3; i++)
		event.set();
	for (; count < limit; count++) {
		std::promise<void> returned;
		auto future = returned.get_future();
		std::thread([&event, promise = std::move(returned)]() mutable {
			try {
				event.wait();
				promise.set_value();
			} catch (...) {
				// The semaphore is gone, below.
				pause();
			}
		}).detach();
		if (future.wait_for(std::chrono::seconds(1)) != std::future_status::ready)
			break;
	}
	return count;
}

int main()
{
	const std::string name = "finding" + std::to_string(getpid()), file = "/tmp/" + name + ".event";
	Poco::NamedEvent named(name);
	Poco::Event event;
	int of_named = waits(named, 4), of_event = waits(event, 4);

	std::cout << "set() three times: " << of_named << " wait() of the NamedEvent return, " << of_event << " of the Event" << std::endl;
	// Poco would leave both.
	semctl(semget(ftok(file.c_str(), 'p'), 0, 0), 0, IPC_RMID);
	unlink(file.c_str());
	_exit(of_named == 3 && of_event == 1 ? 0 : 1);
}
C
g++ -Wall -Wextra event.cc -o event -pthread -I root/usr/include -L "$libraries" -lPocoFoundation -Wl,--allow-shlib-undefined
echo "Poco $VERSION"
LD_LIBRARY_PATH=$libraries ./event
