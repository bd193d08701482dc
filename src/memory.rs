//! Memory that is freed does not stay with the program. Of glibc only: other allocators are not known to need it.
//!
//! `clinlink code --pipeline default` on 600 notes of mtsamples, 2 threads, beside other work: 502 to 519 MiB at peak without
//! both, 449 to 459 with fewer arenas alone, 458 to 490 with what loading leaves given back alone, 432 to 476 with both, all at the
//! same processor time.

/// As many arenas as there are cores, where glibc would make eight times as many: each thread makes its own, and none uses
/// what is free in another's. Before the first thread is started.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn share_arenas() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    #[expect(unsafe_code, reason = "a function of glibc")]
    // SAFETY: it sets a number, and no other thread runs yet. If it fails, all is as it was.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, i32::try_from(cores).unwrap_or(i32::MAX));
    }
}

/// Gives what was freed back to the system: a model's 8-bit integers become 32-bit floats while it is read, which takes four
/// times its size for a moment.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn give_back() {
    #[expect(unsafe_code, reason = "a function of glibc")]
    // SAFETY: it may be called at any time and by any thread, and touches no memory that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn share_arenas() {}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back() {}
