//! No order of inputs breaks the rules of a connection: never two requests at once, nothing after it is
//! closed, no delay out of bounds, no ID that is older than one that was valid.

use arbitrary::Unstructured;

use crate::inputs::{Timed, Wanted};
use crate::machine::Machine;

/// Checks what the user wants, and what happens then.
pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok(wanted) = input.arbitrary::<Wanted>() else { return };
    let mut machine = Machine::new(&wanted);
    let mut now = 0.0;
    while !input.is_empty() {
        let Ok(Timed { input, later, random }) = input.arbitrary() else { return };
        now += f64::from(later);
        machine.apply(input, now, f64::from(random) / 65_536.0);
    }
}
