//! When the server stops: SIGTERM, SIGINT and, if asked for, the end of standard input.

use std::future;
use std::io;

use tokio::sync::oneshot;

/// Everything that can ask the server to stop.
pub(crate) struct Stop {
    signals: Signals,
    stdin: Option<oneshot::Receiver<()>>,
}

impl Stop {
    /// Starts to listen for the requests to stop; from here on, none is missed.
    pub(crate) fn prepare(with_stdin: bool) -> io::Result<Self> {
        let stdin = with_stdin.then(end_of_stdin).transpose()?;
        Ok(Self { signals: Signals::prepare()?, stdin })
    }

    /// Waits for the first request to stop.
    pub(crate) async fn asked(self) {
        let stdin = async {
            match self.stdin {
                // An error means that the reading thread is gone: there is no more input either.
                Some(end) => end.await.unwrap_or(()),
                None => future::pending().await,
            }
        };
        tokio::select! {
            () = self.signals.received() => {}
            () = stdin => {}
        }
    }
}

/// Reads standard input to its end, in a thread of its own: the runtime's blocking threads would
/// keep the runtime from shutting down while one of them still reads.
fn end_of_stdin() -> io::Result<oneshot::Receiver<()>> {
    let (sender, receiver) = oneshot::channel();
    std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        // A standard input that cannot be read has ended as well.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = sender.send(());
    })?;
    Ok(receiver)
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn prepare() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn received(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn prepare() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn received(mut self) {
        self.0.recv().await;
    }
}
