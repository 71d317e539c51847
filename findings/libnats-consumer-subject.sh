#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# js_AddConsumer of libnats (libnats3.4 3.4.1 and nats-server 2.9.10 of Debian 12) makes the same durable consumer by another request when its
# Name is set beside Durable: to $JS.API.CONSUMER.CREATE.STREAM.NAME.FILTER in place of $JS.API.CONSUMER.DURABLE.CREATE.STREAM.NAME. Only in the first the
# server compares the filter in the subject with that in the body, so that permissions by subject can hold a client to its own messages;
# a client that is allowed the first form alone and leaves Name out gets NATS_TIMEOUT, and no word of permissions. Guessed before: Name and Durable are two
# words for one thing.
set -eu

for tool in gcc apt-get dpkg-deb; do
	command -v $tool > /dev/null || { echo "$tool is needed" >&2; exit 4; }
done
place=$(mktemp -d)
server=''
trap 'test -z "$server" || kill "$server"; rm -rf "$place"' EXIT
cd "$place"
apt-get -q -o APT::Sandbox::User=root download nats-server=2.9.10-1+b3 libnats-dev=3.4.1-1+b1 libnats3.4=3.4.1-1+b1 > /dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
	echo "$(dpkg-deb -f "$package" Package) $(dpkg-deb -f "$package" Version)"
done
library=$(dirname "$(find "$PWD/root" -name 'libnats.so.*' | head -n 1)")
port=$((20000 + $$ % 20000))
cat > conf <<C
listen: "127.0.0.1:$port"
jetstream { store_dir: "$place/store" }
authorization { users: [
	{ user: all, password: x }
	{ user: one, password: x, permissions: { publish: ["\$JS.API.CONSUMER.CREATE.S.one.s.one"], subscribe: ["_INBOX.>"] } }
] }
C
cat > consumer.c <<'C'
#include <nats/nats.h>
#include <stdio.h>

static jsCtx *connect_as(const char *url, natsConnection **connection)
{
	jsCtx *context = NULL;
	jsOptions options;

	jsOptions_Init(&options);
	options.Wait = 2000;
	if (natsConnection_ConnectTo(connection, url) ||
	    natsConnection_JetStream(&context, *connection, &options))
		return NULL;
	return context;
}

static natsStatus add(jsCtx *context, const char *name)
{
	jsConsumerConfig consumer;

	jsConsumerConfig_Init(&consumer);
	consumer.Durable = "one";
	consumer.Name = name;
	consumer.FilterSubject = "s.one";
	consumer.AckPolicy = js_AckExplicit;
	return js_AddConsumer(NULL, context, "S", &consumer, NULL, NULL);
}

int main(int argc, char **argv)
{
	natsConnection *all, *one;
	const char *subjects[] = { "s.>" };
	natsStatus without, with;
	jsStreamConfig stream;
	jsCtx *context;

	if (argc < 3)
		return 2;
	context = connect_as(argv[1], &all);
	jsStreamConfig_Init(&stream);
	stream.Name = "S";
	stream.Subjects = subjects;
	stream.SubjectsLen = 1;
	if (!context || js_AddStream(NULL, context, &stream, NULL, NULL))
		return 2;
	context = connect_as(argv[2], &one);
	if (!context)
		return 2;
	without = add(context, NULL);
	with = add(context, "one");
	printf("Durable alone: %s; Durable and Name: %s\n", natsStatus_GetText(without), natsStatus_GetText(with));
	return !(without == NATS_TIMEOUT && with == NATS_OK);
}
C
gcc -Wall -Wextra -I root/usr/include consumer.c -o consumer -L "$library" -l:"$(basename "$(find "$library" -name 'libnats.so.*' | head -n 1)")"
root/usr/sbin/nats-server -c conf > log 2>&1 &
server=$!
sleep 2
LD_LIBRARY_PATH=$library ./consumer "nats://all:x@127.0.0.1:$port" "nats://one:x@127.0.0.1:$port"
