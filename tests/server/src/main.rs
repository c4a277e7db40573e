//! The server of the browser tests and of the demo page.
//!
//! It listens on two ports of 127.0.0.1, so that one of them is cross-origin for a page of the
//! other, and answers the same on both. Once both listen it prints two lines and nothing else:
//!
//! ```text
//! origin http://127.0.0.1:PORT
//! second origin http://127.0.0.1:PORT
//! ```
//!
//! # Endpoints
//!
//! All times are in milliseconds and all sizes and offsets in bytes. A parameter that cannot be
//! used is answered with 400 and a text that says which one and why; a parameter that the
//! endpoint does not have is ignored.
//!
//! | endpoint | what it is for |
//! | --- | --- |
//! | [`/raw`](endpoints::raw) | any bytes, in chosen chunks, with a chosen end; scripts reconnections |
//! | [`/ticker`](endpoints::ticker) | an endless live stream |
//! | [`/numbers`](endpoints::numbers) | numbered events over connections that keep breaking |
//! | [`/feed`](endpoints::feed) | numbered events at a pace, which nobody's coming and going changes |
//! | [`/flood`](endpoints::flood) | as much as the client takes |
//! | [`/echo`](endpoints::echo) | an authorised POST, answered word by word |
//! | [`/status/{code}`](endpoints::status) | any status |
//! | [`/redirect/{code}`](endpoints::redirect) | a redirect |
//! | [`/hang`](endpoints::hang) | no answer, ever |
//! | [`/reset`](endpoints::reset) | a connection closed without an answer |
//! | [`/request`](endpoints::request) | the request as the server saw it |
//! | [`/cookies/set`](endpoints::cookies) | a cookie |
//! | [`/scenarios/…`](endpoints::scenarios) | the streams of the demo page |
//! | [`/proxy`](endpoints::proxy) | what another server of this machine answers |
//! | [`/log`](endpoints::log) | what the server saw of the requests with a `key` |
//! | [`/time`](endpoints::time) | the clock of the log |
//!
//! All of them but the last three also take
//!
//! - `key=K`: the request is kept in the [request log](request_log) under K, and counted (see
//!   [`Visit::attempt`](recording::Visit::attempt)) for the endpoints that answer the n-th request
//!   in their own way;
//! - `cors=…`: who may read the answer, see [`cors`].
//!
//! Any other path is a file of the `--root` directory, see [`static_files`].
//!
//! Every connection carries one request (`Connection: close`): a browser silently repeats a
//! request whose *reused* connection breaks, and the log would then show requests that no page
//! made.

mod arguments;
mod bad_request;
mod breakage;
mod clock;
mod connection;
mod content_encoding;
mod cors;
mod endpoints;
mod event_stream;
mod last_event_id;
mod listen;
mod market;
mod numbers;
mod parameters;
mod recording;
mod request_body;
mod request_log;
mod routes;
mod seen_request;
mod static_files;
mod stop;

use std::io;
use std::process::ExitCode;

use clap::Parser as _;

use arguments::Arguments;
use listen::Origins;
use stop::Stop;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("eventsource-test-server: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until it is told to stop.
fn run(arguments: &Arguments) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        // Before the lines are printed: whoever reads them may send the signal at once.
        let stop = Stop::prepare(arguments.stop_with_stdin)?;
        let origins = Origins::bind(arguments.port, arguments.second_port).await?;
        origins.announce(&mut io::stdout().lock())?;
        let app = routes::app(arguments.root.as_deref());
        tokio::select! {
            () = stop.asked() => Ok(()),
            never = origins.serve(app) => match never {},
        }
    });
    // Open streams never end by themselves, so nothing is waited for.
    runtime.shutdown_background();
    outcome
}
