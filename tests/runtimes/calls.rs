// SPDX-License-Identifier: GPL-2.0-only
// Rust's ways to write the file TEXT into SLOT, for `run.py`: calls CALL.
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let call = env::args().nth(1).unwrap();
    let (slot, path) = (env::var("SLOT").unwrap(), env::var("TEXT").unwrap());
    let text = fs::read_to_string(&path)?;
    let mut out = OpenOptions::new().write(true).append(call == "append").open(&slot)?;
    match call.as_str() {
        "write!" => write!(out, "{}", text),
        "writeln!" => writeln!(out, "{}", text),
        "fs::write" => fs::write(&slot, &text),
        // A reader that is no file, as a network's or a compressor's
        "io::copy" => io::copy(&mut File::open(&path)?.take(1 << 40).chain(io::empty()), &mut out).map(|_| ()),
        "write" => out.write(text.as_bytes()).map(|_| ()),
        "append" => out.write_all(text.as_bytes()),
        "sync" => out.write_all(text.as_bytes()).and_then(|_| out.sync_all()),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}
