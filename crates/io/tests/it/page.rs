//! The page.

use std::collections::BTreeMap;

use clinlink_io::write_html;
use clinlink_model::{CodeSet, Episode};

use crate::episode::{ADMISSION, DISCHARGE, code_set, episode};

fn page(codes: &CodeSet, episode: &Episode) -> String {
    let mut out = Vec::new();
    write_html(codes, episode, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn example() -> String {
    let episode = episode();
    page(&code_set(&episode), &episode)
}

fn unescaped(html: &str) -> String {
    let pairs =
        [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">")];
    pairs
        .iter()
        .fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

/// The inside of each note's text element.
fn texts(page: &str) -> Vec<&str> {
    page.split("<div class=\"text\">").skip(1).map(|rest| rest.split("</div>").next().unwrap()).collect()
}

/// The text of the elements' contents without their tags, and the words of each number in attribute `data-NAME`.
fn read_marks(html: &str, name: &str) -> (String, BTreeMap<usize, String>) {
    let (mut text, mut words) = (String::new(), BTreeMap::<usize, String>::new());
    for (i, piece) in html.split("<span ").enumerate() {
        let (tag, rest) = if i == 0 { ("", piece) } else { piece.split_once('>').unwrap() };
        let (inside, after) = if i == 0 { ("", rest) } else { rest.split_once("</span>").unwrap() };
        let (inside, after) = (unescaped(inside), unescaped(after));
        if let Some((_, numbers)) = tag.split_once(&format!("data-{name}=\"")) {
            for number in numbers.split('"').next().unwrap().split(' ') {
                words.entry(number.parse().unwrap()).or_default().push_str(&inside);
            }
        }
        text.push_str(&inside);
        text.push_str(&after);
    }
    (text, words)
}

#[test]
fn golden_page() {
    let page = example();
    let body = page.split("<body>").nth(1).unwrap().split("<script>").next().unwrap();
    insta::assert_snapshot!(body);
}

#[test]
fn the_notes_are_whole_and_unaltered() {
    let page = example();
    let found: Vec<_> = texts(&page).iter().map(|html| read_marks(html, "e").0).collect();
    assert_eq!(found, [ADMISSION, DISCHARGE]);
}

#[test]
fn every_piece_of_evidence_is_marked_by_its_exact_words() {
    let (page, episode) = (example(), episode());
    let mut marked = BTreeMap::new();
    for html in texts(&page) {
        marked.extend(read_marks(html, "e").1);
    }
    let codes = code_set(&episode);
    let expected: Vec<_> =
        codes.codes.iter().flat_map(|c| &c.evidence).map(|e| &episode.notes[e.note].note[e.span]).collect();
    assert_eq!(marked.into_values().collect::<Vec<_>>(), expected);
}

#[test]
fn every_link_has_a_target_and_no_id_is_given_twice() {
    let page = example();
    let attributes = |name: &str| -> Vec<String> {
        let start = format!(" {name}=\"");
        page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let mut ids = attributes("id");
    let links = attributes("href");
    assert_eq!(links.len(), 2 + 9);
    assert!(links.iter().all(|link| ids.iter().any(|id| link.strip_prefix('#') == Some(id))), "{links:?}");
    ids.sort();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
}

#[test]
fn cues_are_marked_for_the_evidence_that_they_decide() {
    let page = example();
    let (_, cues) = read_marks(texts(&page)[0], "c");
    assert_eq!(cues.into_iter().collect::<Vec<_>>(), [(7, "no".to_owned())]);
}

#[test]
fn overlapping_evidence_has_the_colour_of_the_better_status() {
    let page = example();
    let discharge = texts(&page)[1];
    // "injury" supports an accepted code and one to review.
    assert!(
        discharge.contains("<span class=\"evidence accepted\" id=\"n1s2\" data-e=\"5 6\""),
        "{discharge}"
    );
}

#[test]
fn markup_from_outside_is_escaped_everywhere() {
    let mut episode = episode();
    let mut codes = code_set(&episode);
    let evil = "\"><script>alert('evil')</script><img src=x onerror=evil>";
    episode.id = evil.into();
    codes.episode = evil.into();
    for entry in &mut codes.codes {
        entry.title = evil.into();
        entry.code = evil.into();
        entry.reason = evil.into();
        entry.rules = vec![evil.into()];
        entry.system = evil.into();
        for cue in entry.evidence.iter_mut().filter_map(|e| e.assertion.as_mut()).flat_map(|a| &mut a.cues) {
            cue.rule = evil.into();
        }
    }
    let note = &mut episode.notes[0].note;
    (note.kind, note.date, note.patient) = (Some(evil.into()), Some(evil.into()), Some(evil.into()));
    let page = page(&codes, &episode);
    assert_eq!(page.matches("<script").count(), 1, "the page's own");
    assert!(!page.contains("<img"));
    assert!(!page.contains("alert('"));
    assert!(!page.contains("=evil>"), "an attribute was closed by a value");
}

#[test]
fn the_page_loads_nothing() {
    let page = example();
    let (before, script) = page.split_once("<script>").unwrap();
    // The script's comments start with slashes; it may still name no address.
    assert!(!script.contains("http") && !script.contains("fetch"));
    let before = before.replace("http-equiv", "");
    for outside in ["http", "//", "src=", "@import", "url(", "<link", "<iframe"] {
        assert!(!before.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn the_title_is_the_episode() {
    assert!(example().contains("<title>stay-1</title>"));
}

#[test]
fn an_episode_without_codes_has_a_page() {
    let mut episode = episode();
    episode.notes.truncate(1);
    let page = page(
        &CodeSet { episode: "stay-1".into(), codes: vec![], rules: vec![], purpose: None, drg: None },
        &episode,
    );
    assert_eq!(read_marks(texts(&page)[0], "e"), (ADMISSION.to_owned(), BTreeMap::new()));
}
