#!/usr/bin/env node
// SPDX-License-Identifier: 0BSD
// A mailslot server in JavaScript (Node): prints each message it reads, and ends after COUNT. Node has no ioctl, so
// the mailslot command makes the slot and hands it over as standard input:
//
//	mailslot create -m 666 -M 64K NAME -- docs/examples/server.js [COUNT]
//
// process.stdin.on('data', ...) would do, too, one message an event, but takes an empty message for the end, and so anybody
// who may write could end the server. In a program that has other work, too, fs.read does as readSync does here; it waits
// in one of the four threads of Node's pool.
'use strict';
const fs = require('fs');

const count = process.argv[2] === undefined ? Infinity : Number(process.argv[2]);
const buffer = Buffer.alloc(65536);

for (let number = 1; number <= count; number++) {
	const length = fs.readSync(0, buffer);
	let text = buffer.subarray(0, length);
	// A line's end, as echo writes it, is not worth a line of ours.
	if (text.at(-1) === 0x0a)
		text = text.subarray(0, -1);
	const output = Buffer.concat([Buffer.from(`message ${number}, ${length} bytes: `), text, Buffer.from('\n')]);
	for (let done = 0; done < output.length;)
		done += fs.writeSync(1, output, done);
}
