import CLIPModels
import CLIPTensor
import Testing

@Suite("Position embeddings of plane waves")
struct PlaneWavesTests {
    private static func parameters(_ positions: FreshParameters.ImagePositions) throws -> [String: Tensor] {
        let model = try CLIPModel(
            CLIPModelTests.small, parameters: FreshParameters(seed: 5, imagePositions: positions))
        return Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.tensor) })
    }

    private static func rows() throws -> [[Float]] {
        let tensor = try #require(try parameters(.planeWaves)["visual.positional_embedding"])
        let (count, width) = (tensor.size(0), tensor.size(1))
        let values = try tensor.elements(as: Float.self)
        return (0..<count).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }

    @Test("The first wave rises from left to right, the third from top to bottom")
    func order() throws {
        let grid = 4
        let rows = try Self.rows()
        #expect(rows.count == 1 + grid * grid && rows[0].allSatisfy { $0 == 0 })
        for y in 0..<grid {
            for x in 1..<grid {
                #expect(rows[1 + y * grid + x][0] > rows[y * grid + x][0])
                #expect(rows[1 + x * grid + y][2] > rows[1 + (x - 1) * grid + y][2])
            }
        }
    }

    @Test("Every place differs from every other by more than half of what a place has")
    func distinct() throws {
        let rows = try Self.rows().dropFirst()
        for (index, first) in rows.enumerated() {
            for second in rows.dropFirst(index + 1) {
                let distance = zip(first, second).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                let size = first.reduce(0) { $0 + $1 * $1 }
                #expect(distance > size / 4)
            }
        }
    }

    @Test("All other parameters are drawn as they are without")
    func others() throws {
        let (published, waves) = try (Self.parameters(.published), Self.parameters(.planeWaves))
        for (name, tensor) in published {
            let other = try #require(waves[name])
            let difference = try (tensor - other).absolute().maximum().scalar()
            #expect((difference == 0) == (name != "visual.positional_embedding"), "\(name)")
        }
    }
}
