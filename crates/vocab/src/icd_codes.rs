//! The points of ICD codes: files of CMS and AHRQ leave them out, the classifications print them.

/// `E1165` as `E11.65`; `None` if it has not the form of a code of ICD-10-CM. Since fiscal year 2026 the second
/// character may be a letter (`QA0.0101`).
pub(crate) fn icd10cm(code: &str) -> Option<String> {
    let bytes = code.as_bytes();
    let is_code = (3..=7).contains(&bytes.len())
        && bytes[0].is_ascii_uppercase()
        && bytes[1..3].iter().any(u8::is_ascii_digit)
        && bytes.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    is_code.then(|| pointed(code, 3))
}

/// Whether `code` is written as ICD-10-CM prints its codes: `N18`, `S72.001A`, `QA0.0101`.
pub(crate) fn is_printed_icd10cm(code: &str) -> bool {
    let bare: String = code.chars().filter(|&c| c != '.').collect();
    icd10cm(&bare).is_some_and(|printed| printed == code)
}

/// `25000` as `250.00`, `V1582` as `V15.82`, `E8859` as `E885.9`; `None` if it has not the form of a diagnosis of
/// ICD-9-CM.
pub(crate) fn icd9cm_diagnosis(code: &str) -> Option<String> {
    let (letter, digits) = match code.as_bytes().first()? {
        b'E' => (1, 3..=4),
        b'V' => (1, 2..=4),
        _ => (0, 3..=5),
    };
    let rest = &code[letter..];
    let is_code = digits.contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| pointed(code, if code.starts_with('E') { 4 } else { 3 }))
}

/// `3613` as `36.13`; `None` if it has not the form of a procedure of ICD-9-CM.
pub(crate) fn icd9cm_procedure(code: &str) -> Option<String> {
    let is_code = (2..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| pointed(code, 2))
}

/// Whether `code` has the form of a code of ICD-10-PCS: seven characters of the digits and the letters but I and O.
pub(crate) fn is_icd10pcs(code: &str) -> bool {
    code.len() == 7 && code.bytes().all(is_icd10pcs_value)
}

/// Whether a byte may be a value of an axis of ICD-10-PCS.
pub(crate) fn is_icd10pcs_value(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'O')
}

/// A code with a point behind its first `before` characters, if it has more.
fn pointed(code: &str, before: usize) -> String {
    let (category, rest) = code.split_at(before.min(code.len()));
    if rest.is_empty() { category.to_owned() } else { format!("{category}.{rest}") }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("A000", Some("A00.0"))]
    #[case("I10", Some("I10"))]
    #[case("S72001A", Some("S72.001A"))]
    #[case::letter("QA00101", Some("QA0.0101"))]
    #[case::point("A00.0", None)]
    #[case::word("AMA", None)]
    #[case::no_code("NoDx", None)]
    fn icd10cm_codes(#[case] code: &str, #[case] expected: Option<&str>) {
        assert_eq!(icd10cm(code).as_deref(), expected);
    }

    #[rstest]
    #[case::category("N18", true)]
    #[case::long("S06.0X0A", true)]
    #[case::letters("I1A.0", true)]
    #[case::letter_second("QA0.0101", true)]
    #[case::no_point("N181", false)]
    #[case::point_elsewhere("N1.8", false)]
    #[case::point_last("N18.", false)]
    #[case::two_points("N18.1.0", false)]
    #[case::too_long("QA0.01011", false)]
    #[case::word("HIV", false)]
    fn printed_codes(#[case] code: &str, #[case] expected: bool) {
        assert_eq!(is_printed_icd10cm(code), expected);
    }

    #[rstest]
    #[case("0010", Some("001.0"))]
    #[case("311", Some("311"))]
    #[case("V1582", Some("V15.82"))]
    #[case("E8859", Some("E885.9"))]
    #[case("E001", Some("E001"))]
    #[case::short("01", None)]
    #[case::letters("00A1", None)]
    #[case::not_ascii("00é", None)]
    #[case::empty("", None)]
    fn icd9cm_diagnoses(#[case] code: &str, #[case] expected: Option<&str>) {
        assert_eq!(icd9cm_diagnosis(code).as_deref(), expected);
    }

    #[rstest]
    #[case("3613", Some("36.13"))]
    #[case("640", Some("64.0"))]
    #[case::diagnosis("V10", None)]
    fn icd9cm_procedures(#[case] code: &str, #[case] expected: Option<&str>) {
        assert_eq!(icd9cm_procedure(code).as_deref(), expected);
    }

    #[rstest]
    #[case("0016070", true)]
    #[case("XW033C3", true)]
    #[case::letter_o("0O16070", false)]
    #[case::short("001607", false)]
    fn icd10pcs_codes(#[case] code: &str, #[case] expected: bool) {
        assert_eq!(is_icd10pcs(code), expected);
    }
}
