//! Any bytes in a file of notes, as JSON lines and as one text, are notes or errors with a place.
#![no_main]

use clinlink_io::read_notes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["notes.jsonl", "2024-03-01_note.txt"] {
        let file = std::env::temp_dir().join(format!("clinlink-fuzz-{}-{name}", std::process::id()));
        std::fs::write(&file, bytes).unwrap();
        for input in read_notes(std::slice::from_ref(&file)).unwrap() {
            match input {
                Ok(input) => {
                    for mention in input.given.unwrap_or_default() {
                        let _ = &input.note[mention.span];
                    }
                }
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
        std::fs::remove_file(&file).unwrap();
    }
});
