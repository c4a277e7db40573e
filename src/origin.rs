//! What a URL tells by itself: its origin, whether it leads to this device, whether it can be fetched.
//!
//! All functions take URLs that are absolute and serialised (URL standard, section 4.5): schemes and
//! hosts are in lower case, and the default port is left out.

/// The origin of a URL, serialised (URL standard, section 4.7): scheme, host and port, without the user
/// info; of a `blob:` URL that of the URL within; `null` where it is opaque.
pub fn origin(url: &str) -> String {
    let url = url.strip_prefix("blob:").unwrap_or(url);
    match split(url) {
        Some((scheme, host)) => [scheme, host].concat(),
        None => "null".into(),
    }
}

/// Whether a URL leads to this device, so that no network is needed: its host is `localhost` or a name
/// under it, in 127.0.0.0/8, or `[::1]` (Secure Contexts, section 3.1).
pub fn is_loopback(url: &str) -> bool {
    let Some((_, host)) = split(url) else {
        return false;
    };
    let host = host.as_bytes();
    if host.starts_with(b"[") {
        return host == b"[::1]" || host.starts_with(b"[::1]:");
    }
    let name = host.split(|&byte| byte == b':').next().unwrap_or_default();
    let name = name.strip_suffix(b".").unwrap_or(name);
    name == b"localhost"
        || name.ends_with(b".localhost")
        // A name can begin like this, too, but its last label is no number, or is empty.
        || name.starts_with(b"127.")
            && !name.ends_with(b".")
            && name.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.'))
}

/// Whether `fetch` can read a stream from the URL. The native class takes `http:` and `https:`, and
/// Chromium's `data:` and `blob:`, too.
pub fn can_be_fetched(url: &str) -> bool {
    ["http:", "https:", "data:", "blob:"].iter().any(|scheme| url.starts_with(scheme))
}

/// Whether the URL is one of HTTP, where CORS has a say.
pub(crate) fn is_http(url: &str) -> bool {
    split(url).is_some()
}

/// Of an `http:` or `https:` URL, the scheme with what follows it, and host and port.
fn split(url: &str) -> Option<(&str, &str)> {
    let scheme = ["http://", "https://"].into_iter().find(|scheme| url.starts_with(scheme))?;
    let rest = url.get(scheme.len()..)?;
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let authority = rest.get(..end.unwrap_or(rest.len()))?;
    let host = authority.bytes().rposition(|byte| byte == b'@').map_or(0, |at| at + 1);
    Some((scheme, authority.get(host..)?))
}

/// What a report of a blocked request has for its URL: nothing but the scheme if that is not an HTTP(S)
/// one, otherwise all but the fragment. Content Security Policy Level 3, "strip URL for use in reports"
/// (<https://w3c.github.io/webappsec-csp/#strip-url-for-use-in-reports>); there is no user info in what
/// is fetched.
pub fn stripped_for_reports(url: &str) -> &str {
    let end = if is_http(url) { b'#' } else { b':' };
    let end = url.bytes().position(|byte| byte == end);
    url.get(..end.unwrap_or(url.len())).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_scheme_host_and_port() {
        for (url, expected) in [
            ("https://example.test/", "https://example.test"),
            ("http://example.test/a?b=http://c#d@e", "http://example.test"),
            ("https://example.test:8443/", "https://example.test:8443"),
            ("http://user:password@example.test:81/", "http://example.test:81"),
            ("http://user@example.test/a@b", "http://example.test"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
            ("http://127.0.0.1/", "http://127.0.0.1"),
            ("https://example.test?a@b", "https://example.test"),
            ("https://example.test#a@b", "https://example.test"),
            ("blob:https://example.test/6f2c", "https://example.test"),
            ("blob:http://localhost:3000/6f2c", "http://localhost:3000"),
            ("blob:null/6f2c", "null"),
            ("blob:file:///a", "null"),
            ("data:text/event-stream,data", "null"),
            ("data:http://example.test/", "null"),
            ("file:///a", "null"),
            ("about:blank", "null"),
            ("", "null"),
        ] {
            assert_eq!(origin(url), expected, "{url:?}");
        }
    }

    #[test]
    fn loopback_is_this_device() {
        for host in [
            "localhost",
            "localhost.",
            "a.localhost",
            "a.b.localhost.",
            "127.0.0.1",
            "127.255.255.254",
            "[::1]",
        ] {
            for url in [
                format!("http://{host}/"),
                format!("https://{host}:8080/a"),
                format!("http://user:password@{host}/"),
                format!("http://{host}?a"),
            ] {
                assert!(is_loopback(&url), "{url:?}");
            }
        }
        for host in [
            "example.test",
            "localhost.example.test",
            "xlocalhost",
            "128.0.0.1",
            "127.0.0.1.example.test",
            "127.example",
            "127.0..",
            "1.127.0.0",
            "[::2]",
            "[::1:1]",
            "[1::1]",
        ] {
            for url in [format!("http://{host}/localhost"), format!("http://localhost@{host}:1/")] {
                assert!(!is_loopback(&url), "{url:?}");
            }
        }
        for url in ["data:,localhost", "file://localhost/", ""] {
            assert!(!is_loopback(url), "{url:?}");
        }
    }

    #[test]
    fn spec_11_http_data_and_blob_can_be_fetched() {
        for url in ["http://a/", "https://a/", "data:,", "blob:https://a/b"] {
            assert!(can_be_fetched(url), "{url:?}");
        }
        for url in ["ftp://a/", "file:///a", "about:blank", "ws://a/", "httpx://a/", "https", ""] {
            assert!(!can_be_fetched(url), "{url:?}");
        }
    }

    #[test]
    fn spec_46_reports_of_a_policy_have_no_fragment_and_of_other_schemes_no_more_than_that() {
        for (url, reported) in [
            ("https://a/b?c#d", "https://a/b?c"),
            ("http://a/", "http://a/"),
            ("data:text/event-stream,a", "data"),
            ("blob:https://a/b", "blob"),
        ] {
            assert_eq!(stripped_for_reports(url), reported);
        }
    }
}
