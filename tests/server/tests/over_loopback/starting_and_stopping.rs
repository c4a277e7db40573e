//! The printed lines, and the ways to stop the server while a stream is open.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::support::{Request, Server};

#[test]
fn both_origins_answer_the_same() {
    let server = Server::start(&[]);
    assert_ne!(server.origin, server.second_origin);
    for origin in [server.origin, server.second_origin] {
        let mut response = Request::get("/raw?body=hello").answer(origin);
        assert_eq!(response.text(), "hello");
    }
}

#[test]
fn takes_the_ports_that_it_is_given() {
    // Below the ports that the system gives to the other tests' sockets.
    let free: Vec<u16> = (20_000..30_000)
        .filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .take(2)
        .collect();
    let [port, second_port] = [free[0].to_string(), free[1].to_string()];
    let server = Server::start(&["--port", &port, "--second-port", &second_port]);
    assert_eq!([server.origin.port(), server.second_origin.port()], *free);
}

#[test]
fn a_port_in_use_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_eventsource-test-server"))
        .args(["--port", &port])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains(&format!("cannot listen on port {port}")), "{message}");
}

/// Stops a server with an open stream and a hanging request, which both see.
fn stops_when(stop: impl FnOnce(&mut Server)) {
    let mut server = Server::start(&[]);
    let mut held = Request::get("/raw?body=hello&end=hold").answer(server.origin);
    assert_eq!(held.text(), "hello");
    let _hanging = Request::get("/hang").send(server.second_origin);
    stop(&mut server);
    let (status, output) = server.stopped();
    assert_eq!(status.code(), Some(0));
    assert_eq!(output, "", "there are only two lines");
    assert!(held.chunk().is_err());
}

#[test]
fn stops_at_the_end_of_standard_input() {
    stops_when(Server::close_stdin);
}

#[cfg(unix)]
#[test]
fn stops_at_a_signal() {
    for signal in ["TERM", "INT"] {
        stops_when(|server| {
            let command = format!("kill -{signal} {}", server.id());
            assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success());
        });
    }
}

#[test]
fn standard_input_may_end_without_the_flag() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_eventsource-test-server"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(100));
    let status = child.try_wait().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(status, None);
}
