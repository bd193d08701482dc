//! OPCS-4, the NHS's classification of interventions and procedures.
//!
//! The `CodesAndTitles` text file of a release (`OPCS410 CodesAndTitles Nov 2022 V1.0.txt`): a code, a tab, a title; no
//! header. Codes stand with or without their point (`A01.1`, `A011`). A code of three characters is a category, one of
//! four is below it and may be reported. Labels: chapter Z holds sites (anatomy), all others procedures. The titles of
//! four-character codes are the file's; some repeat the category's, some do not.
//!
//! ```text
//! Q01    Procedures on imaginary whiskers
//! Q01.1  Straightening of whisker
//! ```

use std::path::{Path, PathBuf};

use clinlink_model::{Label, System};
use serde::Deserialize;

use super::rows::{Encoding, Form, read_placed};
use crate::builder::PackBuilder;
use crate::recipe::Recipe;
use crate::vocab_error::VocabError;

/// What a recipe may choose.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// What the file's bytes mean.
    encoding: Encoding,
}

pub(super) fn read(recipe: &Recipe, files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let options: Options = recipe.options()?;
    for path in super::given::all_files(files)? {
        read_file(&path, options.encoding, builder)?;
    }
    Ok(())
}

fn read_file(path: &Path, encoding: Encoding, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let form = Form { encoding, ..Form::plain(b'\t') };
    read_placed(path, form, 2, [0, 1], builder, |[code, title], builder| {
        let code = with_point(code)?;
        if title.is_empty() {
            return Err(format!("{code} has no title"));
        }
        if builder.contains(&System::OPCS4, &code) {
            return Err(format!("{code} stands here for the second time"));
        }
        let label = if code.starts_with('Z') { Label::Anatomy } else { Label::Procedure };
        builder.concept(&System::OPCS4, &code, title, label);
        let category = code.split('.').next().unwrap_or_default();
        builder.billable(category != code);
        if category != code {
            builder.parent(category);
        }
        Ok(())
    })
}

/// A code with its point: a letter, two digits, and for a subcategory a point and a digit.
fn with_point(code: &str) -> Result<String, String> {
    let bare: String = code.chars().filter(|&c| c != '.').collect();
    let bytes = bare.as_bytes();
    let is_code = matches!(bytes.len(), 3 | 4)
        && bytes[0].is_ascii_uppercase()
        && bytes[1..].iter().all(u8::is_ascii_digit);
    if !is_code {
        return Err(format!("{code:?} is no OPCS-4 code (a letter, two digits, a point and a digit: A01.1)"));
    }
    Ok(if bytes.len() == 3 { bare } else { format!("{}.{}", &bare[..3], &bare[3..]) })
}
