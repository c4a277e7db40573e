//! Which URL the next attempt asks, once a redirect has led elsewhere.
//!
//! The standard leaves that open. Chromium asks the final URL, whatever the status of the redirects, and
//! so does this, but for two cases.

use crate::origin::origin;

/// Whether the next attempt asks the URL that redirects have led to, not the one that was asked.
///
/// A method other than GET is not repeated there, because a redirect may just have made a GET of it.
/// And what the user adds to requests (`may_leak`: headers, or a `fetch` that adds whatever it wants)
/// does not go straight to an origin that the user has not named: on its way there, `fetch` may have
/// dropped some of it, `Authorization` for one.
pub fn is_followed(asked: &str, redirected_to: &str, is_get: bool, may_leak: bool) -> bool {
    is_get && (!may_leak || origin(asked) == origin(redirected_to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_42_a_redirect_is_followed_where_nothing_is_repeated_or_leaks() {
        const ASKED: &str = "https://a.test/asked";
        const SAME: &str = "https://a.test/final";
        const OTHER: &str = "https://b.test/final";
        const OTHER_PORT: &str = "https://a.test:444/final";
        const DOWNGRADED: &str = "http://a.test/final";
        for (redirected_to, is_get, may_leak, expected) in [
            (SAME, true, false, true),
            (SAME, true, true, true),
            (OTHER, true, false, true),
            (OTHER, true, true, false),
            (OTHER_PORT, true, true, false),
            (DOWNGRADED, true, true, false),
            (SAME, false, false, false),
            (SAME, false, true, false),
            (OTHER, false, false, false),
        ] {
            assert_eq!(
                is_followed(ASKED, redirected_to, is_get, may_leak),
                expected,
                "{redirected_to}, GET: {is_get}, may leak: {may_leak}"
            );
        }
    }
}
