//! Two sources at once do, each, what either does alone.

use arbitrary::Unstructured;

use crate::inputs::{Timed, Wanted};
use crate::machine::{Machine, Seen};

/// Checks what two users want, and what happens to the one and to the other.
pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok(wanted) = input.arbitrary::<[Wanted; 2]>() else { return };
    let mut now = 0.0;
    let mut inputs = Vec::new();
    while !input.is_empty() {
        let Ok((which, Timed { input, later, random })) = input.arbitrary::<(bool, _)>() else {
            break;
        };
        now += f64::from(later);
        inputs.push((usize::from(which), input, now, f64::from(random) / 65_536.0));
    }

    let mut machines = [Machine::new(&wanted[0]), Machine::new(&wanted[1])];
    let mut together: [Vec<Seen>; 2] = [Vec::new(), Vec::new()];
    for &(which, input, now, random) in &inputs {
        together[which].push(machines[which].apply(input, now, random));
    }
    for which in [0, 1] {
        let mut machine = Machine::new(&wanted[which]);
        let alone: Vec<_> = inputs
            .iter()
            .filter(|(its, ..)| *its == which)
            .map(|&(_, input, now, random)| machine.apply(input, now, random))
            .collect();
        assert_eq!(alone, together[which]);
    }
}
