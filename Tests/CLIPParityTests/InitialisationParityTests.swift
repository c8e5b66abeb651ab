import CLIPModels
import CLIPTensor
import Testing

extension ModelParityTests {
    @Suite("Initialisation")
    struct InitialisationParityTests {
        /// How a tensor's elements lie.
        struct Statistics: Decodable {
            var shape: [Int]
            var mean: Double
            var deviation: Double
            /// The fourth moment over the squared variance: 3 of a normal distribution, 1.8 of a uniform one.
            var kurtosis: Double

            init(of tensor: Tensor) throws {
                let x = try tensor.detached().cast(to: .float64)
                let centred = try x - x.mean()
                let squares = try centred * centred
                shape = x.shape
                mean = try x.mean().scalar()
                let variance = try squares.mean().scalar()
                deviation = variance.squareRoot()
                kurtosis = variance > 0 ? try (squares * squares).mean().scalar() / (variance * variance) : 0
            }

            /// Whether two samples may come from one distribution: within six standard errors of each difference.
            func agrees(with other: Statistics) -> Bool {
                let count = Double(shape.reduce(1, *))
                let isConstant = other.deviation == 0
                let (meanError, deviationError, kurtosisError) = (
                    isConstant ? 1e-6 : deviation * (2 / count).squareRoot(),
                    isConstant ? 0 : deviation / count.squareRoot(), (48 / count).squareRoot()
                )
                return shape == other.shape && abs(mean - other.mean) <= 6 * meanError
                    && abs(deviation - other.deviation) <= 6 * deviationError
                    // The error of a fourth moment is only known for many elements.
                    && (count < 1000 || abs(kurtosis - other.kurtosis) <= 6 * kurtosisError)
            }
        }

        @Test("A fresh model's parameters are drawn from open_clip's distributions", arguments: ["ViT-B-32", "RN50"])
        func distributions(name: String) throws {
            let published = try ReferenceModels.decode("fresh", as: [String: [String: Statistics]].self)
            let expected = try #require(published[name])
            let model = try CLIPModel(#require(CLIPConfiguration.preset(name)), parameters: FreshParameters(seed: 11))
            #expect(Set(model.parameters.map(\.name)) == Set(expected.keys))
            for parameter in model.parameters {
                let (found, expected) = (try Statistics(of: parameter.tensor), try #require(expected[parameter.name]))
                #expect(found.agrees(with: expected), "\(parameter.name): \(found), expected \(expected)")
            }
        }
    }
}
