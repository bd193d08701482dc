//! WHO's ICD-10 as meta files: `icd102019syst_codes.txt`, and if given `…_groups.txt` and `…_chapters.txt`.
//!
//! Fields between semicolons, no header, no quotes. Codes have 17 (WHO's description of the meta files and the code of
//! others that read them): 0 level (3, 4, 5), 1 place (T may be coded, N not), 2 kind of terminal node, 3 chapter, 4
//! first category of the block, 5 code with signs, 6 code without dagger and asterisk, 7 code without point, 8 title,
//! 9 title of the category, 10 title of the fourth character, 11 kind of code, 12 to 15 mortality lists, 16 morbidity
//! list. Groups have 4: first category, last category, chapter, title. Chapters have 2: number, title.
//!
//! A code is below its category, a category below its block (`A00-A09`), a block below its chapter (`01`).
//!
//! ```text
//! 3;N;X;01;Q01;Q01.-;Q01;Q01;Purr failure;Purr failure;;;001;4-002;3-003;2-001;001
//! 4;T;X;01;Q01;Q01.0;Q01.0;Q010;Silent purr;Purr failure;Silent purr;P;001;4-002;3-003;2-001;001
//! ```

use std::path::{Path, PathBuf};

use clinlink_model::Label;

use super::given::file_name;
use super::icd10_who::Options;
use super::rows::{Form, read_placed};
use crate::builder::PackBuilder;
use crate::vocab_error::VocabError;

/// A block of categories.
struct Block {
    first: String,
    last: String,
    code: String,
}

pub(super) fn read(
    codes: &Path,
    all: &[PathBuf],
    options: &Options,
    builder: &mut PackBuilder,
) -> Result<(), VocabError> {
    let form = Form { encoding: options.encoding, ..Form::plain(b';') };
    let named = |end: &str| all.iter().find(|path| file_name(path).to_ascii_lowercase().ends_with(end));
    if let Some(path) = named("chapters.txt") {
        read_placed(path, form, 2, [0, 1], builder, |[number, title], builder| {
            builder.heading(&options.system, number, title, Label::Disease).billable(false);
            Ok(())
        })?;
    }
    let mut blocks = Vec::new();
    if let Some(path) = named("groups.txt") {
        read_placed(path, form, 4, [0, 1, 2, 3], builder, |[first, last, chapter, title], builder| {
            let code = format!("{first}-{last}");
            builder.heading(&options.system, &code, title, Label::Disease).billable(false);
            builder.parent(chapter);
            blocks.push(Block { first: first.to_owned(), last: last.to_owned(), code });
            Ok(())
        })?;
    }
    read_placed(codes, form, 17, [1, 3, 6, 8], builder, |[place, chapter, code, title], builder| {
        if code.is_empty() || title.is_empty() {
            return Err("an entry without code or title".to_owned());
        }
        if !matches!(place, "T" | "N") {
            return Err(format!(
                "place {place:?}, expected T or N in the second column; is this a codes file?"
            ));
        }
        if builder.contains(&options.system, code) {
            return Err(format!("{code} stands here for the second time"));
        }
        builder.concept(&options.system, code, title, Label::Disease).billable(place == "T");
        let category = code.get(..3).unwrap_or(code);
        if category == code {
            builder.parent(block(&blocks, code).unwrap_or(chapter));
        } else {
            builder.parent(parent(code));
        }
        Ok(())
    })
}

/// What a code with a point stands below: `M01.21` below `M01.2`, `M01.2` below `M01`.
fn parent(code: &str) -> &str {
    let (category, rest) = code.split_once('.').unwrap_or((code, ""));
    match rest.char_indices().next_back() {
        Some((at, _)) if at > 0 => &code[..category.len() + 1 + at],
        _ => category,
    }
}

/// The smallest block around a category.
fn block<'b>(blocks: &'b [Block], category: &str) -> Option<&'b str> {
    let around = blocks.iter().filter(|block| *block.first <= *category && *category <= *block.last);
    // Of two blocks one may lie in the other: C00-C14 in C00-C75.
    around
        .max_by(|a, b| a.first.cmp(&b.first).then_with(|| b.last.cmp(&a.last)))
        .map(|block| block.code.as_str())
}
