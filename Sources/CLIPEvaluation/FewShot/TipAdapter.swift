public import CLIP
internal import CLIPTensor
internal import Foundation

/// Tip-Adapter (Zhang et al. 2022): the training images are looked up beside the classes' sentences. Nothing is trained; the
/// two constants of the formula are those of a grid that do best on the validation images.
public struct TipAdapter: FewShotMethod {
    public var name: String { "Tip-Adapter" }

    /// The weights of the training images that are tried, α; 0 is classification without training.
    public var alphas: [Double] = [0] + (0...24).map { pow(10, Double($0) / 8 - 1) }
    /// The falls of influence with distance that are tried, β.
    public var betas: [Double] = (0...16).map { pow(10, Double($0) / 8 - 0.5) }

    /// The usual grids: α is 0 or 0.1 to 100, β 0.3 to 32, in logarithmic steps.
    public init() {}

    public func learn(_ problem: FewShotProblem) throws -> FewShotAdapter {
        try withoutGradients {
            let (images, targets) = try problem.validationTensors(for: name, choosing: "alpha and beta")
            let cache = FewShotAdapter.Cache(
                text: problem.text, scale: problem.logitScale, keys: problem.train.features,
                classes: problem.train.labels, alpha: 0, beta: 1)
            let best = try search(cache.logits(), images, targets)
            return problem.adapter(.cache(cache.with(best.constants)), name)
        }
    }

    /// The constants of the grid with the best score; of equal ones the first, with the smaller α and β.
    func search(
        _ logits: CacheLogits, _ images: Tensor, _ targets: Tensor
    ) throws -> (constants: CacheConstants, score: ValidationScore) {
        var best: (constants: CacheConstants, score: ValidationScore)?
        let zeroShot = try logits.zeroShot(images)
        for beta in betas {
            var cache = logits
            cache.beta = beta
            let added = try cache.added(images)
            for alpha in alphas {
                let score = try ValidationScore(zeroShot + added * alpha, targets)
                if let best, score <= best.score { continue }
                best = (CacheConstants(alpha: alpha, beta: beta), score)
            }
        }
        guard let best else { throw EvaluationError("\(name): expected at least one alpha and beta, found none") }
        return best
    }
}

/// The constants of a cache.
struct CacheConstants {
    var alpha: Double
    var beta: Double
}

extension FewShotAdapter.Cache {
    /// The same cache with other constants.
    func with(_ constants: CacheConstants) -> Self {
        var cache = self
        (cache.alpha, cache.beta) = (constants.alpha, constants.beta)
        return cache
    }
}
