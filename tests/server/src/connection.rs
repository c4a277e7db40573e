//! One TCP connection: HTTP/1.1 by hyper, and its break when an endpoint asks for one.

use std::io;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tower_service::Service as _;

use crate::breakage::Breakage;

/// Answers the one request of a connection, and closes it.
///
/// When the client closes first, hyper drops the request's handler, or the response's body, at
/// once: that is how the [log](crate::request_log) learns of it.
pub(crate) async fn serve(stream: TcpStream, app: Router) {
    // Each piece that an endpoint sends has to arrive by itself, and at once.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service =
        service_fn(move |request: Request<Incoming>| answer(app.clone(), request.map(Body::new)));
    let mut connection =
        http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service);
    let Err(error) = (&mut connection).await else { return };
    // Without a breakage the client is gone or does not speak HTTP, and neither is of interest.
    if let Some(breakage) = Breakage::behind(&error) {
        let stream = connection.into_parts().io.into_inner();
        // The connection may also be gone by now, which is as broken as it can be.
        let _ = break_off(stream, breakage).await;
    }
}

async fn answer(mut app: Router, request: Request) -> Result<Response, Breakage> {
    let response = match app.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    match response.extensions().get() {
        Some(&breakage) => Err(breakage),
        None => Ok(response),
    }
}

async fn break_off(mut stream: TcpStream, breakage: Breakage) -> io::Result<()> {
    match breakage {
        Breakage::NoResponse | Breakage::Reset => stream.set_zero_linger(),
        Breakage::ShortBody => stream.shutdown().await,
        Breakage::MidBody => {
            // The size of a chunk that never comes. Firefox takes a body that stops *between* two
            // chunks for a complete one.
            stream.write_all(b"10\r\n").await?;
            stream.shutdown().await
        }
    }
}
