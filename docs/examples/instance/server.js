#!/usr/bin/env node
// SPDX-License-Identifier: 0BSD
// A mailslot server in JavaScript (Node) for a slot of an instance: open makes the slot; prints each message, ends after
// COUNT.
//
// usage: server.js PATH [COUNT]	PATH is below a mount of type mailslot, as /run/slots/log
'use strict';
const fs = require('fs');
const { O_CREAT, O_EXCL, O_RDONLY } = fs.constants;

const [path, count = Infinity] = process.argv.slice(2);
if (path === undefined) {
	console.error('usage: server.js PATH [COUNT]');
	process.exit(2);
}
const buffer = Buffer.alloc(65536);
process.umask(0);	// others may write, whatever the umask said
try {
	const slot = fs.openSync(path, O_CREAT | O_EXCL | O_RDONLY, 0o622);

	for (let number = 1; number <= Number(count); number++) {
		// 0 is an empty message: a slot has no end.
		const length = fs.readSync(slot, buffer);
		let text = buffer.subarray(0, length);
		// A line's end, as echo writes it, is not worth a line of ours.
		if (text.at(-1) === 0x0a)
			text = text.subarray(0, -1);
		const output = Buffer.concat([Buffer.from(`message ${number}, ${length} bytes: `), text, Buffer.from('\n')]);
		for (let done = 0; done < output.length;)
			done += fs.writeSync(1, output, done);
	}
} catch (error) {
	console.error(error.message);
	process.exit(1);
}
