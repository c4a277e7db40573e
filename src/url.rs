//! What matters to a connection of a URL that is absolute and serialised, as the URL standard
//! describes it (<https://url.spec.whatwg.org/>) and `URL.href` and `Response.url` give it.

// They are handled as bytes: searching and slicing `str` links 15 kB for the texts of their panics.

/// Whether `fetch` can get an event stream from such a URL.
///
/// The native class takes `http:` and `https:`, and Chromium's `data:` and `blob:` too. It never
/// tries another one again, however it came to be asked for it.
pub fn can_be_fetched(url: &str) -> bool {
    // Not `matches!`, which compares with each in code of its own.
    [&b"http"[..], b"https", b"data", b"blob"].contains(&before(url.as_bytes(), b":"))
}

/// Whether two URLs have the same tuple origin: scheme, host and port.
///
/// Serialised, a URL shows its port where it is not that of the scheme, and its host in one form
/// only, so that it is enough to compare their text.
pub fn is_same_origin(one: &str, other: &str) -> bool {
    let origin = tuple_origin(one.as_bytes());
    origin.is_some() && origin == tuple_origin(other.as_bytes())
}

/// The scheme of an HTTP(S) URL, with the colon, and its host, with the port if it shows.
fn tuple_origin(url: &[u8]) -> Option<(&[u8], &[u8])> {
    let scheme = before(url, b"/");
    if ![&b"http:"[..], b"https:"].contains(&scheme) {
        return None;
    }
    let authority = before(url.get(scheme.len() + 2..)?, b"/?#");
    // In a serialised URL, only the delimiter of the user info is a literal "@".
    let host = authority.rsplit(|&byte| byte == b'@').next()?;
    Some((scheme, host))
}

/// What comes before the first of some delimiters.
#[inline(never)]
fn before<'a>(bytes: &'a [u8], delimiters: &[u8]) -> &'a [u8] {
    // Not `contains`, which links a search of memory by words.
    bytes.split(|byte| delimiters.iter().any(|it| it == byte)).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_10_only_urls_of_four_schemes_can_be_fetched() {
        for url in ["http://a/", "https://a/b?c", "data:text/event-stream,", "blob:http://a/1"] {
            assert!(can_be_fetched(url), "{url}");
        }
        for url in ["ftp://a/", "about:blank", "mailto:a@b", "javascript:1", "file:///a", "ws://a/"]
        {
            assert!(!can_be_fetched(url), "{url}");
        }
        assert!(!can_be_fetched(""));
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let url = "http://a.test:81/b?c#d";
        for same in ["http://a.test:81/", "http://a.test:81/x/y", "http://me:it@a.test:81/b"] {
            assert!(is_same_origin(url, same), "{same}");
        }
        for other in [
            "https://a.test:81/b",
            "http://a.test/b",
            "http://a.test:8/b",
            "http://b.test:81/b",
            "http://a.test:81.b.test/",
            "http://b.test/@a.test:81/",
            "http://b.test/?http://a.test:81/",
            "",
        ] {
            assert!(!is_same_origin(url, other), "{other}");
        }
    }

    #[test]
    fn opaque_origins_are_never_the_same() {
        assert!(!is_same_origin("data:,a", "data:,a"));
        assert!(!is_same_origin("", ""));
    }
}
