//! Lines that are no records are errors, never panics, and end the reading at no line but the last.
#![no_main]

use clinlink_io::{read_annotated, read_code_sets};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    assert!(read_annotated(bytes).count() <= lines);
    assert!(read_code_sets(bytes).count() <= lines);
});
