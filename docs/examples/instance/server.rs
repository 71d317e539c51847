// SPDX-License-Identifier: 0BSD
//! A mailslot server in Rust for a slot of an instance: open makes the slot; prints each message, and ends after COUNT.
//!
//!     rustc -o server server.rs
//!     ./server PATH [COUNT]
//!
//! PATH is below a mount of type mailslot, as /run/slots/log.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::process::exit;

fn serve(path: &OsStr, count: u64) -> io::Result<()> {
    let mut buffer = vec![0; 65536];
    let mut output = io::stdout();
    // create_new asks for a file that can be written, too; the server end takes no messages all the same.
    let mut slot = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
    // Others may write, whatever the umask says.
    slot.set_permissions(Permissions::from_mode(0o622))?;
    for number in 1..=count {
        // 0 is an empty message: a slot has no end.
        let length = slot.read(&mut buffer)?;
        let bytes = &buffer[..length];
        write!(output, "message {number}, {length} bytes: ")?;
        // A line's end, as echo writes it, is not worth a line of ours.
        output.write_all(bytes.strip_suffix(b"\n").unwrap_or(bytes))?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

fn main() {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if arguments.is_empty() {
        eprintln!("usage: server PATH [COUNT]");
        exit(2);
    }
    let count = arguments.get(1).and_then(|count| count.to_str()?.parse().ok());
    if let Err(error) = serve(&arguments[0], count.unwrap_or(u64::MAX)) {
        eprintln!("{}: {}", arguments[0].to_string_lossy(), error);
        exit(1);
    }
}
