//! A running server.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

/// A server of its own process; it ends with the test's process at the latest, because that closes
/// its standard input.
pub(crate) struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    pub(crate) origin: SocketAddr,
    pub(crate) second_origin: SocketAddr,
}

/// The server of all tests that do not need one of their own.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&[]))
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_eventsource-test-server"))
            .arg("--stop-with-stdin")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let origin = address(&mut stdout, "origin http://");
        let second_origin = address(&mut stdout, "second origin http://");
        Self { child, stdin, stdout, origin, second_origin }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits for the server to stop, and for the rest of what it printed.
    pub(crate) fn stopped(&mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + Duration::from_secs(2);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, std::io::read_to_string(&mut self.stdout).unwrap());
            }
            assert!(Instant::now() < deadline, "the server has not stopped");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if it has stopped, as it should.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(stdout: &mut impl BufRead, before: &str) -> SocketAddr {
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let address = line.strip_prefix(before).and_then(|rest| rest.strip_suffix('\n'));
    address.unwrap_or_else(|| panic!("{line:?} does not begin with {before:?}")).parse().unwrap()
}
