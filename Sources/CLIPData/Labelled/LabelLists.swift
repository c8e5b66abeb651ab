/// The labels of many images, one after the other.
struct LabelLists: Sendable {
    private var labels: [Int32] = []
    /// The end of each image's labels.
    private var ends: [Int] = []

    /// The number of images.
    var count: Int { ends.count }

    /// Adds an image with the indices of its classes; one that is named twice counts once.
    mutating func append(_ indices: some Sequence<Int>) {
        labels += Set(indices).sorted().map(Int32.init)
        ends.append(labels.count)
    }

    /// Adds an image of one class.
    mutating func append(_ index: Int) {
        labels.append(Int32(index))
        ends.append(labels.count)
    }

    subscript(_ image: Int) -> [Int] {
        labels[(image > 0 ? ends[image - 1] : 0)..<ends[image]].map(Int.init)
    }
}
