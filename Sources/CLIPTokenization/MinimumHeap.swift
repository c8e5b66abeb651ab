/// A binary heap that gives its smallest element first.
struct MinimumHeap<Element: Comparable> {
    private var elements: [Element] = []

    var isEmpty: Bool { elements.isEmpty }

    /// The smallest element, which stays in the heap.
    var minimum: Element? { elements.first }

    mutating func insert(_ element: Element) {
        var child = elements.count
        elements.append(element)
        while child > 0 {
            let parent = (child - 1) / 2
            if elements[parent] <= element { break }
            elements[child] = elements[parent]
            child = parent
        }
        elements[child] = element
    }

    /// Takes out the smallest element.
    mutating func popMinimum() -> Element? {
        guard let minimum = elements.first, let last = elements.popLast() else { return nil }
        if !elements.isEmpty { sink(last) }
        return minimum
    }

    /// Puts an element at the root and lets it sink to its place.
    private mutating func sink(_ element: Element) {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            if child >= elements.count { break }
            if child + 1 < elements.count, elements[child + 1] < elements[child] { child += 1 }
            if element <= elements[child] { break }
            elements[parent] = elements[child]
            parent = child
        }
        elements[parent] = element
    }
}
