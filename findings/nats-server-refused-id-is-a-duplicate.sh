#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A stream with three replicas of nats-server 2.10.27 (2.10.27-1+b2 of Debian 13) refuses a message whose Nats-Expected-Last-Msg-Id is wrong, and keeps its
# Nats-Msg-Id all the same: when the message comes again with the same id and without an expectation, the answer is no error but
# "duplicate": true with the number 0, and the message is nowhere. With one replica it is taken. (2.9.10 of Debian 12 took it with three, too.) Who retries by
# id, as JetStream's documents say, must look at the number of the answer. Guessed before: an id is kept for what is stored.
set -eu

for tool in apt-get dpkg-deb python3; do
	command -v $tool > /dev/null || { echo "$tool is needed" >&2; exit 4; }
done
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
# Debian 13's list, from where this machine has its own packages from.
mkdir -p lists/partial
# shellcheck disable=SC2016 # apt's
apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sort -u | head -n 1 > archive
[ -s archive ] || { echo 'this machine has no package archive of Debian' >&2; exit 4; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(cat archive) trixie main" > sources
get() {
	apt-get -q -o APT::Sandbox::User=root -o Dir::Etc::SourceList="$place/sources" -o Dir::Etc::SourceParts=- \
		-o Dir::State::Lists="$place/lists" -o Dir::Cache="$place" -o Dir::Cache::Archives="$place" "$@" > /dev/null
}
get update
get download nats-server=2.10.27-1+b2
dpkg-deb -x nats-server_*.deb root
root/usr/sbin/nats-server --version
cat > retry.py <<'P'
import json, os, shutil, socket, subprocess, sys, time

BASE = 20000 + os.getpid() % 20000


class Client:
    def __init__(self):
        self.socket = socket.create_connection(('127.0.0.1', BASE), 5)
        self.socket.settimeout(10)
        self.lines = self.socket.makefile('rb')
        self.socket.sendall(b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB r 1\r\n')

    def ask(self, subject, body=b'', header=b''):
        if header:
            self.socket.sendall(b'HPUB %s r %d %d\r\n%s%s\r\n' % (subject, len(header), len(header) + len(body), header, body))
        else:
            self.socket.sendall(b'PUB %s r %d\r\n%s\r\n' % (subject, len(body), body))
        for line in self.lines:
            if line.startswith(b'MSG'):
                return json.loads(self.lines.read(int(line.split()[-1])))
            if line.startswith(b'HMSG'):
                return None

    def publish(self, ident, expected=None):
        header = b'NATS/1.0\r\nNats-Msg-Id: %s\r\n' % ident
        if expected:
            header += b'Nats-Expected-Last-Msg-Id: %s\r\n' % expected
        return self.ask(b's', ident, header + b'\r\n')

    def messages(self):
        return self.ask(b'$JS.API.STREAM.INFO.S')['state']['messages']


def start():
    """A cluster that has made the stream; now and then 2.10.27 makes one that never does."""
    routes = ','.join(f'"nats://127.0.0.1:{BASE + 10 + i}"' for i in range(3))
    for i in range(3):
        shutil.rmtree(f'store{i}', ignore_errors=True)
        with open(f'conf{i}', 'w') as conf:
            conf.write(f'server_name: n{i}\nlisten: "127.0.0.1:{BASE + i}"\njetstream {{ store_dir: "store{i}" }}\n'
                       f'cluster {{ name: c, listen: "127.0.0.1:{BASE + 10 + i}", routes: [{routes}] }}\n')
    servers = [subprocess.Popen([sys.argv[1], '-c', f'conf{i}'], stderr=open(f'log{i}', 'w')) for i in range(3)]
    end = time.monotonic() + 30
    body = json.dumps({'name': 'S', 'subjects': ['s'], 'num_replicas': int(sys.argv[2])}).encode()
    while time.monotonic() < end:
        try:
            client = Client()
            answer = client.ask(b'$JS.API.STREAM.CREATE.S', body)
            if answer and 'error' not in answer:
                return servers, client
        except OSError:
            pass
        time.sleep(0.5)
    return servers, None


for _ in range(20):
    servers, client = start()
    try:
        if not client:
            continue
        print('first:', client.publish(b'a'))
        refused = client.publish(b'b', b'wrong')
        print('refused:', refused['error']['description'])
        again = client.publish(b'b')
        print('again:', again, 'messages:', client.messages())
        lost = again.get('duplicate', False) and again['seq'] == 0 and client.messages() == 1
        sys.exit(lost != (sys.argv[2] == '3'))
    finally:
        for server in servers:
            server.kill()
            server.wait()
sys.exit('no cluster made the stream')
P
for replicas in 1 3; do
	echo "replicas: $replicas"
	python3 retry.py root/usr/sbin/nats-server $replicas || { echo 'that has changed'; exit 1; }
done
