//! Logistic regression over many signs of which few decide: the weights are penalised by their size (lasso), so that
//! most are 0. Fitted by cyclic coordinate descent with a trust region for each weight (Genkin, Lewis and Madigan 2007).

/// The strength of the penalty.
const PENALTY: f64 = 1.0;
/// Passes over the weights, at most.
const ROUNDS: usize = 60;
/// A pass that changes the log odds of the cases by less than this on average is the last.
const SETTLED: f64 = 1e-3;

/// The bias and the weights of the signs. `with[sign]` are the cases that have a sign, `given[case]` says whether the
/// case has what is to be learnt.
pub(super) fn fit(with: &[&[usize]], given: &[bool]) -> (f64, Vec<f64>) {
    let everywhere: Vec<usize> = (0..given.len()).collect();
    let mut odds = vec![0.0; given.len()];
    let mut bias = (0.0, 1.0);
    let mut weights = vec![(0.0, 1.0); with.len()];
    for _ in 0..ROUNDS {
        let mut moved = step(&everywhere, given, &mut odds, &mut bias, 0.0);
        for (cases, weight) in with.iter().zip(&mut weights) {
            moved += step(cases, given, &mut odds, weight, PENALTY);
        }
        if moved < SETTLED * given.len() as f64 {
            break;
        }
    }
    (bias.0, weights.into_iter().map(|(weight, _)| weight).collect())
}

/// Moves a weight, given with its trust region, towards its best value; returns by how much the log odds moved.
fn step(
    cases: &[usize],
    given: &[bool],
    odds: &mut [f64],
    (weight, trust): &mut (f64, f64),
    penalty: f64,
) -> f64 {
    let (mut slope, mut curvature) = (0.0, 0.0);
    for &case in cases {
        let sign = if given[case] { 1.0 } else { -1.0 };
        let margin: f64 = sign * odds[case];
        slope += sign / (1.0 + margin.exp());
        curvature += bound(margin.abs(), *trust);
    }
    let towards = |sign: f64| (slope - sign * penalty) / curvature.max(1e-9);
    let wanted = if *weight == 0.0 {
        match (towards(1.0), towards(-1.0)) {
            (up, _) if up > 0.0 => up,
            (_, down) if down < 0.0 => down,
            _ => 0.0,
        }
    } else {
        let sign = weight.signum();
        let change = towards(sign);
        // A weight that would change its sign stops at 0.
        if sign * (*weight + change) < 0.0 { -*weight } else { change }
    };
    let change = wanted.clamp(-*trust, *trust);
    *trust = (2.0 * change.abs()).max(*trust / 2.0);
    if change == 0.0 {
        return 0.0;
    }
    *weight += change;
    for &case in cases {
        odds[case] += change;
    }
    change.abs() * cases.len() as f64
}

/// The greatest curvature of the log likelihood of a case whose margin is within `trust` of `margin`.
fn bound(margin: f64, trust: f64) -> f64 {
    if margin <= trust { 0.25 } else { 1.0 / (2.0 + (margin - trust).exp() + (trust - margin).exp()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_that_decides_has_weight_and_others_have_none() {
        let given: Vec<bool> = (0..80).map(|case| case % 4 == 0).collect();
        let decides: Vec<usize> = (0..80).filter(|case| case % 4 == 0).collect();
        let says_nothing: Vec<usize> = (0..80).filter(|case| case % 8 < 4).collect();
        let (bias, weights) = fit(&[&decides, &says_nothing], &given);
        assert!(bias < -1.0 && weights[0] > 3.0, "{bias} {weights:?}");
        assert!(weights[1].abs() < 1e-9, "{weights:?}");
    }

    #[test]
    fn without_signs_the_bias_is_the_frequency() {
        let given: Vec<bool> = (0..40).map(|case| case < 10).collect();
        let (bias, _) = fit(&[], &given);
        assert!((bias - (0.25_f64 / 0.75).ln()).abs() < 0.02, "{bias}");
    }
}
