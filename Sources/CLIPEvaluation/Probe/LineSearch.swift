/// The line search of Moré and Thuente ("Line search algorithms with guaranteed sufficient decrease", 1994), with the
/// constants of L-BFGS-B: it finds a step at which the strong Wolfe conditions hold.
///
/// ```swift
/// var search = LineSearch(value: f0, slope: d0, step: 1)
/// while !search.accepts(value: f(search.step), slope: d(search.step)) {}
/// ```
struct LineSearch {
    /// A place on the line: the function and its slope there.
    private struct Place {
        var step: Double
        var value: Double
        var slope: Double

        /// The same place of the function less a line through the start.
        func tilted(_ slope: Double) -> Place {
            Place(step: step, value: value - step * slope, slope: self.slope - slope)
        }
    }

    private static let sufficientDecrease = 1e-3
    private static let curvature = 0.9
    private static let relativeWidth = 0.1
    private static let longestStep = 1e10

    /// The step to try.
    private(set) var step: Double
    private let start: Place
    private var best: Place
    private var other: Place
    private var isBracketed = false
    private var isInSecondStage = false
    private var bounds: (lower: Double, upper: Double)
    private var width = longestStep
    private var widthBefore = 2 * longestStep

    /// Starts at step 0, where the slope is negative, with a first step to try.
    init(value: Double, slope: Double, step: Double) {
        precondition(slope < 0 && step > 0, "a search downhill")
        self.step = step
        start = Place(step: 0, value: value, slope: slope)
        (best, other) = (start, start)
        bounds = (0, 5 * step)
    }

    /// Whether ``step``, where the function has this value and slope, will do; otherwise there is another step to try.
    mutating func accepts(value: Double, slope: Double) -> Bool {
        let trial = Place(step: step, value: value, slope: slope)
        let least = start.value + step * Self.sufficientDecrease * start.slope
        if value <= least && slope >= 0 { isInSecondStage = true }
        if value <= least && abs(slope) <= Self.curvature * -start.slope { return true }
        if isExhausted(trial, least) { return true }
        // Before the function has fallen enough, the search is for a minimum of the function less the line that it must
        // fall below.
        let tilt = !isInSecondStage && value <= best.value && value > least ? Self.sufficientDecrease * start.slope : 0
        advance(trial, tilt)
        narrow()
        return false
    }

    /// Whether no step of this search can be better by more than rounding.
    private func isExhausted(_ trial: Place, _ least: Double) -> Bool {
        if isBracketed, trial.step <= bounds.lower || trial.step >= bounds.upper || isNarrow { return true }
        return trial.step == Self.longestStep && trial.value <= least
            && trial.slope <= Self.sufficientDecrease * start.slope
    }

    private var isNarrow: Bool { bounds.upper - bounds.lower <= Self.relativeWidth * bounds.upper }

    private mutating func advance(_ trial: Place, _ tilt: Double) {
        let (near, far, here) = (best.tilted(tilt), other.tilted(tilt), trial.tilted(tilt))
        let turns = near.slope < 0 ? here.slope > 0 : here.slope < 0
        step = nextStep(near, far, here, turns: turns)
        if here.value > near.value {
            other = trial
        } else {
            if turns { other = best }
            best = trial
        }
    }

    private mutating func narrow() {
        if isBracketed {
            let distance = abs(other.step - best.step)
            if distance >= 0.66 * widthBefore { step = best.step + 0.5 * (other.step - best.step) }
            (widthBefore, width) = (width, distance)
            bounds = (min(best.step, other.step), max(best.step, other.step))
        } else {
            bounds = (step + 1.1 * (step - best.step), step + 4 * (step - best.step))
        }
        step = min(max(step, 0), Self.longestStep)
        if isBracketed, step <= bounds.lower || step >= bounds.upper || isNarrow { step = best.step }
    }

    /// The safeguarded minimum of a cubic or quadratic through two of the places: the four cases of section 4.
    private mutating func nextStep(_ near: Place, _ far: Place, _ here: Place, turns: Bool) -> Double {
        if here.value > near.value {
            isBracketed = true
            let cubic = Self.cubic(from: near, to: here)
            let quadratic =
                near.step
                + near.slope / ((near.value - here.value) / (here.step - near.step) + near.slope) / 2
                * (here.step - near.step)
            return abs(cubic - near.step) < abs(quadratic - near.step) ? cubic : (cubic + quadratic) / 2
        }
        let secant = here.step + here.slope / (here.slope - near.slope) * (near.step - here.step)
        if turns {
            isBracketed = true
            let cubic = Self.cubic(from: here, to: near)
            return abs(cubic - here.step) > abs(secant - here.step) ? cubic : secant
        }
        if abs(here.slope) < abs(near.slope) { return flatterStep(near, far, here, secant) }
        if isBracketed { return Self.cubic(from: here, to: far) }
        return here.step > near.step ? bounds.upper : bounds.lower
    }

    /// The third case: lower, of the same sign and less steep. The cubic may have no minimum beyond this place.
    private func flatterStep(_ near: Place, _ far: Place, _ here: Place, _ secant: Double) -> Double {
        let end = here.step > near.step ? bounds.upper : bounds.lower
        let cubic = Self.cubic(beyond: here, from: near) ?? end
        guard isBracketed else {
            let farther = abs(cubic - here.step) > abs(secant - here.step) ? cubic : secant
            return min(max(farther, bounds.lower), bounds.upper)
        }
        let closer = abs(cubic - here.step) < abs(secant - here.step) ? cubic : secant
        let limit = here.step + 0.66 * (far.step - here.step)
        return here.step > near.step ? min(limit, closer) : max(limit, closer)
    }

    /// The minimum, between two places, of the cubic through both.
    private static func cubic(from first: Place, to second: Place) -> Double {
        let (theta, gamma) = cubicTerms(first, second)
        let ratio = (gamma - first.slope + theta) / (gamma - first.slope + gamma + second.slope)
        return first.step + ratio * (second.step - first.step)
    }

    /// The minimum of the cubic through two places beyond the second of them; nil where it has none.
    private static func cubic(beyond here: Place, from near: Place) -> Double? {
        let (theta, gamma) = cubicTerms(here, near)
        let ratio = (gamma - here.slope + theta) / (gamma + (near.slope - here.slope) + gamma)
        return ratio < 0 && gamma != 0 ? here.step + ratio * (near.step - here.step) : nil
    }

    /// The terms of the cubic's minimum, seen from its first place, scaled against overflow.
    private static func cubicTerms(_ first: Place, _ second: Place) -> (theta: Double, gamma: Double) {
        let theta = 3 * (first.value - second.value) / (second.step - first.step) + first.slope + second.slope
        let scale = max(abs(theta), abs(first.slope), abs(second.slope))
        let square = (theta / scale) * (theta / scale) - first.slope / scale * (second.slope / scale)
        let gamma = scale * max(0, square).squareRoot()
        return (theta, second.step < first.step ? -gamma : gamma)
    }
}
