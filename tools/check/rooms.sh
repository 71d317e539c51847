#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Who calls whom in the userland, and in the module: the files have an order in which each uses only symbols of files that stand before
# it, so that a file can be understood, tested and changed with those alone. What a file defines and uses is read from its
# object, and for the userland the map in docs/design-userlib.rst has to say the same.
#
# usage: rooms.sh userland BUILD	BUILD: of `make -C userlib BUILD=...`
#        rooms.sh module BUILD		BUILD: of `make module BUILD=...`
# Exit status 1 and a line for each fault.
set -eu

cd "$(dirname -- "$0")/../.."
export LC_ALL=C.UTF-8
what=${1:?usage: rooms.sh userland|module BUILD}
build=${2:?usage: rooms.sh userland|module BUILD}
map=docs/design-userlib.rst
uses=$build/rooms.uses
code=0

# uses DIRECTORY OBJECTS: "USER USED SYMBOL..." for each pair of files of which one uses the other, in $uses.
uses() {
	set -- "$1" "$2" "$1"/*.c
	directory=$1
	objects=$2
	shift 2
	for file in "$@"; do
		shift
		file=${file##*/}
		set -- "$@" "$objects/${file%.c}.o"
	done
	nm -P -g "$@" > "$uses.names" || return 1
	awk '
		/:$/ { file = $0; sub(/.*\//, "", file); sub(/\.o:$/, "", file); next }
		$2 ~ /^[Uvw]$/ { needs[file, $1]; next }
		NF > 1 { of[$1] = file }
		END {
			for (pair in needs) {
				split(pair, part, SUBSEP)
				if (part[2] in of && of[part[2]] != part[1])
					symbols[part[1] " " of[part[2]]] = symbols[part[1] " " of[part[2]]] " " part[2]
			}
			for (pair in symbols)
				print pair symbols[pair]
		}
	' "$uses.names" | sort > "$uses"
	[ -s "$uses" ] || { echo "$directory: no file uses another: this check checks nothing"; return 1; }
}

# The shortest circle through each file that is in one, each circle once.
circles() {
	awk -v directory="$1" '
		{
			edge[$1, $2] = $3
			for (i = 4; i <= NF; i++)
				edge[$1, $2] = edge[$1, $2] ", " $i
			if (!($1 in file))
				names[++count] = $1
			file[$1]
			next_of[$1] = next_of[$1] " " $2
		}
		# Files from @start to itself, by the shortest way; "" if there is none.
		function circle(start,    queue, head, tail, from, parts, n, i, way, at) {
			queue[tail = 1] = start
			for (head = 1; head <= tail; head++) {
				n = split(next_of[queue[head]], parts, " ")
				for (i = 1; i <= n; i++) {
					if (parts[i] in from)
						continue
					from[parts[i]] = queue[head]
					if (parts[i] == start) {
						way = start
						for (at = from[start]; at != start; at = from[at])
							way = at " " way
						return start " " way
					}
					queue[++tail] = parts[i]
				}
			}
			return ""
		}
		# The same for all files of a circle: begin with the least.
		function turned(way,    parts, n, i, least, result) {
			n = split(way, parts, " ") - 1
			least = 1
			for (i = 2; i <= n; i++)
				if (parts[i] < parts[least])
					least = i
			for (i = 0; i < n; i++)
				result = result parts[(least - 1 + i) % n + 1] " "
			return result parts[least]
		}
		END {
			for (i = 1; i <= count; i++) {
				way = circle(names[i])
				if (way == "" || turned(way) in told)
					continue
				bad = 1
				way = turned(way)
				told[way]
				n = split(way, parts, " ")
				printf "%s: %s", directory, parts[1] ".c"
				for (j = 2; j <= n; j++)
					printf " -> %s.c", parts[j]
				print " is a circle:"
				for (j = 1; j < n; j++)
					print "  " parts[j] ".c uses " edge[parts[j], parts[j + 1]] " of " parts[j + 1] ".c"
			}
			exit bad
		}
	' "$uses"
}

# The table below the heading DIRECTORY in the map: its first column names a file, its last one the files that it uses, all
# of which stand above it.
mapped() {
	awk -v directory="$1" '
		$0 == "``" directory "``" { here = 1; next }
		here && /^=+( +=+)+$/ {
			if (++rules == 3)
				exit
			last = match($0, /=+$/)
			next
		}
		here && rules == 2 {
			if (match($0, /^``[a-z0-9-]+``/)) {
				above[file]
				file = substr($0, 3, RLENGTH - 4)
				print file
			}
			text = substr($0, last)
			while (match(text, /``[a-z0-9-]+``/)) {
				used = substr(text, RSTART + 2, RLENGTH - 4)
				print file, used
				if (!(used in above))
					print file, used, "below"
				text = substr(text, RSTART + RLENGTH)
			}
		}
	' $map | sort > "$uses.map"
	{
		cut -d ' ' -f 1,2 "$uses"
		for file in "$1"/*.c; do
			file=${file##*/}
			echo "${file%.c}"
		done
	} | sort | diff "$uses.map" - | sed -n "
		s|^< \([^ ]*\)$|$map has $1/\1.c, which is not there|p
		s|^< \([^ ]*\) \(.*\) below|$map has \2.c below $1/\1.c, which uses it|p; t
		s|^< \([^ ]*\) \(.*\)|$map says that $1/\1.c uses \2.c, which it does not|p
		s|^> \([^ ]*\)$|$map does not have $1/\1.c|p
		s|^> \([^ ]*\) \(.*\)|$map does not say that $1/\1.c uses \2.c|p
	" > "$uses.told"
	cat "$uses.told"
	[ ! -s "$uses.told" ]
}

userland() {
	while read -r directory objects; do
		uses "$directory" "$build/$objects" || { code=1; continue; }
		circles "$directory" || code=1
		mapped "$directory" || code=1
	done << END
userlib/src .
userlib/cli cli
userlib/win32/src win32
END
}

module() {
	uses kmod "$build/kmod" && circles kmod || code=1
}

case $what in
userland) userland ;;
module) module ;;
*) echo "rooms.sh: no $what" >&2; exit 2 ;;
esac
rm -f "$uses" "$uses".*
exit $code
