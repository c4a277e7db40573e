//! One parameter in the query of a URL. All else is left byte for byte as it is: the URL may be signed.

/// The URL with this parameter in its query: in the place of the first one of that name, or behind all
/// others. Further ones of that name are taken out.
///
/// Names are compared as forms are parsed, and what is written is percent-encoded as forms are (URL
/// standard, section 5).
pub fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let (before, fragment) = cut(url, b'#');
    let (path, query) = cut(before, b'?');
    let mut result = path.to_string();
    let mut separator = '?';
    let mut is_written = false;
    // The first pair stands behind the question mark, each other one behind an ampersand.
    let mut rest = query;
    while let Some(pairs) = rest.get(1..) {
        let (pair, behind) = cut(pairs, b'&');
        rest = behind;
        let is_it = !pair.is_empty() && is_encoded(cut(pair, b'=').0, name);
        if is_it && is_written {
            continue;
        }
        result.push(separator);
        separator = '&';
        if is_it {
            is_written = true;
            append(name, value, &mut result);
        } else {
            result.push_str(pair);
        }
    }
    if !is_written {
        // Behind the question mark alone, or a last ampersand, there is the place for a pair already.
        if query != "?" && !query.ends_with('&') {
            result.push(separator);
        }
        append(name, value, &mut result);
    }
    result.push_str(fragment);
    result
}

/// Cuts before the first `separator`, or at the end.
fn cut(text: &str, separator: u8) -> (&str, &str) {
    let at = text.bytes().position(|byte| byte == separator);
    text.split_at(at.unwrap_or(text.len()))
}

/// Whether a name in a query decodes to this one.
fn is_encoded(encoded: &str, name: &str) -> bool {
    let mut encoded = encoded.as_bytes();
    let mut name = name.bytes();
    while let [first, rest @ ..] = encoded {
        encoded = rest;
        let mut decoded = if *first == b'+' { b' ' } else { *first };
        if let (b'%', [high, low, rest @ ..]) = (first, rest)
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            decoded = high << 4 | low;
            encoded = rest;
        }
        if name.next() != Some(decoded) {
            return false;
        }
    }
    name.next().is_none()
}

/// The value of a hexadecimal digit.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Appends the parameter.
fn append(name: &str, value: &str, result: &mut String) {
    encode(name, result);
    result.push('=');
    encode(value, result);
}

/// Appends text as "application/x-www-form-urlencoded percent-encoding" has it.
fn encode(text: &str, result: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'*' | b'-' | b'.' | b'_' => {
                result.push(byte.into());
            }
            b' ' => result.push('+'),
            _ => {
                result.push('%');
                result.push(DIGITS[usize::from(byte >> 4)].into());
                result.push(DIGITS[usize::from(byte & 15)].into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_is_added_behind_all_others_and_before_the_fragment() {
        for (url, expected) in [
            ("https://a.test/", "https://a.test/?id=7"),
            ("https://a.test/?", "https://a.test/?id=7"),
            ("https://a.test/?a", "https://a.test/?a&id=7"),
            ("https://a.test/?a=b&", "https://a.test/?a=b&id=7"),
            ("https://a.test/?a&&b", "https://a.test/?a&&b&id=7"),
            ("https://a.test/?&", "https://a.test/?&id=7"),
            ("https://a.test/&", "https://a.test/&?id=7"),
            ("https://a.test/#b", "https://a.test/?id=7#b"),
            ("https://a.test/?#b", "https://a.test/?id=7#b"),
            ("https://a.test/?a=b#c?id=1&d", "https://a.test/?a=b&id=7#c?id=1&d"),
            ("https://a.test/?a?b", "https://a.test/?a?b&id=7"),
            ("https://a.test/?a=b?", "https://a.test/?a=b?&id=7"),
            ("https://a.test/??", "https://a.test/??&id=7"),
            ("https://a.test/a&", "https://a.test/a&?id=7"),
            ("https://a.test/id=1", "https://a.test/id=1?id=7"),
        ] {
            assert_eq!(with_parameter(url, "id", "7"), expected, "{url}");
        }
    }

    #[test]
    fn the_first_of_that_name_is_replaced_and_the_others_go() {
        for (url, expected) in [
            ("https://a.test/?id=1", "https://a.test/?id=7"),
            ("https://a.test/?id", "https://a.test/?id=7"),
            ("https://a.test/?id=", "https://a.test/?id=7"),
            ("https://a.test/?id=1=2", "https://a.test/?id=7"),
            ("https://a.test/?a&id=1&b#c", "https://a.test/?a&id=7&b#c"),
            ("https://a.test/?id=1&a&id=2&b&id", "https://a.test/?id=7&a&b"),
            ("https://a.test/?id=1&id=2&", "https://a.test/?id=7&"),
            ("https://a.test/?ID=1&idx=2&xid=3&i=d", "https://a.test/?ID=1&idx=2&xid=3&i=d&id=7"),
            ("https://a.test/?%69%64=1", "https://a.test/?id=7"),
            ("https://a.test/?i%64=1&%6Ad=2", "https://a.test/?id=7&%6Ad=2"),
        ] {
            assert_eq!(with_parameter(url, "id", "7"), expected, "{url}");
        }
    }

    #[test]
    fn names_are_compared_as_forms_are_parsed() {
        for (query, name) in [
            ("last+event=1", "last event"),
            ("last%20event=1", "last event"),
            ("a%2Bb=1", "a+b"),
            ("%C3%A9=1", "é"),
            ("%c3%a9%cA%Bf=1", "é\u{2BF}"),
            ("a%=1", "a%"),
            ("a%4=1", "a%4"),
            ("a%zz=1", "a%zz"),
            ("=1", ""),
        ] {
            let url = with_parameter(&format!("https://a.test/?{query}&b"), name, "7");
            assert_eq!(url.matches("=7").count(), 1, "{url}");
            assert!(url.ends_with("=7&b"), "{query} and {name:?}: {url}");
        }
        // An empty piece is no parameter, not even the one without a name.
        assert_eq!(with_parameter("https://a.test/?&a", "", "7"), "https://a.test/?&a&=7");
    }

    #[test]
    fn what_is_written_is_encoded_as_forms_are() {
        for (value, expected) in [
            ("", ""),
            ("azAZ09*-._", "azAZ09*-._"),
            ("a b", "a+b"),
            ("a+b&c=d#e?f/g%h", "a%2Bb%26c%3Dd%23e%3Ff%2Fg%25h"),
            ("~'()!", "%7E%27%28%29%21"),
            ("é…🦀", "%C3%A9%E2%80%A6%F0%9F%A6%80"),
            ("\0\n\x7F\u{FFFD}", "%00%0A%7F%EF%BF%BD"),
        ] {
            let url = with_parameter("https://a.test/", "id", value);
            assert_eq!(url, format!("https://a.test/?id={expected}"));
            let url = with_parameter("https://a.test/", value, "");
            assert_eq!(url, format!("https://a.test/?{expected}="));
        }
    }

    #[test]
    fn a_signed_url_keeps_every_other_byte() {
        let signed = "https://a.test/b%20c?flag&q=a%20b&sig=A~b'(c)*&%zz&x=%7e+%2f";
        let once = with_parameter(signed, "id", "a b");
        assert_eq!(once, format!("{signed}&id=a+b"));
        assert_eq!(with_parameter(&once, "id", "8"), format!("{signed}&id=8"));
    }
}
