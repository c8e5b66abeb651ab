import CLIP
import CLIPEvaluation
import CLIPTensor
import Testing

@Suite struct LinearProbeTests {
    @Test("products of 32 and of 64 bits find the same minimum, at every penalty", arguments: [1e-4, 1e-2, 1, 100])
    func precision(lambda: Double) throws {
        let data = try SyntheticFeatures().train
        let (short, long) = try (
            LogisticRegression(data).fit(lambda: lambda), LogisticRegression(data, dtype: .float64).fit(lambda: lambda)
        )
        #expect(short.isConverged && long.isConverged)
        #expect(abs(short.objective - long.objective) < 1e-3 * max(1, long.objective))
    }

    @Test("at the minimum every small change makes the objective larger")
    func minimum() throws {
        let data = try SyntheticFeatures().train
        var regression = try LogisticRegression(data, dtype: .float64)
        regression.solver.gradientTolerance = 1e-8
        let fit = try regression.fit(lambda: 0.5)
        func objective(_ weights: [Float]) throws -> Double {
            let logits = try data.features.tensor().cast(to: .float64).linear(
                weight: Tensor(weights, shape: [5, 16]).cast(to: .float64),
                bias: Tensor(fit.biases, shape: [5]).cast(to: .float64))
            let loss = try logits.crossEntropy(targets: Tensor(data.labels.map(Int64.init), shape: [data.count]))
            let square: Double = weights.reduce(0) { $0 + Double($1) * Double($1) }
            return try loss.scalar() * Double(data.count) + square / 4
        }
        let least = try objective(fit.weights.values)
        #expect(abs(least - fit.objective) < 1e-5 * least)
        for index in stride(from: 0, to: 80, by: 7) {
            for change in [-0.05, 0.05] as [Float] {
                var moved = fit.weights.values
                moved[index] += change
                #expect(try objective(moved) > least)
            }
        }
    }

    @Test("images that come a thousand times count a thousand times, in however many strips")
    func strips() throws {
        let data = try SyntheticFeatures(width: 4, noise: 0.6).train
        let copies = 2000
        let many = try LabelledFeatures(
            Embeddings(
                width: 4, values: Array(repeatElement(data.features.values, count: copies).joined())),
            labels: Array(repeatElement(data.labels, count: copies).joined()), classes: data.classes)
        let (one, all) = try (
            LogisticRegression(data).fit(lambda: 0.1), LogisticRegression(many).fit(lambda: 0.1 * Double(copies))
        )
        #expect(abs(all.objective / Double(copies) - one.objective) < 1e-4 * one.objective)
    }

    @Test("of two classes the first has no weights")
    func twoClasses() throws {
        let fit = try LogisticRegression(SyntheticFeatures(classes: 2).train).fit(lambda: 0.1)
        #expect(fit.weights[0].allSatisfy { $0 == 0 } && fit.biases[0] == 0)
        #expect(fit.weights[1].contains { $0 != 0 })
    }

    @Test("the search tries the coarse penalties and neighbours of the best, and fits training and validation together")
    func search() throws {
        let data = try SyntheticFeatures(noise: 0.6)
        var seen: [Double] = []
        let probe = try LinearProbe(train: data.train, validation: data.validation) { seen.append($0.lambda) }
        #expect(seen.prefix(7) == [1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6])
        #expect(probe.trials.map(\.lambda) == seen.sorted())
        let best = try #require(probe.trials.max { ($0.accuracy, $0.lambda) < ($1.accuracy, $1.lambda) })
        #expect(probe.fit.lambda == best.lambda && LinearProbe.grid.contains(best.lambda))
        let place = try #require(LinearProbe.grid.firstIndex(of: best.lambda))
        for neighbour in [place - 1, place + 1] where LinearProbe.grid.indices.contains(neighbour) {
            #expect(seen.contains(LinearProbe.grid[neighbour]))
        }
        let together = try LogisticRegression(data.train.appending(data.validation)).fit(lambda: best.lambda)
        #expect(probe.fit == together)
    }

    @Test("the grid has 96 equal steps from a millionth to a million")
    func grid() {
        #expect(LinearProbe.grid.count == 97 && LinearProbe.grid[0] == 1e-6 && LinearProbe.grid[96] == 1e6)
        for (one, next) in zip(LinearProbe.grid, LinearProbe.grid.dropFirst()) {
            #expect(abs(next / one - 1.333521432163324) < 1e-12)
        }
    }

    @Test("what cannot be fitted is refused by name")
    func refusals() throws {
        let data = try SyntheticFeatures()
        func refusal(_ body: () throws -> Void) -> String? {
            #expect(throws: EvaluationError.self) { try body() }?.description
        }
        let lacking = data.train.subset(data.train.labels.indices.filter { data.train.labels[$0] != 3 })
        #expect(
            refusal { _ = try LogisticRegression(lacking) }
                == "class \"class 3\": expected at least one training image, found none")
        #expect(
            refusal { _ = try LinearProbe(train: data.train, validation: data.validation.subset([])) }
                == "expected validation images to choose by, found none")
        let narrow = try SyntheticFeatures(width: 8)
        #expect(
            refusal { _ = try LinearProbe(train: data.train, validation: narrow.validation) }
                == "validation: expected features of 16 numbers, found 8")
        #expect(
            refusal { _ = try LogisticRegression(data.train).fit(lambda: -1) }
                == "lambda: expected a number of at least 0, found -1.0")
        let two = Embeddings(width: 1, values: [0, .nan])
        #expect(
            refusal { _ = try LabelledFeatures(two, labels: [0, 0], classes: ["a"]) }
                == "row 1: expected finite numbers, found nan")
        #expect(
            refusal { _ = try LabelledFeatures(two, labels: [0, 2], classes: ["a", "b"]) }
                == "expected classes from 0 to 1, found 2")
        #expect(
            refusal { _ = try LabelledFeatures(two, labels: [0], classes: ["a"]) }
                == "expected a class for each of 2 rows, found 1")
    }
}
