//! Evidence that is a copy says so in every format.

use clinlink_io::{write_code_set, write_html, write_table};
use clinlink_model::{CodeSet, Episode, Place};
use serde_json::{Value, json};

use crate::episode::{code_set, episode};

/// The example, in which the second piece of evidence of its first code copies the first.
fn copied() -> (CodeSet, Episode) {
    let episode = episode();
    let mut codes = code_set(&episode);
    let evidence = &mut codes.codes[0].evidence;
    evidence[1].repeats = Some(Place { note: evidence[0].note, span: evidence[0].span });
    (codes, episode)
}

#[test]
fn json() {
    let (codes, episode) = copied();
    let mut out = Vec::new();
    write_code_set(&codes, &episode, &mut out).unwrap();
    let record: Value = serde_json::from_slice(&out).unwrap();
    let evidence = &record["codes"][0]["evidence"];
    assert_eq!(evidence[0].get("repeats"), None);
    let at = |field: &str| evidence[0][field].clone();
    let expected = json!({
        "note": at("note"), "start": at("start"), "end": at("end"),
        "start_char": at("start_char"), "end_char": at("end_char"),
    });
    assert_eq!(evidence[1]["repeats"], expected);
}

#[test]
fn page_and_table() {
    let (codes, episode) = copied();
    let (mut page, mut table) = (Vec::new(), Vec::new());
    write_html(&codes, &episode, &mut page).unwrap();
    write_table(&codes, &episode, &mut table, 200).unwrap();
    let (page, table) = (String::from_utf8(page).unwrap(), String::from_utf8(table).unwrap());
    let first = page.split("id=\"e0\"><a href=\"#").nth(1).unwrap().split('"').next().unwrap();
    assert!(
        page.contains(&format!("<a class=\"copy\" href=\"#{first}\">copied from 2024-03-01_admission</a>"))
    );
    assert_eq!(table.matches("(copied from 2024-03-01_admission)").count(), 1, "{table}");
}

#[test]
fn a_place_that_is_not_of_the_episode_is_refused() {
    let (mut codes, episode) = copied();
    let span = codes.codes[0].evidence[0].span;
    codes.codes[0].evidence[1].repeats = Some(Place { note: 7, span });
    assert!(write_code_set(&codes, &episode, &mut Vec::new()).is_err());
}
