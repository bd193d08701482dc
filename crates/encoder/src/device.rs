use std::sync::LazyLock;

use tch::Device;

static DEVICE: LazyLock<Device> = LazyLock::new(Device::cuda_if_available);

/// Where tensors are computed: the first CUDA device if libtorch was built for CUDA and finds one, else the CPU.
///
/// `CUDA_VISIBLE_DEVICES`, which CUDA itself reads, chooses another device or, empty, none.
pub fn device() -> Device {
    *DEVICE
}

/// Pieces a batch, padding included, where a CPU takes `cpu` of them: a GPU has no work with so few.
pub fn batch_pieces(cpu: usize) -> usize {
    if device().is_cuda() { 32 * cpu } else { cpu }
}
