//! Assertions and expansions by phenomenon, in inline markup (see `markup`).

mod markup;

use markup::check;
use rstest::rstest;

#[rstest]
#[case("No [pneumonia]{negated}.")]
#[case("No [fever]{negated}, [chills]{negated}, or [night sweats]{negated}.")]
#[case("Extremities: no [cyanosis]{negated}, [clubbing]{negated}, or [edema]{negated}.")]
#[case("CT head negative for [stroke]{negated}.")]
#[case("He denies [chest pain]{negated} or [palpitations]{negated}.")]
#[case("Discharged w/o [dyspnea]{negated}.")]
#[case("Without [rash]{negated}.")]
#[case("Neither [fever]{negated} nor [cough]{negated} was reported.")]
#[case("There is no evidence of [metastasis]{negated}.")]
#[case("There is no\n  evidence of [metastasis]{negated}.")]
#[case("The scan does not show [hydronephrosis]{negated}.")]
#[case("She doesn’t have [diabetes]{negated}.")]
#[case("The patient is free of [pain]{negated}.")]
#[case("No [acute distress]{negated}.")]
#[case("Ruled out for [myocardial infarction]{negated}.")]
#[case("- No [nausea]{negated}/[vomiting]{negated}")]
#[case("Never had [seizures]{negated,historical}.")]
fn negation_before(#[case] markup: &str) {
    check(markup);
}

#[rstest]
#[case("[Fever]{negated} (-).")]
#[case("[Pulmonary embolism]{negated} was ruled out.")]
#[case("[Strep throat]{negated} is negative.")]
#[case("[Edema]{negated}: none.")]
#[case("[Fever]{negated}: no\n[Cough]{plain}: yes")]
#[case("[Chest pain]{negated} - denies.")]
#[case("[Malignancy]{negated} is unlikely.")]
#[case("[Gallstones]{negated} were not seen.")]
#[case("[Murmur]{negated} absent.")]
fn negation_after(#[case] markup: &str) {
    check(markup);
}

#[rstest]
#[case("No increase in [edema]{plain}.")]
#[case("Not only [hypertension]{plain} but also [gout]{plain}.")]
#[case("No change in the [nodule]{plain}.")]
#[case("Gram negative [sepsis]{plain}.")]
#[case("[Pain]{plain} not relieved by rest.")]
#[case("[Absence seizures]{plain} since age five.")]
#[case("[Hypertension]{plain} is not well controlled.")]
#[case("Left against medical advice with [cellulitis]{plain}.")]
#[case("A nodule with [no-reflow]{plain}.")]
fn pseudo_negation(#[case] markup: &str) {
    check(markup);
}

#[rstest]
#[case("No [fever]{negated} but [cough]{plain}.")]
#[case("No [fever]{negated}, however [cough]{plain} is present.")]
#[case("No [findings]{negated} except for [rash]{plain}.")]
#[case("No [masses]{negated} other than the [cyst]{plain}.")]
#[case("Denies [fever]{negated}, although [chills]{plain} are reported.")]
#[case("No [fever]{negated}. [Cough]{plain} for three days.")]
#[case("No [fever]{negated}; positive for [cough]{plain}.")]
#[case("No [chest pain]{negated}, has [dyspnea]{plain}.")]
#[case("Denies [pain]{negated} and she has [nausea]{plain}.")]
#[case("[Cough]{plain} without [fever]{negated}.")]
#[case("No [fever]{negated}\n\n[Cough]{plain}")]
#[case("No [ascites]{negated}, which suggests [cirrhosis]{probable}.")]
fn ends_of_scope(#[case] markup: &str) {
    check(markup);
}

#[rstest]
#[case("Possible [pneumonia]{possible}.")]
#[case("Probable [sepsis]{probable}.")]
#[case("Findings consistent with [pancreatitis]{probable}.")]
#[case("Cannot exclude [appendicitis]{possible}.")]
#[case("Concern for [abscess]{possible}.")]
#[case("Rule out [endocarditis]{possible}.")]
#[case("?[PE]{possible}")]
#[case("[Opacity]{plain} may represent [atelectasis]{possible} vs [pneumonia]{possible}.")]
#[case("[Meningitis]{possible} cannot be ruled out.")]
#[case("Suspected [lupus]{probable}.")]
#[case("[Cholangitis]{possible} is possible.")]
#[case("Likely [viral gastroenteritis]{probable}.")]
fn certainty(#[case] markup: &str) {
    check(markup);
}

#[rstest]
#[case("History of [stroke]{historical}.")]
#[case("H/o [asthma]{historical}, [eczema]{historical} and [gout]{historical}.")]
#[case("S/p [appendectomy]{historical}.")]
#[case("[Status post splenectomy]{historical}.")]
#[case("[Myocardial infarction]{historical} in 2014.")]
#[case("[Hepatitis]{historical} 20 years ago.")]
#[case("Childhood [asthma]{historical}.")]
#[case("Man with a history of [diabetes]{historical} who presents with [chest pain]{plain}.")]
#[case("History of Present Illness: [fever]{plain} for two days.")]
#[case("Chief complaint: [headache]{plain}")]
#[case("A two-day history of [vomiting]{plain}.")]
#[case("Past Medical History: [hypertension]{historical}, [COPD]{historical}.")]
#[case("PMH:\n- [CHF]{historical}\n- no [diabetes]{historical,negated}\n\nHPI: [cough]{plain}")]
#[case("Past Surgical History\n[Cholecystectomy]{historical}")]
#[case("PMH: currently [anemia]{plain}.")]
#[case("No history of [seizures]{negated,historical}.")]
#[case("Compared to prior, the [effusion]{plain} is larger.")]
fn historical(#[case] markup: &str) {
    check(markup);
}

#[rstest]
#[case("Return if [fever]{hypothetical} develops.")]
#[case("Call for [bleeding]{hypothetical} or [redness]{hypothetical}.")]
#[case("Should she develop [chest pain]{hypothetical}, call us.")]
#[case("At risk for [falls]{hypothetical}.")]
#[case("[DVT]{hypothetical} prophylaxis with heparin.")]
#[case("Watch for signs of [infection]{hypothetical}.")]
#[case("Call for new [chest pain]{hypothetical}.")]
#[case("Discharge Instructions: avoid [dehydration]{hypothetical}.")]
#[case("Acetaminophen as needed for [headache]{hypothetical}.")]
fn hypothetical(#[case] markup: &str) {
    check(markup);
}

#[rstest]
#[case("Mother had [breast cancer]{family}.")]
#[case("Family history of [colon cancer]{family}.")]
#[case("No family history of [glaucoma]{family,negated}.")]
#[case("Family History: [gout]{family}, [stroke]{family}.")]
#[case("Father with [MI]{family}; brother has [asthma]{family}.")]
#[case("[Diabetes]{family} in his mother.")]
#[case("Her mother noticed the [seizures]{plain}.")]
#[case("Mother reports [fever]{plain} and [cough]{plain}.")]
#[case("Brought by his father for [wheezing]{plain}.")]
#[case("Lives with her sister; has [asthma]{plain}.")]
#[case("Mother had [gout]{family} but the patient has [lupus]{plain}.")]
#[case("The donor had [hepatitis C]{other}.")]
#[case("Her roommate has [influenza]{other}.")]
#[case("FHx: mother [DM]{family}\nPMH: [HTN]{historical}")]
fn experiencer(#[case] markup: &str) {
    check(markup);
}

#[rstest]
#[case(
    "Congestive heart failure ([CHF]{=Congestive heart failure}) is stable. [CHF]{=Congestive heart failure} since May."
)]
#[case("[AKI]{=acute kidney injury} (acute kidney injury) on Monday.")]
#[case("Has [CHF]{=congestive heart failure}.")]
#[case("[HTN]{=hypertension} and [DM]{=diabetes mellitus}.")]
#[case(
    "Multiple system atrophy ([MSA]{=Multiple system atrophy}); two [MSAs]{=Multiple system atrophy} were seen."
)]
#[case("PMH: [MS]{=multiple sclerosis}")]
#[case("[RA]{=rheumatoid arthritis} on methotrexate.")]
#[case("[CP]{=cerebral palsy} with spastic gait.")]
#[case("[n/v/d]{=nausea, vomiting and diarrhea} since Monday.")]
#[case("[R leg]{=right leg} pain.")]
#[case("[DM II]{=type 2 diabetes mellitus} noted.")]
fn abbreviations(#[case] markup: &str) {
    check(markup);
}
