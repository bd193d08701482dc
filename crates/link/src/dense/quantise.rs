//! Vectors as 8-bit integers: a quarter of the memory, and products that are exact and quick.
//!
//! A vector's greatest number becomes 127 or -127; its scale says what 1 stood for. The cosine of two vectors of length 1
//! is the product of their integers times both scales.

/// Appends `vector` as integers to `out` and returns its scale.
pub(super) fn quantise(vector: &[f32], out: &mut Vec<i8>) -> f32 {
    let greatest = vector.iter().fold(f32::MIN_POSITIVE, |most, number| most.max(number.abs()));
    let scale = greatest / 127.0;
    out.extend(vector.iter().map(|number| (number / scale).round() as i8));
    scale
}

/// The products of `query` with each of `rows`, vectors of its length one after another, in place of what `out` held.
pub(super) fn products(query: &[i8], rows: &[i8], out: &mut Vec<i32>) {
    out.clear();
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") {
        #[expect(unsafe_code, reason = "the compiler cannot know the processor")]
        // SAFETY: the processor has AVX2.
        return unsafe { products_avx2(query, rows, out) };
    }
    products_of(query, rows, out);
}

/// [`products_of`], compiled for processors with AVX2: 16 products an instruction.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn products_avx2(query: &[i8], rows: &[i8], out: &mut Vec<i32>) {
    products_of(query, rows, out);
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "so that it takes the instruction set of its caller")]
fn products_of(query: &[i8], rows: &[i8], out: &mut Vec<i32>) {
    out.extend(rows.chunks_exact(query.len()).map(|row| sum(query, row)));
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "so that it takes the instruction set of its caller")]
fn sum(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_product_is_that_of_the_numbers(pair in proptest::collection::vec((any::<i8>(), any::<i8>()), 1..300)) {
            let (a, b): (Vec<i8>, Vec<i8>) = pair.iter().copied().unzip();
            let exact: i32 = pair.iter().map(|&(a, b)| i32::from(a) * i32::from(b)).sum();
            let mut found = Vec::new();
            products(&a, &[b.clone(), b].concat(), &mut found);
            prop_assert_eq!(found, vec![exact; 2]);
        }

        #[test]
        fn quantised_vectors_are_near(vector in proptest::collection::vec(-1.0_f32..1.0, 1..200)) {
            let mut integers = Vec::new();
            let scale = quantise(&vector, &mut integers);
            for (number, integer) in vector.iter().zip(integers) {
                prop_assert!((number - f32::from(integer) * scale).abs() <= scale * 0.51);
            }
        }
    }

    #[test]
    fn a_vector_of_zeros_stays_one() {
        let mut integers = Vec::new();
        quantise(&[0.0, 0.0], &mut integers);
        assert_eq!(integers, [0, 0]);
    }
}
