#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-only
// A mailslot client in JavaScript (Node).     usage: client.js NAME TEXT
const fs = require('fs');

const slot = fs.openSync(`/dev/mailslot/${process.argv[2]}`, fs.constants.O_WRONLY);
fs.writeSync(slot, process.argv[3]);
