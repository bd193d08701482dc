//! Fetching with a stand-in for Python that serves a wheel from a folder.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clinlink_fetch::{FetchError, Fetcher, Package, sha256_file};
use rstest::{fixture, rstest};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A registry with one wheel.
struct Registry {
    dir: TempDir,
    package: Package,
}

impl Registry {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A program that answers for `python3 -m pip download … --dest FOLDER NAME==VERSION`.
    fn python(&self, script: &str) -> PathBuf {
        let path = self.path("python3");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn serving(&self) -> Fetcher {
        let script = format!(
            "while [ \"$1\" != --dest ]; do shift; done\ncp '{}' \"$2/\"\n",
            self.path("demo-1.0-py3-none-any.whl").display()
        );
        Fetcher::new(self.path("cache")).with_python(self.python(&script))
    }

    fn failing(&self, script: &str) -> Fetcher {
        Fetcher::new(self.path("cache")).with_python(self.python(script))
    }
}

fn write_wheel(path: &Path) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, text) in [("demo/a.txt", "alpha"), ("demo/data/b.txt", "beta"), ("demo/data/c.txt", "gamma")] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

#[fixture]
fn registry() -> Registry {
    let dir = tempfile::tempdir().unwrap();
    let wheel = dir.path().join("demo-1.0-py3-none-any.whl");
    write_wheel(&wheel);
    let package = Package {
        package: "demo".to_owned(),
        version: "1.0".to_owned(),
        sha256: sha256_file(&wheel).unwrap(),
        members: vec!["demo/data/".to_owned()],
        platform: false,
    };
    Registry { dir, package }
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[rstest]
fn only_the_members_are_unpacked_and_the_wheel_goes(registry: Registry) {
    let folder = registry.serving().fetch(&registry.package, &|_| {}).unwrap();
    assert_eq!(fs::read_to_string(folder.join("demo/data/b.txt")).unwrap(), "beta");
    assert!(!folder.join("demo/a.txt").exists());
    assert_eq!(entries(&folder), [".fetched", "demo"]);
    assert_eq!(entries(&registry.path("cache")), ["demo-1.0"]);
}

#[rstest]
fn a_second_fetch_runs_nothing(registry: Registry) {
    registry.serving().fetch(&registry.package, &|_| {}).unwrap();
    let offline = Fetcher::new(registry.path("cache")).with_python(registry.path("not-there"));
    assert!(offline.is_fetched(&registry.package));
    offline.fetch(&registry.package, &|_| panic!("nothing is to be fetched")).unwrap();
}

#[rstest]
fn another_list_of_members_fetches_again(mut registry: Registry) {
    registry.serving().fetch(&registry.package, &|_| {}).unwrap();
    registry.package.members = vec!["demo/a.txt".to_owned()];
    let folder = registry.serving().fetch(&registry.package, &|_| {}).unwrap();
    assert!(folder.join("demo/a.txt").is_file());
    assert!(!folder.join("demo/data").exists());
}

#[rstest]
fn a_folder_without_stamp_is_not_finished(registry: Registry) {
    let fetcher = registry.serving();
    fs::create_dir_all(fetcher.folder(&registry.package).join("demo/data")).unwrap();
    assert!(!fetcher.is_fetched(&registry.package));
    let folder = fetcher.fetch(&registry.package, &|_| {}).unwrap();
    assert!(folder.join("demo/data/c.txt").is_file());
}

#[rstest]
fn a_wrong_hash_is_refused_and_leaves_nothing(mut registry: Registry) {
    registry.package.sha256.replace_range(..4, "0000");
    let error = registry.serving().fetch(&registry.package, &|_| {}).unwrap_err();
    assert!(matches!(&error, FetchError::Hash { expected, .. } if expected.starts_with("0000")), "{error}");
    assert!(entries(&registry.path("cache")).is_empty());
}

#[rstest]
fn a_missing_member_is_named(mut registry: Registry) {
    registry.package.members.push("demo/none.txt".to_owned());
    let error = registry.serving().fetch(&registry.package, &|_| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        "demo==1.0 has no member demo/none.txt; correct the recipe's list of members"
    );
    assert!(entries(&registry.path("cache")).is_empty());
}

#[rstest]
fn a_missing_python_says_what_to_install(registry: Registry) {
    let fetcher = Fetcher::new(registry.path("cache")).with_python("/not/there/python3");
    let error = fetcher.fetch(&registry.package, &|_| {}).unwrap_err();
    assert!(matches!(error, FetchError::NoPython { .. }), "{error}");
}

#[rstest]
#[case::no_pip("echo '/usr/bin/python3: No module named pip' >&2; exit 1", "has no pip; install it")]
#[case::last_error(
    "printf 'WARNING: Retrying\\nERROR: No matching distribution found for demo==1.0\\nnotice: update\\n' >&2; exit 1",
    "pip could not download demo==1.0: No matching distribution found for demo==1.0; check the network"
)]
#[case::silent("exit 3", "it failed without a word")]
#[case::no_wheel("exit 0", "pip left 0 wheels")]
fn a_failure_of_pip_is_one_line(registry: Registry, #[case] script: &str, #[case] expected: &str) {
    let message = registry.failing(script).fetch(&registry.package, &|_| {}).unwrap_err().to_string();
    assert!(message.contains(expected), "{message}");
    assert_eq!(message.lines().count(), 1);
}
