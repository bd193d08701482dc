//! `clinlink vocab vectors`

use std::path::PathBuf;

use clap::Args;
use clinlink_encoder::{Precision, TermEncoder};
use clinlink_link::dense::{make_vectors, vectors_folder};
use clinlink_vocab::Pack;

use super::PackName;
use crate::home::Home;
use crate::progress;

#[derive(Args)]
pub struct VectorArgs {
    #[command(flatten)]
    pack: PackName,
    /// The folder of the encoder of terms [default: pipelines/dense/model]
    #[arg(long, value_name = "FOLDER")]
    model: Option<PathBuf>,
}

pub fn run(args: &VectorArgs, home: &Home) -> anyhow::Result<()> {
    let folder = super::folder(&args.pack.pack, home);
    let pack = Pack::open(&folder)?;
    let model = args.model.clone().unwrap_or_else(|| home.pipelines().join("dense").join("model"));
    let encoder = TermEncoder::load(&model, Precision::Auto)?;
    let out = vectors_folder(&folder);
    let bar = progress::terms();
    let manifest = make_vectors(&pack, &encoder, &out, &mut |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    eprintln!("clinlink: {}: {} terms, {} numbers each", out.display(), manifest.terms, manifest.dimensions);
    Ok(())
}
