internal import CLIPTensor

/// What L-BFGS remembers of a function's curvature: its last steps s and what the gradient changed by in each, y.
///
/// The recursion of Nocedal (1980) for −H·g is run over the sums of products of all s, y and g, which are numbers, so that
/// each iteration passes over the vectors twice whatever their number (Chen et al. 2014, "Large-scale L-BFGS").
struct CurvatureMemory {
    private let capacity: Int
    /// Rows s, then rows y, then g: `[2 · capacity + 1, count]`, float64.
    private let rows: Tensor
    /// The sums of products of the rows.
    private var products: [[Double]]
    /// The places of the remembered pairs, the oldest first.
    private var pairs: [Int] = []

    /// A memory of so many steps of a vector of `count` numbers.
    init(capacity: Int, count: Int) throws {
        self.capacity = capacity
        rows = try Tensor.zeros([2 * capacity + 1, count], dtype: .float64)
        products = Array(repeating: Array(repeating: 0, count: 2 * capacity + 1), count: 2 * capacity + 1)
    }

    private var gradientRow: Int { 2 * capacity }

    /// Whether no step is remembered.
    var isEmpty: Bool { pairs.isEmpty }

    /// Forgets all steps.
    mutating func forget() { pairs = [] }

    /// The gradient that was taken last.
    func gradient() throws -> Tensor { try rows.select(0, gradientRow) }

    /// Takes the gradient at the first point.
    mutating func take(_ gradient: Tensor) throws { try replace([gradientRow], by: [gradient]) }

    /// Takes the gradient after `length` · `direction`, and remembers the step if `isCurved`.
    mutating func take(_ gradient: Tensor, after direction: Tensor, times length: Double, isCurved: Bool) throws {
        guard isCurved else { return try take(gradient) }
        let place = pairs.count < capacity ? pairs.count : pairs.removeFirst()
        pairs.append(place)
        let change = try gradient - self.gradient()
        try replace([place, capacity + place, gradientRow], by: [direction * length, change, gradient])
    }

    private mutating func replace(_ places: [Int], by vectors: [Tensor]) throws {
        for (place, vector) in zip(places, vectors) { try rows.select(0, place).copy(from: vector) }
        let columns = try rows.matrixProduct(Tensor.stacked(vectors, axis: 1)).elements(as: Double.self)
        for row in products.indices {
            for (column, place) in places.enumerated() {
                products[row][place] = columns[row * places.count + column]
                products[place][row] = products[row][place]
            }
        }
    }

    /// −H·g, and the slope of the function along it.
    func direction() throws -> (vector: Tensor, slope: Double) {
        let factors = factors()
        let vector = try Tensor(factors, shape: [factors.count]).matrixProduct(rows)
        return (vector, sum(factors, gradientRow))
    }

    /// What each row is multiplied with in −H·g.
    private func factors() -> [Double] {
        var factors = [Double](repeating: 0, count: products.count)
        factors[gradientRow] = -1
        guard let newest = pairs.last else { return factors }
        var steps: [Int: Double] = [:]
        for place in pairs.reversed() {
            let step = sum(factors, place) / products[place][capacity + place]
            factors[capacity + place] -= step
            steps[place] = step
        }
        let scale = products[newest][capacity + newest] / products[capacity + newest][capacity + newest]
        for index in factors.indices { factors[index] *= scale }
        for place in pairs {
            factors[place] += (steps[place] ?? 0) - sum(factors, capacity + place) / products[place][capacity + place]
        }
        return factors
    }

    /// The sum of products of a row with the sum of all rows times their factors.
    private func sum(_ factors: [Double], _ row: Int) -> Double {
        zip(factors, products[row]).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
