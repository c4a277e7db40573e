//! `/proxy`: what a server of this machine answers, for a page that it does not let read it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;

/// What a page of ours sends along. A page of another origin cannot, without a preflight, which is
/// refused.
const OURS: HeaderName = HeaderName::from_static("x-loopback-proxy");

/// What is between two neighbours only, or tells who asks.
const NOT_PASSED_ON: [HeaderName; 12] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    header::CONTENT_LENGTH,
    header::HOST,
    header::ORIGIN,
    header::REFERER,
    header::COOKIE,
    header::SET_COOKIE,
    OURS,
];

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct ProxyQuery {
    url: String,
}

/// Takes any method; passes the request on to `url`, and the answer back as it comes.
///
/// `url` has to be an `http:` URL of this machine: `localhost`, 127.0.0.0/8 or `[::1]`. No name is
/// looked up, so that none can lead elsewhere. Anything else gets 403, and so does a request without
/// the header `X-Loopback-Proxy`, with an `Origin` other than this server's, or with a `Host` that
/// is no loopback address: otherwise any page on the net could read from this machine through here.
/// Where nobody answers, the answer is 502.
pub(crate) async fn proxy(
    Query(ProxyQuery { url }): Query<ProxyQuery>,
    request: Request,
) -> Response {
    if !comes_from_our_page(request.headers()) {
        return refuse(StatusCode::FORBIDDEN, "the proxy is for this server's own pages");
    }
    let Some((address, uri)) = loopback(&url) else {
        return refuse(StatusCode::FORBIDDEN, "the proxy goes to http: URLs of this machine only");
    };
    match pass_on(address, &uri, request).await {
        Ok(response) => response,
        Err(error) => {
            refuse(StatusCode::BAD_GATEWAY, &format!("no answer from {address}: {error}"))
        }
    }
}

fn refuse(status: StatusCode, text: &str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], format!("{text}\n")).into_response()
}

fn comes_from_our_page(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else {
        return false;
    };
    let is_loopback = host.parse().is_ok_and(|uri: Uri| uri.host().and_then(address_of).is_some());
    let is_same_origin = headers
        .get(header::ORIGIN)
        .is_none_or(|origin| origin.as_bytes() == format!("http://{host}").as_bytes());
    is_loopback && is_same_origin && headers.contains_key(OURS)
}

/// The address that a URL of this machine stands for.
fn loopback(url: &str) -> Option<(SocketAddr, Uri)> {
    let uri: Uri = url.parse().ok()?;
    if uri.scheme_str() != Some("http") || uri.authority()?.as_str().contains('@') {
        return None;
    }
    let address = address_of(uri.host()?)?;
    Some((SocketAddr::new(address, uri.port_u16().unwrap_or(80)), uri))
}

fn address_of(host: &str) -> Option<IpAddr> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.parse().ok().filter(IpAddr::is_loopback)
}

async fn pass_on(
    address: SocketAddr,
    uri: &Uri,
    request: Request,
) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake::<_, Body>(TokioIo::new(stream)).await?;
    // Ends when the answer has been read, or dropped; its error is that of the answer's body.
    tokio::spawn(connection);
    let (mut parts, body) = request.into_parts();
    parts.uri = uri.path_and_query().map_or("/", |path| path.as_str()).parse()?;
    without_what_is_not_passed_on(&mut parts.headers);
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    parts.headers.insert(header::HOST, authority.parse()?);
    parts.extensions.clear();
    let (mut parts, body) =
        sender.send_request(Request::from_parts(parts, body)).await?.into_parts();
    without_what_is_not_passed_on(&mut parts.headers);
    Ok(Response::from_parts(parts, Body::new(body)))
}

fn without_what_is_not_passed_on(headers: &mut HeaderMap) {
    for name in NOT_PASSED_ON {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::loopback;

    #[test]
    fn only_this_machine_is_reached() {
        for url in
            ["http://localhost:1/a", "http://127.0.0.1", "http://127.9.9.9/", "http://[::1]:80/"]
        {
            assert!(loopback(url).is_some(), "{url}");
        }
        for url in [
            "https://localhost/",
            "http://localhost.example/",
            "http://example.com/",
            "http://127.0.0.1@example.com/",
            "http://user@127.0.0.1/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "http://2130706433/",
            "http://[::ffff:10.0.0.1]/",
            "/raw",
            "localhost",
        ] {
            assert!(loopback(url).is_none(), "{url}");
        }
    }
}
