// SPDX-License-Identifier: 0BSD
//! A mailslot server in Rust, without crates: makes the slot, prints each message with its sender, ends after COUNT.
//!
//! A server that does not ask who wrote needs no RECEIVE: `slot.read(&mut buffer)` takes the next message.
//!
//!     rustc -o server server.rs
//!     ./server NAME [COUNT]

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::raw::{c_int, c_uint, c_ulong};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::io::{AsRawFd, FromRawFd};
use std::process::exit;

// See linux/mailslot.h.
const CREATE: c_ulong = 0x4120_b900;
const RECEIVE: c_ulong = 0x4020_b903;
const FOR_EVER: u64 = u64::MAX;

#[repr(C)]
struct Create {
    flags: u32,
    mode: u32,
    max_message_size: u32,
    reserved: u32,
    queue_bytes: u64,
    read_timeout_ns: u64,
    name: [u8; 256],
}

#[repr(C)]
#[derive(Default)]
struct Message {
    buffer: u64,
    capacity: u32,
    length: u32,
    pid: u32,
    uid: u32,
    gid: u32,
    reserved: u32,
    sequence: u64,
    time_ns: i64,
}

#[repr(C)]
struct Receive {
    messages: u64,
    count: u32,
    message_size: u32,
    flags: u32,
    reserved: u32,
    deadline_ns: u64,
}

extern "C" {
    fn ioctl(fd: c_int, command: c_ulong, ...) -> c_int;
    fn umask(mask: c_uint) -> c_uint;
}

/// The server end of a new slot that everybody may write to, in messages of up to `longest` bytes.
fn create(name: &OsStr, longest: usize) -> io::Result<File> {
    let mut request = Create {
        flags: 0,
        mode: 0o666,
        max_message_size: longest as u32,
        reserved: 0,
        queue_bytes: 0,
        read_timeout_ns: FOR_EVER,
        name: [0; 256],
    };
    // One that fills the field leaves no room for the NUL, and the kernel says so.
    let length = name.len().min(request.name.len());
    request.name[..length].copy_from_slice(&name.as_bytes()[..length]);
    let control = OpenOptions::new().read(true).write(true).open("/dev/mailslot-control")?;
    // SAFETY: the command reads a struct of this layout, and the descriptor it returns is nobody else's.
    unsafe {
        umask(0);
        match ioctl(control.as_raw_fd(), CREATE, &request) {
            -1 => Err(io::Error::last_os_error()),
            fd => Ok(File::from_raw_fd(fd)),
        }
    }
}

/// The next message, and who sent it.
fn receive<'a>(slot: &File, buffer: &'a mut [u8]) -> io::Result<(Message, &'a [u8])> {
    let mut message = Message {
        buffer: buffer.as_mut_ptr() as u64,
        capacity: buffer.len() as u32,
        ..Message::default()
    };
    let request = Receive {
        messages: &mut message as *mut Message as u64,
        count: 1,
        message_size: std::mem::size_of::<Message>() as u32,
        flags: 0,
        reserved: 0,
        deadline_ns: 0,
    };
    // SAFETY: the command writes one Message and at most its capacity of bytes to its buffer.
    if unsafe { ioctl(slot.as_raw_fd(), RECEIVE, &request) } < 0 {
        return Err(io::Error::last_os_error());
    }
    let length = message.length as usize;
    Ok((message, &buffer[..length]))
}

fn serve(name: &OsStr, mut left: Option<u64>) -> io::Result<()> {
    let mut buffer = vec![0; 65536];
    // What the buffer cannot take is refused when it is written.
    let slot = create(name, buffer.len())?;
    let mut output = io::stdout();
    writeln!(output, "listening on /dev/mailslot/{}", name.to_string_lossy())?;
    while left != Some(0) {
        let (message, bytes) = receive(&slot, &mut buffer)?;
        write!(
            output,
            "message {} from process {}, user {}, {} bytes: ",
            message.sequence, message.pid, message.uid, message.length
        )?;
        // A line's end, as echo writes it, is not worth a line of ours.
        output.write_all(bytes.strip_suffix(b"\n").unwrap_or(bytes))?;
        output.write_all(b"\n")?;
        output.flush()?;
        left = left.map(|left| left - 1);
    }
    Ok(())
}

fn main() {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if arguments.is_empty() {
        eprintln!("usage: server NAME [COUNT]");
        exit(2);
    }
    let count = arguments.get(1).and_then(|count| count.to_str()?.parse().ok());
    if let Err(error) = serve(&arguments[0], count) {
        eprintln!("{}: {}", arguments[0].to_string_lossy(), error);
        exit(1);
    }
}
