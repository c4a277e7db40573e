//! Whether the Content Security Policy of a page is why its request failed.
//!
//! `fetch` does not tell: it rejects as it does for a lost network. But the page is told of each
//! violation (<https://w3c.github.io/webappsec-csp/#violation-events>), and while a lost network
//! may come back, a policy stays as it is.

use crate::url::is_reported_as;

/// What a `securitypolicyviolation` event tells, each member under its own name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The URL that was asked for, stripped for use in reports.
    pub blocked_uri: String,
    /// The directive that governs requests of this kind, even if the policy only has a fallback.
    pub effective_directive: String,
    /// `enforce`, or `report` for a policy that is only tried out.
    pub disposition: String,
}

impl Violation {
    /// Whether this is about a request for `url`, which was therefore never sent.
    pub fn blocks(&self, url: &str) -> bool {
        self.disposition == "enforce"
            && self.effective_directive == "connect-src"
            && is_reported_as(url, &self.blocked_uri)
    }
}

#[cfg(test)]
mod tests {
    use super::Violation;

    fn violation(blocked_uri: &str, effective_directive: &str, disposition: &str) -> Violation {
        Violation {
            blocked_uri: blocked_uri.to_owned(),
            effective_directive: effective_directive.to_owned(),
            disposition: disposition.to_owned(),
        }
    }

    #[test]
    fn spec_46_a_violation_blocks_the_url_that_it_names() {
        let violation = violation("http://a/b?c", "connect-src", "enforce");
        assert!(violation.blocks("http://a/b?c"));
        assert!(violation.blocks("http://a/b?c#d"));
        assert!(!violation.blocks("http://a/b"));
        assert!(!violation.blocks("http://a/b?cd"));
    }

    #[test]
    fn spec_46_a_report_of_a_policy_that_is_not_in_force_blocks_nothing() {
        assert!(!violation("http://a/", "connect-src", "report").blocks("http://a/"));
    }

    #[test]
    fn spec_46_a_violation_by_an_image_blocks_no_request_of_ours() {
        assert!(!violation("http://a/", "img-src", "enforce").blocks("http://a/"));
    }
}
