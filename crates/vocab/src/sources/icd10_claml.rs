//! WHO's ICD-10 as `ClaML`, the Classification Markup Language (EN 14463).
//!
//! `Class` elements of kind `chapter`, `block` and `category` with their code, `SuperClass` and `SubClass` elements and
//! `Rubric` elements: `preferred` (title), `inclusion` (synonyms and Includes notes), `exclusion`, `coding-hint` (code
//! also), `definition`. `usage` is `dagger` or `aster`. References in a rubric are codes in brackets; they are kept in
//! notes and left off terms.
//!
//! Fourth characters that many categories share stand once, in a `Modifier` with a `ModifierClass` each, and a class
//! names the modifier in `ModifiedBy` (`ValidModifierClass` elements restrict it, `ExcludeModifier` takes one back that
//! a class above has). They are written out here: E10 modified by `.0` *With coma* gives E10.0, whose title is
//! *Insulin-dependent diabetes mellitus, with coma*. Such titles are no terms of their own: no text has these words in
//! this order. Fifth characters are optional in WHO's edition and are written out if the recipe asks for it.
//!
//! The layout is from the standard and WHO's `ClaML` notes; how modifier codes are written (`.0` or `0`) differs between
//! editions, and both are read.

use std::collections::BTreeMap;
use std::path::Path;

use clinlink_model::Label;

use super::at;
use super::icd10_who::Options;
use super::xml_elements::{Element, read_elements};
use crate::builder::PackBuilder;
use crate::entry::{NoteKind, TermKind};
use crate::vocab_error::VocabError;

/// A class as read.
struct Class {
    code: String,
    kind: String,
    title: String,
    parents: Vec<String>,
    has_subclasses: bool,
    terms: Vec<String>,
    notes: Vec<(NoteKind, String)>,
    modified_by: Vec<(String, Vec<String>)>,
    not_modified_by: Vec<String>,
}

/// A modifier's classes: code and title.
type Modifiers = BTreeMap<String, Vec<(String, String)>>;

pub(super) fn read(path: &Path, options: &Options, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let mut classes: Vec<Class> = Vec::new();
    let mut modifiers = Modifiers::new();
    read_elements(path, &["Class", "ModifierClass"], builder, |element, _| {
        let attribute = |name: &str| {
            let missing = || format!("a {} without the attribute {name}", element.name);
            element.attribute(name).map(str::to_owned).ok_or_else(missing)
        };
        let code = attribute("code")?;
        let title =
            title(element).ok_or_else(|| format!("{} {code} has no preferred rubric", element.name))?;
        if element.name == "ModifierClass" {
            modifiers.entry(attribute("modifier")?).or_default().push((code, title));
        } else {
            classes.push(class(element, code, attribute("kind")?, title)?);
        }
        Ok(())
    })?;
    if classes.is_empty() {
        return Err(at(path, 1, "no <Class> here; expected ClaML"));
    }
    for class in &classes {
        add(class, options, builder);
    }
    let by_code: BTreeMap<&str, &Class> = classes.iter().map(|class| (class.code.as_str(), class)).collect();
    for class in classes.iter().filter(|class| class.kind == "category" && !class.has_subclasses) {
        add_modified(class, &by_code, &modifiers, options, builder);
    }
    Ok(())
}

fn class(element: &Element, code: String, kind: String, title: String) -> Result<Class, String> {
    if !matches!(kind.as_str(), "chapter" | "block" | "category") {
        return Err(format!("{code} is of kind {kind:?}, expected chapter, block or category"));
    }
    let codes = |name: &str| -> Vec<String> {
        element.children(name).filter_map(|child| child.attribute("code")).map(str::to_owned).collect()
    };
    let mut class = Class {
        code,
        kind,
        title,
        parents: codes("SuperClass"),
        has_subclasses: element.children("SubClass").next().is_some(),
        terms: Vec::new(),
        notes: Vec::new(),
        modified_by: Vec::new(),
        not_modified_by: codes("ExcludeModifier"),
    };
    for modified in element.children("ModifiedBy") {
        let valid = modified.children("ValidModifierClass").filter_map(|valid| valid.attribute("code"));
        if let Some(code) = modified.attribute("code") {
            class.modified_by.push((code.to_owned(), valid.map(str::to_owned).collect()));
        }
    }
    for (rubric, label) in element.children("Rubric").flat_map(|rubric| {
        let kind = rubric.attribute("kind").unwrap_or_default();
        rubric.children("Label").map(move |label| (kind, label))
    }) {
        let kind = match rubric {
            "inclusion" => NoteKind::Includes,
            "exclusion" => NoteKind::Excludes1,
            "coding-hint" => NoteKind::CodeAlso,
            _ => continue,
        };
        if kind == NoteKind::Includes {
            class.terms.push(label.text_without(&["Reference"]));
        }
        class.notes.push((kind, note(label)));
    }
    Ok(class)
}

/// The text of the first preferred rubric.
fn title(element: &Element) -> Option<String> {
    let rubric = |kind: &str| {
        let mut rubrics = element.children("Rubric").filter(|rubric| rubric.attribute("kind") == Some(kind));
        rubrics
            .find_map(|rubric| rubric.children("Label").next())
            .map(|label| label.text_without(&["Reference"]))
    };
    rubric("preferred").filter(|title| !title.is_empty())
}

/// A note with its references in parentheses, as printed.
fn note(label: &Element) -> String {
    let text = label.text_without(&["Reference"]);
    let codes: Vec<String> = label.below(&["Reference"]).iter().map(|reference| reference.text()).collect();
    if codes.is_empty() { text } else { format!("{text} ({})", codes.join(", ")) }
}

fn add(class: &Class, options: &Options, builder: &mut PackBuilder) {
    if class.kind == "category" {
        builder.concept(&options.system, &class.code, &class.title, Label::Disease);
        for term in &class.terms {
            builder.term(term, TermKind::Synonym);
        }
    } else {
        builder.heading(&options.system, &class.code, &class.title, Label::Disease);
    }
    builder.billable(class.kind == "category" && !class.has_subclasses);
    for parent in &class.parents {
        builder.parent(parent);
    }
    for (kind, note) in &class.notes {
        builder.note(*kind, note);
    }
}

/// Adds the codes that modifiers make of a category without subclasses.
fn add_modified(
    class: &Class,
    by_code: &BTreeMap<&str, &Class>,
    modifiers: &Modifiers,
    options: &Options,
    builder: &mut PackBuilder,
) {
    let mut bases = vec![(class.code.clone(), class.title.clone())];
    for (modifier, valid) in in_force(class, by_code) {
        let Some(values) = modifiers.get(modifier) else { continue };
        let is_fourth = bases.iter().all(|(code, _)| !code.contains('.'));
        if !is_fourth && !options.fifth_characters {
            continue;
        }
        let mut made = Vec::new();
        for (base, title) in &bases {
            for (character, meaning) in
                values.iter().filter(|(code, _)| valid.is_empty() || valid.contains(code))
            {
                let point = if base.contains('.') { "" } else { "." };
                let code = format!("{base}{point}{}", character.trim_start_matches('.'));
                let title = format!("{title}, {}", in_sentence(meaning));
                builder.heading(&options.system, &code, &title, Label::Disease).parent(base);
                made.push((code, title));
            }
            if !made.is_empty() && builder.select(&options.system, base) {
                builder.billable(false);
            }
        }
        bases = made;
    }
}

/// The modifiers of a class and of the classes above it, those of the class itself first, without those that it or one
/// on the way excludes.
fn in_force<'c>(class: &'c Class, by_code: &BTreeMap<&str, &'c Class>) -> Vec<(&'c str, &'c [String])> {
    let mut found: Vec<(&str, &[String])> = Vec::new();
    let mut excluded: Vec<&str> = Vec::new();
    let mut next = Some(class);
    // No classification is that deep; a circle in a broken file ends here.
    for _ in 0..16 {
        let Some(class) = next else { break };
        excluded.extend(class.not_modified_by.iter().map(String::as_str));
        for (modifier, valid) in &class.modified_by {
            let is_new = !found.iter().any(|(known, _)| known == modifier);
            if is_new && !excluded.contains(&modifier.as_str()) {
                found.push((modifier, valid));
            }
        }
        next = class.parents.first().and_then(|parent| by_code.get(parent.as_str()).copied());
    }
    // Fourth characters before fifth: their codes end in _4 and _5.
    found.sort_by_key(|(modifier, _)| modifier.ends_with('5'));
    found
}

/// A modifier's words behind a title: `With coma` is `with coma`; an abbreviation keeps its capitals.
fn in_sentence(words: &str) -> String {
    let mut chars = words.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(words.chars().skip(1)).collect()
        }
        _ => words.to_owned(),
    }
}
