internal import CLIPFiles
import Foundation

/// Image files with their classes: of a table, of JSON lines, or of folders named after the classes.
struct FileImages: LabelledImages {
    let name: String
    let synonyms: [[String]]
    let isMultiLabel: Bool
    let skipped: BadSamples
    private let list: CaptionedFiles
    private let labels: LabelLists
    private let places: ImagePlaces

    init(
        _ list: CaptionedFiles, labels: LabelLists, classes: SetClasses, isMultiLabel: Bool, in folder: String,
        name: String
    ) {
        (self.list, self.labels, self.isMultiLabel, self.name) = (list, labels, isMultiLabel, name)
        (synonyms, skipped, places) = (classes.synonyms, list.skipped, ImagePlaces(folder: folder))
    }

    var classes: [String] { synonyms.map { $0[0] } }
    var count: Int { list.count }
    func labels(at index: Int) -> [Int] { labels[index] }

    /// The path of the image, as the list has it.
    func name(at index: Int) -> String { list.path(at: index) }

    func image(at index: Int) throws -> StoredImage {
        let name = name(at: index)
        return .file(try storedImage(places.path(of: name), name: name))
    }
}

extension FileImages {
    /// Images of folders that are named after their classes, as torchvision's ImageFolder reads them: the classes are the
    /// names of the folders in `folder`, sorted by their bytes; an image may lie at any depth in one of them. Hidden folders
    /// are passed over; images that lie in no folder are counted in ``skipped``.
    ///
    /// - Throws: ``DatasetError`` for a class without an image.
    init(classesIn folder: URL, names given: ClassNames?, name: String) throws {
        let folders = try EvaluationFolder.subfolders(of: folder.path)
        var (list, labels) = (CaptionedFiles(), LabelLists())
        for (label, part) in folders.enumerated() {
            // A link in the place of a class's folder is followed, as is usual for large sets.
            let target = folder.appending(path: part).resolvingSymlinksInPath()
            for image in try FilePairs.names(in: target) where FilePairs.isImage(image) {
                list.append(path: "\(part)/\(image)", captions: [])
                labels.append(label)
            }
            guard labels.count > 0, labels[labels.count - 1] == [label] else {
                throw DatasetError(
                    "\(folder.path)/\(part)",
                    "expected an image (\(ShardSample.imageSuffixes.joined(separator: ", "))) "
                        + "in the folder of a class, found none")
            }
        }
        for image in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        where FilePairs.isImage(image) && !folders.contains(image) {
            list.skipped.add(BadSample(name: image, reason: "expected an image in a folder of a class, found none"))
        }
        let missing = DatasetError(folder.path, "expected folders named after classes, found none")
        guard list.count > 0 else { throw missing }
        let classes = try SetClasses(given, own: folders, missing: missing)
        self.init(list, labels: labels, classes: classes, isMultiLabel: false, in: folder.path, name: name)
    }
}
