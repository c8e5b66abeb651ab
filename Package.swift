// swift-tools-version: 6.2
import PackageDescription

/// Where `scripts/setup` puts libtorch.
let libtorch = "\(Context.packageDirectory)/.deps/torch"

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// A module of the package, in `Sources/NAME`.
func room(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of a module, in `Tests/NAMETests`: each `FooTests.swift` mirrors a `Foo.swift` of the room.
func tests(of name: String, uses dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name), "CLIPTestSupport"] + dependencies,
        swiftSettings: strict)
}

let package = Package(
    name: "swift-clip",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "CLIP", targets: ["CLIP"]),
        .executable(name: "clip", targets: ["CLIPCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // The engine.
        .target(
            name: "CCLIPTorch",
            cxxSettings: [
                .unsafeFlags([
                    "-isystem", "\(libtorch)/include",
                    "-isystem", "\(libtorch)/include/torch/csrc/api/include",
                ])
            ],
            linkerSettings: [
                .unsafeFlags(["-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"]),
                .linkedLibrary("torch"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
            ]),
        room("CLIPTensor", uses: ["CCLIPTorch", "CLIPFiles"]),

        // Files: mapped reading, atomic writing, strict JSON; below every other room.
        .systemLibrary(
            name: "CCLIPCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        room("CLIPFiles", uses: ["CCLIPCrypto"]),

        // Models of the Hugging Face hub, in the cache that its users share.
        room("CLIPHub", uses: ["CLIPFiles"]),

        // Input: pixels, words, pairs.
        .systemLibrary(
            name: "CCLIPJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"]), .brew(["jpeg-turbo"])]),
        .systemLibrary(name: "CCLIPSPNG", pkgConfig: "spng", providers: [.apt(["libspng-dev"]), .brew(["libspng"])]),
        .systemLibrary(
            name: "CCLIPWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
        .systemLibrary(
            name: "CCLIPFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"]), .brew(["freetype"])]),
        .systemLibrary(name: "CCLIPZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CCLIPZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .target(name: "CCLIPCodecs", dependencies: ["CCLIPJPEG", "CCLIPSPNG", "CCLIPWebP"]),
        room("CLIPImaging", uses: ["CCLIPCodecs", "CLIPFiles"]),
        room("CLIPTokenization", uses: ["CCLIPZlib", "CLIPFiles"]),
        room(
            "CLIPData",
            uses: [
                "CLIPImaging", "CLIPTokenization", "CLIPFiles", "CLIPPage", "CCLIPFreeType", "CCLIPZlib", "CCLIPZstd",
            ]),

        // The model.
        room("CLIPModels", uses: ["CLIPTensor", "CLIPFiles"]),
        room(
            "CLIPCheckpoints",
            uses: ["CLIPModels", "CLIPTensor", "CLIPImaging", "CLIPTokenization", "CLIPFiles", "CCLIPZlib"]),
        room(
            "CLIPTraining",
            uses: [
                "CLIPModels", "CLIPData", "CLIPTensor", "CLIPCheckpoints", "CLIPImaging", "CLIPTokenization",
                "CLIPFiles", "CLIP", "CLIPEvaluation", "CLIPPage", "CCLIPZlib",
            ]),
        room(
            "CLIP",
            uses: [
                "CLIPCheckpoints", "CLIPHub", "CLIPModels", "CLIPImaging", "CLIPTokenization", "CLIPTensor",
                "CLIPFiles",
            ]),
        room(
            "CLIPEvaluation",
            uses: [
                "CLIP", "CLIPCheckpoints", "CLIPData", "CLIPFiles", "CLIPImaging", "CLIPPage", "CLIPTensor",
                "CLIPTokenization", "CLIPTypography",
            ]),

        // Words drawn on images.
        room("CLIPTypography", uses: ["CLIPImaging", "CLIPFiles", "CCLIPFreeType"]),

        // Pages that need nothing outside themselves.
        room("CLIPPage", uses: ["CLIPImaging"]),

        // The tour: emoji scenes, a run, what came of it.
        room(
            "CLIPDemo",
            uses: [
                "CLIP", "CLIPTraining", "CLIPEvaluation", "CLIPCheckpoints", "CLIPData", "CLIPModels", "CLIPImaging",
                "CLIPTokenization", "CLIPTensor", "CLIPFiles", "CLIPPage",
            ]),

        // The tool.
        .executableTarget(
            name: "CLIPCommand",
            dependencies: [
                "CLIP", "CLIPCheckpoints", "CLIPData", "CLIPDemo", "CLIPEvaluation", "CLIPFiles", "CLIPHub",
                "CLIPImaging", "CLIPModels", "CLIPPage", "CLIPTensor", "CLIPTokenization", "CLIPTraining",
                .product(name: "ArgumentParser", package: "swift-argument-parser"), "Yams",
            ],
            swiftSettings: strict),

        // What is measured beside other libraries.
        .executableTarget(
            name: "loader-benchmark", dependencies: ["CLIPData", "CLIPImaging", "CLIPTensor", "CLIPTokenization"],
            path: "Benchmarks/loader", exclude: ["compare.py", "open_clip_loader.py", "results.md"],
            swiftSettings: strict),

        .executableTarget(
            name: "evaluation-benchmark", dependencies: ["CLIP", "CLIPEvaluation", "CLIPImaging", "CLIPTraining"],
            path: "Benchmarks/evaluation", swiftSettings: strict),

        .executableTarget(
            name: "probe-benchmark", dependencies: ["CLIP", "CLIPEvaluation", "CLIPTensor"],
            path: "Benchmarks/probe", exclude: ["compare.py", "results.md", "scikit_learn.py"],
            swiftSettings: strict),

        .executableTarget(
            name: "training-benchmark", dependencies: ["CLIPCheckpoints", "CLIPTensor", "CLIPTraining"],
            path: "Benchmarks/training",
            exclude: ["compare.py", "memory.md", "open_clip_steps.py", "results.md", "vit-b-32.yaml"],
            swiftSettings: strict),

        // Tests.
        .target(name: "CLIPTestSupport", path: "Tests/CLIPTestSupport", swiftSettings: strict),
        .target(
            name: "CLIPSmallModel",
            dependencies: ["CLIPCheckpoints", "CLIPImaging", "CLIPModels", "CLIPTestSupport", "CLIPTokenization"],
            path: "Tests/CLIPSmallModel", swiftSettings: strict),
        .target(
            name: "CLIPHubServer", dependencies: ["CCLIPCrypto"], path: "Tests/CLIPHubServer",
            swiftSettings: strict),
        tests(of: "CLIPFiles"),
        tests(of: "CLIPHub", uses: ["CLIPFiles", "CLIPHubServer"]),
        tests(of: "CLIPTensor", uses: ["CLIPFiles"]),
        tests(of: "CLIPImaging", uses: ["CLIPFiles"]),
        tests(of: "CLIPTokenization"),
        tests(of: "CLIPData", uses: ["CLIPFiles", "CLIPImaging", "CLIPTokenization"]),
        tests(of: "CLIPModels", uses: ["CLIPTensor"]),
        tests(
            of: "CLIPCheckpoints",
            uses: ["CLIPModels", "CLIPTensor", "CLIPImaging", "CLIPTokenization", "CLIPFiles"]),
        tests(
            of: "CLIPTraining",
            uses: [
                "CLIPCheckpoints", "CLIPData", "CLIPFiles", "CLIPImaging", "CLIPModels", "CLIPTensor",
                "CLIPTokenization",
            ]),
        tests(
            of: "CLIP",
            uses: [
                "CLIPCheckpoints", "CLIPFiles", "CLIPImaging", "CLIPModels", "CLIPSmallModel", "CLIPTensor",
                "CLIPTokenization",
            ]),
        tests(
            of: "CLIPCommand",
            uses: [
                "CLIP", "CLIPCheckpoints", "CLIPHubServer", "CLIPImaging", "CLIPModels", "CLIPSmallModel", "CLIPTensor",
            ]),
        .testTarget(
            name: "CLIPParityTests",
            dependencies: ["CLIP", "CLIPEvaluation", "CLIPModels", "CLIPTensor", "CLIPTestSupport", "CLIPTraining"],
            swiftSettings: strict),
        tests(
            of: "CLIPEvaluation",
            uses: ["CLIP", "CLIPData", "CLIPFiles", "CLIPImaging", "CLIPSmallModel", "CLIPTensor"]),
        tests(of: "CLIPPage", uses: ["CLIPImaging"]),
        tests(of: "CLIPTypography", uses: ["CLIPFiles", "CLIPImaging"]),
        tests(of: "CLIPDemo", uses: ["CLIPEvaluation", "CLIPFiles", "CLIPPage", "CLIPTraining"]),
    ],
    cxxLanguageStandard: .cxx20
)
