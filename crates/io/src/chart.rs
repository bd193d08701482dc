//! The field `chart` of a JSON record: structured facts of the patient's chart.
//!
//! `{"setting"?, "labs"?: [{"loinc", "value", "unit"?, "low"?, "high"?}], "vitals"?: the same, "problems"?: [code],
//! "medications"?: ["apixaban 5 mg"], "codes"?: [code]}`, where a code is `"I10"` or `{"code": "I10", "system":
//! "ICD-10-CM"}`. Fields that are not here are errors, so that a misspelt one is not passed over.

use clinlink_model::{CareSetting, ChartCode, ChartFact, Measurement, System};
use serde_json::{Map, Value};

use crate::record_error::{ChartFault, RecordFault};

/// What a chart holds.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Chart {
    pub(crate) setting: Option<CareSetting>,
    pub(crate) facts: Vec<ChartFact>,
}

/// Reads the chart of a record.
pub(crate) fn read(chart: Value) -> Result<Chart, RecordFault> {
    let Value::Object(fields) = chart else {
        return Err(RecordFault::WrongType { field: "chart", expected: "an object" });
    };
    let mut read = Chart::default();
    for (name, value) in fields {
        match name.as_str() {
            "setting" => read.setting = Some(setting(&value)?),
            "labs" => read.facts.extend(list("labs", value, measurement)?),
            "vitals" => read.facts.extend(list("vitals", value, measurement)?),
            "problems" => read.facts.extend(list("problems", value, |v| code(v).map(ChartFact::Problem))?),
            "medications" => read.facts.extend(list("medications", value, medication)?),
            "codes" => read.facts.extend(list("codes", value, |v| code(v).map(ChartFact::Code))?),
            _ => return Err(RecordFault::ChartField { field: name }),
        }
    }
    Ok(read)
}

fn setting(value: &Value) -> Result<CareSetting, RecordFault> {
    match value.as_str() {
        Some("inpatient") => Ok(CareSetting::Inpatient),
        Some("outpatient") => Ok(CareSetting::Outpatient),
        _ => Err(RecordFault::WrongType {
            field: "chart.setting",
            expected: "\"inpatient\" or \"outpatient\"",
        }),
    }
}

/// The facts of a list, or the place and the fault of the first that is wrong.
fn list(
    list: &'static str,
    value: Value,
    read: impl Fn(&Value) -> Result<ChartFact, ChartFault>,
) -> Result<Vec<ChartFact>, RecordFault> {
    let values = match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values,
        _ => return Err(RecordFault::Chart { list, index: None, fault: ChartFault::NotAList }),
    };
    let facts = values.iter().enumerate().map(|(index, value)| {
        read(value).map_err(|fault| RecordFault::Chart { list, index: Some(index), fault })
    });
    facts.collect()
}

fn measurement(value: &Value) -> Result<ChartFact, ChartFault> {
    let fields = value.as_object().ok_or(ChartFault::Measurement)?;
    only(fields, &["loinc", "value", "unit", "low", "high", "name", "date"])?;
    let number = |field: &'static str| match fields.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or(ChartFault::Number { field }),
    };
    let (low, high) = (number("low")?, number("high")?);
    if let (Some(low), Some(high)) = (low, high)
        && low > high
    {
        return Err(ChartFault::Range);
    }
    Ok(ChartFact::Measurement(Measurement {
        loinc: word(fields, "loinc")?.filter(|loinc| is_loinc(loinc)).ok_or(ChartFault::Loinc)?,
        value: number("value")?.ok_or(ChartFault::Number { field: "value" })?,
        unit: word(fields, "unit")?,
        low,
        high,
    }))
}

fn medication(value: &Value) -> Result<ChartFact, ChartFault> {
    let named = match value {
        Value::String(name) => Some(name.clone()),
        Value::Object(fields) => word(fields, "name")?,
        _ => None,
    };
    named.filter(|name| !name.trim().is_empty()).map(ChartFact::Medication).ok_or(ChartFault::Medication)
}

fn code(value: &Value) -> Result<ChartCode, ChartFault> {
    let (code, system) = match value {
        Value::String(code) => (Some(code.clone()), None),
        Value::Object(fields) => {
            only(fields, &["code", "system", "name", "date"])?;
            (word(fields, "code")?, word(fields, "system")?)
        }
        _ => (None, None),
    };
    let code = code.filter(|code| !code.trim().is_empty()).ok_or(ChartFault::Code)?;
    Ok(ChartCode { system: system.map_or(System::ICD10CM, System::from), code })
}

fn only(fields: &Map<String, Value>, known: &[&str]) -> Result<(), ChartFault> {
    match fields.keys().find(|field| !known.contains(&field.as_str())) {
        Some(field) => Err(ChartFault::UnknownField { field: field.clone() }),
        None => Ok(()),
    }
}

fn word(fields: &Map<String, Value>, field: &'static str) -> Result<Option<String>, ChartFault> {
    match fields.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(word)) => Ok(Some(word.clone())),
        Some(_) => Err(ChartFault::Word { field }),
    }
}

/// Whether it has the form of a LOINC code: digits, a hyphen, a check digit.
fn is_loinc(code: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    code.split_once('-').is_some_and(|(number, check)| digits(number) && check.len() == 1 && digits(check))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_every_kind_of_fact() {
        let chart = json!({
            "setting": "outpatient",
            "labs": [{"loinc": "2823-3", "value": 2.9, "unit": "mmol/L", "low": 3.5, "high": 5.1}],
            "vitals": [{"loinc": "39156-5", "value": 34}],
            "problems": ["E11.9"],
            "medications": ["apixaban 5 mg", {"name": "insulin"}],
            "codes": [{"code": "I10", "system": "ICD-10-CM"}],
        });
        let read = read(chart).unwrap();
        assert_eq!((read.setting, read.facts.len()), (Some(CareSetting::Outpatient), 6));
        let potassium = Measurement {
            loinc: "2823-3".into(),
            value: 2.9,
            unit: Some("mmol/L".into()),
            low: Some(3.5),
            high: Some(5.1),
        };
        assert!(read.facts.contains(&ChartFact::Measurement(potassium)));
        let code = |code: &str| ChartCode { system: System::ICD10CM, code: code.into() };
        assert!(read.facts.contains(&ChartFact::Problem(code("E11.9"))));
        assert!(read.facts.contains(&ChartFact::Code(code("I10"))));
        assert!(read.facts.contains(&ChartFact::Medication("insulin".into())));
    }

    #[rstest]
    #[case(json!([]), "field \"chart\" must be an object")]
    #[case(json!({"lab": []}), "field \"chart.lab\" is unknown")]
    #[case(json!({"setting": "ward"}), "field \"chart.setting\" must be \"inpatient\" or \"outpatient\"")]
    #[case(json!({"labs": {}}), "chart.labs: must be an array")]
    #[case(json!({"labs": [{"loinc": "2823-3", "value": 1}, {"loinc": "K", "value": 1}]}), "chart.labs 1: \"loinc\" must be")]
    #[case(json!({"labs": [{"loinc": "2823-3", "value": "low"}]}), "chart.labs 0: \"value\" must be a number")]
    #[case(json!({"vitals": [{"loinc": "2823-3", "value": 1, "low": 5, "high": 2}]}), "chart.vitals 0: \"low\" is above \"high\"")]
    #[case(json!({"labs": [{"loinc": "2823-3", "valeu": 1}]}), "chart.labs 0: field \"valeu\" is unknown")]
    #[case(json!({"medications": [""]}), "chart.medications 0: must be")]
    #[case(json!({"codes": [7]}), "chart.codes 0: must be")]
    fn a_fault_says_where_it_is(#[case] chart: Value, #[case] expected: &str) {
        let fault = read(chart).unwrap_err().to_string();
        assert!(fault.starts_with(expected), "{fault}");
    }
}
