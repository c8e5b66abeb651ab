import CLIPTensor
import Testing

@Suite("The spread of a tensor's elements")
struct HistogramTests {
    @Test("counts each element once, in ranges from the lowest to the highest")
    func counts() throws {
        let tensor = try Tensor([-2, -1, -1, 0.5, 2] as [Float], shape: [5])
        let histogram = try #require(try tensor.histogram(bins: 4))
        #expect((histogram.lowest, histogram.highest) == (-2, 2) && histogram.count == 5)
        #expect(histogram.counts == [1, 2, 1, 1] && histogram.upperBounds == [-1, 0, 1, 2])
        #expect(histogram.sum == -1.5 && abs(histogram.sumOfSquares - 10.25) < 1e-5)
    }

    @Test("of equal elements is one range; of none, or of one that is not finite, there is none")
    func borders() throws {
        let same = try #require(try Tensor.full([3], 7).histogram(bins: 2))
        #expect(same.counts == [3, 0] && same.upperBounds == [7, 8])
        #expect(try Tensor([.nan, 1] as [Float], shape: [2]).histogram() == nil)
        #expect(try Tensor.zeros([0]).histogram() == nil)
    }
}
