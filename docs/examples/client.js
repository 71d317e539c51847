#!/usr/bin/env node
// SPDX-License-Identifier: 0BSD
// A mailslot client in JavaScript (Node): each TEXT is one message; without TEXT standard input is one.
// It writes with writeSync: a stream merges what it holds back, and writeFileSync sends no empty message.
//
// usage: client.js NAME [TEXT...]
'use strict';
const fs = require('fs');

const [name, ...texts] = process.argv.slice(2);
if (name === undefined) {
	console.error('usage: client.js NAME [TEXT...]');
	process.exit(2);
}
try {
	const slot = fs.openSync(`/dev/mailslot/${name}`, fs.constants.O_WRONLY);
	for (const message of texts.length ? texts : [fs.readFileSync(0)])
		fs.writeSync(slot, message);
} catch (error) {
	console.error(error.message);
	process.exit(1);
}
