import CLIPCheckpoints
import CLIPModels
import CLIPTensor

// Shapes: B batch, C classes, E embedding.

/// A classifier in training: logits are f·Wᵀ + b of embeddings of length 1.
struct LinearHead {
    let labels: [String]
    /// `[C, E]`.
    let weight: Tensor
    /// `[C]`.
    let bias: Tensor
    private let index: [String: Int64]

    private init(_ labels: [String], weight: Tensor) throws {
        (self.labels, self.weight) = (labels, weight)
        bias = try Tensor.zeros([labels.count], device: weight.device)
        index = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, Int64($0)) })
    }

    /// A head with small random weights, as PyTorch draws a linear layer.
    static func random(_ labels: [String], _ model: CLIPModel, seed: UInt64) throws -> LinearHead {
        let width = model.configuration.embeddingWidth
        let bound = 1 / Double(width).squareRoot()
        let weight = try Tensor.uniform(
            [labels.count, width], from: -bound, to: bound, using: RandomGenerator(seed: ~seed))
        return try LinearHead(labels, weight: weight.moved(to: model.logitScale.device))
    }

    /// A head that classifies as the model does without training: the embedding of each class's sentences, `[C, E]`, times
    /// the factor on cosines (Wortsman et al. 2022).
    static func zeroShot(_ labels: [String], _ embeddings: Tensor, _ model: CLIPModel) throws -> LinearHead {
        let weight = try withoutGradients { try embeddings * model.logitScale.exponential() }
        return try LinearHead(labels, weight: weight.detached())
    }

    /// The cross entropy of embeddings `[B, E]` of length 1 with the images' classes.
    func loss(_ images: Tensor, classes: [String]) throws -> Tensor {
        let targets = try classes.map { name in
            guard let target = index[name] else {
                throw TrainingError("head", "expected a class of the table, found \(name)")
            }
            return target
        }
        let logits = try images.linear(weight: weight, bias: bias)
        return try logits.crossEntropy(targets: Tensor(targets, shape: [targets.count]).moved(to: images.device))
    }

    /// What is trained, by name.
    var parameters: [NamedTensor] {
        [NamedTensor(name: "head.weight", tensor: weight), NamedTensor(name: "head.bias", tensor: bias)]
    }

    /// The head as it is saved.
    func saved() throws -> ClassificationHead {
        ClassificationHead(
            labels: labels, width: weight.size(1), weights: try weight.detached().elements(),
            biases: try bias.detached().elements())
    }
}
