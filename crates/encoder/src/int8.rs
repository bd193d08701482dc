//! The layers of the encoder in 8-bit integers.
//!
//! A matrix has a scale for each of its rows, what flows into a product one for each piece: the greatest number of the
//! row becomes 127. libtorch multiplies the integers and sums in 32 bits. What stands between two products (bias,
//! activation, sum, norm, the next scales) is done here, row by row while the row is in the cache, in 32-bit floats;
//! attention is what it is for floats.

#![expect(
    clippy::inline_always,
    reason = "only what becomes part of `Int8Layer::apply` is compiled for its instructions"
)]

use tch::kind::Element;
use tch::{Device, Kind, Tensor};

use crate::batch::int;
use crate::encoder::{Linear, Norm, attention};
use crate::weights::in_integers;

/// Whether the processor multiplies 8-bit integers, and has the instructions that this file is compiled for.
#[cfg(target_arch = "x86_64")]
pub(crate) fn multiplies_integers() -> bool {
    std::is_x86_feature_detected!("avx512vnni")
        && std::is_x86_feature_detected!("avx512f")
        && std::is_x86_feature_detected!("avx512bw")
        && std::is_x86_feature_detected!("avx512dq")
        && std::is_x86_feature_detected!("avx512vl")
}

/// Whether the processor multiplies 8-bit integers.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn multiplies_integers() -> bool {
    false
}

/// The greatest absolute number of a row becomes this integer.
const MOST: f32 = 127.0;

/// A matrix product with a bias.
struct Product {
    /// `[in, out]`, 8-bit integers.
    weight: Tensor,
    /// Of each output.
    scales: Vec<f32>,
    bias: Vec<f32>,
}

impl Product {
    fn new(linear: &Linear) -> Self {
        let (weight, scales) = in_integers(&linear.weight);
        let bias = numbers(&linear.bias).to_vec();
        Self { weight: weight.transpose(0, 1), scales: numbers(&scales).to_vec(), bias }
    }

    /// The sums of products, `[pieces, out]`, 32-bit integers.
    fn sums(&self, rows: &Rows) -> Tensor {
        rows.numbers.internal_int_mm(&self.weight)
    }

    /// One row of sums as numbers, with the bias.
    #[inline(always)]
    fn read(&self, sums: &[i32], scale: f32, out: &mut [f32]) {
        let of_column = self.scales.iter().zip(&self.bias);
        for ((out, &sum), (&column, &bias)) in out.iter_mut().zip(sums).zip(of_column) {
            *out = sum as f32 * (scale * column) + bias;
        }
    }
}

/// Rows of 8-bit integers, each with a scale.
struct Rows {
    /// `[pieces, width]`
    numbers: Tensor,
    scales: Vec<f32>,
}

impl Rows {
    /// Room for rows of `width`.
    fn new(pieces: usize, width: usize) -> Self {
        let numbers = Tensor::empty([int(pieces), int(width)], (Kind::Int8, Device::Cpu));
        Self { numbers, scales: vec![0.0; pieces] }
    }

    /// The rows of `x`, `[pieces, width]`.
    #[inline(always)]
    fn of(x: &[f32], width: usize) -> Self {
        let mut rows = Self::new(x.len() / width, width);
        let out = numbers_mut::<i8>(&mut rows.numbers).chunks_exact_mut(width);
        for ((row, out), scale) in x.chunks_exact(width).zip(out).zip(&mut rows.scales) {
            *scale = quantise(row, out);
        }
        rows
    }
}

/// A layer of an encoder whose activation is GELU.
pub(crate) struct Int8Layer {
    attention: Product,
    joined: Product,
    attention_norm: RowNorm,
    up: Product,
    down: Product,
    norm: RowNorm,
}

/// A layer norm, as numbers.
struct RowNorm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    eps: f32,
}

impl RowNorm {
    fn new(norm: &Norm) -> Self {
        let [weight, bias] = [&norm.weight, &norm.bias].map(|tensor| numbers(tensor).to_vec());
        Self { weight, bias, eps: norm.eps as f32 }
    }
}

impl Int8Layer {
    /// A layer of these matrices; `attention` has the query, the key and the value one under the other.
    pub fn new([attention, joined, up, down]: [&Linear; 4], [attention_norm, norm]: [&Norm; 2]) -> Self {
        Self {
            attention: Product::new(attention),
            joined: Product::new(joined),
            attention_norm: RowNorm::new(attention_norm),
            up: Product::new(up),
            down: Product::new(down),
            norm: RowNorm::new(norm),
        }
    }

    /// Puts `x`, `[rows, pieces, hidden]` of 32-bit floats, through the layer. `kind` is what attention is computed in.
    ///
    /// The compiler is told of the instructions so that it makes use of them in the loops of this file.
    #[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl"))]
    pub fn apply(&self, x: &mut Tensor, heads: i64, kind: Kind, mask: Option<&Tensor>) {
        let (rows, pieces, hidden) = x.size3().unwrap_or_default();
        let width = usize::try_from(hidden).unwrap_or(0);
        let input = Rows::of(numbers(x), width);
        let sums = self.attention.sums(&input);
        let mut parts = Tensor::empty([rows, pieces, 3 * hidden], (Kind::Float, Device::Cpu));
        let rows_of = numbers(&sums).chunks_exact(3 * width).zip(&input.scales);
        for (out, (sums, &scale)) in numbers_mut(&mut parts).chunks_exact_mut(3 * width).zip(rows_of) {
            self.attention.read(sums, scale, out);
        }
        let seen = attention(&parts.to_kind(kind), heads, mask, 0.0).to_kind(Kind::Float);
        self.joined.add_normed(&Rows::of(numbers(&seen), width), &self.attention_norm, numbers_mut(x));
        let wide = self.up.gelu(&Rows::of(numbers(x), width));
        self.down.add_normed(&wide, &self.norm, numbers_mut(x));
    }
}

impl Product {
    /// The GELU of the product.
    #[inline(always)]
    fn gelu(&self, rows: &Rows) -> Rows {
        let (sums, width) = (self.sums(rows), self.bias.len());
        let mut wide = vec![0.0; width];
        let mut result = Rows::new(rows.scales.len(), width);
        let out = numbers_mut::<i8>(&mut result.numbers).chunks_exact_mut(width).zip(&mut result.scales);
        let rows_of = numbers(&sums).chunks_exact(width).zip(&rows.scales);
        for ((sums, &scale), (out, out_scale)) in rows_of.zip(out) {
            self.read(sums, scale, &mut wide);
            for number in &mut wide {
                *number = gelu(*number);
            }
            *out_scale = quantise(&wide, out);
        }
        result
    }

    /// Adds the product to `x` and takes the norm of each row.
    #[inline(always)]
    fn add_normed(&self, rows: &Rows, norm: &RowNorm, x: &mut [f32]) {
        let (sums, width) = (self.sums(rows), self.bias.len());
        let mut added = vec![0.0; width];
        let rows_of = numbers(&sums).chunks_exact(width).zip(&rows.scales);
        for (x, (sums, &scale)) in x.chunks_exact_mut(width).zip(rows_of) {
            self.read(sums, scale, &mut added);
            x.iter_mut().zip(&added).for_each(|(x, added)| *x += added);
            normalise(x, norm);
        }
    }
}

/// A row as integers; the scale that gives the numbers back.
#[inline(always)]
fn quantise(row: &[f32], out: &mut [i8]) -> f32 {
    /// Added to a number, it leaves the nearest integer in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    // Without its sign a float is as great as its bits, which can be compared in any order.
    let greatest = row.iter().map(|number| number.to_bits() & 0x7fff_ffff).max().unwrap_or(0);
    let greatest = f32::from_bits(greatest).max(f32::MIN_POSITIVE);
    let factor = MOST / greatest;
    for (out, number) in out.iter_mut().zip(row) {
        *out = (number * factor + ROUND).to_bits() as i8;
    }
    greatest / MOST
}

/// The layer norm of a row.
#[inline(always)]
fn normalise(row: &mut [f32], norm: &RowNorm) {
    let count = row.len() as f32;
    let mean = sum(row, |number| number) / count;
    for number in row.iter_mut() {
        *number -= mean;
    }
    let deviation = (sum(row, |number| number * number) / count + norm.eps).sqrt();
    let factor = 1.0 / deviation;
    for ((number, weight), bias) in row.iter_mut().zip(&norm.weight).zip(&norm.bias) {
        *number = *number * factor * weight + bias;
    }
}

/// The sum of `of` over a row, in sixteen parts, since the order of a single sum would have to be kept.
#[inline(always)]
fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut parts = [0.0_f32; 16];
    let chunks = row.chunks_exact(parts.len());
    let rest: f32 = chunks.remainder().iter().map(|&number| of(number)).sum();
    for chunk in chunks {
        parts.iter_mut().zip(chunk).for_each(|(part, &number)| *part += of(number));
    }
    parts.iter().sum::<f32>() + rest
}

/// The exact GELU, with the error function as a quotient of polynomials: within 1e-6 of libtorch's.
#[inline(always)]
fn gelu(number: f32) -> f32 {
    const ABOVE: [f32; 7] = [
        -2.726_142_4e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const BELOW: [f32; 5] = [-1.456_607_2e-5, -2.133_740_6e-4, -1.682_827e-3, -7.373_329_2e-3, -1.426_474e-2];
    let at = (number * std::f32::consts::FRAC_1_SQRT_2).clamp(-4.0, 4.0);
    let square = at * at;
    let polynomial = |parts: &[f32]| parts.iter().fold(0.0, |value, part| value * square + part);
    0.5 * number * (1.0 + at * polynomial(&ABOVE) / polynomial(&BELOW))
}

/// The numbers of a tensor, in the order of its memory.
fn numbers<T: Element>(tensor: &Tensor) -> &[T] {
    check::<T>(tensor);
    #[expect(unsafe_code, reason = "tch copies the numbers of a tensor, which takes as long as a product")]
    // SAFETY: the tensor is on the CPU, in one piece, and of this kind; the reference keeps it. Nothing changes it
    // meanwhile: the tensors of this file are private, and no operation of libtorch runs while such a slice is in use.
    unsafe {
        std::slice::from_raw_parts(tensor.data_ptr().cast::<T>(), tensor.numel())
    }
}

/// The numbers of a tensor that no other one shares its memory with.
fn numbers_mut<T: Element>(tensor: &mut Tensor) -> &mut [T] {
    check::<T>(tensor);
    #[expect(unsafe_code, reason = "as for `numbers`")]
    // SAFETY: as for `numbers`; the reference is exclusive.
    unsafe {
        std::slice::from_raw_parts_mut(tensor.data_ptr().cast::<T>(), tensor.numel())
    }
}

fn check<T: Element>(tensor: &Tensor) {
    let fits = tensor.kind() == T::KIND && tensor.is_contiguous() && tensor.device() == Device::Cpu;
    assert!(fits && tensor.numel() > 0, "a tensor of another kind than its layer has");
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn row(width: i64) -> Tensor {
        tch::manual_seed(3);
        Tensor::randn([width], (Kind::Float, Device::Cpu)) * 3.0
    }

    fn greatest_difference(a: &[f32], b: &Tensor) -> f32 {
        a.iter().zip(numbers::<f32>(b)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    #[rstest]
    #[case(1)]
    #[case(21)]
    #[case(384)]
    fn a_row_of_integers_gives_the_numbers_back(#[case] width: i64) {
        let row = row(width);
        let mut integers = vec![0; row.numel()];
        let scale = quantise(numbers(&row), &mut integers);
        let back: Vec<f32> = integers.iter().map(|&integer| f32::from(integer) * scale).collect();
        assert!(greatest_difference(&back, &row) <= 0.5001 * scale);
        assert!(integers.iter().any(|integer| integer.abs() == 127));
    }

    #[test]
    fn a_row_of_zeros_stays_one() {
        let mut integers = [1; 5];
        assert!(quantise(&[0.0; 5], &mut integers).is_finite());
        assert_eq!(integers, [0; 5]);
    }

    #[test]
    fn gelu_is_libtorchs() {
        let at = Tensor::arange_start_step(-12.0, 12.0, 0.001, (Kind::Float, Device::Cpu));
        let ours: Vec<f32> = numbers(&at).iter().map(|&number| gelu(number)).collect();
        assert!(greatest_difference(&ours, &at.gelu("none")) < 1e-5);
    }

    #[rstest]
    #[case(21)]
    #[case(384)]
    fn the_norm_is_libtorchs(#[case] width: i64, #[values(1e-12, 1e-5, 0.5)] eps: f64) {
        let norm = Norm { weight: row(width) * 0.3, bias: row(width) + 1.0, eps };
        let x = row(width);
        let mut ours = numbers(&x).to_vec();
        normalise(&mut ours, &RowNorm::new(&norm));
        let theirs = x.layer_norm([width], Some(&norm.weight), Some(&norm.bias), eps, false);
        assert!(greatest_difference(&ours, &theirs) < 1e-5);
    }
}
