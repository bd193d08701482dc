//! The steps of `vocab/README.md`, run on invented files in the real formats.

#[allow(dead_code, reason = "each test uses a part of it")]
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::Home;

/// The commands of the README, each as its arguments.
fn commands(readme: &str) -> Vec<Vec<String>> {
    let lines = readme.lines().map(str::trim).filter_map(|line| line.strip_prefix("clinlink "));
    lines.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

/// Copies the recipes named and gives the README's paths what they stand for.
fn prepare(home: &Home, project: &Path) -> Vec<(&'static str, PathBuf)> {
    for name in ["umls", "snomed", "local"] {
        let recipe = format!("{name}.recipe.toml");
        fs::copy(project.join("vocab").join(&recipe), home.path("vocab").join(&recipe)).unwrap();
    }
    let data = project.join("crates/vocab/tests/data");
    vec![("/data/2026AA/META", data.join("umls")), ("/data/SnomedCT_RF2", data.join("snomed"))]
}

#[test]
fn the_steps_to_add_vocabularies_work() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(project.join("vocab/README.md")).unwrap();
    let home = Home::new();
    let places = prepare(&home, project);
    let table: Vec<&str> = readme
        .lines()
        .skip_while(|line| !line.contains("id,term,kind"))
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    assert_eq!(table.len(), 3, "header and two rows");
    home.write("terms.csv", table.join("\n") + "\n");
    let mut run = Vec::new();
    for mut command in commands(&readme).into_iter().filter(|command| command.contains(&"mine".to_owned())) {
        for argument in &mut command {
            for (place, stands_for) in &places {
                *argument = argument.replace(place, stands_for.to_str().unwrap());
            }
        }
        let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        let done = home.clinlink(&arguments);
        assert_eq!(done.status(), 0, "{arguments:?}: {}", done.stderr());
        run.push((command[1].clone(), done.stdout().to_owned()));
    }
    let names: Vec<&str> = run.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["build", "info", "search", "show"]);
    for source in ["umls", "snomed", "local"] {
        assert!(run[1].1.contains(&format!("\n{source}\n")), "{source} is missing in\n{}", run[1].1);
    }
    assert!(run[2].1.contains("Bent whisker"), "{}", run[2].1);
    assert!(run[3].1.contains("crooked whisker  (local)"), "{}", run[3].1);
}
