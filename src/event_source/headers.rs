//! The headers of a response.

/// The headers of a response, as far as the page may see them.
///
/// ```no_run
/// # use wasm_eventsource::event_source::Open;
/// # fn example(open: &Open) {
/// let version = open.headers.get("x-version").unwrap_or("unknown");
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The value of the header with this name, in any case. Of several, the values are joined by commas.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Headers;
    /// let headers: Headers = [("Content-Type", "text/plain")].into_iter().collect();
    /// assert_eq!(headers.get("content-type"), Some("text/plain"));
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find_map(|(other, value)| other.eq_ignore_ascii_case(name).then_some(value))
    }

    /// The names, in lower case where they come from a response, and the values.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Headers;
    /// let headers: Headers = [("a", "1"), ("b", "2")].into_iter().collect();
    /// let names: Vec<_> = headers.iter().map(|(name, _)| name).collect();
    /// assert_eq!(names, ["a", "b"]);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there are none.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Headers;
    /// assert!(Headers::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Of pairs of a name and a value.
impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
