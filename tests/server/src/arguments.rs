//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Serves event streams that behave, and event streams that misbehave, on two local origins.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Port of the first origin; 0 takes any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,

    /// Port of the second origin; 0 takes any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) second_port: u16,

    /// Directory whose files are served at every path that is not an endpoint
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,

    /// Also stop at the end of standard input, which comes when the starting program is gone
    #[arg(long)]
    pub(crate) stop_with_stdin: bool,
}
