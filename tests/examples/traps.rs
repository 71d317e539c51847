// SPDX-License-Identifier: GPL-2.0-only
//! What Rust's std makes of a slot, for `traps.py`; traps.go says how it is run.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::io::{FromRawFd, IntoRawFd};
use std::thread::sleep;
use std::time::Duration;

const O_NONBLOCK: i32 = 0o4000;
const EMSGSIZE: i32 = 90;

fn open(name: &str, flags: i32) -> io::Result<std::fs::File> {
    OpenOptions::new().write(true).custom_flags(flags).open(format!("/dev/mailslot/{}", name))
}

fn main() -> io::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();
    let mut slot = open(&names[0], 0)?;
    println!("empty write: {:?}", slot.write(b"").ok());
    println!("too long: {}", slot.write(&[0; 65]).unwrap_err().raw_os_error() == Some(EMSGSIZE));

    let mut full = open(&names[1], O_NONBLOCK)?;
    let error = loop {
        if let Err(error) = full.write(&[0; 64]) {
            break error;
        }
    };
    println!("full: {}", error.kind() == ErrorKind::WouldBlock);

    // io::stdin() reads ahead, and takes an empty message for the end.
    let mut server = unsafe { std::fs::File::from_raw_fd(0) };
    let mut buffer = [0; 64];
    println!("empty read: {:?}", server.read(&mut buffer).ok());
    println!("timed out: {}", server.read(&mut buffer).unwrap_err().kind() == ErrorKind::TimedOut);
    let _ = server.into_raw_fd();

    slot.write(b"end")?;
    let error = loop {
        if let Err(error) = slot.write(b"x") {
            break error;
        }
        sleep(Duration::from_millis(10));
    };
    println!("gone: {}", error.kind() == ErrorKind::BrokenPipe);
    // Sends nothing: no write at all.
    println!("write_all of nothing: {:?}", slot.write_all(b"").ok());
    Ok(())
}
