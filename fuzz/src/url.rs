//! What a URL tells by itself is what Servo's implementation of the URL standard says.

use arbitrary::Unstructured;
use url::{Host, Url};
use wasm_eventsource::origin::{can_be_fetched, is_loopback, origin, stripped_for_reports};
use wasm_eventsource::query_parameter::with_parameter;
use wasm_eventsource::redirect::is_followed;

/// Checks two URLs, and a parameter to be put into the first.
pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok((name, value, asked, other)) = input.arbitrary::<(&str, &str, &str, &str)>() else {
        return;
    };
    let (Ok(asked), Ok(other)) = (Url::parse(asked), Url::parse(other)) else { return };
    check_origin(&asked);
    check_origin(&other);
    check_redirect(&asked, &other);
    check_parameter(&asked, name, value);
}

fn check_origin(url: &Url) {
    let (text, scheme) = (url.as_str(), url.scheme());
    let is_http = matches!(scheme, "http" | "https");
    let has_origin = is_http || is_made_blob(text);
    let expected = if has_origin { url.origin().ascii_serialization() } else { "null".into() };
    // A blob's URL that no browser has made has no origin here.
    if scheme != "blob" || has_origin {
        assert_eq!(origin(text), expected, "{text:?}");
    }
    let is_here = is_http
        && match url.host() {
            Some(Host::Domain(name)) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name == "localhost" || name.ends_with(".localhost")
            }
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
    assert_eq!(is_loopback(text), is_here, "{text:?}");
    let is_fetched = matches!(scheme, "http" | "https" | "data" | "blob");
    assert_eq!(can_be_fetched(text), is_fetched, "{text:?}");

    let stripped = stripped_for_reports(text);
    if is_http {
        let mut without = url.clone();
        without.set_fragment(None);
        assert_eq!(stripped, without.as_str());
    } else {
        assert_eq!(stripped, scheme);
    }
}

/// Whether it is a blob's URL as browsers make them: behind the scheme, there is one that is serialised.
fn is_made_blob(text: &str) -> bool {
    text.strip_prefix("blob:").is_some_and(|within| {
        Url::parse(within)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.as_str() == within)
    })
}

/// What may be a secret never goes straight to another origin, and only a GET goes elsewhere at all.
fn check_redirect(asked: &Url, other: &Url) {
    let are_http = [asked, other].iter().all(|url| matches!(url.scheme(), "http" | "https"));
    if !are_http {
        return;
    }
    for is_get in [false, true] {
        for may_leak in [false, true] {
            let is_elsewhere = asked.origin() != other.origin();
            let expected = is_get && !(may_leak && is_elsewhere);
            let is = is_followed(asked.as_str(), other.as_str(), is_get, may_leak);
            assert_eq!(is, expected, "{asked} to {other}, GET: {is_get}, may leak: {may_leak}");
        }
    }
}

fn check_parameter(url: &Url, name: &str, value: &str) {
    // A malformed sequence in the query would be taken for this character by the other implementation,
    // and not by ours: nobody has a parameter of such a name.
    if !matches!(url.scheme(), "http" | "https") || name.contains('\u{FFFD}') {
        return;
    }
    let result = with_parameter(url.as_str(), name, value);
    let Ok(parsed) = Url::parse(&result) else { panic!("{result:?} is no URL") };
    assert_eq!(parsed.as_str(), result, "it is not serialised");

    let mut is_there = false;
    let mut expected: Vec<(String, String)> = Vec::new();
    for (its_name, its_value) in url.query_pairs().into_owned() {
        if its_name != name {
            expected.push((its_name, its_value));
        } else if !is_there {
            is_there = true;
            expected.push((its_name, value.to_string()));
        }
    }
    if !is_there {
        expected.push((name.to_string(), value.to_string()));
    }
    let pairs: Vec<_> = parsed.query_pairs().into_owned().collect();
    assert_eq!(pairs, expected, "{url} with {name:?}={value:?}: {result}");

    let (mut before, mut after) = (url.clone(), parsed.clone());
    before.set_query(None);
    after.set_query(None);
    assert_eq!(before, after, "more than the query has changed");
    // What is signed stays as it is, byte for byte.
    if !is_there {
        let (query, longer) = (url.query().unwrap_or(""), parsed.query().unwrap_or(""));
        assert!(longer.starts_with(query), "{longer:?} does not begin with {query:?}");
    }
    let other = with_parameter(&with_parameter(url.as_str(), name, "x"), name, value);
    assert_eq!(other, result, "it is not replaced");
}
