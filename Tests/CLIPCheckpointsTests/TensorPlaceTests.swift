import CLIPCheckpoints
import CLIPTensor
import Testing

@Suite("Places of tensors")
struct TensorPlaceTests {
    static let places: [TensorPlace] = [
        TensorPlace("whole"), TensorPlace("transposed", isTransposed: true), TensorPlace("q", "k", "v"),
        TensorPlace("q", "kv", shares: [1, 2]), TensorPlace("led", hasLeadingAxis: true),
    ]

    @Test(
        "A tensor that is parted is joined again, and its parts have the shapes that were foretold", arguments: places)
    func roundTrip(place: TensorPlace) throws {
        let tensor = try Tensor((0..<24).map { Float($0) }, shape: [6, 4])
        let parts = try place.parted(tensor)
        #expect(parts.map(\.name) == place.names)
        #expect(parts.map(\.tensor.shape) == place.partShapes(of: [6, 4]))
        let joined = try place.joined(parts.map(\.tensor))
        #expect(joined.shape == [6, 4])
        #expect(try joined.elements(as: Float.self) == tensor.elements(as: Float.self))
    }

    @Test("What cannot be parted has no shapes")
    func unfit() {
        #expect(TensorPlace("q", "k", "v").partShapes(of: [4, 2]) == nil)
        #expect(TensorPlace("q", "k").partShapes(of: []) == nil)
        #expect(TensorPlace("t", isTransposed: true).partShapes(of: [2]) == nil)
    }
}
