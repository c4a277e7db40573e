//! The two origins: two ports of the loopback address with the same app behind them.

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;

use crate::connection;

/// Long enough not to spin when the process is out of file descriptors.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(50);

/// Two listening sockets.
pub(crate) struct Origins {
    first: TcpListener,
    second: TcpListener,
}

impl Origins {
    /// Listens on both ports; 0 takes any free one.
    pub(crate) async fn bind(port: u16, second_port: u16) -> io::Result<Self> {
        Ok(Self { first: listen(port).await?, second: listen(second_port).await? })
    }

    /// Writes the two lines that a program that started the server waits for.
    pub(crate) fn announce(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "origin http://{}", self.first.local_addr()?)?;
        writeln!(out, "second origin http://{}", self.second.local_addr()?)?;
        out.flush()
    }

    /// Answers every connection, forever.
    pub(crate) async fn serve(self, app: Router) -> Infallible {
        tokio::select! {
            never = accept(self.first, app.clone()) => never,
            never = accept(self.second, app) => never,
        }
    }
}

async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on port {port}: {error}"))
    })
}

async fn accept(listener: TcpListener, app: Router) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection::serve(stream, app.clone()));
            }
            Err(_) => tokio::time::sleep(AFTER_FAILED_ACCEPT).await,
        }
    }
}
