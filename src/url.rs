//! What matters to a connection of a URL that is absolute and serialised, as the URL standard
//! describes it (<https://url.spec.whatwg.org/>) and `URL.href` and `Response.url` give it.

/// Whether `fetch` can get an event stream from such a URL.
///
/// The native class takes `http:` and `https:`, and Chromium's `data:` and `blob:` too. It never
/// tries another one again, however it came to be asked for it.
pub fn can_be_fetched(url: &str) -> bool {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    ["http", "https", "data", "blob"].contains(&scheme)
}

/// Whether two URLs have the same tuple origin: scheme, host and port.
///
/// Serialised, a URL shows its port where it is not that of the scheme, and its host in one form
/// only, so that it is enough to compare their text.
pub fn is_same_origin(one: &str, other: &str) -> bool {
    let origin = |url| parts(url).map(|(scheme, _, host, _)| (scheme, host));
    origin(one).is_some_and(|one| origin(other) == Some(one))
}

/// The URL as a report of a blocked request has it: without user info and fragment, and nothing
/// but the scheme if that is not an HTTP(S) one. After Content Security Policy Level 3, "strip URL
/// for use in reports" (<https://w3c.github.io/webappsec-csp/#strip-url-for-use-in-reports>).
pub fn stripped_for_reports(url: &str) -> String {
    let Some((scheme, _, host, path)) = parts(url) else {
        return url.split_once(':').map_or("", |(scheme, _)| scheme).to_owned();
    };
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    [scheme, "://", host, path].concat()
}

/// Scheme, user info, host with port, and the rest of an HTTP(S) URL.
fn parts(url: &str) -> Option<(&str, &str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    if !["http", "https"].contains(&scheme) {
        return None;
    }
    let end = rest.bytes().position(|byte| b"/?#".contains(&byte)).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // In a serialised URL, only the delimiter of the user info is a literal "@".
    let (user_info, host) = authority.split_once('@').unwrap_or(("", authority));
    Some((scheme, user_info, host, path))
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

    #[test]
    fn a_report_has_neither_user_info_nor_fragment() {
        assert_eq!(stripped_for_reports("http://me:it@a:1/b?c#d"), "http://a:1/b?c");
        assert_eq!(stripped_for_reports("https://a/@#e"), "https://a/@");
        assert_eq!(stripped_for_reports("data:text/plain,a"), "data");
        assert_eq!(stripped_for_reports("blob:http://a/1"), "blob");
    }
}
