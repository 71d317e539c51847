// SPDX-License-Identifier: 0BSD
//! A mailslot client in Rust: each TEXT is one message; without TEXT standard input is one, whatever bytes it has.
//! It uses `write`, not `write_all`, which would send no empty message.
//!
//!     rustc -o client client.rs
//!     ./client NAME [TEXT...]

use std::env;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::exit;

fn send(path: &Path, mut messages: Vec<Vec<u8>>) -> io::Result<()> {
    // Without create(true): where no slot is, no file shall be left.
    let mut slot = OpenOptions::new().write(true).open(path)?;
    if messages.is_empty() {
        let mut message = Vec::new();
        io::stdin().read_to_end(&mut message)?;
        messages.push(message);
    }
    for message in messages {
        let _all = slot.write(&message)?; // or nothing
    }
    Ok(())
}

fn main() {
    let mut arguments = env::args_os().skip(1);
    let name = arguments.next().unwrap_or_else(|| {
        eprintln!("usage: client NAME [TEXT...]");
        exit(2)
    });
    let path: PathBuf = ["/dev/mailslot".as_ref(), name.as_os_str()].iter().collect();
    if let Err(error) = send(&path, arguments.map(OsStringExt::into_vec).collect()) {
        eprintln!("{}: {}", path.display(), error);
        exit(1);
    }
}
