//! Runs pip.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::FetchError;
use crate::package::Package;

/// The tags of Linux wheels that run on the C library of the oldest system supported, newest first.
const PLATFORMS: [&str; 6] = [
    "manylinux_2_28_x86_64",
    "manylinux_2_27_x86_64",
    "manylinux_2_25_x86_64",
    "manylinux_2_24_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
];

/// Downloads the wheel of `package` into `folder` and says where it is.
pub fn download(python: &Path, package: &Package, folder: &Path) -> Result<PathBuf, FetchError> {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--no-input"]);
    command.args(["--disable-pip-version-check", "--only-binary=:all:", "--python-version", "3.11"]);
    if package.platform {
        command.args(["--implementation", "cp", "--abi", "cp311"]);
        for platform in PLATFORMS {
            command.args(["--platform", platform]);
        }
    }
    command.arg("--dest").arg(folder).arg(format!("{}=={}", package.package, package.version));
    let output =
        command.output().map_err(|cause| FetchError::NoPython { python: python.to_owned(), cause })?;
    if !output.status.success() {
        return Err(failure(python, package, &String::from_utf8_lossy(&output.stderr)));
    }
    one_wheel(package, folder)
}

/// What went wrong, from what pip wrote: its last error line says most, other last lines are hints.
fn failure(python: &Path, package: &Package, stderr: &str) -> FetchError {
    if stderr.contains("No module named pip") {
        return FetchError::NoPip { python: python.to_owned() };
    }
    let lines = || stderr.lines().map(str::trim).rev();
    let cause = lines()
        .find(|line| line.starts_with("ERROR:"))
        .or_else(|| lines().find(|line| !line.is_empty()))
        .unwrap_or("it failed without a word");
    FetchError::Download {
        package: package.package.clone(),
        version: package.version.clone(),
        cause: cause.trim_start_matches("ERROR:").trim().to_owned(),
    }
}

fn one_wheel(package: &Package, folder: &Path) -> Result<PathBuf, FetchError> {
    let mut wheels = Vec::new();
    for entry in fs::read_dir(folder).map_err(FetchError::io(folder))? {
        let path = entry.map_err(FetchError::io(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            wheels.push(path);
        }
    }
    let count = wheels.len();
    match wheels.pop() {
        Some(wheel) if count == 1 => Ok(wheel),
        _ => Err(FetchError::Wheels {
            package: package.package.clone(),
            version: package.version.clone(),
            count,
        }),
    }
}
