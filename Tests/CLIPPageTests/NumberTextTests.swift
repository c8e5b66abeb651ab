import CLIPPage
import Testing

@Suite struct NumberTextTests {
    @Test(
        "shares are percents with one digit, small ones with two",
        arguments: [(0.935, "93.5 %"), (1, "100.0 %"), (0, "0.0 %"), (0.005, "0.50 %"), (0.01, "1.0 %")])
    func percent(share: Double, text: String) {
        #expect(share.percent == text)
    }

    @Test(
        "thousands are grouped",
        arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"), (123_456, "123,456")])
    func grouped(number: Int, text: String) {
        #expect(number.grouped == text)
    }

    @Test("bytes are told in millions", arguments: [(0, "0.0 MB"), (12_345_678, "12.3 MB")])
    func megabytes(bytes: Int, text: String) {
        #expect(bytes.megabytes == text)
    }

    @Test(
        "durations are told in minutes and seconds",
        arguments: [(12.4, "12 s"), (60, "1 min 0 s"), (161.2, "2 min 41 s")])
    func duration(seconds: Double, text: String) {
        #expect(seconds.duration == text)
    }
}
