// Measures the loader alone, without a trainer: `loader-benchmark TABLE VOCABULARY-FOLDER THREADS
// floats|bytes crops|colours`.
// Prints the pairs a second between two batches, the time to start up left out.
import CLIPData
import CLIPImaging
import CLIPTensor
import CLIPTokenization
import Foundation

let size = 224
let batchSize = 32
let (firstBatch, lastBatch) = (20, 120)

let arguments = CommandLine.arguments
guard arguments.count == 6, let threads = Int(arguments[3]) else {
    print("usage: loader-benchmark TABLE VOCABULARY-FOLDER THREADS floats|bytes crops|colours")
    exit(64)
}
// As `clip train` does.
Engine.keepFreedMemory()

var options = LoaderOptions()
options.batchSize = batchSize
options.threads = threads
// As open_clip has them.
options.trimsTokens = false
var augmentation = ImageAugmentation()
if arguments[5] == "colours" {
    augmentation.jitter = ColorJitter(brightness: 0.32, contrast: 0.32, saturation: 0.32, hue: 0.08)
    augmentation.greyProbability = 0.2
}
let loader = try BatchLoader(
    TablePairs(contentsOf: URL(filePath: arguments[1])),
    images: .augmented(augmentation, height: size, width: size),
    tokenizer: CLIPTokenizer(vocabulary: BPEVocabulary(folder: URL(filePath: arguments[2]))), options: options)

/// The normalised value of each byte, for each channel.
let tables = zip(ImagePreprocessing.openAIMean, ImagePreprocessing.openAIStd).map { mean, deviation in
    (0..<256).map { (Float($0) / 255 - mean) / deviation }
}

/// What a trainer's first operators do, so that both loaders give the same: normalised floats.
func normalize(_ batch: Batch, into floats: inout [Float], by tables: [[Float]]) {
    let count = batch.height * batch.width
    batch.pixels.withUnsafeBufferPointer { pixels in
        floats.withUnsafeMutableBufferPointer { floats in
            for plane in 0..<3 * batch.count {
                tables[plane % 3].withUnsafeBufferPointer { table in
                    for index in plane * count..<(plane + 1) * count { floats[index] = table[Int(pixels[index])] }
                }
            }
        }
    }
}

var floats = [Float](repeating: 0, count: batchSize * 3 * size * size)
let clock = ContinuousClock()
var start = clock.now
for number in 1...lastBatch {
    guard let batch = try loader.next() else { break }
    if arguments[4] == "floats" { normalize(batch, into: &floats, by: tables) }
    if number == firstBatch { start = clock.now }
}
let seconds = (clock.now - start) / .seconds(1)
loader.stop()
print(Double((lastBatch - firstBatch) * batchSize) / seconds)
