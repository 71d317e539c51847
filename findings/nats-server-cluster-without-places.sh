#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Three servers of nats-server 2.10.27 (2.10.27-1+b2 of Debian 13) that start together, with the default options of a cluster, form a cluster that
# elects a leader and lists three members, and in some starts it makes no stream with three replicas from then on: "no suitable peers for
# placement", for as long as one waits (100 s here). nats-server 2.9.10 of Debian 12 did not in ten starts. Seen: 1 of 10, 1 of 25 and 7 of 40 starts;
# 1 of 40 with two seconds between one server and the next. Guessed before: a cluster whose members see each other heals itself.
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
cat > starts.py <<'P'
import json, os, shutil, socket, subprocess, sys, time

STREAM = {'name': 's', 'subjects': ['s'], 'num_replicas': 3}
BASE = 20000 + os.getpid() % 20000


def ask(what, body):
    """What the first server's JetStream answers; None while it answers nothing."""
    try:
        with socket.create_connection(('127.0.0.1', BASE), 5) as server, server.makefile('rb') as lines:
            server.settimeout(6)
            payload = json.dumps(body).encode()
            server.sendall(b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB r 1\r\n'
                           b'PUB $JS.API.%s r %d\r\n%s\r\n' % (what, len(payload), payload))
            for line in lines:
                if line.startswith(b'MSG'):
                    return json.loads(lines.read(int(line.split()[-1])))
                if line.startswith(b'HMSG'):
                    return None
    except OSError:
        return None


def start():
    routes = ','.join(f'"nats://127.0.0.1:{BASE + 10 + i}"' for i in range(3))
    for i in range(3):
        with open(f'conf{i}', 'w') as conf:
            conf.write(f'server_name: n{i}\nlisten: "127.0.0.1:{BASE + i}"\njetstream {{ store_dir: "store{i}" }}\n'
                       f'cluster {{ name: c, listen: "127.0.0.1:{BASE + 10 + i}", routes: [{routes}] }}\n')
    return [subprocess.Popen([sys.argv[1], '-c', f'conf{i}'], stderr=open(f'log{i}', 'w')) for i in range(3)]


def outcome():
    """What making the stream comes to within 30 seconds, most often less than one."""
    said, end = None, time.monotonic() + 30
    while time.monotonic() < end:
        answer = ask(b'STREAM.CREATE.s', STREAM)
        said = answer and answer.get('error', {}).get('description', 'made')
        if said == 'made':
            break
        time.sleep(0.5)
    return said


for number in range(1, 81):
    servers = start()
    try:
        said = outcome()
    finally:
        for server in servers:
            server.kill()
            server.wait()
    for i in range(3):
        shutil.rmtree(f'store{i}', ignore_errors=True)
    if said != 'made':
        print(f'start {number}: {said}')
    if said == 'no suitable peers for placement':
        sys.exit()
sys.exit('80 starts, and each cluster made its stream: that has changed')
P
root/usr/sbin/nats-server --version
python3 starts.py root/usr/sbin/nats-server
